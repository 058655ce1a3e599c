//! Zip containers: those of office programs are told by the parts that they must have.

use std::fs::File;

use dossier_model::{Fault, FaultKind, FileKind};

use super::{contains, tail};

/// A container's directory stands at its end, after at most 64 KiB of comment.
const TAIL: u64 = 256 * 1024;
/// OpenDocument states its kind in the first part, unpacked, within so many bytes.
const STATED: usize = 200;

pub(super) fn kind(file: &mut File, head: &[u8]) -> std::io::Result<Result<FileKind, Fault>> {
    let directory = tail(file, TAIL)?;
    // A cut-off container has lost the directory at its end: nothing can be told from it.
    if !contains(&directory, b"PK\x05\x06") {
        return Ok(Err(Fault::new(FaultKind::Damaged, "zip container without its directory")));
    }
    let stated = &head[..head.len().min(STATED)];
    let by_statement = [
        (&b"opendocument.text"[..], FileKind::Odt),
        (b"opendocument.spreadsheet", FileKind::Ods),
        (b"application/vnd.oasis.opendocument", FileKind::Foreign),
        (b"application/epub", FileKind::Foreign),
    ];
    let by_part = [
        (&b"xl/workbook.xml"[..], FileKind::Xlsx),
        (b"xl/workbook.bin", FileKind::Xlsb),
        (b"word/document.xml", FileKind::Docx),
        (b"OFD.xml", FileKind::Ofd),
        (b"ppt/presentation.xml", FileKind::Foreign),
    ];
    let stated = by_statement.into_iter().find(|(words, _)| contains(stated, words));
    let known = stated.or_else(|| by_part.into_iter().find(|(part, _)| contains(&directory, part)));
    Ok(Ok(known.map_or(FileKind::Zip, |(_, kind)| kind)))
}
