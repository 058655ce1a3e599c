//! OpenDocument spreadsheets.

use std::fs::File;
use std::io::BufReader;
use std::path::Path;

use calamine::{Ods, OdsError, Reader};
use dossier_model::{Fault, FaultKind};

use super::lost::lost_parts;
use super::{Rows, push_range, sheet_names};

pub(super) fn read(path: &Path, rows: &mut Rows<'_, '_>) -> Result<(), Fault> {
    let file = File::open(path).map_err(|error| Fault::new(FaultKind::Unreadable, error))?;
    let mut workbook: Ods<_> = Ods::new(BufReader::new(file)).map_err(fault)?;
    for sheet in sheet_names(workbook.sheets_metadata(), rows) {
        let range = workbook.worksheet_range(&sheet).map_err(fault)?;
        push_range(&sheet, &range, rows)?;
    }
    lost_parts(path, "Pictures/", false, rows)
}

fn fault(error: OdsError) -> Fault {
    match error {
        OdsError::Password => Fault::new(FaultKind::Encrypted, ""),
        OdsError::Io(error) => Fault::new(FaultKind::Unreadable, error),
        OdsError::CellLimitExceeded { .. } => Fault::new(FaultKind::TooLarge, error),
        error => Fault::new(FaultKind::Damaged, error),
    }
}
