//! What can go wrong, with what to do next.

use std::path::PathBuf;

/// The models cannot be installed, found or trusted.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ModelError {
    /// No folder holds the models.
    #[error(
        "the recognition models are not installed (looked in {}): run `dossier models install`, or \
         `make models` in a source tree", list(.looked_in)
    )]
    NotInstalled {
        /// The folders that were looked at.
        looked_in: Vec<PathBuf>,
    },
    /// A file of the set is missing.
    #[error("{path}: missing: run `dossier models install`, or `make models` in a source tree")]
    Missing {
        /// Where it should be.
        path: PathBuf,
    },
    /// A file's content is not the pinned one.
    #[error("{path}: its SHA-256 is not the pinned one: delete it and run `dossier models install`")]
    Wrong {
        /// The file.
        path: PathBuf,
    },
    /// A source to install from does not hold what is needed.
    #[error(
        "{path}: holds no {} with the pinned SHA-256: get the wheels rapidocr {} and onnxruntime {} \
         for this processor and install from the folder they lie in",
        .missing.join(", "), crate::models::RAPIDOCR, crate::models::ONNXRUNTIME
    )]
    Incomplete {
        /// The folder or wheel.
        path: PathBuf,
        /// The files that were not found in it.
        missing: Vec<&'static str>,
    },
    /// A wheel cannot be unpacked.
    #[error("{path}: cannot be unpacked as a wheel ({source}): download it again")]
    Wheel {
        /// The wheel.
        path: PathBuf,
        /// Why.
        source: zip::result::ZipError,
    },
    /// pip is missing or failed.
    #[error(
        "the models could not be downloaded with pip ({detail}): check that Python 3 with pip is \
         installed and reaches its package index, or copy the wheels rapidocr {} and onnxruntime {} \
         here and install from their folder",
        crate::models::RAPIDOCR,
        crate::models::ONNXRUNTIME
    )]
    Pip {
        /// What pip or the system said last.
        detail: String,
    },
    /// ONNX Runtime is not published for this processor.
    #[error("recognition needs an x86_64 or aarch64 processor; this one is {0}")]
    Processor(&'static str),
    /// The disk.
    #[error("{path}: cannot {doing} ({source}): check the folder's permissions and free space")]
    Io {
        /// What was being done.
        doing: &'static str,
        /// To which file or folder.
        path: PathBuf,
        /// Why it failed.
        source: std::io::Error,
    },
}

impl ModelError {
    pub(crate) fn io(
        doing: &'static str,
        path: impl Into<PathBuf>,
    ) -> impl FnOnce(std::io::Error) -> ModelError {
        let path = path.into();
        move |source| ModelError::Io { doing, path, source }
    }
}

fn list(paths: &[PathBuf]) -> String {
    paths.iter().map(|path| path.display().to_string()).collect::<Vec<_>>().join(", ")
}

/// A page cannot be recognised.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OcrError {
    /// The models are not there or not the pinned ones.
    #[error(transparent)]
    Models(#[from] ModelError),
    /// The image has more pixels than [`MAX_PIXELS`](crate::MAX_PIXELS), or none.
    #[error("an image of {width} × {height} pixels cannot be recognised: the limit is {}", crate::MAX_PIXELS)]
    Size {
        /// In pixels.
        width: u32,
        /// In pixels.
        height: u32,
    },
    /// ONNX Runtime refused the library or a model, or failed while running.
    #[error("{doing}: {detail}: run `dossier models verify`; if it finds nothing wrong, report this")]
    Runtime {
        /// What was being done.
        doing: &'static str,
        /// The run-time's own words.
        detail: String,
    },
}

impl OcrError {
    pub(crate) fn runtime<E: std::fmt::Display>(doing: &'static str) -> impl FnOnce(E) -> OcrError {
        move |error| OcrError::Runtime { doing, detail: error.to_string() }
    }
}
