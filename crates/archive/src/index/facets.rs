//! Counting values beside a search, and months.

use std::collections::{BTreeMap, HashMap};

use tantivy::collector::{Collector, SegmentCollector};
use tantivy::columnar::{Column, StrColumn};
use tantivy::{DocId, Score, SegmentOrdinal, SegmentReader};

use super::tokens::facet_of;
use super::{FacetCount, Facets, MONTH, YEAR};

/// Counts how many matching items have each token of a text column.
pub(super) struct CountTokens(pub &'static str);

/// The years whose months are counted: first and one past the last.
const MONTHS_OF: (i64, i64) = (1800, 2200);
/// What is between the first and the last month, at most, if they are shown one by one.
const SPAN: usize = 36;

pub(super) struct SegmentCounts {
    column: Option<StrColumn>,
    counts: Vec<u64>,
    date: Option<Column<i64>>,
    months: Vec<u64>,
}

/// How many items have each token, and how many are of each month from the first year's January on.
#[derive(Default)]
pub(super) struct Counts {
    tokens: HashMap<String, u64>,
    months: Vec<u64>,
}

impl Collector for CountTokens {
    type Fruit = Counts;
    type Child = SegmentCounts;

    fn for_segment(&self, _: SegmentOrdinal, reader: &SegmentReader) -> tantivy::Result<SegmentCounts> {
        let column = reader.fast_fields().str(self.0)?;
        let tokens = column.as_ref().map_or(0, |column| column.dictionary().num_terms());
        let months = vec![0; ((MONTHS_OF.1 - MONTHS_OF.0) * 12) as usize];
        let date = reader.fast_fields().i64("date").ok();
        Ok(SegmentCounts { column, counts: vec![0; tokens], date, months })
    }

    fn requires_scoring(&self) -> bool {
        false
    }

    fn merge_fruits(&self, fruits: Vec<tantivy::Result<Counts>>) -> tantivy::Result<Counts> {
        let mut all = Counts::default();
        for fruit in fruits {
            let Counts { tokens, months } = fruit?;
            for (token, count) in tokens {
                *all.tokens.entry(token).or_default() += count;
            }
            all.months.resize(months.len(), 0);
            all.months.iter_mut().zip(months).for_each(|(all, count)| *all += count);
        }
        Ok(all)
    }
}

impl SegmentCollector for SegmentCounts {
    type Fruit = tantivy::Result<Counts>;

    fn collect(&mut self, doc: DocId, _: Score) {
        if let Some(column) = &self.column {
            for token in column.term_ords(doc) {
                self.counts[token as usize] += 1;
            }
        }
        let date = self.date.as_ref().and_then(|column| column.first(doc)).unwrap_or(0);
        let month = (date / 10_000 - MONTHS_OF.0) * 12 + date / 100 % 100 - 1;
        let known = (1..=12).contains(&(date / 100 % 100));
        let month = usize::try_from(month).ok().filter(|_| known);
        if let Some(count) = month.and_then(|month| self.months.get_mut(month)) {
            *count += 1;
        }
    }

    fn harvest(self) -> tantivy::Result<Counts> {
        let mut tokens = HashMap::new();
        if let Some(column) = self.column {
            for (token, count) in (0..).zip(self.counts).filter(|(_, count)| *count > 0) {
                let mut name = String::new();
                if column.ord_to_str(token, &mut name)? {
                    tokens.insert(name, count);
                }
            }
        }
        Ok(Counts { tokens, months: self.months })
    }
}

/// Counted tokens by name: years and months in their order, other values the most frequent first.
pub(super) fn by_name(counts: Counts) -> Facets {
    let mut by_name: Facets = BTreeMap::new();
    for (token, count) in counts.tokens {
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
    let months = months(&counts.months);
    if !months.is_empty() {
        by_name.insert(MONTH.to_owned(), months);
    }
    by_name
}

/// The months from the first that has letters to the last, those without any too; none if that is
/// a long time, which years tell better.
fn months(counts: &[u64]) -> Vec<FacetCount> {
    let counted = |count: &u64| *count > 0;
    let (Some(first), Some(last)) = (counts.iter().position(counted), counts.iter().rposition(counted))
    else {
        return Vec::new();
    };
    if last - first >= SPAN {
        return Vec::new();
    }
    let month = |at: usize| {
        let value = format!("{}-{:02}", MONTHS_OF.0 as usize + at / 12, at % 12 + 1);
        FacetCount { value, count: counts[at] }
    };
    (first..=last).map(month).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn months_are_told_one_by_one_if_they_are_few() {
        let mut counts = vec![0; 4800];
        (counts[2627], counts[2629]) = (3, 1);
        let told: Vec<(String, u64)> =
            months(&counts).into_iter().map(|month| (month.value, month.count)).collect();
        assert_eq!(told, [("2018-12".into(), 3), ("2019-01".into(), 0), ("2019-02".into(), 1)]);
        counts[1] = 1;
        assert!(months(&counts).is_empty());
    }
}
