//! Registers whose rows people have classified: what rules are measured by and suggested from.

use std::path::Path;

use dossier_fields::{LEAD_ROWS, RegisterReader, RowReading, SheetLayout};
use dossier_model::{Fault, FaultKind, Fields, ItemText, RowContent, fold_text};
use dossier_pipeline::{Pipeline, ReadLimits};
use dossier_read::{register::read_rows, sniff};

/// A row with people's category.
#[derive(Clone, Debug)]
pub struct LabelledRow {
    /// The category, as the register names it.
    pub label: String,
    /// The row's text, without the column of the category.
    pub text: ItemText,
    /// Its fields, likewise.
    pub fields: Fields,
}

/// Reads the rows of the register at `path` that have a value in the column headed `column`.
///
/// # Errors
/// What the reader says; `NoHeader` when no sheet has such a column.
pub fn read_labelled(path: &Path, column: &str, pipeline: &Pipeline) -> Result<Vec<LabelledRow>, Fault> {
    let mut rows: Vec<RowContent> = Vec::new();
    read_rows(path, sniff(path)?, &ReadLimits::default(), &mut |row| {
        rows.push(row);
        Ok(())
    })?;
    let sha256 = dossier_archive::hash_file(path)?.0;
    let reader = RegisterReader::new(pipeline);
    let mut labelled = Vec::new();
    for sheet in rows.chunk_by(|a, b| a.sheet == b.sheet) {
        let labels = sheet.iter().take(LEAD_ROWS).find_map(|row| {
            row.cells.iter().find(|cell| fold_text(&cell.text) == fold_text(column)).map(|cell| cell.column)
        });
        let (Some(labels), Some(SheetLayout::Table(layout))) = (labels, reader.layout(sheet)) else {
            continue;
        };
        let mut sheet_reader = reader.sheet(layout, sha256);
        for row in sheet {
            // People's answer must not be among the question.
            let mut unlabelled = row.clone();
            unlabelled.cells.retain(|cell| cell.column != labels);
            let label = row.cell(labels).map(|cell| cell.text.trim().to_owned());
            if let (RowReading::Data { text, fields }, Some(label)) = (sheet_reader.read(&unlabelled), label)
                && fold_text(&label) != fold_text(column)
            {
                labelled.push(LabelledRow { label, text, fields });
            }
        }
    }
    if labelled.is_empty() {
        return Err(Fault::new(FaultKind::NoHeader, format!("no column `{column}` with values")));
    }
    Ok(labelled)
}
