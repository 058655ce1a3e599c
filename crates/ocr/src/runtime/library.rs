//! ONNX Runtime. The memory pattern is off, since no two lines are of one width. The detector has an
//! arena, which makes it a quarter faster for 20 MB; the reader has none, since with lines of all
//! widths it would hold 40 MB more for no gain.

use std::path::Path;
use std::sync::{Mutex, PoisonError};

pub(crate) use ort::environment::Environment;
use ort::ep::CPU;
use ort::session::Session;
use ort::value::TensorRef;

use super::{Duty, Planes};
use crate::error::Doing;
use crate::models::LIBRARY;
use crate::{ModelStore, OcrError};

/// The run-time allows one environment in a process, so it has to be kept and shared.
pub(super) fn environment(library: &Path) -> Result<Environment, OcrError> {
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

pub(super) fn session(environment: &Environment, model: &Path, duty: Duty) -> Result<Session, OcrError> {
    let doing = Doing::LOAD_MODEL;
    let arena = duty == Duty::Detect;
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

pub(super) fn run<T>(
    session: &mut Session,
    input: &Planes,
    doing: Doing,
    read: impl FnOnce(usize, &[f32]) -> T,
) -> Result<T, OcrError> {
    let tensor = TensorRef::from_array_view((input.shape(), input.values.as_slice()))
        .map_err(OcrError::runtime(doing))?;
    let outputs = session.run(ort::inputs![tensor]).map_err(OcrError::runtime(doing))?;
    let (shape, values) = outputs[0].try_extract_tensor::<f32>().map_err(OcrError::runtime(doing))?;
    let last = shape.last().map_or(0, |last| usize::try_from(*last).unwrap_or(0));
    Ok(read(last, values))
}

pub(super) fn metadata(session: &Session, key: &str, doing: Doing) -> Result<Option<String>, OcrError> {
    Ok(session.metadata().map_err(OcrError::runtime(doing))?.custom(key))
}

/// A network whose values between are outputs too, so that they can be watched.
pub(crate) struct Watched(Session);

/// A network to be watched, from its file's content.
pub(crate) fn watched(store: &ModelStore, network: &[u8]) -> Result<Watched, OcrError> {
    let doing = Doing::LOAD_MODEL;
    let environment = environment(&store.path(&LIBRARY))?;
    Session::builder(&environment)
        .and_then(|builder| builder.with_intra_threads(1)?.commit_from_memory(network))
        .map(Watched)
        .map_err(OcrError::runtime(doing))
}

impl Watched {
    /// The extremes of each further output.
    pub fn extremes(&mut self, input: &Planes) -> Result<Vec<(f32, f32)>, OcrError> {
        let doing = Doing::READ_LINE;
        let tensor = TensorRef::from_array_view((input.shape(), input.values.as_slice()))
            .map_err(OcrError::runtime(doing))?;
        let outputs = self.0.run(ort::inputs![tensor]).map_err(OcrError::runtime(doing))?;
        let extremes = |at: usize| {
            let (_, values) = outputs[at].try_extract_tensor::<f32>().map_err(OcrError::runtime(doing))?;
            Ok(values
                .iter()
                .fold((0.0_f32, 0.0_f32), |(low, high), value| (low.min(*value), high.max(*value))))
        };
        (1..outputs.len()).map(extremes).collect()
    }
}
