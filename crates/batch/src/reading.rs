//! Reading: what can be searched soon first, then what has to be recognised.

use std::num::NonZero;
use std::sync::Arc;
use std::time::{Duration, Instant};

use dossier_archive::{InputOutcome, kill_point};
use dossier_model::Shape;
use dossier_ocr::Model;
use dossier_pipeline::{AloneLimits, WorkerLimits};

use crate::BatchError;
use crate::backlog::Backlog;
use crate::commit::{Committer, remember_path};
use crate::enclosed;
use crate::plan::{Job, unless_released};
use crate::pool::{Heard, Pool, PoolSettings};
use crate::progress::Stage;
use crate::recognition::OcrMode;
use crate::run::{Done, Run};
use crate::worker::{extractors_that_stand, model};

/// How many lines that are waiting are written together with the one that came.
const GROUP: usize = 64;
/// How often what has been read is made searchable while there is more to recognise.
const SOON: Duration = Duration::from_secs(600);

/// How far documents are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Depth {
    /// Those whose pages all have their text; the others are left for later.
    Text,
    /// All, with recognition.
    All,
}

impl Run<'_> {
    /// Reads registers and documents that have their text first, so that these can be searched soon;
    /// then, in the order of [`Backlog`], what has to be recognised.
    pub(crate) fn read_all(
        &self,
        jobs: Vec<Job>,
        committer: &mut Committer<'_>,
        done: &mut Done,
    ) -> Result<(), BatchError> {
        let mut first = Vec::new();
        let mut backlog = Vec::new();
        for job in jobs {
            // What is read once more, now that it can be recognised, or gone on with keeps its place in
            // the archive.
            let again = self.archive.catalog.source(job.sha256)?.is_some();
            if again {
                backlog.push(Job { known: self.known_pages(&job)?, ..job });
            } else {
                first.push(job);
            }
        }
        first.sort_by_key(|job| job.kind.shape() == Shape::Pages);
        let first: Arc<[Job]> = first.into();
        self.read(&first, Depth::Text, committer, done)?;
        backlog.extend(std::mem::take(&mut committer.deferred).into_iter().map(|index| first[index].clone()));
        drop(first);
        if backlog.is_empty() || self.stop.reading_is_over() {
            return Ok(());
        }
        let model = model(&self.rules.pipeline.manifest.recognition).ok();
        let runtime = model.as_ref().map_or("none", |model| model.runtime().name());
        tracing::info!(files = backlog.len(), runtime, "to be recognised");
        done.missing_library = model.filter(Model::lacks_library).map(|model| model.library().to_owned());
        self.make_searchable(done)?;
        self.index()?;
        Backlog::new(&self.archive.catalog, &self.settings.fonds)?.sort(&mut backlog);
        let total: u64 = backlog.iter().map(|job| job.stat.0).sum();
        let (before, began) = (committer.bytes, Instant::now());
        let read = self.read(&backlog.into(), Depth::All, committer, done);
        let bytes = committer.bytes - before;
        let pace = (0 < bytes && bytes < total).then(|| began.elapsed().as_secs_f64() / bytes as f64);
        done.seconds_left = pace.map(|pace| pace * (total - bytes) as f64);
        read
    }

    /// The pages of a file that have been recognised already, by what would recognise them now: when a
    /// run was cut off, or others of the file's pages failed.
    fn known_pages(&self, job: &Job) -> Result<Vec<u32>, BatchError> {
        let as_before = job.transcript.is_none() && self.settings.ocr != OcrMode::Force;
        if !as_before || job.kind.shape() != Shape::Pages {
            return Ok(Vec::new());
        }
        Ok(self
            .archive
            .catalog
            .pages_by(job.sha256, &extractors_that_stand(&self.rules.pipeline.manifest.recognition))?)
    }

    /// Reads files side by side; what cost a worker once more, one after the other, if the pipeline has
    /// limits for that.
    fn read(
        &self,
        jobs: &Arc<[Job]>,
        depth: Depth,
        committer: &mut Committer<'_>,
        done: &mut Done,
    ) -> Result<(), BatchError> {
        let settings = self.pool_settings(jobs.len(), depth);
        let limits = settings.worker.alone;
        committer.reads_again = limits.is_some();
        self.read_with(settings.clone(), jobs, depth, committer, done)?;
        committer.reads_again = false;
        let Some(AloneLimits { memory_mib, stall_seconds, cpu_seconds }) = limits else { return Ok(()) };
        let (again, alone): (Vec<usize>, Vec<Job>) = std::mem::take(&mut committer.again)
            .into_iter()
            .map(|(index, known)| (index, Job { known, ..jobs[index].clone() }))
            .unzip();
        let worker = WorkerLimits { memory_mib, stall_seconds, cpu_seconds, alone: None };
        let before = committer.deferred.len();
        self.read_with(
            PoolSettings { workers: 1, worker, ..settings },
            &alone.into(),
            depth,
            committer,
            done,
        )?;
        committer.deferred[before..].iter_mut().for_each(|index| *index = again[*index]);
        Ok(())
    }

    fn read_with(
        &self,
        settings: PoolSettings,
        jobs: &Arc<[Job]>,
        depth: Depth,
        committer: &mut Committer<'_>,
        done: &mut Done,
    ) -> Result<(), BatchError> {
        if jobs.is_empty() || self.stop.reading_is_over() {
            return Ok(());
        }
        self.progress.begin(Stage::Read, committer.files_done() + jobs.len() as u64);
        let mut pool = Pool::start(Arc::clone(jobs), settings, self.stop.clone())?;
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
        let manifest = &self.rules.pipeline.manifest;
        PoolSettings {
            program: self.settings.program.clone(),
            workers: self.settings.workers.map_or(cores, NonZero::get).min(jobs),
            recognition: self.settings.ocr.recognition(depth == Depth::All),
            force: self.settings.ocr == OcrMode::Force,
            read: manifest.limits,
            convert: manifest.convert.clone(),
            scratch: enclosed::folder(&self.settings.archive),
            model: manifest.recognition.clone(),
            worker: manifest.worker,
        }
    }

    /// Further places of a content share the fate of the first.
    pub(crate) fn settle_copies(&self, copies: &[Job], committer: &Committer<'_>) -> Result<(), BatchError> {
        self.archive.catalog.together(|catalog| {
            for copy in copies {
                let outcome = match committer.outcomes.get(&copy.sha256) {
                    Some(InputOutcome::Quarantined(fault) | InputOutcome::Released(fault)) => {
                        unless_released(catalog, &copy.seen.key, Some(copy.sha256), fault.clone())?
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
}
