//! Documents of all kinds as pages.

use std::path::Path;

use dossier_model::{Fault, FileKind, LayerJudgement, Note, PageContent};
use dossier_pipeline::ReadLimits;
use image::RgbImage;

use crate::pdf::PdfDocument;
use crate::picture::{Original, Pictures};
use crate::text::TextDocument;

/// Scans of a higher resolution, in pixels an inch, are brought down to this: recognition gains nothing
/// from more.
pub(crate) const MAX_DPI: f32 = 300.0;

/// What a page gave.
#[derive(Debug)]
pub enum PageReading {
    /// Its own text was believed, or there is nothing on it.
    Read(PageContent),
    /// It has to be recognised.
    Scan {
        /// The upright page as its file says which way is up.
        image: RgbImage,
        /// Pixels per inch of `image`.
        dpi: f32,
        /// Why the page's own text was not taken.
        layer: LayerJudgement,
    },
}

/// An open document.
pub struct Document(Form);

enum Form {
    Pdf(Box<PdfDocument>),
    Pictures(Pictures),
    Text(TextDocument),
}

impl Document {
    /// Opens the document of this kind at `path`.
    ///
    /// # Errors
    /// `Unreadable`, `Encrypted`, `Damaged` or `TooLarge`.
    pub fn open(path: &Path, kind: FileKind, limits: ReadLimits) -> Result<Document, Fault> {
        Ok(Document(match kind {
            FileKind::Pdf => Form::Pdf(Box::new(PdfDocument::open(path, limits)?)),
            FileKind::Picture | FileKind::Tiff | FileKind::Jpeg2000 => {
                Form::Pictures(Pictures::open(path, kind, limits)?)
            }
            _ => Form::Text(TextDocument::open(path, kind, limits)?),
        }))
    }

    /// How many pages the document speaks of, readable or not.
    pub fn page_count(&self) -> u32 {
        match &self.0 {
            Form::Pdf(document) => document.page_count(),
            Form::Pictures(pictures) => pictures.page_count(),
            Form::Text(document) => document.page_count(),
        }
    }

    /// What a person should know of the document.
    pub fn notes(&self) -> Vec<Note> {
        match &self.0 {
            Form::Pdf(document) => document.notes(),
            Form::Pictures(_) => Vec::new(),
            Form::Text(document) => document.notes(),
        }
    }

    /// The title of the file's bookmark that leads to a page, `number` from 1.
    pub fn bookmark(&self, number: u32) -> Option<&str> {
        match &self.0 {
            Form::Pdf(document) => document.bookmark(number),
            Form::Pictures(_) | Form::Text(_) => None,
        }
    }

    /// Whether a page, `number` from 1, would have to be recognised. Nothing is painted, so this
    /// takes little of the time that reading the page does. With `force` that is every page of a PDF
    /// that is not blank.
    pub fn is_scan(&self, number: u32, force: bool) -> bool {
        match &self.0 {
            Form::Pdf(document) => document.is_scan(number, force),
            Form::Pictures(_) => true,
            Form::Text(document) => document.is_scan(number),
        }
    }

    /// The picture that a page is, `number` from 1, as its file has it; nothing of files that are no pictures.
    ///
    /// # Errors
    /// Those of [`read_page`](Document::read_page).
    pub fn original(&self, number: u32) -> Result<Option<Original>, Fault> {
        match &self.0 {
            Form::Pictures(pictures) => pictures.original(number).map(Some),
            Form::Pdf(_) | Form::Text(_) => Ok(None),
        }
    }

    /// Reads one page, `number` from 1; with `force` a page of a PDF comes as an image, unless it is
    /// blank, whatever text it has.
    ///
    /// # Errors
    /// `Damaged`, `TooLarge` or `UnknownKind`; the other pages are not concerned.
    pub fn read_page(&self, number: u32, force: bool) -> Result<PageReading, Fault> {
        match &self.0 {
            Form::Pdf(document) => document.read_page(number, force),
            Form::Pictures(pictures) => pictures.read_page(number),
            Form::Text(document) => document.read_page(number),
        }
    }
}
