//! A zip container as office programs use it: parts by name, each with a bound on its size. A document
//! that is one file of XML is a container with one part.

use std::fs::File;
use std::io::{BufRead, BufReader, Read, Seek};
use std::path::Path;

use dossier_model::{Fault, FaultKind};
use zip::ZipArchive;
use zip::read::{Config, ZipFileEntry};
use zip::result::ZipError;
use zip::unstable::read::ZipIterable;

/// The most bytes that a part of a document may have when it is unpacked.
const MAX_PART: u64 = 1 << 30;

/// The part that holds the content of an OpenDocument file; a flat one is that part alone.
pub(crate) const CONTENT: &str = "content.xml";
/// How a zip container begins.
const SIGNATURE: [u8; 2] = *b"PK";

/// An open container.
pub(crate) enum Package {
    Zip(Box<ZipArchive<BufReader<File>>>),
    /// A flat OpenDocument file (ISO/IEC 26300-3, 2.2).
    Flat(File),
}

impl Package {
    /// # Errors
    /// `Unreadable` or `Damaged`.
    pub fn open(path: &Path) -> Result<Package, Fault> {
        let unreadable = |error| Fault::new(FaultKind::Unreadable, error);
        let mut file = File::open(path).map_err(unreadable)?;
        let mut head = Vec::new();
        file.by_ref().take(SIGNATURE.len() as u64).read_to_end(&mut head).map_err(unreadable)?;
        file.rewind().map_err(unreadable)?;
        if head != SIGNATURE {
            return Ok(Package::Flat(file));
        }
        Ok(Package::Zip(Box::new(ZipArchive::new(BufReader::new(file)).map_err(fault)?)))
    }

    /// Whether it is one file of XML.
    pub fn is_flat(&self) -> bool {
        matches!(self, Package::Flat(_))
    }

    /// A part that the format demands, to be read.
    ///
    /// # Errors
    /// `Damaged` when it is not there.
    pub fn part(&mut self, name: &str) -> Result<impl BufRead + '_, Fault> {
        let name = name.trim_start_matches('/');
        let part: Box<dyn Read + '_> = match self {
            Package::Zip(archive) => Box::new(archive.by_name(name).map_err(|error| match error {
                ZipError::FileNotFound => lacks(name),
                error => fault(error),
            })?),
            Package::Flat(file) if name == CONTENT => {
                file.rewind().map_err(|error| Fault::new(FaultKind::Unreadable, error))?;
                Box::new(file)
            }
            Package::Flat(_) => return Err(lacks(name)),
        };
        Ok(BufReader::new(Bounded { inner: part, left: MAX_PART }))
    }

    /// A part that may be there.
    ///
    /// # Errors
    /// `Damaged`.
    pub fn optional(&mut self, name: &str) -> Result<Option<impl BufRead + '_>, Fault> {
        if self.has(name) { self.part(name).map(Some) } else { Ok(None) }
    }

    /// Whether there is a part of this name.
    pub fn has(&self, name: &str) -> bool {
        let name = name.trim_start_matches('/');
        match self {
            Package::Zip(archive) => archive.index_for_name(name).is_some(),
            Package::Flat(_) => name == CONTENT,
        }
    }

    /// The names of its parts; of one whose name cannot be read, nothing.
    pub fn names(&self) -> impl Iterator<Item = String> {
        let archive = match self {
            Package::Zip(archive) => Some(archive),
            Package::Flat(_) => None,
        };
        archive.into_iter().flat_map(|archive| archive.file_names().flatten().map(|name| name.into_owned()))
    }

    /// All bytes of a part.
    ///
    /// # Errors
    /// `Damaged`, `TooLarge`.
    pub fn bytes(&mut self, name: &str) -> Result<Vec<u8>, Fault> {
        let mut bytes = Vec::new();
        self.part(name)?.read_to_end(&mut bytes).map_err(|error| Fault::new(FaultKind::Damaged, error))?;
        Ok(bytes)
    }
}

fn lacks(name: &str) -> Fault {
    Fault::new(FaultKind::Damaged, format!("it has no {name}"))
}

/// Reads no more than it may: what a small file unpacks to is bounded.
struct Bounded<R> {
    inner: R,
    left: u64,
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.left = self.left.checked_sub(read as u64).ok_or_else(|| {
            std::io::Error::other(format!("it unpacks to more than {} MiB", MAX_PART >> 20))
        })?;
        Ok(read)
    }
}

/// Goes through a container's directory, in its order, one entry after the other; `on` may stop it
/// with a fault. Unlike an open package, it has every entry of a name.
///
/// # Errors
/// `Unreadable`, `Damaged`, or what `on` returned.
pub(crate) fn entries(
    file: File,
    mut on: impl FnMut(ZipFileEntry<'_>) -> Result<(), Fault>,
) -> Result<(), Fault> {
    let mut directory = ZipIterable::try_new(BufReader::new(file), Config::default()).map_err(fault)?;
    let entries = directory.files().map_err(fault)?;
    entries.into_iter().try_for_each(|entry| on(entry.map_err(fault)?))
}

pub(crate) fn fault(error: ZipError) -> Fault {
    match error {
        ZipError::Io(error) if error.kind() != std::io::ErrorKind::UnexpectedEof => {
            Fault::new(FaultKind::Unreadable, error)
        }
        ZipError::UnsupportedArchive(ZipError::PASSWORD_REQUIRED) => Fault::new(FaultKind::Encrypted, ""),
        error => Fault::new(FaultKind::Damaged, error),
    }
}
