//! Counting values beside a search.

use std::collections::{BTreeMap, HashMap};

use tantivy::collector::{Collector, SegmentCollector};
use tantivy::columnar::StrColumn;
use tantivy::{DocId, Score, SegmentOrdinal, SegmentReader};

use super::tokens::facet_of;
use super::{FacetCount, Facets, YEAR};

/// Counts how many matching items have each token of a text column.
pub(super) struct CountTokens(pub &'static str);

pub(super) struct SegmentCounts {
    column: Option<StrColumn>,
    counts: Vec<u64>,
}

impl Collector for CountTokens {
    type Fruit = HashMap<String, u64>;
    type Child = SegmentCounts;

    fn for_segment(&self, _: SegmentOrdinal, reader: &SegmentReader) -> tantivy::Result<SegmentCounts> {
        let column = reader.fast_fields().str(self.0)?;
        let tokens = column.as_ref().map_or(0, |column| column.dictionary().num_terms());
        Ok(SegmentCounts { column, counts: vec![0; tokens] })
    }

    fn requires_scoring(&self) -> bool {
        false
    }

    fn merge_fruits(
        &self,
        fruits: Vec<tantivy::Result<HashMap<String, u64>>>,
    ) -> tantivy::Result<HashMap<String, u64>> {
        let mut all: HashMap<String, u64> = HashMap::new();
        for counts in fruits {
            for (token, count) in counts? {
                *all.entry(token).or_default() += count;
            }
        }
        Ok(all)
    }
}

impl SegmentCollector for SegmentCounts {
    type Fruit = tantivy::Result<HashMap<String, u64>>;

    fn collect(&mut self, doc: DocId, _: Score) {
        let Some(column) = &self.column else { return };
        for token in column.term_ords(doc) {
            self.counts[token as usize] += 1;
        }
    }

    fn harvest(self) -> tantivy::Result<HashMap<String, u64>> {
        let Some(column) = self.column else { return Ok(HashMap::new()) };
        let mut named = HashMap::new();
        for (token, count) in (0..).zip(self.counts).filter(|(_, count)| *count > 0) {
            let mut name = String::new();
            if column.ord_to_str(token, &mut name)? {
                named.insert(name, count);
            }
        }
        Ok(named)
    }
}

/// Counted tokens by name: years in their order, other values the most frequent first.
pub(super) fn by_name(counts: HashMap<String, u64>) -> Facets {
    let mut by_name: Facets = BTreeMap::new();
    for (token, count) in counts {
        if let Some((name, value)) = facet_of(&token) {
            let value = value.to_owned();
            by_name.entry(name.to_owned()).or_default().push(FacetCount { value, count });
        }
    }
    for (name, values) in &mut by_name {
        if name == YEAR {
            values.sort_by(|a, b| a.value.cmp(&b.value));
        } else {
            values.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.value.cmp(&b.value)));
        }
    }
    by_name
}
