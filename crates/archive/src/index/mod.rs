//! The search index: every folded character is a token with its position.
//!
//! On 20,000 letters such tokens found every exact substring, while word segmenters lost up to
//! a third of village names; single characters with positions were indexed 2.3 times as fast as
//! pairs and took a quarter less room. Where the recogniser was unsure, the text is indexed once
//! more with its runners-up at their characters' places.

mod any;
mod check;
mod columns;
mod common;
mod compile;
#[cfg(test)]
mod example;
mod facets;
mod find;
mod inside;
mod near;
mod near_query;
mod notation;
mod occurrences;
mod order;
mod postings;
mod query;
mod rank;
mod said;
mod scribe;
mod segments;
mod similar;
mod sound;
mod streams;
mod tokens;

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::Serialize;
use tantivy::collector::Count;
use tantivy::directory::{Advice, MmapDirectory};
use tantivy::indexer::IndexWriterOptions;
use tantivy::merge_policy::LogMergePolicy;
use tantivy::query::{AllQuery, Query as TantivyQuery};
use tantivy::schema::Value;
use tantivy::{
    DocAddress, Index, IndexReader, IndexSettings, IndexWriter, ReloadPolicy, Score, Searcher,
    TantivyDocument, Term,
};

use crate::{ArchiveError, Catalog, Summary, durable};

use columns::{Columns, FACETS, schema};
use common::Common;
use rank::{First, Ranked};
use said::Said;
use scribe::Scribe;

pub(crate) use find::Haystack;
pub use query::{FacetName, Query, QueryError, QueryFault};
pub use rank::Order;

/// So many merges go on beside each other: each holds memory of its own, and takes a processor from
/// whoever searches meanwhile.
const MERGING: usize = 1;
/// Pieces of the index of at least so many documents are not merged any more: a large index stays in
/// pieces of like size, which processors search beside each other, and a night's letters are
/// never written together with all that there are.
const WHOLE: usize = 25_000;
/// So many smaller pieces of like size are merged into one.
const MERGED: usize = 4;
/// After how many changes it is told how far an update is.
const TOLD_EVERY: u64 = 500;
/// The name of the counted years.
const YEAR: &str = "year";
/// The name of the counted months.
const MONTH: &str = "month";

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

/// An item that matches.
pub(crate) struct Hit {
    pub id: String,
    /// The version that the index holds.
    pub version: String,
    pub score: f32,
}

/// What a search finds.
#[derive(Default)]
pub(crate) struct Found {
    pub total: u64,
    pub hits: Vec<Hit>,
    pub facets: Option<Facets>,
}

/// The index, open for searching.
pub struct SearchIndex {
    path: PathBuf,
    index: Index,
    reader: IndexReader,
    columns: Columns,
    /// The common characters of what the reader reads.
    common: RefCell<Arc<Common>>,
}

impl SearchIndex {
    pub(crate) fn open(path: &Path) -> Result<SearchIndex, ArchiveError> {
        if !path.exists() {
            durable::make_private(path).map_err(ArchiveError::io(path))?;
        }
        let (schema, columns) = schema();
        // A search reads a little in many places. To read on from each of them, as is done for files
        // that are read in order, would take longest of all, and most of the memory.
        let directory =
            || MmapDirectory::open_with_madvice(path, Advice::Random).map_err(tantivy::TantivyError::from);
        let mut index = match Index::open_or_create(directory()?, schema.clone()) {
            // An index of another layout, which is made anew from the catalog.
            Err(tantivy::TantivyError::SchemaError(_)) => {
                std::fs::remove_dir_all(path).map_err(ArchiveError::io(path))?;
                durable::make_private(path).map_err(ArchiveError::io(path))?;
                Index::create(directory()?, schema, IndexSettings::default())?
            }
            opened => opened?,
        };
        // The pieces of an index are searched beside each other.
        index.set_default_multithread_executor()?;
        let said = Said::of(&index)?;
        let reader = index.reader_builder().reload_policy(ReloadPolicy::Manual).try_into()?;
        let common = RefCell::new(Arc::new(Common::new(said.common)));
        let opened = SearchIndex { path: path.to_owned(), index, reader, columns, common };
        if !opened.is_of_one_choice()? {
            opened.reload()?;
        }
        Ok(opened)
    }

    /// The index for whoever reads or writes it from one end to the other.
    fn in_order(&self) -> Result<Index, ArchiveError> {
        let directory = MmapDirectory::open(&self.path).map_err(tantivy::TantivyError::from)?;
        Ok(Index::open(directory)?)
    }

    pub(crate) fn is_behind(&self, catalog: &Catalog) -> Result<bool, ArchiveError> {
        Ok(Said::of(&self.index)?.sequence < catalog.sequence()?)
    }

    /// Whether the last commit names the common characters that are known here.
    fn is_of_one_choice(&self) -> Result<bool, ArchiveError> {
        Ok(Said::of(&self.index)?.common.as_deref() == self.common.borrow().told())
    }

    /// Replays the catalog's changes that the index does not hold yet; returns how many items
    /// were written. `watch` is told now and then how many changes are done, and of how many.
    pub(crate) fn update(
        &self,
        catalog: &Catalog,
        watch: &mut dyn FnMut(u64, u64),
    ) -> Result<u64, ArchiveError> {
        let (mut held, last) = (Said::of(&self.index)?.sequence, catalog.sequence()?);
        catalog.forget_before(held)?;
        if held == last {
            return Ok(0);
        }
        let mut common = Arc::clone(&self.common.borrow());
        if held == 0 || common.is_outgrown(catalog)? {
            held = 0;
            common = Arc::new(Common::among(catalog)?);
        }
        // What the index will say has been committed must not be taken away by a power cut.
        catalog.settle()?;
        self.clear_leftovers()?;
        let scribe =
            Scribe { columns: self.columns, labels: catalog.field_labels()?, summary: catalog.summary()? };
        let mut writer = self.writer()?;
        if held == 0 {
            writer.delete_all_documents()?;
        }
        let written = segments::update(&writer, self.columns, &common, |update| {
            let (mut told, mut written) = (held, 0);
            watch(0, last - held);
            catalog.for_each_change(held, |change, id, item| {
                if change - told >= TOLD_EVERY {
                    told = change;
                    watch(change - held, last - held);
                }
                if held > 0 {
                    update.remove(Term::from_field_text(self.columns.id, id))?;
                }
                if let Some(row) = item {
                    let run = catalog.brought_by(&row.item.identity)?;
                    update.put(scribe.entry(&row, run))?;
                    written += 1;
                }
                Ok(())
            })?;
            Ok(written)
        })?;
        let mut commit = writer.prepare_commit()?;
        commit.set_payload(&Said::payload(last, &common));
        crate::kill_point("index.written");
        commit.commit()?;
        crate::kill_point("index.committed");
        writer.wait_merging_threads()?;
        self.reload()?;
        catalog.forget_before(last)?;
        Ok(written)
    }

    /// The library's writer. It is given segments, never single documents.
    fn writer(&self) -> Result<IndexWriter, ArchiveError> {
        let options = IndexWriterOptions::builder().num_worker_threads(1).num_merge_threads(MERGING).build();
        let writer = self.in_order()?.writer_with_options(options)?;
        let mut merging = LogMergePolicy::default();
        merging.set_max_docs_before_merge(WHOLE);
        merging.set_min_num_segments(MERGED);
        writer.set_merge_policy(Box::new(merging));
        Ok(writer)
    }

    /// Takes away the files of an update that was cut off: the next one would give the same names to
    /// others.
    fn clear_leftovers(&self) -> Result<(), ArchiveError> {
        let segments = self.index.load_metas()?.segments;
        let is_part = |name: &str| {
            segments.iter().any(|segment| {
                let of_it = name.strip_prefix(&segment.id().uuid_string());
                // Of a segment's lists of what is deleted, it has one.
                let deleted = segment.delete_opstamp().map(|at| format!(".{at}.del"));
                of_it.is_some_and(|rest| !rest.ends_with(".del") || Some(rest) == deleted.as_deref())
            })
        };
        let is_frame = |name: &str| [".json", ".lock"].iter().any(|end| name.ends_with(end));
        for entry in std::fs::read_dir(&self.path).map_err(ArchiveError::io(&self.path))? {
            let path = entry.map_err(ArchiveError::io(&self.path))?.path();
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            if !is_frame(&name) && !is_part(&name) {
                std::fs::remove_file(&path).map_err(ArchiveError::io(&path))?;
            }
        }
        Ok(())
    }

    /// Goes on to what has been committed since.
    pub(crate) fn reload(&self) -> Result<(), ArchiveError> {
        loop {
            self.common.replace(Arc::new(Common::new(Said::of(&self.index)?.common)));
            self.reader.reload()?;
            // Another process may have made the index anew in between, with other pairs.
            if self.is_of_one_choice()? {
                return Ok(());
            }
        }
    }

    /// The first `limit` items in this order, how many there are in all, and, if asked for, how
    /// often each counted value occurs among them.
    pub(crate) fn search(
        &self,
        query: &Query,
        summary: &Summary,
        (limit, order): (usize, Order),
        counted: bool,
    ) -> Result<Found, ArchiveError> {
        let searcher = self.reader.searcher();
        let query = self.compile(query, summary);
        if limit == 0 && !counted {
            return Ok(Found { total: searcher.search(&query, &Count)? as u64, ..Found::default() });
        }
        let counts = counted.then_some(facets::CountTokens(FACETS));
        let (total, first, counts) = searcher.search(&query, &(Count, First { limit, order }, counts))?;
        let mut hits = Vec::with_capacity(first.len());
        for Ranked { address, score, .. } in first {
            hits.push(self.hit(&searcher, address, score)?);
        }
        Ok(Found { total: total as u64, hits, facets: counts.map(facets::by_name) })
    }

    fn hit(&self, searcher: &Searcher, address: DocAddress, score: Score) -> Result<Hit, ArchiveError> {
        let document: TantivyDocument = searcher.doc(address)?;
        let text = |field| document.get_first(field).and_then(|value| value.as_str()).unwrap_or_default();
        Ok(Hit {
            id: text(self.columns.id).to_owned(),
            version: text(self.columns.version).to_owned(),
            score,
        })
    }

    fn compile(&self, query: &Query, summary: &Summary) -> Box<dyn TantivyQuery> {
        let common = self.common.borrow();
        let compiler = compile::Compiler {
            columns: &self.columns,
            common: &common,
            demand: &summary.demand,
            sure_only: query.sure_only,
        };
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
