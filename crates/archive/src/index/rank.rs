//! The order of hits, and the first of them.

use std::cmp::{Ordering, Reverse};
use std::collections::BinaryHeap;

use tantivy::collector::{Collector, SegmentCollector};
use tantivy::columnar::{Column, StrColumn};
use tantivy::{DocAddress, DocId, Score, SegmentOrdinal, SegmentReader};

use super::columns::{NUMBER, REGION};

/// How hits are ordered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Order {
    /// The best first; among equals the newest.
    #[default]
    Relevance,
    /// The newest first.
    Newest,
    /// The oldest first.
    Oldest,
    /// By region as it is pronounced; within one, the newest first.
    Region,
    /// By petition number, figures by their value.
    Number,
}

impl Order {
    /// The column of names that this order goes by.
    fn column(self) -> Option<&'static str> {
        match self {
            Order::Region => Some(REGION),
            Order::Number => Some(NUMBER),
            _ => None,
        }
    }
}

/// Finds the first `limit` hits in an order.
pub(super) struct First {
    pub limit: usize,
    pub order: Order,
}

/// A hit with what it is ordered by across segments.
pub(super) struct Ranked {
    /// Nothing where it has none, or names do not count: such hits come last.
    name: Option<String>,
    key: Key,
    /// As the index gave it.
    pub score: f32,
    pub address: DocAddress,
}

/// What hits of one segment are ordered by; the greater comes first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Key {
    /// The score in thousandths, or the place of the name from the end, or 0 where the date decides.
    first: u64,
    date: i64,
    /// Follows from the item's id.
    tie: u64,
}

impl Ranked {
    fn compare(&self, other: &Ranked) -> Ordering {
        let by_name = match (&self.name, &other.name) {
            (Some(one), Some(other)) => one.cmp(other),
            // Within one order either all keys are of names or none is.
            (one, other) => other.is_some().cmp(&one.is_some()),
        };
        let named = self.name.is_some() && other.name.is_some();
        let (ours, theirs) = (self.key, other.key);
        let by_key =
            if named { (theirs.date, theirs.tie).cmp(&(ours.date, ours.tie)) } else { theirs.cmp(&ours) };
        by_name.then(by_key)
    }
}

pub(super) struct SegmentFirst {
    segment: SegmentOrdinal,
    limit: usize,
    order: Order,
    date: Option<Column<i64>>,
    tie: Option<Column<u64>>,
    names: Option<StrColumn>,
    /// The least of the best so far on top.
    best: BinaryHeap<Reverse<(Key, DocId)>>,
    scores: Vec<(DocId, Score)>,
}

impl Collector for First {
    type Fruit = Vec<Ranked>;
    type Child = SegmentFirst;

    fn for_segment(&self, segment: SegmentOrdinal, reader: &SegmentReader) -> tantivy::Result<SegmentFirst> {
        let columns = reader.fast_fields();
        let names = self.order.column().map(|name| columns.str(name)).transpose()?.flatten();
        // Both columns are in the schema; a segment without one of them has no value there.
        let (date, tie) = (columns.i64("date").ok(), columns.u64("tie").ok());
        let (limit, order) = (self.limit, self.order);
        let best = BinaryHeap::with_capacity(limit.min(1024) + 1);
        Ok(SegmentFirst { segment, limit, order, date, tie, names, best, scores: Vec::new() })
    }

    fn requires_scoring(&self) -> bool {
        true
    }

    fn merge_fruits(&self, fruits: Vec<tantivy::Result<Vec<Ranked>>>) -> tantivy::Result<Vec<Ranked>> {
        let mut all: Vec<Ranked> = Vec::new();
        for fruit in fruits {
            all.extend(fruit?);
        }
        all.sort_by(Ranked::compare);
        all.truncate(self.limit);
        Ok(all)
    }
}

impl SegmentFirst {
    /// The first part of the key: what most hits are told apart by.
    fn first(&self, doc: DocId, score: Score) -> u64 {
        match self.order {
            Order::Relevance => (score * 1000.0) as u64,
            Order::Newest | Order::Oldest => 0,
            Order::Region | Order::Number => {
                let name = self.names.as_ref().and_then(|names| names.term_ords(doc).next());
                name.map_or(0, |name| u64::MAX - name)
            }
        }
    }

    fn date(&self, doc: DocId) -> i64 {
        let date = self.date.as_ref().and_then(|column| column.first(doc)).unwrap_or(0);
        match self.order {
            // What has no date comes last either way.
            Order::Oldest if date == 0 => i64::MIN,
            Order::Oldest => -date,
            _ => date,
        }
    }
}

impl SegmentCollector for SegmentFirst {
    type Fruit = tantivy::Result<Vec<Ranked>>;

    fn collect(&mut self, doc: DocId, score: Score) {
        let least = match self.best.peek() {
            Some(Reverse((least, _))) if self.best.len() >= self.limit => Some(*least),
            _ => None,
        };
        // Most letters are out at the first look: what need not be read is not read.
        let first = self.first(doc, score);
        if least.is_some_and(|least| first < least.first) {
            return;
        }
        let date = self.date(doc);
        if least.is_some_and(|least| (first, date) < (least.first, least.date)) {
            return;
        }
        let tie = self.tie.as_ref().and_then(|column| column.first(doc)).unwrap_or(0);
        let key = Key { first, date, tie };
        if least.is_some_and(|least| key <= least) {
            return;
        }
        self.best.push(Reverse((key, doc)));
        self.scores.push((doc, score));
        if self.best.len() > self.limit {
            self.best.pop();
        }
    }

    fn harvest(self) -> tantivy::Result<Vec<Ranked>> {
        let mut found = Vec::with_capacity(self.best.len());
        for Reverse((key, doc)) in self.best {
            let mut name = None;
            if let Some(names) = self.names.as_ref().filter(|_| key.first > 0) {
                let mut text = String::new();
                names.ord_to_str(u64::MAX - key.first, &mut text)?;
                name = Some(text);
            }
            // Letters come in the order of their numbers.
            let at = self.scores.binary_search_by_key(&doc, |(doc, _)| *doc);
            let score = at.ok().and_then(|at| self.scores.get(at)).map_or(0.0, |(_, score)| *score);
            found.push(Ranked { name, key, score, address: DocAddress::new(self.segment, doc) });
        }
        Ok(found)
    }
}
