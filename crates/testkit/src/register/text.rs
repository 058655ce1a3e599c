//! Registers as `texts/registers/*.toml` write them.
//!
//! Rows are lines of cells between bars, followed by `~ SCAN#LETTER ~ 一级/二级`. A cell is
//! written as it stands in the file; `=> a & b` after it gives the values expected of it where
//! they are not what is written; `=>` alone says that none is. `#` begins a number, `@` a date
//! kept as a serial number, `!` marks a value that must carry a warning.

use serde::Deserialize;

use super::{Cell, Format, Merge, Sheet};
use crate::expect::FieldValues;
use crate::person::Cast;
use crate::{Error, Result};

/// One register.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RegisterText {
    /// The path under the samples' folder.
    pub file: String,
    /// What the sample shows, for the reader.
    pub shows: String,
    /// The kind of file.
    pub format: Format,
    /// Its sheets.
    pub sheets: Vec<SheetText>,
}

/// One sheet.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SheetText {
    /// Its name; empty for CSV.
    #[serde(default)]
    pub name: String,
    /// The rows down to the header's last.
    pub head: Vec<Vec<String>>,
    /// The rectangles of merged cells: top, left, bottom, right, from 0.
    #[serde(default)]
    pub merges: Vec<[u16; 4]>,
    /// The canonical field of each column; empty where there is none.
    pub columns: Vec<String>,
    /// The rows of data.
    pub data: String,
    /// Totals and signatures.
    #[serde(default)]
    pub tail: Vec<Vec<String>>,
}

/// A row of data.
#[derive(Clone, Debug, Default)]
pub struct RowText {
    /// Its cells; none when the row is blank.
    pub cells: Vec<Cell>,
    /// What is expected of it.
    pub fields: FieldValues,
    /// The fields that must carry a warning.
    pub doubtful: Vec<String>,
    /// The path of its category.
    pub category: Vec<String>,
    /// The scan of the same petition, and which of its letters, from 1.
    pub scan: Option<(String, u32)>,
}

impl RegisterText {
    /// Parses one text file; identity and telephone numbers are filled in from the cast.
    ///
    /// # Errors
    /// What is wrong with it, and in which file.
    pub fn parse(name: &str, source: &str, cast: &Cast) -> Result<RegisterText> {
        let filled = cast.fill(source).map_err(|cause| Error::text(name, cause))?;
        toml::from_str(&filled).map_err(|cause| Error::text(name, cause))
    }
}

impl SheetText {
    /// The rows of data in order.
    ///
    /// # Errors
    /// Which row is wrong.
    pub fn rows(&self) -> Result<Vec<RowText>> {
        self.data.trim().lines().map(|line| self.row(line)).collect()
    }

    /// The sheet's cells.
    ///
    /// # Errors
    /// Which row is wrong.
    pub fn sheet(&self) -> Result<Sheet> {
        let plain = |row: &Vec<String>| row.iter().map(|text| cell(text)).collect();
        let mut rows: Vec<Vec<Cell>> = self.head.iter().map(plain).collect();
        rows.extend(self.rows()?.into_iter().map(|row| row.cells));
        rows.extend(self.tail.iter().map(plain));
        let merge = |[top, left, bottom, right]: &[u16; 4]| Merge {
            top: u32::from(*top),
            left: *left,
            bottom: u32::from(*bottom),
            right: *right,
        };
        Ok(Sheet { name: self.name.clone(), rows, merges: self.merges.iter().map(merge).collect() })
    }

    fn row(&self, line: &str) -> Result<RowText> {
        let wrong = |cause: &str| Error::text(&self.name, format!("{cause}: {line}"));
        if line.trim() == "%blank" {
            return Ok(RowText::default());
        }
        let mut parts = line.split('~').map(str::trim);
        let cells: Vec<&str> = parts.next().unwrap_or_default().split('|').map(str::trim).collect();
        if cells.len() != self.columns.len() {
            return Err(wrong(&format!("{} cells for {} columns", cells.len(), self.columns.len())));
        }
        let mut row = RowText { scan: scan(parts.next().unwrap_or_default()), ..RowText::default() };
        row.category = parts.next().unwrap_or_default().split('/').map(str::to_owned).collect();
        for (text, field) in cells.into_iter().zip(&self.columns) {
            let (written, expected) = match text.split_once("=>") {
                Some((written, expected)) => (written.trim(), Some(expected)),
                None => (text, None),
            };
            let plain = written.trim_start_matches('!');
            row.cells.push(cell(plain));
            let values = values(field, plain, expected).ok_or_else(|| wrong("a date needs its EDTF form"))?;
            if !field.is_empty() && !values.is_empty() {
                row.fields.entry(field.clone()).or_default().extend(values);
                row.doubtful.extend(written.starts_with('!').then(|| field.clone()));
            }
        }
        Ok(row)
    }
}

fn scan(text: &str) -> Option<(String, u32)> {
    let (file, letter) = text.split_once('#').unwrap_or((text, "1"));
    (!file.is_empty()).then(|| (file.to_owned(), letter.parse().unwrap_or(1)))
}

fn cell(text: &str) -> Cell {
    let number = |text: &str| text.parse::<f64>().ok();
    // A line break within a cell.
    let plain = || Cell::Text(text.replace("\\n", "\n"));
    match text.chars().next() {
        None => Cell::Empty,
        Some('#') => number(&text[1..]).map_or_else(plain, Cell::Number),
        Some('@') => days(&text[1..]).map_or_else(plain, |days| Cell::Date(days as f64)),
        Some(_) => plain(),
    }
}

/// What is expected of a cell; `None` for a date in a notation whose meaning is not given.
fn values(field: &str, written: &str, expected: Option<&str>) -> Option<Vec<String>> {
    let all = |text: &str| text.split('&').map(|v| v.trim().to_owned()).filter(|v| !v.is_empty()).collect();
    if let Some(expected) = expected {
        return Some(all(expected));
    }
    let bare = written.trim_start_matches(['#', '@']).replace("\\n", "\n");
    let bare = bare.as_str();
    let is_date = field.ends_with("_date") || field == "registered_at";
    if is_date && !bare.is_empty() && days(bare).is_none() {
        return None;
    }
    let is_phone = matches!(field, "phone" | "mobile" | "landline");
    let value = if is_phone { bare.replace('-', "") } else { bare.to_owned() };
    Some(if value.is_empty() { Vec::new() } else { vec![value] })
}

/// The days from 1899-12-30 to a date such as `2019-03-12` (H. Hinnant's days_from_civil).
fn days(date: &str) -> Option<i64> {
    let parts: Vec<i64> = date.split('-').map(str::parse).collect::<std::result::Result<_, _>>().ok()?;
    let [year, month, day] = parts[..] else { return None };
    let shifted = if month <= 2 { year - 1 } else { year };
    let era = shifted.div_euclid(400);
    let of_era = shifted - era * 400;
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let days = era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468;
    Some(days + 25_569)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_and_what_they_mean() {
        assert_eq!(cell("@2019-03-12"), Cell::Date(43_536.0));
        assert_eq!(cell("#12"), Cell::Number(12.0));
        assert_eq!(values("phone", "000-2100417", None), Some(vec!["0002100417".to_owned()]));
        assert_eq!(
            values("letter_date", "2019.3.12", Some(" 2019-03-12")),
            Some(vec!["2019-03-12".to_owned()])
        );
        assert_eq!(values("letter_date", "2019.3.12", None), None);
        assert_eq!(values("demand", "—", Some("")), Some(Vec::new()));
    }
}
