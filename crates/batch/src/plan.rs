//! The plan: what is to be read, and what is known already.

use std::collections::HashSet;

use dossier_archive::{Catalog, InputOutcome, KnownPath, PathRecord, SourceState, hash_file};
use dossier_model::{Fault, FaultKind, Sha256};
use dossier_pipeline::IgnoreRule;
use dossier_read::{FileKind, sniff};
use rayon::prelude::*;

use crate::progress::{Progress, Stage};
use crate::walk::Seen;
use crate::{BatchError, Stop};

/// How many files are held against the catalog at once.
const CHUNK: usize = 2048;
/// How many files are hashed between two looks at the stop sign.
const HASHED: usize = 256;

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

/// Files that are what they were when they were last recorded: counted, not recorded again.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Unchanged {
    /// Files.
    pub files: u64,
    /// Their pages.
    pub pages: u64,
    /// Their rows.
    pub rows: u64,
}

impl Unchanged {
    fn add(&mut self, known: &KnownPath) {
        self.files += 1;
        *if known.is_document { &mut self.pages } else { &mut self.rows } += known.units;
    }
}

/// What is to be done.
#[derive(Debug, Default)]
pub(crate) struct Plan {
    /// Files that are what they were.
    pub unchanged: Unchanged,
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
    let past = Past::of(catalog, has_models)?;
    let mut files = files.into_iter();
    loop {
        let chunk: Vec<Seen> = files.by_ref().take(CHUNK).collect();
        let (Some(first), Some(last)) = (chunk.first(), chunk.last()) else { return Ok(plan) };
        if stop.reading_is_over() {
            return Ok(plan);
        }
        let known = catalog.known_paths(&first.key, &last.key)?;
        let count = chunk.len() as u64;
        let news = plan.leave_out_unchanged(chunk, &known, &past, ignore);
        let mut news = news.into_iter().peekable();
        while news.peek().is_some() && !stop.reading_is_over() {
            let some: Vec<_> = news.by_ref().take(HASHED).collect();
            let looks: Vec<Look> =
                some.par_iter().map(|(file, known)| look(file, known.as_ref(), ignore)).collect();
            for ((file, _), look) in some.into_iter().zip(looks) {
                match look {
                    Look::Settled(outcome) => plan.settle(file, None, outcome, catalog)?,
                    Look::Content(sha256, stat) => {
                        let seen = Known { file, sha256, stat };
                        plan.place(seen, catalog, &past, &mut reading)?;
                    }
                }
            }
        }
        progress.advance(count);
    }
}

/// What is on record of all files.
struct Past {
    /// Paths whose last outcome was trouble.
    troubled: HashSet<String>,
    /// Contents with pages that could not be recognised for want of models, now that there are some.
    wait_for_models: HashSet<Sha256>,
}

impl Past {
    fn of(catalog: &Catalog, has_models: bool) -> Result<Past, BatchError> {
        let lack = |fault: &Fault| has_models && fault.kind == FaultKind::NoModels;
        Ok(Past { troubled: catalog.troubled_paths()?, wait_for_models: catalog.sources_failed(lack)? })
    }
}

struct Known {
    file: Seen,
    sha256: Sha256,
    stat: (u64, i64),
}

impl Plan {
    /// Counts the files of a chunk that are what they were; returns the others, each with what was
    /// last seen at its path. Both lists are in the order of the paths.
    fn leave_out_unchanged(
        &mut self,
        chunk: Vec<Seen>,
        known: &[KnownPath],
        past: &Past,
        ignore: &[IgnoreRule],
    ) -> Vec<(Seen, Option<PathRecord>)> {
        let mut known = known.iter().peekable();
        let mut news = Vec::new();
        for file in chunk {
            while known.next_if(|known| known.path < file.key).is_some() {}
            let before = known.next_if(|known| known.path == file.key);
            let is_unchanged = |known: &KnownPath| {
                file.stat == Ok((known.record.bytes, known.record.modified))
                    && !past.troubled.contains(&known.path)
                    && !past.wait_for_models.contains(&known.record.sha256)
                    && rule_of(&file, ignore).is_none()
            };
            match before.filter(|known| is_unchanged(known)) {
                Some(known) => self.unchanged.add(known),
                None => news.push((file, before.map(|known| known.record))),
            }
        }
        news
    }

    /// A file that could not be taken in counts as released if somebody has accepted that.
    fn settle(
        &mut self,
        file: Seen,
        sha256: Option<Sha256>,
        outcome: InputOutcome,
        catalog: &Catalog,
    ) -> Result<(), BatchError> {
        let outcome = match outcome {
            InputOutcome::Quarantined(fault) => unless_released(catalog, &file.key, sha256, fault)?,
            other => other,
        };
        self.settled.push((file, sha256, outcome));
        Ok(())
    }

    fn place(
        &mut self,
        known: Known,
        catalog: &Catalog,
        past: &Past,
        reading: &mut HashSet<Sha256>,
    ) -> Result<(), BatchError> {
        if let Some(outcome) = known_outcome(&known, catalog, past)? {
            self.settled.push((known.file, Some(known.sha256), outcome));
            return Ok(());
        }
        if let Some(fault) = catalog.released(&known.file.key, known.sha256)? {
            self.settled.push((known.file, Some(known.sha256), InputOutcome::Released(fault)));
            return Ok(());
        }
        match sniff(known.file.path()) {
            Err(fault) => {
                self.settle(known.file, Some(known.sha256), InputOutcome::Quarantined(fault), catalog)?;
            }
            Ok(kind) => {
                let job = Job { seen: known.file, sha256: known.sha256, stat: known.stat, kind };
                let first = reading.insert(job.sha256);
                if first { self.jobs.push(job) } else { self.copies.push(job) }
            }
        }
        Ok(())
    }
}

/// What becomes of a file that could not be taken in: quarantine, unless somebody has accepted it.
///
/// # Errors
/// What the catalog says.
pub(crate) fn unless_released(
    catalog: &Catalog,
    path: &str,
    sha256: Option<Sha256>,
    fault: Fault,
) -> Result<InputOutcome, BatchError> {
    let released = match sha256 {
        Some(sha256) => catalog.released(path, sha256)?.is_some(),
        None => catalog.is_released_unread(path, &fault)?,
    };
    Ok(if released { InputOutcome::Released(fault) } else { InputOutcome::Quarantined(fault) })
}

/// The rule that leaves a file out.
fn rule_of<'a>(file: &Seen, ignore: &'a [IgnoreRule]) -> Option<&'a IgnoreRule> {
    let name = file.name().rsplit('/').next().unwrap_or(file.name());
    ignore.iter().find(|rule| rule.matches(name))
}

/// Looks at a file as far as that needs no catalog.
fn look(file: &Seen, known: Option<&PathRecord>, ignore: &[IgnoreRule]) -> Look {
    if let Some(rule) = rule_of(file, ignore) {
        return Look::Settled(InputOutcome::Ignored(rule.rule.clone()));
    }
    match content(file, known) {
        Ok((sha256, stat)) => Look::Content(sha256, stat),
        Err(fault) => Look::Settled(InputOutcome::Quarantined(fault)),
    }
}

/// The content of a file: believed to be what it was if size and time are what they were.
fn content(file: &Seen, known: Option<&PathRecord>) -> Result<(Sha256, (u64, i64)), Fault> {
    let stat = file.stat.clone()?;
    let sha256 = match known.filter(|known| (known.bytes, known.modified) == stat) {
        Some(known) => known.sha256,
        None => hash_file(file.path())?.0,
    };
    Ok((sha256, stat))
}

/// The outcome of a file whose content is in the archive already.
fn known_outcome(known: &Known, catalog: &Catalog, past: &Past) -> Result<Option<InputOutcome>, BatchError> {
    let read = catalog.source(known.sha256)?.is_some_and(|source| source.state == SourceState::Read);
    if !read || past.wait_for_models.contains(&known.sha256) {
        return Ok(None);
    }
    let here = catalog.path(&known.file.key)?.is_some_and(|at| at.sha256 == known.sha256);
    Ok(Some(if here { InputOutcome::Unchanged } else { InputOutcome::Duplicate }))
}
