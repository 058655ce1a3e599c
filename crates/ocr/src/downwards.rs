//! Marks of writing that runs downwards. The network reads a column as a line that was turned, in
//! which a comma at the upper right of its square looks like none, and it is passed over. So each
//! square between two characters that was passed over is read once more as in writing across, with
//! the mark where a comma stands there: at the lower left.

use image::RgbImage;

use crate::OcrError;
use crate::ctc::Glyph;
use crate::engine::Engine;
use crate::geometry::{Point, Rect};
use crate::line::step_width;
use crate::recogniser::read_line;
use crate::text::em;

/// What may stand in a square of its own between two characters.
const MARKS: &str = "，。、；：！？,;:!?";
/// Two characters further apart than this many of the usual distances have a square between them.
const GAP: f32 = 1.55;
/// A mark at the upper right is this many em from where it stands in writing across.
const SHIFT: f32 = 0.6;
/// Marks read less surely than this are dust.
const MIN_CONFIDENCE: f32 = 0.2;

/// Adds the marks that were passed over in the column at `rect`, whose upper edge runs downwards.
pub(crate) fn with_marks(
    engine: &mut Engine,
    image: &RgbImage,
    rect: &Rect,
    glyphs: Vec<Glyph>,
) -> Result<Vec<Glyph>, OcrError> {
    let step = step_width(rect);
    let pitch = pitch(&glyphs).unwrap_or(em(rect, &glyphs) / step);
    let mut whole: Vec<Glyph> = Vec::with_capacity(glyphs.len());
    // After the last character there may be one that the line does not reach.
    let ends: Vec<f32> = glyphs.iter().skip(1).map(|glyph| glyph.step).chain([f32::MAX]).collect();
    for (glyph, next) in glyphs.into_iter().zip(ends) {
        let at = glyph.step + pitch;
        whole.push(glyph);
        if next - at + pitch >= GAP * pitch
            && let Some(mark) = mark(engine, image, rect, at, pitch * step)?
        {
            whole.push(mark);
        }
    }
    Ok(whole)
}

/// The usual distance of two characters, in steps.
fn pitch(glyphs: &[Glyph]) -> Option<f32> {
    let mut distances: Vec<f32> = glyphs.windows(2).map(|pair| pair[1].step - pair[0].step).collect();
    distances.sort_by(f32::total_cmp);
    distances.get(distances.len() / 2).copied().filter(|pitch| *pitch > 0.0)
}

/// The mark in the square `at` steps along the column, of a side of `side` pixels.
fn mark(
    engine: &mut Engine,
    image: &RgbImage,
    rect: &Rect,
    at: f32,
    side: f32,
) -> Result<Option<Glyph>, OcrError> {
    let middle = rect.at(at * step_width(rect), rect.height / 2.0);
    for shift in [SHIFT * side, 0.0] {
        let centre = Point { x: middle.x + shift, y: middle.y - shift };
        let square = Rect { centre, width: side, height: side * 1.1, angle: 0.0 };
        if let [.., glyph] = &read_line(engine, image, &square)?[..]
            && MARKS.contains(glyph.reading)
            && glyph.confidence >= MIN_CONFIDENCE
        {
            return Ok(Some(Glyph { step: at, ..glyph.clone() }));
        }
    }
    Ok(None)
}
