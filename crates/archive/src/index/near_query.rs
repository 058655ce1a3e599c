//! Finds phrases of which one character may differ, in one column.
//!
//! To read where a character stands takes longest, so it is put off. Pairs of common characters are
//! tokens. A letter that has those of a half most likely has the half, so what has to stand beside it
//! is looked for first, which most letters lack, and only for rests whose pairs the letter has. Where
//! characters of a half are no such pair, few letters have them side by side: that is looked at first.
//! Both halves are looked for in one go, so that nothing is read twice.

use std::cmp::Reverse;
use std::ops::Range;
use std::sync::Arc;

use tantivy::postings::SegmentPostings;
use tantivy::query::{
    ConstScorer, EmptyScorer, EnableScoring, Explanation, Query, Scorer, Weight, intersect_scorers,
};
use tantivy::{DocId, DocSet, Score, SegmentReader, TERMINATED, Term};

use super::near::{Half, Rest, neighbours};
use super::occurrences::{Occurrences, find_beginnings, is_in, places, postings, rarest_first};

/// Finds what has one half of a phrase, and the other half nearly.
#[derive(Clone, Debug)]
pub(super) struct NearQuery {
    /// Finds whatever may have a half.
    pub candidates: [Arc<dyn Query>; 2],
    /// Whether what may have a half has all its pairs.
    pub likely: [bool; 2],
    /// The phrase's characters as the column has them.
    pub terms: Arc<[Term]>,
    pub halves: Arc<[Half; 2]>,
    /// Which characters side by side are tokens, with these; a column has them only where the text does.
    pub pairs: Arc<[((usize, usize), Term)]>,
    /// What it counts, and how much more the phrase itself does.
    pub score: Score,
    pub exact: Score,
}

impl Query for NearQuery {
    fn weight(&self, scoring: EnableScoring<'_>) -> tantivy::Result<Box<dyn Weight>> {
        let unscored =
            |query: &Arc<dyn Query>| query.weight(EnableScoring::disabled_from_schema(scoring.schema()));
        let candidates = self.candidates.iter().map(unscored).collect::<tantivy::Result<_>>()?;
        Ok(Box::new(NearWeight { query: self.clone(), candidates }))
    }
}

struct NearWeight {
    query: NearQuery,
    candidates: Vec<Box<dyn Weight>>,
}

impl Weight for NearWeight {
    fn scorer(&self, reader: &SegmentReader, boost: Score) -> tantivy::Result<Box<dyn Scorer>> {
        let places = places(reader)?;
        let occurrences = |term| Occurrences::new(reader, &places, term);
        let characters: Vec<_> = self.query.terms.iter().map(occurrences).collect::<tantivy::Result<_>>()?;
        let mut candidates = Vec::with_capacity(2);
        for (which, weight) in self.candidates.iter().enumerate() {
            let half = self.query.halves[which].chars.clone();
            let rarest = half.min_by_key(|which| characters[*which].letters());
            let Some(rarest) = rarest.filter(|rarest| characters[*rarest].letters() > 0) else { continue };
            let mut all = weight.scorer(reader, 1.0)?;
            if characters[rarest].letters() < all.size_hint() {
                // Pairs are of the whole text, of which this column may have little.
                if let Some(postings) = postings(reader, &self.query.terms[rarest])? {
                    all = intersect_scorers(
                        vec![all, Box::new(ConstScorer::new(postings, 1.0))],
                        reader.num_docs(),
                    );
                }
            }
            candidates.push((which, all));
        }
        if candidates.is_empty() {
            return Ok(Box::new(EmptyScorer));
        }
        // Where one half is found the other is not looked for.
        candidates.sort_by_key(|(_, all)| Reverse(all.size_hint()));
        let mut pairs = Vec::with_capacity(self.query.pairs.len());
        for (_, term) in self.query.pairs.iter() {
            pairs.push(postings(reader, term)?);
        }
        let parts = [0, 1].map(|which| Part::new(&self.query, which, &characters));
        let letter = Letter { doc: TERMINATED, characters, pairs, starts: Vec::new() };
        let whole = Whole::new(&self.query, &letter.characters);
        let (score, exact) = (self.query.score * boost, self.query.exact * boost);
        let mut scorer = NearScorer { candidates, parts, whole, letter, score, exact };
        scorer.settle();
        Ok(Box::new(scorer))
    }

    fn explain(&self, _: &SegmentReader, _: DocId) -> tantivy::Result<Explanation> {
        Ok(Explanation::new("one half of a phrase, and the other nearly", self.query.score))
    }
}

/// One half in a segment.
struct Part {
    chars: Range<usize>,
    /// The character of the half that stands at the fewest places.
    rarest: usize,
    /// Whether letters that may have the half most likely do.
    likely: bool,
    /// The rests, each with the pairs that a letter has if it has the half with this rest.
    rests: Vec<(Rest, Vec<usize>)>,
}

impl Part {
    fn new(query: &NearQuery, which: usize, characters: &[Occurrences]) -> Part {
        let half = &query.halves[which];
        let number = |beside| query.pairs.iter().position(|(pair, _)| *pair == beside);
        let pairs = |rest: &Rest| neighbours(half, rest).into_iter().filter_map(number).collect();
        let rarest = half.chars.clone().min_by_key(|which| characters[*which].size);
        Part {
            chars: half.chars.clone(),
            rarest: rarest.unwrap_or(half.chars.start),
            likely: query.likely[which],
            rests: half.rests.iter().map(|rest| (rest.clone(), pairs(rest))).collect(),
        }
    }

    /// The characters beside the rarest, with their distances from the half's beginning.
    fn others(&self) -> impl Iterator<Item = (i64, usize)> + use<> {
        let rarest = self.rarest;
        (0..).zip(self.chars.clone()).filter(move |(_, which)| *which != rarest)
    }
}

/// The phrase itself in a segment.
struct Whole {
    /// The order in which its characters are looked at.
    order: Vec<usize>,
    /// The pairs that a letter has if it has the phrase.
    pairs: Vec<usize>,
}

impl Whole {
    fn new(query: &NearQuery, characters: &[Occurrences]) -> Whole {
        let pairs = (0..).zip(query.pairs.iter());
        let of_it = pairs.filter(|(_, ((first, second), _))| first + 1 == *second);
        Whole { order: rarest_first(characters), pairs: of_it.map(|(number, _)| number).collect() }
    }
}

/// The letter that is looked at.
struct Letter {
    doc: DocId,
    characters: Vec<Occurrences>,
    /// The letters that have each pair.
    pairs: Vec<Option<SegmentPostings>>,
    /// Where a half may begin.
    starts: Vec<i64>,
}

impl Letter {
    fn has(&mut self, half: &Part) -> bool {
        self.starts.clear();
        if !half.likely {
            self.begin(half);
            let Letter { doc, characters, starts, .. } = self;
            for (distance, which) in half.others() {
                starts.retain(|start| characters[which].is_at(*doc, start + distance));
            }
            if starts.is_empty() {
                return false;
            }
        }
        half.rests.iter().any(|(rest, pairs)| {
            pairs.iter().all(|pair| is_in(&mut self.pairs[*pair], self.doc)) && self.has_with(half, rest)
        })
    }

    /// Whether the phrase itself is there.
    fn has_whole(&mut self, whole: &Whole) -> bool {
        let Letter { doc, characters, pairs, starts } = self;
        if !whole.pairs.iter().all(|pair| is_in(&mut pairs[*pair], *doc)) {
            return false;
        }
        find_beginnings((characters, &whole.order), *doc, |_| true, starts);
        !starts.is_empty()
    }

    /// Where the half may begin, as its rarest character says.
    fn begin(&mut self, half: &Part) {
        let rarest = &mut self.characters[half.rarest];
        if self.starts.is_empty() && rarest.read(self.doc) {
            let behind = (half.rarest - half.chars.start) as i64;
            self.starts.extend(rarest.places.iter().map(|place| i64::from(*place) - behind));
        }
    }

    /// Whether the half is there with this rest.
    fn has_with(&mut self, half: &Part, rest: &Rest) -> bool {
        let Some(((distance, beside), rest)) = rest.split_first() else { return false };
        // What is not there at all need not be looked for.
        if !self.characters[*beside].read(self.doc) {
            return false;
        }
        self.begin(half);
        let Letter { doc, characters, starts, .. } = self;
        let mut at = 0;
        starts.iter().any(|start| {
            // Both are in order.
            let place = start + distance;
            let places = &characters[*beside].places;
            while places.get(at).is_some_and(|other| i64::from(*other) < place) {
                at += 1;
            }
            places.get(at).is_some_and(|other| i64::from(*other) == place)
                && rest.iter().all(|(distance, which)| characters[*which].is_at(*doc, start + distance))
                && (!half.likely
                    || half.others().all(|(at, which)| characters[which].is_at(*doc, start + at)))
        })
    }
}

struct NearScorer {
    /// What may have a half, with which one.
    candidates: Vec<(usize, Box<dyn Scorer>)>,
    parts: [Part; 2],
    whole: Whole,
    letter: Letter,
    score: Score,
    exact: Score,
}

impl NearScorer {
    /// Goes on to the next letter that matches, unless it is at one.
    fn settle(&mut self) -> DocId {
        loop {
            let docs = self.candidates.iter().map(|(_, candidates)| candidates.doc());
            let doc = docs.min().unwrap_or(TERMINATED);
            self.letter.doc = doc;
            let mut halves = self.candidates.iter().filter(|(_, candidates)| candidates.doc() == doc);
            if doc == TERMINATED || halves.any(|(which, _)| self.letter.has(&self.parts[*which])) {
                return doc;
            }
            self.pass();
        }
    }

    /// Goes past the letter.
    fn pass(&mut self) {
        for (_, candidates) in &mut self.candidates {
            if candidates.doc() == self.letter.doc {
                candidates.advance();
            }
        }
    }
}

impl DocSet for NearScorer {
    fn advance(&mut self) -> DocId {
        self.pass();
        self.settle()
    }

    fn seek(&mut self, target: DocId) -> DocId {
        if self.letter.doc >= target {
            return self.letter.doc;
        }
        for (_, candidates) in &mut self.candidates {
            if candidates.doc() < target {
                candidates.seek(target);
            }
        }
        self.settle()
    }

    fn doc(&self) -> DocId {
        self.letter.doc
    }

    fn size_hint(&self) -> u32 {
        self.candidates.iter().map(|(_, candidates)| candidates.size_hint()).fold(0, u32::saturating_add)
    }

    fn cost(&self) -> u64 {
        // Places are read and compared for each of them.
        self.candidates.iter().map(|(_, candidates)| candidates.cost()).sum::<u64>() * 4
    }
}

impl Scorer for NearScorer {
    fn score(&mut self) -> Score {
        if self.letter.has_whole(&self.whole) { self.score + self.exact } else { self.score }
    }
}
