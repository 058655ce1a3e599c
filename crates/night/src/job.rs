//! One night: the run, its report, and who is told.

use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use dossier_archive::{Archive, ArchiveError, AuditEvent, OriginalsMode};
use dossier_batch::progress::Progress;
use dossier_batch::{Ingest, OcrMode, Report, Status, Stop};
use dossier_model::Lang;
use dossier_pipeline::{Hours, KeepOriginals, Language, NIGHTLY, Nightly, NotifyWhen, locate};
use dossier_report::{gather, html, subject};

use crate::NightError;
use crate::clock::{Alarm, minute_of_day, time_to_read};
use crate::notify::{Message, tell};

/// Below the archive.
const REPORTS: &str = "reports";
const GIB: f64 = (1_u64 << 30) as f64;

/// The nightly job that a name stands for: a job's file, or a pipeline whose folder holds one.
///
/// # Errors
/// `NoPipeline`, or `Job` with all faults.
pub fn find(name: &str) -> Result<Nightly, NightError> {
    let path = Path::new(name);
    let file = if path.is_file() { path.to_owned() } else { locate(name)?.join(NIGHTLY) };
    let file = std::path::absolute(&file).unwrap_or(file);
    Ok(Nightly::load(&file)?)
}

/// A night to be done.
#[derive(Clone, Debug)]
pub struct Night {
    /// What is asked for.
    pub job: Nightly,
    /// The program that serves as `PROGRAM worker`.
    pub program: PathBuf,
}

/// How a night ended.
#[derive(Clone, Debug)]
pub enum Ended {
    /// It is not the time to read; in so many minutes it is.
    NotNow {
        /// Minutes.
        minutes: u32,
    },
    /// The run was done, or as much of it as there was time for.
    Done {
        /// What it did.
        report: Box<Report>,
        /// The page that was written.
        page: PathBuf,
        /// Who could not be told, and why.
        untold: Vec<String>,
    },
    /// Watching was asked to end.
    Watched,
}

impl Night {
    /// The language of reports and notifications.
    pub fn lang(&self) -> Lang {
        match self.job.language {
            Language::Zh => Lang::Zh,
            Language::En => Lang::En,
        }
    }

    /// Does the whole night, if it is time or `regardless` of the hours. Whoever is to be told is
    /// told also when it fails.
    ///
    /// # Errors
    /// What kept the run or its report from being done.
    pub fn whole(&self, regardless: bool, progress: &dyn Progress, stop: &Stop) -> Result<Ended, NightError> {
        let hours = &self.job.hours;
        if !regardless && !hours.allow(minute_of_day()) {
            return Ok(Ended::NotNow { minutes: hours.change_after(minute_of_day()).unwrap_or(0) });
        }
        let until = if regardless { &Hours::default() } else { hours };
        let _alarm = Alarm::set(time_to_read(until, self.job.limits), stop);
        self.run(None, self.job.notify.when, progress, stop)
    }

    /// Takes in everything, or only some paths, writes the report and tells.
    pub(crate) fn run(
        &self,
        only: Option<HashSet<String>>,
        when: NotifyWhen,
        progress: &dyn Progress,
        stop: &Stop,
    ) -> Result<Ended, NightError> {
        let done = self.room().and_then(|()| Ok(self.ingest(only).run(progress, stop)?));
        let (report, page, line) = match done.and_then(|report| self.report(report)) {
            Ok(done) => done,
            Err(error) => {
                let what = error.reason(self.lang());
                let line = self.lang().pick("Dossier FAILED: ", "卷宗失败：").to_owned() + &what;
                let untold = tell(&self.job.notify, &Message { line: &line, status: "failed", page: None });
                untold.iter().for_each(|who| progress.say(who));
                return Err(error);
            }
        };
        let mut untold = Vec::new();
        if when == NotifyWhen::Always || report.status != Status::Complete {
            let message = Message { line: &line, status: report.status.name(), page: Some(&page) };
            untold = tell(&self.job.notify, &message);
        }
        Ok(Ended::Done { report: Box::new(report), page, untold })
    }

    fn ingest(&self, only: Option<HashSet<String>>) -> Ingest {
        let job = &self.job;
        Ingest {
            pipeline: job.pipeline.clone().unwrap_or_default(),
            sources: job.sources.clone(),
            only,
            ocr: OcrMode::Auto,
            again: None,
            archive: job.archive.clone(),
            split: None,
            originals: match job.originals {
                KeepOriginals::Copy => OriginalsMode::Copy,
                KeepOriginals::Link => OriginalsMode::Link,
                KeepOriginals::Reference => OriginalsMode::Reference,
            },
            fonds: job.fonds.clone(),
            workers: job.workers,
            program: self.program.clone(),
            log_days: job.logs.keep_days,
        }
    }

    /// Whether there is as much room as the job asks for.
    fn room(&self) -> Result<(), NightError> {
        let (archive, asked_gib) = (&self.job.archive, self.job.limits.free_gib);
        if asked_gib <= 0.0 {
            return Ok(());
        }
        let free_gib = Archive::open_or_create(archive)?.room()? as f64 / GIB;
        if free_gib < asked_gib {
            return Err(NightError::NoRoom { archive: archive.clone(), free_gib, asked_gib });
        }
        Ok(())
    }

    /// Writes the report as a page and as data below the archive; returns the page's path and the
    /// line for a mail's subject.
    fn report(&self, report: Report) -> Result<(Report, PathBuf, String), NightError> {
        let lang = self.lang();
        let archive = Archive::open(&self.job.archive)?;
        let morning = gather(&archive, Some(report.run), lang)?;
        archive.audit(AuditEvent::Report { run: report.run })?;
        let folder = archive.root().join(REPORTS);
        make_private(&folder)?;
        let page = folder.join(format!("run-{:06}.html", report.run));
        write(&page, html(&morning, lang)?.as_bytes())?;
        let data = serde_json::to_vec_pretty(&morning).map_err(ArchiveError::Record)?;
        write(&page.with_extension("json"), &data)?;
        forget(&folder, self.job.reports.keep_days)?;
        Ok((report, page, subject(&morning, lang)))
    }
}

fn make_private(path: &Path) -> Result<(), ArchiveError> {
    use std::os::unix::fs::DirBuilderExt;
    let made = fs::DirBuilder::new().recursive(true).mode(0o700).create(path);
    made.map_err(|error| ArchiveError::Io { path: path.to_owned(), error })
}

/// Writes beside first: whoever looks sees a whole page.
fn write(path: &Path, content: &[u8]) -> Result<(), ArchiveError> {
    let next = path.with_extension("next");
    let written = fs::write(&next, content).and_then(|()| fs::rename(&next, path));
    written.map_err(|error| ArchiveError::Io { path: path.to_owned(), error })
}

/// Takes away the reports that are older.
fn forget(folder: &Path, days: u32) -> Result<(), ArchiveError> {
    let io = |error| ArchiveError::Io { path: folder.to_owned(), error };
    let before = SystemTime::now().checked_sub(Duration::from_secs(u64::from(days) * 86_400));
    for entry in fs::read_dir(folder).map_err(io)? {
        let entry = entry.map_err(io)?;
        let written = entry.metadata().and_then(|about| about.modified()).map_err(io)?;
        if entry.file_name().to_string_lossy().starts_with("run-") && before.is_some_and(|at| written < at) {
            fs::remove_file(entry.path()).map_err(io)?;
        }
    }
    Ok(())
}
