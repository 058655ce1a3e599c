//! Phrases of which one character may differ: another in its place, none, or one too many.
//!
//! Whatever differs, one half of the phrase stands as it was asked. So only the letters that have
//! one of the halves are looked at, once each, for the characters of the other half around it.

use std::ops::Range;

use tantivy::postings::{Postings, SegmentPostings};
use tantivy::query::{EmptyScorer, EnableScoring, Explanation, Query, Scorer, Weight};
use tantivy::schema::IndexRecordOption;
use tantivy::{DocId, DocSet, Score, SegmentReader, TERMINATED, Term};

/// Characters of a phrase at places: each a distance and which character it is.
pub(super) type Places = Vec<(usize, usize)>;
/// The same counted from where a half begins.
type Rest = Vec<(i64, usize)>;

/// The characters of a phrase of `length` that stay, with their distances from the first that does,
/// for each way in which one character of the text may differ. What another way finds as well is
/// left out.
pub(super) fn variants(length: usize) -> Vec<Places> {
    let mut all: Vec<Places> = Vec::new();
    for at in 0..length {
        let others = || (0..length).filter(|which| *which != at);
        all.push(others().map(|which| (which, which)).collect());
        all.push(others().map(|which| (which - usize::from(which > at), which)).collect());
        if at > 0 {
            all.push((0..length).map(|which| (which + usize::from(which >= at), which)).collect());
        }
    }
    for variant in &mut all {
        let first = variant.first().map_or(0, |(at, _)| *at);
        variant.iter_mut().for_each(|(at, _)| *at -= first);
    }
    let mut kept = without_supersets(all);
    // What lies behind a gap may be another way whole, moved.
    let all = kept.clone();
    kept.retain(|one| !all.iter().any(|less| less.len() < one.len() && holds_moved(one, less)));
    kept
}

/// Whether all places of `less` are in `one`, all moved by the same distance.
fn holds_moved(one: &Places, less: &Places) -> bool {
    let Some((from, which)) = less.first() else { return true };
    let Some((to, _)) = one.iter().find(|(_, other)| other == which) else { return false };
    less.iter().all(|(at, which)| one.contains(&((at + to).wrapping_sub(*from), *which)))
}

fn without_supersets<T: Ord>(mut all: Vec<Vec<T>>) -> Vec<Vec<T>> {
    all.iter_mut().for_each(|one| one.sort_unstable());
    all.sort_by(|a, b| a.len().cmp(&b.len()).then_with(|| a.cmp(b)));
    all.dedup();
    let mut kept: Vec<Vec<T>> = Vec::new();
    for one in all {
        let wider = |less: &Vec<T>| less.iter().all(|place| one.contains(place));
        if !kept.iter().any(wider) {
            kept.push(one);
        }
    }
    kept
}

/// One half of a phrase, and where the other characters may stand around it.
pub(super) struct Half {
    /// The characters of the half.
    pub chars: Range<usize>,
    rests: Vec<Rest>,
}

/// Both halves of a phrase of at least four characters.
pub(super) fn halves(length: usize) -> [Half; 2] {
    let middle = length / 2;
    [0..middle, middle..length].map(|chars| {
        let rests = variants(length).iter().filter_map(|variant| rest(variant, &chars)).collect();
        Half { chars, rests: without_supersets(rests) }
    })
}

/// What a variant asks for beside this half; nothing if it does not hold it whole.
fn rest(variant: &Places, half: &Range<usize>) -> Option<Rest> {
    let place = |which: usize| variant.iter().find(|(_, other)| *other == which).map(|(at, _)| *at as i64);
    let start = place(half.start)?;
    let whole = half.clone().zip(start..).all(|(which, at)| place(which) == Some(at));
    let others = variant.iter().filter(|(_, which)| !half.contains(which));
    whole.then(|| others.map(|(at, which)| (*at as i64 - start, *which)).collect())
}

/// Finds what has one half of a phrase, and the other half nearly, in one column.
pub(super) struct NearQuery {
    /// Finds whatever may have the half.
    pub candidates: Box<dyn Query>,
    /// The phrase's characters as the column has them.
    pub terms: Vec<Term>,
    pub half: Range<usize>,
    rests: Vec<Rest>,
}

impl NearQuery {
    pub fn new(candidates: Box<dyn Query>, terms: Vec<Term>, half: &Half) -> NearQuery {
        NearQuery { candidates, terms, half: half.chars.clone(), rests: half.rests.clone() }
    }
}

impl Clone for NearQuery {
    fn clone(&self) -> NearQuery {
        NearQuery {
            candidates: self.candidates.box_clone(),
            terms: self.terms.clone(),
            half: self.half.clone(),
            rests: self.rests.clone(),
        }
    }
}

impl std::fmt::Debug for NearQuery {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NearQuery").field("terms", &self.terms).field("half", &self.half).finish()
    }
}

impl Query for NearQuery {
    fn weight(&self, scoring: EnableScoring<'_>) -> tantivy::Result<Box<dyn Weight>> {
        Ok(Box::new(NearWeight { query: self.clone(), candidates: self.candidates.weight(scoring)? }))
    }
}

struct NearWeight {
    query: NearQuery,
    candidates: Box<dyn Weight>,
}

impl Weight for NearWeight {
    fn scorer(&self, reader: &SegmentReader, boost: Score) -> tantivy::Result<Box<dyn Scorer>> {
        let NearQuery { terms, half, rests, .. } = &self.query;
        let mut characters = Vec::with_capacity(terms.len());
        for (which, term) in terms.iter().enumerate() {
            let index = reader.inverted_index(term.field())?;
            let postings = index.read_postings(term, IndexRecordOption::WithFreqsAndPositions)?;
            if postings.is_none() && half.contains(&which) {
                return Ok(Box::new(EmptyScorer));
            }
            characters.push(Character { postings, places: Vec::new() });
        }
        let candidates = self.candidates.scorer(reader, boost)?;
        let (half, rests) = (half.clone(), rests.clone());
        let mut scorer = NearScorer { candidates, characters, half, rests, starts: Vec::new() };
        scorer.settle();
        Ok(Box::new(scorer))
    }

    fn explain(&self, _: &SegmentReader, _: DocId) -> tantivy::Result<Explanation> {
        Ok(Explanation::new("one half of a phrase, and the other nearly", 1.0))
    }
}

/// One character of the phrase.
struct Character {
    postings: Option<SegmentPostings>,
    /// Where it stands in the letter that is looked at.
    places: Vec<u32>,
}

impl Character {
    /// Looks at a letter; whether the character is in it.
    fn look(&mut self, doc: DocId) -> bool {
        self.places.clear();
        let Some(postings) = &mut self.postings else { return false };
        if postings.doc() < doc {
            postings.seek(doc);
        }
        let there = postings.doc() == doc;
        if there {
            postings.positions(&mut self.places);
        }
        there
    }

    fn stands_at(&self, place: i64) -> bool {
        u32::try_from(place).is_ok_and(|place| self.places.contains(&place))
    }
}

struct NearScorer {
    candidates: Box<dyn Scorer>,
    characters: Vec<Character>,
    half: Range<usize>,
    rests: Vec<Rest>,
    /// Where the half begins in the letter that is looked at.
    starts: Vec<i64>,
}

impl NearScorer {
    /// Goes on to the next letter that matches, unless it is at one.
    fn settle(&mut self) -> DocId {
        let mut doc = self.candidates.doc();
        while doc != TERMINATED && !self.matches(doc) {
            doc = self.candidates.advance();
        }
        doc
    }

    fn matches(&mut self, doc: DocId) -> bool {
        for which in self.half.clone() {
            if !self.characters[which].look(doc) {
                return false;
            }
        }
        self.find_half();
        if self.starts.is_empty() {
            return false;
        }
        for which in (0..self.characters.len()).filter(|which| !self.half.contains(which)) {
            self.characters[which].look(doc);
        }
        let stands = |start: i64, (at, which): &(i64, usize)| self.characters[*which].stands_at(start + at);
        self.starts
            .iter()
            .any(|start| self.rests.iter().any(|rest| rest.iter().all(|place| stands(*start, place))))
    }

    fn find_half(&mut self) {
        self.starts.clear();
        let Some((first, others)) = self.characters[self.half.clone()].split_first() else { return };
        for place in &first.places {
            let start = i64::from(*place);
            if (1..).zip(others).all(|(at, character)| character.stands_at(start + at)) {
                self.starts.push(start);
            }
        }
    }
}

impl DocSet for NearScorer {
    fn advance(&mut self) -> DocId {
        self.candidates.advance();
        self.settle()
    }

    fn seek(&mut self, target: DocId) -> DocId {
        if self.candidates.doc() < target {
            self.candidates.seek(target);
        }
        self.settle()
    }

    fn doc(&self) -> DocId {
        self.candidates.doc()
    }

    fn size_hint(&self) -> u32 {
        self.candidates.size_hint()
    }

    fn cost(&self) -> u64 {
        // Places are read and compared for each of them.
        self.candidates.cost() * 4
    }
}

impl Scorer for NearScorer {
    fn score(&mut self) -> Score {
        1.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_character_may_differ() {
        let variants = variants(3);
        for (what, places) in [
            ("another", vec![(0, 0), (2, 2)]),
            ("none", vec![(0, 0), (1, 2)]),
            ("the first", vec![(0, 1), (1, 2)]),
            ("the last", vec![(0, 0), (1, 1)]),
        ] {
            assert!(variants.contains(&places), "{what}: {variants:?}");
        }
        assert_eq!(variants.len(), 4, "one too many leaves a pair in its place");
    }

    #[test]
    fn every_variant_holds_one_half() {
        for length in 4..9 {
            let halves = halves(length);
            for variant in variants(length) {
                let held = halves.iter().any(|half| rest(&variant, &half.chars).is_some());
                assert!(held, "{length}: {variant:?}");
            }
        }
        let [left, right] = halves(4);
        assert_eq!(left.rests, [vec![(2, 2)], vec![(2, 3)], vec![(3, 3)], vec![(3, 2), (4, 3)]]);
        assert_eq!(right.rests, [vec![(-2, 0)], vec![(-1, 0)], vec![(-1, 1)], vec![(-3, 0), (-2, 1)]]);
    }
}
