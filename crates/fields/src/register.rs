//! Registers: which row is the header, what its columns mean, and what each row says.

use std::collections::{HashMap, HashSet};

use dossier_model::{
    Cell, Evidence, FieldValue, Fields, ItemText, Place, ReviewState, RowContent, Sensitive, Sha256,
    fold_text, short_hash,
};
use dossier_pipeline::{FieldKind, FieldSpec, Pipeline, RegisterSpec};

use crate::text::row_text;
use crate::values::{clean, values};

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

/// What a sheet's columns mean.
#[derive(Clone, Debug, PartialEq)]
pub struct Layout {
    /// The last row of the header, from 1.
    pub header_row: u32,
    /// The first row of the header: another one when it has two.
    pub first_header_row: u32,
    /// For each mapped column, the field, the header as written, and its rank among the field's
    /// headers.
    columns: HashMap<u32, Column>,
    /// What the register is, whatever file it stands in: its title without digits, and its
    /// headers.
    pub fingerprint: String,
}

#[derive(Clone, Debug, PartialEq)]
struct Column {
    field: String,
    kind: FieldKind,
    header: String,
    rank: usize,
}

/// Finds the meaning of registers' columns by the pipeline's headers.
pub struct RegisterReader {
    spec: RegisterSpec,
    /// The fields that name a petition.
    keys: Vec<String>,
    headers: HashMap<String, (FieldSpec, usize)>,
}

impl RegisterReader {
    /// A reader for the pipeline's fields.
    pub fn new(pipeline: &Pipeline) -> RegisterReader {
        let mut headers = HashMap::new();
        for field in &pipeline.fields {
            for (rank, header) in field.headers.iter().enumerate() {
                headers.insert(header_key(header), (field.clone(), rank));
            }
        }
        let keys = pipeline.manifest.identity.keys.clone();
        RegisterReader { spec: pipeline.manifest.register.clone(), keys, headers }
    }

    /// Finds the header among a sheet's first rows: the row, or the two rows together, with the
    /// most known headers. `None` when none names two columns.
    pub fn layout(&self, rows: &[RowContent]) -> Option<Layout> {
        let rows = &rows[..rows.len().min(LEAD_ROWS)];
        let single = rows.iter().enumerate().map(|(at, row)| (self.columns(&[row]), at, at));
        let double = rows
            .windows(2)
            .enumerate()
            .filter(|(_, pair)| self.known(&pair[1]) > 0 && pair[1].number == pair[0].number + 1)
            .map(|(at, pair)| (self.columns(&[&pair[0], &pair[1]]), at, at + 1));
        // On a tie the earlier row, and one row rather than two.
        let (mut columns, first, last) = double
            .chain(single)
            .filter(|(columns, _, last)| {
                columns.len() >= MIN_KNOWN && 2 * columns.len() > rows[*last].cells.len() / 2
            })
            .max_by(|a, b| (a.0.len(), b.2, b.2 - b.1).cmp(&(b.0.len(), a.2, a.2 - a.1)))?;
        let fingerprint = fingerprint(&rows[..first], &columns);
        for (at, column) in &mut columns {
            if self.keys.contains(&column.field) && counts(&rows[last + 1..], *at) {
                column.field = self.spec.counter.clone();
            }
        }
        Some(Layout {
            header_row: rows[last].number,
            first_header_row: rows[first].number,
            columns,
            fingerprint,
        })
    }

    /// The mapped columns of a header of one or two rows; where both rows name a column, the
    /// lower one does.
    fn columns(&self, header: &[&RowContent]) -> HashMap<u32, Column> {
        let mut columns = HashMap::new();
        for cell in header.iter().flat_map(|row| &row.cells) {
            if let Some((field, rank)) = self.headers.get(&header_key(&cell.text)) {
                let column = Column {
                    field: field.name.clone(),
                    kind: field.kind,
                    header: clean(&cell.text),
                    rank: *rank,
                };
                columns.insert(cell.column, column);
            }
        }
        columns
    }

    fn known(&self, row: &RowContent) -> usize {
        row.cells.iter().filter(|cell| self.headers.contains_key(&header_key(&cell.text))).count()
    }

    /// Starts reading the rows of a sheet.
    pub fn sheet(&self, layout: Layout, source: Sha256) -> SheetReader<'_> {
        SheetReader { reader: self, layout, source, above: HashMap::new() }
    }
}

/// Reads a sheet's rows in order: a cell may refer to the one above it.
pub struct SheetReader<'a> {
    reader: &'a RegisterReader,
    layout: Layout,
    source: Sha256,
    above: HashMap<u32, Cell>,
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
            let evidence = |span: (u32, u32)| Evidence {
                source: self.source,
                place: Place::Cell {
                    sheet: row.sheet.clone(),
                    row: row.number,
                    cell: cell.name(row.number),
                    header: meaning.header.clone(),
                },
                start: span.0.max(start),
                end: span.1.min(end),
            };
            let (effective, ditto) = self.effective(cell);
            for value in values(&effective.text, meaning.kind, effective.kind) {
                if self.says_nothing(&value.text) {
                    continue;
                }
                let mut warnings = value.warnings;
                if ditto {
                    warnings.push("ditto".to_owned());
                }
                let field = FieldValue {
                    value: Sensitive::new(value.text),
                    raw: Sensitive::new(cell.text.clone()),
                    confidence: value.confidence,
                    state: ReviewState::Machine,
                    extractor: format!("column:{}", meaning.header),
                    warnings,
                    evidence: vec![evidence((start, end))],
                };
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

    fn not_data(&self, row: &RowContent) -> Option<NotData> {
        let layout = &self.layout;
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
        let first = fold_text(&row.cells.first()?.text);
        let begins = |words: &[String]| words.iter().any(|word| first.starts_with(&fold_text(word)));
        // A row of data has running text; a row of totals is figures, whatever its first word.
        let figures = row.cells.iter().skip(1).all(|cell| is_figure(&cell.text));
        if begins(&self.reader.spec.totals) && figures {
            return Some(NotData::Totals);
        }
        let signs = |cell: &Cell| {
            let text = fold_text(&cell.text);
            self.reader.spec.signatures.iter().any(|word| {
                text.strip_prefix(fold_text(word).as_str())
                    .is_some_and(|rest| rest.is_empty() || rest.starts_with(':') || rest.starts_with('('))
            })
        };
        (row.cells.first().is_some_and(signs)).then_some(NotData::Signature)
    }

    /// The cell, or the one above it to which it refers.
    fn effective<'c>(&'c self, cell: &'c Cell) -> (&'c Cell, bool) {
        let text = fold_text(&cell.text);
        let ditto = self.reader.spec.ditto.iter().any(|word| fold_text(word) == text);
        match self.above.get(&cell.column) {
            Some(above) if ditto => (above, true),
            _ => (cell, false),
        }
    }

    fn says_nothing(&self, text: &str) -> bool {
        let text = fold_text(text);
        self.reader.spec.nothing.iter().any(|word| fold_text(word) == text)
    }

    fn remember(&mut self, row: &RowContent) {
        let effective: Vec<Cell> = row.cells.iter().map(|cell| self.effective(cell).0.clone()).collect();
        for (cell, effective) in row.cells.iter().zip(effective) {
            self.above.insert(cell.column, effective);
        }
    }
}

/// A header's key: folded, with brackets and what they hold, colons and marks removed.
fn header_key(header: &str) -> String {
    let folded = fold_text(header);
    let mut key = String::new();
    let mut depth = 0_usize;
    for c in folded.chars() {
        match c {
            '(' | '[' | '【' => depth += 1,
            ')' | ']' | '】' => depth = depth.saturating_sub(1),
            ':' | '*' | '※' | '.' | ' ' | '"' => {}
            c if depth == 0 => key.push(c),
            _ => {}
        }
    }
    if key.is_empty() { folded } else { key }
}

/// Whether a column merely counts its rows.
fn counts(rows: &[RowContent], column: u32) -> bool {
    let numbers = rows.iter().filter_map(|row| fold_text(&row.cell(column)?.text).parse::<u32>().ok());
    let numbers: Vec<u32> = numbers.filter(|number| *number < 10_000).collect();
    let filled = rows.iter().filter(|row| row.cell(column).is_some()).count();
    // A totals or signature row at the end may hold something else.
    numbers.len() + 2 >= filled
        && numbers.first().is_some_and(|first| numbers.len() > 2 || *first == 1)
        && numbers.windows(2).all(|pair| pair[1] == pair[0] + 1)
}

fn is_column_numbers(row: &RowContent) -> bool {
    let numbers: Vec<u32> = row.cells.iter().filter_map(|cell| fold_text(&cell.text).parse().ok()).collect();
    numbers.len() == row.cells.len()
        && numbers.len() > 2
        && numbers.windows(2).all(|pair| pair[1] == pair[0] + 1)
}

fn is_figure(text: &str) -> bool {
    text.chars().all(|c| c.is_numeric() || c.is_whitespace() || ".,%-—/件人次起批封".contains(c))
}

/// A register is the same in next month's file: its title without figures, and its headers.
fn fingerprint(titles: &[RowContent], columns: &HashMap<u32, Column>) -> String {
    let title: String = titles
        .iter()
        .filter(|row| !is_column_numbers(row))
        .flat_map(|row| &row.cells)
        .flat_map(|cell| fold_text(&cell.text).chars().collect::<Vec<_>>())
        .filter(|c| !c.is_numeric() && !"年月日期第季度上下半".contains(*c))
        .collect();
    let headers: HashSet<String> = columns.values().map(|column| header_key(&column.header)).collect();
    let mut headers: Vec<String> = headers.into_iter().collect();
    headers.sort();
    short_hash(&["register", &title, &headers.join("|")])
}
