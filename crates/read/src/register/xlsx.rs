//! xlsx, cell by cell: the declared dimensions are not believed (one real workbook of 495 rows
//! declares 65,203), and no sheet is held in memory.

use std::fs::File;
use std::io::BufReader;
use std::path::Path;

use calamine::{Reader, Xlsx, XlsxError};
use dossier_model::{Fault, FaultKind};

use super::lost::lost_parts;
use super::{CellStream, Rows, sheet_names};

pub(super) fn read(path: &Path, rows: &mut Rows<'_, '_>) -> Result<(), Fault> {
    let file = File::open(path).map_err(|error| Fault::new(FaultKind::Unreadable, error))?;
    let mut workbook = Xlsx::new(BufReader::new(file)).map_err(fault)?;
    for sheet in sheet_names(workbook.sheets_metadata(), rows) {
        let merged = workbook.merge_cells_by_sheet_name(&sheet).map_err(fault)?;
        let mut cells = workbook.worksheet_cells_reader(&sheet).map_err(fault)?;
        let mut stream = CellStream::new(&sheet, rows).merged(merged);
        while let Some(cell) = cells.next_cell().map_err(fault)? {
            stream.cell(cell.get_position(), cell.get_value())?;
        }
        stream.end()?;
    }
    lost_parts(path, "xl/media/", true, rows)
}

fn fault(error: XlsxError) -> Fault {
    match error {
        XlsxError::Password => Fault::new(FaultKind::Encrypted, ""),
        XlsxError::Io(error) => Fault::new(FaultKind::Unreadable, error),
        error => Fault::new(FaultKind::Damaged, error),
    }
}
