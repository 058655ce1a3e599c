//! The worker: a process that reads files and recognises pages, one task after the other.
//!
//! It limits its own memory and dies with its parent; whatever a file does to it, the run and
//! its other files are not concerned.

use std::io::{self, BufRead, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::sync::{Mutex, PoisonError};

use dossier_model::{Fault, FaultKind, PageContent, RowContent};
use dossier_ocr::{ModelStore, Recogniser};
use dossier_read::FileKind;
use dossier_read::pdf::{PageReading, PdfDocument};
use dossier_read::register::read_rows;
use rustix::process::{Resource, Rlimit, Signal, set_parent_process_death_signal, setrlimit};

use crate::protocol::{HEARTBEAT, PROTOCOL, Said, Task};
use crate::system::peak_memory;

/// How many rows go into one line.
const ROWS_A_LINE: usize = 256;

/// Reads tasks from `input` until it ends and answers them on `output`; `memory_mib` is the most
/// address space that the process may have.
///
/// # Errors
/// When the limits cannot be set or the parent cannot be heard or told.
pub fn serve(input: impl BufRead, output: impl Write + Send, memory_mib: u64) -> io::Result<()> {
    set_parent_process_death_signal(Some(Signal::KILL))?;
    let limit = Some(memory_mib << 20);
    setrlimit(Resource::As, Rlimit { current: limit, maximum: limit })?;
    // A reader's panic is caught and told as a fault; nobody reads standard error meanwhile.
    std::panic::set_hook(Box::new(|_| {}));
    let voice = Voice { output: Mutex::new(output) };
    let mut worker = Worker { voice: &voice, recogniser: None };
    worker.say(&Said::Hello { protocol: PROTOCOL, extractor: extractor_of_scans() })?;
    for line in input.lines() {
        let task: Task = serde_json::from_str(&line?)?;
        let last = match voice.beating(|| worker.read(&task))? {
            Ok(units) => Said::End { units, peak_memory: peak_memory() },
            Err(fault) => Said::Fault { fault },
        };
        worker.say(&last)?;
    }
    Ok(())
}

/// Where a worker speaks, and its heart beats.
struct Voice<W> {
    output: Mutex<W>,
}

impl<W: Write + Send> Voice<W> {
    fn say(&self, said: &Said) -> io::Result<()> {
        let mut line = serde_json::to_vec(said)?;
        line.push(b'\n');
        let mut output = self.output.lock().unwrap_or_else(PoisonError::into_inner);
        output.write_all(&line)?;
        output.flush()
    }

    /// Does `work`, saying every now and then that it goes on.
    fn beating<T>(&self, work: impl FnOnce() -> io::Result<T>) -> io::Result<T> {
        let (done, is_done) = mpsc::channel::<()>();
        std::thread::scope(|scope| {
            let heart = scope.spawn(move || {
                while is_done.recv_timeout(HEARTBEAT) == Err(RecvTimeoutError::Timeout) {
                    self.say(&Said::Alive)?;
                }
                Ok(())
            });
            let worked = work();
            drop(done);
            let beaten = heart.join().unwrap_or_else(|_| Err(io::Error::other("the heartbeat panicked")));
            beaten.and(worked)
        })
    }
}

/// Who reads scans: the reader and the recogniser.
fn extractor_of_scans() -> String {
    format!("{}+{}", dossier_read::REVISION, Recogniser::version())
}

struct Worker<'a, W> {
    voice: &'a Voice<W>,
    /// Loaded with the first page that needs it.
    recogniser: Option<Result<Recogniser, Fault>>,
}

impl<W: Write + Send> Worker<'_, W> {
    fn say(&self, said: &Said) -> io::Result<()> {
        self.voice.say(said)
    }

    /// Reads one file and says what it finds; returns how many pages or rows there are.
    fn read(&mut self, task: &Task) -> io::Result<Result<u64, Fault>> {
        match task.kind {
            FileKind::Pdf => self.read_pages(task),
            kind => self.read_rows(task, kind),
        }
    }

    fn read_pages(&mut self, task: &Task) -> io::Result<Result<u64, Fault>> {
        let open = || PdfDocument::open(Path::new(&task.path), task.limits);
        let document = match guarded(open) {
            Ok(document) => document,
            Err(fault) => return Ok(Err(fault)),
        };
        let pages = document.page_count();
        self.say(&Said::Opened { pages })?;
        for page in task.first_page..=pages {
            self.say(&Said::Begin { page })?;
            let said = match self.read_page(&document, page) {
                Ok((content, extractor)) => Said::Page { content, extractor },
                Err(fault) => Said::PageFailed { page, fault },
            };
            self.say(&said)?;
        }
        Ok(Ok(u64::from(pages)))
    }

    fn read_page(&mut self, document: &PdfDocument, number: u32) -> Result<(PageContent, String), Fault> {
        match guarded(|| document.read_page(number))? {
            PageReading::Read(content) => Ok((content, dossier_read::REVISION.to_owned())),
            PageReading::Scan { image, dpi, layer } => {
                let recogniser = self.recogniser.get_or_insert_with(load).as_mut().map_err(|f| f.clone())?;
                let page = guarded(|| {
                    recogniser
                        .recognise(&image, dpi)
                        .map_err(|error| Fault::new(FaultKind::Unrecognised, error))
                })?;
                let content = page.into_content(number, dpi, layer);
                Ok((content, extractor_of_scans()))
            }
        }
    }

    fn read_rows(&mut self, task: &Task, kind: FileKind) -> io::Result<Result<u64, Fault>> {
        let extractor = dossier_read::REVISION.to_owned();
        let mut lost: Option<io::Error> = None;
        let mut rows: Vec<RowContent> = Vec::new();
        let read = guarded(|| {
            read_rows(Path::new(&task.path), kind, &task.limits, &mut |row| {
                rows.push(row);
                if rows.len() < ROWS_A_LINE {
                    return Ok(());
                }
                let said = Said::Rows { rows: std::mem::take(&mut rows), extractor: extractor.clone() };
                self.say(&said).map_err(|error| {
                    lost = Some(error);
                    Fault::new(FaultKind::Crashed, "")
                })
            })
        });
        if let Some(error) = lost {
            return Err(error);
        }
        if read.is_ok() && !rows.is_empty() {
            self.say(&Said::Rows { rows, extractor })?;
        }
        Ok(read)
    }
}

fn load() -> Result<Recogniser, Fault> {
    let store = ModelStore::locate().map_err(|_| Fault::new(FaultKind::NoModels, ""))?;
    Recogniser::load(&store).map_err(|error| Fault::new(FaultKind::NoModels, error))
}

/// A reader's panic is the fault of its file.
fn guarded<T>(work: impl FnOnce() -> Result<T, Fault>) -> Result<T, Fault> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|panic| {
        let said = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
        let said = said.or_else(|| panic.downcast_ref::<String>().cloned());
        Err(Fault::new(FaultKind::Crashed, said.unwrap_or_default()))
    })
}
