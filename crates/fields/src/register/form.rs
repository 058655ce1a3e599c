//! Sheets that are forms: labels with their values beside or below them, one petition after the other
//! down the sheet.

use std::collections::{BTreeSet, HashMap, HashSet};

use dossier_model::{Cell, Evidence, Fields, ItemText, RowContent, Sha256};
use dossier_pipeline::Pipeline;

use super::layout::{fingerprint, header_key, title};
use super::mapping::{Column, Mapper};
use super::{LEAD_ROWS, RegisterReader, cell_place, field_value};
use crate::text::push_row;
use crate::values::{Value, clean};

/// A form has values beside at least so many different labels, in so many rows: a header of a table
/// stands in one row or two.
const LABELS: usize = 4;
const ROWS: usize = 3;

/// How a sheet's forms begin, and what their labels mean.
#[derive(Clone, Debug, PartialEq)]
pub struct FormLayout {
    /// The key of the label that each begins with.
    first: String,
    /// What stands above a form, without figures.
    titles: HashSet<String>,
    /// The labels that mean something, in their order.
    pub labels: Vec<Column>,
    /// What the form is, whatever file it stands in: its title without figures, and its labels.
    pub fingerprint: String,
}

/// The labels of forms: the headers of registers, and those that forms on paper have.
pub(super) struct Labels {
    of_forms: HashMap<String, Option<Column>>,
}

/// A label in its row, with what stands beside it.
struct Placed<'r> {
    key: String,
    column: Option<Column>,
    values: Vec<(&'r Cell, String)>,
}

impl Labels {
    pub fn new(pipeline: &Pipeline, mapper: &Mapper) -> Labels {
        let form = &pipeline.letters.form;
        let mut of_forms = HashMap::new();
        for text in &form.other {
            of_forms.insert(header_key(text), None);
        }
        for (field, texts) in &form.labels {
            for text in texts {
                of_forms.insert(header_key(text), mapper.saved(text, field));
            }
        }
        Labels { of_forms }
    }

    /// What a text means if it is a label.
    fn meaning(&self, text: &str, mapper: &Mapper) -> Option<Option<Column>> {
        let known = mapper.known(text).map(Some);
        known.or_else(|| self.of_forms.get(&header_key(text)).cloned())
    }

    /// The labels of a row. What stands before the first belongs to the label that `open` left without a
    /// value in the row above.
    fn placed<'r>(&self, row: &'r RowContent, mapper: &Mapper, open: Option<Placed<'r>>) -> Vec<Placed<'r>> {
        let mut placed: Vec<Placed<'r>> = open.into_iter().collect();
        for cell in &row.cells {
            let text = clean(&cell.text);
            let (label, value) = match text.split_once([':', '：']) {
                Some((label, value)) if self.meaning(label, mapper).is_some() => (label, value.trim()),
                _ => (text.as_str(), ""),
            };
            match self.meaning(label, mapper) {
                Some(column) => {
                    let values = if value.is_empty() { Vec::new() } else { vec![(cell, value.to_owned())] };
                    placed.push(Placed { key: header_key(label), column, values });
                }
                None => {
                    if let Some(last) = placed.last_mut() {
                        last.values.push((cell, text));
                    }
                }
            }
        }
        placed
    }
}

/// Whether a sheet's first rows are a form, and of which labels.
pub(super) fn find(rows: &[RowContent], labels: &Labels, mapper: &Mapper) -> Option<FormLayout> {
    let rows = &rows[..rows.len().min(LEAD_ROWS)];
    let by_row: Vec<Vec<Placed<'_>>> = rows.iter().map(|row| labels.placed(row, mapper, None)).collect();
    let filled = |row: &[Placed<'_>]| row.iter().any(|placed| !placed.values.is_empty());
    let with_values = by_row.iter().flatten().filter(|placed| !placed.values.is_empty());
    let different: BTreeSet<&str> = with_values.map(|placed| placed.key.as_str()).collect();
    if different.len() < LABELS || by_row.iter().filter(|row| filled(row)).count() < ROWS {
        return None;
    }
    let above = by_row.iter().position(|row| !row.is_empty())?;
    let first = by_row[above].first()?.key.clone();
    // The first form ends where its first label comes again.
    let again = by_row.iter().skip(above + 1).position(|row| row.iter().any(|placed| placed.key == first));
    let end = again.map_or(by_row.len(), |at| above + 1 + at);
    let columns: Vec<Column> =
        by_row[above..end].iter().flatten().filter_map(|placed| placed.column.clone()).collect();
    let heading = &rows[..above];
    let fingerprint =
        fingerprint("form", &title(heading), columns.iter().map(|column| column.header.as_str()));
    let titles = heading.iter().map(|row| title(std::slice::from_ref(row))).filter(|title| !title.is_empty());
    Some(FormLayout { first, titles: titles.collect(), labels: columns, fingerprint })
}

/// Reads the forms of a sheet.
pub struct FormReader<'a> {
    reader: &'a RegisterReader,
    layout: FormLayout,
    source: Sha256,
}

impl<'a> FormReader<'a> {
    pub(super) fn new(reader: &'a RegisterReader, layout: FormLayout, source: Sha256) -> FormReader<'a> {
        FormReader { reader, layout, source }
    }

    /// What the sheet's labels mean.
    pub fn layout(&self) -> &FormLayout {
        &self.layout
    }

    /// Whether a form begins in this row.
    pub fn begins(&self, row: &RowContent) -> bool {
        let placed = self.reader.labels.placed(row, &self.reader.mapper, None);
        placed.iter().any(|placed| placed.key == self.layout.first)
    }

    /// Whether the row is what stands above each form.
    pub fn is_title(&self, row: &RowContent) -> bool {
        self.layout.titles.contains(&title(std::slice::from_ref(row)))
    }

    /// What a form says, given its rows.
    pub fn read(&self, rows: &[RowContent]) -> (ItemText, Fields) {
        let mut text = ItemText::default();
        let mut fields = Fields::new();
        let mut open = None;
        for row in rows {
            let places = push_row(&mut text, row, self.source);
            let mut placed = self.reader.labels.placed(row, &self.reader.mapper, open.take());
            for placed in &placed {
                self.values(row, placed, &places, &mut fields);
            }
            open = placed.pop().filter(|last| last.values.is_empty());
        }
        (text, fields)
    }

    fn values(&self, row: &RowContent, placed: &Placed<'_>, places: &[(u32, u32, u32)], fields: &mut Fields) {
        let Some(column) = &placed.column else { return };
        for (cell, text) in &placed.values {
            let Some((_, start, end)) = places.iter().find(|(at, _, _)| *at == cell.column) else { continue };
            for value in self.reader.values_of(text, cell.kind, column) {
                let place = cell_place(row, cell, &column.header);
                let evidence = Evidence { source: self.source, place, start: *start, end: *end };
                let value = Value { confidence: value.confidence * column.confidence, ..value };
                let value = field_value(value, text, format!("form:{}", column.header), evidence);
                fields.entry(column.field.clone()).or_default().push(value);
            }
        }
    }
}
