//! Which way up a page lies, told from how surely a few of its longest lines can be read.
//!
//! Lines that stand are either a page on its side or writing that runs downwards. The network
//! reads both: it copes with characters that lie on their side. So single characters are cut
//! out and read as they stand on the page and as they stand in their line; upright ones are read
//! more surely.

use image::RgbImage;

use crate::OcrError;
use crate::ctc::Glyph;
use crate::detect::Lines;
use crate::engine::Engine;
use crate::geometry::Rect;
use crate::layout::{is_tall, lying};
use crate::recogniser::{read_line, try_line};
use crate::text::squares;

/// Lines that are tried.
const SAMPLE: usize = 3;
/// Single characters that are tried of each line.
const CHARACTERS: usize = 5;
/// Characters are upright on the page if they are read as surely as this part of what they are in
/// their line: the network reads characters on their side too, but on a page that lies on its side
/// hardly one of them is read as it stands.
const UPRIGHT: f32 = 0.5;
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

/// Tells the page's orientation. On most pages this costs nothing: the lines that it reads as
/// the page lies are kept in `read`.
pub(crate) fn orientation(
    engine: &mut Engine,
    image: &RgbImage,
    lines: &Lines,
    read: &mut [Option<Vec<Glyph>>],
) -> Result<Orientation, OcrError> {
    let (sample, standing) = sample(lines);
    let as_it_is = Reading::of(sample.iter().map(|index| lying(&lines.rects[*index])), |rect| {
        read_line(engine, image, rect)
    })?;
    for (index, glyphs) in sample.iter().zip(&as_it_is.lines) {
        read[*index] = Some(glyphs.clone());
    }
    if !standing && as_it_is.confidence() >= SURE {
        return Ok(Orientation::Upright);
    }
    let half_turned = as_it_is.rects.iter().map(|rect| rect.turned(2));
    let turned = Reading::of(half_turned, |rect| try_line(engine, image, rect))?;
    let other_way = turned.confidence() > as_it_is.confidence() + GAIN;
    Ok(match (standing, other_way) {
        (false, true) => Orientation::Turn(180),
        (false, false) => Orientation::Upright,
        (true, _) if runs_downwards(engine, image, if other_way { &turned } else { &as_it_is })? => {
            Orientation::Columns
        }
        (true, true) => Orientation::Turn(90),
        (true, false) => Orientation::Turn(270),
    })
}

/// The longest lines of the kind, standing or lying, that most of the text is in, and whether
/// that is standing.
fn sample(lines: &Lines) -> (Vec<usize>, bool) {
    let length = |index: &usize| lines.rects[*index].width.max(lines.rects[*index].height);
    let (mut standing, mut across): (Vec<usize>, Vec<usize>) =
        (0..lines.rects.len()).partition(|index| is_tall(&lines.rects[*index]));
    let total = |indices: &[usize]| indices.iter().map(length).sum::<f32>();
    let stands = total(&standing) > total(&across);
    let longest = if stands { &mut standing } else { &mut across };
    longest.sort_by(|a, b| length(b).total_cmp(&length(a)));
    longest.truncate(SAMPLE);
    (std::mem::take(longest), stands)
}

/// Some lines as they were read at some rectangles.
struct Reading {
    rects: Vec<Rect>,
    lines: Vec<Vec<Glyph>>,
}

impl Reading {
    fn of(
        rects: impl Iterator<Item = Rect>,
        read: impl FnMut(&Rect) -> Result<Vec<Glyph>, OcrError>,
    ) -> Result<Reading, OcrError> {
        let rects: Vec<Rect> = rects.collect();
        let lines = rects.iter().map(read).collect::<Result<_, _>>()?;
        Ok(Reading { rects, lines })
    }

    fn confidence(&self) -> f32 {
        self.lines.iter().map(|glyphs| confidence(glyphs)).sum::<f32>() / self.lines.len().max(1) as f32
    }
}

/// Whether the characters of standing lines are upright on the page.
fn runs_downwards(engine: &mut Engine, image: &RgbImage, reading: &Reading) -> Result<bool, OcrError> {
    // A quarter or three, whichever makes the line's direction the page's.
    let back = if reading.rects.first().is_some_and(|rect| rect.angle > 0.0) { -1 } else { 1 };
    let (mut in_line, mut on_page) = (0.0, 0.0);
    for (rect, glyphs) in reading.rects.iter().zip(&reading.lines) {
        for (reading, square) in squares(rect, glyphs).into_iter().take(CHARACTERS) {
            in_line += confidence_in(reading, &try_line(engine, image, &square)?);
            on_page += confidence_in(reading, &try_line(engine, image, &square.turned(back))?);
        }
    }
    Ok(on_page > UPRIGHT * in_line)
}

/// How surely a reading is just this character.
fn confidence_in(expected: char, glyphs: &[Glyph]) -> f32 {
    match glyphs {
        [glyph] if glyph.reading == expected => glyph.confidence,
        _ => 0.0,
    }
}

/// The mean confidence of a line's characters; 0 without any.
pub(crate) fn confidence(glyphs: &[Glyph]) -> f32 {
    glyphs.iter().map(|glyph| glyph.confidence).sum::<f32>() / glyphs.len().max(1) as f32
}
