//! The worker: a process that reads files and recognises pages, one task after the other.
//!
//! It limits its own memory and dies with its parent; whatever a file does to it, the run and
//! its other files are not concerned.

use std::io::{self, BufRead, Write};
use std::path::Path;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::sync::{Mutex, PoisonError};

use dossier_model::{
    Fault, FaultKind, FileKind, LayerJudgement, NoteKind, PageContent, PageState, RowContent, Shape,
};
use dossier_ocr::{Model, ModelError, ModelStore, OcrError, Recogniser, scan_quality};
use dossier_pipeline::RecognitionSpec;
use dossier_read::register::read_rows;
use dossier_read::{Container, Document, PageReading, Transcript, codes};
use image::RgbImage;
use rustix::process::{Resource, Rlimit, Signal, set_parent_process_death_signal, setrlimit};

use crate::convert::convert;
use crate::guard::guarded;
use crate::protocol::{HEARTBEAT, LONGEST, PROTOCOL, Said, Task};
use crate::recognition::Recognition;
use crate::spot;
use crate::system::{peak_memory, tells_of_memory};

/// How many rows go into one line.
const ROWS_A_LINE: usize = 256;

/// Reads tasks from `input` until it ends and answers them on `output`, recognising pages as `spec` says;
/// `memory_mib` is the most address space that the process may have.
///
/// # Errors
/// When the limits cannot be set or the parent cannot be heard or told.
pub fn serve(
    input: impl BufRead,
    output: impl Write + Send,
    memory_mib: u64,
    spec: RecognitionSpec,
) -> io::Result<()> {
    set_parent_process_death_signal(Some(Signal::KILL))?;
    let limit = Some(memory_mib << 20);
    setrlimit(Resource::As, Rlimit { current: limit, maximum: limit })?;
    // A reader's panic is caught and told as a fault; nobody reads standard error meanwhile.
    std::panic::set_hook(Box::new(|_| {}));
    let voice = Voice { output: Mutex::new(output) };
    let recogniser = model(&spec).map(|model| model.recorded()).unwrap_or_default();
    let mut worker = Worker { voice: &voice, spec, recogniser: None };
    worker.say(&Said::Hello { protocol: PROTOCOL, extractor: extractor_of_scans(&recogniser) })?;
    for line in input.lines() {
        let task: Task = serde_json::from_str(&line?)?;
        let last = voice.beating(|| worker.read(&task))?;
        worker.say(&last.unwrap_or_else(|fault| Said::Fault { fault }))?;
    }
    Ok(())
}

/// Where a worker speaks, and its heart beats.
struct Voice<W> {
    output: Mutex<W>,
}

impl<W: Write + Send> Voice<W> {
    fn say(&self, said: &Said) -> io::Result<()> {
        self.say_line(serde_json::to_vec(said)?)
    }

    /// Says something that may be long; otherwise what is wrong with it.
    fn say_at_most(&self, said: &Said) -> io::Result<Result<(), Fault>> {
        let line = serde_json::to_vec(said)?;
        if line.len() > LONGEST {
            return Ok(Err(Fault::new(FaultKind::TooLarge, format!("{} MiB of text", line.len() >> 20))));
        }
        self.say_line(line).map(Ok)
    }

    fn say_line(&self, mut line: Vec<u8>) -> io::Result<()> {
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
fn extractor_of_scans(recogniser: &str) -> String {
    format!("{}+{recogniser}", dossier_read::REVISION)
}

/// The extractors whose pages need not be recognised again, as patterns of SQLite's `GLOB`: those as good as
/// what would do it, whatever ran their networks, or any where there is no model to do it with.
pub(crate) fn extractors_that_stand(spec: &RecognitionSpec) -> Vec<String> {
    let recognisers = model(spec).map_or(vec!["*".to_owned()], |model| model.standing());
    recognisers.iter().map(|recogniser| extractor_of_scans(recogniser)).collect()
}

/// Whether there is the model to recognise pages with.
pub(crate) fn has_model(spec: &RecognitionSpec) -> bool {
    model(spec).is_ok()
}

pub(crate) fn model(spec: &RecognitionSpec) -> Result<Model, ModelError> {
    ModelStore::locate()?.model(spec)
}

struct Worker<'a, W> {
    voice: &'a Voice<W>,
    /// What pages are recognised with.
    spec: RecognitionSpec,
    /// Loaded with the first page that needs it.
    recogniser: Option<Result<Recogniser, Fault>>,
}

impl<W: Write + Send> Worker<'_, W> {
    fn say(&self, said: &Said) -> io::Result<()> {
        self.voice.say(said)
    }

    /// Reads one file and says what it finds; returns the last that there is to say.
    fn read(&mut self, task: &Task) -> io::Result<Result<Said, Fault>> {
        match task.kind.shape() {
            Shape::Pages => self.read_pages(task),
            Shape::Rows => self.read_rows(task, task.kind),
            Shape::Files if !task.kind.holds_files() => Ok(Ok(end(0))),
            // The planner has brought what is in it into sight.
            Shape::Files => Ok(guarded(|| {
                let container = Container::open(Path::new(&task.path), task.kind, &task.limits)?;
                Ok(end(container.members().len() as u64))
            })),
        }
    }

    fn read_pages(&mut self, task: &Task) -> io::Result<Result<Said, Fault>> {
        let path = Path::new(&task.path);
        let converted = match task.kind {
            FileKind::Foreign => match convert(path, task.convert.as_ref(), Path::new(&task.scratch)) {
                Ok(converted) => Some(converted),
                Err(fault) => return Ok(Err(fault)),
            },
            _ => None,
        };
        let (path, kind) = converted.as_ref().map_or((path, task.kind), |made| (&*made.path, made.kind));
        if kind.shape() != Shape::Pages {
            return Ok(Err(Fault::new(FaultKind::UnknownKind, kind.name())));
        }
        let open = || Document::open(path, kind, task.limits);
        let document = match guarded(open) {
            Ok(document) => document,
            Err(fault) => return Ok(Err(fault)),
        };
        document.notes().iter().try_for_each(|note| self.say(&Said::Note { note: note.clone() }))?;
        let pages = document.page_count();
        self.say(&Said::Opened { pages })?;
        let transcript = self.transcript(task, pages)?;
        for page in task.pages(pages) {
            self.say(&Said::Begin { page })?;
            // A page of which a transcript says nothing may say something all the same.
            let transcript = transcript.as_ref().filter(|transcript| transcript.has_text(page));
            // Telling that a page of a PDF is a scan takes little of the time that painting it does.
            let is_scan = transcript.is_none()
                && task.recognition != Recognition::Now
                && guarded(|| Ok(document.is_scan(page, task.force))).unwrap_or(false);
            if is_scan && task.recognition == Recognition::Later {
                return Ok(Ok(Said::Deferred { page }));
            }
            let read = match transcript {
                Some(transcript) => transcribed(&document, transcript, page),
                None if is_scan && kind == FileKind::Pdf => Err(Fault::new(FaultKind::OcrOff, "")),
                None => self.read_page(&document, page, task),
            };
            let said = match read {
                Ok((mut content, extractor)) => {
                    content.marks.bookmark = document.bookmark(page).map(str::to_owned);
                    Said::Page { content, extractor }
                }
                Err(fault) => Said::PageFailed { page, fault },
            };
            if let Err(fault) = self.voice.say_at_most(&said)? {
                self.say(&Said::PageFailed { page, fault })?;
            }
        }
        Ok(Ok(end(u64::from(pages))))
    }

    /// The transcript of a file of so many pages; one of another number is noted and not used.
    fn transcript(&self, task: &Task, pages: u32) -> io::Result<Option<Transcript>> {
        let Some(path) = task.transcript.as_deref().map(Path::new).filter(|_| !task.force) else {
            return Ok(None);
        };
        let transcript = match guarded(|| Transcript::open(path)) {
            Ok(transcript) if transcript.page_count() == pages => return Ok(Some(transcript)),
            other => other,
        };
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let detail = match transcript {
            Ok(transcript) => format!("{name}, {}", transcript.page_count()),
            Err(fault) => format!("{name}, {fault}"),
        };
        self.say(&Said::Note { note: NoteKind::TranscriptUnused.of(detail) })?;
        Ok(None)
    }

    fn read_page(
        &mut self,
        document: &Document,
        number: u32,
        task: &Task,
    ) -> Result<(PageContent, String), Fault> {
        match guarded(|| document.read_page(number, task.force))? {
            PageReading::Read(content)
                if content.layer == LayerJudgement::Invisible && task.recognition != Recognition::Never =>
            {
                self.spot_check(document, content)
            }
            PageReading::Read(content) => Ok((content, dossier_read::REVISION.to_owned())),
            PageReading::Scan { .. } if task.recognition == Recognition::Never => {
                Err(Fault::new(FaultKind::OcrOff, ""))
            }
            PageReading::Scan { image, dpi, layer } => {
                let recogniser = self.recogniser()?;
                let page = guarded(|| recogniser.recognise(&image, dpi).map_err(unrecognised))?;
                recognised(page.into_content(number, dpi, layer), &image, recogniser)
            }
        }
    }

    fn recogniser(&mut self) -> Result<&mut Recogniser, Fault> {
        self.recogniser.get_or_insert_with(|| load(&self.spec)).as_mut().map_err(|fault| fault.clone())
    }

    /// Holds some lines of a scanning firm's recognition against our own; where they differ, all of the
    /// page is recognised, and the surer text is taken. Without models the firm's is.
    fn spot_check(
        &mut self,
        document: &Document,
        mut content: PageContent,
    ) -> Result<(PageContent, String), Fault> {
        let own = |content: PageContent| Ok((content, dossier_read::REVISION.to_owned()));
        let Ok(recogniser) = self.recogniser() else { return own(content) };
        let PageReading::Scan { image, dpi, .. } = guarded(|| document.read_page(content.number, true))?
        else {
            return own(content);
        };
        let agrees = guarded(|| spot::agrees(recogniser, &content, &image, dpi).map_err(unrecognised))?;
        content.layer = match agrees {
            None => return own(content),
            Some(true) => LayerJudgement::Checked,
            Some(false) => {
                let page = guarded(|| recogniser.recognise(&image, dpi).map_err(unrecognised))?;
                if spot::is_sure(&page) {
                    return recognised(
                        page.into_content(content.number, dpi, LayerJudgement::Outdone),
                        &image,
                        recogniser,
                    );
                }
                LayerJudgement::Doubted
            }
        };
        Ok((content, extractor_of_scans(recogniser.recorded())))
    }

    fn read_rows(&mut self, task: &Task, kind: FileKind) -> io::Result<Result<Said, Fault>> {
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
                self.voice.say_at_most(&said).unwrap_or_else(|error| {
                    lost = Some(error);
                    Err(Fault::new(FaultKind::Crashed, ""))
                })
            })
        });
        if let Some(error) = lost {
            return Err(error);
        }
        let register = match read {
            Ok(register) => register,
            Err(fault) => return Ok(Err(fault)),
        };
        if !rows.is_empty()
            && let Err(fault) = self.voice.say_at_most(&Said::Rows { rows, extractor })?
        {
            return Ok(Err(fault));
        }
        register.notes.into_iter().try_for_each(|note| self.say(&Said::Note { note }))?;
        Ok(Ok(end(register.rows)))
    }
}

/// A page that has been recognised, with what else its image says.
fn recognised(
    mut content: PageContent,
    image: &RgbImage,
    recogniser: &Recogniser,
) -> Result<(PageContent, String), Fault> {
    content.scan = Some(scan_quality(image, &content));
    content.marks.codes = guarded(|| Ok(codes(image)))?;
    Ok((content, extractor_of_scans(recogniser.recorded())))
}

fn unrecognised(error: OcrError) -> Fault {
    of_models(FaultKind::Unrecognised, error)
}

/// A page with the text of its transcript; one that has its own text is left alone.
fn transcribed(
    document: &Document,
    transcript: &Transcript,
    page: u32,
) -> Result<(PageContent, String), Fault> {
    let content = match guarded(|| document.read_page(page, false))? {
        PageReading::Read(content) if content.state == PageState::TextLayer => content,
        PageReading::Read(content) => {
            let transcribed = transcript.page(page, (content.width, content.height), content.dpi);
            transcribed.unwrap_or(content)
        }
        PageReading::Scan { image, dpi, .. } => {
            let mut content = transcript
                .page(page, image.dimensions(), dpi)
                .ok_or_else(|| Fault::new(FaultKind::Damaged, "the transcript has no such page"))?;
            content.marks.codes = guarded(|| Ok(codes(&image)))?;
            content
        }
    };
    Ok((content, dossier_read::REVISION.to_owned()))
}

fn end(units: u64) -> Said {
    Said::End { units, peak_memory: peak_memory() }
}

fn load(spec: &RecognitionSpec) -> Result<Recogniser, Fault> {
    let store = ModelStore::locate().map_err(|_| Fault::new(FaultKind::NoModels, ""))?;
    let model = store.model(spec).map_err(|error| Fault::new(FaultKind::NoModels, error))?;
    Recogniser::of(&model).map_err(|error| of_models(FaultKind::NoModels, error))
}

/// What the models' library says, as a fault of this kind, unless it is that there is no memory.
fn of_models(kind: FaultKind, error: impl ToString) -> Fault {
    let words = error.to_string();
    if tells_of_memory(&words) { Fault::new(FaultKind::OutOfMemory, "") } else { Fault::new(kind, words) }
}
