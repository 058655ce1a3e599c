//! Letters as text documents: what was typed is taken as it stands; pictures in them are pages to be
//! recognised.

mod docx;
mod mail;
mod odt;
mod ofd;

use std::path::{Path, PathBuf};

use dossier_model::{Fault, FaultKind, FileKind, LayerJudgement, Note, PageContent, PageMarks, PageState};
use dossier_pipeline::ReadLimits;

use crate::package::Package;
use crate::transcript::Transcript;
use crate::{PageReading, encoding, hypertext, picture};

pub(crate) use mail::Attachment;

/// The most bytes of running text: ten times the longest novel.
const MAX_TEXT: u64 = 64 << 20;
/// Pictures with a shorter side, in pixels, are ornaments: no line of a letter fits on them.
const ORNAMENT: u32 = 64;

/// A page of a document.
enum TextPage {
    /// What is typed on it.
    Typed(String),
    /// A picture, by its name within the document.
    Picture(String),
}

/// An open document.
pub(crate) struct TextDocument {
    path: PathBuf,
    pages: Vec<TextPage>,
    notes: Vec<Note>,
    limits: ReadLimits,
}

impl TextDocument {
    /// Opens the document at `path` and reads its text.
    ///
    /// # Errors
    /// `Unreadable`, `Damaged`, `Encrypted` or `TooLarge`.
    pub fn open(path: &Path, kind: FileKind, limits: ReadLimits) -> Result<TextDocument, Fault> {
        let mut notes = Vec::new();
        let mut pages = match kind {
            FileKind::Docx => docx::pages(Package::open(path)?, &mut notes)?,
            FileKind::Odt => odt::pages(Package::open(path)?, &mut notes)?,
            FileKind::Ofd => ofd::pages(Package::open(path)?, &mut notes)?,
            FileKind::Mail => vec![TextPage::Typed(mail::letter(&bytes(path)?)?)],
            FileKind::Html => vec![TextPage::Typed(hypertext::plain(&hypertext::decode(&bytes(path)?)))],
            FileKind::Layout => transcribed(&Transcript::open(path)?, &limits),
            FileKind::Text => typed(&encoding::decode(&bytes(path)?)),
            other => return Err(Fault::new(FaultKind::UnknownKind, other.name())),
        };
        // A document of pictures alone has no typed page.
        if pages.iter().any(|page| matches!(page, TextPage::Picture(_))) {
            pages.retain(|page| !matches!(page, TextPage::Typed(text) if text.trim().is_empty()));
        }
        if pages.len() > limits.pages as usize {
            return Err(Fault::new(FaultKind::TooLarge, format!("{} pages", pages.len())));
        }
        Ok(TextDocument { path: path.to_owned(), pages, notes, limits })
    }

    pub fn page_count(&self) -> u32 {
        self.pages.len() as u32
    }

    pub fn notes(&self) -> Vec<Note> {
        self.notes.clone()
    }

    /// Whether the page is a picture.
    pub fn is_scan(&self, number: u32) -> bool {
        matches!(
            (number as usize).checked_sub(1).and_then(|at| self.pages.get(at)),
            Some(TextPage::Picture(_))
        )
    }

    /// The page `number`, from 1.
    ///
    /// # Errors
    /// `Damaged`, `TooLarge` or `UnknownKind` of a picture; the other pages are not concerned.
    pub fn read_page(&self, number: u32) -> Result<PageReading, Fault> {
        let page = (number as usize).checked_sub(1).and_then(|index| self.pages.get(index));
        match page.ok_or_else(|| Fault::new(FaultKind::Damaged, "there is no such page"))? {
            TextPage::Typed(text) => Ok(PageReading::Read(typed_page(number, text, &self.limits))),
            TextPage::Picture(name) => {
                let bytes = Package::open(&self.path)?.bytes(name)?;
                let image = picture::embedded(&bytes, &self.limits)
                    .map_err(|fault| Fault::new(fault.kind, format!("{name}: {}", fault.detail)))?;
                if image.width().min(image.height()) < ORNAMENT {
                    return Ok(PageReading::Read(typed_page(number, "", &self.limits)));
                }
                Ok(picture::scan(image, None))
            }
        }
    }
}

/// A page without an image: it has no size and its words have no boxes.
fn typed_page(number: u32, text: &str, limits: &ReadLimits) -> PageContent {
    let text = text.trim().to_owned();
    let blank = text.is_empty();
    PageContent {
        number,
        width: 0,
        height: 0,
        dpi: limits.dpi,
        rotation: 0,
        state: if blank { PageState::Blank } else { PageState::TextLayer },
        layer: if blank { LayerJudgement::Absent } else { LayerJudgement::Believed },
        scan: None,
        marks: PageMarks::default(),
        text,
        words: Vec::new(),
    }
}

/// The pages of a transcript that has no scan.
fn transcribed(transcript: &Transcript, limits: &ReadLimits) -> Vec<TextPage> {
    let pages = (1..=transcript.page_count()).filter_map(|page| transcript.page(page, (0, 0), limits.dpi));
    pages.map(|page| TextPage::Typed(page.text)).collect()
}

/// Running text; a form feed begins a page.
fn typed(text: &str) -> Vec<TextPage> {
    text.replace("\r\n", "\n").split('\u{C}').map(|page| TextPage::Typed(page.to_owned())).collect()
}

/// The files attached to the message at `path`, in their order.
///
/// # Errors
/// `Unreadable`, `TooLarge`, or `Damaged` when it is no message.
pub(crate) fn attachments(path: &Path) -> Result<Vec<Attachment>, Fault> {
    mail::attachments(&bytes(path)?)
}

fn bytes(path: &Path) -> Result<Vec<u8>, Fault> {
    let unreadable = |error| Fault::new(FaultKind::Unreadable, error);
    let size = std::fs::metadata(path).map_err(unreadable)?.len();
    if size > MAX_TEXT {
        return Err(Fault::new(FaultKind::TooLarge, format!("{} MiB of text", size >> 20)));
    }
    std::fs::read(path).map_err(unreadable)
}

/// Pages as a document's elements fill them: the text of a page, then its pictures.
#[derive(Default)]
struct Pages {
    done: Vec<TextPage>,
    text: String,
    pictures: Vec<String>,
}

impl Pages {
    fn push(&mut self, text: &str) {
        self.text.push_str(text);
    }

    /// Ends the line, unless nothing stands on it.
    fn line(&mut self) {
        self.text.truncate(self.text.trim_end_matches([' ', '\t']).len());
        if !self.text.is_empty() && !self.text.ends_with('\n') {
            self.text.push('\n');
        }
    }

    /// Ends a cell of a table: its last paragraph ended a line, and the next cell stands on the same.
    fn cell(&mut self) {
        self.text.truncate(self.text.trim_end_matches('\n').len());
        self.text.push('\t');
    }

    /// A picture that stands on the page; one that is used again counts once a page.
    fn picture(&mut self, name: String) {
        if !self.pictures.contains(&name) {
            self.pictures.push(name);
        }
    }

    /// Ends the page, unless nothing stands on it.
    fn page(&mut self) {
        let text = std::mem::take(&mut self.text);
        if !text.trim().is_empty() {
            self.done.push(TextPage::Typed(text));
        }
        self.done.extend(self.pictures.drain(..).map(TextPage::Picture));
    }

    /// All pages, at least one.
    fn finish(mut self) -> Vec<TextPage> {
        self.page();
        if self.done.is_empty() {
            self.done.push(TextPage::Typed(String::new()));
        }
        self.done
    }
}
