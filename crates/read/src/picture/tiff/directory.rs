//! The directories of a TIFF file (TIFF 6.0, section 2, and BigTIFF): what it says of each picture.

use std::collections::{HashMap, HashSet};
use std::io::{ErrorKind, Read, Seek, SeekFrom};

use dossier_model::{Fault, FaultKind};

/// Tags that are looked at here.
pub(super) mod tag {
    pub const SUBFILE: u16 = 254;
    pub const WIDTH: u16 = 256;
    pub const HEIGHT: u16 = 257;
    pub const COMPRESSION: u16 = 259;
    pub const PHOTOMETRIC: u16 = 262;
    pub const FILL_ORDER: u16 = 266;
    pub const STRIPS: u16 = 273;
    pub const ROWS_A_STRIP: u16 = 278;
    pub const STRIP_BYTES: u16 = 279;
    pub const X_RESOLUTION: u16 = 282;
    pub const PLANAR: u16 = 284;
    pub const T4_OPTIONS: u16 = 292;
    pub const RESOLUTION_UNIT: u16 = 296;
    pub const COLOURS: u16 = 320;
}

/// The bits of `NewSubfileType` for a smaller copy of another picture, and for a mask of one.
const NO_PAGE: u64 = 0b101;
/// No entry that is looked at has more values.
const MOST: u64 = 1 << 22;

/// What a file says of one of its pictures.
#[derive(Debug)]
pub(crate) struct Directory {
    /// Its place in the file's chain, from 0.
    pub place: usize,
    /// By tag.
    entries: HashMap<u16, Entry>,
    form: Form,
}

#[derive(Clone, Copy, Debug)]
struct Entry {
    kind: u16,
    count: u64,
    /// Where its values stand, or where that is said.
    at: u64,
}

/// How numbers are written.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Form {
    little: bool,
    big: bool,
}

/// The directories of a file's pages, in their order: smaller copies and masks are none.
///
/// # Errors
/// `Damaged` when there is none; `TooLarge` when there are more than `limit`.
pub(crate) fn directories(mut file: impl Read + Seek, limit: u32) -> Result<Vec<Directory>, Fault> {
    let damaged = |error: std::io::Error| Fault::new(FaultKind::Damaged, error);
    let mut head = [0; 4];
    file.read_exact(&mut head).map_err(damaged)?;
    let form = Form { little: head[0] == b'I', big: head[2] == 43 || head[3] == 43 };
    let first = form.width() as u64;
    let mut next = form.offset(&mut file, first).map_err(damaged)?;
    let (mut seen, mut found, mut place) = (HashSet::new(), Vec::new(), 0);
    // Behind a broken directory, or one that was there already, nothing can be found.
    while next != 0 && seen.insert(next) {
        let Ok((entries, after)) = form.directory(&mut file, next) else { break };
        let directory = Directory { place, entries, form };
        next = after;
        place += 1;
        if directory.number(&mut file, tag::SUBFILE).unwrap_or_default() & NO_PAGE == 0 {
            found.push(directory);
        }
        if found.len() > limit as usize {
            return Err(Fault::new(FaultKind::TooLarge, format!("more than {limit} pages")));
        }
    }
    if found.is_empty() { Err(Fault::new(FaultKind::Damaged, "it has no picture")) } else { Ok(found) }
}

impl Form {
    /// The entries of the directory at a place, read in one piece, and where the next one stands.
    fn directory(
        self,
        file: &mut (impl Read + Seek),
        at: u64,
    ) -> std::io::Result<(HashMap<u16, Entry>, u64)> {
        let (head, length) = if self.big { (8, 20) } else { (2, 12) };
        // A directory states each of so many tags once.
        let count = self.read(file, at, head)?.min(u64::from(u16::MAX)) as usize;
        let start = at + head as u64;
        let mut list = vec![0; count * length];
        file.seek(SeekFrom::Start(start))?;
        file.read_exact(&mut list)?;
        let mut entries = HashMap::new();
        for (entry, index) in list.chunks_exact(length).zip(0..) {
            let (count, value) = entry[4..].split_at(self.width());
            let (kind, count) = (self.number(&entry[2..4]) as u16, self.number(count));
            let inline = count.saturating_mul(size(kind)) <= self.width() as u64;
            let stands = start + index * length as u64 + (length - value.len()) as u64;
            let at = if inline { stands } else { bounded(self.number(value))? };
            entries.entry(self.number(&entry[..2]) as u16).or_insert(Entry { kind, count, at });
        }
        let next = self.offset(file, start + list.len() as u64).unwrap_or_default();
        Ok((entries, next))
    }

    /// How many bytes an offset or a count has.
    fn width(self) -> usize {
        if self.big { 8 } else { 4 }
    }

    fn offset(self, file: &mut (impl Read + Seek), at: u64) -> std::io::Result<u64> {
        bounded(self.read(file, at, self.width())?)
    }

    /// The number of so many bytes, eight at most, at a place.
    fn read(self, file: &mut (impl Read + Seek), at: u64, length: usize) -> std::io::Result<u64> {
        let mut bytes = [0; 8];
        file.seek(SeekFrom::Start(at))?;
        file.read_exact(&mut bytes[..length])?;
        Ok(self.number(&bytes[..length]))
    }

    /// The number that some bytes are, eight at most.
    fn number(self, bytes: &[u8]) -> u64 {
        let add = |number: u64, byte: &u8| number << 8 | u64::from(*byte);
        if self.little { bytes.iter().rev().fold(0, add) } else { bytes.iter().fold(0, add) }
    }

    /// A short number as the file writes it.
    pub fn short(self, number: u16) -> [u8; 2] {
        if self.little { number.to_le_bytes() } else { number.to_be_bytes() }
    }
}

/// An offset, which no file reaches beyond: what is added to it cannot overflow.
fn bounded(offset: u64) -> std::io::Result<u64> {
    if offset > i64::MAX as u64 { Err(ErrorKind::InvalidData.into()) } else { Ok(offset) }
}

/// The size of a value in bytes, by its type.
fn size(kind: u16) -> u64 {
    match kind {
        3 | 8 => 2,
        4 | 9 | 11 | 13 => 4,
        5 | 10 | 12 | 16..=18 => 8,
        _ => 1,
    }
}

impl Directory {
    /// The values of a tag; fractions are rounded down.
    pub fn numbers(&self, file: &mut (impl Read + Seek), tag: u16) -> Option<Vec<u64>> {
        let entry = self.entries.get(&tag).filter(|entry| entry.count <= MOST)?;
        let length = size(entry.kind);
        let value = |index: u64| {
            let at = entry.at + index * length;
            match entry.kind {
                5 => {
                    let under = self.form.read(file, at + 4, 4)?;
                    Ok(self.form.read(file, at, 4)?.checked_div(under).unwrap_or_default())
                }
                _ => self.form.read(file, at, length as usize),
            }
        };
        (0..entry.count).map(value).collect::<std::io::Result<Vec<u64>>>().ok()
    }

    /// The first value of a tag.
    pub fn number(&self, file: &mut (impl Read + Seek), tag: u16) -> Option<u64> {
        self.numbers(file, tag)?.first().copied()
    }

    /// Where the value of a tag stands, if it is there as a short number, and how those are written.
    pub fn place_of(&self, tag: u16) -> Option<(u64, Form)> {
        let entry = self.entries.get(&tag)?;
        (entry.kind == 3 && entry.count == 1).then_some((entry.at, self.form))
    }
}
