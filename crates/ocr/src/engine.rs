//! The two networks on ONNX Runtime: planes of numbers in, numbers out.
//!
//! A line is read by the quick network first, in whole numbers of 8 bits (`int8`). Its reading stands
//! if each character, and each gap between characters, is clearly more probable there than its
//! rival; otherwise the full network reads the line again, and that reading counts.
//!
//! All that knows the run-time is here. One thread: a worker is a process, and there is one per
//! core. The memory pattern is off, since no two lines are of one width. The detector has an
//! arena, which makes it a quarter faster for 20 MB; the reader has none, since with lines of all
//! widths it would hold 40 MB more for no gain.

use std::path::Path;
use std::sync::{Mutex, PoisonError};

use ort::environment::Environment;
use ort::ep::CPU;
use ort::session::Session;
use ort::value::TensorRef;

use crate::error::Doing;
use crate::int8::Watch;
use crate::models::{LIBRARY, Model};
use crate::{ModelStore, OcrError, ctc};

/// How many times more probable than its rival everything in a quick reading has to be. On the trials of
/// seed 1 this was the least at which no more characters were wrong than with the full network alone.
pub(crate) const CLEARLY: f32 = 6.0;
/// So many lines of a page are read before it is asked whether the quick network is worth while there.
const TRIED: u64 = 6;

/// Three colour planes (blue, green, red), each `height` rows of `width` values.
#[derive(Debug)]
pub(crate) struct Planes {
    pub width: usize,
    pub height: usize,
    pub values: Vec<f32>,
}

/// What the recognition network says of a line: `steps` rows of `classes` probabilities each.
pub(crate) struct Steps<'a> {
    pub classes: usize,
    pub values: &'a [f32],
}

/// How many lines the networks have read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Readings {
    /// Lines read, whichever network's reading counts.
    pub lines: u64,
    /// Those that the full network read after the quick one.
    pub twice: u64,
}

impl Readings {
    /// Whether the quick network is worth while: it costs half as much as the full one, so not on a page of
    /// which every other line is in doubt.
    fn quick_pays(self) -> bool {
        self.lines < TRIED || self.twice * 2 < self.lines
    }
}

/// The loaded networks.
pub(crate) struct Engine {
    detector: Session,
    reader: Session,
    /// In whole numbers; not every model has one.
    quick_reader: Option<Session>,
    /// Only when ranges are measured.
    pub watch: Option<Watch>,
    pub readings: Readings,
    /// Of the page that is being read.
    on_page: Readings,
    /// The characters of the classes from 1 on; class 0 is the blank.
    pub dictionary: Vec<char>,
}

impl Engine {
    pub fn load(model: &Model) -> Result<Engine, OcrError> {
        let environment = environment(&model.library.path)?;
        let detector = session(&environment, &model.detector.path, true)?;
        let reader = session(&environment, &model.reader.path, false)?;
        let quick_reader = model.quick_reader.as_ref();
        let quick_reader = quick_reader.map(|quick| session(&environment, &quick.path, false)).transpose()?;
        let dictionary = dictionary(&reader)?;
        let readings = Readings::default();
        Ok(Engine { detector, reader, quick_reader, watch: None, readings, on_page: readings, dictionary })
    }

    /// A page begins: how its lines are read does not depend on the pages before it.
    pub fn begin_page(&mut self) {
        self.on_page = Readings::default();
    }

    /// The probability that each pixel of the page belongs to a line of text; one value a pixel.
    pub fn detect(&mut self, page: &Planes) -> Result<Vec<f32>, OcrError> {
        run(&mut self.detector, page, Doing::FIND_LINES, |_, map| map.to_vec())
    }

    /// Hands what the network says of a line to `read`: the probabilities are many, and are not copied.
    pub fn recognise<T>(
        &mut self,
        line: &Planes,
        read: impl Fn(Steps<'_>, &[char]) -> T,
    ) -> Result<T, OcrError> {
        if let Some(watch) = &mut self.watch
            && watch.wants_next()
        {
            let extremes = extremes(&mut watch.session, line)?;
            watch.take(extremes);
        }
        let pays = self.on_page.quick_pays();
        self.readings.lines += 1;
        self.on_page.lines += 1;
        let dictionary = &self.dictionary;
        if let Some(quick) = self.quick_reader.as_mut().filter(|_| pays) {
            let sure = run(quick, line, Doing::READ_LINE, |classes, values| {
                let steps = Steps { classes, values };
                (ctc::clearness(&steps) >= CLEARLY).then(|| read(steps, dictionary))
            })?;
            match sure {
                Some(sure) => return Ok(sure),
                None => {
                    self.readings.twice += 1;
                    self.on_page.twice += 1;
                }
            }
        }
        run(&mut self.reader, line, Doing::READ_LINE, |classes, values| {
            read(Steps { classes, values }, dictionary)
        })
    }

    /// The same by the quick network alone, where only a comparison hangs on it and no text.
    pub fn try_out<T>(
        &mut self,
        line: &Planes,
        read: impl Fn(Steps<'_>, &[char]) -> T,
    ) -> Result<T, OcrError> {
        let reader = self.quick_reader.as_mut().unwrap_or(&mut self.reader);
        let dictionary = &self.dictionary;
        run(reader, line, Doing::READ_LINE, |classes, values| read(Steps { classes, values }, dictionary))
    }
}

fn run<T>(
    session: &mut Session,
    input: &Planes,
    doing: Doing,
    read: impl FnOnce(usize, &[f32]) -> T,
) -> Result<T, OcrError> {
    let shape = [1, 3, input.height, input.width];
    let tensor =
        TensorRef::from_array_view((shape, input.values.as_slice())).map_err(OcrError::runtime(doing))?;
    let outputs = session.run(ort::inputs![tensor]).map_err(OcrError::runtime(doing))?;
    let (shape, values) = outputs[0].try_extract_tensor::<f32>().map_err(OcrError::runtime(doing))?;
    let last = shape.last().map_or(0, |last| usize::try_from(*last).unwrap_or(0));
    Ok(read(last, values))
}

/// The extremes of each further output of a watched network.
fn extremes(session: &mut Session, input: &Planes) -> Result<Vec<(f32, f32)>, OcrError> {
    let doing = Doing::READ_LINE;
    let shape = [1, 3, input.height, input.width];
    let tensor =
        TensorRef::from_array_view((shape, input.values.as_slice())).map_err(OcrError::runtime(doing))?;
    let outputs = session.run(ort::inputs![tensor]).map_err(OcrError::runtime(doing))?;
    let extremes = |at: usize| {
        let (_, values) = outputs[at].try_extract_tensor::<f32>().map_err(OcrError::runtime(doing))?;
        Ok(values.iter().fold((0.0_f32, 0.0_f32), |(low, high), value| (low.min(*value), high.max(*value))))
    };
    (1..outputs.len()).map(extremes).collect()
}

/// A network to be watched, from its file's content.
pub(crate) fn watched(store: &ModelStore, network: &[u8]) -> Result<Session, OcrError> {
    let doing = Doing::LOAD_MODEL;
    let environment = environment(&store.path(&LIBRARY))?;
    Session::builder(&environment)
        .and_then(|builder| builder.with_intra_threads(1)?.commit_from_memory(network))
        .map_err(OcrError::runtime(doing))
}

/// The run-time allows one environment in a process, so it has to be kept and shared.
fn environment(library: &Path) -> Result<Environment, OcrError> {
    static LOADED: Mutex<Option<Environment>> = Mutex::new(None);
    let mut loaded = LOADED.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(environment) = &*loaded {
        return Ok(environment.clone());
    }
    let doing = Doing::LOAD_LIBRARY;
    let builder = ort::init_from(library).map_err(OcrError::runtime(doing))?;
    let environment = builder.with_telemetry(false).build().map_err(OcrError::runtime(doing))?;
    Ok(loaded.insert(environment).clone())
}

fn session(environment: &Environment, model: &Path, arena: bool) -> Result<Session, OcrError> {
    let doing = Doing::LOAD_MODEL;
    Session::builder(environment)
        .and_then(|builder| {
            builder
                .with_intra_threads(1)?
                .with_inter_threads(1)?
                .with_memory_pattern(false)?
                .with_execution_providers([CPU::default().with_arena_allocator(arena).build()])?
                .commit_from_file(model)
        })
        .map_err(OcrError::runtime(doing))
}

/// The characters that the model carries with it, one a line; the blank comes before the first
/// and a space after the last.
fn dictionary(reader: &Session) -> Result<Vec<char>, OcrError> {
    let doing = Doing::READ_CHARACTERS;
    let metadata = reader.metadata().map_err(OcrError::runtime(doing))?;
    let lines = metadata
        .custom("character")
        .ok_or_else(|| OcrError::Runtime { doing, detail: "it names none".to_owned() })?;
    Ok(lines.split('\n').filter_map(|line| line.chars().next()).chain([' ']).collect())
}
