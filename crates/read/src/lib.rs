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

/// The part of an extractor's version that names this crate's code: it goes up with every change
/// that can alter what is read from a file.
pub const REVISION: &str = "read1";
