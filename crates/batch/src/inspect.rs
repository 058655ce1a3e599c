//! Looking at a register before it is taken in: where its headers stand and what its columns mean.

use std::collections::BTreeMap;
use std::path::Path;

use dossier_fields::{
    FormLayout, FormReader, LEAD_ROWS, Layout, NotData, RegisterReader, RowReading, SheetLayout, SheetReader,
};
use dossier_model::{Fault, Note, RowContent, Sha256};
use dossier_pipeline::Pipeline;
use dossier_read::{register::read_rows, sniff};

use crate::rows::not_data_name;

/// What a sheet is like.
#[derive(Clone, Debug, Default)]
pub struct SheetSummary {
    /// Its name.
    pub name: String,
    /// What its columns mean; nothing where no header was found.
    pub layout: Option<Layout>,
    /// What its labels mean, if it is a form again and again.
    pub form: Option<FormLayout>,
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
    let mut inspection =
        Inspection { reader: &reader, sheets: Vec::new(), lead: Vec::new(), rows: Rows::Headless };
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
    rows: Rows<'a>,
}

/// Reads the rows of a sheet.
enum Rows<'a> {
    Table(SheetReader<'a>),
    Forms(FormReader<'a>),
    Headless,
}

impl Inspection<'_> {
    fn take(&mut self, row: RowContent) {
        if self.sheets.last().is_none_or(|sheet| sheet.name != row.sheet) {
            self.end_of_lead();
            self.sheets.push(SheetSummary { name: row.sheet.clone(), ..SheetSummary::default() });
            self.rows = Rows::Headless;
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
        let source = Sha256::of(sheet.name.as_bytes());
        self.rows = match self.reader.layout(&lead) {
            Some(SheetLayout::Table(layout)) => {
                sheet.layout = Some(layout.clone());
                Rows::Table(self.reader.sheet(layout, source))
            }
            Some(SheetLayout::Form(layout)) => {
                sheet.form = Some(layout.clone());
                Rows::Forms(self.reader.forms(layout, source))
            }
            None => Rows::Headless,
        };
        lead.iter().for_each(|row| self.row(row));
    }

    fn row(&mut self, row: &RowContent) {
        let Some(sheet) = self.sheets.last_mut() else { return };
        let mut not_data = |why| *sheet.not_data.entry(not_data_name(why)).or_default() += 1;
        match &mut self.rows {
            Rows::Headless => sheet.headless += 1,
            Rows::Forms(forms) if forms.begins(row) => sheet.data += 1,
            Rows::Forms(forms) if forms.is_title(row) || sheet.data == 0 => not_data(NotData::Title),
            Rows::Forms(_) => not_data(NotData::Form),
            Rows::Table(rows) => match rows.read(row) {
                RowReading::NotData(why) => not_data(why),
                RowReading::Data { .. } => {
                    sheet.data += 1;
                    row.cells.iter().for_each(|cell| *sheet.filled.entry(cell.column).or_default() += 1);
                }
            },
        }
    }
}
