//! The plan: what is to be read, and what is known already.

use std::collections::{HashMap, HashSet};
use std::path::PathBuf;

use dossier_archive::{Catalog, InputOutcome, KnownPath, PathRecord, SourceState, hash_file};
use dossier_fields::RegisterReader;
use dossier_model::{Fault, FaultKind, FileKind, Sha256, Shape};
use dossier_pipeline::{IgnoreRule, ReadLimits};
use dossier_read::Container;
use rayon::prelude::*;

use crate::enclosed::{self, Spool, Unpacked};
use crate::kind::kind_of;
use crate::progress::{Progress, Stage};
use crate::transcripts::Transcripts;
use crate::walk::{Seen, stat};
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
    /// Where its transcript is.
    pub transcript: Option<PathBuf>,
    /// Its pages that need not be read, in order: what they say is on record.
    pub known: Vec<u32>,
}

/// A file whose outcome is known, with its content if that is known.
pub(crate) type Settled = (Seen, Option<Sha256>, InputOutcome);

/// Pages and rows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Units {
    pub pages: u64,
    pub rows: u64,
}

impl Units {
    /// Counts the units of a file of this shape; what a container holds is counted file by file.
    pub fn count(&mut self, shape: Option<Shape>, units: u64) {
        match shape {
            Some(Shape::Pages) => self.pages += units,
            Some(Shape::Rows) => self.rows += units,
            Some(Shape::Files) | None => {}
        }
    }
}

/// Files that are what they were when they were last recorded: counted, not recorded again.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Unchanged {
    /// Files.
    pub files: u64,
    /// What is in them.
    pub units: Units,
}

impl Unchanged {
    fn add(&mut self, known: &KnownPath) {
        self.files += 1;
        self.units.count(known.kind.map(FileKind::shape), known.units);
    }
}

/// What is to be done.
#[derive(Debug, Default)]
pub(crate) struct Plan {
    /// Files that are what they were.
    pub unchanged: Unchanged,
    /// Of all unchanged files those of which something could not be read, with their contents.
    pub unread: Vec<(String, Sha256)>,
    /// Files whose outcome is known without reading them.
    pub settled: Vec<Settled>,
    /// Files to be read, each content once.
    pub jobs: Vec<Job>,
    /// Further places of contents that are to be read.
    pub copies: Vec<Job>,
    /// How many files came into sight within others.
    pub members: u64,
    /// Of those, the ones that were not unpacked, because nothing was to be touched.
    pub packed: Vec<Seen>,
}

/// What a plan is made by.
pub(crate) struct Planner<'a> {
    pub ignore: &'a [IgnoreRule],
    pub limits: &'a ReadLimits,
    /// Tells a register from a letter.
    pub registers: &'a RegisterReader,
    pub catalog: &'a Catalog,
    /// Whether the run may recognise pages, and whether it could.
    pub may_recognise: bool,
    pub has_models: bool,
    /// Contents that are read again though nothing of them has changed.
    pub again: Vec<Sha256>,
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
    /// What stands within files comes after them, in rounds.
    ///
    /// # Errors
    /// What the catalog says.
    pub fn plan(self, files: Vec<Seen>) -> Result<Plan, BatchError> {
        self.progress.begin(Stage::Check, files.len() as u64);
        let past = Past::of(&self)?;
        let transcripts = Transcripts::among(&files, self.catalog)?;
        let mut planning = Planning {
            planner: self,
            past,
            plan: Plan::default(),
            reading: HashMap::new(),
            within: Vec::new(),
            transcripts,
        };
        let mut round = files;
        while !round.is_empty() && !planning.planner.stop.reading_is_over() {
            planning.round(round)?;
            round = std::mem::take(&mut planning.within);
            round.sort_unstable_by(|a, b| a.key.cmp(&b.key));
        }
        Ok(planning.plan)
    }
}

/// A plan that is being made.
struct Planning<'a> {
    planner: Planner<'a>,
    past: Past,
    plan: Plan,
    /// The contents that are to be read, with the place of each among the jobs.
    reading: HashMap<Sha256, usize>,
    /// What came into sight within files of this round.
    within: Vec<Seen>,
    transcripts: Transcripts,
}

impl Planning<'_> {
    /// Plans files in the order of their paths.
    fn round(&mut self, files: Vec<Seen>) -> Result<(), BatchError> {
        let mut files = files.into_iter();
        loop {
            let chunk: Vec<Seen> = files.by_ref().take(CHUNK).collect();
            if chunk.is_empty() || self.planner.stop.reading_is_over() {
                return Ok(());
            }
            let count = chunk.len() as u64;
            let mut news = self.leave_out_unchanged(chunk)?.into_iter().peekable();
            while news.peek().is_some() && !self.planner.stop.reading_is_over() {
                let some: Vec<_> = news.by_ref().take(HASHED).collect();
                let ignore = self.planner.ignore;
                let looks: Vec<Look> =
                    some.par_iter().map(|(file, known)| look(file, known.as_ref(), ignore)).collect();
                for ((file, _), look) in some.into_iter().zip(looks) {
                    match look {
                        Look::Settled(outcome) => self.settle(file, None, outcome)?,
                        Look::Content(sha256, stat) => self.place(Known { file, sha256, stat })?,
                    }
                }
            }
            self.planner.progress.advance(count);
        }
    }

    /// Counts the files of a chunk that are what they were, and looks into those that hold files;
    /// returns the others, each with what was last seen at its path. The chunk is in the order of the
    /// paths.
    fn leave_out_unchanged(
        &mut self,
        chunk: Vec<Seen>,
    ) -> Result<Vec<(Seen, Option<PathRecord>)>, BatchError> {
        let (Some(first), Some(last)) = (chunk.first(), chunk.last()) else { return Ok(Vec::new()) };
        let known = self.planner.catalog.known_paths(&first.key, &last.key)?;
        let mut known = known.iter().peekable();
        let mut news = Vec::new();
        for file in chunk {
            while known.next_if(|known| known.path < file.key).is_some() {}
            let before = known.next_if(|known| known.path == file.key);
            match before.filter(|known| self.is_unchanged(&file, known)) {
                Some(known) => self.leave_out(file, known)?,
                None => news.push((file, before.map(|known| known.record))),
            }
        }
        Ok(news)
    }

    /// Counts a file that is what it was, and brings what stands in it into sight.
    fn leave_out(&mut self, file: Seen, known: &KnownPath) -> Result<(), BatchError> {
        if let Some(holder) = known.kind.filter(|kind| kind.holds_files()) {
            match enclosed::open(&file, holder, self.planner.limits) {
                Ok(container) => self.members(&file, known.record.modified, container, false)?,
                Err(fault) => {
                    let sha256 = Some(known.record.sha256);
                    return self.settle(file, sha256, InputOutcome::Quarantined(fault));
                }
            }
        }
        self.plan.unchanged.add(known);
        self.note_unread(&file, known.record.sha256);
        Ok(())
    }

    /// Notes an unchanged file of which something could not be read.
    fn note_unread(&mut self, file: &Seen, sha256: Sha256) {
        if self.past.unread.contains(&sha256) {
            self.plan.unread.push((file.key.clone(), sha256));
        }
    }

    /// Whether a file is what it was, as far as its path, size and time tell.
    fn is_unchanged(&self, file: &Seen, known: &KnownPath) -> bool {
        let in_sight = file.enclosed.is_none() || !known.kind.is_some_and(FileKind::holds_files);
        file.stat == Ok((known.record.bytes, known.record.modified))
            && !file.in_doubt
            && !self.transcripts.is_news(&file.key)
            && in_sight
            && !self.past.troubled.contains(&known.path)
            && !self.past.wait.contains(&known.record.sha256)
            && rule_of(file, self.planner.ignore).is_none()
    }

    /// A file that could not be taken in counts as released if somebody has accepted that.
    fn settle(
        &mut self,
        file: Seen,
        sha256: Option<Sha256>,
        outcome: InputOutcome,
    ) -> Result<(), BatchError> {
        let outcome = match outcome {
            InputOutcome::Quarantined(fault) => {
                unless_released(self.planner.catalog, &file.key, sha256, fault)?
            }
            other => other,
        };
        self.plan.settled.push((file, sha256, outcome));
        Ok(())
    }

    /// Puts a file where it belongs in the plan, and what stands within it into the next round.
    fn place(&mut self, known: Known) -> Result<(), BatchError> {
        let catalog = self.planner.catalog;
        let outcome = known_outcome(&known, catalog, &self.past)?;
        let Known { file, sha256, stat } = known;
        let outcome = outcome.filter(|_| !self.transcripts.is_news(&file.key));
        if outcome.is_none()
            && let Some(fault) = catalog.released(&file.key, sha256)?
        {
            self.plan.settled.push((file, Some(sha256), InputOutcome::Released(fault)));
            return Ok(());
        }
        let kind = match &outcome {
            // A kind that only a later program knows holds nothing that this one could open.
            Some(_) => Ok(catalog.source(sha256)?.and_then(|source| FileKind::named(&source.kind))),
            None if self.transcripts.is_transcript(&file.key) => Ok(Some(FileKind::Transcript)),
            None => kind_of(file.path(), self.planner.registers, self.planner.limits).map(Some),
        };
        let opened = kind.and_then(|kind| match kind.filter(|kind| kind.holds_files()) {
            Some(holder) => Ok((kind, Some(enclosed::open(&file, holder, self.planner.limits)?))),
            None => Ok((kind, None)),
        });
        let (kind, container) = match opened {
            Ok(opened) => opened,
            Err(fault) => return self.settle(file, Some(sha256), InputOutcome::Quarantined(fault)),
        };
        if let Some(container) = container {
            let as_before = outcome == Some(InputOutcome::Unchanged) && !file.in_doubt;
            self.members(&file, stat.1, container, !as_before)?;
        }
        match (outcome, kind) {
            (None, Some(kind)) => {
                let transcript = self.transcripts.of(&file.key);
                let job = Job { seen: file, sha256, stat, kind, transcript, known: Vec::new() };
                match self.reading.get(&sha256).and_then(|first| self.plan.jobs.get_mut(*first)) {
                    Some(first) => {
                        // A transcript is one of the content, beside whichever copy it stands.
                        first.transcript = first.transcript.take().or_else(|| job.transcript.clone());
                        self.plan.copies.push(job);
                    }
                    None => {
                        self.reading.insert(sha256, self.plan.jobs.len());
                        self.plan.jobs.push(job);
                    }
                }
            }
            (outcome, _) => {
                let outcome = outcome.unwrap_or(InputOutcome::Unchanged);
                if outcome == InputOutcome::Unchanged {
                    self.note_unread(&file, sha256);
                }
                self.plan.settled.push((file, Some(sha256), outcome));
            }
        }
        Ok(())
    }

    /// Brings the members of a container into sight; those that are not what they were are unpacked.
    fn members(
        &mut self,
        file: &Seen,
        modified: i64,
        mut container: Container,
        in_doubt: bool,
    ) -> Result<(), BatchError> {
        let members = container.members().iter().enumerate();
        let mut members: Vec<Seen> = members
            .map(|(index, member)| file.member(index, &member.name, (member.bytes, modified), in_doubt))
            .collect();
        members.sort_unstable_by(|a, b| a.key.cmp(&b.key));
        self.plan.members += members.len() as u64;
        while !members.is_empty() && !self.planner.stop.reading_is_over() {
            let rest = members.split_off(members.len().min(CHUNK));
            for (member, _) in self.leave_out_unchanged(members)? {
                self.unpack(member, &mut container, modified)?;
            }
            members = rest;
        }
        Ok(())
    }

    fn unpack(&mut self, member: Seen, container: &mut Container, modified: i64) -> Result<(), BatchError> {
        if rule_of(&member, self.planner.ignore).is_some() {
            self.within.push(member);
            return Ok(());
        }
        let (Some(index), Some(spool)) = (member.enclosed, self.planner.spool.as_deref_mut()) else {
            self.plan.packed.push(member);
            return Ok(());
        };
        match spool.unpack(container, index, modified, self.planner.stop)? {
            Unpacked::At(path) => {
                // A container may declare another size than what comes out of it.
                let stat = stat(&path);
                self.within.push(member.at(path, stat));
                Ok(())
            }
            Unpacked::Faulty(fault) => self.settle(member, None, InputOutcome::Quarantined(fault)),
            Unpacked::NotWanted => Ok(()),
        }
    }
}

/// What is on record of all files.
struct Past {
    /// Paths whose last outcome was trouble.
    troubled: HashSet<String>,
    /// Contents with pages that were not recognised for want of models, or because a run was told not
    /// to, and that can be now; and those that are to be recognised again.
    wait: HashSet<Sha256>,
    /// Contents of which something could not be read.
    unread: HashSet<Sha256>,
}

impl Past {
    fn of(planner: &Planner<'_>) -> Result<Past, BatchError> {
        let catalog = planner.catalog;
        let lack = |fault: &Fault| {
            planner.may_recognise
                && (planner.has_models && fault.kind == FaultKind::NoModels
                    || fault.kind == FaultKind::OcrOff)
        };
        let mut wait = catalog.sources_failed(lack)?;
        wait.extend(&planner.again);
        Ok(Past { troubled: catalog.troubled_paths()?, wait, unread: catalog.not_wholly_read()? })
    }
}

struct Known {
    file: Seen,
    sha256: Sha256,
    stat: (u64, i64),
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
    let as_before = |known: &&PathRecord| !file.in_doubt && (known.bytes, known.modified) == stat;
    let sha256 = match known.filter(as_before) {
        Some(known) => known.sha256,
        None => hash_file(file.path())?.0,
    };
    Ok((sha256, stat))
}

/// The outcome of a file whose content is in the archive already.
fn known_outcome(known: &Known, catalog: &Catalog, past: &Past) -> Result<Option<InputOutcome>, BatchError> {
    let read = catalog.source(known.sha256)?.is_some_and(|source| source.state == SourceState::Read);
    if !read || past.wait.contains(&known.sha256) {
        return Ok(None);
    }
    let here = catalog.path(&known.file.key)?.is_some_and(|at| at.sha256 == known.sha256);
    Ok(Some(if here { InputOutcome::Unchanged } else { InputOutcome::Duplicate }))
}
