//! Finds a phrase inside the values of a field that stand in the text.
//!
//! Where they begin and end is kept as positions under the field's name, in turns and in order.

use std::sync::Arc;

use tantivy::query::{EnableScoring, Explanation, Query, Scorer, Weight};
use tantivy::{DocId, DocSet, Score, SegmentReader, TERMINATED, Term};

use super::occurrences::Occurrences;

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
        let occurrences = |term: &Term| Occurrences::new(reader, term);
        let terms = self.query.terms.iter().map(occurrences);
        let mut characters: Vec<_> = (0..).zip(terms.collect::<tantivy::Result<Vec<_>>>()?).collect();
        // The rarest leads to the few places that have to be looked at.
        characters.sort_by_key(|(_, character)| character.size);
        let mut scorer = InsideScorer {
            candidates: self.candidates.scorer(reader, boost)?,
            bounds: occurrences(&self.query.name)?,
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
    /// Each character of the phrase with its distance from the first, the rarest first.
    characters: Vec<(u32, Occurrences)>,
    /// Where the phrase may begin.
    starts: Vec<u32>,
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
        let length = self.characters.len() as u32;
        let Some(((before, rarest), others)) = self.characters.split_first_mut() else { return false };
        if !self.bounds.read(doc) || !rarest.read(doc) {
            return false;
        }
        let values = &self.bounds.places;
        let is_inside = |start: &u32| {
            values.chunks_exact(2).any(|value| value[0] <= *start && start + length <= value[1])
        };
        self.starts.clear();
        let starts = rarest.places.iter().filter_map(|place| place.checked_sub(*before));
        self.starts.extend(starts.filter(is_inside));
        for (distance, other) in others {
            self.starts.retain(|start| other.is_at(doc, i64::from(start + *distance)));
        }
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
