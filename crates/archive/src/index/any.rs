//! Letters that one of several ways finds, or that a query does not find, looked at as late as can be.
//!
//! The library's union goes through all that each way finds among the next few thousand letters, and
//! what is excluded is looked up for letters that have already matched. Phrases take long to look at,
//! and other words of the query let few letters through: here a letter is looked at when it is asked
//! about.

use std::sync::Arc;

use tantivy::query::{EmptyScorer, EnableScoring, Explanation, Query, Scorer, Weight};
use tantivy::{DocId, DocSet, Score, SeekDangerResult, SegmentReader, TERMINATED};

/// Finds what one of the ways finds; the score is the sum of those that do.
#[derive(Clone, Debug)]
pub(super) struct AnyQuery(pub Vec<Arc<dyn Query>>);

impl Query for AnyQuery {
    fn weight(&self, scoring: EnableScoring<'_>) -> tantivy::Result<Box<dyn Weight>> {
        Ok(Box::new(AnyWeight(self.0.iter().map(|way| way.weight(scoring)).collect::<tantivy::Result<_>>()?)))
    }
}

struct AnyWeight(Vec<Box<dyn Weight>>);

impl Weight for AnyWeight {
    fn scorer(&self, reader: &SegmentReader, boost: Score) -> tantivy::Result<Box<dyn Scorer>> {
        let mut ways = Vec::with_capacity(self.0.len());
        for weight in &self.0 {
            let scorer = weight.scorer(reader, boost)?;
            ways.push(Way { next: scorer.doc(), stands: true, scorer });
        }
        ways.retain(|way| way.next != TERMINATED);
        match ways.len() {
            0 => Ok(Box::new(EmptyScorer)),
            1 => Ok(ways.remove(0).scorer),
            _ => {
                let mut any = AnyScorer { ways, doc: 0 };
                any.settle(0);
                Ok(Box::new(any))
            }
        }
    }

    fn scorer_danger(
        &self,
        reader: &SegmentReader,
        target: DocId,
        boost: Score,
    ) -> tantivy::Result<(SeekDangerResult, Box<dyn Scorer>)> {
        let mut ways = Vec::with_capacity(self.0.len());
        for weight in &self.0 {
            let (result, scorer) = weight.scorer_danger(reader, target, boost)?;
            let mut way = Way { scorer, next: target, stands: false };
            way.note(target, result);
            ways.push(way);
        }
        let mut any = AnyScorer { ways, doc: target };
        let result = any.seek_danger(target);
        Ok((result, Box::new(any)))
    }

    fn explain(&self, _: &SegmentReader, _: DocId) -> tantivy::Result<Explanation> {
        Ok(Explanation::new("one of several ways", 1.0))
    }
}

/// One way, and how far it has been looked at.
struct Way {
    scorer: Box<dyn Scorer>,
    /// Nothing before this letter.
    next: DocId,
    /// Whether it has this letter; if not, it has not been looked at, and the scorer may be asked
    /// about single letters only.
    stands: bool,
}

impl Way {
    fn note(&mut self, doc: DocId, result: SeekDangerResult) {
        (self.next, self.stands) = match result {
            SeekDangerResult::Found => (doc, true),
            SeekDangerResult::SeekLowerBound(next) => (next, false),
        };
    }

    /// Whether it has this letter, not before those that it was asked about.
    fn has(&mut self, doc: DocId) -> bool {
        if self.next < doc || self.next == doc && !self.stands {
            let result = self.scorer.seek_danger(doc);
            self.note(doc, result);
        }
        self.stands && self.next == doc
    }
}

struct AnyScorer {
    ways: Vec<Way>,
    doc: DocId,
}

impl AnyScorer {
    /// Whether some way has this letter: all are asked, since each has its score.
    fn has(&mut self, doc: DocId) -> bool {
        let mut found = false;
        for way in &mut self.ways {
            found |= way.has(doc);
        }
        found
    }

    fn next(&self) -> DocId {
        self.ways.iter().map(|way| way.next).min().unwrap_or(TERMINATED)
    }

    /// Goes to the first letter found from `doc` on.
    fn settle(&mut self, doc: DocId) -> DocId {
        self.doc = self.next().max(doc);
        while self.doc < TERMINATED && !self.has(self.doc) {
            self.doc = self.next();
        }
        self.doc
    }
}

impl DocSet for AnyScorer {
    fn advance(&mut self) -> DocId {
        if self.doc == TERMINATED {
            return TERMINATED;
        }
        for way in self.ways.iter_mut().filter(|way| way.stands && way.next == self.doc) {
            way.next = way.scorer.advance();
        }
        self.settle(self.doc + 1)
    }

    fn seek(&mut self, target: DocId) -> DocId {
        if self.doc >= target { self.doc } else { self.settle(target) }
    }

    fn seek_danger(&mut self, target: DocId) -> SeekDangerResult {
        if target < TERMINATED && self.has(target) {
            self.doc = target;
            return SeekDangerResult::Found;
        }
        SeekDangerResult::SeekLowerBound(self.next().max(target))
    }

    fn doc(&self) -> DocId {
        self.doc
    }

    /// Ways find the same letters, mostly.
    fn size_hint(&self) -> u32 {
        self.ways.iter().map(|way| way.scorer.size_hint()).max().unwrap_or(0)
    }

    fn cost(&self) -> u64 {
        self.ways.iter().map(|way| way.scorer.cost()).sum()
    }
}

impl Scorer for AnyScorer {
    fn score(&mut self) -> Score {
        let standing = self.ways.iter_mut().filter(|way| way.stands && way.next == self.doc);
        standing.map(|way| way.scorer.score()).sum()
    }
}

/// Finds what a query does not find; it counts nothing.
#[derive(Clone, Debug)]
pub(super) struct WithoutQuery(pub Arc<dyn Query>);

impl Query for WithoutQuery {
    fn weight(&self, scoring: EnableScoring<'_>) -> tantivy::Result<Box<dyn Weight>> {
        let unscored = EnableScoring::disabled_from_schema(scoring.schema());
        Ok(Box::new(WithoutWeight(self.0.weight(unscored)?)))
    }
}

struct WithoutWeight(Box<dyn Weight>);

impl Weight for WithoutWeight {
    fn scorer(&self, reader: &SegmentReader, boost: Score) -> tantivy::Result<Box<dyn Scorer>> {
        let (result, scorer) = self.0.scorer_danger(reader, 0, boost)?;
        let mut way = Way { scorer, next: 0, stands: false };
        way.note(0, result);
        let mut without = WithoutScorer { way, doc: 0, end: reader.max_doc() };
        without.settle(0);
        Ok(Box::new(without))
    }

    fn explain(&self, _: &SegmentReader, _: DocId) -> tantivy::Result<Explanation> {
        Ok(Explanation::new("not found", 0.0))
    }
}

struct WithoutScorer {
    /// What is not found.
    way: Way,
    doc: DocId,
    /// One past the last letter.
    end: DocId,
}

impl WithoutScorer {
    fn settle(&mut self, doc: DocId) -> DocId {
        self.doc = doc;
        while self.doc < self.end && self.way.has(self.doc) {
            self.doc += 1;
        }
        if self.doc >= self.end {
            self.doc = TERMINATED;
        }
        self.doc
    }
}

impl DocSet for WithoutScorer {
    fn advance(&mut self) -> DocId {
        if self.doc == TERMINATED { TERMINATED } else { self.settle(self.doc + 1) }
    }

    fn seek(&mut self, target: DocId) -> DocId {
        if self.doc >= target { self.doc } else { self.settle(target) }
    }

    fn seek_danger(&mut self, target: DocId) -> SeekDangerResult {
        if target >= self.end {
            return SeekDangerResult::SeekLowerBound(TERMINATED);
        }
        if self.way.has(target) {
            return SeekDangerResult::SeekLowerBound(target + 1);
        }
        self.doc = target;
        SeekDangerResult::Found
    }

    fn doc(&self) -> DocId {
        self.doc
    }

    fn size_hint(&self) -> u32 {
        self.end.saturating_sub(self.way.scorer.size_hint())
    }

    /// To step over what is not found takes little, but something.
    fn cost(&self) -> u64 {
        u64::from(self.size_hint() + self.end / 16)
    }
}

impl Scorer for WithoutScorer {
    fn score(&mut self) -> Score {
        0.0
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)] // A test may stop where it stands.

    use dossier_testkit::rng::Rng;
    use tantivy::collector::TopDocs;
    use tantivy::query::{BooleanQuery, ConstScoreQuery, Occur, PhraseQuery, TermQuery};
    use tantivy::schema::{Field, IndexRecordOption, Schema, TEXT};
    use tantivy::{Index, IndexWriter, Term, doc};

    use super::*;

    /// Some query of words and phrases, as the library has it and as it is here.
    fn some(field: Field, rng: &mut Rng, depth: usize) -> (Box<dyn Query>, Box<dyn Query>) {
        let mut word = || Term::from_field_text(field, ["a", "b", "c", "d", "e", "f"][rng.below(6)]);
        let (first, second) = (word(), word());
        match rng.below(if depth == 0 { 2 } else { 4 }) {
            0 => {
                let word = || -> Box<dyn Query> {
                    let word = Box::new(TermQuery::new(first.clone(), IndexRecordOption::Basic));
                    Box::new(ConstScoreQuery::new(word, 1.0))
                };
                (word(), word())
            }
            1 => {
                let phrase = || -> Box<dyn Query> {
                    let phrase = Box::new(PhraseQuery::new(vec![first.clone(), second.clone()]));
                    Box::new(ConstScoreQuery::new(phrase, 2.0))
                };
                (phrase(), phrase())
            }
            2 => {
                let (theirs, ours): (Vec<_>, Vec<_>) =
                    (0..1 + rng.below(4)).map(|_| some(field, rng, depth - 1)).unzip();
                let theirs = theirs.into_iter().map(|way| (Occur::Should, way)).collect();
                let ours = ours.into_iter().map(Arc::from).collect();
                (Box::new(BooleanQuery::new(theirs)), Box::new(AnyQuery(ours)))
            }
            _ => {
                let (must, ours) = some(field, rng, depth - 1);
                let (not, our_not) = some(field, rng, depth - 1);
                let without: Box<dyn Query> = Box::new(WithoutQuery(our_not.into()));
                let theirs = BooleanQuery::new(vec![(Occur::Must, must), (Occur::MustNot, not)]);
                let ours = BooleanQuery::new(vec![(Occur::Must, ours), (Occur::Must, without)]);
                (Box::new(theirs), Box::new(ours))
            }
        }
    }

    #[test]
    fn what_is_looked_at_late_is_found_all_the_same() {
        let mut schema = Schema::builder();
        let field = schema.add_text_field("text", TEXT);
        let index = Index::create_in_ram(schema.build());
        let mut writer: IndexWriter = index.writer_with_num_threads(1, 15_000_000).unwrap();
        let mut rng = Rng::new(7);
        for _ in 0..3_000 {
            // Some words are in nearly all letters, others in few.
            let mut word = || {
                let known = 1 + rng.below(6);
                ["a", "b", "c", "d", "e", "f"][rng.below(known)]
            };
            let words: Vec<&str> = (0..8).map(|_| word()).collect();
            writer.add_document(doc!(field => words.join(" "))).unwrap();
        }
        writer.commit().unwrap();
        let searcher = index.reader().unwrap().searcher();
        for _ in 0..500 {
            let (theirs, ours) = some(field, &mut rng, 3);
            let all = TopDocs::with_limit(5_000).order_by_score();
            let [theirs, found] = [&theirs, &ours].map(|query| searcher.search(query, &all).unwrap());
            assert_eq!(found, theirs, "{ours:?}");
        }
    }
}
