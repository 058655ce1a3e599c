//! OLE containers, told by the streams in their directory ([MS-CFB] 2.6.1: entries of 128 bytes that
//! begin with a name of 64 bytes in UTF-16, filled up with zeros, and its length).

use std::fs::File;
use std::io::{ErrorKind, Read, Seek, SeekFrom};

use dossier_model::{Fault, FaultKind, FileKind};

use super::HEAD;

pub(super) const SIGNATURE: [u8; 8] = [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1];

const ENTRY: usize = 128;
const NAME: usize = 64;

/// Office programs put an encrypted workbook into a stream called `EncryptedPackage`. What is no
/// workbook is left to a converter.
pub(super) fn kind(file: &mut File) -> std::io::Result<Result<FileKind, Fault>> {
    let kinds: [(Vec<u8>, Result<FileKind, Fault>); 5] = [
        (entry("EncryptedPackage"), Err(Fault::new(FaultKind::Encrypted, ""))),
        // A document may have a workbook within it.
        (entry("WordDocument"), Ok(FileKind::Foreign)),
        (entry("PowerPoint Document"), Ok(FileKind::Foreign)),
        (entry("Workbook"), Ok(FileKind::Xls)),
        (entry("Book"), Ok(FileKind::Xls)),
    ];
    let mut found = [false; 5];
    file.seek(SeekFrom::Start(0))?;
    // Entries do not cross the borders of a chunk, since sectors are multiples of them.
    let mut chunk = vec![0; HEAD];
    loop {
        let read = fill(file, &mut chunk)?;
        for place in chunk[..read].chunks_exact(ENTRY) {
            for ((name, _), found) in kinds.iter().zip(&mut found) {
                *found |= place.starts_with(name);
            }
        }
        if read < chunk.len() {
            break;
        }
    }
    let kind = kinds.into_iter().zip(found).find_map(|((_, kind), found)| found.then_some(kind));
    Ok(kind.unwrap_or(Ok(FileKind::Foreign)))
}

fn fill(file: &mut File, chunk: &mut [u8]) -> std::io::Result<usize> {
    let mut filled = 0;
    while filled < chunk.len() {
        match file.read(&mut chunk[filled..]) {
            Ok(0) => break,
            Ok(read) => filled += read,
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(filled)
}

/// The beginning of the directory's entry for a stream of this name.
pub(super) fn entry(name: &str) -> Vec<u8> {
    let mut bytes: Vec<u8> = name.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let length = bytes.len() as u16 + 2;
    bytes.resize(NAME, 0);
    bytes.extend(length.to_le_bytes());
    bytes
}
