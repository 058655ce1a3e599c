//! Zip containers: those of office programs are told by the parts that they must have, one that states
//! its kind by what it states.

use std::fs::File;
use std::io::{BufReader, Read};

use dossier_model::{Fault, FaultKind, FileKind};
use zip::ZipReadOptions;

use crate::package::{entries, fault};

/// The part that states a document's kind.
const STATEMENT: &[u8] = b"mimetype";
/// It says no more than so many bytes.
const STATED: u64 = 200;
const BY_STATEMENT: [(&str, FileKind); 4] = [
    ("application/vnd.oasis.opendocument.text", FileKind::Odt),
    ("application/vnd.oasis.opendocument.spreadsheet", FileKind::Ods),
    ("application/vnd.oasis.opendocument", FileKind::Foreign),
    ("application/epub", FileKind::Foreign),
];
const BY_PART: [(&[u8], FileKind); 5] = [
    (b"xl/workbook.xml", FileKind::Xlsx),
    (b"xl/workbook.bin", FileKind::Xlsb),
    (b"word/document.xml", FileKind::Docx),
    (b"OFD.xml", FileKind::Ofd),
    (b"ppt/presentation.xml", FileKind::Foreign),
];

/// The kind of the container that `file` is.
///
/// # Errors
/// `Unreadable`, or `Damaged` when its directory, which stands at its end, cannot be read.
pub(super) fn kind(file: &File) -> Result<FileKind, Fault> {
    let again = || file.try_clone().map_err(|error| Fault::new(FaultKind::Unreadable, error));
    let (mut parts, mut stated, mut first) = ([false; BY_PART.len()], None, true);
    entries(again()?, |entry| {
        for ((part, _), found) in BY_PART.iter().zip(&mut parts) {
            *found |= entry.name_raw() == *part;
        }
        if std::mem::take(&mut first) && entry.name_raw() == STATEMENT {
            let mut statement = String::new();
            let mut input = BufReader::new(again()?);
            let part = entry.with_reader(&mut input, ZipReadOptions::default()).map_err(fault)?;
            part.take(STATED)
                .read_to_string(&mut statement)
                .map_err(|error| Fault::new(FaultKind::Damaged, error))?;
            stated = BY_STATEMENT.into_iter().find(|(kind, _)| statement.starts_with(kind));
        }
        Ok(())
    })?;
    let by_part = BY_PART.into_iter().zip(parts).find_map(|((_, kind), found)| found.then_some(kind));
    Ok(stated.map(|(_, kind)| kind).or(by_part).unwrap_or(FileKind::Zip))
}
