//! Finds phrases of which one character may differ, in one column.
//!
//! To read where a character stands takes longest, so it is put off. The character of a half that a
//! letter has least often says where the half may begin; what has to stand beside it is looked for
//! next, which most letters lack; and last the others of the half. Both halves are looked for in one
//! go, so that nothing is read twice.

use std::sync::Arc;

use tantivy::postings::{Postings, SegmentPostings};
use tantivy::query::{
    ConstScorer, EmptyScorer, EnableScoring, Explanation, Query, Scorer, Weight, intersect_scorers,
};
use tantivy::schema::IndexRecordOption;
use tantivy::{DocId, DocSet, Score, SegmentReader, TERMINATED, Term};

use super::near::{Half, Rest};

/// Finds what has one half of a phrase, and the other half nearly.
#[derive(Clone, Debug)]
pub(super) struct NearQuery {
    /// Finds whatever may have a half.
    pub candidates: [Arc<dyn Query>; 2],
    /// The phrase's characters as the column has them.
    pub terms: Arc<[Term]>,
    pub halves: Arc<[Half; 2]>,
    /// What each half counts.
    pub score: Score,
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
        let mut characters = Vec::with_capacity(self.query.terms.len());
        for term in self.query.terms.iter() {
            let index = reader.inverted_index(term.field())?;
            let postings = index.read_postings(term, IndexRecordOption::WithFreqsAndPositions)?;
            characters.push(Character { postings, places: Vec::new(), read: TERMINATED });
        }
        let mut candidates = Vec::with_capacity(2);
        for (which, weight) in self.candidates.iter().enumerate() {
            let half = &self.query.halves[which].chars;
            let rarest = half.clone().min_by_key(|which| characters[*which].letters());
            let Some(rarest) = rarest.filter(|rarest| characters[*rarest].letters() > 0) else { continue };
            let mut all = weight.scorer(reader, 1.0)?;
            if characters[rarest].letters() < all.size_hint() {
                // Pairs are of the whole text, of which this column may have little.
                let term = &self.query.terms[rarest];
                let index = reader.inverted_index(term.field())?;
                if let Some(postings) = index.read_postings(term, IndexRecordOption::Basic)? {
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
        let (halves, score) = (Arc::clone(&self.query.halves), self.query.score * boost);
        let letter = Letter { doc: TERMINATED, characters, starts: Vec::new() };
        let mut scorer = NearScorer { candidates, halves, letter, score, found: 0 };
        scorer.settle();
        Ok(Box::new(scorer))
    }

    fn explain(&self, _: &SegmentReader, _: DocId) -> tantivy::Result<Explanation> {
        Ok(Explanation::new("one half of a phrase, and the other nearly", self.query.score))
    }
}

/// One character of the phrase.
struct Character {
    postings: Option<SegmentPostings>,
    /// Where it stands in the letter that was read.
    places: Vec<u32>,
    read: DocId,
}

impl Character {
    /// How many letters have it.
    fn letters(&self) -> u32 {
        self.postings.as_ref().map_or(0, SegmentPostings::doc_freq)
    }

    /// How often it is in a letter, which is none before those that were asked for.
    fn times(&mut self, doc: DocId) -> u32 {
        let Some(postings) = &mut self.postings else { return 0 };
        if postings.doc() < doc {
            postings.seek(doc);
        }
        if postings.doc() == doc { postings.term_freq() } else { 0 }
    }

    /// Reads where it is in a letter; whether it is there at all.
    fn read(&mut self, doc: DocId) -> bool {
        if self.read != doc {
            self.read = doc;
            self.places.clear();
            if self.times(doc) > 0
                && let Some(postings) = &mut self.postings
            {
                postings.positions(&mut self.places);
            }
        }
        !self.places.is_empty()
    }

    fn stands_at(&self, place: i64) -> bool {
        u32::try_from(place).is_ok_and(|place| self.places.contains(&place))
    }
}

/// The letter that is looked at.
struct Letter {
    doc: DocId,
    characters: Vec<Character>,
    /// Where a half may begin.
    starts: Vec<i64>,
}

impl Letter {
    fn has(&mut self, half: &Half) -> bool {
        let mut least = (u32::MAX, half.chars.start);
        for which in half.chars.clone() {
            let times = self.characters[which].times(self.doc);
            if times == 0 {
                return false;
            }
            least = least.min((times, which));
        }
        let behind = (least.1 - half.chars.start) as i64;
        self.characters[least.1].read(self.doc);
        let places = self.characters[least.1].places.iter();
        self.starts.clear();
        self.starts.extend(places.map(|place| i64::from(*place) - behind));
        half.rests.iter().any(|rest| self.has_with(half, rest))
    }

    /// Whether the half is there with this rest.
    fn has_with(&mut self, half: &Half, rest: &Rest) -> bool {
        let Letter { doc, characters, starts } = self;
        if !rest.iter().all(|(_, which)| characters[*which].read(*doc)) {
            return false;
        }
        starts.iter().any(|start| {
            rest.iter().all(|(at, which)| characters[*which].stands_at(start + at))
                && half
                    .chars
                    .clone()
                    .zip(*start..)
                    .all(|(which, place)| characters[which].read(*doc) && characters[which].stands_at(place))
        })
    }
}

struct NearScorer {
    /// What may have a half, with which one.
    candidates: Vec<(usize, Box<dyn Scorer>)>,
    halves: Arc<[Half; 2]>,
    letter: Letter,
    score: Score,
    /// How many halves the letter has.
    found: u32,
}

impl NearScorer {
    /// Goes on to the next letter that matches, unless it is at one.
    fn settle(&mut self) -> DocId {
        loop {
            let docs = self.candidates.iter().map(|(_, candidates)| candidates.doc());
            let doc = docs.min().unwrap_or(TERMINATED);
            self.letter.doc = doc;
            self.found = 0;
            if doc == TERMINATED {
                return doc;
            }
            for (which, candidates) in &self.candidates {
                let has = candidates.doc() == doc && self.letter.has(&self.halves[*which]);
                self.found += u32::from(has);
            }
            if self.found > 0 {
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
        self.score * self.found as Score
    }
}
