//! xlsx by `rust_xlsxwriter`, its creation time pinned.

use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, Workbook, Worksheet, XlsxError};

use super::{Cell, Sheet};
use crate::{Error, Result};

pub(super) fn write(sheets: &[Sheet]) -> Result<Vec<u8>> {
    book(sheets).map_err(|cause| Error::encode("an xlsx file", cause))
}

fn book(sheets: &[Sheet]) -> std::result::Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    let created = ExcelDateTime::from_ymd(2024, 1, 1)?;
    book.set_properties(&DocProperties::new().set_creation_datetime(&created));
    for sheet in sheets {
        fill(book.add_worksheet(), sheet)?;
    }
    book.save_to_buffer()
}

fn fill(page: &mut Worksheet, sheet: &Sheet) -> std::result::Result<(), XlsxError> {
    let date = Format::new().set_num_format("yyyy-mm-dd");
    page.set_name(&sheet.name)?;
    for merge in &sheet.merges {
        let format = Format::new();
        page.merge_range(merge.top, merge.left, merge.bottom, merge.right, "", &format)?;
    }
    for (row, cells) in (0..).zip(&sheet.rows) {
        for (column, cell) in (0..).zip(cells) {
            match cell {
                Cell::Empty => {}
                Cell::Text(text) => {
                    page.write_string(row, column, text)?;
                }
                Cell::Number(number) => {
                    page.write_number(row, column, *number)?;
                }
                Cell::Date(days) => {
                    page.write_number_with_format(row, column, *days, &date)?;
                }
            }
        }
    }
    Ok(())
}
