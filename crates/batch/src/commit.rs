//! Facts go into the catalog: parts as they are heard, a file as a whole when all of it is there.

use std::collections::HashMap;

use dossier_archive::{
    Archive, Catalog, InputOutcome, OriginalsMode, PageFailure, PathRecord, SourceRecord, SourceState,
};
use dossier_model::{Fault, FaultKind, Part, PartContent, Shape};

use crate::BatchError;
use crate::plan::Job;
use crate::progress::{Progress, ReadSoFar};
use crate::protocol::Said;
use crate::walk::stat;

/// Writes what workers say into the catalog.
pub(crate) struct Committer<'a> {
    archive: &'a Archive,
    run: i64,
    /// The number under which contents are new; a run that goes on after an interrupted one
    /// shares it with that one.
    generation: i64,
    originals: OriginalsMode,
    progress: &'a dyn Progress,
    open: HashMap<usize, OpenFile>,
    /// What came into sight in files that are done.
    pub seen: Seen,
    /// The outcomes of the jobs that are done.
    pub outcomes: HashMap<usize, InputOutcome>,
    so_far: ReadSoFar,
}

/// Pages and rows as the readers counted them.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Seen {
    pub pages: u64,
    pub rows: u64,
    /// Pages of files that were quarantined because none of their pages could be read.
    pub pages_failed: u64,
}

/// A file of which something has been heard.
#[derive(Default)]
struct OpenFile {
    places: u64,
    pages: u64,
    first_failure: Option<Fault>,
    failures: u64,
}

impl<'a> Committer<'a> {
    pub fn new(
        archive: &'a Archive,
        (run, generation): (i64, i64),
        originals: OriginalsMode,
        progress: &'a dyn Progress,
    ) -> Committer<'a> {
        Committer {
            archive,
            run,
            generation,
            originals,
            progress,
            open: HashMap::new(),
            seen: Seen::default(),
            outcomes: HashMap::new(),
            so_far: ReadSoFar::default(),
        }
    }

    /// Takes one line about a job.
    ///
    /// # Errors
    /// What the catalog says.
    pub fn take(&mut self, index: usize, job: &Job, said: Said) -> Result<(), BatchError> {
        if !self.open.contains_key(&index) {
            self.archive.catalog.begin_source(&self.record(job))?;
            self.open.insert(index, OpenFile::default());
        }
        match said {
            Said::Page { content, extractor } => {
                let place = u64::from(content.number);
                self.part(index, job, place, &extractor, PartContent::Page(content))?;
                self.so_far.pages += 1;
            }
            Said::PageFailed { page, fault } => self.page_failed(index, job, page, fault)?,
            Said::Rows { rows, extractor } => {
                self.so_far.rows += rows.len() as u64;
                for row in rows {
                    let place = self.open.get(&index).map_or(0, |open| open.places) + 1;
                    self.part(index, job, place, &extractor, PartContent::Row(row))?;
                }
            }
            Said::Note { note } => self.archive.catalog.put_note(job.sha256, &note)?,
            Said::End { units, .. } => self.end(index, job, units)?,
            Said::Fault { fault } => self.quarantine(index, job, fault)?,
            Said::Hello { .. } | Said::Opened { .. } | Said::Begin { .. } | Said::Alive => {}
        }
        self.progress.read(self.so_far);
        Ok(())
    }

    fn part(
        &mut self,
        index: usize,
        job: &Job,
        place: u64,
        extractor: &str,
        content: PartContent,
    ) -> Result<(), BatchError> {
        let part = Part { source: job.sha256, extractor: extractor.to_owned(), content };
        self.archive.catalog.put_part(&part, place)?;
        if let Some(open) = self.open.get_mut(&index) {
            open.places = place;
            open.pages += u64::from(matches!(part.content, PartContent::Page(_)));
        }
        Ok(())
    }

    fn page_failed(&mut self, index: usize, job: &Job, page: u32, fault: Fault) -> Result<(), BatchError> {
        let failure = PageFailure { page, fault: fault.clone() };
        self.archive.catalog.put_page_failure(job.sha256, &failure)?;
        self.progress.fault(&format!("{} #{page}", job.seen.name), &fault);
        self.so_far.pages += 1;
        self.so_far.faults += 1;
        if let Some(open) = self.open.get_mut(&index) {
            open.failures += 1;
            open.first_failure.get_or_insert(fault);
        }
        Ok(())
    }

    /// All of a file has been read: it is archived, unless none of its pages could be read or its
    /// original cannot be kept.
    fn end(&mut self, index: usize, job: &Job, units: u64) -> Result<(), BatchError> {
        let open = self.open.remove(&index).unwrap_or_default();
        if open.pages == 0
            && let Some(fault) = open.first_failure
        {
            self.seen.pages += units;
            self.seen.pages_failed += open.failures;
            return self.settle_quarantined(index, job, fault);
        }
        let originals = match job.kind.shape() {
            // What is in a container is kept, file by file, and the container is not.
            Shape::Files => OriginalsMode::Reference,
            // What was unpacked goes away.
            _ if job.seen.enclosed => OriginalsMode::Copy,
            _ => self.originals,
        };
        let kept = unchanged(job)
            .and_then(|()| self.archive.keep_original(&job.seen.path, &job.seen.name, job.sha256, originals));
        let original = match kept {
            Ok(original) => original,
            Err(fault) => return self.settle_quarantined(index, job, fault),
        };
        match job.kind.shape() {
            Shape::Pages => self.seen.pages += units,
            Shape::Rows => self.seen.rows += units,
            Shape::Files => {}
        }
        let catalog = &self.archive.catalog;
        catalog.set_original(job.sha256, original.as_deref())?;
        catalog.finish_source(job.sha256, units)?;
        remember_path(catalog, job)?;
        self.settle(index, job, InputOutcome::Archived)
    }

    fn quarantine(&mut self, index: usize, job: &Job, fault: Fault) -> Result<(), BatchError> {
        self.open.remove(&index);
        self.settle_quarantined(index, job, fault)
    }

    fn settle_quarantined(&mut self, index: usize, job: &Job, fault: Fault) -> Result<(), BatchError> {
        self.archive.catalog.drop_source(job.sha256)?;
        self.progress.fault(&job.seen.name, &fault);
        self.so_far.faults += 1;
        self.settle(index, job, InputOutcome::Quarantined(fault))
    }

    fn settle(&mut self, index: usize, job: &Job, outcome: InputOutcome) -> Result<(), BatchError> {
        self.archive.catalog.settle_input(self.run, &job.seen.key, Some(job.sha256), &outcome)?;
        self.so_far.files += 1;
        self.outcomes.insert(index, outcome);
        Ok(())
    }

    fn record(&self, job: &Job) -> SourceRecord {
        SourceRecord {
            sha256: job.sha256,
            kind: job.kind.name().to_owned(),
            bytes: job.stat.0,
            name: job.seen.name.clone(),
            original: None,
            state: SourceState::Reading,
            units: 0,
            run: self.generation,
        }
    }
}

/// Remembers what was seen at a job's path.
pub(crate) fn remember_path(catalog: &Catalog, job: &Job) -> Result<(), BatchError> {
    let (bytes, modified) = job.stat;
    catalog.set_path(&job.seen.key, PathRecord { sha256: job.sha256, bytes, modified })?;
    Ok(())
}

/// Whether a file still has the size and time that it had before it was hashed.
fn unchanged(job: &Job) -> Result<(), Fault> {
    if stat(&job.seen.path)? == job.stat { Ok(()) } else { Err(Fault::new(FaultKind::ChangedMeanwhile, "")) }
}
