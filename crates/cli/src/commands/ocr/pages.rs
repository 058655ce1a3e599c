//! The pages of a file, read or recognised one after the other.

use std::path::Path;

use dossier_model::{Fault, FaultKind, PageContent, Shape};
use dossier_ocr::export::PicturePdf;
use dossier_ocr::{Model, Readings, Recogniser};
use dossier_read::{Document, Original, OriginalForm, PageReading, sniff};
use image::RgbImage;

use crate::error::CliError;

/// What came of a file's pages.
pub struct Pages {
    pub pages: Vec<PageContent>,
    /// Those that could not be read, by number.
    pub failed: Vec<(u32, Fault)>,
    /// What they were recognised with.
    pub by: String,
    /// How many lines were read, and how many of them twice.
    pub readings: Readings,
}

/// Is shown each page that was recognised, its image and how many pages there are.
pub type Look<'a> = dyn FnMut(&RgbImage, &PageContent, u32) -> Result<(), CliError> + 'a;

/// Reads all pages of a file.
///
/// # Errors
/// `Input` when the file cannot be read at all, `Models` or `Recognition` when the models cannot be
/// loaded.
pub fn read(path: &Path, model: &Model, look: &mut Look<'_>) -> Result<Pages, CliError> {
    let document = open(path).map_err(|fault| CliError::Input { path: path.to_owned(), fault })?;
    let mut recogniser = Recogniser::of(model)?;
    let by = recogniser.recorded().to_owned();
    let mut read = Pages { pages: Vec::new(), failed: Vec::new(), by, readings: Readings::default() };
    for number in 1..=document.page_count() {
        let (page, image) = match page(&document, number, &mut recogniser) {
            Ok(page) => page,
            Err(fault) => {
                read.failed.push((number, fault));
                continue;
            }
        };
        if let Some(image) = image {
            look(&image, &page, document.page_count())?;
        }
        read.pages.push(page);
    }
    read.readings = recogniser.readings();
    Ok(read)
}

/// The pictures of a file as a PDF without text; nothing of a file that is none.
///
/// # Errors
/// `Input` when one cannot be read, `Export` when one cannot be packed.
pub fn pictures(path: &Path) -> Result<Option<PicturePdf>, CliError> {
    let input = |fault| CliError::Input { path: path.to_owned(), fault };
    let document = open(path).map_err(input)?;
    let mut pdf = PicturePdf::default();
    for number in 1..=document.page_count() {
        let Some(Original { form, dpi }) = document.original(number).map_err(input)? else { return Ok(None) };
        match form {
            OriginalForm::Jpeg { bytes, size, is_grey, turned } => {
                pdf.add_jpeg(bytes, size, is_grey, turned, dpi);
            }
            OriginalForm::Pixels(image) => {
                let packed = pdf.add_pixels(image, dpi);
                packed.map_err(|error| CliError::Export { path: path.to_owned(), error })?;
            }
        }
    }
    Ok(Some(pdf))
}

fn open(path: &Path) -> Result<Document, Fault> {
    let kind = sniff(path)?;
    match kind.shape() {
        Shape::Pages => Document::open(path, kind, Default::default()),
        Shape::Rows | Shape::Files => Err(Fault::new(FaultKind::UnknownKind, "only scans are recognised")),
    }
}

/// A page; with its image, if it had to be recognised.
fn page(
    document: &Document,
    number: u32,
    recogniser: &mut Recogniser,
) -> Result<(PageContent, Option<RgbImage>), Fault> {
    match document.read_page(number, false)? {
        PageReading::Read(content) => Ok((content, None)),
        PageReading::Scan { image, dpi, layer } => {
            let page = recogniser
                .recognise(&image, dpi)
                .map_err(|error| Fault::new(FaultKind::Unrecognised, error))?;
            Ok((page.into_content(number, dpi, layer), Some(image)))
        }
    }
}
