//! What can go wrong while samples are made.

use std::path::PathBuf;

/// A result of this crate.
pub type Result<T> = std::result::Result<T, Error>;

/// Why a sample could not be made.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A font is not installed.
    #[error("font file {file} not found under {folder}: install the Debian package {package}")]
    FontMissing {
        /// The file's name.
        file: &'static str,
        /// Where it was looked for.
        folder: PathBuf,
        /// The package that has it.
        package: &'static str,
    },
    /// A hand has not been fetched.
    #[error("{path}: missing: run `sh {fetch}`, which fetches it by package name")]
    HandMissing {
        /// The file.
        path: PathBuf,
        /// The script.
        fetch: &'static str,
    },
    /// A font cannot be read.
    #[error("font {path} cannot be read: {cause}")]
    Font {
        /// The file.
        path: PathBuf,
        /// Why.
        cause: String,
    },
    /// A font lacks a character: the page would show an empty box.
    #[error("no font has the character {0:?} of the text {1:?}")]
    Glyph(char, String),
    /// A text file of the samples is wrong.
    #[error("sample text {file}: {cause}")]
    Text {
        /// Which file.
        file: String,
        /// What is wrong with it.
        cause: String,
    },
    /// A page, PDF or register could not be encoded.
    #[error("cannot write {what}: {cause}")]
    Encode {
        /// What was to be written.
        what: &'static str,
        /// Why it was not.
        cause: String,
    },
    /// A file cannot be read or written.
    #[error("{path}: {cause}")]
    Io {
        /// The file.
        path: PathBuf,
        /// Why.
        cause: std::io::Error,
    },
}

impl Error {
    /// An encoding error from what a library said.
    pub fn encode(what: &'static str, cause: impl ToString) -> Error {
        Error::Encode { what, cause: cause.to_string() }
    }

    /// A fault of a sample text.
    pub fn text(file: &str, cause: impl ToString) -> Error {
        Error::Text { file: file.to_owned(), cause: cause.to_string() }
    }
}
