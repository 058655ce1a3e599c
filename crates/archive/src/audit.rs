//! The audit trail: one JSON object a line, each with the digest of the line before, so that a
//! line that is changed or taken out shows. The last line is sealed beside the trail.

use std::fs::{File, OpenOptions};
use std::io::{BufRead, BufReader, Read, Seek, SeekFrom, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::str::FromStr;
use std::time::{SystemTime, UNIX_EPOCH};

use dossier_model::{Mask, Sha256};
use rustix::fs::{FlockOperation, flock};
use serde::{Deserialize, Serialize};

use crate::{Archive, ArchiveError, durable};

/// What somebody did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "action", rename_all = "snake_case")]
pub enum AuditEvent {
    /// Took files in.
    Ingest {
        /// The run.
        run: i64,
        /// How it ended.
        status: String,
    },
    /// Searched.
    Search {
        /// The words as typed.
        query: String,
        /// What was hidden.
        mask: Mask,
        /// How many items were found.
        total: u64,
    },
    /// Kept a search under a name.
    SaveSearch {
        /// Its name.
        name: String,
        /// The words as typed.
        query: String,
    },
    /// Forgot a search.
    ForgetSearch {
        /// Its name.
        name: String,
    },
    /// Looked at an item.
    Show {
        /// Its id.
        item: String,
        /// What was hidden.
        mask: Mask,
    },
    /// Asked whether a person has written before.
    Person {
        /// Name, number or telephone, masked.
        who: String,
        /// Why.
        reason: String,
        /// What was hidden.
        mask: Mask,
        /// How many letters were found.
        total: u64,
    },
    /// Looked for cases like one.
    Similar {
        /// The item, or nothing for a text.
        item: Option<String>,
        /// What was hidden.
        mask: Mask,
        /// How many were found.
        total: u64,
    },
    /// Exported all items.
    Export {
        /// What was hidden.
        mask: Mask,
    },
    /// Wrote the report of a run, masked.
    Report {
        /// The run.
        run: i64,
    },
    /// Backed the archive up.
    BackUp {
        /// Where to.
        to: String,
    },
    /// Made the archive from a backup.
    Restore {
        /// From where.
        from: String,
    },
    /// Made the index anew.
    RebuildIndex,
    /// Applied rules anew.
    Reclassify {
        /// Their version.
        rules: String,
        /// How many items moved.
        moved: u64,
    },
    /// Decided something about an item.
    Decide {
        /// Its id.
        item: String,
        /// The numbers of the decisions.
        decisions: Vec<i64>,
    },
    /// Withdrew a letter by order.
    Withhold {
        /// Its id.
        item: String,
        /// Who ordered it.
        by: String,
        /// Why.
        reason: String,
        /// The numbers of the decisions.
        decisions: Vec<i64>,
    },
    /// Accepted an input as lost.
    Release {
        /// Where it is or was.
        path: String,
        /// Why.
        reason: String,
    },
    /// Asked for files to be recognised first.
    Want {
        /// Where they are.
        paths: Vec<String>,
        /// Whether nobody asks for them any more.
        no_more: bool,
    },
    /// Took a run back.
    Undo {
        /// The run.
        run: i64,
        /// How many files went.
        files: u64,
        /// Why.
        reason: String,
    },
    /// Took the last reclassification back.
    UndoReclassify {
        /// How many items moved back.
        moved: u64,
    },
}

impl AuditEvent {
    /// Whether the archive is not what it was before, rather than only looked at.
    fn changes_something(&self) -> bool {
        !matches!(
            self,
            AuditEvent::Search { .. }
                | AuditEvent::Show { .. }
                | AuditEvent::Person { .. }
                | AuditEvent::Similar { .. }
                | AuditEvent::Export { .. }
                | AuditEvent::Report { .. }
                | AuditEvent::BackUp { .. }
        )
    }
}

/// One line of the trail.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditEntry {
    /// Seconds since 1970-01-01 UTC.
    pub at: u64,
    /// The system's name of the user.
    pub user: String,
    /// What was done.
    #[serde(flatten)]
    pub event: AuditEvent,
    /// SHA-256 of the line before, without its line break; of nothing for the first.
    pub previous: Sha256,
}

impl Archive {
    /// Puts an event on the trail. What the event says was done is on the disk when this returns, and so
    /// is the event.
    ///
    /// # Errors
    /// `Io`: what cannot be put on the trail must not be done.
    pub fn audit(&self, event: AuditEvent) -> Result<(), ArchiveError> {
        if event.changes_something() {
            self.catalog.settle()?;
        }
        let path = self.root().join(TRAIL);
        let io = || ArchiveError::io(path.clone());
        let mut file =
            OpenOptions::new().create(true).read(true).append(true).mode(0o600).open(&path).map_err(io())?;
        // Several people look at once; each line must seal the one really before it.
        flock(&file, FlockOperation::LockExclusive).map_err(|error| io()(error.into()))?;
        let last = last_line(&mut file).map_err(io())?;
        let previous = match seal(self.root()).map_err(ArchiveError::io(self.root().join(SEAL)))? {
            // What was sealed is no longer there: the chain must not close over the gap.
            Some(seal) if !holds(&mut file, &seal).map_err(io())? => seal.last,
            _ => Sha256::of(last.as_bytes()),
        };
        if !ends_whole(&mut file).map_err(io())? {
            // Its writer was killed half-way: what follows must stand on a line of its own.
            file.write_all(b"\n").map_err(io())?;
        }
        let entry = AuditEntry { at: now(), user: user(), event, previous };
        let line = serde_json::to_string(&entry)?;
        file.write_all((line.clone() + "\n").as_bytes()).map_err(io())?;
        // The seal must not be of a line that a power cut takes away.
        file.sync_data().map_err(io())?;
        if last.is_empty() {
            durable::sync_name(&path).map_err(io())?;
        }
        crate::kill_point("audit.written");
        let end = file.metadata().map_err(io())?.len();
        write_seal(self.root(), &TrailSeal { end, last: Sha256::of(line.as_bytes()) })
    }
}

/// The trail's name.
pub(crate) const TRAIL: &str = "audit.jsonl";
/// The seal's name.
pub(crate) const SEAL: &str = "audit.seal";

/// What seals the end of the trail. A line after the sealed one is one whose writer was killed
/// before it could seal it.
pub(crate) struct TrailSeal {
    /// How many bytes the trail has up to the end of the sealed line.
    pub end: u64,
    /// The digest of that line, without its line break.
    pub last: Sha256,
}

impl FromStr for TrailSeal {
    type Err = ();

    fn from_str(text: &str) -> Result<TrailSeal, ()> {
        let (end, last) = text.trim_end().split_once(' ').ok_or(())?;
        Ok(TrailSeal { end: end.parse().map_err(|_| ())?, last: last.parse().map_err(|_| ())? })
    }
}

/// The seal, if there is one: archives of former versions get theirs with the next entry.
pub(crate) fn seal(root: &Path) -> std::io::Result<Option<TrailSeal>> {
    match std::fs::read_to_string(root.join(SEAL)) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
        // A seal that cannot be read seals nothing that is there.
        Ok(text) => Ok(Some(text.parse().unwrap_or(TrailSeal { end: u64::MAX, last: Sha256::of(b"") }))),
    }
}

/// Whether the sealed line stands where it was sealed.
fn holds(file: &mut File, seal: &TrailSeal) -> std::io::Result<bool> {
    if file.metadata()?.len() < seal.end {
        return Ok(false);
    }
    Ok(Sha256::of(line_before(file, seal.end)?.as_bytes()) == seal.last)
}

/// The seal is made beside and put in place whole. The caller holds the trail's lock.
fn write_seal(root: &Path, seal: &TrailSeal) -> Result<(), ArchiveError> {
    let next = root.join("audit.seal.next");
    let mut file = OpenOptions::new()
        .create(true)
        .write(true)
        .truncate(true)
        .mode(0o600)
        .open(&next)
        .map_err(ArchiveError::io(&next))?;
    writeln!(file, "{} {}", seal.end, seal.last).map_err(ArchiveError::io(&next))?;
    let path = root.join(SEAL);
    // An older seal will do after a power cut, half of one would not.
    file.sync_data().map_err(ArchiveError::io(&next))?;
    std::fs::rename(&next, &path).map_err(ArchiveError::io(path))
}

/// The last line.
fn last_line(file: &mut File) -> std::io::Result<String> {
    let length = file.metadata()?.len();
    line_before(file, length)
}

/// The line that ends at a byte; it stands within the 64 KiB before, since no query is longer.
fn line_before(file: &mut File, end: u64) -> std::io::Result<String> {
    let start = end.saturating_sub(64 * 1024);
    file.seek(SeekFrom::Start(start))?;
    let mut last = String::new();
    for line in BufReader::new(Read::take(&mut *file, end - start)).split(b'\n') {
        last = String::from_utf8_lossy(&line?).into_owned();
    }
    Ok(last)
}

/// Whether the trail ends with a line break, or is empty.
fn ends_whole(file: &mut File) -> std::io::Result<bool> {
    let length = file.metadata()?.len();
    if length == 0 {
        return Ok(true);
    }
    file.seek(SeekFrom::Start(length - 1))?;
    let mut last = [0];
    file.read_exact(&mut last)?;
    Ok(last == *b"\n")
}

/// Seconds since 1970-01-01 UTC.
pub fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs())
}

/// The system's name of the user.
pub fn user() -> String {
    ["SUDO_USER", "USER", "LOGNAME"]
        .into_iter()
        .find_map(|name| std::env::var(name).ok().filter(|user| !user.is_empty()))
        .unwrap_or_else(|| format!("uid {}", rustix::process::getuid().as_raw()))
}
