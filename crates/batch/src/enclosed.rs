//! Files within files: unpacked into a folder beside the originals for as long as the run lasts, and
//! from there on files like any other.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use dossier_model::{Fault, FaultKind, FileKind};
use dossier_pipeline::ReadLimits;
use dossier_read::Container;

use crate::guard::guarded;
use crate::walk::{Seen, WITHIN, container_of};
use crate::{BatchError, Stop};

/// So many bytes are left free on the archive's disk.
const RESERVE: u64 = 64 << 20;

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
    /// `NoRoom`, or `Spool` where it cannot be written.
    pub fn unpack(
        &mut self,
        container: &mut Container,
        index: usize,
        modified: i64,
        stop: &Stop,
    ) -> Result<Unpacked, BatchError> {
        let failed = |error| BatchError::Spool { path: self.folder.clone(), error };
        fs::DirBuilder::new().recursive(true).mode(0o700).create(&self.folder).map_err(failed)?;
        let declared = container.members().get(index).map_or(0, |member| member.bytes);
        self.look_for_room(declared)?;
        self.unpacked += 1;
        let path = self.folder.join(self.unpacked.to_string());
        let mut target = Target { file: File::create(&path).map_err(failed)?, stop, error: None };
        let unpacked = guarded(|| {
            let mut buffered = BufWriter::new(&mut target);
            container.unpack(index, &mut buffered)?;
            buffered.flush().map_err(|error| Fault::new(FaultKind::Unreadable, error))
        });
        let Target { file, error, .. } = target;
        match unpacked {
            Ok(()) => {
                file.set_modified(time_of(modified)).map_err(failed)?;
                Ok(Unpacked::At(path))
            }
            Err(fault) => {
                fs::remove_file(&path).map_err(failed)?;
                match error {
                    Some(error) => Err(failed(error)),
                    None if stop.is_asked() => Ok(Unpacked::NotWanted),
                    None => Ok(Unpacked::Faulty(fault)),
                }
            }
        }
    }

    /// A full disk would hurt the archive itself.
    fn look_for_room(&self, bytes: u64) -> Result<(), BatchError> {
        let about = rustix::fs::statvfs(&self.folder)
            .map_err(|error| BatchError::Spool { path: self.folder.clone(), error: error.into() })?;
        let (need, room) = (bytes.saturating_add(RESERVE), about.f_bavail.saturating_mul(about.f_frsize));
        if need > room {
            return Err(BatchError::NoRoom { archive: self.folder.clone(), need, room });
        }
        Ok(())
    }
}

/// What came of unpacking a file.
pub(crate) enum Unpacked {
    /// It stands there.
    At(PathBuf),
    /// Its container would not give it.
    Faulty(Fault),
    /// The run was asked to stop.
    NotWanted,
}

/// Where a file is unpacked to; keeps what the system says, which is not the file's fault.
struct Target<'a> {
    file: File,
    stop: &'a Stop,
    error: Option<io::Error>,
}

impl Write for Target<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.stop.is_asked() {
            return Err(io::Error::other("asked to stop"));
        }
        self.file.write(bytes).inspect_err(|error| {
            if error.kind() != io::ErrorKind::Interrupted {
                self.error =
                    Some(error.raw_os_error().map_or(error.kind().into(), io::Error::from_raw_os_error));
            }
        })
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

/// A time in nanoseconds since 1970.
fn time_of(nanos: i64) -> SystemTime {
    match u64::try_from(nanos) {
        Ok(after) => UNIX_EPOCH + Duration::from_nanos(after),
        Err(_) => UNIX_EPOCH - Duration::from_nanos(nanos.unsigned_abs()),
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
/// `TooLarge`, `Crashed`, or what the container says.
pub(crate) fn open(container: &Seen, kind: FileKind, limits: &ReadLimits) -> Result<Container, Fault> {
    if container.key.matches(WITHIN).count() >= limits.depth {
        return Err(Fault::new(FaultKind::TooLarge, format!("{} containers deep", limits.depth + 1)));
    }
    guarded(|| Container::open(container.path(), kind, limits))
}
