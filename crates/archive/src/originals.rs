//! The files as they came, in the tree that people know, with a list of their SHA-256 sums.

use std::fs::{self, File};
use std::io::{BufWriter, Read, Write};
use std::path::{Component, Path, PathBuf};

use dossier_model::{Fault, FaultKind, Sha256};
use serde::{Deserialize, Serialize};
use sha2::Digest;

use crate::{Archive, ArchiveError, Catalog, durable};

/// How the archive keeps the files that it takes in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum OriginalsMode {
    /// A copy in the archive.
    #[default]
    Copy,
    /// A hard link in the archive; a symbolic one where the file is on another disk.
    Link,
    /// Only the path: the file stays where it is.
    Reference,
}

pub(crate) const FOLDER: &str = "originals";
pub(crate) const SUMS: &str = "SHA256SUMS";

/// Why a file's original is not kept.
#[derive(Debug)]
pub enum NotKept {
    /// The file is not to be had.
    Source(Fault),
    /// The archive cannot keep it.
    Archive(ArchiveError),
}

impl NotKept {
    fn source(error: std::io::Error) -> NotKept {
        NotKept::Source(Fault::new(FaultKind::Unreadable, error))
    }

    /// A fault of the archive's own file or folder.
    fn archive(path: &Path) -> impl Fn(std::io::Error) -> NotKept {
        move |error| NotKept::Archive(ArchiveError::io(path)(error))
    }
}

/// The SHA-256 and the size in bytes of a file.
///
/// # Errors
/// `Unreadable`.
pub fn hash_file(path: &Path) -> Result<(Sha256, u64), Fault> {
    let unreadable = |error| Fault::new(FaultKind::Unreadable, error);
    let mut file = File::open(path).map_err(unreadable)?;
    pass(&mut file, unreadable, |_| Ok(()))
}

impl Archive {
    /// Keeps a file's original under `name`, a path relative to the source that was given; returns
    /// the path within the archive, or `None` for [`OriginalsMode::Reference`]. A name that another
    /// content has taken gets the beginning of the digest as a suffix. What is kept is on the disk when
    /// this returns, so that the catalog may speak of it.
    ///
    /// # Errors
    /// `Source` when the file cannot be read, or when its content is no longer `digest`; `Archive` when
    /// the archive's disk refuses.
    pub fn keep_original(
        &self,
        path: &Path,
        name: &str,
        digest: Sha256,
        mode: OriginalsMode,
    ) -> Result<Option<String>, NotKept> {
        if mode == OriginalsMode::Reference {
            return Ok(None);
        }
        let relative = self.free_name(&safe(name), digest)?;
        let target = self.root().join(FOLDER).join(&relative);
        let refused = NotKept::archive(&target);
        if let Some(folder) = target.parent() {
            durable::make_private(folder).map_err(&refused)?;
        }
        let kept = Some(relative.to_string_lossy().into_owned());
        if target.exists() {
            // Whoever put it there may have been killed before it had its name for good.
            durable::sync_name(&target).map_err(&refused)?;
            return Ok(kept);
        }
        match mode {
            OriginalsMode::Link => {
                let path = fs::canonicalize(path).map_err(NotKept::source)?;
                fs::hard_link(&path, &target)
                    .or_else(|_| std::os::unix::fs::symlink(&path, &target))
                    .and_then(|()| durable::sync_name(&target))
                    .map_err(&refused)?;
            }
            OriginalsMode::Copy | OriginalsMode::Reference => copy(path, &target, digest)?,
        }
        Ok(kept)
    }

    /// Writes the list of all kept originals with their sums, as `sha256sum -c` reads it.
    ///
    /// # Errors
    /// `Io` or what the catalog says.
    pub fn write_sums(&self) -> Result<(), ArchiveError> {
        write_sums(&self.catalog, self.root())
    }

    /// Where the original of a content is kept, if it is.
    ///
    /// # Errors
    /// What the catalog says.
    pub fn original(&self, sha256: Sha256) -> Result<Option<PathBuf>, ArchiveError> {
        let name = self.catalog.source(sha256)?.and_then(|source| source.original);
        Ok(name.map(|name| self.root().join(FOLDER).join(name)))
    }

    /// Takes away the originals of runs that were taken back. The caller holds the lock.
    ///
    /// # Errors
    /// `Io` or what the catalog says.
    pub fn clear_undone(&self) -> Result<(), ArchiveError> {
        let names = self.catalog.undone_originals()?;
        if !names.is_empty() {
            // What is taken away must not be what the catalog still speaks of after a power cut.
            self.catalog.settle()?;
        }
        for name in &names {
            let path = self.root().join(FOLDER).join(name);
            match fs::remove_file(&path) {
                Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                    return Err(ArchiveError::io(path)(error));
                }
                _ => {}
            }
        }
        self.catalog.forget_undone_originals()
    }

    /// The name itself if it is free or holds the same content, else one with a suffix.
    fn free_name(&self, name: &Path, digest: Sha256) -> Result<PathBuf, NotKept> {
        let target = self.root().join(FOLDER).join(name);
        let is_other = |target: &Path| {
            let refused = NotKept::archive(target);
            let read = File::open(target).map_err(&refused);
            read.and_then(|mut file| Ok(pass(&mut file, &refused, |_| Ok(()))?.0 != digest))
        };
        let taken = target.exists() && is_other(&target)? || name == Path::new(SUMS);
        if !taken {
            return Ok(name.to_owned());
        }
        let stem = name.file_stem().unwrap_or_default().to_string_lossy();
        let extension = name.extension().map(|e| format!(".{}", e.to_string_lossy())).unwrap_or_default();
        Ok(name.with_file_name(format!("{stem}~{}{extension}", &digest.to_string()[..12])))
    }
}

/// Writes the list of the originals that the catalog names below `root`.
pub(crate) fn write_sums(catalog: &Catalog, root: &Path) -> Result<(), ArchiveError> {
    let path = root.join(FOLDER).join(SUMS);
    let next = path.with_extension("next");
    let mut list = BufWriter::new(File::create(&next).map_err(ArchiveError::io(&next))?);
    catalog.for_each_original(|digest, name| {
        writeln!(list, "{digest}  {name}").map_err(ArchiveError::io(&next))
    })?;
    list.into_inner().map_err(|error| ArchiveError::io(&next)(error.into_error()))?;
    crate::kill_point("sums.written");
    durable::put_in_place(&next, &path)
}

/// Copies to a file beside the target first, so that a target is always whole, and stays.
pub(crate) fn copy(path: &Path, target: &Path, digest: Sha256) -> Result<(), NotKept> {
    let name = target.file_name().unwrap_or_default().to_string_lossy();
    let next = target.with_file_name(format!(".{name}.next"));
    let refused = NotKept::archive(&next);
    let mut source = File::open(path).map_err(NotKept::source)?;
    let mut file = File::create(&next).map_err(&refused)?;
    let (copied, _) = pass(&mut source, NotKept::source, |chunk| file.write_all(chunk).map_err(&refused))?;
    if copied != digest {
        fs::remove_file(&next).map_err(&refused)?;
        return Err(NotKept::Source(Fault::new(FaultKind::ChangedMeanwhile, "")));
    }
    file.sync_all().map_err(&refused)?;
    fs::rename(&next, target).and_then(|()| durable::sync_name(target)).map_err(&refused)
}

/// Hands over what is read, piece by piece; its digest and its length.
pub(crate) fn pass<E>(
    from: &mut impl Read,
    unreadable: impl Fn(std::io::Error) -> E,
    mut take: impl FnMut(&[u8]) -> Result<(), E>,
) -> Result<(Sha256, u64), E> {
    let mut hasher = sha2::Sha256::new();
    let mut chunk = vec![0; 256 * 1024];
    let mut length = 0;
    loop {
        let read = match from.read(&mut chunk) {
            Ok(0) => return Ok((Sha256::from_bytes(hasher.finalize().into()), length)),
            Ok(read) => read,
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(unreadable(error)),
        };
        hasher.update(&chunk[..read]);
        take(&chunk[..read])?;
        length += read as u64;
    }
}

/// The name without anything that leads out of the folder, and without line breaks, which would
/// break the list of sums.
fn safe(name: &str) -> PathBuf {
    Path::new(&name.replace(['\n', '\r'], "_"))
        .components()
        .filter_map(|component| match component {
            Component::Normal(part) => Some(part),
            _ => None,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_stay_in_the_folder() {
        assert_eq!(safe("../../etc/./1956/信\n1.pdf"), Path::new("etc/1956/信_1.pdf"));
    }
}
