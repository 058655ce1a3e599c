//! Rules of letter paper, and stamps.

use super::{Mark, PAGE, PageLayout, TextMark};
use crate::canvas::Ink;
use crate::fonts::Fonts;
use crate::letter::{FaceName, Paper, Stamp, StampColour};

/// The height of the first rule.
pub(super) const FIRST: f32 = 108.0;
/// The distance between rules.
pub(super) const GAP: f32 = 38.0;
/// Lines on a sheet.
pub(super) const COUNT: usize = 17;

/// Draws the rules of letter paper.
pub(super) fn rule(page: &mut PageLayout, paper: Paper) {
    let ink = match paper {
        Paper::Plain => return,
        Paper::RedLines => Ink::RED.thin(0.6),
        Paper::GreenLines => Ink::GREEN.thin(0.85),
    };
    let (left, right) = (54.0, PAGE.0 - 54.0);
    for at in 0..=COUNT {
        let y = FIRST + at as f32 * GAP;
        let thick = if at == 0 || at == COUNT { 1.4 } else { 0.7 };
        page.marks.push(Mark::Bar { area: [left, y, right, y + thick], ink });
    }
}

/// Puts the office's stamp at the upper right: lines in a double frame.
pub(super) fn stamp(page: &mut PageLayout, stamp: &Stamp, fonts: &Fonts) {
    let ink = match stamp.colour {
        StampColour::Red => Ink::RED,
        StampColour::Blue => Ink::BLUE,
    };
    let (face, size, leading) = (FaceName::Hei, 11.5, 17.0);
    let widest = stamp.lines.iter().map(|text| fonts.width(face, text) * size).fold(0.0, f32::max);
    let (width, height) = (widest + 18.0, stamp.lines.len() as f32 * leading + 9.0);
    let (left, top) = (PAGE.0 - 58.0 - width, 31.0);
    frame(page, [left, top, left + width, top + height], 1.5, ink);
    for (at, text) in stamp.lines.iter().enumerate() {
        let x = left + (width - fonts.width(face, text) * size) / 2.0;
        let y = top + 7.0 + at as f32 * leading;
        let text = text.clone();
        page.marks.push(Mark::Text(TextMark { x, y, size, face, ink, hand: false, bold: false, text }));
    }
}

/// The four edges of a rectangle.
pub(super) fn frame(page: &mut PageLayout, area: [f32; 4], thick: f32, ink: Ink) {
    let [x0, y0, x1, y1] = area;
    for area in [
        [x0, y0, x1, y0 + thick],
        [x0, y1 - thick, x1, y1],
        [x0, y0, x0 + thick, y1],
        [x1 - thick, y0, x1, y1],
    ] {
        page.marks.push(Mark::Bar { area, ink });
    }
}
