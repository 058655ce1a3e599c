//! One run, stage by stage.

use std::num::NonZero;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use dossier_archive::{
    Archive, ArchiveError, AuditEvent, AxisLabel, FieldLabel, InputOutcome, OriginalsMode, Summary,
};
use dossier_model::{ItemCounts, Sha256};
use dossier_ocr::ModelStore;
use dossier_pipeline::{FieldKind, FieldSpec};

use crate::account::{self, Sight};
use crate::commit::{Committer, Seen as SeenParts, remember_path};
use crate::compose::compose;
use crate::derive::Deriver;
use crate::enclosed::{self, Spool};
use crate::plan::{Job, Plan, Planner, Settled};
use crate::pool::{Heard, Pool, PoolSettings};
use crate::progress::{Progress, Stage};
use crate::reclassify::{Rules, apply};
use crate::report::{Report, Status};
use crate::system::{now, peak_memory};
use crate::walk::{Seen, walk};
use crate::{BatchError, Stop};

/// How many lines that are waiting are written together with the one that came.
const GROUP: usize = 64;

/// What to take in, where to, and how.
#[derive(Clone, Debug)]
pub struct Ingest {
    /// A pipeline's name, or the path of its folder.
    pub pipeline: String,
    /// Files and folders.
    pub sources: Vec<PathBuf>,
    /// The archive's folder; made if it is not there.
    pub archive: PathBuf,
    /// How originals are kept.
    pub originals: OriginalsMode,
    /// How many workers; one for each core if not said.
    pub workers: Option<NonZero<usize>>,
    /// The program that serves as `PROGRAM worker`.
    pub program: PathBuf,
}

impl Ingest {
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
        let files = walk(&self.sources, |count| {
            progress.advance(count - known);
            known = count;
        })?;
        let mut archive = Archive::open_or_create(&self.archive)?;
        let _lock = archive.lock()?;
        prepare(&archive, &self.archive, &rules)?;
        let version = rules.derived_version();
        let ids = archive.catalog.begin_run(&version, now())?;
        let run = Run { settings: self, archive: &archive, rules: &rules, ids, progress, stop };
        let done = run.stages(files, &version);
        let report = run.finish(done, started)?;
        progress.begin(Stage::Index, 0);
        if report.status != Status::Interrupted {
            archive.update_index()?;
            archive.write_sums()?;
        }
        progress.end();
        if report.status == Status::Failed {
            return Err(BatchError::Unsettled(report.account.check()));
        }
        Ok(report)
    }
}

/// Makes the archive belong to the pipeline.
fn prepare(archive: &Archive, root: &Path, rules: &Rules) -> Result<(), BatchError> {
    let pipeline = &rules.pipeline;
    let name = &pipeline.manifest.name;
    if let Some(theirs) = archive.catalog.pipeline()?.filter(|theirs| theirs != name) {
        return Err(BatchError::OtherPipeline { archive: root.to_owned(), theirs });
    }
    let summary = &pipeline.manifest.summary;
    let shown = Summary {
        date: summary.date.clone(),
        petitioner: summary.petitioner.clone(),
        axis: summary.axis.clone(),
        region: summary.region.clone(),
        demand: summary.demand.clone(),
        person: summary.person.clone(),
        answer: summary.answer.clone(),
        anonymous: summary.anonymous.clone(),
        no: summary.no.clone(),
        nobody: pipeline.letters.anonymous.clone(),
        facets: summary.facets.clone(),
        axes: rules
            .classifier
            .axes()
            .map(|(name, zh, en)| AxisLabel { name: name.to_owned(), zh: zh.to_owned(), en: en.to_owned() })
            .collect(),
    };
    let labels: Vec<FieldLabel> = pipeline.fields.iter().map(label).collect();
    archive.catalog.together::<_, ArchiveError>(|catalog| {
        catalog.set_pipeline(name)?;
        catalog.set_summary(&shown)?;
        catalog.set_field_labels(&labels)?;
        catalog.drop_unfinished_sources()?;
        catalog.seal_unsealed()
    })?;
    Ok(())
}

fn label(field: &FieldSpec) -> FieldLabel {
    let exact =
        !matches!(field.kind, FieldKind::Text | FieldKind::Name | FieldKind::Address | FieldKind::Region);
    FieldLabel {
        name: field.name.clone(),
        zh: field.zh.clone(),
        en: field.en.clone(),
        mask: field.mask(),
        also: field.headers.clone(),
        number: matches!(field.kind, FieldKind::Date | FieldKind::Count),
        exact,
    }
}

struct Run<'a> {
    settings: &'a Ingest,
    archive: &'a Archive,
    rules: &'a Rules,
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
    workers_memory: u64,
}

impl Run<'_> {
    /// The stages, in order; a run that is asked to stop ends after the one it is in.
    fn stages(&self, files: Vec<Seen>, version: &str) -> Result<Done, BatchError> {
        let mut done = Done::default();
        done.sight.files = files.len() as u64;
        self.note(&files)?;
        // Unpacked files are there until they have been read.
        let mut spool = Spool::new(&self.settings.archive)?;
        let Plan { settled, jobs, copies, members, .. } = self.plan(files, &mut spool)?;
        done.sight.files += members.len() as u64;
        self.note(&members)?;
        self.settle_known(&settled)?;
        let jobs: Arc<[Job]> = jobs.into();
        let (seen, outcomes, memory) = self.read(&jobs)?;
        done.sight.parts = seen;
        done.workers_memory = memory;
        self.settle_copies(&jobs, &copies, &outcomes)?;
        drop(spool);
        self.derive(version)?;
        done.items = compose(self.archive, self.rules, self.progress, self.stop)?;
        done.items.updated += self.reclassify()?;
        Ok(done)
    }

    /// Every file that came into sight is on record before anything is done with it.
    fn note(&self, files: &[Seen]) -> Result<(), BatchError> {
        Ok(self.archive.catalog.together::<_, ArchiveError>(|catalog| {
            files.iter().try_for_each(|file| catalog.see_input(self.ids.0, &file.key))
        })?)
    }

    fn plan(&self, files: Vec<Seen>, spool: &mut Spool) -> Result<Plan, BatchError> {
        let manifest = &self.rules.pipeline.manifest;
        let planner = Planner {
            ignore: &manifest.ignore,
            limits: &manifest.limits,
            catalog: &self.archive.catalog,
            has_models: ModelStore::locate().is_ok(),
            progress: self.progress,
            stop: self.stop,
            spool: Some(spool),
        };
        planner.plan(files)
    }

    /// Records what is known without reading.
    fn settle_known(&self, settled: &[Settled]) -> Result<(), BatchError> {
        self.archive.catalog.together(|catalog| {
            for (file, sha256, outcome) in settled {
                catalog.settle_input(self.ids.0, &file.key, *sha256, outcome)?;
                if let (Some(sha256), Ok((bytes, modified))) = (*sha256, &file.stat) {
                    let record = dossier_archive::PathRecord { sha256, bytes: *bytes, modified: *modified };
                    catalog.set_path(&file.key, record)?;
                }
                if let InputOutcome::Quarantined(fault) = outcome {
                    self.progress.fault(&file.name, fault);
                }
            }
            Ok(())
        })
    }

    fn read(&self, jobs: &Arc<[Job]>) -> Result<(SeenParts, Outcomes, u64), BatchError> {
        self.progress.begin(Stage::Read, jobs.len() as u64);
        let originals = self.settings.originals;
        let mut committer = Committer::new(self.archive, self.ids, originals, self.progress);
        if jobs.is_empty() {
            return Ok((committer.seen, committer.outcomes, 0));
        }
        let mut pool = Pool::start(Arc::clone(jobs), self.pool_settings(jobs.len()), self.stop.clone())?;
        while let Some(first) = pool.next() {
            let waiting = std::iter::from_fn(|| pool.waiting()).take(GROUP);
            let group: Vec<Heard> = std::iter::once(first).chain(waiting).collect();
            self.archive.catalog.together(|_| {
                group.into_iter().try_for_each(|(index, said)| committer.take(index, &jobs[index], said))
            })?;
        }
        let memory = pool.finish()?;
        Ok((committer.seen, committer.outcomes, memory))
    }

    fn pool_settings(&self, jobs: usize) -> PoolSettings {
        let cores = std::thread::available_parallelism().map_or(1, NonZero::get);
        PoolSettings {
            program: self.settings.program.clone(),
            workers: self.settings.workers.map_or(cores, NonZero::get).min(jobs),
            read: self.rules.pipeline.manifest.limits,
            convert: self.rules.pipeline.manifest.convert.clone(),
            scratch: enclosed::folder(&self.settings.archive),
            worker: self.rules.pipeline.manifest.worker,
        }
    }

    /// Further places of a content share the fate of the first.
    fn settle_copies(&self, jobs: &[Job], copies: &[Job], outcomes: &Outcomes) -> Result<(), BatchError> {
        let fates: std::collections::HashMap<Sha256, &InputOutcome> = jobs
            .iter()
            .enumerate()
            .filter_map(|(index, job)| Some((job.sha256, outcomes.get(&index)?)))
            .collect();
        self.archive.catalog.together(|catalog| {
            for copy in copies {
                let outcome = match fates.get(&copy.sha256) {
                    Some(InputOutcome::Quarantined(fault)) => InputOutcome::Quarantined(fault.clone()),
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

    fn derive(&self, version: &str) -> Result<(), BatchError> {
        let sources = self.archive.catalog.sources_to_derive(version)?;
        self.progress.begin(Stage::Derive, sources.len() as u64);
        let deriver = Deriver::new(&self.rules.pipeline, &self.archive.catalog, self.ids)?;
        for source in sources {
            if self.stop.is_asked() {
                break;
            }
            deriver.derive(source, version, self.stop)?;
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
    fn finish(&self, done: Result<Done, BatchError>, started: Instant) -> Result<Report, BatchError> {
        let catalog = &self.archive.catalog;
        let done = match done {
            Ok(done) => done,
            Err(error) => {
                catalog.finish_run(self.ids.0, Status::Failed.name(), "", now())?;
                return Err(error);
            }
        };
        let mut account = account::draw_up(catalog, self.ids.0, &done.sight, done.items)?;
        let status = if self.stop.is_asked() {
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
            failed_pages: account::failed_pages(catalog, self.ids.0)?,
            rejected_rows: catalog.rejected_rows(self.ids.0, SHOWN)?,
            notes: catalog.notes_of(self.ids.0, SHOWN)?,
            seconds: started.elapsed().as_secs_f64(),
            peak_memory: peak_memory() + done.workers_memory,
        };
        catalog.finish_run(
            self.ids.0,
            status.name(),
            &report.json(dossier_model::Lang::Zh).to_string(),
            now(),
        )?;
        self.archive.audit(AuditEvent::Ingest { run: self.ids.0, status: status.name().to_owned() })?;
        Ok(report)
    }
}

type Outcomes = std::collections::HashMap<usize, InputOutcome>;

/// How many rejected rows and notes a report names; the catalog has them all.
const SHOWN: u32 = 1000;
