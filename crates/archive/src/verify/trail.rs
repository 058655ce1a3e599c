//! The audit trail: each line's `previous` is the digest of the line before, and the seal beside
//! the trail is that of the last.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;

use dossier_model::Sha256;
use serde::Serialize;

use super::{Damage, Found, TrailFlaw, VerifyStep, Watch};
use crate::audit::{TRAIL, seal};
use crate::{ArchiveError, AuditEntry};

/// What the trail is like.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TrailCheck {
    /// How many lines it has, up to the first broken one.
    pub lines: u64,
    /// The first broken line.
    pub damage: Option<Damage>,
}

pub(super) fn check(root: &Path, found: &mut Found, watch: Watch<'_>) {
    watch(VerifyStep::Trail, 0, 0);
    let TrailCheck { lines, damage } = look(root);
    found.checked.audit_lines = lines;
    damage.into_iter().for_each(|damage| found.add(damage));
}

/// Follows the audit trail of the archive at `root` from its first line to the first that is
/// broken.
///
/// # Errors
/// `Missing` when there is no archive.
pub fn verify_trail(root: &Path) -> Result<TrailCheck, ArchiveError> {
    if !root.join(crate::folder::CATALOG).is_file() {
        return Err(ArchiveError::Missing(root.to_owned()));
    }
    Ok(look(root))
}

fn look(root: &Path) -> TrailCheck {
    follow(root).unwrap_or_else(|error| TrailCheck {
        lines: 0,
        damage: Some(Damage::TrailUnreadable { detail: error.to_string() }),
    })
}

fn follow(root: &Path) -> std::io::Result<TrailCheck> {
    // The seal is read first: a line that is written meanwhile stands after it.
    let seal = seal(root)?;
    let file = match File::open(root.join(TRAIL)) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound && seal.is_none() => {
            return Ok(TrailCheck { lines: 0, damage: None });
        }
        opened => opened?,
    };
    let broken = |lines: u64, line, flaw| TrailCheck { lines, damage: Some(Damage::Trail { line, flaw }) };
    let (mut lines, mut previous, mut end) = (0, Sha256::of(b""), 0);
    let mut sealed = seal.is_none();
    let mut reader = BufReader::new(file);
    let mut line = Vec::new();
    loop {
        line.clear();
        let read = reader.read_until(b'\n', &mut line)?;
        if read == 0 {
            break;
        }
        let Some(content) = line.strip_suffix(b"\n") else {
            return Ok(broken(lines, lines + 1, TrailFlaw::Unreadable));
        };
        let Ok(entry) = serde_json::from_slice::<AuditEntry>(content) else {
            return Ok(broken(lines, lines + 1, TrailFlaw::Unreadable));
        };
        if entry.previous != previous {
            return Ok(broken(lines, lines.max(1), TrailFlaw::Broken));
        }
        previous = Sha256::of(content);
        end += read as u64;
        lines += 1;
        sealed |= seal.as_ref().is_some_and(|seal| (seal.end, seal.last) == (end, previous));
    }
    Ok(if sealed { TrailCheck { lines, damage: None } } else { broken(lines, lines.max(1), TrailFlaw::End) })
}
