//! The walker: everything that is in the sources, counted before anything is decided.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use dossier_model::{Fault, FaultKind};
use encoding_rs::GB18030;
use walkdir::WalkDir;

use crate::BatchError;

/// A file that came into sight.
#[derive(Clone, Debug)]
pub(crate) struct Seen {
    /// Where it is, where that is not what the key says: there may be millions of files.
    raw: Option<PathBuf>,
    /// The absolute path as text, by which the catalog knows it.
    pub key: String,
    /// Where in the key the path begins that is below the source that was given.
    below: usize,
    /// Its size and when it was last written (nanoseconds since 1970), or why that is not known.
    pub stat: Result<(u64, i64), Fault>,
    /// Its place within another file, if it stands in one: then its path is only where it was
    /// unpacked.
    pub enclosed: Option<usize>,
    /// Whether only its content tells if it is what it was: its container has another content than
    /// before, whatever its time says.
    pub in_doubt: bool,
}

/// What parts a container's path from the path within it.
pub(crate) const WITHIN: &str = "!/";

/// The outermost container of what stands at `path`; `path` itself where there is none.
pub(crate) fn container_of(path: &str) -> &str {
    path.split_once(WITHIN).map_or(path, |(container, _)| container)
}

impl Seen {
    /// Where it is.
    pub fn path(&self) -> &Path {
        self.raw.as_deref().unwrap_or(Path::new(&self.key))
    }

    /// The path below the source that was given.
    pub fn name(&self) -> &str {
        self.key.get(self.below..).unwrap_or(&self.key)
    }

    /// The file at `index` within this one, which is not unpacked yet.
    pub fn member(&self, index: usize, name: &str, stat: (u64, i64), in_doubt: bool) -> Seen {
        Seen {
            raw: Some(self.path().to_owned()),
            key: format!("{}{WITHIN}{name}", self.key),
            below: self.below,
            stat: Ok(stat),
            enclosed: Some(index),
            in_doubt,
        }
    }

    /// The same file, unpacked to `path`.
    pub fn at(self, path: PathBuf, stat: Result<(u64, i64), Fault>) -> Seen {
        Seen { raw: Some(path), stat, ..self }
    }
}

/// All files of the sources in the order of their paths; a file that two sources share comes
/// once. Symbolic links are not followed.
///
/// # Errors
/// `NoSource` when one of the sources does not exist, `EmptySource` when there is no file at all.
pub(crate) fn walk(sources: &[PathBuf], mut note: impl FnMut(u64)) -> Result<Vec<Seen>, BatchError> {
    let mut seen = Vec::new();
    for source in sources {
        if let Err(error) = std::fs::metadata(source) {
            return Err(BatchError::NoSource { path: source.clone(), error });
        }
        let root = std::path::absolute(source)
            .map_err(|error| BatchError::NoSource { path: source.clone(), error })?;
        // A source that is itself a link was named by hand: what it leads to is meant.
        for entry in WalkDir::new(&root).follow_root_links(true) {
            let file = match entry {
                // A source that is a link to a folder says of itself that it is a link.
                Ok(entry) if entry.file_type().is_dir() || entry.depth() == 0 && root.is_dir() => continue,
                Ok(entry) => entry_seen(&entry, &root),
                Err(error) => unreadable(&error, &root),
            };
            seen.push(file);
            note(seen.len() as u64);
        }
    }
    if seen.is_empty() {
        return Err(BatchError::EmptySource(sources.to_vec()));
    }
    seen.sort_unstable_by(|a, b| a.key.cmp(&b.key));
    seen.dedup_by(|a, b| a.key == b.key);
    Ok(seen)
}

/// Makes sure that an archive does not lie in one of the sources: it would take itself in, more every night.
///
/// # Errors
/// `WithinSource`.
pub(crate) fn apart(archive: &Path, sources: &[PathBuf]) -> Result<(), BatchError> {
    let Some(real) = real(archive) else { return Ok(()) };
    let holds = |source: &&PathBuf| {
        source.is_dir() && source.canonicalize().is_ok_and(|source| real.starts_with(source))
    };
    match sources.iter().find(holds) {
        Some(source) => {
            Err(BatchError::WithinSource { archive: archive.to_owned(), source_folder: source.clone() })
        }
        None => Ok(()),
    }
}

/// Where a path leads that may not be there yet, without links; nothing where nobody can tell.
fn real(path: &Path) -> Option<PathBuf> {
    let path = std::path::absolute(path).ok()?;
    path.ancestors().find_map(|there| {
        let rest = path.strip_prefix(there).ok()?;
        Some(there.canonicalize().ok()?.join(rest))
    })
}

/// A file that is there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InSight {
    /// The absolute path as text, by which the catalog knows it.
    pub path: String,
    /// Its size in bytes and when it was last written, in nanoseconds since 1970; nothing where
    /// they cannot be told.
    pub stat: Option<(u64, i64)>,
}

/// The files of a source, as a run would see them.
///
/// # Errors
/// `NoSource`.
pub fn look(source: &Path) -> Result<Vec<InSight>, BatchError> {
    match walk(&[source.to_owned()], |_| {}) {
        Ok(files) => {
            Ok(files.into_iter().map(|file| InSight { path: file.key, stat: file.stat.ok() }).collect())
        }
        Err(BatchError::EmptySource(_)) => Ok(Vec::new()),
        Err(error) => Err(error),
    }
}

fn entry_seen(entry: &walkdir::DirEntry, root: &Path) -> Seen {
    let file_type = entry.file_type();
    let stat = if file_type.is_symlink() && entry.depth() > 0 {
        Err(Fault::new(FaultKind::NoFile, "symbolic link"))
    } else if !file_type.is_file() && !file_type.is_symlink() {
        Err(Fault::new(FaultKind::NoFile, "device, socket or pipe"))
    } else {
        stat(entry.path())
    };
    seen(entry.path(), root, stat)
}

fn unreadable(error: &walkdir::Error, root: &Path) -> Seen {
    let fault =
        Fault::new(FaultKind::Unreadable, error.io_error().map_or(error.to_string(), |e| e.to_string()));
    seen(error.path().unwrap_or(root), root, Err(fault))
}

fn seen(path: &Path, root: &Path, stat: Result<(u64, i64), Fault>) -> Seen {
    let below = path.strip_prefix(root).ok().filter(|below| !below.as_os_str().is_empty());
    let name = below.unwrap_or_else(|| path.file_name().map_or(path, Path::new));
    let key = path_text(path);
    let raw = (path.as_os_str() != key.as_str()).then(|| path.to_owned());
    // A name that is decoded otherwise alone than within its path is as long at least.
    let below = key.len().saturating_sub(path_text(name).len());
    let below = (0..=below).rev().find(|at| key.is_char_boundary(*at)).unwrap_or(0);
    Seen { raw, key, below, stat, enclosed: None, in_doubt: false }
}

/// The size in bytes and the time of the last writing in nanoseconds since 1970.
pub(crate) fn stat(path: &Path) -> Result<(u64, i64), Fault> {
    let unreadable = |error| Fault::new(FaultKind::Unreadable, error);
    let metadata = std::fs::metadata(path).map_err(unreadable)?;
    let modified = metadata.modified().map_err(unreadable)?;
    let nanos = match modified.duration_since(UNIX_EPOCH) {
        Ok(after) => i64::try_from(after.as_nanos()).unwrap_or(i64::MAX),
        Err(before) => i64::try_from(before.duration().as_nanos()).map_or(i64::MIN, |nanos| -nanos),
    };
    Ok((metadata.len(), nanos))
}

/// A path as text: names of old disks that are not UTF-8 are read as GB18030.
pub(crate) fn path_text(path: &Path) -> String {
    let text = |bytes: &OsStr| match bytes.to_str() {
        Some(text) => text.to_owned(),
        None => GB18030.decode_without_bom_handling(bytes.as_bytes()).0.into_owned(),
    };
    text(path.as_os_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_in_gb18030_are_readable() {
        let (bytes, _, _) = GB18030.encode("来信/登记.xls");
        assert_eq!(path_text(Path::new(OsStr::from_bytes(&bytes))), "来信/登记.xls");
    }

    #[test]
    fn a_source_that_is_a_link_holds_what_it_leads_to() {
        let folder = tempfile::tempdir().unwrap();
        let (there, link) = (folder.path().join("there"), folder.path().join("link"));
        std::fs::create_dir(&there).unwrap();
        std::fs::write(there.join("a.csv"), "a,b\n1,2\n").unwrap();
        std::os::unix::fs::symlink(&there, &link).unwrap();
        let seen = walk(&[link], |_| {}).unwrap();
        let names: Vec<_> = seen.iter().map(|file| (file.name(), file.stat.is_ok())).collect();
        assert_eq!(names, [("a.csv", true)]);
    }

    #[test]
    fn an_archive_does_not_lie_in_a_source() {
        let folder = tempfile::tempdir().unwrap();
        let (source, link) = (folder.path().join("in"), folder.path().join("link"));
        std::fs::create_dir(&source).unwrap();
        std::os::unix::fs::symlink(&source, &link).unwrap();
        let sources = [source.clone()];
        for within in [source.join("archive"), source.join("a/b"), link.join("archive"), source.clone()] {
            assert!(matches!(apart(&within, &sources), Err(BatchError::WithinSource { .. })), "{within:?}");
        }
        for beside in [folder.path().join("archive"), folder.path().join("in-archive")] {
            apart(&beside, &sources).unwrap();
        }
    }

    #[test]
    fn links_within_a_source_are_seen_and_not_followed() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("a.csv"), "a,b\n1,2\n").unwrap();
        std::os::unix::fs::symlink("/etc", folder.path().join("etc")).unwrap();
        let seen = walk(&[folder.path().to_owned()], |_| {}).unwrap();
        let names: Vec<_> = seen.iter().map(|file| (file.name(), file.stat.is_ok())).collect();
        assert_eq!(names, [("a.csv", true), ("etc", false)]);
    }
}
