//! What has to be on the disk before the next thing is done, so that a power cut leaves a whole
//! archive: a file's content is synced by the file, its name by its folder.

use std::fs::{self, DirBuilder, File};
use std::io;
use std::os::unix::fs::DirBuilderExt;
use std::path::Path;

use crate::ArchiveError;

/// Waits until the names in a folder are on the disk.
pub(crate) fn sync_folder(path: &Path) -> io::Result<()> {
    // A path without a folder stands in the one that the program is in.
    let path = if path.as_os_str().is_empty() { Path::new(".") } else { path };
    File::open(path)?.sync_all()
}

/// Waits until the name of a file or folder is on the disk.
pub(crate) fn sync_name(path: &Path) -> io::Result<()> {
    path.parent().map_or(Ok(()), sync_folder)
}

/// Puts a whole file in another's place: whoever looks, even after a power cut, finds the one or
/// the other.
pub(crate) fn put_in_place(next: &Path, path: &Path) -> Result<(), ArchiveError> {
    File::open(next).and_then(|file| file.sync_all()).map_err(ArchiveError::io(next))?;
    fs::rename(next, path).and_then(|()| sync_name(path)).map_err(ArchiveError::io(path))
}

/// Writes a small file that stays.
pub(crate) fn write(path: &Path, content: &str) -> Result<(), ArchiveError> {
    let written = fs::write(path, content).and_then(|()| File::open(path)?.sync_all());
    written.and_then(|()| sync_name(path)).map_err(ArchiveError::io(path))
}

/// Makes a folder, with those that it lies in, that only its owner may look into.
pub(crate) fn make_private(path: &Path) -> io::Result<()> {
    if path.as_os_str().is_empty() || path.is_dir() {
        return Ok(());
    }
    path.parent().map_or(Ok(()), make_private)?;
    match DirBuilder::new().mode(0o700).create(path) {
        // Another program was faster.
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists && path.is_dir() => Ok(()),
        made => made.and_then(|()| sync_name(path)),
    }
}
