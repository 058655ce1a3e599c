//! The two run-times behind one interface: planes of numbers in, numbers out.
//!
//! ONNX Runtime (crate `ort`) is a library that is loaded at run time; where it is missing, `rten` runs
//! the same networks in Rust, slower. One thread either way: a worker is a process, and there is one
//! per core.

mod library;
mod pure;

use dossier_pipeline::Reading;

use crate::OcrError;
use crate::error::Doing;
use crate::models::Model;
use library::Environment;
pub(crate) use library::{Watched, watched};

/// What runs the networks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Runtime {
    /// ONNX Runtime, a library that is loaded at run time.
    Ort,
    /// The crate `rten`, which is part of the program.
    Rten,
}

impl Runtime {
    /// As it stands in the pipeline and on record.
    pub fn name(self) -> &'static str {
        match self {
            Runtime::Ort => "ort",
            Runtime::Rten => "rten",
        }
    }

    /// How lines are read with it, if they are to be read like this: `rten` 0.27 knows none of the operators that
    /// the quick network consists of (`QLinearConv` and others), and so reads in full.
    pub fn reading(self, wanted: Reading) -> Reading {
        match self {
            Runtime::Ort => wanted,
            Runtime::Rten => Reading::Full,
        }
    }
}

/// Three colour planes (blue, green, red), each `height` rows of `width` values.
#[derive(Debug)]
pub(crate) struct Planes {
    pub width: usize,
    pub height: usize,
    pub values: Vec<f32>,
}

impl Planes {
    /// As networks take them.
    fn shape(&self) -> [usize; 4] {
        [1, 3, self.height, self.width]
    }
}

/// Which of the networks is loaded: they differ in what memory is worth to them.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Duty {
    /// Finds lines.
    Detect,
    /// Reads them.
    Read,
}

/// A run-time that is ready to load networks.
pub(crate) enum Loader {
    Ort(Environment),
    Rten(pure::Threads),
}

impl Loader {
    pub fn of(model: &Model) -> Result<Loader, OcrError> {
        match model.runtime() {
            Runtime::Ort => library::environment(&model.library.path).map(Loader::Ort),
            Runtime::Rten => Ok(Loader::Rten(pure::threads())),
        }
    }

    pub fn load(&self, file: &std::path::Path, duty: Duty) -> Result<Loaded, OcrError> {
        match self {
            Loader::Ort(environment) => library::session(environment, file, duty).map(Loaded::Ort),
            Loader::Rten(threads) => {
                pure::Network::load(file, threads).map(|network| Loaded::Rten(Box::new(network)))
            }
        }
    }
}

/// A network that can be run.
pub(crate) enum Loaded {
    Ort(ort::session::Session),
    Rten(Box<pure::Network>),
}

impl Loaded {
    /// Hands `read` the size of the output's last dimension, and its values: they are many, and are not
    /// copied.
    pub fn run<T>(
        &mut self,
        input: &Planes,
        doing: Doing,
        read: impl FnOnce(usize, &[f32]) -> T,
    ) -> Result<T, OcrError> {
        match self {
            Loaded::Ort(session) => library::run(session, input, doing, read),
            Loaded::Rten(network) => network.run(input, doing, read),
        }
    }

    /// What the network's file says under `key` of its metadata.
    pub fn metadata(&self, key: &str, doing: Doing) -> Result<Option<String>, OcrError> {
        match self {
            Loaded::Ort(session) => library::metadata(session, key, doing),
            Loaded::Rten(network) => Ok(network.metadata(key)),
        }
    }
}
