//! Finds a phrase inside the values of a field that stand in the text.
//!
//! Where they begin and end is kept as positions under the field's name, in turns and in order.

use std::sync::Arc;

use tantivy::query::{EnableScoring, Explanation, Query, Scorer, Weight};
use tantivy::{DocId, DocSet, Score, SegmentReader, TERMINATED, Term};

use super::occurrences::{Occurrences, find_beginnings, places, rarest_first};

/// Finds what has the characters in a row between a beginning and its end.
#[derive(Clone, Debug)]
pub(super) struct InsideQuery {
    /// Finds whatever may have the phrase.
    pub candidates: Arc<dyn Query>,
    /// The field's name.
    pub name: Term,
    /// The phrase's characters, in order.
    pub terms: Arc<[Term]>,
}

impl Query for InsideQuery {
    fn weight(&self, scoring: EnableScoring<'_>) -> tantivy::Result<Box<dyn Weight>> {
        let candidates = self.candidates.weight(EnableScoring::disabled_from_schema(scoring.schema()))?;
        Ok(Box::new(InsideWeight { query: self.clone(), candidates }))
    }
}

struct InsideWeight {
    query: InsideQuery,
    candidates: Box<dyn Weight>,
}

impl Weight for InsideWeight {
    fn scorer(&self, reader: &SegmentReader, boost: Score) -> tantivy::Result<Box<dyn Scorer>> {
        let places = places(reader)?;
        let occurrences = |term| Occurrences::new(reader, &places, term);
        let characters: Vec<_> = self.query.terms.iter().map(occurrences).collect::<tantivy::Result<_>>()?;
        let mut scorer = InsideScorer {
            candidates: self.candidates.scorer(reader, boost)?,
            bounds: occurrences(&self.query.name)?,
            order: rarest_first(&characters),
            characters,
            starts: Vec::new(),
        };
        scorer.settle();
        Ok(Box::new(scorer))
    }

    fn explain(&self, _: &SegmentReader, _: DocId) -> tantivy::Result<Explanation> {
        Ok(Explanation::new("a phrase inside a field's value", 1.0))
    }
}

struct InsideScorer {
    /// What may have the phrase.
    candidates: Box<dyn Scorer>,
    /// Where values begin and end.
    bounds: Occurrences,
    /// The characters of the phrase, and the order in which they are looked at.
    characters: Vec<Occurrences>,
    order: Vec<usize>,
    /// Where the phrase may begin.
    starts: Vec<i64>,
}

impl InsideScorer {
    /// Goes on to the next letter that matches, unless it is at one.
    fn settle(&mut self) -> DocId {
        while self.doc() != TERMINATED && !self.has(self.doc()) {
            self.candidates.advance();
        }
        self.doc()
    }

    fn has(&mut self, doc: DocId) -> bool {
        if !self.bounds.read(doc) {
            return false;
        }
        let InsideScorer { bounds, characters, order, starts, .. } = self;
        let length = characters.len() as i64;
        let is_inside = |start: i64| {
            let mut values = bounds.places.chunks_exact(2);
            values.any(|value| i64::from(value[0]) <= start && start + length <= i64::from(value[1]))
        };
        find_beginnings((characters, order), doc, is_inside, starts);
        !self.starts.is_empty()
    }
}

impl DocSet for InsideScorer {
    fn advance(&mut self) -> DocId {
        self.candidates.advance();
        self.settle()
    }

    fn seek(&mut self, target: DocId) -> DocId {
        if self.doc() < target {
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

impl Scorer for InsideScorer {
    fn score(&mut self) -> Score {
        1.0
    }
}
