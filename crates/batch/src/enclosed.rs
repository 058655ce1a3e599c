//! Files within files: unpacked into a folder beside the originals for as long as the run lasts, and
//! from there on files like any other.

use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::time::{Duration, UNIX_EPOCH};

use dossier_model::{Fault, FaultKind, FileKind};
use dossier_pipeline::ReadLimits;
use dossier_read::Container;

use crate::BatchError;
use crate::walk::{Seen, WITHIN, container_of};

/// The folder that files are unpacked into; it goes away with this value.
pub(crate) struct Spool {
    folder: PathBuf,
    unpacked: u64,
}

impl Spool {
    /// An empty folder in the archive at `root`; what a killed run left there is removed.
    ///
    /// # Errors
    /// `Spool`.
    pub fn new(root: &Path) -> Result<Spool, BatchError> {
        let folder = folder(root);
        clear(&folder).map_err(|error| BatchError::Spool { path: folder.clone(), error })?;
        Ok(Spool { folder, unpacked: 0 })
    }

    /// Unpacks the member at `index` of an open container; the file gets the container's time, by which
    /// an unchanged one is known.
    ///
    /// # Errors
    /// What the container says, or `Unreadable` when the disk is full.
    pub fn unpack(
        &mut self,
        container: &mut Container,
        index: usize,
        modified: i64,
    ) -> Result<PathBuf, Fault> {
        let unreadable = |error| Fault::new(FaultKind::Unreadable, error);
        fs::DirBuilder::new().recursive(true).mode(0o700).create(&self.folder).map_err(unreadable)?;
        self.unpacked += 1;
        let path = self.folder.join(self.unpacked.to_string());
        let mut file = BufWriter::new(File::create(&path).map_err(unreadable)?);
        let unpacked = container.unpack(index, &mut file);
        if unpacked.is_err() {
            fs::remove_file(&path).map_err(unreadable)?;
        }
        unpacked?;
        file.flush().map_err(unreadable)?;
        let time = match u64::try_from(modified) {
            Ok(nanos) => UNIX_EPOCH + Duration::from_nanos(nanos),
            Err(_) => UNIX_EPOCH - Duration::from_nanos(modified.unsigned_abs()),
        };
        file.get_ref().set_modified(time).map_err(unreadable)?;
        Ok(path)
    }
}

impl Drop for Spool {
    fn drop(&mut self) {
        if let Err(error) = clear(&self.folder) {
            // The next run removes it.
            eprintln!("{}: {error}", self.folder.display());
        }
    }
}

/// The file of the sources in which the one at `path`, as the catalog knows it, stands: itself, or the
/// outermost container.
pub fn outermost(path: &str) -> &str {
    // A folder's name may end like a container's path.
    if Path::new(path).exists() { path } else { container_of(path) }
}

/// Where files stand that are there for the run alone, in the archive at `root`.
pub(crate) fn folder(root: &Path) -> PathBuf {
    root.join("unpacked")
}

fn clear(folder: &Path) -> std::io::Result<()> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// Opens a container, unless it stands too deep in others.
///
/// # Errors
/// `TooLarge`, or what the container says.
pub(crate) fn open(container: &Seen, kind: FileKind, limits: &ReadLimits) -> Result<Container, Fault> {
    if container.key.matches(WITHIN).count() >= limits.depth {
        return Err(Fault::new(FaultKind::TooLarge, format!("{} containers deep", limits.depth + 1)));
    }
    Container::open(container.path(), kind, limits)
}
