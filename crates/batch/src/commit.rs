//! Facts go into the catalog: parts as they are heard, a file as a whole when all of it is there.

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use dossier_archive::{
    Archive, Catalog, InputOutcome, NotKept, OriginalsMode, PageFailure, PathRecord, SourceRecord,
    SourceState, kill_point,
};
use dossier_model::{Fault, FaultKind, Part, PartContent, Sha256};

use dossier_pipeline::Split;

use crate::BatchError;
use crate::plan::{Job, Units, unless_released};
use crate::pool::Heard;
use crate::progress::{Progress, ReadSoFar};
use crate::protocol::Said;
use crate::report::SlowFile;
use crate::walk::stat;

/// A file that takes longer than this many seconds may be named as slow.
const SLOW: f64 = 1.0;
/// How many slow files a run names.
const SLOWEST: usize = 10;

/// Writes what workers say into the catalog.
pub(crate) struct Committer<'a> {
    archive: &'a Archive,
    run: i64,
    /// The number under which contents are new; a run that goes on after an interrupted one
    /// shares it with that one.
    generation: i64,
    originals: OriginalsMode,
    /// By what documents are divided, if whoever takes them in says so.
    split: Option<Split>,
    progress: &'a dyn Progress,
    open: HashMap<Sha256, OpenFile>,
    /// What came into sight in files that are done.
    pub seen: Seen,
    /// The outcomes of the jobs that are done.
    pub outcomes: HashMap<Sha256, InputOutcome>,
    /// The jobs that are left for later, since pages of theirs have to be recognised.
    pub deferred: Vec<usize>,
    /// Whether what costs a worker is to be read once more.
    pub reads_again: bool,
    /// The jobs that are to be read once more, with no other beside them, and the pages that need not be.
    pub again: Vec<(usize, Vec<u32>)>,
    /// The size of the files that are done.
    pub bytes: u64,
    /// The files that took longest, the slowest first.
    pub slow: Vec<SlowFile>,
    so_far: ReadSoFar,
}

/// What came into sight in files, as the readers counted it.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Seen {
    pub units: Units,
    /// Pages of files that were quarantined because none of their pages could be read.
    pub pages_failed: u64,
}

/// A file of which something has been heard.
#[derive(Default)]
struct OpenFile {
    places: u64,
    /// Pages of which something is on record.
    pages: u64,
    failed: BTreeMap<u32, Fault>,
}

impl<'a> Committer<'a> {
    pub fn new(
        archive: &'a Archive,
        (run, generation): (i64, i64),
        (originals, split): (OriginalsMode, Option<Split>),
        progress: &'a dyn Progress,
    ) -> Committer<'a> {
        Committer {
            archive,
            run,
            generation,
            originals,
            split,
            progress,
            open: HashMap::new(),
            seen: Seen::default(),
            outcomes: HashMap::new(),
            deferred: Vec::new(),
            reads_again: false,
            again: Vec::new(),
            bytes: 0,
            slow: Vec::new(),
            so_far: ReadSoFar::default(),
        }
    }

    /// How many files are done.
    pub fn files_done(&self) -> u64 {
        self.so_far.files
    }

    /// Takes one line about a job.
    ///
    /// # Errors
    /// What the catalog says.
    pub fn take(&mut self, heard: Heard, job: &Job) -> Result<(), BatchError> {
        let Heard { index, said, after } = heard;
        if !self.open.contains_key(&job.sha256) {
            self.archive.catalog.begin_source(&self.record(job), &job.known)?;
            let pages = job.known.len() as u64;
            self.so_far.pages += pages;
            self.open.insert(job.sha256, OpenFile { pages, ..OpenFile::default() });
        }
        match said {
            Said::Page { content, extractor } => {
                let place = u64::from(content.number);
                self.part(job, place, &extractor, PartContent::Page(content))?;
                self.so_far.pages += 1;
            }
            Said::PageFailed { page, fault } => self.page_failed(job, page, fault)?,
            Said::Rows { rows, extractor } => {
                self.so_far.rows += rows.len() as u64;
                for row in rows {
                    let place = self.open.get(&job.sha256).map_or(0, |open| open.places) + 1;
                    self.part(job, place, &extractor, PartContent::Row(row))?;
                }
            }
            Said::Note { note } => self.archive.catalog.put_note(job.sha256, &note)?,
            Said::End { units, .. } => {
                if self.reads_again && self.pages_again(index, job, units) {
                    return Ok(());
                }
                self.end(job, units)?;
                self.took(job, after, units);
            }
            Said::Deferred { .. } => {
                self.forget(job)?;
                self.deferred.push(index);
            }
            Said::Fault { fault } if self.reads_again && fault.kind.cost_a_worker() => {
                self.read_again(index, job, &fault)?;
            }
            Said::Fault { fault } => {
                self.quarantine(job, fault)?;
                self.took(job, after, 0);
            }
            Said::Hello { .. } | Said::Opened { .. } | Said::Begin { .. } | Said::Alive => {}
        }
        self.progress.read(self.so_far);
        Ok(())
    }

    /// Leaves a file that cost a worker for later.
    fn read_again(&mut self, index: usize, job: &Job, fault: &Fault) -> Result<(), BatchError> {
        tracing::warn!(source = short(job.sha256), kind = ?fault.kind, "to be read again, alone");
        self.forget(job)?;
        self.again.push((index, Vec::new()));
        Ok(())
    }

    /// Leaves the pages of a file that cost a worker for later; whether there are any.
    fn pages_again(&mut self, index: usize, job: &Job, units: u64) -> bool {
        let Some(open) = self.open.get_mut(&job.sha256) else { return false };
        let lost: BTreeMap<u32, Fault> =
            open.failed.extract_if(.., |_, fault| fault.kind.cost_a_worker()).collect();
        if lost.is_empty() {
            return false;
        }
        tracing::warn!(source = short(job.sha256), pages = lost.len(), "pages to be read again, alone");
        let count = lost.len() as u64;
        self.so_far.pages = self.so_far.pages.saturating_sub(count);
        self.so_far.faults = self.so_far.faults.saturating_sub(count);
        let pages = u32::try_from(units).unwrap_or(u32::MAX);
        self.again.push((index, (1..=pages).filter(|page| !lost.contains_key(page)).collect()));
        true
    }

    /// What was read of a file counts for nothing: it is read later.
    fn forget(&mut self, job: &Job) -> Result<(), BatchError> {
        let open = self.open.remove(&job.sha256).unwrap_or_default();
        let failed = open.failed.len() as u64;
        self.so_far.pages = self.so_far.pages.saturating_sub(open.pages + failed);
        self.so_far.faults = self.so_far.faults.saturating_sub(failed);
        self.archive.catalog.drop_source(job.sha256)?;
        Ok(())
    }

    /// Notes how long a file took.
    fn took(&mut self, job: &Job, after: Duration, units: u64) {
        let seconds = after.as_secs_f64();
        self.bytes += job.stat.0;
        tracing::info!(source = short(job.sha256), seconds, units, "file");
        if seconds < SLOW {
            return;
        }
        let at = self.slow.partition_point(|slow| slow.seconds >= seconds);
        self.slow.insert(at, SlowFile { path: job.seen.key.clone(), seconds, units });
        self.slow.truncate(SLOWEST);
    }

    fn part(
        &mut self,
        job: &Job,
        place: u64,
        extractor: &str,
        content: PartContent,
    ) -> Result<(), BatchError> {
        let part = Part { source: job.sha256, extractor: extractor.to_owned(), content };
        self.archive.catalog.put_part(&part, place)?;
        if let Some(open) = self.open.get_mut(&job.sha256) {
            open.places = place;
            open.pages += u64::from(matches!(part.content, PartContent::Page(_)));
        }
        Ok(())
    }

    fn page_failed(&mut self, job: &Job, page: u32, fault: Fault) -> Result<(), BatchError> {
        let failure = PageFailure { page, fault: fault.clone() };
        self.archive.catalog.put_page_failure(job.sha256, &failure)?;
        tracing::warn!(source = short(job.sha256), page, kind = ?fault.kind, "page failed");
        self.progress.fault(&format!("{} #{page}", job.seen.name()), &fault);
        self.so_far.pages += 1;
        self.so_far.faults += 1;
        if let Some(open) = self.open.get_mut(&job.sha256) {
            open.failed.insert(page, fault);
        }
        Ok(())
    }

    /// All of a file has been read: it is archived, unless none of its pages could be read or its
    /// original cannot be kept.
    fn end(&mut self, job: &Job, units: u64) -> Result<(), BatchError> {
        let open = self.open.remove(&job.sha256).unwrap_or_default();
        let failed = open.failed.len() as u64;
        if open.pages == 0
            && let Some(fault) = open.failed.into_values().next()
        {
            if self.archive.catalog.released(&job.seen.key, job.sha256)?.is_none() {
                self.seen.units.pages += units;
                self.seen.pages_failed += failed;
            }
            return self.settle_quarantined(job, fault);
        }
        let originals = kept_as(job, self.originals);
        let kept = unchanged(job).map_err(NotKept::Source).and_then(|()| {
            self.archive.keep_original(job.seen.path(), job.seen.name(), job.sha256, originals)
        });
        let original = match kept {
            Ok(original) => original,
            Err(NotKept::Archive(error)) => return Err(error.into()),
            Err(NotKept::Source(fault)) => return self.settle_quarantined(job, fault),
        };
        kill_point("original.kept");
        self.seen.units.count(Some(job.kind.shape()), units);
        let catalog = &self.archive.catalog;
        catalog.set_original(job.sha256, original.as_deref())?;
        if let Some(split) = self.split {
            catalog.set_split(job.sha256, &split.to_string())?;
        }
        catalog.finish_source(job.sha256, units)?;
        catalog.want_no_more(&job.seen.key)?;
        remember_path(catalog, job)?;
        self.settle(job, InputOutcome::Archived)
    }

    fn quarantine(&mut self, job: &Job, fault: Fault) -> Result<(), BatchError> {
        self.open.remove(&job.sha256);
        self.settle_quarantined(job, fault)
    }

    fn settle_quarantined(&mut self, job: &Job, fault: Fault) -> Result<(), BatchError> {
        self.archive.catalog.drop_source(job.sha256)?;
        tracing::warn!(source = short(job.sha256), kind = ?fault.kind, "quarantined");
        self.progress.fault(job.seen.name(), &fault);
        self.so_far.faults += 1;
        let outcome = unless_released(&self.archive.catalog, &job.seen.key, Some(job.sha256), fault)?;
        self.settle(job, outcome)
    }

    fn settle(&mut self, job: &Job, outcome: InputOutcome) -> Result<(), BatchError> {
        self.archive.catalog.settle_input(self.run, &job.seen.key, Some(job.sha256), &outcome)?;
        self.so_far.files += 1;
        self.outcomes.insert(job.sha256, outcome);
        Ok(())
    }

    fn record(&self, job: &Job) -> SourceRecord {
        SourceRecord {
            sha256: job.sha256,
            kind: job.kind.name().to_owned(),
            bytes: job.stat.0,
            name: job.seen.name().to_owned(),
            original: None,
            state: SourceState::Reading,
            units: 0,
            run: self.generation,
        }
    }
}

/// How the log names a content: by the beginning of its digest, since files are often called by
/// whoever wrote them.
pub(crate) fn short(sha256: Sha256) -> String {
    sha256.to_string()[..12].to_owned()
}

/// Remembers what was seen at a job's path.
pub(crate) fn remember_path(catalog: &Catalog, job: &Job) -> Result<(), BatchError> {
    let (bytes, modified) = job.stat;
    catalog.set_path(&job.seen.key, PathRecord { sha256: job.sha256, bytes, modified })?;
    Ok(())
}

/// How a job's original is kept where others are kept as `mode` says.
pub(crate) fn kept_as(job: &Job, mode: OriginalsMode) -> OriginalsMode {
    if job.kind.is_container() {
        // What is in it is kept, file by file.
        OriginalsMode::Reference
    } else if job.seen.enclosed.is_some() {
        // What was unpacked goes away.
        OriginalsMode::Copy
    } else {
        mode
    }
}

/// Whether a file still has the size and time that it had before it was hashed.
fn unchanged(job: &Job) -> Result<(), Fault> {
    if stat(job.seen.path())? == job.stat { Ok(()) } else { Err(Fault::new(FaultKind::ChangedMeanwhile, "")) }
}
