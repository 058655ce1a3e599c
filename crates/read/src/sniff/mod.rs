//! What kind of file it is, by its content.

mod ole;
mod text;
mod zip;

use std::fs::File;
use std::io::Read;
use std::path::Path;

use dossier_model::{Fault, FaultKind, FileKind};

use crate::register;

/// As much of a file's start as the decision needs.
const HEAD: usize = 64 * 1024;

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
    if head.starts_with(b"PK\x03\x04") || head.starts_with(b"PK\x05\x06") {
        return zip::kind(&file);
    }
    if head.starts_with(&ole::SIGNATURE) {
        return ole::kind(&mut file).map_err(unreadable)?;
    }
    // Some scanners write a few bytes before the header; readers look for it in the first 1024.
    if contains(&head[..head.len().min(1024)], b"%PDF-") {
        return Ok(FileKind::Pdf);
    }
    if let Some(kind) = picture(&head) {
        return Ok(kind);
    }
    if let Some(name) = unreadable_signature(&head) {
        return Err(Fault::new(FaultKind::UnknownKind, name));
    }
    if register::looks_like_dbf(&head) {
        return Ok(FileKind::Dbf);
    }
    text::kind(&head)
}

fn picture(head: &[u8]) -> Option<FileKind> {
    let webp = head.starts_with(b"RIFF") && head.get(8..12) == Some(b"WEBP");
    // A bitmap's header states its own length, which the letters "BM" alone would not.
    let bitmap =
        head.starts_with(b"BM") && matches!(head.get(14..18), Some([12 | 40 | 52 | 56 | 108 | 124, 0, 0, 0]));
    if webp || bitmap {
        return Some(FileKind::Picture);
    }
    [
        (&b"\xFF\xD8\xFF"[..], FileKind::Picture),
        (b"\x89PNG\r\n\x1A\n", FileKind::Picture),
        (b"GIF8", FileKind::Picture),
        (b"II*\0", FileKind::Tiff),
        (b"MM\0*", FileKind::Tiff),
        (b"II+\0", FileKind::Tiff),
        (b"MM\0+", FileKind::Tiff),
        (b"\0\0\0\x0CjP  ", FileKind::Jpeg2000),
        (b"\xFF\x4F\xFF\x51", FileKind::Jpeg2000),
    ]
    .into_iter()
    .find_map(|(signature, kind)| head.starts_with(signature).then_some(kind))
}

/// What no reader here takes, by its name.
fn unreadable_signature(head: &[u8]) -> Option<&'static str> {
    let media = head.get(4..8) == Some(b"ftyp");
    [
        (&b"\x7FELF"[..], "ELF"),
        (b"MZ", "EXE"),
        (b"Rar!", "RAR"),
        (b"7z\xBC\xAF", "7z"),
        (b"\x1F\x8B", "gzip"),
        (b"BZh", "bzip2"),
        (b"\xFD7zXZ", "xz"),
        (b"AT&TFORM", "DjVu"),
        (b"SQLite format 3", "SQLite"),
        (b"ID3", "MP3"),
        (b"RIFF", "RIFF"),
    ]
    .into_iter()
    .find_map(|(signature, name)| head.starts_with(signature).then_some(name))
    .or(media.then_some("MP4"))
}

fn contains(haystack: &[u8], needle: &[u8]) -> bool {
    haystack.windows(needle.len()).any(|window| window == needle)
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
        assert_eq!(kind_of(b"\x89PNG\r\n\x1A\n"), Ok(FileKind::Picture));
        assert_eq!(kind_of(b"PK\x03\x04 cut off"), Err(FaultKind::Damaged));
        assert_eq!(kind_of(b"MZ\x90\0"), Err(FaultKind::UnknownKind));
        let mut ole = ole::SIGNATURE.to_vec();
        ole.resize(70 * 1024, 0);
        ole.extend(ole::entry("EncryptedPackage"));
        ole.resize(71 * 1024, 0);
        assert_eq!(kind_of(&ole), Err(FaultKind::Encrypted));
    }

    #[test]
    fn text_is_told_by_what_it_says() {
        assert_eq!(kind_of("尊敬的领导：\n我村道路失修，请处理。\n".as_bytes()), Ok(FileKind::Text));
        assert_eq!(kind_of("我反映,村道失修".as_bytes()), Ok(FileKind::Text), "one line divides nothing");
        assert_eq!(kind_of(b"<html><body><p>x</p></body></html>"), Ok(FileKind::Html));
        assert_eq!(
            kind_of(
                b"\xEF\xBB\xBF <HTML xmlns:x=\"urn:schemas-microsoft-com:office:excel\"><table><tr><td>a"
            ),
            Ok(FileKind::HtmlTable)
        );
        assert_eq!(
            kind_of(
                b"<?xml version=\"1.0\"?>\n<Workbook xmlns=\"urn:schemas-microsoft-com:office:spreadsheet\">"
            ),
            Ok(FileKind::Xml2003)
        );
        assert_eq!(
            kind_of(b"Received: from a\r\n by b\r\nFrom: a@example.test\r\nSubject: x\r\n\r\nbody"),
            Ok(FileKind::Mail)
        );
        assert_eq!(kind_of(b"{\\rtf1\\ansi x}"), Ok(FileKind::Foreign));
        assert_eq!(kind_of(b"<?xml version=\"1.0\"?><other/>"), Err(FaultKind::UnknownKind));
    }
}
