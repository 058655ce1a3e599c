//! xlsb, cell by cell.

use std::fs::File;
use std::io::BufReader;
use std::path::Path;

use calamine::{Reader, Xlsb, XlsbError};
use dossier_model::{Fault, FaultKind};

use super::lost::lost_parts;
use super::{CellStream, Rows, sheet_names};

pub(super) fn read(path: &Path, rows: &mut Rows<'_, '_>) -> Result<(), Fault> {
    let file = File::open(path).map_err(|error| Fault::new(FaultKind::Unreadable, error))?;
    let mut workbook = Xlsb::new(BufReader::new(file)).map_err(fault)?;
    for sheet in sheet_names(workbook.sheets_metadata(), rows) {
        let mut cells = workbook.worksheet_cells_reader(&sheet).map_err(fault)?;
        let mut stream = CellStream::new(&sheet, rows);
        while let Some(cell) = cells.next_cell().map_err(fault)? {
            stream.cell(cell.get_position(), cell.get_value())?;
        }
        stream.end()?;
    }
    lost_parts(path, "xl/media/", false, rows)
}

fn fault(error: XlsbError) -> Fault {
    match error {
        XlsbError::Password => Fault::new(FaultKind::Encrypted, ""),
        XlsbError::Io(error) => Fault::new(FaultKind::Unreadable, error),
        error => Fault::new(FaultKind::Damaged, error),
    }
}
