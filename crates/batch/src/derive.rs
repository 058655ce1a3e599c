//! Parts become units: a document's pages are divided into letters, a sheet's rows are read.
//!
//! A unit is a pure function of the parts and the pipeline. What a unit belongs to, alone or
//! together with others, is decided in [`crate::compose`].

use std::mem;

use dossier_archive::{ArchiveError, Catalog, RowOutcome, Unit, UnitKind, kill_point, unit_id};
use dossier_fields::{LEAD_ROWS, LetterReader, NotData, RegisterReader, RowReading, SheetReader};
use dossier_model::{
    Anchor, Fields, ItemText, Locator, PageContent, PartContent, RowContent, Sha256, Shape, SourceRef,
    fold_text,
};
use dossier_pipeline::Pipeline;

use crate::{BatchError, Stop};

/// Goes up with every change of the code that alters what is derived from the same parts.
pub(crate) const REVISION: &str = "derive4";

/// How many rows come on record together.
const CHUNK: u32 = 2000;

/// Makes the units of a run's contents.
pub(crate) struct Deriver<'a> {
    pipeline: &'a Pipeline,
    catalog: &'a Catalog,
    letters: LetterReader,
    registers: RegisterReader,
    run: i64,
    generation: i64,
}

impl<'a> Deriver<'a> {
    /// # Errors
    /// `Compile`.
    pub fn new(
        pipeline: &'a Pipeline,
        catalog: &'a Catalog,
        (run, generation): (i64, i64),
    ) -> Result<Deriver<'a>, BatchError> {
        let letters = LetterReader::new(pipeline).map_err(|error| BatchError::Compile(error.to_string()))?;
        Ok(Deriver { pipeline, catalog, letters, registers: RegisterReader::new(pipeline), run, generation })
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
        let letters = self.letters.divide(&pages, &self.catalog.decided_beginnings(sha256)?);
        // A file's name says which letter it holds only if it holds one.
        let stems = if letters.len() == 1 { self.catalog.file_stems(sha256)? } else { Vec::new() };
        for range in letters {
            let pages =
                pages[range].iter().filter_map(|page| self.catalog.page(sha256, page.number).transpose());
            let pages = pages.collect::<Result<Vec<_>, _>>()?;
            if let Some(unit) = self.letter(sha256, generation, &pages, &stems) {
                self.catalog.put_unit(&unit)?;
            }
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
        let mut text = ItemText::default();
        for page in pages.iter().filter(|page| !page.text.is_empty()) {
            let start = text.push(&page.text, sha256, Locator::Page(page.number), true);
            text.add_alternatives(&page.words, start);
        }
        let fields = self.letters.read(&text, pages);
        let mut keys = self.field_keys(&fields);
        keys.extend(self.name_keys(stems));
        let locator = Locator::Page(first.number);
        Some(Unit {
            id: unit_id(&Anchor { source: sha256, locator: locator.clone() }),
            source: sha256,
            kind: UnitKind::Letter,
            place: u64::from(first.number),
            own: place_identity(sha256, &locator),
            keys,
            settled: String::new(),
            run: generation,
            at: SourceRef { source: sha256, locator, extent: pages.len() as u32 },
            text,
            fields,
        })
    }

    /// Reads the rows of a register; whether it came to their end.
    fn rows(&self, sha256: Sha256, generation: i64, stop: &Stop) -> Result<bool, BatchError> {
        let mut register = RegisterUnits {
            deriver: self,
            sha256,
            generation,
            archived_now: self.catalog.archived_in(self.run, sha256)?,
            name: String::new(),
            sheet: Sheet::Lead(Vec::new()),
        };
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
                })
            })?;
        }
        self.catalog.together(|_| register.end_of_lead())?;
        Ok(true)
    }

    /// The pairing keys that field values state, the strongest first.
    fn field_keys(&self, fields: &Fields) -> Vec<String> {
        let identity = &self.pipeline.manifest.identity;
        let stated = identity.keys.iter().flat_map(|name| {
            fields.get(name).into_iter().flatten().filter_map(|value| pair_key(name, value.value.reveal()))
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

    /// The pairing keys that a file's name states.
    fn name_keys(&self, stems: &[String]) -> Vec<String> {
        let names = self.pipeline.manifest.identity.file_name_keys.iter().map(String::as_str).chain(["file"]);
        names.flat_map(|name| stems.iter().filter_map(move |stem| pair_key(name, stem))).collect()
    }

    /// The date by which conflicting rows are settled.
    fn settled(&self, fields: &Fields) -> String {
        let names = &self.pipeline.manifest.identity.settled_by;
        let date = names.iter().find_map(|name| fields.get(name)?.first());
        date.map(|value| value.value.reveal().to_owned()).unwrap_or_default()
    }
}

/// The rows of one register on their way to being units.
struct RegisterUnits<'a> {
    deriver: &'a Deriver<'a>,
    sha256: Sha256,
    generation: i64,
    /// Whether this run archived the file: then it also settles its rows.
    archived_now: bool,
    /// The sheet's name.
    name: String,
    sheet: Sheet<'a>,
}

/// How far a sheet has come.
enum Sheet<'a> {
    /// Its first rows, until the header is found among them.
    Lead(Vec<(RowContent, u64)>),
    /// Its header is known.
    Known(SheetReader<'a>),
    /// It has none.
    Headless,
}

impl RegisterUnits<'_> {
    fn take(&mut self, row: RowContent, place: u64) -> Result<(), BatchError> {
        if self.name != row.sheet {
            self.end_of_lead()?;
            self.name.clone_from(&row.sheet);
            self.sheet = Sheet::Lead(Vec::new());
        }
        match &mut self.sheet {
            Sheet::Lead(lead) => {
                lead.push((row, place));
                if lead.len() >= LEAD_ROWS { self.end_of_lead() } else { Ok(()) }
            }
            _ => self.row(&row, place),
        }
    }

    /// Looks for the header among the rows so far, and reads them.
    fn end_of_lead(&mut self) -> Result<(), BatchError> {
        let Sheet::Lead(lead) = mem::replace(&mut self.sheet, Sheet::Headless) else { return Ok(()) };
        let registers = &self.deriver.registers;
        let rows: Vec<RowContent> = lead.iter().map(|(row, _)| row.clone()).collect();
        if let Some(layout) = registers.layout(&rows) {
            self.sheet = Sheet::Known(registers.sheet(layout, self.sha256));
        }
        lead.iter().try_for_each(|(row, place)| self.row(row, *place))
    }

    fn row(&mut self, row: &RowContent, place: u64) -> Result<(), BatchError> {
        let Sheet::Known(reader) = &mut self.sheet else {
            return self.settle(row, place, RowOutcome::Rejected, "no_header");
        };
        match reader.read(row) {
            RowReading::NotData(why) => self.settle(row, place, RowOutcome::NotData, not_data_name(why)),
            RowReading::Data { text, fields } => {
                let register = reader.layout().fingerprint.clone();
                let unit = self.unit(row, place, &register, text, fields)?;
                self.keep(row, unit)
            }
        }
    }

    fn unit(
        &self,
        row: &RowContent,
        place: u64,
        register: &str,
        text: ItemText,
        fields: Fields,
    ) -> Result<Unit, BatchError> {
        let locator = Locator::Row { sheet: row.sheet.clone(), row: row.number };
        let mut unit = Unit {
            id: unit_id(&Anchor { source: self.sha256, locator: locator.clone() }),
            source: self.sha256,
            kind: UnitKind::Row,
            place,
            own: place_identity(self.sha256, &locator),
            keys: self.deriver.field_keys(&fields),
            settled: self.deriver.settled(&fields),
            run: self.generation,
            at: SourceRef { source: self.sha256, locator, extent: 1 },
            text,
            fields,
        };
        let keys = &self.deriver.pipeline.manifest.identity.keys;
        let stated = keys.iter().find_map(|name| {
            let value = unit.fields.get(name)?.first()?;
            Some(format!("row:{register}:{}", pair_key(name, value.value.reveal())?))
        });
        if let Some(number) = stated {
            unit.own = self.under_number(number, &unit.digest())?;
        }
        Ok(unit)
    }

    /// The identity of what stands under a number: a second row of the file that says something
    /// else under the same number is a petition of its own, lest its text be lost.
    fn under_number(&self, number: String, digest: &str) -> Result<String, BatchError> {
        let mut identity = number.clone();
        for further in 2.. {
            match self.deriver.catalog.row_digest(self.sha256, &identity)? {
                Some(other) if other != digest => identity = format!("{number}#{further}"),
                _ => break,
            }
        }
        Ok(identity)
    }

    fn keep(&self, row: &RowContent, unit: Unit) -> Result<(), BatchError> {
        let catalog = self.deriver.catalog;
        if let Some(brought) = catalog.same_row(&unit)? {
            let now = brought == self.deriver.generation;
            let outcome = if now { RowOutcome::Duplicate } else { RowOutcome::Unchanged };
            self.settle(row, unit.place, outcome, "same number and content")?;
        }
        Ok(catalog.put_unit(&unit)?)
    }

    fn settle(
        &self,
        row: &RowContent,
        place: u64,
        outcome: RowOutcome,
        reason: &str,
    ) -> Result<(), BatchError> {
        if self.archived_now {
            let at = (self.sha256, place, row.sheet.as_str(), row.number);
            self.deriver.catalog.settle_row(self.deriver.run, at, outcome, reason)?;
        }
        Ok(())
    }
}

pub(crate) fn not_data_name(why: NotData) -> &'static str {
    match why {
        NotData::Title => "title",
        NotData::Header => "header",
        NotData::ColumnNumbers => "column_numbers",
        NotData::Totals => "totals",
        NotData::Signature => "signature",
    }
}

/// The identity of what has no number: where it stands.
fn place_identity(sha256: Sha256, locator: &Locator) -> String {
    format!("part:{sha256}:{locator}")
}

/// A number as it pairs: folded, without punctuation, so that 信〔2019〕12 号 and 信[2019]12号 are one.
fn pair_key(name: &str, value: &str) -> Option<String> {
    let folded: String = fold_text(value).chars().filter(|c| c.is_alphanumeric()).collect();
    (!folded.is_empty()).then(|| format!("{name}:{folded}"))
}
