//! The archive's folder: making, opening, locking.

use std::fs::{self, File, OpenOptions};
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use rustix::fs::{CWD, FlockOperation, RenameFlags, flock, renameat_with, statfs};
use rustix::io::Errno;

use crate::{ArchiveError, Catalog, SearchIndex, durable};

/// An archive, open for reading.
pub struct Archive {
    root: PathBuf,
    /// The truth.
    pub catalog: Catalog,
    /// What it is searched by.
    pub index: SearchIndex,
}

/// The right to write to an archive; it ends with its holder.
#[derive(Debug)]
pub struct RunLock {
    file: File,
}

impl Drop for RunLock {
    fn drop(&mut self) {
        // Whom it names is of use only while the lock is held; a name that stays is checked.
        self.file.set_len(0).unwrap_or_default();
    }
}

pub(crate) const CATALOG: &str = "catalog.sqlite";
/// A catalog that is being made: it is put in place whole.
pub(crate) const NEXT_CATALOG: &str = "catalog.next";
pub(crate) const README_FILE: &str = "README.txt";

/// What explains the folder to whoever finds it.
pub(crate) const README: &str = "This folder is a Dossier archive of petition letters. It is confidential, the search index \
as much as the letters.\noriginals/ holds the files as they came, with SHA256SUMS (sha256sum -c SHA256SUMS). \
catalog.sqlite is an SQLite database with everything known about them. index/ can be thrown away and made again \
with `dossier index rebuild`.\n\n本文件夹是卷宗（Dossier）信访档案库，内容保密，检索索引与信件同等保密。\n\
originals/ 保存原件，附 SHA256SUMS 校验值；catalog.sqlite 为 SQLite 目录库；index/ 可删除，用 dossier index rebuild 重建。\n";

impl Archive {
    /// Opens the archive at `root`, made if there is none yet.
    ///
    /// # Errors
    /// `NotAnArchive`, `NetworkFileSystem`, `Newer`, `Io`, or what the catalog or the index says.
    pub fn open_or_create(root: &Path) -> Result<Archive, ArchiveError> {
        if !root.join(CATALOG).is_file() {
            create(root).map_err(|error| error.of(root))?;
        }
        Archive::open(root)
    }

    /// Opens the archive at `root`. If nobody is writing to it, its index is brought up to the
    /// catalog first.
    ///
    /// # Errors
    /// As for [`Archive::open_or_create`], and `Missing`.
    pub fn open(root: &Path) -> Result<Archive, ArchiveError> {
        if !root.join(CATALOG).is_file() {
            return Err(ArchiveError::Missing(root.to_owned()));
        }
        refuse_network(root)?;
        Archive::open_here(root).map_err(|error| error.of(root))
    }

    fn open_here(root: &Path) -> Result<Archive, ArchiveError> {
        let catalog = Catalog::open(&root.join(CATALOG))?;
        let index = SearchIndex::open(&root.join("index"))?;
        let archive = Archive { root: root.to_owned(), catalog, index };
        if archive.index.is_behind(&archive.catalog)?
            && let Ok(_lock) = archive.lock()
        {
            archive.update_index()?;
        }
        Ok(archive)
    }

    /// The archive's folder.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// How many bytes the archive's disk still has room for.
    ///
    /// # Errors
    /// `Io`.
    pub fn room(&self) -> Result<u64, ArchiveError> {
        let about = rustix::fs::statvfs(&self.root);
        let about = about.map_err(|error| ArchiveError::io(&self.root)(error.into()))?;
        Ok(about.f_bavail.saturating_mul(about.f_frsize))
    }

    /// Takes the right to write.
    ///
    /// # Errors
    /// `Busy` while another process has it.
    pub fn lock(&self) -> Result<RunLock, ArchiveError> {
        lock(&self.root)
    }

    /// Brings the index up to the catalog; returns how many items were written. The caller holds
    /// the lock.
    ///
    /// # Errors
    /// What the catalog or the index says.
    pub fn update_index(&self) -> Result<u64, ArchiveError> {
        self.index.update(&self.catalog, &mut |_, _| {})
    }

    /// Makes the index anew from the catalog; returns how many items it holds. The old one serves
    /// until the new one is whole. `watch` is told how many items are done, and of how many. The
    /// caller holds the lock.
    ///
    /// # Errors
    /// What the catalog or the index says.
    pub fn rebuild_index(&mut self, mut watch: impl FnMut(u64, u64)) -> Result<u64, ArchiveError> {
        let [path, next] = ["index", "index.next"].map(|name| self.root.join(name));
        remove_folder(&next)?;
        let written = SearchIndex::open(&next)?.update(&self.catalog, &mut watch)?;
        exchange(&path, &next)?;
        // The old one goes only when the new one has its place for good.
        durable::sync_folder(&self.root).map_err(ArchiveError::io(&self.root))?;
        crate::kill_point("index.moved");
        self.index = SearchIndex::open(&path)?;
        remove_folder(&next)?;
        Ok(written)
    }
}

/// Puts each of two folders in the other's place, at once where the file system can do that:
/// whoever opens one meanwhile finds a whole one.
fn exchange(path: &Path, next: &Path) -> Result<(), ArchiveError> {
    match renameat_with(CWD, next, CWD, path, RenameFlags::EXCHANGE) {
        Err(Errno::INVAL | Errno::NOSYS | Errno::NOTSUP) => {
            let former = path.with_extension("former");
            remove_folder(&former)?;
            fs::rename(path, &former).map_err(ArchiveError::io(path))?;
            fs::rename(next, path).map_err(ArchiveError::io(next))?;
            remove_folder(&former)
        }
        exchanged => exchanged.map_err(|error| ArchiveError::io(path)(error.into())),
    }
}

/// Takes a folder away, if it is there.
fn remove_folder(path: &Path) -> Result<(), ArchiveError> {
    match fs::remove_dir_all(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(ArchiveError::io(path)(error)),
        _ => Ok(()),
    }
}

/// Takes the right to write to the archive at `root`.
pub(crate) fn lock(root: &Path) -> Result<RunLock, ArchiveError> {
    let path = root.join("lock");
    let file = OpenOptions::new()
        .create(true)
        .truncate(false)
        .write(true)
        .mode(0o600)
        .open(&path)
        .map_err(ArchiveError::io(&path))?;
    match flock(&file, FlockOperation::NonBlockingLockExclusive) {
        Ok(()) => {
            name_holder(&file).map_err(ArchiveError::io(path))?;
            Ok(RunLock { file })
        }
        Err(Errno::WOULDBLOCK) => Err(ArchiveError::Busy { root: root.to_owned(), holder: holder(&path) }),
        Err(error) => Err(ArchiveError::io(path)(error.into())),
    }
}

/// Writes into the lock who holds it: process, user, and the words of its command.
fn name_holder(mut file: &File) -> std::io::Result<()> {
    let command = std::env::args().take(2).collect::<Vec<_>>().join(" ");
    file.set_len(0)?;
    writeln!(file, "{} {} {command}", std::process::id(), crate::user())
}

/// Who holds the lock, if that is a process that lives.
fn holder(path: &Path) -> String {
    let said = fs::read_to_string(path).unwrap_or_default();
    let lives =
        said.split(' ').next().is_some_and(|id| !id.is_empty() && Path::new("/proc").join(id).exists());
    if lives { said.trim().to_owned() } else { String::new() }
}

fn create(root: &Path) -> Result<(), ArchiveError> {
    if root.exists() && !is_empty_or_begun(root)? {
        return Err(ArchiveError::NotAnArchive(root.to_owned()));
    }
    make_private(root)?;
    refuse_network(root)?;
    make_private(&root.join("index"))?;
    make_private(&root.join("originals"))?;
    let readme = root.join(README_FILE);
    durable::write(&readme, README)?;
    // The catalog comes last: with it, the folder is an archive.
    Catalog::create(&root.join(CATALOG))
}

/// Makes a folder that only its owner may look into.
pub(crate) fn make_private(path: &Path) -> Result<(), ArchiveError> {
    durable::make_private(path).map_err(ArchiveError::io(path))
}

/// Whether there is nothing in the folder but what a run leaves that was killed while it made the
/// archive.
pub(crate) fn is_empty_or_begun(root: &Path) -> Result<bool, ArchiveError> {
    for entry in fs::read_dir(root).map_err(ArchiveError::io(root))? {
        let name = entry.map_err(ArchiveError::io(root))?.file_name();
        let name = name.to_string_lossy();
        let ours = matches!(&*name, "index" | "originals" | "README.txt") || name.starts_with("catalog.next");
        if !ours {
            return Ok(false);
        }
    }
    Ok(true)
}

/// SQLite's locks and tantivy's memory maps do not hold across machines.
pub(crate) fn refuse_network(root: &Path) -> Result<(), ArchiveError> {
    let about = statfs(root).map_err(|error| ArchiveError::io(root)(error.into()))?;
    match network_name(about.f_type as u32) {
        Some(name) => Err(ArchiveError::NetworkFileSystem(root.to_owned(), name)),
        None => Ok(()),
    }
}

/// The name of a network file system, by the magic number of statfs(2) (`linux/magic.h`).
fn network_name(magic: u32) -> Option<&'static str> {
    Some(match magic {
        0x6969 => "NFS",
        0x517B | 0xFF53_4D42 | 0xFE53_4D42 => "SMB",
        0x5346_414F | 0x6B41_4653 => "AFS",
        0x00C3_6400 => "Ceph",
        0x0BD0_0BD0 => "Lustre",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn network_file_systems_are_known_by_their_magic() {
        assert_eq!(network_name(0x6969), Some("NFS"));
        assert_eq!(network_name(0xFF53_4D42), Some("SMB"));
        assert_eq!(network_name(0xEF53), None, "ext4");
    }
}
