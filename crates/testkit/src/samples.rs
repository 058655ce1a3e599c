//! All samples, each with its expectation.

use std::collections::BTreeMap;
use std::path::Path;

use crate::damage::{Damage, scan, show_through};
use crate::expect::{
    Expectation, LayerState, LetterExpectation, PageExpectation, PageState, RegisterExpectation, RowCounts,
    RowExpectation, RowRef, ScanExpectation,
};
use crate::fonts::Fonts;
use crate::layout::{PageLayout, set};
use crate::letter::{Layer, ScanText};
use crate::pdf::scan::Storage;
use crate::pdf::text::ToUnicode;
use crate::person::Cast;
use crate::register::{self, RegisterText};
use crate::rng::Rng;
use crate::{Error, Result, pdf, raster, texts};

/// An input and what is expected of it.
#[derive(Debug)]
pub struct Sample {
    /// The path under the samples' folder, with `/`.
    pub path: String,
    /// The file.
    pub bytes: Vec<u8>,
    /// What a reader should find in it.
    pub expected: Expectation,
    /// What it shows, in a line.
    pub shows: String,
}

/// The texts of all scans.
///
/// # Errors
/// When one of them is faulty.
pub fn scans(cast: &Cast) -> Result<Vec<ScanText>> {
    texts::LETTERS.iter().map(|(name, source)| ScanText::parse(name, source, cast)).collect()
}

/// The texts of all registers.
///
/// # Errors
/// When one of them is faulty.
pub fn registers(cast: &Cast) -> Result<Vec<RegisterText>> {
    texts::REGISTERS.iter().map(|(name, source)| RegisterText::parse(name, source, cast)).collect()
}

/// Makes all samples; `made` hears of each.
///
/// # Errors
/// When a font is missing, a text is faulty or a file cannot be encoded.
pub fn build(fonts: &Fonts, mut made: impl FnMut(&Sample)) -> Result<Vec<Sample>> {
    let cast = Cast::load()?;
    let mut samples = Vec::new();
    let mut pairs = BTreeMap::new();
    for text in registers(&cast)? {
        let sample = register(&text)?;
        if let Expectation::Register(expected) = &sample.expected {
            pairs.extend(expected.items.iter().filter_map(|item| pair(&text.file, item)));
        }
        made(&sample);
        samples.push(sample);
    }
    for text in scans(&cast)? {
        let sample = letters(&text, fonts, &mut pairs)?;
        made(&sample);
        samples.push(sample);
    }
    match pairs.keys().next() {
        Some((file, letter)) => {
            Err(Error::text(file, format!("a row pairs with letter {letter}, which is not there")))
        }
        None => Ok(samples),
    }
}

/// Rows by the scan and letter that they pair with.
type Pairs = BTreeMap<(String, u32), RowRef>;

fn pair(register: &str, item: &RowExpectation) -> Option<((String, u32), RowRef)> {
    let row = RowRef { register: register.to_owned(), sheet: item.sheet.clone(), row: item.row };
    Some(((item.pairs_with.clone()?, item.letter?), row))
}

/// Makes one PDF; takes the rows that pair with its letters out of `pairs`.
///
/// # Errors
/// When a font lacks a character or an image cannot be encoded.
pub fn letters(text: &ScanText, fonts: &Fonts, pairs: &mut Pairs) -> Result<Sample> {
    let mut pages: Vec<PageLayout> = Vec::new();
    let mut letters = Vec::new();
    for (number, letter) in (1..).zip(&text.letters) {
        let set = set(letter, fonts)?;
        letters.push(LetterExpectation {
            first_page: pages.len() as u32 + 1,
            pages: set.len() as u32,
            fields: letter.fields.clone(),
            categories: letter.categories.clone(),
            pairs_with: pairs.remove(&(text.file.clone(), number)),
        });
        pages.extend(set);
    }
    let bytes = match text.layer {
        Layer::Absent => pdf::scan::write(&images(text, &pages, fonts)?, storage(text))?,
        Layer::Believed => pdf::text::write(&pages, fonts, ToUnicode::Right)?,
        Layer::Garbled => pdf::text::write(&pages, fonts, ToUnicode::Private)?,
    };
    let pages = (1..).zip(&pages).map(|(number, page)| expected_page(number, page, text.layer)).collect();
    let expected = Expectation::Scan(ScanExpectation { pages, letters });
    Ok(Sample { path: text.file.clone(), bytes, expected, shows: text.shows.clone() })
}

fn storage(text: &ScanText) -> Storage {
    Storage { ink: text.ink, codec: text.codec, quality: text.quality }
}

fn expected_page(number: u32, page: &PageLayout, layer: Layer) -> PageExpectation {
    let (state, layer) = match layer {
        _ if page.blank => (PageState::Blank, LayerState::Absent),
        Layer::Absent => (PageState::Recognised, LayerState::Absent),
        Layer::Believed => (PageState::TextLayer, LayerState::Believed),
        Layer::Garbled => (PageState::Recognised, LayerState::Garbled),
    };
    PageExpectation { number, state, layer, text: page.text() }
}

fn images(text: &ScanText, pages: &[PageLayout], fonts: &Fonts) -> Result<Vec<image::RgbImage>> {
    let mut rng = Rng::named(&text.file);
    let mut images = Vec::new();
    let mut front: Option<image::RgbImage> = None;
    for (at, page) in pages.iter().enumerate() {
        let mut canvas = raster::draw(page, text.dpi, fonts, &mut rng)?;
        if let (true, Some(front)) = (page.blank, &front) {
            show_through(&mut canvas.image, front, 0.035);
        }
        front = Some(canvas.image.clone());
        let skew = if text.skew.is_empty() { 0.0 } else { text.skew[at % text.skew.len()] };
        images.push(scan(canvas, Damage { skew, noise: text.noise, dust: text.dust }, &mut rng));
    }
    Ok(images)
}

/// Makes one register.
///
/// # Errors
/// When a row is faulty or the file cannot be encoded.
pub fn register(text: &RegisterText) -> Result<Sample> {
    let mut rows = RowCounts::default();
    let mut items = Vec::new();
    let mut sheets = Vec::new();
    for sheet in &text.sheets {
        let head = sheet.head.len() as u32;
        rows.not_data += head + sheet.tail.iter().filter(|row| !row.is_empty()).count() as u32;
        for (number, row) in (head + 1..).zip(sheet.rows()?) {
            if row.cells.is_empty() {
                continue;
            }
            rows.archived += 1;
            let (pairs_with, letter) = row.scan.unzip();
            items.push(RowExpectation {
                sheet: sheet.name.clone(),
                row: number,
                fields: row.fields,
                doubtful: row.doubtful,
                category: row.category,
                pairs_with,
                letter,
            });
        }
        sheets.push(sheet.sheet()?);
    }
    rows.seen = rows.not_data + rows.archived + rows.duplicate;
    let bytes = register::write(&sheets, text.format)?;
    let expected = Expectation::Register(RegisterExpectation { rows, items });
    Ok(Sample { path: text.file.clone(), bytes, expected, shows: text.shows.clone() })
}

/// Writes a sample and its expectation under a folder.
///
/// # Errors
/// When a file cannot be written.
pub fn write(sample: &Sample, folder: &Path) -> Result<()> {
    let path = folder.join(&sample.path);
    let io = |path: &Path, cause: std::io::Error| Error::Io { path: path.to_path_buf(), cause };
    if let Some(parent) = path.parent() {
        std::fs::create_dir_all(parent).map_err(|cause| io(parent, cause))?;
    }
    std::fs::write(&path, &sample.bytes).map_err(|cause| io(&path, cause))?;
    let json =
        serde_json::to_string_pretty(&sample.expected).map_err(|cause| Error::encode("JSON", cause))?;
    let beside = folder.join(format!("{}.expected.json", sample.path));
    std::fs::write(&beside, json + "\n").map_err(|cause| io(&beside, cause))
}
