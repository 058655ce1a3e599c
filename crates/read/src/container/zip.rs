//! Zip containers. Names that do not say they are in UTF-8 are read as GB18030, unless they are UTF-8
//! all the same.

use std::fs::File;
use std::io::{self, BufReader, Read, Write};
use std::path::Path;

use dossier_model::{Fault, FaultKind};
use dossier_pipeline::ReadLimits;
use encoding_rs::GB18030;
use zip::ZipReadOptions;
use zip::read::OwnedZipFileEntry;

use crate::package::{entries, fault};

/// The bits of a Unix mode that tell what a file is, and their value for a symbolic link.
const TYPE: u32 = 0o170_000;
const LINK: u32 = 0o120_000;
/// What every container may unpack to, however small it is, in bytes.
const FLOOR: u64 = 256 << 20;

pub(super) struct Zip {
    file: BufReader<File>,
    /// The files in it; folders are left out. Two may have one name.
    files: Vec<OwnedZipFileEntry>,
    limits: ReadLimits,
    /// The most bytes that all its files may unpack to, and how many have.
    bound: u64,
    unpacked: u64,
}

impl Zip {
    pub fn open(path: &Path, limits: &ReadLimits) -> Result<Zip, Fault> {
        let unreadable = |error| Fault::new(FaultKind::Unreadable, error);
        let file = File::open(path).map_err(unreadable)?;
        let size = file.metadata().map_err(unreadable)?.len();
        let mut files = Vec::new();
        let mut declared = 0_u64;
        entries(File::open(path).map_err(unreadable)?, |entry| {
            if entry.is_dir() {
                return Ok(());
            }
            if files.len() as u64 == limits.members {
                return Err(Fault::new(
                    FaultKind::TooLarge,
                    format!("more than {} files in it", limits.members),
                ));
            }
            declared = declared.saturating_add(entry.size());
            files.push(OwnedZipFileEntry::from(entry));
            Ok(())
        })?;
        let zip = Zip {
            file: BufReader::new(file),
            files,
            limits: *limits,
            bound: size.saturating_mul(limits.ratio).max(FLOOR),
            unpacked: 0,
        };
        if declared > zip.bound { Err(too_much(limits)) } else { Ok(zip) }
    }

    /// Names and declared sizes.
    pub fn members(&self) -> Vec<(String, u64)> {
        self.files.iter().map(|file| (name(file.name_raw()), file.size())).collect()
    }

    pub fn unpack(&mut self, index: usize, to: &mut impl Write) -> Result<(), Fault> {
        let entry = self.files.get(index).ok_or_else(|| Fault::new(FaultKind::Damaged, "no such file"))?;
        if entry.unix_mode().is_some_and(|mode| mode & TYPE == LINK) {
            return Err(Fault::new(FaultKind::NoFile, "symbolic link"));
        }
        let limit = self.limits.unpacked_mib << 20;
        let mut file =
            entry.as_ref().with_reader(&mut self.file, ZipReadOptions::default()).map_err(fault)?;
        let mut chunk = vec![0; 64 * 1024];
        let mut unpacked = 0;
        loop {
            let read = match file.read(&mut chunk) {
                Ok(0) => return Ok(()),
                Ok(read) => read,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(Fault::new(FaultKind::Damaged, error)),
            };
            unpacked += read as u64;
            self.unpacked = self.unpacked.saturating_add(read as u64);
            if unpacked > limit {
                let what = format!("it unpacks to more than {} MiB", self.limits.unpacked_mib);
                return Err(Fault::new(FaultKind::TooLarge, what));
            }
            if self.unpacked > self.bound {
                return Err(too_much(&self.limits));
            }
            to.write_all(&chunk[..read]).map_err(|error| Fault::new(FaultKind::Unreadable, error))?;
        }
    }
}

fn too_much(limits: &ReadLimits) -> Fault {
    Fault::new(FaultKind::TooLarge, format!("it unpacks to more than {} times its size", limits.ratio))
}

fn name(raw: &[u8]) -> String {
    let utf8 = std::str::from_utf8(raw).map(str::to_owned);
    utf8.unwrap_or_else(|_| GB18030.decode_without_bom_handling(raw).0.into_owned())
}
