//! Parts become units: a document's pages are divided into letters, a sheet's rows are read.
//!
//! A unit is a pure function of the parts and the pipeline. What a unit belongs to, alone or
//! together with others, is decided in [`crate::compose`].

use dossier_archive::{ArchiveError, Catalog, Unit, UnitKind, UnitRecord, kill_point, unit_id};
use dossier_fields::values::names_nothing;
use dossier_fields::{Divided, LetterReader, Mismatch, RegisterReader, SheetNames};
use dossier_model::{
    Anchor, Fields, ItemText, Locator, NoteKind, PageContent, PartContent, Sha256, Shape, SourceRef,
    fold_text,
};
use dossier_pipeline::{Pipeline, Split};

use crate::rows::RegisterUnits;
use crate::sheets::document_of;
use crate::{BatchError, Stop};

/// Goes up with every change of the code that alters what is derived from the same parts.
pub(crate) const REVISION: &str = "derive9";

/// How many rows come on record together.
const CHUNK: u32 = 2000;

/// Makes the units of a run's contents.
pub(crate) struct Deriver<'a> {
    pub pipeline: &'a Pipeline,
    pub catalog: &'a Catalog,
    pub letters: LetterReader,
    sheets: SheetNames,
    pub registers: RegisterReader,
    pub run: i64,
    pub generation: i64,
}

impl<'a> Deriver<'a> {
    /// # Errors
    /// `Compile`.
    pub fn new(
        pipeline: &'a Pipeline,
        catalog: &'a Catalog,
        (run, generation): (i64, i64),
    ) -> Result<Deriver<'a>, BatchError> {
        Ok(Deriver {
            pipeline,
            catalog,
            letters: LetterReader::new(pipeline).map_err(not_compiled)?,
            sheets: SheetNames::new(pipeline).map_err(not_compiled)?,
            registers: RegisterReader::new(pipeline),
            run,
            generation,
        })
    }

    /// Makes the units of one content anew. A register's come on record bit by bit; until the last
    /// has, the content counts as not derived, so that a run that is killed or asked to stop
    /// leaves it to the next.
    ///
    /// # Errors
    /// What the catalog says.
    pub fn derive(&self, sha256: Sha256, version: &str, stop: &Stop) -> Result<(), BatchError> {
        let Some(source) = self.catalog.source(sha256)? else { return Ok(()) };
        if source.shape() != Some(Shape::Rows) {
            // Another sheet of the same document may have come before.
            if self.catalog.is_derived(sha256, version)? {
                return Ok(());
            }
            if let Some((name, files)) = document_of(self.catalog, &self.sheets, sha256)? {
                return self.document(&name, &files, version);
            }
            return self.catalog.together(|catalog| {
                catalog.drop_units(sha256)?;
                self.letters(sha256, source.run)?;
                Ok(catalog.set_derived(sha256, version)?)
            });
        }
        self.catalog.together::<_, ArchiveError>(|catalog| {
            catalog.set_derived(sha256, "")?;
            catalog.drop_units(sha256)
        })?;
        kill_point("units.committed");
        if self.rows(sha256, source.run, stop)? {
            self.catalog.set_derived(sha256, version)?;
        }
        Ok(())
    }

    fn letters(&self, sha256: Sha256, generation: i64) -> Result<(), BatchError> {
        let mut pages: Vec<PageContent> = Vec::new();
        self.catalog.for_each_part::<ArchiveError>(sha256, |part, _| {
            if let PartContent::Page(mut page) = part.content {
                // Dividing needs no words, and a file may have many pages.
                page.words.clear();
                pages.push(page);
            }
            Ok(())
        })?;
        let Divided { letters, doubts, mismatch } =
            self.letters.divide(&pages, self.split(sha256)?, &self.catalog.decided_beginnings(sha256)?);
        self.note_division(sha256, &doubts, mismatch)?;
        // A file's name says which letter it holds only if it holds one.
        let stems = if letters.len() == 1 { self.catalog.file_stems(sha256)? } else { Vec::new() };
        for range in letters {
            let pages =
                pages[range].iter().filter_map(|page| self.catalog.page(sha256, page.number).transpose());
            let pages = pages.collect::<Result<Vec<_>, _>>()?;
            if let Some(unit) = self.letter(sha256, generation, &pages, &stems) {
                self.catalog.put_unit(&UnitRecord::new(unit)?)?;
            }
        }
        Ok(())
    }

    /// By what a content is divided: what whoever took it in said, or the pipeline.
    fn split(&self, sha256: Sha256) -> Result<Split, BatchError> {
        let said = self.catalog.split(sha256)?.and_then(|split| split.parse().ok());
        Ok(said.unwrap_or(self.pipeline.letters.division.split))
    }

    fn note_division(
        &self,
        sha256: Sha256,
        doubts: &[u32],
        mismatch: Option<Mismatch>,
    ) -> Result<(), BatchError> {
        if !doubts.is_empty() {
            let pages = doubts.iter().map(u32::to_string).collect::<Vec<_>>().join(", ");
            self.catalog.put_division_note(sha256, &NoteKind::MayBegin.of(pages))?;
        }
        if let Some(Mismatch { declared, found }) = mismatch {
            let note = NoteKind::PagesDiffer.of(format!("{declared} ≠ {found}"));
            self.catalog.put_division_note(sha256, &note)?;
        }
        Ok(())
    }

    fn letter(
        &self,
        sha256: Sha256,
        generation: i64,
        pages: &[PageContent],
        stems: &[String],
    ) -> Option<Unit> {
        let first = pages.first()?;
        let text = letter_text(pages.iter().map(|page| (sha256, page)));
        let fields = self.letters.read(&text, pages);
        let unit = letter_unit(sha256, first.number, pages.len() as u32, generation);
        let codes = pages.iter().flat_map(|page| &page.marks.codes);
        let names: Vec<String> = codes.chain(stems).cloned().collect();
        Some(Unit { keys: self.letter_keys(&fields, &names), text, fields, ..unit })
    }

    /// The pairing keys of a letter: what it states, then what a code on its pages or the name of its
    /// file does.
    pub fn letter_keys(&self, fields: &Fields, names: &[String]) -> Vec<String> {
        let mut keys = field_keys(self.pipeline, fields);
        keys.extend(self.name_keys(names));
        keys
    }

    /// Reads the rows of a register; whether it came to their end.
    fn rows(&self, sha256: Sha256, generation: i64, stop: &Stop) -> Result<bool, BatchError> {
        let archived_now = self.catalog.archived_in(self.run, sha256)?;
        let mut register = RegisterUnits::new(self, sha256, generation, archived_now);
        let mut after = 0;
        loop {
            if stop.is_asked() {
                return Ok(false);
            }
            let parts = self.catalog.parts_after(sha256, after, CHUNK)?;
            let Some((_, last)) = parts.last() else { break };
            after = *last;
            self.catalog.together(|_| {
                parts.into_iter().try_for_each(|(part, place)| match part.content {
                    PartContent::Row(row) => register.take(row, place),
                    PartContent::Page(_) => Ok(()),
                })?;
                register.keep_entries()
            })?;
        }
        self.catalog.together(|_| register.end())?;
        Ok(true)
    }

    /// The pairing keys that a code or a file's name states.
    fn name_keys(&self, stems: &[String]) -> Vec<String> {
        let names = self.pipeline.manifest.identity.file_name_keys.iter().map(String::as_str).chain(["file"]);
        names.flat_map(|name| stems.iter().filter_map(move |stem| pair_key(name, stem))).collect()
    }
}

/// The pairing keys that field values state, the strongest first.
pub(crate) fn field_keys(pipeline: &Pipeline, fields: &Fields) -> Vec<String> {
    let identity = &pipeline.manifest.identity;
    let stated = identity.keys.iter().flat_map(|name| {
        let values = fields.get(name).into_iter().flatten().filter(|value| !names_nothing(value));
        values.filter_map(|value| pair_key(name, value.value.reveal()))
    });
    let files = identity.file_name_fields.iter().flat_map(|name| {
        fields.get(name).into_iter().flatten().filter_map(|value| {
            let path = std::path::Path::new(value.value.reveal());
            pair_key("file", &path.file_stem().unwrap_or_default().to_string_lossy())
        })
    });
    let mut keys: Vec<String> = Vec::new();
    for key in stated.chain(files) {
        if !keys.contains(&key) {
            keys.push(key);
        }
    }
    keys
}

/// The date by which conflicting rows are settled.
pub(crate) fn settled(pipeline: &Pipeline, fields: &Fields) -> String {
    let names = &pipeline.manifest.identity.settled_by;
    let date = names.iter().find_map(|name| fields.get(name)?.first());
    date.map(|value| value.value.reveal().to_owned()).unwrap_or_default()
}

/// The text of some pages, each of a content, running on from one to the next.
pub(crate) fn letter_text<'p>(pages: impl Iterator<Item = (Sha256, &'p PageContent)>) -> ItemText {
    let mut text = ItemText::default();
    for (source, page) in pages.filter(|(_, page)| !page.text.is_empty()) {
        let start = text.push(&page.text, source, Locator::Page(page.number), true);
        text.add_alternatives(&page.words, start);
    }
    text
}

/// The unit of a letter on so many pages of a content, of which nothing has been read yet.
pub(crate) fn letter_unit(source: Sha256, first: u32, extent: u32, run: i64) -> Unit {
    let locator = Locator::Page(first);
    Unit {
        id: unit_id(&Anchor { source, locator: locator.clone() }),
        source,
        kind: UnitKind::Letter,
        place: u64::from(first),
        own: place_identity(source, &locator),
        keys: Vec::new(),
        settled: String::new(),
        run,
        at: SourceRef { source, locator, extent },
        text: ItemText::default(),
        fields: Fields::new(),
    }
}

fn not_compiled(error: impl ToString) -> BatchError {
    BatchError::Compile(error.to_string())
}

/// The identity of what has no number: where it stands.
pub(crate) fn place_identity(sha256: Sha256, locator: &Locator) -> String {
    format!("part:{sha256}:{locator}")
}

/// A number as it pairs: folded, without punctuation, so that 信〔2019〕12 号 and 信[2019]12号 are one.
pub(crate) fn pair_key(name: &str, value: &str) -> Option<String> {
    let folded: String = fold_text(value).chars().filter(|c| c.is_alphanumeric()).collect();
    (!folded.is_empty()).then(|| format!("{name}:{folded}"))
}
