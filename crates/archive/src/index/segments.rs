//! From what letters hold to the segments of the index.
//!
//! The postings are our own (`index/postings.rs`); the files, their layout, the stored and the fast
//! columns, merging and commits are the library's.

use std::collections::{BTreeMap, HashSet};
use std::panic::resume_unwind;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use tantivy::directory::TerminatingWrite;
use tantivy::fastfield::FastFieldsWriter;
use tantivy::fieldnorm::{FieldNormsSerializer, FieldNormsWriter};
use tantivy::index::{Segment, SegmentComponent, SegmentId, SegmentMeta, SegmentReader};
use tantivy::query::{EmptyScorer, EnableScoring, Explanation, Query, Scorer, TermQuery, Weight};
use tantivy::schema::{IndexRecordOption, Schema, Value};
use tantivy::store::StoreWriter;
use tantivy::{DocId, IndexWriter, Score, TantivyDocument, TantivyError, Term, i64_to_u64};

use super::columns::Columns;
use super::common::Common;
use super::postings::Postings;
use super::streams::Streams;
use crate::ArchiveError;

/// Memory for what is not yet written, in bytes.
const MEMORY: usize = 80 << 20;
/// Letters go to the thread that writes them in batches of about so many characters.
const BATCH: usize = 64 << 10;
/// So many batches wait for it.
const WAITING: usize = 2;

/// What the index holds of an item.
pub(super) struct Entry {
    /// What is looked for character by character.
    pub streams: Streams,
    /// What is looked for as a whole, counted or stored.
    pub values: TantivyDocument,
}

/// The segments that an update has written so far.
type Written = Arc<Mutex<HashSet<SegmentId>>>;

/// An update of the index: what is taken away, and what is on its way to the thread that writes it.
pub(super) struct Update<'a> {
    writer: &'a IndexWriter,
    written: Written,
    sender: SyncSender<Vec<Entry>>,
    batch: Vec<Entry>,
    characters: usize,
}

impl Update<'_> {
    /// Takes away what the index held of a letter before this update.
    ///
    /// # Errors
    /// What the library says.
    pub fn remove(&self, id: Term) -> Result<(), ArchiveError> {
        self.writer.delete_query(Box::new(OfBefore { id, written: Arc::clone(&self.written) }))?;
        Ok(())
    }

    /// Hands an entry over; waits while enough of them wait. Each letter is put once at most.
    ///
    /// # Errors
    /// Nobody takes any more; why, the thread says that writes them.
    pub fn put(&mut self, entry: Entry) -> Result<(), ArchiveError> {
        self.characters += entry.streams.text.len();
        self.batch.push(entry);
        if self.characters < BATCH { Ok(()) } else { self.send() }
    }

    fn send(&mut self) -> Result<(), ArchiveError> {
        self.characters = 0;
        let stopped = |_| TantivyError::ErrorInThread("segments are written no more".to_owned());
        Ok(self.sender.send(std::mem::take(&mut self.batch)).map_err(stopped)?)
    }
}

/// Makes what `bring` brings the writer's next commit.
///
/// # Errors
/// What `bring` says, or what the index's folder does.
pub(super) fn update<R>(
    writer: &IndexWriter,
    columns: Columns,
    common: &Arc<Common>,
    bring: impl FnOnce(&mut Update<'_>) -> Result<R, ArchiveError>,
) -> Result<R, ArchiveError> {
    let (sender, receiver) = sync_channel(WAITING);
    let written = Written::default();
    let segments = Segments { writer, written: Arc::clone(&written), columns, common };
    thread::scope(|scope| {
        let building = scope.spawn(move || segments.write(receiver));
        let mut update = Update { writer, written, sender, batch: Vec::new(), characters: 0 };
        let brought = bring(&mut update).and_then(|brought| update.send().map(|()| brought));
        drop(update);
        building.join().unwrap_or_else(|panic| resume_unwind(panic))?;
        brought
    })
}

/// What the thread that writes segments works with.
struct Segments<'a> {
    writer: &'a IndexWriter,
    written: Written,
    columns: Columns,
    common: &'a Arc<Common>,
}

impl Segments<'_> {
    fn write(&self, batches: Receiver<Vec<Entry>>) -> tantivy::Result<()> {
        let mut builder = None;
        for batch in batches {
            for entry in batch {
                let segment = match &mut builder {
                    Some(segment) => segment,
                    none => none.insert(self.begin()?),
                };
                segment.add(&entry)?;
            }
            if let Some(full) = builder.take_if(|segment| segment.memory() >= MEMORY) {
                self.writer.add_segment(full.finish()?)?;
            }
        }
        builder.map_or(Ok(()), |last| self.writer.add_segment(last.finish()?))
    }

    fn begin(&self) -> tantivy::Result<SegmentBuilder> {
        let segment = self.writer.new_segment();
        self.written.lock().unwrap_or_else(PoisonError::into_inner).insert(segment.id());
        SegmentBuilder::new(segment, self.columns, self.common)
    }
}

/// Finds a letter where it stood before an update. To a segment that is added, the library may apply
/// what was deleted before: it knows of single documents alone which came first.
#[derive(Clone, Debug)]
struct OfBefore {
    id: Term,
    written: Written,
}

impl Query for OfBefore {
    fn weight(&self, scoring: EnableScoring<'_>) -> tantivy::Result<Box<dyn Weight>> {
        let of_letter = TermQuery::new(self.id.clone(), IndexRecordOption::Basic).weight(scoring)?;
        Ok(Box::new(OfBeforeWeight { of_letter, written: Arc::clone(&self.written) }))
    }
}

struct OfBeforeWeight {
    of_letter: Box<dyn Weight>,
    written: Written,
}

impl Weight for OfBeforeWeight {
    fn scorer(&self, reader: &SegmentReader, boost: Score) -> tantivy::Result<Box<dyn Scorer>> {
        let written = self.written.lock().unwrap_or_else(PoisonError::into_inner);
        if written.contains(&reader.segment_id()) {
            return Ok(Box::new(EmptyScorer));
        }
        self.of_letter.scorer(reader, boost)
    }

    fn explain(&self, _: &SegmentReader, _: DocId) -> tantivy::Result<Explanation> {
        Ok(Explanation::new("a letter as it was before an update", 1.0))
    }
}

/// A segment in the making.
struct SegmentBuilder {
    segment: Segment,
    schema: Schema,
    postings: Postings,
    lengths: FieldNormsWriter,
    fast: FastFieldsWriter,
    store: StoreWriter,
    /// How many letters it has, which is the number of the next.
    letters: DocId,
}

impl SegmentBuilder {
    fn new(segment: Segment, columns: Columns, common: &Arc<Common>) -> tantivy::Result<SegmentBuilder> {
        let schema = segment.schema();
        let settings = segment.index().settings();
        let tokenizers = segment.index().fast_field_tokenizer().clone();
        let store = StoreWriter::new(
            segment.open_write(SegmentComponent::Store)?,
            settings.docstore_compression,
            settings.docstore_blocksize,
            settings.docstore_compress_dedicated_thread,
        )?;
        Ok(SegmentBuilder {
            postings: Postings::new(columns, Arc::clone(common)),
            lengths: FieldNormsWriter::for_schema(&schema),
            fast: FastFieldsWriter::from_schema_and_tokenizer_manager(&schema, tokenizers)?,
            store,
            letters: 0,
            segment,
            schema,
        })
    }

    fn memory(&self) -> usize {
        self.postings.memory() + self.lengths.mem_usage() + self.fast.mem_usage() + self.store.mem_usage()
    }

    fn add(&mut self, entry: &Entry) -> tantivy::Result<()> {
        let letter = self.letters;
        self.postings.add_streams(letter, &entry.streams);
        let mut counts = BTreeMap::new();
        for (column, value) in entry.values.field_values() {
            if !self.schema.get_field_entry(column).is_indexed() {
                continue;
            }
            if let Some(text) = value.as_str() {
                self.postings.add_value(letter, column, text.as_bytes());
            } else if let Some(number) = value.as_i64() {
                self.postings.add_value(letter, column, &i64_to_u64(number).to_be_bytes());
            }
            *counts.entry(column).or_default() += 1;
        }
        for (column, count) in counts {
            self.lengths.record(letter, column, count);
        }
        self.fast.add_document(&entry.values)?;
        self.store.store(&entry.values, &self.schema)?;
        self.letters += 1;
        Ok(())
    }

    /// Writes what is left in memory.
    fn finish(mut self) -> tantivy::Result<SegmentMeta> {
        self.lengths.fill_up_to_max_doc(self.letters);
        let lengths =
            FieldNormsSerializer::from_write(self.segment.open_write(SegmentComponent::FieldNorms)?)?;
        self.lengths.serialize(lengths, None)?;
        self.postings.write(&self.segment)?;
        let mut fast = self.segment.open_write(SegmentComponent::FastFields)?;
        self.fast.serialize(&mut fast, None)?;
        fast.terminate()?;
        self.store.close()?;
        let meta = self.segment.with_max_doc(self.letters).meta().clone();
        // It has never had the file that a sorted index is stored in at first.
        meta.untrack_temp_docstore();
        Ok(meta)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use tantivy::collector::Count;
    use tantivy::postings::Postings as _;
    use tantivy::schema::Field;
    use tantivy::{DocSet, Index, TERMINATED};

    use super::super::columns::schema;
    use super::super::tokens::{self, field_token};
    use super::*;

    /// More than the library packs into one block.
    const LETTERS: DocId = 400;
    /// A term that two values say is one.
    const TWICE: &str = "year\u{2}2020";

    /// Where each term of a column stands: the number of the letter, and the place in it; letters alone
    /// at 0.
    type Stands = BTreeMap<String, BTreeSet<(DocId, u32)>>;

    /// An index with nothing in it, and the language's common characters.
    fn empty() -> tantivy::Result<(Index, IndexWriter, Columns, Arc<Common>)> {
        let (schema, columns) = schema();
        let index = Index::create_in_ram(schema);
        let writer = index.writer_with_num_threads(1, 15_000_000)?;
        Ok((index, writer, columns, Arc::new(Common::new(None))))
    }

    fn entry(columns: Columns, letter: DocId) -> Entry {
        let chars: Vec<char> =
            "我们村里的路修了三年，鹏程公司欠的工资还没有给\u{1}电话12345\u{1}𠮷".chars().collect();
        let start = letter as usize * 7 % chars.len();
        // One in three hundred has no text.
        let text: Vec<char> = chars.iter().cycle().skip(start).take(letter as usize % 300).copied().collect();
        let value = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        let mut values = TantivyDocument::default();
        values.add_text(columns.id, letter.to_string());
        values.add_text(columns.facets, TWICE);
        values.add_text(columns.facets, TWICE);
        values.add_i64(columns.date, 20_200_101 - i64::from(letter));
        let streams = Streams {
            title: chars[..letter as usize % 9].to_vec(),
            fields: vec![
                value("demand", "还工资还"),
                value("phone", "123"),
                value("phone", &String::from_iter(&text)),
            ],
            spans: vec![("facts".to_owned(), letter..letter + 9), ("facts".to_owned(), letter + 9..700)],
            unsure: letter.is_multiple_of(5).then(|| "折\u{3}拆\u{3}析迁".chars().collect()),
            text,
            ..Streams::default()
        };
        Entry { streams, values }
    }

    /// What stands in the columns of a letter, told as plainly as can be.
    fn tell(stands: &mut BTreeMap<Field, Stands>, columns: Columns, letter: DocId, common: &Common) {
        let Entry { streams, values } = entry(columns, letter);
        let mut tell = |column: Field, term: String, place: u32| {
            stands.entry(column).or_default().entry(term).or_default().insert((letter, place));
        };
        let unsure = streams.unsure.unwrap_or_default();
        let texts =
            [(columns.text, &streams.text), (columns.title, &streams.title), (columns.unsure, &unsure)];
        for (column, text) in texts {
            tokens::characters(text).for_each(|(c, place)| tell(column, c.to_string(), place));
        }
        for pair in streams.text.windows(2).filter(|pair| common.is_pair(pair[0], pair[1])) {
            tell(columns.pairs, pair.iter().collect(), 0);
        }
        let mut next = 0;
        for (name, value) in &streams.fields {
            for c in value.chars() {
                tell(columns.fields, field_token(name, c), next);
                next += 1;
            }
            next += tokens::GAP;
        }
        for (name, span) in &streams.spans {
            for place in [span.start, span.end] {
                tell(columns.spans, name.clone(), place);
            }
        }
        for (column, value) in values.field_values() {
            value.as_str().into_iter().for_each(|text| tell(column, text.to_owned(), 0));
        }
    }

    fn read(reader: &SegmentReader, column: Field) -> tantivy::Result<Stands> {
        let (inverted, mut stands) = (reader.inverted_index(column)?, Stands::new());
        let mut terms = inverted.terms().stream()?;
        while terms.advance() {
            let term = String::from_utf8_lossy(terms.key()).into_owned();
            let option = IndexRecordOption::WithFreqsAndPositions;
            let mut postings = inverted.read_postings_from_terminfo(terms.value(), option)?;
            let (at, mut places) = (stands.entry(term).or_default(), Vec::new());
            while postings.doc() != TERMINATED {
                let letter = postings.doc();
                postings.positions(&mut places);
                at.extend(places.iter().map(|place| (letter, *place)));
                at.extend(places.is_empty().then_some((letter, 0)));
                postings.advance();
            }
        }
        Ok(stands)
    }

    #[test]
    fn the_library_reads_every_term_where_it_stands() -> Result<(), ArchiveError> {
        let (index, mut writer, columns, common) = empty()?;
        update(&writer, columns, &common, |entries| {
            (0..LETTERS).try_for_each(|letter| entries.put(entry(columns, letter)))
        })?;
        writer.commit()?;
        let mut expected = BTreeMap::new();
        (0..LETTERS).for_each(|letter| tell(&mut expected, columns, letter, &common));
        let searcher = index.reader()?.searcher();
        let [reader] = searcher.segment_readers() else { panic!("one segment") };
        for (column, expected) in expected {
            assert_eq!(read(reader, column)?, expected, "{column:?}");
        }
        let dates = reader.fast_fields().i64("date")?;
        let store = reader.get_store_reader(1).map_err(TantivyError::from)?;
        for letter in 0..LETTERS {
            assert_eq!(dates.first(letter), Some(20_200_101 - i64::from(letter)));
            let stored: TantivyDocument = store.get(letter)?;
            assert_eq!(stored.get_first(columns.id).and_then(|id| id.as_str()), Some(&*letter.to_string()));
        }
        Ok(())
    }

    #[test]
    fn a_value_too_long_for_a_term_is_no_term() -> Result<(), ArchiveError> {
        let (index, mut writer, columns, common) = empty()?;
        let mut long = entry(columns, 1);
        for length in [65_535, 65_536] {
            long.values.add_text(columns.facets, "a".repeat(length));
        }
        update(&writer, columns, &common, |update| update.put(long))?;
        writer.commit()?;
        let searcher = index.reader()?.searcher();
        let [reader] = searcher.segment_readers() else { panic!("one segment") };
        let terms = read(reader, columns.facets)?;
        assert_eq!(terms.keys().map(String::len).collect::<Vec<_>>(), [65_535, TWICE.len()]);
        Ok(())
    }

    #[test]
    fn what_comes_anew_is_there_once_and_what_went_is_gone() -> Result<(), ArchiveError> {
        let (index, mut writer, columns, common) = empty()?;
        let id = |letter: DocId| Term::from_field_text(columns.id, &letter.to_string());
        // Each time ten come anew, and the one before them goes.
        for first in [0, 1, 6, 20] {
            update(&writer, columns, &common, |entries| {
                (0..first).try_for_each(|letter| entries.remove(id(letter)))?;
                (first..first + 10).try_for_each(|letter| {
                    entries.remove(id(letter))?;
                    entries.put(entry(columns, letter))
                })
            })?;
            writer.commit()?;
            let searcher = index.reader()?.searcher();
            for letter in 0..40 {
                let of_letter = TermQuery::new(id(letter), IndexRecordOption::Basic);
                let there = (first..first + 10).contains(&letter);
                assert_eq!(searcher.search(&of_letter, &Count)?, usize::from(there), "{letter} from {first}");
            }
        }
        Ok(())
    }

    #[test]
    fn whoever_brings_letters_hears_why_they_are_written_no_more() {
        let (schema, columns) = schema();
        let folder = tempfile::tempdir().expect("a folder");
        let index = Index::create_in_dir(folder.path(), schema).expect("an index");
        let writer: IndexWriter = index.writer_with_num_threads(1, 15_000_000).expect("a writer");
        std::fs::remove_dir_all(folder.path()).expect("a folder that goes");
        let common = Arc::new(Common::new(None));
        let written = update(&writer, columns, &common, |entries| {
            (0..100_000).try_for_each(|letter| entries.put(entry(columns, letter)))
        });
        let error = written.err().map(|error| error.to_string()).unwrap_or_default();
        assert!(!error.is_empty() && !error.contains("written no more"), "{error}");
    }
}
