//! Figures that stand for two: of the same figures in a row the network tells one from the next by a gap,
//! and in a long number in narrow print there may be none, so that 19900006235 loses a 9 or a nought.
//!
//! A long number with such figures is cut out and read once more by itself, wider; what is found there
//! counts if it differs by more of the same figures only. Of eleven figures from 1 on, a mobile telephone,
//! or eighteen, an identity number, none is missing.

use image::RgbImage;

use crate::OcrError;
use crate::ctc::{self, Glyph};
use crate::engine::Engine;
use crate::geometry::Rect;
use crate::line::{step_width, stretched};

/// Shorter numbers are told apart as they are.
const LONG: usize = 5;
/// How much wider a number is made than its line was.
const WIDER: f32 = 1.6;

/// The line at `rect` with the figures that were missing from its numbers.
pub(crate) fn completed(
    engine: &mut Engine,
    image: &RgbImage,
    rect: &Rect,
    mut glyphs: Vec<Glyph>,
) -> Result<Vec<Glyph>, OcrError> {
    let mut at = 0;
    while at < glyphs.len() {
        let end = at + glyphs[at..].iter().take_while(|glyph| is_figure(glyph)).count();
        let mut next = end;
        if is_in_doubt(&glyphs[at..end], glyphs.get(end)) {
            let (from, to) = edges(&glyphs, at, end);
            let wide = read_wide(engine, image, rect, from, to)?;
            if has_more(&wide, &glyphs[at..end]) {
                next = at + wide.len();
                glyphs.splice(at..end, wide);
            }
        }
        at = next.max(at + 1);
    }
    Ok(glyphs)
}

fn is_figure(glyph: &Glyph) -> bool {
    glyph.reading.is_ascii_digit()
}

/// Whether figures may be missing from a number; `after` is what stands behind it.
fn is_in_doubt(number: &[Glyph], after: Option<&Glyph>) -> bool {
    let check = usize::from(after.is_some_and(|glyph| matches!(glyph.reading, 'X' | 'x')));
    let is_whole = match number.len() + check {
        11 => number[0].reading == '1',
        18 => true,
        _ => false,
    };
    number.len() >= LONG && !is_whole && number.windows(2).any(|pair| pair[0].reading == pair[1].reading)
}

/// Where a number begins and ends, in steps: half-way to its neighbours, or half a figure out.
fn edges(glyphs: &[Glyph], first: usize, end: usize) -> (f32, f32) {
    let (left, right) = (glyphs[first].step, glyphs[end - 1].step);
    let half = (right - left) / (2 * (end - 1 - first)).max(1) as f32;
    let before = first.checked_sub(1).map_or(left - 2.0 * half, |before| glyphs[before].step);
    let after = glyphs.get(end).map_or(right + 2.0 * half, |after| after.step);
    (left - ((left - before) / 2.0).min(2.0 * half), right + ((after - right) / 2.0).min(2.0 * half))
}

/// The figures between two places of a line, in steps, read wider; their places are the line's.
fn read_wide(
    engine: &mut Engine,
    image: &RgbImage,
    rect: &Rect,
    from: f32,
    to: f32,
) -> Result<Vec<Glyph>, OcrError> {
    let step = step_width(rect);
    let centre = rect.at((from + to) / 2.0 * step, rect.height / 2.0);
    let strip = stretched(image, &Rect { centre, width: (to - from) * step, ..*rect }, WIDER);
    let glyphs = engine.recognise(&strip, |steps, dictionary| {
        let share = (to - from) / (steps.values.len() / steps.classes.max(1)).max(1) as f32;
        let mut glyphs = ctc::decode(&steps, dictionary);
        glyphs.iter_mut().for_each(|glyph| glyph.step = from + glyph.step * share);
        glyphs
    })?;
    let first = glyphs.iter().position(is_figure).unwrap_or(0);
    Ok(glyphs.into_iter().skip(first).take_while(is_figure).collect())
}

/// Whether there are more figures, and these only repeat what stands beside them.
fn has_more(wide: &[Glyph], number: &[Glyph]) -> bool {
    let told_apart = |glyphs: &[Glyph]| {
        let mut figures: Vec<char> = glyphs.iter().map(|glyph| glyph.reading).collect();
        figures.dedup();
        figures
    };
    wide.len() > number.len() && told_apart(wide) == told_apart(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn glyphs(text: &str) -> Vec<Glyph> {
        let glyph =
            |(at, reading)| Glyph { reading, confidence: 1.0, step: at as f32, alternatives: Vec::new() };
        text.chars().enumerate().map(glyph).collect()
    }

    #[test]
    fn numbers_that_may_lack_a_figure_are_in_doubt() {
        let is_in_doubt = |number: &str, after: &str| is_in_doubt(&glyphs(number), glyphs(after).first());
        assert!(
            is_in_doubt("1900006235", "")
                && is_in_doubt("10000", "元")
                && is_in_doubt("1101001990030712", "X")
        );
        assert!(!is_in_doubt("19900006235", "") && !is_in_doubt("110100199003071234", ""));
        assert!(!is_in_doubt("11010019900307123", "X"), "eighteen with the check character");
        assert!(!is_in_doubt("1998", "年") && !is_in_doubt("1234567", ""), "nothing to lose");
    }

    #[test]
    fn only_the_same_figures_are_added() {
        let has_more = |wide: &str, number: &str| has_more(&glyphs(wide), &glyphs(number));
        assert!(has_more("19900006235", "1900006235") && has_more("100000", "10000"));
        assert!(!has_more("19900005235", "1900006235"), "another figure");
        assert!(!has_more("1900006235", "1900006235") && !has_more("190006235", "1900006235"), "no more");
    }
}
