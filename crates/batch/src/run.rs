//! One run, stage by stage.

use std::collections::HashSet;
use std::num::NonZero;
use std::path::PathBuf;
use std::time::Instant;

use dossier_archive::{Archive, ArchiveError, Catalog, InputOutcome, OriginalsMode, kill_point};
use dossier_fields::RegisterReader;
use dossier_model::{ItemCounts, Sha256};
use dossier_pipeline::{RecognitionSpec, Split};

use crate::account::Sight;
use crate::commit::{Committer, kept_as, short};
use crate::compose::compose;
use crate::derive::Deriver;
use crate::enclosed::Spool;
use crate::outdated::{Outdated, outdated};
use crate::plan::{Job, Plan, Planner, Settled};
use crate::prepare::prepare;
use crate::progress::{Progress, Stage};
use crate::reclassify::{Rules, apply};
use crate::recognition::OcrMode;
use crate::report::{Report, SlowFile, Status};
use crate::system::now;
use crate::walk::{Seen, apart, walk};
use crate::worker::has_model;
use crate::{BatchError, Stop, log};

/// What to take in, where to, and how.
#[derive(Clone, Debug)]
pub struct Ingest {
    /// A pipeline's name, or the path of its folder.
    pub pipeline: String,
    /// Files and folders.
    pub sources: Vec<PathBuf>,
    /// Of these, only the files at these paths, as the catalog knows them; all if nothing is said.
    pub only: Option<HashSet<String>>,
    /// Whether pages are recognised.
    pub ocr: OcrMode,
    /// What is recognised again though nothing of it has changed.
    pub again: Option<Outdated>,
    /// The archive's folder; made if it is not there.
    pub archive: PathBuf,
    /// How originals are kept.
    pub originals: OriginalsMode,
    /// By what documents are divided into letters; as the pipeline says if nothing is said.
    pub split: Option<Split>,
    /// Numbers of fonds, in the order in which their files are recognised; others come after them.
    pub fonds: Vec<String>,
    /// How many workers; one for each core if not said.
    pub workers: Option<NonZero<usize>>,
    /// The program that serves as `PROGRAM worker`.
    pub program: PathBuf,
    /// For how many days logs are kept.
    pub log_days: u32,
}

impl Ingest {
    /// For how many days logs are kept if nobody says otherwise.
    pub const LOG_DAYS: u32 = 400;

    /// The contents that are recognised again.
    pub(crate) fn to_recognise_again(
        &self,
        catalog: &Catalog,
        spec: &RecognitionSpec,
    ) -> Result<Vec<Sha256>, ArchiveError> {
        self.again.map_or(Ok(Vec::new()), |what| outdated(catalog, what, spec))
    }

    /// Takes the sources in. A run that was cut off before goes on; one that is asked to stop
    /// leaves a usable archive and comes back as [`Status::Interrupted`].
    ///
    /// # Errors
    /// What keeps the run from starting or going on. `Unsettled` when the account does not add
    /// up: the run is then on record as failed.
    pub fn run(&self, progress: &dyn Progress, stop: &Stop) -> Result<Report, BatchError> {
        let started = Instant::now();
        let rules = Rules::load(&self.pipeline)?;
        apart(&self.archive, &self.sources)?;
        progress.begin(Stage::Walk, 0);
        let mut known = 0;
        let mut files = walk(&self.sources, |count| {
            progress.advance(count - known);
            known = count;
        })?;
        if let Some(only) = &self.only {
            files.retain(|file| only.contains(&file.key));
        }
        self.take_in(&rules, files, (progress, stop), started).map_err(|error| match error {
            BatchError::Archive(error) => error.of(&self.archive).into(),
            other => other,
        })
    }

    fn take_in(
        &self,
        rules: &Rules,
        files: Vec<Seen>,
        (progress, stop): (&dyn Progress, &Stop),
        started: Instant,
    ) -> Result<Report, BatchError> {
        let archive = Archive::open_or_create(&self.archive)?;
        let _lock = archive.lock()?;
        prepare(&archive, &self.archive, rules)?;
        let version = rules.derived_version();
        let ids = archive.catalog.begin_run(&version, now())?;
        kill_point("run.begun");
        let run = Run { settings: self, archive: &archive, rules, version, ids, progress, stop };
        let log = log::open(&self.archive, ids.0)?;
        let report = tracing::dispatcher::with_default(&log, || run.whole(files, started))?;
        log::forget(&self.archive, self.log_days)?;
        progress.end();
        if report.status == Status::Failed {
            return Err(BatchError::Unsettled(report.account.check()));
        }
        Ok(report)
    }
}

pub(crate) struct Run<'a> {
    pub settings: &'a Ingest,
    pub archive: &'a Archive,
    pub rules: &'a Rules,
    /// The version of everything that units are made by.
    version: String,
    /// The run's number and its generation.
    pub ids: (i64, i64),
    pub progress: &'a dyn Progress,
    pub stop: &'a Stop,
}

/// What the stages did.
#[derive(Default)]
pub(crate) struct Done {
    pub sight: Sight,
    pub items: ItemCounts,
    pub slow: Vec<SlowFile>,
    /// How many files that had been taken in before were made into letters anew.
    pub renewed: u64,
    /// How long the rest of the backlog takes, at the pace of this run.
    pub seconds_left: Option<f64>,
    pub workers_memory: u64,
    /// Where the library should be for want of which pages are recognised more slowly.
    pub missing_library: Option<PathBuf>,
}

impl Run<'_> {
    /// The stages, then the account.
    fn whole(&self, files: Vec<Seen>, started: Instant) -> Result<Report, BatchError> {
        tracing::info!(run = self.ids.0, version = self.version, files = files.len(), "run begins");
        let mut done = Done::default();
        let ended = self.stages(files, &mut done);
        if let Err(error) = &ended {
            tracing::error!(%error, "run ends");
        }
        let report = self.finish(ended, done, started)?;
        tracing::info!(status = report.status.name(), seconds = report.seconds, "run ends");
        Ok(report)
    }

    /// The stages, in order; a run that is asked to stop ends after the one it is in.
    fn stages(&self, files: Vec<Seen>, done: &mut Done) -> Result<(), BatchError> {
        done.sight.files = files.len() as u64;
        // Unpacked files are there until they have been read.
        let mut spool = Spool::new(&self.settings.archive)?;
        let Plan { unchanged, unread, settled, jobs, copies, members, .. } = self.plan(files, &mut spool)?;
        done.sight.files += members;
        done.sight.unchanged = unchanged;
        done.sight.unread = unread;
        tracing::info!(unchanged = unchanged.files, settled = settled.len(), to_read = jobs.len(), "planned");
        self.note(&jobs, &copies)?;
        self.settle_known(&settled)?;
        drop(settled);
        kill_point("plan.settled");
        self.look_for_room(&jobs)?;
        let kept = (self.settings.originals, self.settings.split);
        let mut committer = Committer::new(self.archive, self.ids, kept, self.progress);
        let read = self.read_all(jobs, &mut committer, done);
        done.sight.parts = committer.seen;
        done.slow = std::mem::take(&mut committer.slow);
        read?;
        self.settle_copies(&copies, &committer)?;
        drop(spool);
        self.make_searchable(done)?;
        done.items.updated += self.reclassify()?;
        if !self.stop.is_asked() {
            self.index()?;
            self.archive.write_sums()?;
        }
        Ok(())
    }

    fn plan(&self, files: Vec<Seen>, spool: &mut Spool) -> Result<Plan, BatchError> {
        let manifest = &self.rules.pipeline.manifest;
        let registers = RegisterReader::new(&self.rules.pipeline);
        let planner = Planner {
            ignore: &manifest.ignore,
            limits: &manifest.limits,
            registers: &registers,
            catalog: &self.archive.catalog,
            may_recognise: self.settings.ocr != OcrMode::Never,
            has_models: has_model(&manifest.recognition),
            again: self.settings.to_recognise_again(&self.archive.catalog, &manifest.recognition)?,
            progress: self.progress,
            stop: self.stop,
            spool: Some(spool),
        };
        planner.plan(files)
    }

    /// Every file that has to be read is on record before anything is done with it.
    fn note(&self, jobs: &[Job], copies: &[Job]) -> Result<(), BatchError> {
        Ok(self.archive.catalog.together::<_, ArchiveError>(|catalog| {
            jobs.iter().chain(copies).try_for_each(|job| {
                catalog.note_replaced(self.ids.1, &job.seen.key, job.sha256)?;
                catalog.see_input(self.ids.0, &job.seen.key)
            })
        })?)
    }

    /// Records what is known without reading.
    fn settle_known(&self, settled: &[Settled]) -> Result<(), BatchError> {
        self.archive.catalog.together(|catalog| {
            for (file, sha256, outcome) in settled {
                catalog.settle_input(self.ids.0, &file.key, *sha256, outcome)?;
                let is_held = matches!(outcome, InputOutcome::Unchanged | InputOutcome::Duplicate);
                if let (true, Some(sha256), Ok((bytes, modified))) = (is_held, *sha256, &file.stat) {
                    let record = dossier_archive::PathRecord { sha256, bytes: *bytes, modified: *modified };
                    catalog.note_replaced(self.ids.1, &file.key, sha256)?;
                    catalog.set_path(&file.key, record)?;
                }
                if let InputOutcome::Quarantined(fault) = outcome {
                    let source = sha256.map(short).unwrap_or_default();
                    tracing::warn!(source, kind = ?fault.kind, "quarantined before it was read");
                    self.progress.fault(file.name(), fault);
                }
            }
            Ok(())
        })
    }

    /// Whether the originals fit on the archive's disk.
    fn look_for_room(&self, jobs: &[Job]) -> Result<(), BatchError> {
        let copied = |job: &&Job| match kept_as(job, self.settings.originals) {
            OriginalsMode::Copy => true,
            OriginalsMode::Link | OriginalsMode::Reference => false,
        };
        let need = jobs.iter().filter(copied).map(|job| job.stat.0).sum();
        let room = self.archive.room()?;
        if need > room {
            return Err(BatchError::NoRoom { archive: self.settings.archive.clone(), need, room });
        }
        Ok(())
    }

    /// Makes units and items of what has been read.
    pub(crate) fn make_searchable(&self, done: &mut Done) -> Result<(), BatchError> {
        done.renewed += self.derive()?;
        let made = compose(self.archive, self.rules, self.ids.1, self.progress, self.stop)?;
        done.items.added += made.added;
        done.items.updated += made.updated;
        done.items.unchanged += made.unchanged;
        tracing::info!(added = made.added, updated = made.updated, unchanged = made.unchanged, "items");
        Ok(())
    }

    pub(crate) fn index(&self) -> Result<(), BatchError> {
        self.progress.begin(Stage::Index, 0);
        let written = self.archive.update_index()?;
        tracing::info!(written, "index");
        Ok(())
    }

    /// Makes the units of what has been read, or was read and divided by another version; returns of how
    /// many contents the latter is true.
    fn derive(&self) -> Result<u64, BatchError> {
        let sources = self.archive.catalog.sources_to_derive(&self.version)?;
        let waiting: HashSet<Sha256> = self.archive.catalog.sources_waiting()?.into_iter().collect();
        let mut renewed = 0;
        self.progress.begin(Stage::Derive, sources.len() as u64);
        let deriver = Deriver::new(&self.rules.pipeline, &self.archive.catalog, self.ids)?;
        for source in sources {
            if self.stop.is_asked() {
                break;
            }
            renewed += u64::from(!waiting.contains(&source));
            deriver.derive(source, &self.version, self.stop)?;
            self.progress.advance(1);
        }
        Ok(renewed)
    }

    /// Applies rules that have changed to the items that were there already; returns how many
    /// moved.
    fn reclassify(&self) -> Result<u64, BatchError> {
        let (catalog, version) = (&self.archive.catalog, self.rules.version());
        match catalog.rules_version()? {
            Some(before) if before != version => {
                let moves = apply(self.archive, self.rules, self.progress, self.stop)?;
                Ok(moves.moved + moves.rescored)
            }
            Some(_) => Ok(0),
            None => {
                catalog.set_rules_version(&version)?;
                Ok(0)
            }
        }
    }
}
