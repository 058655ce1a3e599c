//! The plan: what is to be read, and what is known already.

use std::collections::{HashSet, VecDeque};

use dossier_archive::{Catalog, InputOutcome, PathRecord, SourceState, hash_file};
use dossier_model::{Fault, FaultKind, FileKind, Sha256};
use dossier_pipeline::{IgnoreRule, ReadLimits};
use dossier_read::{Container, sniff};
use rayon::prelude::*;

use crate::enclosed::{self, Spool};
use crate::progress::{Progress, Stage};
use crate::walk::{Seen, stat};
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
    /// Files that came into sight within others.
    pub members: Vec<Seen>,
    /// Of those, the ones that were not unpacked, because nothing was to be touched.
    pub packed: Vec<Seen>,
}

/// What a plan is made by.
pub(crate) struct Planner<'a> {
    pub ignore: &'a [IgnoreRule],
    pub limits: &'a ReadLimits,
    pub catalog: &'a Catalog,
    pub has_models: bool,
    pub progress: &'a dyn Progress,
    pub stop: &'a Stop,
    /// Where files within files are unpacked; without it they are only listed.
    pub spool: Option<&'a mut Spool>,
}

/// What looking at a file found.
enum Look {
    Settled(InputOutcome),
    /// Its content, size and time.
    Content(Sha256, (u64, i64)),
}

impl Planner<'_> {
    /// Plans a run over `files`: unchanged ones are known by path, size and time, others by content.
    /// Files within files come after all others.
    ///
    /// # Errors
    /// What the catalog says.
    pub fn plan(mut self, files: Vec<Seen>) -> Result<Plan, BatchError> {
        self.progress.begin(Stage::Check, files.len() as u64);
        let mut plan = Plan::default();
        let mut reading = HashSet::new();
        let mut files = VecDeque::from(files);
        loop {
            let chunk: Vec<Seen> = files.drain(..files.len().min(CHUNK)).collect();
            if chunk.is_empty() || self.stop.is_asked() {
                return Ok(plan);
            }
            let known =
                chunk.iter().map(|file| self.catalog.path(&file.key)).collect::<Result<Vec<_>, _>>()?;
            let ignore = self.ignore;
            let looks: Vec<Look> =
                chunk.par_iter().zip(known).map(|(file, known)| look(file, known, ignore)).collect();
            self.progress.advance(looks.len() as u64);
            for (file, look) in chunk.into_iter().zip(looks) {
                match look {
                    Look::Settled(outcome) => plan.settled.push((file, None, outcome)),
                    Look::Content(sha256, stat) => {
                        let seen = Known { file, sha256, stat };
                        files.extend(self.place(seen, &mut plan, &mut reading)?);
                    }
                }
            }
        }
    }

    /// Puts a file where it belongs in the plan; returns what came into sight within it.
    fn place(
        &mut self,
        known: Known,
        plan: &mut Plan,
        reading: &mut HashSet<Sha256>,
    ) -> Result<Vec<Seen>, BatchError> {
        let Known { file, sha256, stat } = known;
        let outcome = known_outcome(&file.key, sha256, self.catalog, self.has_models)?;
        let sniffed = match &outcome {
            Some(_) => Ok(self.catalog.source(sha256)?.and_then(|source| FileKind::named(&source.kind))),
            None => sniff(&file.path).map(Some),
        };
        let kind = match sniffed {
            Ok(kind) => kind,
            Err(fault) => {
                plan.settled.push((file, None, InputOutcome::Quarantined(fault)));
                return Ok(Vec::new());
            }
        };
        let mut within = Vec::new();
        if let Some(kind) = kind.filter(|kind| kind.holds_files()) {
            match enclosed::open(&file, kind, self.limits) {
                Ok(container) => within = self.members(&file, stat.1, container, plan)?,
                Err(fault) => {
                    plan.settled.push((file, None, InputOutcome::Quarantined(fault)));
                    return Ok(Vec::new());
                }
            }
        }
        match (outcome, kind) {
            (Some(outcome), _) => plan.settled.push((file, Some(sha256), outcome)),
            (None, Some(kind)) => {
                let job = Job { seen: file, sha256, stat, kind };
                if reading.insert(sha256) { plan.jobs.push(job) } else { plan.copies.push(job) }
            }
            (None, None) => {
                let fault = Fault::new(FaultKind::UnknownKind, "");
                plan.settled.push((file, None, InputOutcome::Quarantined(fault)));
            }
        }
        Ok(within)
    }

    /// Brings the members of a container into sight; those whose content is not known are unpacked.
    fn members(
        &mut self,
        file: &Seen,
        modified: i64,
        mut container: Container,
        plan: &mut Plan,
    ) -> Result<Vec<Seen>, BatchError> {
        let mut within = Vec::new();
        let members: Vec<Seen> =
            container.members().iter().map(|member| enclosed::seen(file, member, modified)).collect();
        plan.members.extend(members.iter().cloned());
        for (index, mut member) in members.into_iter().enumerate() {
            if let Some(known) = self.unchanged_member(&member)? {
                // A container within this one has members of its own.
                let holds_files =
                    self.catalog.source(known)?.and_then(|source| FileKind::named(&source.kind));
                if !holds_files.is_some_and(FileKind::holds_files) {
                    plan.settled.push((member, Some(known), InputOutcome::Unchanged));
                    continue;
                }
            }
            if is_ignored(&member, self.ignore).is_some() {
                within.push(member);
                continue;
            }
            let Some(spool) = self.spool.as_deref_mut() else {
                plan.packed.push(member);
                continue;
            };
            match spool.unpack(&mut container, index, modified) {
                Ok(path) => {
                    member.path = path;
                    // A container may declare another size than what comes out of it.
                    member.stat = stat(&member.path);
                    within.push(member);
                }
                Err(fault) => plan.settled.push((member, None, InputOutcome::Quarantined(fault))),
            }
        }
        Ok(within)
    }

    /// The content of a member that was taken in from the same place, of the same size and time.
    fn unchanged_member(&self, member: &Seen) -> Result<Option<Sha256>, BatchError> {
        let Some(known) = self.catalog.path(&member.key)? else { return Ok(None) };
        if member.stat.as_ref().ok() != Some(&(known.bytes, known.modified)) {
            return Ok(None);
        }
        let outcome = known_outcome(&member.key, known.sha256, self.catalog, self.has_models)?;
        Ok(outcome.map(|_| known.sha256))
    }
}

struct Known {
    file: Seen,
    sha256: Sha256,
    stat: (u64, i64),
}

/// Looks at a file as far as that needs no catalog.
fn look(file: &Seen, known: Option<PathRecord>, ignore: &[IgnoreRule]) -> Look {
    if let Some(rule) = is_ignored(file, ignore) {
        return Look::Settled(InputOutcome::Ignored(rule.to_owned()));
    }
    match content(file, known) {
        Ok((sha256, stat)) => Look::Content(sha256, stat),
        Err(fault) => Look::Settled(InputOutcome::Quarantined(fault)),
    }
}

/// The rule that leaves a file out.
fn is_ignored<'r>(file: &Seen, ignore: &'r [IgnoreRule]) -> Option<&'r str> {
    let name = file.name.rsplit('/').next().unwrap_or(&file.name);
    ignore.iter().find(|rule| rule.matches(name)).map(|rule| rule.rule.as_str())
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
    key: &str,
    sha256: Sha256,
    catalog: &Catalog,
    has_models: bool,
) -> Result<Option<InputOutcome>, BatchError> {
    let read = catalog.source(sha256)?.is_some_and(|source| source.state == SourceState::Read);
    if !read || has_models && catalog.page_failures(sha256)?.iter().any(waits_for_models) {
        return Ok(None);
    }
    let here = catalog.path(key)?.is_some_and(|at| at.sha256 == sha256);
    Ok(Some(if here { InputOutcome::Unchanged } else { InputOutcome::Duplicate }))
}

/// Pages that could not be recognised for want of models are read again when there are some.
fn waits_for_models(failure: &dossier_archive::PageFailure) -> bool {
    failure.fault.kind == FaultKind::NoModels
}
