//! Registers: which row is the header, what its columns mean, and what each row says.

mod form;
mod layout;
mod mapping;
#[cfg(test)]
mod tests;

use std::collections::{HashMap, HashSet};

use dossier_model::{
    Cell, CellKind, Evidence, FieldValue, Fields, ItemText, Place, ReviewState, RowContent, Sensitive,
    Sha256, fold_text,
};
use dossier_pipeline::{Pipeline, SavedLayout};
use regex::Regex;

pub use form::{FormLayout, FormReader};
pub use layout::Layout;
pub use mapping::{Column, How};

use form::Labels;
use mapping::Mapper;

use crate::text::row_text;
use crate::values::{Value, clean, values};

/// How many rows of a sheet are looked at for its header.
pub const LEAD_ROWS: usize = 30;
/// A header names at least so many known columns.
const MIN_KNOWN: usize = 2;

/// Why a row is no data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotData {
    /// It stands before the header.
    Title,
    /// It is the header, or repeats it.
    Header,
    /// It numbers the columns.
    ColumnNumbers,
    /// It sums the rows up.
    Totals,
    /// It says who made the register.
    Signature,
    /// It explains the register.
    Remark,
    /// It numbers a printed page.
    PageLine,
    /// It goes on with the form that a row above began.
    Form,
}

/// What a sheet is.
#[derive(Clone, Debug, PartialEq)]
pub enum SheetLayout {
    /// A header, and a petition a row below it.
    Table(Layout),
    /// Labels with their values, and a petition in several rows.
    Form(FormLayout),
}

/// What a row says.
#[derive(Debug)]
pub enum RowReading {
    /// Nothing of its own.
    NotData(NotData),
    /// A petition.
    Data {
        /// Its text.
        text: ItemText,
        /// Its mapped columns.
        fields: Fields,
    },
}

/// Finds the meaning of registers' columns by the pipeline's headers.
pub struct RegisterReader {
    words: Words,
    /// The field of a column that merely counts its rows.
    counter: String,
    /// The fields that name a petition.
    keys: Vec<String>,
    mapper: Mapper,
    labels: Labels,
    saved: Vec<SavedLayout>,
}

impl RegisterReader {
    /// A reader for the pipeline's fields.
    pub fn new(pipeline: &Pipeline) -> RegisterReader {
        let mapper = Mapper::new(pipeline);
        RegisterReader {
            words: Words::new(pipeline),
            counter: pipeline.manifest.register.counter.clone(),
            keys: pipeline.manifest.identity.keys.clone(),
            labels: Labels::new(pipeline, &mapper),
            mapper,
            saved: pipeline.registers.clone(),
        }
    }

    /// What a sheet is by its first rows. `None` when it is no form and no row names two columns.
    pub fn layout(&self, rows: &[RowContent]) -> Option<SheetLayout> {
        let form = form::find(rows, &self.labels, &self.mapper).map(SheetLayout::Form);
        form.or_else(|| self.table(rows).map(SheetLayout::Table))
    }

    /// Finds the header among a sheet's first rows, and what its columns mean.
    fn table(&self, rows: &[RowContent]) -> Option<Layout> {
        let mut layout = layout::find(rows, &self.mapper, &self.saved)?;
        let below: Vec<&RowContent> = rows.iter().filter(|row| row.number > layout.header_row).collect();
        for (at, column) in &mut layout.columns {
            // Who says that a column names petitions has looked at it.
            if column.how != How::Saved && self.keys.contains(&column.field) && counts(&below, *at) {
                column.field = self.counter.clone();
            }
        }
        Some(layout)
    }

    /// Starts reading the rows of a table.
    pub fn sheet(&self, layout: Layout, source: Sha256) -> SheetReader<'_> {
        SheetReader { reader: self, layout, source, above: HashMap::new(), heading: HashSet::new() }
    }

    /// Starts reading the forms of a sheet.
    pub fn forms(&self, layout: FormLayout, source: Sha256) -> FormReader<'_> {
        FormReader::new(self, layout, source)
    }

    /// The values in a cell's text that say something, by what its column or label means.
    fn values_of(&self, text: &str, kind: CellKind, meaning: &Column) -> impl Iterator<Item = Value> {
        let nothing = |value: &Value| is_one_of(&value.text, &self.words.nothing);
        let said = if kind == CellKind::Error { Vec::new() } else { values(text, meaning.kind, kind) };
        said.into_iter().filter(move |value| !nothing(value))
    }
}

/// The pipeline's words that registers have in cells, folded.
struct Words {
    /// Stand where there is nothing to say.
    nothing: Vec<String>,
    /// Refer to the cell above.
    ditto: Vec<String>,
    /// Begin a row that sums others up, or end its first cell.
    totals: Vec<String>,
    /// Begin a row that says who made the register.
    signatures: Vec<String>,
    /// Begin a row that explains the register.
    remarks: Vec<String>,
    /// Match what numbers a printed page.
    pages: Vec<Regex>,
}

impl Words {
    fn new(pipeline: &Pipeline) -> Words {
        let spec = &pipeline.manifest.register;
        let folded = |words: &[String]| words.iter().map(|word| fold_text(word)).collect();
        Words {
            nothing: folded(&spec.nothing),
            ditto: folded(&spec.ditto),
            totals: folded(&spec.totals),
            signatures: folded(&spec.signatures),
            remarks: folded(&spec.remarks),
            // Loading the pipeline has compiled them once.
            pages: pipeline.letters.furniture.iter().filter_map(|regex| Regex::new(regex).ok()).collect(),
        }
    }
}

/// A row that belongs to the printed page rather than to a petition has so many cells at most.
const FEW_CELLS: usize = 3;
/// A first cell with more bytes is no totals, signature or remark.
const LONGEST_LINE: usize = 600;
/// Before the word for totals stands what is summed up, in so many characters: 本页, 3月份, 石桥镇.
const SUMMED: usize = 6;

impl Words {
    /// Whether a folded cell says that its row sums others up: 本页小计, 本月合计(件).
    fn sums_up(&self, cell: &str) -> bool {
        let name = cell.split(['(', ':']).next().unwrap_or(cell).trim_end();
        let before = self.totals.iter().find_map(|word| name.strip_suffix(word.as_str()));
        before.is_some_and(|before| before.chars().count() <= SUMMED)
    }
}

/// Whether a text begins with a word, and one of some characters behind it.
fn begins_with(text: &str, word: &str, then: &[char]) -> bool {
    text.strip_prefix(word).is_some_and(|rest| rest.starts_with(then))
}

/// What a row says, by which it is known again.
fn row_key(row: &RowContent) -> String {
    row.cells.iter().map(|cell| fold_text(&cell.text)).collect::<Vec<_>>().join("\n")
}

/// A cell with more bytes is no single word, whatever blanks stand in it: it is running text.
const LONGEST_WORD: usize = 200;

/// Whether a text is one of some folded words.
fn is_one_of(text: &str, words: &[String]) -> bool {
    text.len() <= LONGEST_WORD && words.contains(&fold_text(text))
}

/// The place of a value in a cell.
fn cell_place(row: &RowContent, cell: &Cell, header: &str) -> Place {
    Place::Cell {
        sheet: row.sheet.as_str().into(),
        row: row.number,
        cell: cell.name(row.number).into(),
        header: header.into(),
    }
}

/// A value of a cell as a field's value.
fn field_value(value: Value, raw: &str, extractor: String, evidence: Evidence) -> FieldValue {
    FieldValue {
        value: Sensitive::new(value.text),
        raw: Sensitive::new(raw.to_owned()),
        confidence: value.confidence,
        state: ReviewState::Machine,
        extractor,
        warnings: value.warnings,
        evidence: vec![evidence],
    }
}

/// Reads a sheet's rows in order: a cell may refer to the one above it.
pub struct SheetReader<'a> {
    reader: &'a RegisterReader,
    layout: Layout,
    source: Sha256,
    above: HashMap<u32, Cell>,
    /// What the rows up to the header say, which a printed page may begin with again.
    heading: HashSet<String>,
}

impl SheetReader<'_> {
    /// What the sheet's columns mean.
    pub fn layout(&self) -> &Layout {
        &self.layout
    }

    /// What the next row says; rows come in the order of the sheet.
    pub fn read(&mut self, row: &RowContent) -> RowReading {
        if let Some(not_data) = self.not_data(row) {
            return RowReading::NotData(not_data);
        }
        let (text, places) = row_text(row, self.source);
        let mut found: Vec<(usize, &str, FieldValue)> = Vec::new();
        for (cell, (column, start, end)) in row.cells.iter().zip(places) {
            let Some(meaning) = self.layout.columns.get(&column) else { continue };
            let (effective, ditto) = self.effective(cell);
            for mut value in self.reader.values_of(&effective.text, effective.kind, meaning) {
                if ditto {
                    value.warnings.push("ditto".to_owned());
                }
                if matches!(meaning.how, How::Likely | How::Values) {
                    value.warnings.push("column_guessed".to_owned());
                }
                value.confidence *= meaning.confidence;
                let place = cell_place(row, cell, &meaning.header);
                let evidence = Evidence { source: self.source, place, start, end };
                let field = field_value(value, &cell.text, format!("column:{}", meaning.header), evidence);
                found.push((meaning.rank, &meaning.field, field));
            }
        }
        found.sort_by_key(|(rank, _, _)| *rank);
        let mut fields = Fields::new();
        for (_, name, value) in found {
            fields.entry(name.to_owned()).or_default().push(value);
        }
        self.remember(row);
        RowReading::Data { text, fields }
    }

    fn not_data(&mut self, row: &RowContent) -> Option<NotData> {
        let layout = &self.layout;
        if row.number <= layout.header_row {
            self.heading.insert(row_key(row));
        }
        if row.number < layout.first_header_row {
            let numbers = is_column_numbers(row);
            return Some(if numbers { NotData::ColumnNumbers } else { NotData::Title });
        }
        let mapped = |cell: &Cell| layout.columns.get(&cell.column);
        let repeats = |cell: &Cell| mapped(cell).is_some_and(|column| column.header == clean(&cell.text));
        let known = row.cells.iter().filter(|cell| repeats(cell)).count();
        if row.number <= layout.header_row || known >= MIN_KNOWN && 2 * known >= row.cells.len() {
            return Some(NotData::Header);
        }
        if is_column_numbers(row) && row.cells.len() * 2 > layout.columns.len() {
            return Some(NotData::ColumnNumbers);
        }
        if row.cells.len() <= FEW_CELLS && self.heading.contains(&row_key(row)) {
            return Some(NotData::Title);
        }
        self.between_data(row)
    }

    /// Why a row among the data is none: what it begins with says so, and it has hardly anything else.
    fn between_data(&self, row: &RowContent) -> Option<NotData> {
        let start = &row.cells.first()?.text;
        if start.len() > LONGEST_LINE {
            return None;
        }
        let first = fold_text(start);
        let words = &self.reader.words;
        let begins = words.totals.iter().any(|word| first.starts_with(word.as_str()));
        // A row of data has running text; a row of totals is figures, whatever its first word.
        let figures = row.cells.iter().skip(1).all(|cell| is_figure(&cell.text));
        let few = row.cells.len() <= FEW_CELLS.max(self.layout.columns.len() / 2);
        if figures && (begins || few && words.sums_up(&first)) {
            return Some(NotData::Totals);
        }
        let alone = row.cells.len() == 1;
        if alone && words.pages.iter().any(|regex| regex.is_match(&first)) && first.parse::<u32>().is_err() {
            return Some(NotData::PageLine);
        }
        // Where the register itself has its remarks or explanations, a row may have nothing else.
        let leftmost = self.layout.columns.keys().next().is_none_or(|left| row.cells[0].column <= *left);
        if alone && leftmost && words.remarks.iter().any(|word| begins_with(&first, word, &[':'])) {
            return Some(NotData::Remark);
        }
        let signs = |word: &String| first == *word || begins_with(&first, word, &[':', '(']);
        words.signatures.iter().any(signs).then_some(NotData::Signature)
    }

    /// The cell, or the one above it to which it refers.
    fn effective<'c>(&'c self, cell: &'c Cell) -> (&'c Cell, bool) {
        match self.above.get(&cell.column) {
            Some(above) if self.is_ditto(cell) => (above, true),
            _ => (cell, false),
        }
    }

    fn is_ditto(&self, cell: &Cell) -> bool {
        is_one_of(&cell.text, &self.reader.words.ditto)
    }

    fn remember(&mut self, row: &RowContent) {
        for cell in row.cells.iter().filter(|cell| cell.kind != CellKind::Error) {
            if !self.is_ditto(cell) || !self.above.contains_key(&cell.column) {
                self.above.insert(cell.column, cell.clone());
            }
        }
    }
}

/// Whether a column merely counts its rows.
fn counts(rows: &[&RowContent], column: u32) -> bool {
    let numbers = rows.iter().filter_map(|row| fold_text(&row.cell(column)?.text).parse::<u32>().ok());
    let numbers: Vec<u32> = numbers.filter(|number| *number < 10_000).collect();
    let filled = rows.iter().filter(|row| row.cell(column).is_some()).count();
    // A totals or signature row at the end may hold something else.
    numbers.len() + 2 >= filled
        && numbers.first().is_some_and(|first| numbers.len() > 2 || *first == 1)
        && count_up(&numbers)
}

fn count_up(numbers: &[u32]) -> bool {
    numbers.windows(2).all(|pair| pair[1] == pair[0] + 1)
}

fn is_column_numbers(row: &RowContent) -> bool {
    let numbers = row.cells.iter().map(|cell| fold_text(&cell.text).parse().ok());
    let numbers: Option<Vec<u32>> = numbers.collect();
    numbers.is_some_and(|numbers| numbers.len() > 2 && count_up(&numbers))
}

fn is_figure(text: &str) -> bool {
    text.chars().all(|c| c.is_numeric() || c.is_whitespace() || ".,%-—/件人次起批封".contains(c))
}
