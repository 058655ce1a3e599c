//! The two networks on ONNX Runtime: planes of numbers in, numbers out.
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
use crate::models::{DETECTOR, LIBRARY, READER};
use crate::{ModelStore, OcrError};

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

/// The loaded networks.
pub(crate) struct Engine {
    detector: Session,
    reader: Session,
    /// The characters of the classes from 1 on; class 0 is the blank.
    pub dictionary: Vec<char>,
}

impl Engine {
    pub fn load(store: &ModelStore) -> Result<Engine, OcrError> {
        let environment = environment(&store.path(&LIBRARY))?;
        let detector = session(&environment, &store.path(&DETECTOR), true)?;
        let reader = session(&environment, &store.path(&READER), false)?;
        let dictionary = dictionary(&reader)?;
        Ok(Engine { detector, reader, dictionary })
    }

    /// The probability that each pixel of the page belongs to a line of text; one value a pixel.
    pub fn detect(&mut self, page: &Planes) -> Result<Vec<f32>, OcrError> {
        run(&mut self.detector, page, Doing::FIND_LINES, |_, map| map.to_vec())
    }

    /// Hands what the network says of a line to `read`: the probabilities are many, and are not copied.
    pub fn recognise<T>(
        &mut self,
        line: &Planes,
        read: impl FnOnce(Steps<'_>, &[char]) -> T,
    ) -> Result<T, OcrError> {
        let dictionary = &self.dictionary;
        run(&mut self.reader, line, Doing::READ_LINE, |classes, values| {
            read(Steps { classes, values }, dictionary)
        })
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
