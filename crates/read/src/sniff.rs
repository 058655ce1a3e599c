//! What kind of file it is, by its content.

use std::fs::File;
use std::io::{ErrorKind, Read, Seek, SeekFrom};
use std::path::Path;

use dossier_model::{Fault, FaultKind};
use serde::{Deserialize, Serialize};

use crate::register;

/// The kinds of file that have a reader.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FileKind {
    /// Portable Document Format.
    Pdf,
    /// Office Open XML workbook.
    Xlsx,
    /// BIFF workbook in an OLE container.
    Xls,
    /// Delimited text.
    Csv,
}

/// As much of a file's start as the decision needs.
const HEAD: usize = 64 * 1024;
/// A zip's directory stands at its end, after at most 64 KiB of comment.
const TAIL: u64 = 256 * 1024;

/// The kind of the file at `path`.
///
/// # Errors
/// `Unreadable`, `Empty`, `Encrypted` (a workbook wrapped in an encrypted OLE container) or
/// `UnknownKind`, which says what the content looks like where that is plain.
pub fn sniff(path: &Path) -> Result<FileKind, Fault> {
    let unreadable = |error| Fault::new(FaultKind::Unreadable, error);
    let mut file = File::open(path).map_err(unreadable)?;
    let mut head = Vec::with_capacity(HEAD);
    file.by_ref().take(HEAD as u64).read_to_end(&mut head).map_err(unreadable)?;
    if head.is_empty() {
        return Err(Fault::new(FaultKind::Empty, ""));
    }
    // Some scanners write a few bytes before the header; readers look for it in the first 1024.
    if contains(&head[..head.len().min(1024)], b"%PDF-") {
        return Ok(FileKind::Pdf);
    }
    if head.starts_with(b"PK\x03\x04") {
        let directory = tail(&mut file).map_err(unreadable)?;
        return zip_kind(&directory);
    }
    if head.starts_with(&[0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1]) {
        return ole_kind(&mut file).map_err(unreadable)?;
    }
    if let Some(name) = named_signature(&head) {
        return Err(Fault::new(FaultKind::UnknownKind, name));
    }
    if register::looks_delimited(&head) {
        return Ok(FileKind::Csv);
    }
    Err(Fault::new(FaultKind::UnknownKind, ""))
}

fn zip_kind(directory: &[u8]) -> Result<FileKind, Fault> {
    if contains(directory, b"xl/workbook.xml") {
        return Ok(FileKind::Xlsx);
    }
    let looks_like = [
        (&b"word/document.xml"[..], "docx"),
        (b"xl/workbook.bin", "xlsb"),
        (b"content.xml", "OpenDocument"),
        (b"OFD.xml", "OFD"),
    ]
    .into_iter()
    .find(|(entry, _)| contains(directory, entry));
    // A cut-off zip has lost the directory at its end: no workbook can be told from it.
    let intact = contains(directory, b"PK\x05\x06");
    match looks_like {
        Some((_, name)) => Err(Fault::new(FaultKind::UnknownKind, name)),
        None if !intact => Err(Fault::new(FaultKind::Damaged, "zip container without its directory")),
        None => Err(Fault::new(FaultKind::UnknownKind, "zip")),
    }
}

/// Streams of an OLE container are named in UTF-16; office programs put an encrypted workbook
/// into a stream called `EncryptedPackage`.
fn ole_kind(file: &mut File) -> std::io::Result<Result<FileKind, Fault>> {
    let names: [(Vec<u8>, Result<FileKind, Fault>); 4] = [
        (utf16("EncryptedPackage"), Err(Fault::new(FaultKind::Encrypted, ""))),
        (utf16("Workbook"), Ok(FileKind::Xls)),
        (utf16("Book"), Ok(FileKind::Xls)),
        (utf16("WordDocument"), Err(Fault::new(FaultKind::UnknownKind, "doc"))),
    ];
    let mut found = [false; 4];
    let mut window = Vec::new();
    file.seek(SeekFrom::Start(0))?;
    let mut chunk = vec![0; HEAD];
    loop {
        let read = match file.read(&mut chunk) {
            Ok(0) => break,
            Ok(read) => read,
            Err(error) if error.kind() == ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        window.extend_from_slice(&chunk[..read]);
        for ((name, _), found) in names.iter().zip(&mut found) {
            *found |= contains(&window, name);
        }
        let keep = window.len().min(64);
        window.drain(..window.len() - keep);
    }
    let kind = names.into_iter().zip(found).find_map(|((_, kind), found)| found.then_some(kind));
    Ok(kind.unwrap_or_else(|| Err(Fault::new(FaultKind::UnknownKind, "OLE"))))
}

fn named_signature(head: &[u8]) -> Option<&'static str> {
    [
        (&b"\xFF\xD8\xFF"[..], "JPEG"),
        (b"\x89PNG", "PNG"),
        (b"II*\0", "TIFF"),
        (b"MM\0*", "TIFF"),
        (b"GIF8", "GIF"),
        (b"BM", "BMP"),
        (b"\x7FELF", "ELF"),
        (b"MZ", "EXE"),
        (b"Rar!", "RAR"),
        (b"7z\xBC\xAF", "7z"),
        (b"\x1F\x8B", "gzip"),
        (b"<!DOCTYPE html", "HTML"),
        (b"<html", "HTML"),
        (b"<?xml", "XML"),
        (b"{\\rtf", "RTF"),
    ]
    .into_iter()
    .find_map(|(signature, name)| head.starts_with(signature).then_some(name))
}

fn tail(file: &mut File) -> std::io::Result<Vec<u8>> {
    let length = file.metadata()?.len();
    file.seek(SeekFrom::Start(length.saturating_sub(TAIL)))?;
    let mut bytes = Vec::new();
    file.take(TAIL).read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn contains(haystack: &[u8], needle: &[u8]) -> bool {
    haystack.windows(needle.len()).any(|window| window == needle)
}

fn utf16(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind_of(bytes: &[u8]) -> Result<FileKind, FaultKind> {
        let path = std::env::temp_dir().join(format!("dossier-sniff-{}-{:p}", std::process::id(), bytes));
        std::fs::write(&path, bytes).unwrap();
        let kind = sniff(&path).map_err(|fault| fault.kind);
        std::fs::remove_file(&path).unwrap();
        kind
    }

    #[test]
    fn content_decides() {
        assert_eq!(kind_of(b""), Err(FaultKind::Empty));
        assert_eq!(kind_of(b"\n\n%PDF-1.4 ..."), Ok(FileKind::Pdf));
        assert_eq!(kind_of("编号,姓名\n1,甲\n2,乙\n".as_bytes()), Ok(FileKind::Csv));
        assert_eq!(kind_of(b"\x89PNG\r\n"), Err(FaultKind::UnknownKind));
        assert_eq!(kind_of("一封没有分隔符的信。\n第二行。\n".as_bytes()), Err(FaultKind::UnknownKind));
        assert_eq!(kind_of(b"PK\x03\x04 cut off"), Err(FaultKind::Damaged));
        let mut ole = vec![0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1];
        ole.extend(vec![0; 70_000]);
        ole.extend(utf16("EncryptedPackage"));
        assert_eq!(kind_of(&ole), Err(FaultKind::Encrypted));
    }
}
