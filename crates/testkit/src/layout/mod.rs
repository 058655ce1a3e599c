//! Setting letters on sheets: marks with places in points, the same for a scan and a PDF page.

pub mod columns;
mod flow;
mod grid;
mod lines;

use crate::canvas::Ink;
use crate::fonts::Fonts;
use crate::letter::{FaceName, Letter, Paper, Style};
use crate::{Error, Result};

/// A4 in points.
pub const PAGE: (f32, f32) = (595.28, 841.89);

/// Something on a page; places in points from the upper left corner.
#[derive(Clone, Debug)]
pub enum Mark {
    /// A line of text that a reader is expected to read.
    Text(TextMark),
    /// A filled rectangle: a rule or the edge of a cell.
    Bar {
        /// Left, top, right, bottom.
        area: [f32; 4],
        /// Its ink.
        ink: Ink,
    },
    /// A round seal around its centre.
    Seal {
        /// The centre.
        at: (f32, f32),
        /// The office.
        text: String,
    },
    /// A thumb print around its centre.
    Thumb {
        /// The centre.
        at: (f32, f32),
    },
}

/// A line of text.
#[derive(Clone, Debug)]
pub struct TextMark {
    /// The left edge.
    pub x: f32,
    /// The top of the em square.
    pub y: f32,
    /// The em.
    pub size: f32,
    /// The typeface.
    pub face: FaceName,
    /// The ink.
    pub ink: Ink,
    /// Written by hand: no two characters stand alike.
    pub hand: bool,
    /// Drawn with a heavier stroke.
    pub bold: bool,
    /// The characters.
    pub text: String,
}

/// A page before it is drawn.
#[derive(Clone, Debug, Default)]
pub struct PageLayout {
    /// What stands on it.
    pub marks: Vec<Mark>,
    /// The back of a sheet, with nothing on it.
    pub blank: bool,
    /// The paper has gone yellow.
    pub aged: bool,
}

impl PageLayout {
    /// The text of the page in reading order: lines by their height, what stands side by side
    /// joined by blanks.
    pub fn text(&self) -> String {
        let mut texts: Vec<&TextMark> = self
            .marks
            .iter()
            .filter_map(|mark| match mark {
                Mark::Text(text) => Some(text),
                _ => None,
            })
            .collect();
        texts.sort_by(|a, b| a.y.total_cmp(&b.y));
        let mut rows: Vec<Vec<&TextMark>> = Vec::new();
        for text in texts {
            match rows.last_mut() {
                Some(row) if row.first().is_some_and(|f| text.y - f.y < f.size * 0.5) => row.push(text),
                _ => rows.push(vec![text]),
            }
        }
        let lines: Vec<String> = rows
            .iter_mut()
            .map(|row| {
                row.sort_by(|a, b| a.x.total_cmp(&b.x));
                row.iter().map(|text| text.text.trim()).collect::<Vec<_>>().join(" ")
            })
            .collect();
        lines.join("\n")
    }
}

/// How a letter's lines are set.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Setting {
    face: FaceName,
    size: f32,
    leading: f32,
    left: f32,
    right: f32,
    /// Where the first line's em square begins, and the lowest place for one's end.
    top: f32,
    bottom: f32,
    ink: Ink,
    hand: bool,
}

impl Setting {
    fn of(letter: &Letter) -> Setting {
        let stamped = letter.stamp.is_some();
        let base = Setting {
            face: letter.font,
            size: 16.0,
            leading: 29.5,
            left: 76.0,
            right: PAGE.0 - 72.0,
            top: if stamped { 118.0 } else { 84.0 },
            bottom: PAGE.1 - 76.0,
            ink: Ink::BLACK,
            hand: false,
        };
        let setting = match (letter.style, letter.paper) {
            (Style::Handwritten, Paper::Plain) => Setting {
                face: letter.font.by_hand(),
                size: 19.0,
                leading: 33.0,
                ink: Ink::PEN,
                hand: true,
                ..base
            },
            (Style::Handwritten, _) => Setting {
                face: letter.font.by_hand(),
                size: 21.5,
                leading: lines::GAP,
                left: 64.0,
                right: PAGE.0 - 62.0,
                top: lines::FIRST + 9.5,
                bottom: lines::FIRST + lines::COUNT as f32 * lines::GAP,
                ink: Ink::PEN,
                hand: true,
            },
            (Style::Form, _) => {
                Setting { size: 12.5, leading: 21.0, left: 62.0, right: PAGE.0 - 62.0, ..base }
            }
            _ => base,
        };
        Setting {
            size: letter.size.unwrap_or(setting.size),
            leading: letter.leading.unwrap_or(setting.leading),
            ..setting
        }
    }
}

/// Sets a letter: its pages in order, blank backs included.
///
/// # Errors
/// When no font has one of its characters.
pub fn set(letter: &Letter, fonts: &Fonts) -> Result<Vec<PageLayout>> {
    let setting = Setting::of(letter);
    let mut pages = match letter.style {
        Style::Form => vec![grid::form(letter, setting, fonts)],
        _ => flow::pages(letter, setting, fonts),
    };
    if let Some(table) = &letter.table {
        pages.push(grid::signatories(table, setting, fonts));
    }
    for page in &mut pages {
        lines::rule(page, letter.paper);
        page.aged = letter.aged;
    }
    if let (Some(first), Some(stamp)) = (pages.first_mut(), &letter.stamp) {
        lines::stamp(first, stamp, fonts);
    }
    if letter.page_numbers {
        number(&mut pages, letter.style, fonts);
    }
    check_glyphs(&pages, fonts)?;
    Ok(with_backs(pages, letter))
}

fn number(pages: &mut [PageLayout], style: Style, fonts: &Fonts) {
    let total = pages.len();
    for (at, page) in pages.iter_mut().enumerate() {
        let text = match style {
            Style::Official => format!("— {} —", at + 1),
            _ => format!("第{}页，共{total}页", at + 1),
        };
        let (face, size) = (FaceName::Ming, 10.5);
        let x = (PAGE.0 - fonts.width(face, &text) * size) / 2.0;
        let mark =
            TextMark { x, y: PAGE.1 - 52.0, size, face, ink: Ink::BLACK, hand: false, bold: false, text };
        page.marks.push(Mark::Text(mark));
    }
}

fn with_backs(pages: Vec<PageLayout>, letter: &Letter) -> Vec<PageLayout> {
    let last = pages.len().saturating_sub(1);
    let mut sheets = Vec::new();
    for (at, page) in pages.into_iter().enumerate() {
        sheets.push(page);
        if letter.blank_reverse || letter.blank_reverse_last && at == last {
            sheets.push(PageLayout { blank: true, aged: letter.aged, ..PageLayout::default() });
        }
    }
    sheets
}

fn check_glyphs(pages: &[PageLayout], fonts: &Fonts) -> Result<()> {
    for mark in pages.iter().flat_map(|page| &page.marks) {
        if let Mark::Text(mark) = mark {
            for c in mark.text.chars() {
                fonts.glyph(mark.face, c).map_err(|_| Error::Glyph(c, mark.text.clone()))?;
            }
        }
    }
    Ok(())
}
