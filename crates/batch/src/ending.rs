//! How a run ends: its account is drawn up, and it goes on record.

use std::time::Instant;

use dossier_archive::{AuditEvent, VanishedRow, kill_point};
use dossier_model::{Note, NoteKind};

use crate::BatchError;
use crate::account;
use crate::report::{Report, Status};
use crate::run::{Done, Run};
use crate::system::{now, peak_memory};

/// How many rejected rows and notes a report names; the catalog has them all.
const SHOWN: u32 = 1000;

/// How many vanished rows of a register are named.
const NAMED: usize = 20;

/// A note for each register that has fewer rows than before: how many, and where the first of them stood.
fn vanished(rows: &[VanishedRow]) -> Vec<(String, Note)> {
    let of_one = |rows: &[VanishedRow]| {
        let named: Vec<String> = rows
            .iter()
            .take(NAMED)
            .map(|row| format!("{} {} {}", row.sheet, row.number, row.item).trim_start().to_owned())
            .collect();
        let more = if rows.len() > NAMED { " …" } else { "" };
        let path = rows.first().map(|row| row.path.clone()).unwrap_or_default();
        (path, NoteKind::RowsVanished.of(format!("{} ({}{more})", rows.len(), named.join("; "))))
    };
    rows.chunk_by(|one, other| one.path == other.path).map(of_one).collect()
}

impl Run<'_> {
    /// Draws up the account and puts the run on record.
    pub(crate) fn finish(
        &self,
        ended: Result<(), BatchError>,
        done: Done,
        started: Instant,
    ) -> Result<Report, BatchError> {
        let catalog = &self.archive.catalog;
        if let Err(error) = ended {
            // Where nothing can be written any more, the run stays on record as cut off.
            if let Err(unwritten) = catalog.finish_run(self.ids.0, Status::Failed.name(), "", now()) {
                tracing::error!(error = %unwritten, "the run's end cannot be put on record");
            }
            return Err(error);
        }
        let unread = account::unread(catalog, &done.sight)?;
        let mut account = account::draw_up(catalog, self.ids.0, &done.sight, &unread, done.items)?;
        let cut_short = self.stop.is_asked()
            || self.stop.reading_is_over() && account.files.settled() < account.files.seen;
        let status = if cut_short {
            account.leave_pending();
            Status::Interrupted
        } else if !account.check().is_empty() {
            Status::Failed
        } else if account.has_failures() {
            Status::Partial
        } else {
            Status::Complete
        };
        let mut notes = catalog.notes_of(self.ids.0, SHOWN)?;
        notes.extend(vanished(&catalog.vanished_rows(self.ids.1)?));
        // Said once, and only of a run that it made slower.
        if let Some(library) = done.missing_library.filter(|_| account.pages.recognised > 0) {
            notes.push((library.display().to_string(), NoteKind::SlowRuntime.of("")));
        }
        let report = Report {
            run: self.ids.0,
            status,
            account,
            quarantined: catalog.quarantined(self.ids.0)?,
            released: catalog.released_in(self.ids.0)?,
            failed_pages: account::failed_pages(catalog, self.ids.0, &unread)?,
            rejected_rows: account::rejected_rows(catalog, self.ids.0, &unread, SHOWN)?,
            notes,
            slow_files: done.slow,
            renewed: done.renewed,
            seconds_left: done.seconds_left.filter(|_| status == Status::Interrupted),
            seconds: started.elapsed().as_secs_f64(),
            peak_memory: peak_memory() + done.workers_memory,
        };
        let json = report.json(dossier_model::Lang::Zh).to_string();
        catalog.finish_run(self.ids.0, status.name(), &json, now())?;
        kill_point("run.finished");
        self.archive.audit(AuditEvent::Ingest { run: self.ids.0, status: status.name().to_owned() })?;
        Ok(report)
    }
}
