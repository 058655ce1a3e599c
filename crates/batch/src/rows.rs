//! The rows of a register become units: a row each, or, where a sheet is a form again and again, the
//! rows of a form together.
//!
//! Columns are read in the order of the sheet, and units come on record in it; what a cell tells is
//! found for many rows beside each other, since that takes longest.

use std::mem;

use dossier_archive::{RowOutcome, Unit, UnitKind, UnitRecord, unit_id};
use dossier_fields::values::names_nothing;
use dossier_fields::{FormReader, LEAD_ROWS, LetterReader, NotData, RowReading, SheetLayout, SheetReader};
use dossier_model::{Anchor, Fields, ItemText, Locator, NoteKind, RowContent, Sha256, SourceRef};
use dossier_pipeline::{Manifest, Pipeline};
use rayon::prelude::*;

use crate::BatchError;
use crate::derive::{Deriver, field_keys, pair_key, place_identity, settled};

/// A form has no more rows.
const LONGEST_FORM: usize = 500;

/// A cell of so many characters tells a matter as letters do.
const TOLD: u32 = 30;

/// So many rows are looked through together.
const TOGETHER: usize = 256;

/// The rows of one register on their way to being units.
pub(crate) struct RegisterUnits<'a> {
    deriver: &'a Deriver<'a>,
    sha256: Sha256,
    generation: i64,
    /// Whether this run archived the file: then it also settles its rows.
    archived_now: bool,
    /// The sheet's name.
    name: String,
    sheet: Sheet<'a>,
    /// What is not on record yet, each with its first row.
    entries: Vec<(RowContent, Entry)>,
    /// Whether a sheet is a register.
    has_register: bool,
    /// Rows of short sheets of running text, which explain the registers if there are any.
    asides: Vec<(RowContent, u64)>,
}

/// What the columns of a row say, or of so many that begin with it.
struct Entry {
    extent: u32,
    place: u64,
    /// The fingerprint of the register's layout.
    register: String,
    text: ItemText,
    fields: Fields,
}

/// Why a row of a sheet without a header is rejected.
const NO_HEADER: &str = "no_header";

/// Whether all rows of a sheet are lines of running text, and few.
fn is_aside(rows: &[RowContent]) -> bool {
    rows.len() < LEAD_ROWS && rows.iter().all(|row| row.cells.len() == 1)
}

/// How far a sheet has come.
enum Sheet<'a> {
    /// Its first rows, until the header is found among them.
    Lead(Vec<(RowContent, u64)>),
    /// Its header is known.
    Table(SheetReader<'a>),
    /// It is a form, again and again; with the rows of the one that is being read.
    Forms(FormReader<'a>, Vec<(RowContent, u64)>),
    /// It has none.
    Headless,
}

impl<'a> RegisterUnits<'a> {
    pub fn new(
        deriver: &'a Deriver<'a>,
        sha256: Sha256,
        generation: i64,
        archived_now: bool,
    ) -> RegisterUnits<'a> {
        let (name, sheet) = (String::new(), Sheet::Lead(Vec::new()));
        let (entries, asides, has_register) = (Vec::new(), Vec::new(), false);
        RegisterUnits {
            deriver,
            sha256,
            generation,
            archived_now,
            name,
            sheet,
            entries,
            has_register,
            asides,
        }
    }

    pub fn take(&mut self, row: RowContent, place: u64) -> Result<(), BatchError> {
        if self.name != row.sheet {
            self.end_of_sheet()?;
            self.name.clone_from(&row.sheet);
            self.sheet = Sheet::Lead(Vec::new());
        }
        match &mut self.sheet {
            Sheet::Lead(lead) => {
                lead.push((row, place));
                if lead.len() >= LEAD_ROWS { self.end_of_lead() } else { Ok(()) }
            }
            _ => self.row(row, place),
        }
    }

    /// Reads what is left of the sheet, and puts it on record.
    pub fn end_of_sheet(&mut self) -> Result<(), BatchError> {
        self.end_of_lead()?;
        self.end_of_form()?;
        self.keep_entries()
    }

    /// Reads what is left, and puts it on record.
    pub fn end(&mut self) -> Result<(), BatchError> {
        self.end_of_sheet()?;
        let asides = mem::take(&mut self.asides);
        for (row, place) in &asides {
            match self.has_register {
                true => self.settle(row, *place, RowOutcome::NotData, not_data_name(NotData::Remark))?,
                false => self.settle(row, *place, RowOutcome::Rejected, NO_HEADER)?,
            }
        }
        for sheet in
            asides.chunk_by(|(one, _), (other, _)| one.sheet == other.sheet).filter(|_| self.has_register)
        {
            let name = sheet.first().map_or("", |(row, _)| row.sheet.as_str());
            let note = NoteKind::SheetAside.of(format!("{name} ({})", sheet.len()));
            self.deriver.catalog.put_division_note(self.sha256, &note)?;
        }
        Ok(())
    }

    /// Looks at the rows so far for what the sheet is, and reads them.
    fn end_of_lead(&mut self) -> Result<(), BatchError> {
        let Sheet::Lead(lead) = &mut self.sheet else { return Ok(()) };
        let lead = mem::take(lead);
        let registers = &self.deriver.registers;
        let rows: Vec<RowContent> = lead.iter().map(|(row, _)| row.clone()).collect();
        self.sheet = match registers.layout(&rows) {
            Some(SheetLayout::Table(layout)) => Sheet::Table(registers.sheet(layout, self.sha256)),
            Some(SheetLayout::Form(layout)) => Sheet::Forms(registers.forms(layout, self.sha256), Vec::new()),
            None if is_aside(&rows) => {
                self.sheet = Sheet::Headless;
                self.asides.extend(lead);
                return Ok(());
            }
            None => Sheet::Headless,
        };
        self.has_register |= !matches!(self.sheet, Sheet::Headless);
        lead.into_iter().try_for_each(|(row, place)| self.row(row, place))
    }

    fn row(&mut self, row: RowContent, place: u64) -> Result<(), BatchError> {
        match &mut self.sheet {
            Sheet::Table(reader) => match reader.read(&row) {
                RowReading::NotData(why) => self.settle(&row, place, RowOutcome::NotData, not_data_name(why)),
                RowReading::Data { text, fields } => {
                    let register = reader.layout().fingerprint.clone();
                    self.push(row, Entry { extent: 1, place, register, text, fields })
                }
            },
            Sheet::Forms(..) => self.form_row(row, place),
            Sheet::Lead(_) | Sheet::Headless => self.settle(&row, place, RowOutcome::Rejected, NO_HEADER),
        }
    }

    fn form_row(&mut self, row: RowContent, place: u64) -> Result<(), BatchError> {
        let Sheet::Forms(reader, open) = &mut self.sheet else { return Ok(()) };
        let (begins, title) = (reader.begins(&row), reader.is_title(&row));
        if begins || title || open.len() >= LONGEST_FORM {
            self.end_of_form()?;
        }
        match &mut self.sheet {
            // Before the first label of a form there is nothing of it.
            Sheet::Forms(_, open) if title || !begins && open.is_empty() => {
                self.settle(&row, place, RowOutcome::NotData, not_data_name(NotData::Title))
            }
            Sheet::Forms(_, open) => {
                open.push((row, place));
                Ok(())
            }
            _ => Ok(()),
        }
    }

    /// Reads the form whose rows have come.
    fn end_of_form(&mut self) -> Result<(), BatchError> {
        let Sheet::Forms(reader, open) = &mut self.sheet else { return Ok(()) };
        let (rows, places): (Vec<RowContent>, Vec<u64>) = mem::take(open).into_iter().unzip();
        let (Some(first), Some(place)) = (rows.first(), places.first()) else { return Ok(()) };
        let (text, fields) = reader.read(&rows);
        let register = reader.layout().fingerprint.clone();
        let extent = rows.len() as u32;
        self.push(first.clone(), Entry { extent, place: *place, register, text, fields })?;
        rows.iter().zip(&places).skip(1).try_for_each(|(row, place)| {
            self.settle(row, *place, RowOutcome::NotData, not_data_name(NotData::Form))
        })
    }

    fn push(&mut self, row: RowContent, entry: Entry) -> Result<(), BatchError> {
        self.entries.push((row, entry));
        if self.entries.len() >= TOGETHER { self.keep_entries() } else { Ok(()) }
    }

    /// Puts on record what was read, in its order.
    pub fn keep_entries(&mut self) -> Result<(), BatchError> {
        let Deriver { pipeline, letters, .. } = self.deriver;
        let maker = Maker { pipeline, letters, source: self.sha256, generation: self.generation };
        let record = |(row, entry)| Ok((UnitRecord::new(maker.unit(&row, entry))?, row));
        let records: Vec<(UnitRecord, RowContent)> =
            mem::take(&mut self.entries).into_par_iter().map(record).collect::<Result<_, BatchError>>()?;
        records.into_iter().try_for_each(|(record, row)| self.keep(&row, record))
    }

    /// The identity of what stands under a number: a second row of the file that says something
    /// else under the same number is a petition of its own, lest its text be lost. What has no number is
    /// alone at its place.
    fn under_number(&self, record: &UnitRecord) -> Result<String, BatchError> {
        let number = &record.unit.own;
        let mut identity = number.clone();
        for further in 2.. {
            match self.deriver.catalog.row_digest(self.sha256, &identity)? {
                Some(other) if other != record.digest() => identity = format!("{number}#{further}"),
                _ => break,
            }
        }
        Ok(identity)
    }

    fn keep(&self, row: &RowContent, mut record: UnitRecord) -> Result<(), BatchError> {
        let catalog = self.deriver.catalog;
        record.unit.own = self.under_number(&record)?;
        if let Some(brought) = catalog.same_row(&record)? {
            let now = brought == self.deriver.generation;
            let outcome = if now { RowOutcome::Duplicate } else { RowOutcome::Unchanged };
            self.settle(row, record.unit.place, outcome, "same number and content")?;
        }
        Ok(catalog.put_unit(&record)?)
    }

    fn settle(
        &self,
        row: &RowContent,
        place: u64,
        outcome: RowOutcome,
        reason: &str,
    ) -> Result<(), BatchError> {
        let at = (self.sha256, place, row.sheet.as_str(), row.number);
        if outcome == RowOutcome::Rejected {
            self.deriver.catalog.reject_row(at, reason)?;
        }
        if self.archived_now {
            self.deriver.catalog.settle_row(self.deriver.run, at, outcome, reason)?;
        }
        Ok(())
    }
}

/// Makes units of what columns say, whatever else is on record.
struct Maker<'a> {
    pipeline: &'a Pipeline,
    letters: &'a LetterReader,
    source: Sha256,
    generation: i64,
}

impl Maker<'_> {
    /// The unit of an entry, with the fields that no column has but a cell tells; under its number, if it
    /// has one.
    fn unit(&self, row: &RowContent, entry: Entry) -> Unit {
        let told = self.told(&entry);
        let Entry { extent, place, register, text, mut fields } = entry;
        let locator = Locator::Row { sheet: row.sheet.clone(), row: row.number };
        let number = self.pipeline.manifest.identity.keys.iter().find_map(|name| {
            let value = fields.get(name)?.first().filter(|value| !names_nothing(value))?;
            Some(format!("row:{register}:{}", pair_key(name, value.value.reveal())?))
        });
        let keys = field_keys(self.pipeline, &fields);
        let settled = settled(self.pipeline, &fields);
        for (field, values) in told {
            fields.entry(field).or_insert(values);
        }
        Unit {
            id: unit_id(&Anchor { source: self.source, locator: locator.clone() }),
            source: self.source,
            kind: UnitKind::Row,
            place,
            own: number.unwrap_or_else(|| place_identity(self.source, &locator)),
            keys,
            settled,
            run: self.generation,
            at: SourceRef { source: self.source, locator, extent },
            text,
            fields,
        }
    }

    /// The fields that no column of an entry has but the cell that tells the matter states. What names a
    /// petition stands in columns alone.
    fn told(&self, entry: &Entry) -> Fields {
        let Manifest { summary, identity, .. } = &self.pipeline.manifest;
        let told = summary.text.iter().find_map(|field| entry.fields.get(field)?.first());
        let Some(at) = told.and_then(|told| told.evidence.first()).filter(|at| at.end - at.start >= TOLD)
        else {
            return Fields::new();
        };
        let mut found = self.letters.passage(&entry.text, at);
        found.retain(|field, _| !identity.keys.contains(field) && !entry.fields.contains_key(field));
        found
    }
}

pub(crate) fn not_data_name(why: NotData) -> &'static str {
    match why {
        NotData::Title => "title",
        NotData::Header => "header",
        NotData::ColumnNumbers => "column_numbers",
        NotData::Totals => "totals",
        NotData::Signature => "signature",
        NotData::Remark => "remark",
        NotData::PageLine => "page_line",
        NotData::Form => "form",
    }
}
