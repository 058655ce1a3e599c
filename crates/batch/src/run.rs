//! One run, stage by stage.

use std::collections::HashSet;
use std::num::NonZero;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use dossier_archive::{Archive, ArchiveError, AuditEvent, InputOutcome, OriginalsMode, kill_point};
use dossier_model::ItemCounts;
use dossier_ocr::ModelStore;
use dossier_read::FileKind;

use crate::account::{self, Sight};
use crate::commit::{Committer, remember_path};
use crate::compose::compose;
use crate::derive::Deriver;
use crate::plan::{Job, Plan, Settled, plan};
use crate::pool::{Heard, Pool, PoolSettings};
use crate::prepare::prepare;
use crate::progress::{Progress, Stage};
use crate::reclassify::{Rules, apply};
use crate::report::{Report, Status};
use crate::system::{now, peak_memory};
use crate::walk::{Seen, walk};
use crate::{BatchError, Stop, log};

/// How many lines that are waiting are written together with the one that came.
const GROUP: usize = 64;
/// How often what has been read is made searchable while there is more to recognise.
const SOON: Duration = Duration::from_secs(600);

/// What to take in, where to, and how.
#[derive(Clone, Debug)]
pub struct Ingest {
    /// A pipeline's name, or the path of its folder.
    pub pipeline: String,
    /// Files and folders.
    pub sources: Vec<PathBuf>,
    /// Of these, only the files at these paths, as the catalog knows them; all if nothing is said.
    pub only: Option<HashSet<String>>,
    /// The archive's folder; made if it is not there.
    pub archive: PathBuf,
    /// How originals are kept.
    pub originals: OriginalsMode,
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

    /// Takes the sources in. A run that was cut off before goes on; one that is asked to stop
    /// leaves a usable archive and comes back as [`Status::Interrupted`].
    ///
    /// # Errors
    /// What keeps the run from starting or going on. `Unsettled` when the account does not add
    /// up: the run is then on record as failed.
    pub fn run(&self, progress: &dyn Progress, stop: &Stop) -> Result<Report, BatchError> {
        let started = Instant::now();
        let rules = Rules::load(&self.pipeline)?;
        progress.begin(Stage::Walk, 0);
        let mut known = 0;
        let mut files = walk(&self.sources, |count| {
            progress.advance(count - known);
            known = count;
        })?;
        if let Some(only) = &self.only {
            files.retain(|file| only.contains(&file.key));
        }
        let archive = Archive::open_or_create(&self.archive)?;
        let _lock = archive.lock()?;
        prepare(&archive, &self.archive, &rules)?;
        let version = rules.derived_version();
        let ids = archive.catalog.begin_run(&version, now())?;
        kill_point("run.begun");
        let run = Run { settings: self, archive: &archive, rules: &rules, version, ids, progress, stop };
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

struct Run<'a> {
    settings: &'a Ingest,
    archive: &'a Archive,
    rules: &'a Rules,
    /// The version of everything that units are made by.
    version: String,
    /// The run's number and its generation.
    ids: (i64, i64),
    progress: &'a dyn Progress,
    stop: &'a Stop,
}

/// What the stages did.
#[derive(Default)]
struct Done {
    sight: Sight,
    items: ItemCounts,
    slow: Vec<crate::report::SlowFile>,
    /// How long the rest of the backlog takes, at the pace of this run.
    seconds_left: Option<f64>,
    workers_memory: u64,
}

/// How far documents are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Depth {
    /// Those whose pages all have their text; the others are left for later.
    Text,
    /// All, with recognition.
    All,
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
        let Plan { unchanged, settled, jobs, copies } = self.plan(files)?;
        done.sight.unchanged = unchanged;
        tracing::info!(unchanged = unchanged.files, settled = settled.len(), to_read = jobs.len(), "planned");
        self.note(&jobs, &copies)?;
        self.settle_known(&settled)?;
        drop(settled);
        kill_point("plan.settled");
        self.look_for_room(&jobs)?;
        let mut committer = Committer::new(self.archive, self.ids, self.settings.originals, self.progress);
        let read = self.read_all(jobs, &mut committer, done);
        done.sight.parts = committer.seen;
        done.slow = std::mem::take(&mut committer.slow);
        read?;
        self.settle_copies(&copies, &committer)?;
        self.make_searchable(done)?;
        done.items.updated += self.reclassify()?;
        if !self.stop.is_asked() {
            self.index()?;
            self.archive.write_sums()?;
        }
        Ok(())
    }

    fn plan(&self, files: Vec<Seen>) -> Result<Plan, BatchError> {
        let has_models = ModelStore::locate().is_ok();
        let ignore = &self.rules.pipeline.manifest.ignore;
        plan(files, ignore, &self.archive.catalog, has_models, self.progress, self.stop)
    }

    /// Every file that has to be read is on record before anything is done with it.
    fn note(&self, jobs: &[Job], copies: &[Job]) -> Result<(), BatchError> {
        Ok(self.archive.catalog.together::<_, ArchiveError>(|catalog| {
            jobs.iter().chain(copies).try_for_each(|job| catalog.see_input(self.ids.0, &job.seen.key))
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
                    catalog.set_path(&file.key, record)?;
                }
                if let InputOutcome::Quarantined(fault) = outcome {
                    tracing::warn!(kind = ?fault.kind, "quarantined before it was read");
                    self.progress.fault(file.name(), fault);
                }
            }
            Ok(())
        })
    }

    /// Whether the originals fit on the archive's disk.
    fn look_for_room(&self, jobs: &[Job]) -> Result<(), BatchError> {
        let need = match self.settings.originals {
            OriginalsMode::Copy => jobs.iter().map(|job| job.stat.0).sum(),
            OriginalsMode::Link | OriginalsMode::Reference => 0,
        };
        let room = self.archive.room()?;
        if need > room {
            return Err(BatchError::NoRoom { archive: self.settings.archive.clone(), need, room });
        }
        Ok(())
    }

    /// Reads registers and documents that have their text first, so that these can be searched soon;
    /// then, the newest first, what has to be recognised.
    fn read_all(
        &self,
        jobs: Vec<Job>,
        committer: &mut Committer<'_>,
        done: &mut Done,
    ) -> Result<(), BatchError> {
        let mut first = Vec::new();
        let mut backlog = Vec::new();
        for job in jobs {
            // What is read once more, now that it can be recognised, keeps its place in the archive.
            let again = self.archive.catalog.source(job.sha256)?.is_some();
            if again { backlog.push(job) } else { first.push(job) }
        }
        first.sort_by_key(|job| job.kind == FileKind::Pdf);
        let first: Arc<[Job]> = first.into();
        self.read(&first, Depth::Text, committer, done)?;
        backlog.extend(std::mem::take(&mut committer.deferred).into_iter().map(|index| first[index].clone()));
        drop(first);
        if backlog.is_empty() || self.stop.reading_is_over() {
            return Ok(());
        }
        tracing::info!(files = backlog.len(), "to be recognised");
        self.make_searchable(done)?;
        self.index()?;
        backlog.sort_by_key(|job| std::cmp::Reverse(job.stat.1));
        let total: u64 = backlog.iter().map(|job| job.stat.0).sum();
        let (before, began) = (committer.bytes, Instant::now());
        let read = self.read(&backlog.into(), Depth::All, committer, done);
        let bytes = committer.bytes - before;
        let pace = (0 < bytes && bytes < total).then(|| began.elapsed().as_secs_f64() / bytes as f64);
        done.seconds_left = pace.map(|pace| pace * (total - bytes) as f64);
        read
    }

    fn read(
        &self,
        jobs: &Arc<[Job]>,
        depth: Depth,
        committer: &mut Committer<'_>,
        done: &mut Done,
    ) -> Result<(), BatchError> {
        if jobs.is_empty() {
            return Ok(());
        }
        self.progress.begin(Stage::Read, committer.files_done() + jobs.len() as u64);
        let mut pool =
            Pool::start(Arc::clone(jobs), self.pool_settings(jobs.len(), depth), self.stop.clone())?;
        let mut searchable = Instant::now();
        while let Some(first) = pool.next() {
            let waiting = std::iter::from_fn(|| pool.waiting()).take(GROUP);
            let group: Vec<Heard> = std::iter::once(first).chain(waiting).collect();
            self.archive.catalog.together(|_| {
                group.into_iter().try_for_each(|heard| {
                    let job = &jobs[heard.index];
                    committer.take(heard, job)
                })?;
                kill_point("parts.written");
                Ok::<_, BatchError>(())
            })?;
            kill_point("parts.committed");
            if depth == Depth::All && searchable.elapsed() > SOON {
                self.make_searchable(done)?;
                self.index()?;
                self.progress.begin(Stage::Read, committer.files_done() + jobs.len() as u64);
                searchable = Instant::now();
            }
        }
        done.workers_memory = done.workers_memory.max(pool.finish()?);
        Ok(())
    }

    fn pool_settings(&self, jobs: usize, depth: Depth) -> PoolSettings {
        let cores = std::thread::available_parallelism().map_or(1, NonZero::get);
        PoolSettings {
            program: self.settings.program.clone(),
            workers: self.settings.workers.map_or(cores, NonZero::get).min(jobs),
            recognise: depth == Depth::All,
            read: self.rules.pipeline.manifest.limits,
            worker: self.rules.pipeline.manifest.worker,
        }
    }

    /// Further places of a content share the fate of the first.
    fn settle_copies(&self, copies: &[Job], committer: &Committer<'_>) -> Result<(), BatchError> {
        self.archive.catalog.together(|catalog| {
            for copy in copies {
                let outcome = match committer.outcomes.get(&copy.sha256) {
                    Some(InputOutcome::Quarantined(fault) | InputOutcome::Released(fault)) => {
                        crate::plan::unless_released(
                            catalog,
                            &copy.seen.key,
                            Some(copy.sha256),
                            fault.clone(),
                        )?
                    }
                    Some(_) => InputOutcome::Duplicate,
                    // The run was asked to stop before the first place was read.
                    None => continue,
                };
                if outcome == InputOutcome::Duplicate {
                    remember_path(catalog, copy)?;
                }
                catalog.settle_input(self.ids.0, &copy.seen.key, Some(copy.sha256), &outcome)?;
            }
            Ok(())
        })
    }

    /// Makes units and items of what has been read.
    fn make_searchable(&self, done: &mut Done) -> Result<(), BatchError> {
        self.derive()?;
        let made = compose(self.archive, self.rules, self.ids.1, self.progress, self.stop)?;
        done.items.added += made.added;
        done.items.updated += made.updated;
        done.items.unchanged += made.unchanged;
        tracing::info!(added = made.added, updated = made.updated, unchanged = made.unchanged, "items");
        Ok(())
    }

    fn index(&self) -> Result<(), BatchError> {
        self.progress.begin(Stage::Index, 0);
        let written = self.archive.update_index()?;
        tracing::info!(written, "index");
        Ok(())
    }

    fn derive(&self) -> Result<(), BatchError> {
        let sources = self.archive.catalog.sources_to_derive(&self.version)?;
        self.progress.begin(Stage::Derive, sources.len() as u64);
        let deriver = Deriver::new(&self.rules.pipeline, &self.archive.catalog, self.ids)?;
        for source in sources {
            if self.stop.is_asked() {
                break;
            }
            deriver.derive(source, &self.version, self.stop)?;
            self.progress.advance(1);
        }
        Ok(())
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

    /// Draws up the account and puts the run on record.
    fn finish(
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
        let mut account = account::draw_up(catalog, self.ids.0, &done.sight, done.items)?;
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
        let report = Report {
            run: self.ids.0,
            status,
            account,
            quarantined: catalog.quarantined(self.ids.0)?,
            released: catalog.released_in(self.ids.0)?,
            failed_pages: account::failed_pages(catalog, self.ids.0)?,
            rejected_rows: catalog.rejected_rows(self.ids.0, REJECTED_SHOWN)?,
            slow_files: done.slow,
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

/// How many rejected rows a report names; the catalog has them all.
const REJECTED_SHOWN: u32 = 1000;
