//! Recognised pages in the forms that other programs read: hOCR, ALTO, searchable PDF.
//!
//! Boxes are in pixels of the upright page, as [`PageContent`] has them; a page that lay on its side
//! is turned in them, and not in its file.

mod alto;
mod archival;
mod glyphless;
mod hocr;
mod lines;
mod markup;
mod pictures;
mod searchable;

use dossier_model::{Lang, PageContent};

pub use alto::alto;
pub use archival::{Obstacle, Standing};
pub use hocr::hocr;
pub use lines::{Line, lines};
pub use pictures::PicturePdf;
pub use searchable::searchable_pdf;

/// A file's pages as they were recognised.
#[derive(Clone, Copy, Debug)]
pub struct Recognised<'a> {
    /// The file's name, without its folder.
    pub file: &'a str,
    /// What recognised it, with its version.
    pub by: &'a str,
    /// The pages in order; those that failed are not among them.
    pub pages: &'a [PageContent],
}

impl Recognised<'_> {
    /// The text of all pages, each ended by a form feed, as pdftotext does.
    pub fn text(&self) -> String {
        self.pages.iter().map(|page| format!("{}\n\u{c}", page.text.trim_end_matches('\n'))).collect()
    }
}

/// A searchable PDF cannot be made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ExportError {
    /// The original is protected, so nothing can be added to it.
    #[error("the PDF is protected by a password: text cannot be added to it")]
    Protected,
    /// The original's structure is too damaged for adding to it, although it could be read.
    #[error("text cannot be added to the PDF ({0}): its structure is damaged")]
    Structure(String),
}

impl ExportError {
    /// What is wrong.
    pub fn reason(&self, lang: Lang) -> String {
        match (self, lang) {
            (ExportError::Protected, Lang::Zh) => "PDF 有密码保护，不能加入文字层".to_owned(),
            (ExportError::Structure(detail), Lang::Zh) => {
                format!("PDF 结构已损坏，不能加入文字层（{detail}）")
            }
            (error, Lang::En) => error.to_string(),
        }
    }

    /// What to do next.
    pub fn hint(&self, lang: Lang) -> &'static str {
        match self {
            ExportError::Protected => lang.pick("save it without a password first", "请先去除密码另存"),
            ExportError::Structure(_) => lang.pick(
                "repair it first (`qpdf IN OUT` does), or use --format hocr, alto or text",
                "请先修复（如 qpdf 输入 输出），或改用 --format hocr、alto 或 text",
            ),
        }
    }
}
