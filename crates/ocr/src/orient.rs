//! Which way up a page lies, told from how surely a few of its longest lines can be read.

use image::RgbImage;

use crate::OcrError;
use crate::ctc::Glyph;
use crate::detect::Lines;
use crate::engine::Engine;
use crate::geometry::Rect;
use crate::layout::is_tall;
use crate::recogniser::read_line;

/// Lines that are tried.
const SAMPLE: usize = 3;
/// Lines read more surely than this are the right way up.
const SURE: f32 = 0.85;
/// Turning the page must make the lines surer by this much.
const GAIN: f32 = 0.1;

/// How the page has to be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Orientation {
    /// As it is, lines across.
    Upright,
    /// As it is, lines downwards from the right.
    Columns,
    /// After turning it clockwise by so many degrees.
    Turn(u16),
}

/// Tells the page's orientation. On most pages this costs nothing: the lines it reads are those
/// of `read`, which the caller keeps.
pub(crate) fn orientation(
    engine: &mut Engine,
    image: &RgbImage,
    lines: &Lines,
    read: &mut [Option<Vec<Glyph>>],
) -> Result<Orientation, OcrError> {
    let mut longest: Vec<usize> = (0..lines.rects.len()).collect();
    longest.sort_by(|a, b| length(&lines.rects[*b]).total_cmp(&length(&lines.rects[*a])));
    let total = |tall: bool| lines.rects.iter().filter(|rect| is_tall(rect) == tall).map(length).sum::<f32>();
    let standing = total(true) > total(false);
    longest.retain(|index| is_tall(&lines.rects[*index]) == standing);
    longest.truncate(SAMPLE);
    let as_it_is = surest(engine, image, lines, &longest, read)?;
    let mut turned = |quarters: i8| -> Result<f32, OcrError> {
        let rects = longest.iter().map(|index| lines.rects[*index].turned(quarters));
        rects
            .map(|rect| Ok(confidence(&read_line(engine, image, &rect)?)))
            .sum::<Result<f32, OcrError>>()
            .map(|sum| sum / longest.len().max(1) as f32)
    };
    if !standing {
        let upside_down = as_it_is < SURE && turned(2)? > as_it_is + GAIN;
        return Ok(if upside_down { Orientation::Turn(180) } else { Orientation::Upright });
    }
    // A line that stands is read with its right side up, as on a page that was turned clockwise.
    let (clockwise, anticlockwise) = (as_it_is, turned(-1)?);
    Ok(match clockwise.max(anticlockwise) {
        best if best < SURE => Orientation::Columns,
        best if best == clockwise => Orientation::Turn(270),
        _ => Orientation::Turn(90),
    })
}

fn length(rect: &Rect) -> f32 {
    rect.width.max(rect.height)
}

/// Reads the sample as the page lies, and keeps what was read.
fn surest(
    engine: &mut Engine,
    image: &RgbImage,
    lines: &Lines,
    sample: &[usize],
    read: &mut [Option<Vec<Glyph>>],
) -> Result<f32, OcrError> {
    let mut sum = 0.0;
    for index in sample {
        let glyphs = read_line(engine, image, &crate::recogniser::lying(&lines.rects[*index]))?;
        sum += confidence(&glyphs);
        read[*index] = Some(glyphs);
    }
    Ok(sum / sample.len().max(1) as f32)
}

/// The mean confidence of a line's characters; 0 without any.
pub(crate) fn confidence(glyphs: &[Glyph]) -> f32 {
    glyphs.iter().map(|glyph| glyph.confidence).sum::<f32>() / glyphs.len().max(1) as f32
}
