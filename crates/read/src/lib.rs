//! A file becomes parts: the pages of a PDF, the rows of a register.
//!
//! The kind of a file is decided by its content ([`sniff`]), never by its name. A PDF page comes
//! out either with its own text, when that is believed, or as an image for the recogniser; every
//! row that is not wholly blank comes out as it stands. What a file cannot give is a
//! [`Fault`](dossier_model::Fault) with its reason.

pub mod pdf;
pub mod register;
mod sniff;

pub use sniff::{FileKind, sniff};

use serde::{Deserialize, Serialize};

/// The part of an extractor's version that names this crate's code: it goes up with every change
/// that can alter what is read from a file.
pub const REVISION: &str = "read1";

/// What one file may ask for.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ReadLimits {
    /// The most pages a document may have.
    pub pages: u32,
    /// The most rows a register may have.
    pub rows: u64,
    /// The most pixels a page or one of its images may have.
    pub pixels: u64,
    /// Pixels per inch at which pages are rendered that are not one upright image, and at which
    /// the boxes of a text layer are given.
    pub dpi: f32,
}

impl Default for ReadLimits {
    fn default() -> Self {
        ReadLimits { pages: 20_000, rows: 5_000_000, pixels: 100_000_000, dpi: 200.0 }
    }
}
