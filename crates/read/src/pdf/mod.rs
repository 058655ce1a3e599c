//! PDF: each page comes out with its own text, if that is believed, or as an image.

mod attached;
mod bookmarks;
mod forms;
mod judge;
mod layer;
mod raster;
mod salvage;
mod tree;

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

use dossier_model::{Fault, FaultKind, LayerJudgement, Note, NoteKind, PageContent, PageMarks, PageState};
use hayro::hayro_syntax::page::Page;
use hayro::hayro_syntax::{LoadPdfError, Pdf};

use dossier_pipeline::ReadLimits;

use crate::PageReading;

/// An open document.
pub(crate) struct PdfDocument {
    pdf: Pdf,
    /// For each page that the document speaks of, its place among the pages that can be loaded.
    pages: Vec<Option<usize>>,
    /// The titles of bookmarks, by the place of the page that they lead to.
    bookmarks: HashMap<usize, String>,
    limits: ReadLimits,
}

impl PdfDocument {
    /// Opens the document at `path`.
    ///
    /// # Errors
    /// `Unreadable`, `Encrypted`, `Damaged` (no page can be found) or `TooLarge`.
    pub fn open(path: &Path, limits: ReadLimits) -> Result<PdfDocument, Fault> {
        let bytes = std::fs::read(path).map_err(|error| Fault::new(FaultKind::Unreadable, error))?;
        let ends_early = tree::ends_early(&bytes);
        let pdf = load(bytes)?;
        let pages = tree::pages(&pdf, ends_early, limits.pages)?;
        if pages.iter().flatten().next().is_none() {
            return Err(Fault::new(FaultKind::Damaged, "none of its pages can be found"));
        }
        let bookmarks = bookmarks::bookmarks(&pdf);
        Ok(PdfDocument { pdf, pages, bookmarks, limits })
    }

    /// How many pages the document speaks of, readable or not.
    pub fn page_count(&self) -> u32 {
        self.pages.len() as u32
    }

    /// What a person should know of the document: the files attached to it.
    pub fn notes(&self) -> Vec<Note> {
        attached::names(&self.pdf).into_iter().map(|name| NoteKind::Attachment.of(name)).collect()
    }

    /// The title of the bookmark that leads to a page, `number` from 1.
    pub fn bookmark(&self, number: u32) -> Option<&str> {
        let place = *self.pages.get((number as usize).checked_sub(1)?)?;
        self.bookmarks.get(&place?).map(String::as_str)
    }

    /// Reads one page, `number` from 1.
    ///
    /// # Errors
    /// `Damaged` or `TooLarge`; the other pages are not concerned.
    pub fn read_page(&self, number: u32, force: bool) -> Result<PageReading, Fault> {
        let page = self.page(number)?;
        let (width, height) = self.checked_size(page)?;
        let drawn = layer::interpret(page, self.limits.dpi);
        if drawn.largest_image > self.limits.pixels {
            return Err(Fault::new(
                FaultKind::TooLarge,
                format!("an image of {} pixels", drawn.largest_image),
            ));
        }
        if tree::content_is_lost(page) {
            return Err(Fault::new(FaultKind::Damaged, "the page's content cannot be decoded"));
        }
        let layer = judge::judge(&drawn);
        let state = match layer {
            _ if layer.is_believed() && !force => PageState::TextLayer,
            _ if drawn.is_empty() => PageState::Blank,
            _ => return self.scan(page, &drawn, layer),
        };
        let (text, words) = if state == PageState::TextLayer { drawn.text() } else { Default::default() };
        let dpi = self.limits.dpi;
        let marks = PageMarks::default();
        let content = PageContent {
            number,
            width,
            height,
            dpi,
            rotation: 0,
            state,
            layer,
            scan: None,
            marks,
            text,
            words,
        };
        Ok(PageReading::Read(content))
    }

    /// Whether a page, `number` from 1, would have to be recognised. Nothing is painted, so this
    /// takes little of the time that reading the page does.
    pub fn is_scan(&self, number: u32, force: bool) -> bool {
        let Ok(page) = self.page(number) else { return false };
        let drawn = layer::interpret(page, self.limits.dpi);
        !drawn.is_empty() && (force || !judge::judge(&drawn).is_believed())
    }

    fn page(&self, number: u32) -> Result<&Page<'_>, Fault> {
        (number as usize)
            .checked_sub(1)
            .and_then(|index| self.pages.get(index).copied().flatten())
            .and_then(|index| self.pdf.pages().get(index))
            .ok_or_else(|| Fault::new(FaultKind::Damaged, "the page is named in the document but lost"))
    }

    /// The page's size in pixels at the rendering resolution, if it is within the limits.
    fn checked_size(&self, page: &Page<'_>) -> Result<(u32, u32), Fault> {
        let (width, height) = page.render_dimensions();
        let scale = self.limits.dpi / 72.0;
        let (width, height) = ((width * scale).round(), (height * scale).round());
        let too_large = !(width >= 1.0 && height >= 1.0)
            || width.max(height) > f32::from(raster::MAX_SIDE)
            || f64::from(width) * f64::from(height) > self.limits.pixels as f64;
        if too_large {
            return Err(Fault::new(FaultKind::TooLarge, format!("a page box of {width} × {height} pixels")));
        }
        Ok((width as u32, height as u32))
    }

    fn scan(
        &self,
        page: &Page<'_>,
        drawn: &layer::Drawn,
        layer: LayerJudgement,
    ) -> Result<PageReading, Fault> {
        let raster::Raster { image, dpi } = raster::page_image(page, drawn, self.limits.dpi)?;
        Ok(PageReading::Scan { image, dpi, layer })
    }
}

/// Loads a document, if need be with a new catalog in place of a lost one.
fn load(bytes: Vec<u8>) -> Result<Pdf, Fault> {
    let bytes = Arc::new(bytes);
    match Pdf::new(Arc::clone(&bytes)) {
        Ok(pdf) => Ok(pdf),
        Err(LoadPdfError::Decryption(_)) => Err(Fault::new(FaultKind::Encrypted, "")),
        Err(LoadPdfError::Invalid) => salvage::with_new_catalog(&bytes)
            .and_then(|whole| Pdf::new(whole).ok())
            .ok_or_else(|| Fault::new(FaultKind::Damaged, "no page tree can be found")),
    }
}
