//! Watching folders: what arrives is taken in once it has settled. The folders are looked at every
//! few seconds, which works on network shares too.

use std::collections::{HashMap, HashSet};
use std::path::PathBuf;
use std::time::{Duration, Instant};

use dossier_batch::progress::Progress;
use dossier_batch::{InSight, Status, Stop, look};
use dossier_pipeline::{NightLimits, NotifyWhen};

use crate::clock::{Alarm, minute_of_day, time_to_read};
use crate::{Ended, Night, NightError};

/// How often the stop sign is looked at.
const GLANCE: Duration = Duration::from_millis(200);

/// A file's size and time; nothing where they cannot be told.
type Stat = Option<(u64, i64)>;

impl Night {
    /// Takes in what arrives until it is asked to stop. A run that fails is told of like any
    /// other, and watching goes on.
    ///
    /// # Errors
    /// What no waiting can mend.
    pub fn watch(
        &self,
        progress: &dyn Progress,
        stop: &Stop,
        mut done: impl FnMut(&Ended),
    ) -> Result<Ended, NightError> {
        let settle = Duration::from_secs(self.job.watch.settle_seconds);
        let mut folder = Folder { settle, ..Folder::default() };
        let mut missing = HashSet::new();
        while !stop.is_asked() {
            if self.job.hours.allow(minute_of_day()) {
                let settled = folder.settled(&self.in_sight(&mut missing, progress));
                if !settled.is_empty() {
                    let only = settled.keys().cloned().collect();
                    let stop = stop.for_one_run();
                    let _alarm = Alarm::set(time_to_read(&self.job.hours, NightLimits::default()), &stop);
                    let ended = self.run(Some(only), NotifyWhen::Trouble, progress, &stop);
                    folder.after(settled, ended, progress, &mut done)?;
                }
            }
            wait(Duration::from_secs(self.job.watch.poll_seconds), stop);
        }
        Ok(Ended::Watched)
    }

    /// What is there; a source that is not, such as a share that is not mounted, holds nothing now.
    /// It is named once.
    fn in_sight(&self, missing: &mut HashSet<PathBuf>, progress: &dyn Progress) -> Vec<InSight> {
        let mut files = Vec::new();
        for source in &self.job.sources {
            match look(source) {
                Ok(found) => {
                    missing.remove(source);
                    files.extend(found);
                }
                Err(error) => {
                    if missing.insert(source.clone()) {
                        progress.say(&error.reason(self.lang()));
                    }
                }
            }
        }
        files
    }
}

/// What is known of the files of the folders that are watched.
#[derive(Default)]
struct Folder {
    settle: Duration,
    /// What has been taken in, or could not be.
    done: HashMap<String, Stat>,
    /// Since when files have been as they are.
    since: HashMap<String, (Stat, Instant)>,
}

impl Folder {
    /// The files that are new or changed and have settled.
    fn settled(&mut self, files: &[InSight]) -> HashMap<String, Stat> {
        let here: HashSet<&str> = files.iter().map(|file| file.path.as_str()).collect();
        self.since.retain(|path, _| here.contains(path.as_str()));
        let mut settled = HashMap::new();
        for InSight { path, stat } in files {
            if self.done.get(path) == Some(stat) {
                continue;
            }
            let began = match self.since.get(path) {
                Some((same, began)) if same == stat => *began,
                _ => {
                    let now = Instant::now();
                    self.since.insert(path.clone(), (*stat, now));
                    now
                }
            };
            if began.elapsed() >= self.settle {
                settled.insert(path.clone(), *stat);
            }
        }
        settled
    }

    /// Notes what became of some files. What failed as a whole is tried again, and so is what there
    /// was no time for.
    fn after(
        &mut self,
        files: HashMap<String, Stat>,
        ended: Result<Ended, NightError>,
        progress: &dyn Progress,
        done: &mut impl FnMut(&Ended),
    ) -> Result<(), NightError> {
        match ended {
            Ok(ended) => {
                done(&ended);
                if matches!(&ended, Ended::Done { report, .. } if report.status != Status::Interrupted) {
                    self.since.retain(|path, _| !files.contains_key(path));
                    self.done.extend(files);
                }
                Ok(())
            }
            Err(error @ (NightError::NoPipeline(_) | NightError::Job(_))) => Err(error),
            Err(error) => {
                progress.say(&error.to_string());
                // Whoever holds the archive, or fills its disk, needs time.
                self.since.values_mut().for_each(|(_, began)| *began = Instant::now());
                Ok(())
            }
        }
    }
}

fn wait(time: Duration, stop: &Stop) {
    let began = Instant::now();
    while began.elapsed() < time && !stop.is_asked() {
        std::thread::sleep(GLANCE.min(time));
    }
}
