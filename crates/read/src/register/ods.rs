//! OpenDocument spreadsheets, packed or flat.

use std::fs::File;
use std::io::{BufReader, Cursor, Read, Seek, Write};
use std::path::Path;

use calamine::{Ods, OdsError, Reader};
use dossier_model::{Fault, FaultKind};
use quick_xml::events::Event;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use super::lost::lost_parts;
use super::{Rows, push_range, sheet_names};
use crate::package::{CONTENT, Package};

/// What a packed spreadsheet states of itself, and where.
const KIND: (&str, &str) = ("mimetype", "application/vnd.oasis.opendocument.spreadsheet");
const LIST: (&str, &str) = ("META-INF/manifest.xml", "<manifest/>");

pub(super) fn read(path: &Path, rows: &mut Rows<'_, '_>) -> Result<(), Fault> {
    if Package::open(path)?.is_flat() {
        return push_sheets(repacked(path)?, rows);
    }
    let file = File::open(path).map_err(|error| Fault::new(FaultKind::Unreadable, error))?;
    match Ods::new(BufReader::new(file)) {
        // The library takes no white space between cells, as programs write it for people to read.
        Err(OdsError::Mismatch { .. }) => push_sheets(repacked(path)?, rows)?,
        workbook => push_sheets(workbook.map_err(fault)?, rows)?,
    }
    lost_parts(path, "Pictures/", false, rows)
}

fn push_sheets<R: Read + Seek>(mut workbook: Ods<R>, rows: &mut Rows<'_, '_>) -> Result<(), Fault> {
    for sheet in sheet_names(workbook.sheets_metadata(), rows) {
        let range = workbook.worksheet_range(&sheet).map_err(fault)?;
        push_range(&sheet, &range, rows)?;
    }
    Ok(())
}

/// A workbook of the content alone, without the white space between its elements.
fn repacked(path: &Path) -> Result<Ods<Cursor<Vec<u8>>>, Fault> {
    let content = without_indentation(&Package::open(path)?.bytes(CONTENT)?)?;
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let stored = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    let parts = [(KIND.0, KIND.1.as_bytes()), (LIST.0, LIST.1.as_bytes()), (CONTENT, &content)];
    for (name, bytes) in parts {
        zip.start_file(name, stored).map_err(crate::package::fault)?;
        zip.write_all(bytes).map_err(|error| Fault::new(FaultKind::Damaged, error))?;
    }
    Ods::new(zip.finish().map_err(crate::package::fault)?).map_err(fault)
}

fn without_indentation(content: &[u8]) -> Result<Vec<u8>, Fault> {
    let damaged = |error: &dyn std::fmt::Display| Fault::new(FaultKind::Damaged, error);
    let mut reader = quick_xml::Reader::from_reader(content);
    let mut writer = quick_xml::Writer::new(Vec::with_capacity(content.len()));
    let is_paragraph = |name: &str| matches!(name, "text:p" | "text:h");
    let mut in_text = 0_usize;
    loop {
        let event = reader.read_event().map_err(|error| damaged(&error))?;
        match &event {
            Event::Start(element) if is_paragraph(element.name().0) => in_text += 1,
            Event::End(element) if is_paragraph(element.name().0) => in_text = in_text.saturating_sub(1),
            Event::Text(text) if in_text == 0 && text.trim().is_empty() => continue,
            Event::Eof => return Ok(writer.into_inner()),
            _ => {}
        }
        writer.write_event(event).map_err(|error| damaged(&error))?;
    }
}

fn fault(error: OdsError) -> Fault {
    match error {
        OdsError::Password => Fault::new(FaultKind::Encrypted, ""),
        OdsError::Io(error) => Fault::new(FaultKind::Unreadable, error),
        OdsError::CellLimitExceeded { .. } => Fault::new(FaultKind::TooLarge, error),
        error => Fault::new(FaultKind::Damaged, error),
    }
}
