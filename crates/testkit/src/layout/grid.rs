//! Tables of signatories and filled-in forms: cells with borders.

use super::flow::break_lines;
use super::lines::frame;
use super::{Mark, PAGE, PageLayout, Setting, TextMark};
use crate::canvas::Ink;
use crate::fonts::Fonts;
use crate::letter::{FaceName, Letter, Table};

const PAD: f32 = 7.0;

/// What a cell's text looks like.
#[derive(Clone, Copy)]
struct CellStyle {
    face: FaceName,
    size: f32,
    leading: f32,
    ink: Ink,
    hand: bool,
    centred: bool,
}

/// The page with a joint letter's signatories; a cell of `*` is a thumb print.
pub(super) fn signatories(table: &Table, setting: Setting, fonts: &Fonts) -> PageLayout {
    let mut page = PageLayout::default();
    title(&mut page, &table.title, fonts);
    let (left, right) = (62.0, PAGE.0 - 62.0);
    let shares: f32 = table.widths.iter().sum();
    let print = CellStyle {
        face: setting.face,
        size: 13.0,
        leading: 20.0,
        ink: Ink::BLACK,
        hand: false,
        centred: true,
    };
    let pen = CellStyle { face: FaceName::Kai, size: 14.5, ink: Ink::PEN, hand: true, ..print };
    let height = 44.0;
    for (at, row) in std::iter::once(&table.head).chain(&table.rows).enumerate() {
        let y = 136.0 + at as f32 * height;
        let mut x = left;
        for (text, share) in row.iter().zip(&table.widths) {
            let area = [x, y, x + (right - left) * share / shares, y + height];
            frame(&mut page, area, 0.9, Ink::BLACK);
            if text == "*" {
                page.marks.push(Mark::Thumb { at: ((area[0] + area[2]) / 2.0, y + height / 2.0) });
            } else {
                let style = if at == 0 { print } else { pen };
                one_line(&mut page, text, area, style, fonts);
            }
            x = area[2];
        }
    }
    page
}

/// A filled-in form: labels printed, values written; a row of two is a label and a broad value.
pub(super) fn form(letter: &Letter, setting: Setting, fonts: &Fonts) -> PageLayout {
    let mut page = PageLayout::default();
    if let Some(text) = &letter.title {
        title(&mut page, text, fonts);
    }
    let print = CellStyle {
        face: FaceName::Hei,
        size: setting.size,
        leading: setting.leading,
        ink: Ink::BLACK,
        hand: false,
        centred: true,
    };
    let pen =
        CellStyle { face: FaceName::Kai, size: 14.0, ink: Ink::PEN, hand: true, centred: false, ..print };
    let mut y = 136.0;
    for row in &letter.form {
        y += form_row(&mut page, row, y, setting, (print, pen), fonts);
    }
    form_foot(&mut page, letter, y + 16.0, setting, pen, fonts);
    page
}

fn form_row(
    page: &mut PageLayout,
    row: &[String],
    y: f32,
    setting: Setting,
    (print, pen): (CellStyle, CellStyle),
    fonts: &Fonts,
) -> f32 {
    let (left, right) = (setting.left, setting.right);
    let edges = match row.len() {
        2 => vec![left, left + 76.0, right],
        _ => vec![left, left + 76.0, left + 252.0, left + 328.0, right],
    };
    let width = (edges[2] - edges[1] - 2.0 * PAD) / pen.size;
    let value = row.get(1).map(String::as_str).unwrap_or_default();
    let lines = break_lines(value, pen.face, width, 0.0, false, fonts);
    let height = (lines.len() as f32 * pen.leading + 2.0 * PAD + 2.0).max(34.0);
    for (at, text) in row.iter().enumerate() {
        let area = [edges[at], y, edges[at + 1], y + height];
        frame(page, area, 0.9, Ink::BLACK);
        match (at, lines.len()) {
            (1, 2..) => many_lines(page, &lines, area, pen),
            // The label stands beside the first of the value's lines.
            (0, 2..) => {
                let first = [area[0], y, area[2], y + PAD * 2.0 + pen.leading];
                one_line(page, text, first, print, fonts);
            }
            (0 | 2, _) => one_line(page, text, area, print, fonts),
            _ => one_line(page, text, area, pen, fonts),
        }
    }
    height
}

/// Who filled the form in, and when, with the office's seal.
fn form_foot(
    page: &mut PageLayout,
    letter: &Letter,
    y: f32,
    setting: Setting,
    pen: CellStyle,
    fonts: &Fonts,
) {
    let mut y = y;
    for text in letter.sign.iter().chain([&letter.date]) {
        let x = setting.right - 20.0 - fonts.width(pen.face, text) * pen.size;
        put(page, text, x, y, pen);
        y += pen.leading + 3.0;
    }
    if let Some(seal) = &letter.seal {
        let at = (setting.right - 76.0, y - pen.leading * 1.2);
        page.marks.push(Mark::Seal { at, text: seal.text.clone() });
    }
}

fn title(page: &mut PageLayout, text: &str, fonts: &Fonts) {
    let (face, size) = (FaceName::Hei, 20.0);
    let x = (PAGE.0 - fonts.width(face, text) * size) / 2.0;
    let text = text.to_owned();
    let mark = TextMark { x, y: 92.0, size, face, ink: Ink::BLACK, hand: false, bold: false, text };
    page.marks.push(Mark::Text(mark));
}

fn many_lines(page: &mut PageLayout, lines: &[String], area: [f32; 4], style: CellStyle) {
    for (at, text) in lines.iter().enumerate() {
        put(page, text, area[0] + PAD, area[1] + PAD + at as f32 * style.leading, style);
    }
}

fn one_line(page: &mut PageLayout, text: &str, area: [f32; 4], style: CellStyle, fonts: &Fonts) {
    let width = fonts.width(style.face, text) * style.size;
    let x = if style.centred { (area[0] + area[2] - width) / 2.0 } else { area[0] + PAD };
    put(page, text, x, (area[1] + area[3] - style.size) / 2.0, style);
}

fn put(page: &mut PageLayout, text: &str, x: f32, y: f32, style: CellStyle) {
    let CellStyle { face, size, ink, hand, .. } = style;
    page.marks.push(Mark::Text(TextMark { x, y, size, face, ink, hand, bold: false, text: text.to_owned() }));
}
