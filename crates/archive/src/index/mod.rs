//! The search index: every folded character is a token with its position.
//!
//! On 20,000 letters such tokens found every exact substring, while word segmenters lost up to
//! a third of village names; single characters with positions were indexed 2.3 times as fast as
//! pairs and took a quarter less room. Where the recogniser was unsure, the text is indexed once
//! more with its runners-up at their characters' places.

mod compile;
mod facets;
mod find;
mod query;
mod sound;
mod tokens;

use std::collections::BTreeMap;
use std::fs::DirBuilder;
use std::os::unix::fs::DirBuilderExt;
use std::path::Path;

use dossier_model::{Item, MaskKind, fold_text};
use serde::Serialize;
use tantivy::collector::{Count, TopDocs};
use tantivy::columnar::Column;
use tantivy::directory::MmapDirectory;
use tantivy::query::{AllQuery, Query as TantivyQuery};
use tantivy::schema::{
    FAST, Field, INDEXED, IndexRecordOption, JsonObjectOptions, NumericOptions, STORED, STRING, Schema,
    TextFieldIndexing, TextOptions, Value,
};
use tantivy::{
    DocId, Index, IndexReader, IndexWriter, ReloadPolicy, Score, SegmentReader, TantivyDocument, Term,
};

use crate::{ArchiveError, Catalog, FieldLabel, ItemRow, Summary};

pub(crate) use find::Haystack;
pub use query::{Query, QueryError, QueryFault};

/// Memory for documents that are not yet written, in bytes.
const WRITER_MEMORY: usize = 64 << 20;
/// Goes up with every change of what is indexed; an older index is made anew.
const LAYOUT: u64 = 2;
/// The name of the counted years.
const YEAR: &str = "year";
const FACETS: &str = "facets";

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

/// How often a counted value occurs among the items that match.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FacetCount {
    /// The value.
    pub value: String,
    /// How many items.
    pub count: u64,
}

/// Counted values by name, the most frequent first.
pub type Facets = BTreeMap<String, Vec<FacetCount>>;

/// The index, open for searching.
pub struct SearchIndex {
    index: Index,
    reader: IndexReader,
    columns: Columns,
}

#[derive(Clone, Copy)]
pub(crate) struct Columns {
    id: Field,
    version: Field,
    /// The text, a token for each folded character.
    text: Field,
    /// The title, likewise.
    title: Field,
    /// The text with the recogniser's runners-up; only where there are some.
    unsure: Field,
    /// The field values, a token for each field and folded character.
    fields: Field,
    /// Normalised numbers and dates, whole.
    values: Field,
    /// Names by their sound.
    sounds: Field,
    /// Counted values.
    facets: Field,
    /// Numbers and dates by field, for ranges.
    numbers: Field,
    /// The date that lists show, as digits of year, month and day; 0 if there is none.
    date: Field,
    /// Follows from the id: equal hits come in the same order whatever the index's history.
    tie: Field,
}

impl SearchIndex {
    pub(crate) fn open(path: &Path) -> Result<SearchIndex, ArchiveError> {
        if !path.exists() {
            DirBuilder::new().recursive(true).mode(0o700).create(path).map_err(ArchiveError::io(path))?;
        }
        let (schema, columns) = schema();
        let directory = MmapDirectory::open(path).map_err(tantivy::TantivyError::from)?;
        let index = Index::open_or_create(directory, schema)?;
        tokens::register(&index);
        let reader = index.reader_builder().reload_policy(ReloadPolicy::Manual).try_into()?;
        Ok(SearchIndex { index, reader, columns })
    }

    /// The number of the last change that the index holds; 0 when it holds nothing of this layout.
    fn sequence(&self) -> Result<u64, ArchiveError> {
        let payload = self.index.load_metas()?.payload.unwrap_or_default();
        let mut parts = payload.split(' ').map(|part| part.parse::<u64>().ok());
        match (parts.next().flatten(), parts.next().flatten()) {
            (Some(LAYOUT), Some(sequence)) => Ok(sequence),
            _ => Ok(0),
        }
    }

    pub(crate) fn is_behind(&self, catalog: &Catalog) -> Result<bool, ArchiveError> {
        Ok(self.sequence()? < catalog.sequence()?)
    }

    /// Replays the catalog's changes that the index does not hold yet; returns how many items
    /// were written.
    pub(crate) fn update(&mut self, catalog: &Catalog) -> Result<u64, ArchiveError> {
        let (held, last) = (self.sequence()?, catalog.sequence()?);
        if held == last {
            return Ok(0);
        }
        let scribe =
            Scribe { columns: self.columns, labels: catalog.field_labels()?, summary: catalog.summary()? };
        let mut writer: IndexWriter = self.index.writer_with_num_threads(1, WRITER_MEMORY)?;
        if held == 0 {
            writer.delete_all_documents()?;
        }
        let mut written = 0;
        catalog.for_each_change(held, |id, item| {
            if held > 0 {
                writer.delete_term(Term::from_field_text(self.columns.id, id));
            }
            if let Some(row) = item {
                writer.add_document(scribe.document(&row))?;
                written += 1;
            }
            Ok(())
        })?;
        let mut commit = writer.prepare_commit()?;
        commit.set_payload(&format!("{LAYOUT} {last}"));
        commit.commit()?;
        writer.wait_merging_threads()?;
        self.reader.reload()?;
        Ok(written)
    }

    /// The ids of the first `limit` items in this order with their scores, and how many there are
    /// in all.
    pub(crate) fn search(
        &self,
        query: &Query,
        summary: &Summary,
        limit: usize,
        order: Order,
    ) -> Result<(u64, Vec<(f32, String)>), ArchiveError> {
        let searcher = self.reader.searcher();
        let query = self.compile(query, summary);
        if limit == 0 {
            return Ok((searcher.search(&query, &Count)? as u64, Vec::new()));
        }
        let top = TopDocs::with_limit(limit).tweak_score(move |segment: &SegmentReader| {
            let ranks = Ranks::of(segment);
            move |doc: DocId, score: Score| ranks.rank(doc, score, order)
        });
        let (total, top) = searcher.search(&query, &(Count, top))?;
        let mut hits = Vec::with_capacity(top.len());
        for (rank, address) in top {
            let document: TantivyDocument = searcher.doc(address)?;
            let id = document.get_first(self.columns.id).and_then(|value| value.as_str());
            hits.push((rank.score, id.unwrap_or_default().to_owned()));
        }
        Ok((total as u64, hits))
    }

    /// Counts the values of all items that match.
    pub(crate) fn facets(&self, query: &Query, summary: &Summary) -> Result<Facets, ArchiveError> {
        let counts =
            self.reader.searcher().search(&self.compile(query, summary), &facets::CountTokens(FACETS))?;
        let mut by_name: Facets = BTreeMap::new();
        for (token, count) in counts {
            if let Some((name, value)) = tokens::facet_of(&token) {
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
        Ok(by_name)
    }

    fn compile(&self, query: &Query, summary: &Summary) -> Box<dyn TantivyQuery> {
        let compiler =
            compile::Compiler { columns: &self.columns, demand: &summary.demand, sure_only: query.sure_only };
        compiler.query(query)
    }

    /// Hands over the id and version of every item that the index holds, in no order.
    pub(crate) fn for_each_version(&self, mut take: impl FnMut(&str, &str)) -> Result<(), ArchiveError> {
        let searcher = self.reader.searcher();
        let all: Box<dyn TantivyQuery> = Box::new(AllQuery);
        for address in searcher.search(&all, &tantivy::collector::DocSetCollector)? {
            let document: TantivyDocument = searcher.doc(address)?;
            let text = |field| document.get_first(field).and_then(|value| value.as_str()).unwrap_or_default();
            take(text(self.columns.id), text(self.columns.version));
        }
        Ok(())
    }
}

fn schema() -> (Schema, Columns) {
    let mut schema = Schema::builder();
    let characters = |tokenizer: &str| {
        TextOptions::default().set_indexing_options(
            TextFieldIndexing::default()
                .set_tokenizer(tokenizer)
                .set_index_option(IndexRecordOption::WithFreqsAndPositions),
        )
    };
    let columns = Columns {
        id: schema.add_text_field("id", STRING | STORED),
        version: schema.add_text_field("version", STRING | STORED),
        text: schema.add_text_field("text", characters(tokens::TEXT)),
        title: schema.add_text_field("title", characters(tokens::TEXT)),
        unsure: schema.add_text_field("unsure", characters(tokens::TEXT)),
        fields: schema.add_text_field("fields", characters(tokens::FIELDS)),
        values: schema.add_text_field("values", STRING),
        sounds: schema.add_text_field("sounds", STRING),
        facets: schema.add_text_field(FACETS, STRING | FAST),
        numbers: schema.add_json_field("numbers", JsonObjectOptions::default().set_fast("raw")),
        date: schema.add_i64_field("date", NumericOptions::from(FAST | INDEXED)),
        tie: schema.add_u64_field("tie", FAST),
    };
    (schema.build(), columns)
}

/// What a hit is ordered by; the greater comes first.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
struct Rank {
    /// The score in thousandths, or 0 where the date decides.
    relevance: u64,
    date: i64,
    tie: u64,
    /// As the index gave it; it decides nothing any more.
    score: f32,
}

/// The columns of one segment that hits are ordered by.
struct Ranks {
    date: Option<Column<i64>>,
    tie: Option<Column<u64>>,
}

impl Ranks {
    fn of(segment: &SegmentReader) -> Ranks {
        let columns = segment.fast_fields();
        // Both columns are in the schema; a segment without one of them has no value there.
        Ranks { date: columns.i64("date").ok(), tie: columns.u64("tie").ok() }
    }

    fn rank(&self, doc: DocId, score: Score, order: Order) -> Rank {
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

/// Writes items as documents.
struct Scribe {
    columns: Columns,
    labels: Vec<FieldLabel>,
    summary: Summary,
}

impl Scribe {
    fn document(&self, row: &ItemRow) -> TantivyDocument {
        let columns = &self.columns;
        let item = &row.item;
        let mut document = TantivyDocument::default();
        document.add_text(columns.id, &item.id);
        document.add_text(columns.version, &row.version);
        document.add_text(columns.text, tokens::text_stream(&item.text));
        document.add_text(columns.title, fold_text(&item.title));
        if let Some(unsure) = tokens::unsure_stream(&item.text) {
            document.add_text(columns.unsure, unsure);
        }
        document.add_text(columns.fields, tokens::field_stream(item));
        for value in exact_values(item) {
            document.add_text(columns.values, value);
        }
        for sound in self.sounds(item) {
            document.add_text(columns.sounds, sound);
        }
        for facet in self.facets(item) {
            document.add_text(columns.facets, facet);
        }
        document.add_object(columns.numbers, self.numbers(item));
        document.add_i64(columns.date, self.date(item).unwrap_or(0));
        document.add_u64(columns.tie, u64::from_str_radix(&item.id, 16).unwrap_or(0));
        document
    }

    fn date(&self, item: &Item) -> Option<i64> {
        self.summary.date.iter().find_map(|name| digits_of_date(item.best(name)?.value.reveal()))
    }

    fn sounds(&self, item: &Item) -> Vec<String> {
        let names = self.labels.iter().filter(|label| label.mask == MaskKind::Name);
        let values = names.filter_map(|label| item.fields.get(&label.name)).flatten();
        let mut sounds: Vec<String> = values.flat_map(|value| sound::sounds(value.value.reveal())).collect();
        sounds.sort_unstable();
        sounds.dedup();
        sounds
    }

    /// The year, each level of each category, and the values of the counted fields.
    fn facets(&self, item: &Item) -> Vec<String> {
        let mut facets = Vec::new();
        if let Some(date) = self.date(item) {
            facets.push(tokens::facet_token(YEAR, &(date / 10_000).to_string()));
        }
        for category in &item.classification.decided {
            for level in 1..=category.path.len() {
                facets
                    .push(tokens::facet_token(&category.axis, &fold_text(&category.path[..level].join("/"))));
            }
        }
        for name in &self.summary.facets {
            for value in item.fields.get(name).into_iter().flatten() {
                facets.push(tokens::facet_token(name, &fold_text(value.value.reveal())));
            }
        }
        facets.sort_unstable();
        facets.dedup();
        facets
    }

    /// The numbers and dates of an item by field, and the date that lists show.
    fn numbers(&self, item: &Item) -> BTreeMap<String, tantivy::schema::OwnedValue> {
        let number = |text: &str| digits_of_date(text).or_else(|| leading_number(text));
        let mut numbers = BTreeMap::new();
        for label in self.labels.iter().filter(|label| label.number) {
            let value = item.best(&label.name).and_then(|value| number(value.value.reveal()));
            if let Some(value) = value {
                numbers.insert(label.name.clone(), tantivy::schema::OwnedValue::I64(value));
            }
        }
        if let Some(date) = self.date(item) {
            numbers.insert(query::DATE.to_owned(), tantivy::schema::OwnedValue::I64(date));
        }
        numbers
    }
}

/// A date in EDTF as the digits of year, month and day; what is not said is 0.
fn digits_of_date(text: &str) -> Option<i64> {
    let mut parts = text.split(['-', '~', '?']);
    let year = parts.next().filter(|year| year.len() == 4)?.parse::<i64>().ok()?;
    let mut part = || parts.next().and_then(|part| part.parse::<i64>().ok()).unwrap_or(0);
    let (month, day) = (part(), part());
    (year >= 1000).then_some(year * 10_000 + month * 100 + day)
}

fn leading_number(text: &str) -> Option<i64> {
    let digits: String = text.chars().take_while(char::is_ascii_digit).collect();
    digits.parse().ok()
}

/// Values that may stand in the text in another notation: numbers and dates as normalised.
fn exact_values(item: &Item) -> impl Iterator<Item = String> {
    let digits = |text: &str| text.chars().filter(char::is_ascii_digit).count() >= 3;
    let values = item.fields.values().flatten().map(|value| value.value.reveal());
    let texts = values.filter(move |text| text.chars().count() <= 40 && digits(text));
    texts.map(fold_text).collect::<std::collections::BTreeSet<_>>().into_iter()
}
