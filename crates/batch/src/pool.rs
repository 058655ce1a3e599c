//! The pool: one worker process for each core, and what they say in one stream.
//!
//! A worker that crashes, hangs or asks for too much memory costs the page it was at, and a new
//! worker goes on with the next page; a register, which has no pages, is lost as a whole.

use std::path::PathBuf;
use std::process::Stdio;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use dossier_model::{Fault, FaultKind, Shape};
use dossier_pipeline::{Converter, ReadLimits, RecognitionSpec, WorkerLimits};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};
use tokio::sync::mpsc::{Receiver, Sender, channel};
use tokio::task::JoinSet;

use crate::plan::Job;
use crate::protocol::{HEARTBEAT, PROTOCOL, Said, Task};
use crate::recognition::Recognition;
use crate::system::{cpu_seconds, tells_of_memory};
use crate::{BatchError, Stop};

/// Lines that may wait for the committer before the workers have to.
const WAITING: usize = 16;
/// After so many lost workers on one file the rest of its pages is given up.
const MAX_LOST: usize = 8;
/// A worker that has not even said for so long that it is alive is frozen.
const SILENCE: Duration = HEARTBEAT.saturating_mul(8);
/// How much of a worker's standard error is kept.
const LAST_WORDS: usize = 4096;

/// How workers are started and what they may use.
#[derive(Clone, Debug)]
pub(crate) struct PoolSettings {
    /// The program, which is called as `PROGRAM worker` with its limits and the model.
    pub program: PathBuf,
    /// How many.
    pub workers: usize,
    /// What is done with pages that have to be recognised.
    pub recognition: Recognition,
    /// Whether every page has to be.
    pub force: bool,
    /// What one file may ask for.
    pub read: ReadLimits,
    /// What converts files that no reader takes.
    pub convert: Option<Converter>,
    /// Where what they make stands until it has been read.
    pub scratch: PathBuf,
    /// What pages are recognised with.
    pub model: RecognitionSpec,
    /// What one worker may use.
    pub worker: WorkerLimits,
}

/// What was said about a job.
pub(crate) struct Heard {
    /// The job's index.
    pub index: usize,
    /// What.
    pub said: Said,
    /// How long it has been at work.
    pub after: Duration,
}

/// The running workers.
pub(crate) struct Pool {
    heard: Receiver<Heard>,
    thread: std::thread::JoinHandle<Result<(), std::io::Error>>,
    peaks: Arc<AtomicU64>,
}

impl Pool {
    /// Starts reading `jobs`, in their order.
    ///
    /// # Errors
    /// When the thread that looks after the workers cannot run.
    pub fn start(jobs: Arc<[Job]>, settings: PoolSettings, stop: Stop) -> Result<Pool, BatchError> {
        let (say, heard) = channel(WAITING);
        let peaks = Arc::new(AtomicU64::new(0));
        let sum = Arc::clone(&peaks);
        let runtime =
            tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(BatchError::Worker)?;
        let shared = Arc::new(Shared { jobs, next: AtomicUsize::new(0), settings });
        // A worker dies with the thread that started it, so this thread outlives them all.
        let thread = std::thread::spawn(move || runtime.block_on(run(shared, stop, say, sum)));
        Ok(Pool { heard, thread, peaks })
    }

    /// What is heard next; `None` when all jobs are done or the run was asked to stop.
    pub fn next(&mut self) -> Option<Heard> {
        self.heard.blocking_recv()
    }

    /// What is waiting already.
    pub fn waiting(&mut self) -> Option<Heard> {
        self.heard.try_recv().ok()
    }

    /// Ends the pool; returns the sum of the workers' peaks of resident memory, in bytes.
    ///
    /// # Errors
    /// When workers could not be started.
    pub fn finish(self) -> Result<u64, BatchError> {
        drop(self.heard);
        match self.thread.join() {
            Ok(done) => done.map_err(BatchError::Worker)?,
            Err(_) => return Err(BatchError::Worker(std::io::Error::other("the pool's thread panicked"))),
        }
        Ok(self.peaks.load(Ordering::Relaxed))
    }
}

async fn run(
    shared: Arc<Shared>,
    stop: Stop,
    say: Sender<Heard>,
    peaks: Arc<AtomicU64>,
) -> std::io::Result<()> {
    let mut slots = JoinSet::new();
    for _ in 0..shared.settings.workers.max(1) {
        let slot = Slot {
            shared: Arc::clone(&shared),
            say: say.clone(),
            worker: None,
            peak: 0,
            began: Instant::now(),
        };
        slots.spawn(slot.work());
    }
    drop(say);
    loop {
        tokio::select! {
            done = slots.join_next() => match done {
                None => return Ok(()),
                Some(Ok(peak)) => {
                    peaks.fetch_add(peak?, Ordering::Relaxed);
                }
                Some(Err(error)) => return Err(std::io::Error::other(error)),
            },
            // Dropping the slots ends their workers.
            () = stop.reading_over() => return Ok(()),
        }
    }
}

/// What all slots share.
struct Shared {
    jobs: Arc<[Job]>,
    next: AtomicUsize,
    settings: PoolSettings,
}

/// A place for one worker at a time.
struct Slot {
    shared: Arc<Shared>,
    say: Sender<Heard>,
    worker: Option<Worker>,
    peak: u64,
    /// When the file at work was begun.
    began: Instant,
}

/// How a worker fared with a task.
enum Fared {
    /// It said its last line.
    Done,
    /// It was lost at this page, or before any.
    Lost { at: Option<u32>, fault: Fault },
    /// Nobody listens any more.
    Unheard,
}

impl Slot {
    /// Reads file after file until there is none left; returns the largest peak of memory.
    async fn work(mut self) -> std::io::Result<u64> {
        let shared = Arc::clone(&self.shared);
        loop {
            let index = shared.next.fetch_add(1, Ordering::Relaxed);
            let Some(job) = shared.jobs.get(index) else { return Ok(self.peak) };
            self.began = Instant::now();
            if !self.job(index, job).await? {
                return Ok(self.peak);
            }
        }
    }

    /// Reads one file with as many workers as it costs; whether somebody still listens.
    async fn job(&mut self, index: usize, job: &Job) -> std::io::Result<bool> {
        let mut task = Task {
            path: job.seen.path().as_os_str().to_owned(),
            kind: job.kind,
            transcript: job.transcript.as_ref().map(|path| path.as_os_str().to_owned()),
            limits: self.shared.settings.read,
            convert: self.shared.settings.convert.clone(),
            scratch: self.shared.settings.scratch.clone().into_os_string(),
            first_page: 1,
            known: job.known.clone(),
            recognition: self.shared.settings.recognition,
            force: self.shared.settings.force,
        };
        let mut pages = 0;
        for lost in 1.. {
            let (at, fault) = match self.attempt(index, &task, &mut pages).await? {
                Fared::Done => return Ok(true),
                Fared::Unheard => return Ok(false),
                Fared::Lost { at: Some(page), fault } if task.kind.shape() == Shape::Pages => (page, fault),
                Fared::Lost { fault, .. } => return Ok(self.tell(index, Said::Fault { fault }).await),
            };
            let given_up = if lost < MAX_LOST { at } else { pages };
            task.first_page = at;
            for page in task.pages(given_up.min(pages)) {
                let failed = Said::PageFailed { page, fault: fault.clone() };
                if !self.tell(index, failed).await {
                    return Ok(false);
                }
            }
            if given_up >= pages {
                let end = Said::End { units: u64::from(pages), peak_memory: 0 };
                return Ok(self.tell(index, end).await);
            }
            task.first_page = given_up + 1;
        }
        Ok(true)
    }

    async fn attempt(&mut self, index: usize, task: &Task, pages: &mut u32) -> std::io::Result<Fared> {
        let mut worker = match self.worker.take() {
            Some(worker) => worker,
            None => match Worker::start(&self.shared.settings).await {
                Err(error) if error.kind() == std::io::ErrorKind::TimedOut => {
                    return Ok(Fared::Lost { at: None, fault: Fault::new(FaultKind::TimedOut, error) });
                }
                started => started?,
            },
        };
        if worker.give(task).await.is_err() {
            let fault = worker.last_words().await;
            return Ok(Fared::Lost { at: None, fault });
        }
        let stall = Duration::from_secs(self.shared.settings.worker.stall_seconds);
        let used_before = worker.cpu_seconds();
        let mut at = None;
        let mut progress = Instant::now();
        loop {
            let patience = SILENCE.min(stall.saturating_sub(progress.elapsed()));
            let said = match tokio::time::timeout(patience, worker.hear()).await {
                Ok(Some(said)) => said,
                Ok(None) => return Ok(Fared::Lost { at, fault: worker.last_words().await }),
                Err(_) => {
                    let waited = patience.max(progress.elapsed());
                    let fault = Fault::new(FaultKind::TimedOut, format!("{} s", waited.as_secs()));
                    return Ok(Fared::Lost { at, fault });
                }
            };
            let used = worker.cpu_seconds().saturating_sub(used_before);
            if used > self.shared.settings.worker.cpu_seconds && !is_last(&said) {
                let fault = Fault::new(FaultKind::TimedOut, format!("{used} s of processor time"));
                return Ok(Fared::Lost { at, fault });
            }
            if matches!(said, Said::Alive) {
                continue;
            }
            progress = Instant::now();
            match &said {
                Said::Begin { page } => {
                    at = Some(*page);
                    continue;
                }
                Said::Opened { pages: count } if task.first_page > 1 => {
                    *pages = *count;
                    continue;
                }
                Said::Opened { pages: count } => *pages = *count,
                // What has been said of a page stands: who is lost before the next is lost at that one.
                Said::Page { content, .. } => at = Some(content.number + 1),
                Said::PageFailed { page, .. } => at = Some(page + 1),
                Said::End { peak_memory, .. } => self.peak = self.peak.max(*peak_memory),
                _ => {}
            }
            let last = is_last(&said);
            if !self.tell(index, said).await {
                return Ok(Fared::Unheard);
            }
            // The committer's pace is not the worker's fault.
            progress = Instant::now();
            if last {
                self.worker = Some(worker);
                return Ok(Fared::Done);
            }
        }
    }

    async fn tell(&self, index: usize, said: Said) -> bool {
        self.say.send(Heard { index, said, after: self.began.elapsed() }).await.is_ok()
    }
}

/// Whether a worker says no more of a task.
fn is_last(said: &Said) -> bool {
    matches!(said, Said::End { .. } | Said::Deferred { .. } | Said::Fault { .. })
}

/// A worker process.
struct Worker {
    child: Child,
    tasks: ChildStdin,
    said: Lines<BufReader<ChildStdout>>,
}

impl Worker {
    async fn start(settings: &PoolSettings) -> std::io::Result<Worker> {
        let mut child = Command::new(&settings.program)
            .arg("worker")
            .arg("--memory-mib")
            .arg(settings.worker.memory_mib.to_string())
            .args(["--model", settings.model.model.as_str()])
            .args(["--reading", settings.model.reading.name()])
            .args(["--runtime", settings.model.runtime.name()])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            // The terminal's Ctrl-C is for the run, which ends its workers itself.
            .process_group(0)
            .kill_on_drop(true)
            .spawn()?;
        let missing = || std::io::Error::other("the worker has no pipes");
        let tasks = child.stdin.take().ok_or_else(missing)?;
        let stdout = child.stdout.take().ok_or_else(missing)?;
        let mut worker = Worker { child, tasks, said: BufReader::new(stdout).lines() };
        match tokio::time::timeout(SILENCE, worker.hear()).await? {
            Some(Said::Hello { protocol: PROTOCOL, .. }) => Ok(worker),
            _ => Err(std::io::Error::other(worker.last_words().await.detail)),
        }
    }

    fn cpu_seconds(&self) -> u64 {
        self.child.id().map_or(0, cpu_seconds)
    }

    async fn give(&mut self, task: &Task) -> std::io::Result<()> {
        let line = serde_json::to_string(task)? + "\n";
        self.tasks.write_all(line.as_bytes()).await?;
        self.tasks.flush().await
    }

    /// The next line; `None` when there is none that can be understood.
    async fn hear(&mut self) -> Option<Said> {
        let line = self.said.next_line().await.ok()??;
        serde_json::from_str(&line).ok()
    }

    /// What a dead worker's standard error and exit status say of its end.
    async fn last_words(&mut self) -> Fault {
        let mut words = Vec::new();
        if let Some(stderr) = &mut self.child.stderr {
            let mut stderr = stderr.take(LAST_WORDS as u64);
            let read = stderr.read_to_end(&mut words);
            // Who keeps the pipe open though it is dead has nothing more to say.
            match tokio::time::timeout(Duration::from_secs(1), read).await {
                Ok(Ok(_)) | Err(_) => {}
                Ok(Err(error)) => words.extend(error.to_string().bytes()),
            }
        }
        let words = String::from_utf8_lossy(&words).trim().to_owned();
        if tells_of_memory(&words) {
            return Fault::new(FaultKind::OutOfMemory, "");
        }
        let status = match tokio::time::timeout(Duration::from_secs(1), self.child.wait()).await {
            Ok(Ok(status)) => status.to_string(),
            _ => String::new(),
        };
        let first = words.lines().next().unwrap_or_default();
        Fault::new(FaultKind::Crashed, [status.as_str(), first].join(" ").trim())
    }
}
