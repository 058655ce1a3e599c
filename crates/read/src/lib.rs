//! A file becomes parts: the pages of a document, the rows of a register, or further files.
//!
//! ```text
//! file ──sniff──▶ kind ──▶ document   pdf · picture · text   ──▶ pages, read or to be recognised
//!                     ──▶ register   xlsx · xls · csv · …    ──▶ rows
//!                     ──▶ container  zip · mail              ──▶ files
//! ```
//!
//! The kind of a file is decided by its content ([`sniff`]), never by its name. A page comes out
//! either with its own text, when that is believed, or as an image for the recogniser; every row
//! that is not wholly blank comes out as it stands. What a file cannot give is a
//! [`Fault`](dossier_model::Fault) with its reason.

mod codes;
mod container;
mod document;
mod encoding;
mod hypertext;
mod package;
mod pdf;
mod picture;
pub mod register;
mod sniff;
mod text;
mod transcript;
mod xml;

pub use codes::codes;
pub use container::{Container, Member};
pub use document::{Document, PageReading};
pub use picture::{Original, OriginalForm};
pub use sniff::sniff;
pub use transcript::Transcript;

/// The part of an extractor's version that names this crate's code: it goes up with every change
/// that can alter what is read from a file.
pub const REVISION: &str = "read4";
