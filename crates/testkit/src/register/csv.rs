//! Comma-separated values as office software in China exports them: GB18030, CR LF.

use super::{Cell, Sheet};
use crate::{Error, Result};

pub(super) fn write(sheets: &[Sheet]) -> Result<Vec<u8>> {
    let [sheet] = sheets else { return Err(Error::encode("a CSV file", "it has one sheet")) };
    let line = |row: &Vec<Cell>| row.iter().map(cell).collect::<Vec<_>>().join(",") + "\r\n";
    let text: String = sheet.rows.iter().map(line).collect();
    let (bytes, _, lost) = encoding_rs::GB18030.encode(&text);
    if lost { Err(Error::encode("a CSV file", "GB18030 lacks a character")) } else { Ok(bytes.into_owned()) }
}

fn cell(cell: &Cell) -> String {
    match cell {
        Cell::Empty => String::new(),
        Cell::Number(number) | Cell::Date(number) => number.to_string(),
        Cell::Text(text) if text.contains([',', '"', '\n']) => format!("\"{}\"", text.replace('"', "\"\"")),
        Cell::Text(text) => text.clone(),
    }
}
