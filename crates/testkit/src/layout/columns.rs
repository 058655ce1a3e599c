//! Pages whose lines are not read straight across: two columns side by side, and writing that
//! runs downwards.

use super::flow::break_lines;
use super::{Mark, PAGE, PageLayout, TextMark};
use crate::canvas::Ink;
use crate::fonts::Fonts;
use crate::letter::FaceName;

/// Sets paragraphs in two columns; returns the page and its text, the left column first.
pub fn two(paragraphs: &[String], face: FaceName, size: f32, fonts: &Fonts) -> (PageLayout, String) {
    let (left, right, gutter, top) = (62.0, PAGE.0 - 62.0, 26.0, 84.0);
    let leading = size * 1.7;
    let width = (right - left - gutter) / 2.0;
    let rows = ((PAGE.1 - 76.0 - top) / leading) as usize;
    let lines: Vec<String> = paragraphs
        .iter()
        .flat_map(|text| break_lines(&format!("　　{text}"), face, width / size - 0.5, 0.0, true, fonts))
        .take(2 * rows)
        .collect();
    let mut page = PageLayout::default();
    for (at, line) in lines.iter().enumerate() {
        let indent = line.chars().take_while(|c| *c == '　').count() as f32 * size;
        let x = left + (at / rows) as f32 * (width + gutter) + indent;
        let y = top + (at % rows) as f32 * leading;
        page.marks.push(text_mark(line.trim(), x, y, size, face));
    }
    (page, lines.iter().map(|line| line.trim()).collect::<Vec<_>>().join("\n"))
}

/// Sets paragraphs in columns that run downwards, from the right; returns the page and its text, a
/// column a line. Commas and full stops stand at the upper right of their squares.
pub fn downwards(paragraphs: &[String], face: FaceName, size: f32, fonts: &Fonts) -> (PageLayout, String) {
    let (top, bottom, right, left) = (80.0, PAGE.1 - 80.0, PAGE.0 - 70.0, 64.0);
    let (pitch, leading) = (size * 1.08, size * 1.75);
    let rows = ((bottom - top) / pitch) as usize;
    let most = ((right - left) / leading) as usize;
    let columns: Vec<String> = paragraphs
        .iter()
        .flat_map(|text| break_lines(&format!("　　{text}"), face, rows as f32 - 1.0, 0.0, true, fonts))
        .take(most)
        .collect();
    let mut page = PageLayout::default();
    for (at, column) in columns.iter().enumerate() {
        let x = right - size - at as f32 * leading;
        for (row, c) in column.chars().enumerate().filter(|(_, c)| *c != '　') {
            let y = top + row as f32 * pitch;
            let (x, y) = if "，。、".contains(c) { (x + size * 0.6, y - size * 0.6) } else { (x, y) };
            page.marks.push(text_mark(&c.to_string(), x, y, size, face));
        }
    }
    (page, columns.iter().map(|column| column.trim()).collect::<Vec<_>>().join("\n"))
}

fn text_mark(text: &str, x: f32, y: f32, size: f32, face: FaceName) -> Mark {
    let text = text.to_owned();
    Mark::Text(TextMark { x, y, size, face, ink: Ink::BLACK, hand: false, bold: false, text })
}
