//! The recogniser: one page image in, one recognised page out.

use dossier_model::{LayerJudgement, PageContent, PageMarks, PageState, Word};
use dossier_pipeline::RecognitionSpec;
use image::{RgbImage, imageops};

use crate::ctc::{self, Glyph};
use crate::detect::{Lines, detect, detect_part};
use crate::downwards::with_marks;
use crate::engine::{Engine, Readings};
use crate::figures;
use crate::geometry::{Point, Rect};
use crate::ghost::Darkness;
use crate::ink;
use crate::layout::{self, is_tall, lying};
use crate::line;
use crate::lookalike;
use crate::orient::{Orientation, confidence, orientation};
use crate::script;
use crate::seal::Seals;
use crate::text::{PlacedLine, page_text};
use crate::{Model, ModelStore, OcrError};

/// Raised whenever this code comes to read pages differently.
pub(crate) const REVISION: u32 = 6;
/// The most pixels an image may have: an A0 sheet at 250 dpi.
pub const MAX_PIXELS: u64 = 100_000_000;
/// Lines read with less confidence than this are stains, seals' rims or patterns, not text.
const MIN_CONFIDENCE: f32 = 0.4;
/// The same for a single character, which stains and thumb prints easily look like.
const MIN_CONFIDENCE_ALONE: f32 = 0.65;
/// Words at least this sure need no review: how many of them are right is in `docs/recognition.md`.
pub const SURE: f32 = 0.99;
/// Pale lines that make it worth asking whether something shows through, and how many are tried.
const MIN_GHOSTS: usize = 2;
const GHOSTS_TRIED: usize = 4;
/// The long side in inches that is assumed of a page whose resolution makes no sense.
const A4_INCHES: f32 = 11.69;

/// What became of a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// There is text.
    Read,
    /// Something is on it, but no text that can be read: a scrawl, a drawing, a photograph. A
    /// person should look at it.
    Illegible,
    /// Nothing is written on it: at most ruled lines, dust, shadows or what shows through.
    Blank,
}

/// What was read on a page.
#[derive(Clone, Debug, PartialEq)]
pub struct RecognisedPage {
    /// Width of the upright page in pixels.
    pub width: u32,
    /// Height of the upright page in pixels.
    pub height: u32,
    /// Degrees clockwise (0, 90, 180, 270) that the image was turned to be upright.
    pub rotation: u16,
    /// The text; rows separated by `\n`, distant boxes of one row by a blank.
    pub text: String,
    /// The words of the text in reading order, their boxes in pixels of the upright page.
    pub words: Vec<Word>,
    /// Whether there is text, or else ink.
    pub outcome: Outcome,
    /// Whether the outcome is [`Blank`](Outcome::Blank).
    pub blank: bool,
}

impl RecognisedPage {
    /// The page as a part of its file: its number from 1, the image's pixels per inch, and what was
    /// thought of the file's own text.
    pub fn into_content(self, number: u32, dpi: f32, layer: LayerJudgement) -> PageContent {
        let state = match self.outcome {
            Outcome::Read => PageState::Recognised,
            Outcome::Illegible => PageState::Illegible,
            Outcome::Blank => PageState::Blank,
        };
        let RecognisedPage { width, height, rotation, text, words, .. } = self;
        PageContent {
            number,
            width,
            height,
            dpi,
            rotation,
            state,
            layer,
            scan: None,
            marks: PageMarks::default(),
            text,
            words,
        }
    }
}

/// The loaded models; one for each worker, since it uses one core.
pub struct Recogniser {
    pub(crate) engine: Engine,
    recorded: String,
}

impl Recogniser {
    /// The program's own model, read quickly; see [`of`](Recogniser::of).
    ///
    /// # Errors
    /// Those of [`of`](Recogniser::of).
    pub fn load(store: &ModelStore) -> Result<Recogniser, OcrError> {
        Recogniser::of(&store.model(&RecognitionSpec::default())?)
    }

    /// Checks a model's files by their SHA-256 and loads them. A process can load ONNX Runtime once
    /// only: a second recogniser shares the first one's library.
    ///
    /// # Errors
    /// `Models` when a file is missing or wrong, `Runtime` when the run-time refuses one.
    pub fn of(model: &Model) -> Result<Recogniser, OcrError> {
        model.check()?;
        Ok(Recogniser { engine: Engine::load(model)?, recorded: model.recorded() })
    }

    /// How many lines have been read, and how many of them twice.
    pub fn readings(&self) -> Readings {
        self.engine.readings
    }

    /// The version of its model and what runs it ([`Model::recorded`]).
    pub fn recorded(&self) -> &str {
        &self.recorded
    }

    /// Recognises a page. `dpi` is the image's pixels per inch; a senseless value stands for A4.
    ///
    /// # Errors
    /// `Size` when the image has no pixels or more than [`MAX_PIXELS`], `Runtime` when the
    /// run-time fails.
    pub fn recognise(&mut self, image: &RgbImage, dpi: f32) -> Result<RecognisedPage, OcrError> {
        self.engine.begin_page();
        let (width, height) = image.dimensions();
        if width == 0 || height == 0 || u64::from(width) * u64::from(height) > MAX_PIXELS {
            return Err(OcrError::Size { width, height });
        }
        let dpi = if (36.0..=2400.0).contains(&dpi) { dpi } else { width.max(height) as f32 / A4_INCHES };
        if ink::is_blank(image, dpi) {
            return Ok(page(image, 0, &[], Outcome::Blank));
        }
        let seals = Seals::find(image, dpi);
        let clear = seals.removed();
        let lines = detect(&mut self.engine, &clear, dpi)?;
        let mut read = vec![None; lines.rects.len()];
        let turn = match orientation(&mut self.engine, &clear, &lines, &mut read)? {
            Orientation::Turn(degrees) => degrees,
            upright => {
                let columns = upright == Orientation::Columns;
                let sheet = Upright { image: clear, dpi, rotation: 0, seals };
                return self.read(sheet, lines, read, columns);
            }
        };
        let image = &match turn {
            90 => imageops::rotate90(image),
            180 => imageops::rotate180(image),
            _ => imageops::rotate270(image),
        };
        let seals = Seals::find(image, dpi);
        let sheet = Upright { image: seals.removed(), dpi, rotation: turn, seals };
        let lines = detect(&mut self.engine, &sheet.image, dpi)?;
        let read = vec![None; lines.rects.len()];
        self.read(sheet, lines, read, false)
    }

    /// Reads the lines that are not read yet, and puts them in order.
    fn read(
        &mut self,
        mut sheet: Upright<'_>,
        mut lines: Lines,
        mut read: Vec<Option<Vec<Glyph>>>,
        columns: bool,
    ) -> Result<RecognisedPage, OcrError> {
        if let Some(clear) = self.without_ghosts(&sheet, &lines, &mut read)? {
            lines = detect(&mut self.engine, &clear, sheet.dpi)?;
            read = vec![None; lines.rects.len()];
            sheet.image = clear;
        }
        let mut texts = self.texts(&sheet.image, &lines, read, columns)?;
        script::unify(texts.iter_mut().map(|(_, glyphs)| glyphs));
        texts.iter_mut().for_each(|(_, glyphs)| lookalike::repair(glyphs));
        let (mut rects, mut placed): (Vec<Rect>, Vec<PlacedLine>) = texts
            .into_iter()
            .map(|(rect, glyphs)| (rect, PlacedLine::new(&lying(&rect), glyphs)))
            .filter(|(_, line)| !line.is_empty())
            .unzip();
        for (rect, line) in self.lines_of_seals(&sheet)? {
            rects.push(rect);
            placed.push(line);
        }
        let rows: Vec<Vec<PlacedLine>> = layout::rows(&rects, lines.skew, columns)
            .into_iter()
            .map(|row| row.into_iter().map(|index| placed[index].clone()).collect())
            .collect();
        let outcome = match rows.is_empty() {
            false => Outcome::Read,
            true if ink::has_marks(&sheet.image, sheet.dpi) => Outcome::Illegible,
            true => Outcome::Blank,
        };
        Ok(page(&sheet.image, sheet.rotation, &rows, outcome))
    }

    /// The page without what shows through from its other side, if anything does.
    fn without_ghosts(
        &mut self,
        sheet: &Upright<'_>,
        lines: &Lines,
        read: &mut [Option<Vec<Glyph>>],
    ) -> Result<Option<RgbImage>, OcrError> {
        let darkness = Darkness::of(&sheet.image, &lines.rects);
        let pale = darkness.pale();
        if pale.len() < MIN_GHOSTS {
            return Ok(None);
        }
        let mut longest = pale.clone();
        longest.sort_by(|a, b| lines.rects[*b].width.total_cmp(&lines.rects[*a].width));
        longest.truncate(GHOSTS_TRIED);
        let (mut sum, mut in_mirror) = (0.0, 0.0);
        for index in &longest {
            let glyphs = match read[*index].take() {
                Some(glyphs) => glyphs,
                None => read_line(&mut self.engine, &sheet.image, &lying(&lines.rects[*index]))?,
            };
            sum += confidence(&glyphs);
            let mirrored = line::mirrored(line::strip(&sheet.image, &lying(&lines.rects[*index])));
            in_mirror += confidence(&self.engine.try_out(&mirrored, |s, d| ctc::decode(&s, d))?);
            read[*index] = Some(glyphs);
        }
        Ok((in_mirror >= sum).then(|| darkness.without(&sheet.image, &pale)))
    }

    /// The lines that seals have of their own.
    fn lines_of_seals(&mut self, sheet: &Upright<'_>) -> Result<Vec<(Rect, PlacedLine)>, OcrError> {
        let mut found = Vec::new();
        for [x, y, width, height] in sheet.seals.places() {
            let sealed = sheet.seals.image();
            let part = imageops::crop_imm(sealed, x, y, width, height).to_image();
            for rect in detect_part(&mut self.engine, &part, sheet.dpi)?.rects {
                let centre = Point { x: rect.centre.x + x as f32, y: rect.centre.y + y as f32 };
                let rect = Rect { centre, ..rect };
                let glyphs = read_line(&mut self.engine, sealed, &lying(&rect))?;
                let line = PlacedLine::new(&lying(&rect), glyphs.clone());
                if is_text(&glyphs) && sheet.seals.is_line(&line.bounds()) {
                    found.push((rect, line));
                }
            }
        }
        Ok(found)
    }

    /// The lines that are text, with what they say.
    fn texts(
        &mut self,
        image: &RgbImage,
        lines: &Lines,
        read: Vec<Option<Vec<Glyph>>>,
        columns: bool,
    ) -> Result<Vec<(Rect, Vec<Glyph>)>, OcrError> {
        let mut texts = Vec::new();
        for (rect, glyphs) in lines.rects.iter().zip(read) {
            let mut glyphs = match glyphs {
                Some(glyphs) => glyphs,
                None => read_line(&mut self.engine, image, &lying(rect))?,
            };
            if !is_tall(rect) {
                glyphs = figures::completed(&mut self.engine, image, &lying(rect), glyphs)?;
            } else if columns {
                glyphs = with_marks(&mut self.engine, image, &lying(rect), glyphs)?;
            }
            if is_text(&glyphs) {
                texts.push((*rect, glyphs));
            }
        }
        Ok(texts)
    }
}

/// A page as it is read.
struct Upright<'a> {
    /// Without its seals.
    image: RgbImage,
    dpi: f32,
    /// Degrees clockwise that the image was turned.
    rotation: u16,
    seals: Seals<'a>,
}

/// Reads the line at `rect`.
pub(crate) fn read_line(engine: &mut Engine, image: &RgbImage, rect: &Rect) -> Result<Vec<Glyph>, OcrError> {
    engine.recognise(&line::strip(image, rect), |steps, dictionary| ctc::decode(&steps, dictionary))
}

/// The same where no text hangs on it.
pub(crate) fn try_line(engine: &mut Engine, image: &RgbImage, rect: &Rect) -> Result<Vec<Glyph>, OcrError> {
    engine.try_out(&line::strip(image, rect), |steps, dictionary| ctc::decode(&steps, dictionary))
}

fn is_text(glyphs: &[Glyph]) -> bool {
    let least = match glyphs.iter().filter(|glyph| !glyph.reading.is_whitespace()).count() {
        0 => return false,
        1 => MIN_CONFIDENCE_ALONE,
        _ => MIN_CONFIDENCE,
    };
    confidence(glyphs) >= least
}

fn page(image: &RgbImage, rotation: u16, rows: &[Vec<PlacedLine>], outcome: Outcome) -> RecognisedPage {
    let (width, height) = image.dimensions();
    let (text, words) = page_text(rows, width, height);
    RecognisedPage { width, height, rotation, text, words, outcome, blank: outcome == Outcome::Blank }
}
