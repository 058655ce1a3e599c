//! Where a sheet's header stands, what its columns mean, and by what the register is known again.

use std::collections::{BTreeMap, HashMap, HashSet};

use dossier_model::{RowContent, fold_text, short_hash};
use dossier_pipeline::SavedLayout;

use super::mapping::{Column, Mapper};
use super::{LEAD_ROWS, MIN_KNOWN, is_column_numbers};
use crate::values::clean;

/// What a sheet's columns mean.
#[derive(Clone, Debug, PartialEq)]
pub struct Layout {
    /// The last row of the header, from 1.
    pub header_row: u32,
    /// The first row of the header: another one when it has two.
    pub first_header_row: u32,
    /// The columns that mean something, by their place from 0.
    pub columns: BTreeMap<u32, Column>,
    /// The headers that mean nothing to the pipeline.
    pub undecided: BTreeMap<u32, String>,
    /// What the register is, whatever file it stands in: its title without digits, and the headers
    /// that the pipeline knows.
    pub fingerprint: String,
    /// By which what people say of its columns is known again: its title and all its headers.
    pub id: String,
}

/// Finds the header among a sheet's first rows: the row, or the two rows together, with the most
/// known headers. `None` when none names two columns.
pub(super) fn find(rows: &[RowContent], mapper: &Mapper, saved: &[SavedLayout]) -> Option<Layout> {
    let rows = &rows[..rows.len().min(LEAD_ROWS)];
    let single = rows.iter().enumerate().map(|(at, row)| (known(&[row], mapper), at, at));
    let names_some = |row: &RowContent| row.cells.iter().any(|cell| mapper.known(&cell.text).is_some());
    let double = rows
        .windows(2)
        .enumerate()
        .filter(|(_, pair)| names_some(&pair[1]) && pair[1].number == pair[0].number + 1)
        .map(|(at, pair)| (known(&[&pair[0], &pair[1]], mapper), at, at + 1));
    // On a tie the earlier row, and one row rather than two.
    let (columns, first, last) = double
        .chain(single)
        .filter(|(columns, _, last)| {
            columns.len() >= MIN_KNOWN && 2 * columns.len() > rows[*last].cells.len() / 2
        })
        .max_by(|a, b| (a.0.len(), b.2, b.2 - b.1).cmp(&(b.0.len(), a.2, a.2 - a.1)))?;
    let title = title(&rows[..first]);
    let headers = headers(&rows[first..=last]);
    let mut layout = Layout {
        header_row: rows[last].number,
        first_header_row: rows[first].number,
        fingerprint: fingerprint("register", &title, columns.values().map(|column| column.header.as_str())),
        id: fingerprint("layout", &title, headers.values().map(String::as_str)),
        columns,
        undecided: BTreeMap::new(),
    };
    layout.map_others(headers, &rows[last + 1..], mapper, saved);
    Some(layout)
}

impl Layout {
    /// Maps the columns whose header is not known, and those of which somebody has said something.
    fn map_others(
        &mut self,
        headers: BTreeMap<u32, String>,
        below: &[RowContent],
        mapper: &Mapper,
        saved: &[SavedLayout],
    ) {
        let saved: HashMap<String, &str> = saved
            .iter()
            .filter(|saved| saved.layout == self.id)
            .flat_map(|saved| &saved.columns)
            .map(|(header, field)| (header_key(header), field.as_str()))
            .collect();
        for (at, header) in headers {
            match saved.get(&header_key(&header)) {
                Some(field) => match mapper.saved(&header, field) {
                    Some(column) => {
                        self.columns.insert(at, column);
                    }
                    None => {
                        self.columns.remove(&at);
                    }
                },
                None if self.columns.contains_key(&at) => {}
                None => match mapper.guessed(&header, at, below) {
                    Some(column) => {
                        self.columns.insert(at, column);
                    }
                    None => {
                        self.undecided.insert(at, header);
                    }
                },
            }
        }
        self.map_plain_date(below, mapper);
    }

    /// Maps the one column whose header says just that it is a date, where no other holds dates.
    fn map_plain_date(&mut self, below: &[RowContent], mapper: &Mapper) {
        let dates = self.columns.values().any(Column::is_date);
        let plain = |(at, header): (&u32, &String)| Some((*at, mapper.plain_date(header, *at, below)?));
        let mut found = self.undecided.iter().filter_map(plain);
        if let (false, Some((at, column)), None) = (dates, found.next(), found.next()) {
            self.undecided.remove(&at);
            self.columns.insert(at, column);
        }
    }
}

/// The columns of a header of one or two rows that the pipeline knows; where both rows name a
/// column, the lower one does.
fn known(header: &[&RowContent], mapper: &Mapper) -> BTreeMap<u32, Column> {
    let cells = header.iter().flat_map(|row| &row.cells);
    cells.filter_map(|cell| Some((cell.column, mapper.known(&cell.text)?))).collect()
}

/// All headers; where two rows name a column, the lower one does.
fn headers(rows: &[RowContent]) -> BTreeMap<u32, String> {
    rows.iter().flat_map(|row| &row.cells).map(|cell| (cell.column, clean(&cell.text))).collect()
}

/// A header's key: folded, with brackets and what they hold, colons and marks removed.
pub(super) fn header_key(header: &str) -> String {
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

/// What stands above the header, without figures: next month's file says the same.
pub(super) fn title(titles: &[RowContent]) -> String {
    titles
        .iter()
        .filter(|row| !is_column_numbers(row))
        .flat_map(|row| &row.cells)
        .flat_map(|cell| fold_text(&cell.text).chars().collect::<Vec<_>>())
        .filter(|c| !c.is_numeric() && !"年月日期第季度上下半".contains(*c))
        .collect()
}

pub(super) fn fingerprint<'h>(of: &str, title: &str, headers: impl Iterator<Item = &'h str>) -> String {
    let headers: HashSet<String> = headers.map(header_key).collect();
    let mut headers: Vec<String> = headers.into_iter().collect();
    headers.sort();
    short_hash(&[of, title, &headers.join("|")])
}
