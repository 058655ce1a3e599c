//! Counting values beside a search, and months.

use std::collections::{BTreeMap, HashMap};

use tantivy::collector::{Collector, SegmentCollector};
use tantivy::columnar::{Column, RowId, StrColumn};
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
    /// Items that are not counted yet.
    waiting: Vec<DocId>,
    /// What is read of them, kept for its room.
    rows: (Vec<DocId>, Vec<RowId>),
    tokens: Vec<u64>,
    dates: Vec<Option<i64>>,
}

/// Columns are read for so many items at once, which takes less than one by one.
const TOGETHER: usize = 256;

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
        Ok(SegmentCounts {
            column,
            counts: vec![0; tokens],
            date,
            months,
            waiting: Vec::with_capacity(TOGETHER),
            rows: (Vec::new(), Vec::new()),
            tokens: Vec::new(),
            dates: Vec::new(),
        })
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

impl SegmentCounts {
    /// Counts what waits.
    fn count(&mut self) {
        if let Some(column) = self.column.as_ref().map(|column| column.ords()) {
            let (docs, rows) = &mut self.rows;
            docs.clear();
            rows.clear();
            column.row_ids_for_docs(&self.waiting, docs, rows);
            self.tokens.resize(rows.len(), 0);
            column.values.get_vals(rows, &mut self.tokens);
            self.tokens.iter().for_each(|token| self.counts[*token as usize] += 1);
        }
        if let Some(column) = &self.date {
            self.dates.clear();
            self.dates.resize(self.waiting.len(), None);
            column.first_vals(&self.waiting, &mut self.dates);
            self.dates.iter().flatten().filter_map(|date| month_of(*date)).for_each(|month| {
                self.months[month] += 1;
            });
        }
        self.waiting.clear();
    }
}

/// The month of a date, counted from the first that is; nothing where a date says none.
fn month_of(date: i64) -> Option<usize> {
    let (year, month) = (date / 10_000, date / 100 % 100);
    let known = (1..=12).contains(&month) && (MONTHS_OF.0..MONTHS_OF.1).contains(&year);
    known.then(|| ((year - MONTHS_OF.0) * 12 + month - 1) as usize)
}

impl SegmentCollector for SegmentCounts {
    type Fruit = tantivy::Result<Counts>;

    fn collect(&mut self, doc: DocId, _: Score) {
        self.waiting.push(doc);
        if self.waiting.len() == TOGETHER {
            self.count();
        }
    }

    fn harvest(mut self) -> tantivy::Result<Counts> {
        self.count();
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
    #![allow(clippy::unwrap_used)] // A test may stop where it stands.

    use dossier_testkit::rng::Rng;
    use tantivy::query::AllQuery;
    use tantivy::schema::{FAST, STRING, Schema};
    use tantivy::{Index, IndexWriter, TantivyDocument};

    use super::*;

    #[test]
    fn what_is_counted_together_is_what_is_counted_one_by_one() {
        let mut schema = Schema::builder();
        let tokens = schema.add_text_field("facets", STRING | FAST);
        let date = schema.add_i64_field("date", FAST);
        let index = Index::create_in_ram(schema.build());
        let mut writer: IndexWriter = index.writer_with_num_threads(1, 15_000_000).unwrap();
        let mut rng = Rng::new(3);
        let (mut expected, mut months) = (HashMap::new(), vec![0; 4800]);
        for _ in 0..3 * TOGETHER + 7 {
            let mut document = TantivyDocument::new();
            // Some have several values, some none.
            for token in 0..rng.below(4) {
                let token = format!("{token}{}", rng.below(3));
                document.add_text(tokens, &token);
                *expected.entry(token).or_insert(0) += 1;
            }
            if rng.below(5) > 0 {
                let month = rng.below(13);
                document.add_i64(date, 20_180_000 + month as i64 * 100);
                if month > 0 {
                    months[218 * 12 + month - 1] += 1;
                }
            }
            writer.add_document(document).unwrap();
        }
        writer.commit().unwrap();
        let searcher = index.reader().unwrap().searcher();
        let counts = searcher.search(&AllQuery, &CountTokens("facets")).unwrap();
        assert_eq!(counts.tokens, expected);
        assert_eq!(counts.months, months);
    }

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
