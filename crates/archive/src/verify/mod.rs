//! Whether an archive is what it was: every part of it is held against what another part says.
//!
//! ```text
//! catalog ──SQLite's check, references──▶ facts and decisions against their seals,
//!    units and items against their digests ──▶ index: its own sums, and the same items
//! originals against their SHA-256, SHA256SUMS against the catalog, no file more and none less
//! audit trail: each line seals the one before, and a seal beside it the last
//! ```
//!
//! Nothing is written, and nothing is held up: the catalog is read as of one moment while a run
//! may go on. What a run that is going on, or was cut off, has left to do is no damage.

mod catalog;
mod damage;
mod index;
mod originals;
mod trail;

use std::collections::HashSet;
use std::path::Path;

use dossier_model::Sha256;
use serde::Serialize;
use sha2::Digest;

use crate::folder::{CATALOG, lock};
use crate::{ArchiveError, Catalog};

pub use damage::{Damage, TrailFlaw};
pub use trail::{TrailCheck, verify_trail};

/// What a verification is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VerifyStep {
    /// The structure of the catalog and the references in it.
    Catalog,
    /// What was read, against its seals.
    Facts,
    /// What was made of it.
    Items,
    /// The search index.
    Index,
    /// The originals; counted in bytes.
    Originals,
    /// The audit trail.
    Trail,
    /// Copying, for a backup or from one; counted in bytes.
    Copy,
}

/// Is told how far a verification has come: the step, how much is done and how much there is.
pub type Watch<'a> = &'a mut dyn FnMut(VerifyStep, u64, u64);

/// Which originals and facts are read: those whose digest falls on `turn` when counted off by `of`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sample {
    /// One of how many.
    pub of: u64,
    /// Which of them; successive turns cover everything.
    pub turn: u64,
}

impl Sample {
    /// Everything.
    pub const ALL: Sample = Sample { of: 1, turn: 0 };

    fn holds(self, sha256: Sha256) -> bool {
        self.holds_name(&sha256.to_string())
    }

    fn holds_name(self, name: &str) -> bool {
        fingerprint(&[name]) % u128::from(self.of.max(1)) == u128::from(self.turn % self.of.max(1))
    }
}

/// How much was looked at.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Checked {
    /// Originals that were read.
    pub originals: u64,
    /// Their bytes.
    pub bytes: u64,
    /// What was held against its seal: contents, what was made of them, decisions, runs.
    pub seals: u64,
    /// Of these, what has no seal yet; the next run seals it.
    pub unsealed: u64,
    /// Items.
    pub items: u64,
    /// Lines of the audit trail.
    pub audit_lines: u64,
    /// Items that the next run, or the one that goes on, has still to make.
    pub waiting: u64,
    /// Whether the index was compared; not while it is behind the catalog, which the next opening
    /// or the run that goes on makes good.
    pub index_compared: bool,
    /// Whether a run was writing.
    pub run_going_on: bool,
}

/// What a verification found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verification {
    /// How much was looked at.
    pub checked: Checked,
    /// What is damaged; empty when the archive is sound.
    pub damages: Vec<Damage>,
}

/// Verifies the archive at `root`.
///
/// # Errors
/// `Missing`, or `Newer`. What cannot be read is a damage, not an error.
pub fn verify(root: &Path, sample: Sample, watch: Watch<'_>) -> Result<Verification, ArchiveError> {
    let path = root.join(CATALOG);
    if !path.is_file() {
        return Err(ArchiveError::Missing(root.to_owned()));
    }
    let mut found = Found::new(sample);
    found.checked.run_going_on = lock(root).is_err();
    let catalog = found.opened(Catalog::open(&path))?;
    if let Some(catalog) = &catalog {
        // As of one moment, whatever is written meanwhile.
        let transaction = catalog.db.unchecked_transaction()?;
        catalog::check(catalog, &mut found, watch);
        index::check(root, catalog, &mut found, watch);
        originals::check(root, catalog, &mut found, watch);
        transaction.finish()?;
    } else {
        originals::against_sums(root, &mut found, watch);
    }
    trail::check(root, &mut found, watch);
    Ok(found.verification())
}

/// Verifies a backup: an archive without an index, which may be on a disk where a catalog cannot
/// be written to. Originals that only former states of the archive had may be there.
///
/// # Errors
/// As for [`verify`].
pub(crate) fn verify_backup(
    root: &Path,
    sample: Sample,
    watch: Watch<'_>,
) -> Result<Verification, ArchiveError> {
    let mut found = Found::new(sample);
    match found.opened(Catalog::look(root))? {
        Some(catalog) => {
            catalog::check(&catalog, &mut found, watch);
            originals::check(root, &catalog, &mut found, watch);
        }
        None => originals::against_sums(root, &mut found, watch),
    }
    trail::check(root, &mut found, watch);
    found.damages.retain(|damage| !matches!(damage, Damage::OriginalUnknown { .. }));
    Ok(found.verification())
}

/// What has been found so far.
struct Found {
    sample: Sample,
    checked: Checked,
    damages: Vec<Damage>,
}

impl Found {
    fn new(sample: Sample) -> Found {
        Found { sample, checked: Checked::default(), damages: Vec::new() }
    }

    fn verification(self) -> Verification {
        Verification { checked: self.checked, damages: self.damages }
    }

    /// The catalog, if it can be opened at all.
    fn opened(&mut self, opened: Result<Catalog, ArchiveError>) -> Result<Option<Catalog>, ArchiveError> {
        match opened {
            // Without its format on record, it was no newer program that made it.
            Err(ArchiveError::Newer { found, path, known }) if found < u32::MAX => {
                Err(ArchiveError::Newer { found, path, known })
            }
            Err(error) => {
                self.add(Damage::Catalog { detail: error.to_string() });
                Ok(None)
            }
            Ok(catalog) => Ok(Some(catalog)),
        }
    }

    fn add(&mut self, damage: Damage) {
        self.damages.push(damage);
    }

    /// The result of a look into the catalog; that it cannot be read is a damage.
    fn readable<T>(&mut self, result: Result<T, ArchiveError>) -> Option<T> {
        match result {
            Ok(value) => Some(value),
            Err(error) => {
                let damage = Damage::Catalog { detail: error.to_string() };
                if !self.damages.contains(&damage) {
                    self.add(damage);
                }
                None
            }
        }
    }
}

/// Sixteen bytes that stand for some names, so that a set of a million takes little memory.
fn fingerprint(names: &[&str]) -> u128 {
    let digest: [u8; 32] = sha2::Sha256::digest(names.join("\0").as_bytes()).into();
    let (first, _) = digest.split_at(16);
    first.iter().fold(0, |sum, byte| sum << 8 | u128::from(*byte))
}

type Fingerprints = HashSet<u128>;
