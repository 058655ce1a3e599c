//! Backup and restoring.
//!
//! A backup is a folder like an archive but for the index, which is made anew: anything that reads
//! an archive reads it. The catalog is taken as of one moment while a run may go on; every
//! original that it names is there by then, since a run copies before it records. Originals only
//! ever come to a backup, and its catalog is put in place last: a backup that was cut off leaves
//! the former one whole.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use dossier_model::Sha256;
use rustix::fs::{FlockOperation, flock};
use serde::Serialize;

use crate::audit::{SEAL, TRAIL};
use crate::durable::{self, put_in_place};
use crate::folder::{CATALOG, NEXT_CATALOG, README_FILE, lock, make_private, refuse_network};
use crate::originals::{FOLDER, NotKept, copy};
use crate::verify::{Damage, Sample, Verification, VerifyStep, Watch, verify, verify_backup};
use crate::{Archive, ArchiveError, AuditEvent, Catalog};

/// What tells a backup from other folders.
const MARK: &str = "BACKUP.txt";
const MARK_TEXT: &str = "This folder is a backup of a Dossier archive, as confidential as the archive. \
`dossier restore --from FOLDER --archive NEW` makes an archive of it.\n\n\
本文件夹是卷宗（Dossier）档案库的备份，与档案库同等保密。用 dossier restore --from 文件夹 --archive 新档案库 恢复。\n";

/// What a backup or a restoring did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Copied {
    /// How many originals were copied, and how many were there already.
    pub counts: CopyCounts,
    /// The copy, as it was verified afterwards; what could not be copied is among its damages.
    pub verification: Verification,
}

/// How many originals were copied.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct CopyCounts {
    /// Copied now.
    pub copied: u64,
    /// There already, with the same size, under the same name.
    pub kept: u64,
    /// Bytes copied.
    pub bytes: u64,
}

impl Archive {
    /// Backs the archive up to the folder `to`: a new one, an empty one, or a former backup, to
    /// which only what is new is copied. Afterwards the backup is verified, of its originals those
    /// of `sample`.
    ///
    /// # Errors
    /// `NotABackup`, `Inside`, `Busy` while another backup goes to the same folder, `Io`, or what
    /// the catalog says. A damaged original is not copied and is among the damages.
    pub fn back_up(&self, to: &Path, sample: Sample, watch: Watch<'_>) -> Result<Copied, ArchiveError> {
        refuse_nested(self.root(), to)?;
        prepare(to)?;
        let _lock = lock(to)?;
        self.audit(AuditEvent::BackUp { to: absolute(to).display().to_string() })?;
        let next = to.join(NEXT_CATALOG);
        self.catalog.copy_to(&next)?;
        let catalog = Catalog::look_at(&next)?;
        let (counts, damages) = copy_originals(&catalog, self.root(), to, watch)?;
        crate::originals::write_sums(&catalog, to)?;
        drop(catalog);
        copy_trail(self.root(), to)?;
        put_in_place(&next, &to.join(CATALOG))?;
        let mut verification = verify_backup(to, sample, watch)?;
        merge(&mut verification, damages);
        Ok(Copied { counts, verification })
    }

    /// Makes an archive at `root` from the backup `from`, and verifies it.
    ///
    /// # Errors
    /// `NotABackup`, `NotEmpty`, `Inside`, `NetworkFileSystem`, `Io`, or what the catalog or the
    /// index says. A damaged original is not restored and is among the damages.
    pub fn restore(from: &Path, root: &Path, watch: Watch<'_>) -> Result<Copied, ArchiveError> {
        if !from.join(MARK).is_file() || !from.join(CATALOG).is_file() {
            return Err(ArchiveError::NotABackup(from.to_owned()));
        }
        refuse_nested(from, root)?;
        if root.exists() && !crate::folder::is_empty_or_begun(root)? {
            return Err(ArchiveError::NotEmpty(root.to_owned()));
        }
        make_private(root)?;
        refuse_network(root)?;
        let catalog = Catalog::look(from)?;
        let (counts, damages) = copy_originals(&catalog, from, root, watch)?;
        drop(catalog);
        copy_file(&from.join(README_FILE), &root.join(README_FILE))?;
        copy_trail(from, root)?;
        let next = root.join(NEXT_CATALOG);
        copy_file(&from.join(CATALOG), &next)?;
        put_in_place(&next, &root.join(CATALOG))?;
        let archive = Archive::open(root)?;
        archive.write_sums()?;
        archive.audit(AuditEvent::Restore { from: absolute(from).display().to_string() })?;
        drop(archive);
        let mut verification = verify(root, Sample::ALL, watch)?;
        merge(&mut verification, damages);
        Ok(Copied { counts, verification })
    }
}

/// What could not be copied is missing in the copy: it is named once, by its cause.
fn merge(verification: &mut Verification, damages: Vec<Damage>) {
    let named: Vec<&str> = damages.iter().filter_map(Damage::path).collect();
    verification.damages.retain(|damage| damage.path().is_none_or(|path| !named.contains(&path)));
    verification.damages.extend(damages);
}

fn absolute(path: &Path) -> PathBuf {
    fs::canonicalize(path).or_else(|_| std::path::absolute(path)).unwrap_or_else(|_| path.to_owned())
}

/// Neither folder may be in the other: a backup of itself would never end.
fn refuse_nested(from: &Path, to: &Path) -> Result<(), ArchiveError> {
    let (a, b) = (absolute(from), absolute(to));
    if a.starts_with(&b) || b.starts_with(&a) { Err(ArchiveError::Inside(to.to_owned())) } else { Ok(()) }
}

fn prepare(to: &Path) -> Result<(), ArchiveError> {
    let mark = to.join(MARK);
    if !mark.is_file() {
        if to.exists() && fs::read_dir(to).map_err(ArchiveError::io(to))?.next().is_some() {
            return Err(ArchiveError::NotABackup(to.to_owned()));
        }
        make_private(to)?;
        durable::write(&mark, MARK_TEXT)?;
    }
    make_private(&to.join(FOLDER))?;
    durable::write(&to.join(README_FILE), crate::folder::README)
}

/// Copies the originals that the catalog names and that are not there yet.
fn copy_originals(
    catalog: &Catalog,
    from: &Path,
    to: &Path,
    watch: Watch<'_>,
) -> Result<(CopyCounts, Vec<Damage>), ArchiveError> {
    let (mut counts, mut damages, mut wanted) = (CopyCounts::default(), Vec::new(), Vec::new());
    catalog.for_each_original(|sha256, name| {
        let (source, target) = (from.join(FOLDER).join(name), to.join(FOLDER).join(name));
        match (fs::metadata(&source), fs::metadata(&target)) {
            (Err(_), Err(_)) => damages.push(missing(catalog, sha256, name)),
            // The archive has lost it, the backup has it still: verifying the archive tells that.
            (Err(_), Ok(_)) => counts.kept += 1,
            (Ok(source), Ok(target)) if source.len() == target.len() => counts.kept += 1,
            (Ok(about), _) => wanted.push((sha256, name.to_owned(), about.len())),
        }
        Ok(())
    })?;
    let total = wanted.iter().map(|(.., bytes)| bytes).sum();
    for (sha256, name, bytes) in wanted {
        watch(VerifyStep::Copy, counts.bytes, total);
        let (source, target) = (from.join(FOLDER).join(&name), to.join(FOLDER).join(&name));
        if let Some(folder) = target.parent() {
            make_private(folder)?;
        }
        match copy(&source, &target, sha256) {
            Ok(()) => counts.copied += 1,
            Err(NotKept::Archive(error)) => return Err(error),
            Err(NotKept::Source(fault)) if fault.kind == dossier_model::FaultKind::ChangedMeanwhile => {
                damages.push(changed(catalog, sha256, &name));
            }
            Err(NotKept::Source(fault)) => {
                let path = format!("{FOLDER}/{name}");
                damages.push(Damage::OriginalUnreadable { path, detail: fault.detail });
            }
        }
        counts.bytes += bytes;
    }
    Ok((counts, damages))
}

fn came_from(catalog: &Catalog, sha256: Sha256) -> String {
    let paths = catalog.paths_of(sha256).unwrap_or_default();
    paths.into_iter().next().unwrap_or_else(|| "?".to_owned())
}

fn missing(catalog: &Catalog, sha256: Sha256, name: &str) -> Damage {
    let came_from = came_from(catalog, sha256);
    Damage::OriginalMissing { path: format!("{FOLDER}/{name}"), sha256, came_from }
}

fn changed(catalog: &Catalog, sha256: Sha256, name: &str) -> Damage {
    let came_from = came_from(catalog, sha256);
    Damage::OriginalChanged { path: format!("{FOLDER}/{name}"), sha256, came_from }
}

/// The trail with its seal, while nobody can write to it.
fn copy_trail(from: &Path, to: &Path) -> Result<(), ArchiveError> {
    let path = from.join(TRAIL);
    if !path.exists() {
        return Ok(());
    }
    let trail = File::open(&path).map_err(ArchiveError::io(&path))?;
    flock(&trail, FlockOperation::LockShared).map_err(|error| ArchiveError::io(&path)(error.into()))?;
    copy_file(&path, &to.join(TRAIL))?;
    if from.join(SEAL).exists() {
        copy_file(&from.join(SEAL), &to.join(SEAL))?;
    }
    Ok(())
}

/// Copies beside the target first, so that a target is always whole.
fn copy_file(from: &Path, to: &Path) -> Result<(), ArchiveError> {
    let mut next = to.as_os_str().to_owned();
    next.push(".copy");
    let next = PathBuf::from(next);
    fs::copy(from, &next).map_err(ArchiveError::io(from))?;
    put_in_place(&next, to)
}

impl Catalog {
    /// Writes the catalog as of this moment to a new file.
    fn copy_to(&self, path: &Path) -> Result<(), ArchiveError> {
        if path.exists() {
            fs::remove_file(path).map_err(ArchiveError::io(path))?;
        }
        self.db.execute("VACUUM INTO ?1", [path.to_string_lossy()])?;
        Ok(())
    }
}
