//! Whether pages are recognised: what a run is told, and what a worker is told for a file.

use serde::{Deserialize, Serialize};

/// What a run does with pages whose text has to be recognised.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OcrMode {
    /// They are recognised where the file has no text of its own that can be believed.
    #[default]
    Auto,
    /// Every page that is not blank is recognised, whatever text the file has.
    Force,
    /// None is: such pages are named, and wait for a run that may.
    Never,
}

/// What a worker does with a page that has to be recognised.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Recognition {
    /// It is recognised.
    Now,
    /// The file is left for later.
    Later,
    /// The page fails by this name.
    Never,
}

impl OcrMode {
    /// What is done with a page in a pass that may recognise, or in one that may not yet.
    pub(crate) fn recognition(self, may: bool) -> Recognition {
        match (self, may) {
            (OcrMode::Never, _) => Recognition::Never,
            (_, true) => Recognition::Now,
            (_, false) => Recognition::Later,
        }
    }
}
