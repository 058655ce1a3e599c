//! `nightly.toml`: the nightly job of one archive. It stands beside a pipeline's files or anywhere
//! else; what is read and found does not depend on it, so it counts for no version.

use std::num::NonZero;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::parse::parse;
use crate::{LoadError, PipelineFault};

/// The file's name beside a pipeline's files.
pub const NIGHTLY: &str = "nightly.toml";

/// The nightly job: what to take in, when, and whom to tell.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Nightly {
    /// The archive's folder. Relative paths begin at the file's folder.
    pub archive: PathBuf,
    /// Files and folders to take in.
    pub sources: Vec<PathBuf>,
    /// The pipeline's name or folder; by default the folder that the file stands in.
    #[serde(default)]
    pub pipeline: Option<String>,
    /// How originals are kept.
    #[serde(default)]
    pub originals: KeepOriginals,
    /// Numbers of fonds (全宗号), in the order in which their scans are recognised; others come after.
    #[serde(default)]
    pub fonds: Vec<String>,
    /// How many worker processes; by default one for each core.
    #[serde(default)]
    pub workers: Option<NonZero<usize>>,
    /// The language of reports and notifications.
    #[serde(default)]
    pub language: Language,
    /// When it may read.
    #[serde(default)]
    pub hours: Hours,
    /// How much it may use.
    #[serde(default)]
    pub limits: NightLimits,
    /// How long logs are kept.
    #[serde(default)]
    pub logs: Keep,
    /// How long reports are kept.
    #[serde(default)]
    pub reports: Keep,
    /// Whom to tell.
    #[serde(default)]
    pub notify: Notify,
    /// How a folder is watched.
    #[serde(default)]
    pub watch: Watch,
}

/// How originals are kept.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum KeepOriginals {
    /// A copy in the archive.
    #[default]
    Copy,
    /// A link in the archive.
    Link,
    /// Only the path.
    Reference,
}

/// A language.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Language {
    /// Chinese.
    #[default]
    Zh,
    /// English.
    En,
}

/// When the job may read files, in local time; at any time if nothing is said.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Hours {
    /// Only then.
    #[serde(default)]
    pub allowed: Vec<DaySpan>,
    /// Never then.
    #[serde(default)]
    pub quiet: Vec<DaySpan>,
}

/// A part of every day, such as `19:00-07:00`; the end is not part of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct DaySpan {
    /// Minutes since midnight.
    pub from: u32,
    /// Minutes since midnight; before `from` if it lies on the next day.
    pub to: u32,
}

/// The minutes of a day.
pub const DAY: u32 = 24 * 60;

impl TryFrom<String> for DaySpan {
    type Error = String;

    fn try_from(text: String) -> Result<DaySpan, String> {
        let span = || {
            let (from, to) = text.split_once('-')?;
            let (from, to) = (minutes(from)?, minutes(to)?);
            (from != to).then_some(DaySpan { from, to: to % DAY })
        };
        span().ok_or_else(|| format!("`{text}` is no part of a day: write `19:00-07:00`"))
    }
}

fn minutes(text: &str) -> Option<u32> {
    let (hours, minutes) = text.trim().split_once(':')?;
    let (hours, minutes) = (hours.parse::<u32>().ok()?, minutes.parse::<u32>().ok()?);
    let sum = hours * 60 + minutes;
    (minutes < 60 && sum <= DAY).then_some(sum)
}

impl DaySpan {
    /// Whether a minute of the day is part of it.
    pub fn holds(&self, minute: u32) -> bool {
        if self.from < self.to {
            (self.from..self.to).contains(&minute)
        } else {
            minute >= self.from || minute < self.to
        }
    }
}

impl Hours {
    /// Whether files may be read at a minute of the day, from 0.
    pub fn allow(&self, minute: u32) -> bool {
        let holds = |spans: &[DaySpan]| spans.iter().any(|span| span.holds(minute));
        (self.allowed.is_empty() || holds(&self.allowed)) && !holds(&self.quiet)
    }

    /// How many minutes after a minute of the day it changes whether files may be read; nothing if
    /// that is always the same.
    pub fn change_after(&self, minute: u32) -> Option<u32> {
        let now = self.allow(minute);
        (1..DAY).find(|later| self.allow((minute + later) % DAY) != now)
    }
}

/// How much the job may use.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct NightLimits {
    /// After so many hours it reads no more, and the rest waits for the next night.
    pub hours: Option<f64>,
    /// It does not begin with less room on the archive's disk, in GiB.
    pub free_gib: f64,
}

/// For how long something is kept.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Keep {
    /// Days.
    pub keep_days: u32,
}

impl Default for Keep {
    fn default() -> Self {
        Keep { keep_days: 400 }
    }
}

/// Whom to tell how a night went.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Notify {
    /// A program with its arguments. It finds the line for a mail's subject on its standard input
    /// and in `DOSSIER_SUBJECT`, the run's status in `DOSSIER_STATUS`, the page's path in
    /// `DOSSIER_REPORT`.
    pub command: Vec<String>,
    /// A file in the mbox format (RFC 4155) that a message is added to.
    pub mailbox: Option<PathBuf>,
    /// An address, `http://…`, to which the same is posted as a JSON object with `subject`, `status`
    /// and `report`.
    pub webhook: Option<String>,
    /// When.
    pub when: NotifyWhen,
}

/// When somebody is told.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum NotifyWhen {
    /// Every night.
    #[default]
    Always,
    /// Only when not all went well.
    Trouble,
}

/// How a folder is watched.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Watch {
    /// A file is taken in when its size and time have not changed for so many seconds.
    pub settle_seconds: u64,
    /// The folder is looked at every so many seconds.
    pub poll_seconds: u64,
}

impl Default for Watch {
    fn default() -> Self {
        Watch { settle_seconds: 30, poll_seconds: 5 }
    }
}

impl Nightly {
    /// Loads a job from its file.
    ///
    /// # Errors
    /// All faults of the file.
    pub fn load(file: &Path) -> Result<Nightly, LoadError> {
        let fault = |what: String| PipelineFault { file: file.to_owned(), what };
        let text =
            std::fs::read_to_string(file).map_err(|error| LoadError(vec![fault(error.to_string())]))?;
        let (job, mut faults) = parse::<Nightly>(&text);
        if let Some(job) = &job {
            faults.extend(job.faults());
        }
        match job {
            Some(job) if faults.is_empty() => Ok(job.below(file.parent().unwrap_or(Path::new(".")))),
            _ => Err(LoadError(faults.into_iter().map(fault).collect())),
        }
    }

    fn faults(&self) -> Vec<String> {
        let mut faults = Vec::new();
        if self.sources.is_empty() {
            faults.push("`sources` names nothing to take in".to_owned());
        }
        if !(0..DAY).any(|minute| self.hours.allow(minute)) {
            faults.push("`hours` leaves no time to read in".to_owned());
        }
        if self.limits.hours.is_some_and(|hours| hours.is_nan() || hours <= 0.0) {
            faults.push("`limits.hours` is above zero".to_owned());
        }
        if self.notify.webhook.as_ref().is_some_and(|address| !address.starts_with("http://")) {
            faults
                .push("`notify.webhook` is an http:// address; for https let `command` call curl".to_owned());
        }
        if self.watch.poll_seconds == 0 {
            faults.push("`watch.poll_seconds` is above zero".to_owned());
        }
        faults
    }

    /// The job with its relative paths below a folder.
    fn below(mut self, folder: &Path) -> Nightly {
        self.archive = folder.join(&self.archive);
        self.sources.iter_mut().for_each(|source| *source = folder.join(&*source));
        self.notify.mailbox = self.notify.mailbox.map(|path| folder.join(path));
        // A pipeline is named, or a folder.
        self.pipeline = match self.pipeline {
            None => Some(folder.to_string_lossy().into_owned()),
            Some(name) if name.contains('/') => Some(folder.join(name).to_string_lossy().into_owned()),
            named => named,
        };
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn load(text: &str) -> Result<Nightly, LoadError> {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join(NIGHTLY);
        std::fs::write(&file, text).unwrap();
        Nightly::load(&file)
    }

    #[test]
    fn hours_go_over_midnight() {
        let job = load(
            "archive = 'a'\nsources = ['s']\n[hours]\nallowed = ['19:00-07:00']\nquiet = ['23:30-24:00']\n",
        );
        let hours = job.unwrap().hours;
        let at = |hour: u32, minute: u32| hours.allow(hour * 60 + minute);
        assert!(at(19, 0) && at(23, 29) && at(0, 0) && at(6, 59));
        assert!(!at(7, 0) && !at(18, 59) && !at(23, 30));
        assert_eq!(hours.change_after(19 * 60), Some(4 * 60 + 30));
        assert_eq!(hours.change_after(12 * 60), Some(7 * 60));
        assert_eq!(Hours::default().change_after(0), None);
    }

    #[test]
    fn all_faults_come_at_once_with_their_lines() {
        let text = "archive = 'a'\nsources = []\nquit = 1\n\n[notify]\ncomand = ['x']\n";
        let said = load(text).unwrap_err().to_string();
        for expected in
            ["line 3: unknown", "line 6: unknown key `comand`: did you mean `command`?", "sources"]
        {
            assert!(said.contains(expected), "{said}");
        }
        let said = load("archive = 'a'\nsources = ['s']\n[hours]\nallowed = ['25:00-26:00']\n").unwrap_err();
        assert!(said.to_string().contains("line 4") && said.to_string().contains("19:00-07:00"), "{said}");
    }
}
