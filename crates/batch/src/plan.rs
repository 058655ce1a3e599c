//! The plan: what is to be read, and what is known already.

use std::collections::HashSet;

use dossier_archive::{Catalog, InputOutcome, PathRecord, SourceState, hash_file};
use dossier_model::{Fault, FaultKind, Sha256};
use dossier_pipeline::IgnoreRule;
use dossier_read::{FileKind, sniff};
use rayon::prelude::*;

use crate::progress::{Progress, Stage};
use crate::walk::Seen;
use crate::{BatchError, Stop};

/// How many files are hashed between two looks at the stop sign.
const CHUNK: usize = 256;

/// A file that has to be read.
#[derive(Clone, Debug)]
pub(crate) struct Job {
    /// The file.
    pub seen: Seen,
    /// Its content.
    pub sha256: Sha256,
    /// Its size, and when it was last written, before it was hashed.
    pub stat: (u64, i64),
    /// What it is.
    pub kind: FileKind,
}

/// A file whose outcome is known, with its content if that is known.
pub(crate) type Settled = (Seen, Option<Sha256>, InputOutcome);

/// What is to be done.
#[derive(Debug, Default)]
pub(crate) struct Plan {
    /// Files whose outcome is known without reading them.
    pub settled: Vec<Settled>,
    /// Files to be read, each content once.
    pub jobs: Vec<Job>,
    /// Further places of contents that are to be read.
    pub copies: Vec<Job>,
}

/// What looking at a file found.
enum Look {
    Settled(InputOutcome),
    /// Its content, size and time.
    Content(Sha256, (u64, i64)),
}

/// Plans a run over `files`: unchanged ones are known by path, size and time, others by content.
///
/// # Errors
/// What the catalog says.
pub(crate) fn plan(
    files: Vec<Seen>,
    ignore: &[IgnoreRule],
    catalog: &Catalog,
    has_models: bool,
    progress: &dyn Progress,
    stop: &Stop,
) -> Result<Plan, BatchError> {
    progress.begin(Stage::Check, files.len() as u64);
    let mut plan = Plan::default();
    let mut reading = HashSet::new();
    let mut files = files.into_iter();
    loop {
        let chunk: Vec<Seen> = files.by_ref().take(CHUNK).collect();
        if chunk.is_empty() || stop.is_asked() {
            return Ok(plan);
        }
        let known = chunk.iter().map(|file| catalog.path(&file.key)).collect::<Result<Vec<_>, _>>()?;
        let looks: Vec<Look> =
            chunk.par_iter().zip(known).map(|(file, known)| look(file, known, ignore)).collect();
        progress.advance(looks.len() as u64);
        for (file, look) in chunk.into_iter().zip(looks) {
            match look {
                Look::Settled(outcome) => plan.settled.push((file, None, outcome)),
                Look::Content(sha256, stat) => {
                    let seen = Known { file, sha256, stat };
                    plan.place(seen, catalog, has_models, &mut reading)?;
                }
            }
        }
    }
}

struct Known {
    file: Seen,
    sha256: Sha256,
    stat: (u64, i64),
}

impl Plan {
    fn place(
        &mut self,
        known: Known,
        catalog: &Catalog,
        has_models: bool,
        reading: &mut HashSet<Sha256>,
    ) -> Result<(), BatchError> {
        if let Some(outcome) = known_outcome(&known, catalog, has_models)? {
            self.settled.push((known.file, Some(known.sha256), outcome));
            return Ok(());
        }
        match sniff(&known.file.path) {
            Err(fault) => self.settled.push((known.file, None, InputOutcome::Quarantined(fault))),
            Ok(kind) => {
                let job = Job { seen: known.file, sha256: known.sha256, stat: known.stat, kind };
                let first = reading.insert(job.sha256);
                if first { self.jobs.push(job) } else { self.copies.push(job) }
            }
        }
        Ok(())
    }
}

/// Looks at a file as far as that needs no catalog.
fn look(file: &Seen, known: Option<PathRecord>, ignore: &[IgnoreRule]) -> Look {
    let name = file.name.rsplit('/').next().unwrap_or(&file.name);
    if let Some(rule) = ignore.iter().find(|rule| rule.matches(name)) {
        return Look::Settled(InputOutcome::Ignored(rule.rule.clone()));
    }
    match content(file, known) {
        Ok((sha256, stat)) => Look::Content(sha256, stat),
        Err(fault) => Look::Settled(InputOutcome::Quarantined(fault)),
    }
}

/// The content of a file: believed to be what it was if size and time are what they were.
fn content(file: &Seen, known: Option<PathRecord>) -> Result<(Sha256, (u64, i64)), Fault> {
    let stat = file.stat.clone()?;
    let sha256 = match known.filter(|known| (known.bytes, known.modified) == stat) {
        Some(known) => known.sha256,
        None => hash_file(&file.path)?.0,
    };
    Ok((sha256, stat))
}

/// The outcome of a file whose content is in the archive already.
fn known_outcome(
    known: &Known,
    catalog: &Catalog,
    has_models: bool,
) -> Result<Option<InputOutcome>, BatchError> {
    let read = catalog.source(known.sha256)?.is_some_and(|source| source.state == SourceState::Read);
    if !read || has_models && catalog.page_failures(known.sha256)?.iter().any(waits_for_models) {
        return Ok(None);
    }
    let here = catalog.path(&known.file.key)?.is_some_and(|at| at.sha256 == known.sha256);
    Ok(Some(if here { InputOutcome::Unchanged } else { InputOutcome::Duplicate }))
}

/// Pages that could not be recognised for want of models are read again when there are some.
fn waits_for_models(failure: &dossier_archive::PageFailure) -> bool {
    failure.fault.kind == FaultKind::NoModels
}
