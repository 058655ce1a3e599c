//! The log of runs: one file a run below `logs/`, one JSON object a line, written as it happens, so
//! that a run that was killed has left its last line. Contents are named by the beginning of their
//! digest, never by their file's name, which is often a person's.

use std::fs::{self, File, OpenOptions};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::time::{Duration, SystemTime};

use dossier_archive::ArchiveError;
use serde_json::Value;
use tracing::Dispatch;

/// Below the archive.
const FOLDER: &str = "logs";

/// Opens the log of a run and returns what writes to it.
///
/// # Errors
/// `Io`.
pub(crate) fn open(archive: &Path, run: i64) -> Result<Dispatch, ArchiveError> {
    let folder = archive.join(FOLDER);
    make_private(&folder)?;
    let path = path_of(archive, run);
    let file = OpenOptions::new().create(true).append(true).mode(0o600).open(&path);
    let file = file.map_err(|error| ArchiveError::Io { path, error })?;
    Ok(Dispatch::new(
        tracing_subscriber::fmt()
            .json()
            .flatten_event(true)
            .with_current_span(false)
            .with_span_list(false)
            .with_writer(Mutex::<File>::new(file))
            .finish(),
    ))
}

/// Takes away the logs that nobody has written to for so long.
///
/// # Errors
/// `Io`.
pub(crate) fn forget(archive: &Path, days: u32) -> Result<(), ArchiveError> {
    let folder = archive.join(FOLDER);
    let io = |error| ArchiveError::Io { path: folder.clone(), error };
    let before = SystemTime::now().checked_sub(Duration::from_secs(u64::from(days) * 86_400));
    for entry in fs::read_dir(&folder).map_err(io)? {
        let entry = entry.map_err(io)?;
        let is_log = entry.path().extension().is_some_and(|extension| extension == "jsonl");
        let written = entry.metadata().and_then(|about| about.modified()).map_err(io)?;
        if is_log && before.is_some_and(|before| written < before) {
            fs::remove_file(entry.path()).map_err(io)?;
        }
    }
    Ok(())
}

/// The log of a run, line by line; nothing if there is none, or no longer.
///
/// # Errors
/// `Io`.
pub fn read_log(archive: &Path, run: i64) -> Result<Option<Vec<Value>>, ArchiveError> {
    let path = path_of(archive, run);
    match fs::read_to_string(&path) {
        Ok(text) => Ok(Some(text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect())),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(ArchiveError::Io { path, error }),
    }
}

fn path_of(archive: &Path, run: i64) -> PathBuf {
    archive.join(FOLDER).join(format!("run-{run:06}.jsonl"))
}

/// Makes a folder that only its owner may look into.
fn make_private(path: &Path) -> Result<(), ArchiveError> {
    use std::os::unix::fs::DirBuilderExt;
    let made = fs::DirBuilder::new().recursive(true).mode(0o700).create(path);
    made.map_err(|error| ArchiveError::Io { path: path.to_owned(), error })
}
