//! The order of hits.

use tantivy::columnar::Column;
use tantivy::{DocId, Score, SegmentReader};

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
}

/// What a hit is ordered by; the greater comes first.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
pub(super) struct Rank {
    /// The score in thousandths, or 0 where the date decides.
    pub relevance: u64,
    pub date: i64,
    pub tie: u64,
    /// As the index gave it; it decides nothing any more.
    pub score: f32,
}

/// The columns of one segment that hits are ordered by.
pub(super) struct Ranks {
    pub date: Option<Column<i64>>,
    pub tie: Option<Column<u64>>,
}

impl Ranks {
    pub fn of(segment: &SegmentReader) -> Ranks {
        let columns = segment.fast_fields();
        // Both columns are in the schema; a segment without one of them has no value there.
        Ranks { date: columns.i64("date").ok(), tie: columns.u64("tie").ok() }
    }

    pub fn rank(&self, doc: DocId, score: Score, order: Order) -> Rank {
        let date = self.date.as_ref().and_then(|column| column.first(doc)).unwrap_or(0);
        let tie = self.tie.as_ref().and_then(|column| column.first(doc)).unwrap_or(0);
        let (relevance, date) = match order {
            Order::Relevance => ((score * 1000.0) as u64, date),
            Order::Newest => (0, date),
            // What has no date comes last either way.
            Order::Oldest => (0, if date == 0 { i64::MIN } else { -date }),
        };
        Rank { relevance, date, tie, score }
    }
}
