//! xls (BIFF): the format allows 65,536 rows of 256 columns, so one sheet at a time is bounded.

use std::fs::File;
use std::io::BufReader;
use std::path::Path;

use calamine::{Reader, Xls, XlsError};
use dossier_model::{Fault, FaultKind};

use super::{Rows, push_range, sheet_names};

pub(super) fn read(path: &Path, rows: &mut Rows<'_, '_>) -> Result<(), Fault> {
    let file = File::open(path).map_err(|error| Fault::new(FaultKind::Unreadable, error))?;
    let mut workbook = Xls::new(BufReader::new(file)).map_err(fault)?;
    let sheets = sheet_names(workbook.sheets_metadata(), rows);
    for sheet in sheets {
        let range = workbook.worksheet_range(&sheet).map_err(fault)?;
        push_range(&sheet, &range, rows)?;
    }
    Ok(())
}

fn fault(error: XlsError) -> Fault {
    match error {
        XlsError::Password => Fault::new(FaultKind::Encrypted, ""),
        XlsError::Io(error) => Fault::new(FaultKind::Unreadable, error),
        error => Fault::new(FaultKind::Damaged, error),
    }
}
