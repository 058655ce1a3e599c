//! Taking a run back.

use std::path::Path;

use dossier_archive::{Archive, AuditEvent, Undone, kill_point, user};

use crate::compose::compose;
use crate::derive::Deriver;
use crate::progress::Quiet;
use crate::reclassify::Rules;
use crate::system::now;
use crate::{BatchError, Stop};

/// Takes back what a run brought; the run stays on record. One that is cut off on the way is
/// finished by the next run.
///
/// # Errors
/// `Busy`, `NoRun`, `UndoneAlready`, or what the catalog or the index says.
pub fn undo(root: &Path, rules: &Rules, run: i64, reason: &str) -> Result<Undone, BatchError> {
    let archive = Archive::open(root)?;
    let _lock = archive.lock()?;
    let undone = archive.catalog.together(|catalog| catalog.undo_run(run, (now(), &user(), reason)))?;
    kill_point("undo.recorded");
    archive.audit(AuditEvent::Undo { run, files: undone.files, reason: reason.to_owned() })?;
    archive.clear_undone()?;
    let deriver = Deriver::new(&rules.pipeline, &archive.catalog, (run, 0))?;
    for source in archive.catalog.sources_waiting()? {
        deriver.derive(source, &rules.derived_version(), &Stop::default())?;
    }
    compose(&archive, rules, 0, &Quiet, &Stop::default())?;
    archive.update_index()?;
    archive.write_sums()?;
    Ok(undone)
}
