//! Registers as data, and as xlsx, xls and csv files.

mod csv;
mod text;
mod xls;
mod xlsx;

pub use text::{RegisterText, RowText, SheetText};

use serde::Deserialize;

use crate::Result;

/// A cell's content.
#[derive(Clone, Debug, PartialEq)]
pub enum Cell {
    /// Nothing.
    Empty,
    /// Text.
    Text(String),
    /// A number.
    Number(f64),
    /// A number that is shown as a date: days since 1899-12-30.
    Date(f64),
}

/// A rectangle of merged cells; rows and columns from 0, the last ones inclusive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Merge {
    /// First row.
    pub top: u32,
    /// First column.
    pub left: u16,
    /// Last row.
    pub bottom: u32,
    /// Last column.
    pub right: u16,
}

/// A sheet's cells.
#[derive(Clone, Debug)]
pub struct Sheet {
    /// Its name.
    pub name: String,
    /// Its rows from the top.
    pub rows: Vec<Vec<Cell>>,
    /// Its merged cells.
    pub merges: Vec<Merge>,
}

/// A kind of register file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    /// Office Open XML.
    Xlsx,
    /// BIFF8 in an OLE container.
    Xls,
    /// Comma-separated values in GB18030.
    Csv,
}

/// A register's bytes.
///
/// # Errors
/// When it cannot be encoded.
pub fn write(sheets: &[Sheet], format: Format) -> Result<Vec<u8>> {
    match format {
        Format::Xlsx => xlsx::write(sheets),
        Format::Xls => xls::write(sheets),
        Format::Csv => csv::write(sheets),
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use calamine::{Data, Reader, Xls, Xlsx};

    use super::*;

    fn sheets() -> Vec<Sheet> {
        let row = |n: u32| {
            let text = format!("第{n}行：反映村里道路、水渠和账目的问题，请求答复。");
            vec![Cell::Number(f64::from(n)), Cell::Text(text), Cell::Empty, Cell::Date(43_536.0)]
        };
        let merges = vec![Merge { top: 0, left: 0, bottom: 0, right: 3 }];
        let title = vec![Cell::Text("信访台账".to_owned())];
        let rows = std::iter::once(title).chain((1..400).map(row)).collect();
        let other = Sheet { name: "二".to_owned(), rows: vec![row(1)], merges: Vec::new() };
        vec![Sheet { name: "一".to_owned(), rows, merges }, other]
    }

    /// What calamine finds, as our cells.
    fn found<R: Reader<Cursor<Vec<u8>>>>(mut book: R, name: &str) -> Vec<Vec<Cell>>
    where
        R::Error: std::fmt::Debug,
    {
        let range = book.worksheet_range(name).unwrap();
        assert_eq!(range.start(), Some((0, 0)));
        let cell = |data: &Data| match data {
            Data::Empty => Cell::Empty,
            Data::String(text) => Cell::Text(text.clone()),
            Data::Float(number) => Cell::Number(*number),
            Data::Int(number) => Cell::Number(*number as f64),
            Data::DateTime(date) => Cell::Date(date.as_f64()),
            other => panic!("{other:?}"),
        };
        range.rows().map(|row| row.iter().map(cell).collect()).collect()
    }

    /// The cells with empty ones added at the end of short rows.
    fn padded(sheet: &Sheet) -> Vec<Vec<Cell>> {
        let width = sheet.rows.iter().map(Vec::len).max().unwrap_or(0);
        let pad =
            |row: &Vec<Cell>| row.iter().cloned().chain(std::iter::repeat(Cell::Empty)).take(width).collect();
        sheet.rows.iter().map(pad).collect()
    }

    #[test]
    fn xls_and_xlsx_read_back_the_same_cells() {
        let sheets = sheets();
        let xls = write(&sheets, Format::Xls).unwrap();
        let xlsx = write(&sheets, Format::Xlsx).unwrap();
        for sheet in &sheets {
            let book: Xls<_> = Xls::new(Cursor::new(xls.clone())).unwrap();
            assert_eq!(found(book, &sheet.name), padded(sheet), "xls");
            let book: Xlsx<_> = Xlsx::new(Cursor::new(xlsx.clone())).unwrap();
            assert_eq!(found(book, &sheet.name), padded(sheet), "xlsx");
        }
        let book: Xls<_> = Xls::new(Cursor::new(xls)).unwrap();
        let merged = book.merge_cells_by_sheet_name("一").unwrap();
        assert_eq!(merged.len(), 1, "the merged title");
        assert_eq!((merged[0].start, merged[0].end), ((0, 0), (0, 3)));
    }

    #[test]
    fn the_same_sheets_give_the_same_bytes() {
        for format in [Format::Xls, Format::Xlsx] {
            let first = write(&sheets(), format).unwrap();
            std::thread::sleep(std::time::Duration::from_millis(1100));
            assert!(first == write(&sheets(), format).unwrap(), "{format:?}");
        }
    }

    #[test]
    fn csv_is_gb18030_and_quotes_what_needs_it() {
        let rows =
            vec![vec![Cell::Text("说：\"是\"".to_owned()), Cell::Number(3.0), Cell::Text("a,b".to_owned())]];
        let sheet = Sheet { name: String::new(), rows, merges: Vec::new() };
        let bytes = write(&[sheet], Format::Csv).unwrap();
        let (text, _, faults) = encoding_rs::GB18030.decode(&bytes);
        assert_eq!((text.as_ref(), faults), ("\"说：\"\"是\"\"\",3,\"a,b\"\r\n", false));
        assert!(String::from_utf8(bytes).is_err());
    }
}
