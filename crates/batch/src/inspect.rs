//! Looking at a register before it is taken in: where its headers stand and what its columns mean.

use std::collections::BTreeMap;
use std::path::Path;

use dossier_fields::{LEAD_ROWS, Layout, RegisterReader, RowReading, SheetReader};
use dossier_model::{Fault, Note, RowContent, Sha256};
use dossier_pipeline::Pipeline;
use dossier_read::{register::read_rows, sniff};

use crate::derive::not_data_name;

/// What a sheet is like.
#[derive(Clone, Debug, Default)]
pub struct SheetSummary {
    /// Its name.
    pub name: String,
    /// What its columns mean; nothing where no header was found.
    pub layout: Option<Layout>,
    /// How many rows are petitions.
    pub data: u64,
    /// How many rows are none, by what they are.
    pub not_data: BTreeMap<&'static str, u64>,
    /// How many rows stand in a sheet without a header.
    pub headless: u64,
    /// How many of the petitions have something in a column.
    pub filled: BTreeMap<u32, u64>,
}

/// What a register is like.
#[derive(Clone, Debug, Default)]
pub struct RegisterSummary {
    /// Its sheets, in order.
    pub sheets: Vec<SheetSummary>,
    /// What a person should know of it.
    pub notes: Vec<Note>,
}

/// Looks at the register at `path`. Memory is bounded by a sheet's first rows.
///
/// # Errors
/// What the reader says.
pub fn inspect(path: &Path, pipeline: &Pipeline) -> Result<RegisterSummary, Fault> {
    let reader = RegisterReader::new(pipeline);
    let mut inspection = Inspection { reader: &reader, sheets: Vec::new(), lead: Vec::new(), rows: None };
    let read = read_rows(path, sniff(path)?, &pipeline.manifest.limits, &mut |row| {
        inspection.take(row);
        Ok(())
    })?;
    inspection.end_of_lead();
    Ok(RegisterSummary { sheets: inspection.sheets, notes: read.notes })
}

struct Inspection<'a> {
    reader: &'a RegisterReader,
    sheets: Vec<SheetSummary>,
    /// A sheet's first rows, until its header is looked for.
    lead: Vec<RowContent>,
    rows: Option<SheetReader<'a>>,
}

impl Inspection<'_> {
    fn take(&mut self, row: RowContent) {
        if self.sheets.last().is_none_or(|sheet| sheet.name != row.sheet) {
            self.end_of_lead();
            self.sheets.push(SheetSummary { name: row.sheet.clone(), ..SheetSummary::default() });
            self.rows = None;
            self.lead.push(row);
        } else if self.lead.is_empty() {
            self.row(&row);
        } else {
            self.lead.push(row);
            if self.lead.len() >= LEAD_ROWS {
                self.end_of_lead();
            }
        }
    }

    fn end_of_lead(&mut self) {
        let lead = std::mem::take(&mut self.lead);
        let Some(sheet) = self.sheets.last_mut().filter(|_| !lead.is_empty()) else { return };
        sheet.layout = self.reader.layout(&lead);
        self.rows =
            sheet.layout.clone().map(|layout| self.reader.sheet(layout, Sha256::of(sheet.name.as_bytes())));
        lead.iter().for_each(|row| self.row(row));
    }

    fn row(&mut self, row: &RowContent) {
        let Some(sheet) = self.sheets.last_mut() else { return };
        match self.rows.as_mut().map(|rows| rows.read(row)) {
            None => sheet.headless += 1,
            Some(RowReading::NotData(why)) => *sheet.not_data.entry(not_data_name(why)).or_default() += 1,
            Some(RowReading::Data { .. }) => {
                sheet.data += 1;
                row.cells.iter().for_each(|cell| *sheet.filled.entry(cell.column).or_default() += 1);
            }
        }
    }
}
