//! Zip containers. Names that do not say they are in UTF-8 are read as GB18030, unless they are UTF-8
//! all the same.

use std::fs::File;
use std::io::{self, BufReader, Read, Write};
use std::path::Path;

use dossier_model::{Fault, FaultKind};
use dossier_pipeline::ReadLimits;
use encoding_rs::GB18030;
use zip::ZipArchive;

use crate::package::fault;

/// The bits of a Unix mode that tell what a file is, and their value for a symbolic link.
const TYPE: u32 = 0o170_000;
const LINK: u32 = 0o120_000;

pub(super) struct Zip {
    archive: ZipArchive<BufReader<File>>,
    /// Where in the archive each file stands: folders are left out.
    places: Vec<usize>,
    /// The most bytes that a file may unpack to.
    limit: u64,
}

impl Zip {
    pub fn open(path: &Path, limits: &ReadLimits) -> Result<Zip, Fault> {
        let file = File::open(path).map_err(|error| Fault::new(FaultKind::Unreadable, error))?;
        let mut archive = ZipArchive::new(BufReader::new(file)).map_err(fault)?;
        let mut places = Vec::new();
        for place in 0..archive.len() {
            if !archive.by_index_raw(place).map_err(fault)?.is_dir() {
                places.push(place);
            }
        }
        Ok(Zip { archive, places, limit: limits.unpacked_mib << 20 })
    }

    /// Names and declared sizes.
    pub fn members(&mut self) -> Result<Vec<(String, u64)>, Fault> {
        let archive = &mut self.archive;
        let named = self.places.iter().map(|place| {
            let file = archive.by_index_raw(*place).map_err(fault)?;
            Ok((name(file.name_raw()), file.size()))
        });
        named.collect()
    }

    pub fn unpack(&mut self, index: usize, to: &mut impl Write) -> Result<(), Fault> {
        let place = self.places.get(index).ok_or_else(|| Fault::new(FaultKind::Damaged, "no such file"))?;
        let mut file = self.archive.by_index(*place).map_err(fault)?;
        if file.unix_mode().is_some_and(|mode| mode & TYPE == LINK) {
            return Err(Fault::new(FaultKind::UnknownKind, "symbolic link"));
        }
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
            if unpacked > self.limit {
                let what = format!("it unpacks to more than {} MiB", self.limit >> 20);
                return Err(Fault::new(FaultKind::TooLarge, what));
            }
            to.write_all(&chunk[..read]).map_err(|error| Fault::new(FaultKind::Unreadable, error))?;
        }
    }
}

fn name(raw: &[u8]) -> String {
    let utf8 = std::str::from_utf8(raw).map(str::to_owned);
    utf8.unwrap_or_else(|_| GB18030.decode_without_bom_handling(raw).0.into_owned())
}
