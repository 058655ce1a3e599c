//! xlsx, cell by cell: the declared dimensions are not believed (one real workbook of 495 rows
//! declares 65,203), and no sheet is held in memory.

use std::fs::File;
use std::io::BufReader;
use std::path::Path;

use calamine::{Data, Reader, Xlsx, XlsxError};
use dossier_model::{Cell, Fault, FaultKind};

use super::{Rows, cell, sheet_names, value_text};

pub(super) fn read(path: &Path, rows: &mut Rows<'_, '_>) -> Result<(), Fault> {
    let file = File::open(path).map_err(|error| Fault::new(FaultKind::Unreadable, error))?;
    let mut workbook = Xlsx::new(BufReader::new(file)).map_err(fault)?;
    let sheets = sheet_names(workbook.sheets_metadata());
    for sheet in sheets {
        read_sheet(&mut workbook, &sheet, rows)?;
    }
    Ok(())
}

fn read_sheet(
    workbook: &mut Xlsx<BufReader<File>>,
    sheet: &str,
    rows: &mut Rows<'_, '_>,
) -> Result<(), Fault> {
    let mut reader = workbook.worksheet_cells_reader(sheet).map_err(fault)?;
    let mut row = 0;
    let mut cells: Vec<Cell> = Vec::new();
    while let Some(next) = reader.next_cell().map_err(fault)? {
        let (at, column) = next.get_position();
        if at != row {
            rows.push(sheet, row + 1, std::mem::take(&mut cells))?;
            row = at;
        }
        if let Some((text, kind)) = value_text(Data::from(next.get_value().clone())) {
            cells.extend(cell(column, text, kind));
        }
    }
    rows.push(sheet, row + 1, cells)
}

fn fault(error: XlsxError) -> Fault {
    match error {
        XlsxError::Password => Fault::new(FaultKind::Encrypted, ""),
        XlsxError::Io(error) => Fault::new(FaultKind::Unreadable, error),
        error => Fault::new(FaultKind::Damaged, error),
    }
}
