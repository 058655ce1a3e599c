//! Running text: paragraphs broken into lines, and lines into pages.

use super::{Mark, PAGE, PageLayout, Setting, TextMark};
use crate::canvas::Ink;
use crate::fonts::Fonts;
use crate::letter::{FaceName, Letter, Style};

/// Characters that may not begin a line; they hang in the margin instead.
const HANGING: &str = "，。、；：？！）》”’〕";

/// A line with its place across the page.
struct Line {
    text: String,
    x: f32,
    size: f32,
    face: FaceName,
    bold: bool,
    /// Stays on the page of the line after it.
    keep: bool,
    role: Role,
}

#[derive(Clone, Copy, PartialEq)]
enum Role {
    Title,
    Body,
    Sign,
    Date,
}

/// Breaks a text into lines of at most `width` ems, the first of them shorter by `indent` ems.
/// `whole` keeps runs of digits and Latin letters together, as a typewriter's user does.
pub(super) fn break_lines(
    text: &str,
    face: FaceName,
    width: f32,
    indent: f32,
    whole: bool,
    fonts: &Fonts,
) -> Vec<String> {
    let mut lines = vec![String::new()];
    let mut room = width - indent;
    for word in words(text, whole) {
        let needs = fonts.width(face, &word);
        let hangs = word.chars().all(|c| HANGING.contains(c));
        if needs > room && !hangs {
            lines.push(String::new());
            room = width;
        }
        if let Some(line) = lines.last_mut() {
            line.push_str(&word);
        }
        room -= needs;
    }
    lines
}

/// Single characters, and runs of Latin letters and digits if they stay whole. An opening bracket
/// or quotation mark stays with what it opens.
fn words(text: &str, whole: bool) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut joins = false;
    for c in text.chars() {
        let latin = whole && c.is_ascii_alphanumeric() || c == '.' && joins;
        match words.last_mut() {
            Some(word) if (latin && joins) || word.ends_with(['（', '《', '“', '〔']) => word.push(c),
            _ => words.push(c.to_string()),
        }
        joins = latin;
    }
    words
}

/// The pages of a letter.
pub(super) fn pages(letter: &Letter, setting: Setting, fonts: &Fonts) -> Vec<PageLayout> {
    let mut lines = head(letter, setting, fonts);
    lines.extend(body(letter, setting, fonts));
    lines.extend(foot(letter, setting, fonts));
    let mut pages = vec![PageLayout::default()];
    let mut y = setting.top;
    if letter.style == Style::Official {
        y = red_head(&mut pages[0], letter, fonts);
    }
    for at in 0..lines.len() {
        let kept = lines[at..].iter().take_while(|line| line.keep).count() + 1;
        if y + setting.leading * kept as f32 > setting.bottom + 0.5 {
            pages.push(PageLayout::default());
            // Later pages have neither stamp nor red head.
            y = if ruled(setting) { setting.top } else { 84.0 };
        }
        if let Some(page) = pages.last_mut() {
            put(page, &lines[at], y, letter, setting, fonts);
        }
        y += setting.leading;
        let title_ends =
            lines[at].role == Role::Title && lines.get(at + 1).is_some_and(|next| next.role != Role::Title);
        if title_ends && !ruled(setting) {
            y += setting.leading * 0.5;
        }
    }
    pages
}

/// On ruled paper the lines keep to the rules.
fn ruled(setting: Setting) -> bool {
    setting.leading == super::lines::GAP
}

fn put(page: &mut PageLayout, line: &Line, y: f32, letter: &Letter, setting: Setting, fonts: &Fonts) {
    // Smaller or larger type stands on the same line.
    let top = y + (setting.size - line.size) * 0.9;
    page.marks.push(Mark::Text(TextMark {
        x: line.x,
        y: top,
        size: line.size,
        face: line.face,
        ink: setting.ink,
        hand: setting.hand,
        bold: line.bold,
        text: line.text.clone(),
    }));
    let width = fonts.width(line.face, &line.text) * line.size;
    if line.role == Role::Date
        && let Some(seal) = &letter.seal
    {
        let at = (line.x + width * 0.5, y - setting.leading * 0.35);
        page.marks.push(Mark::Seal { at, text: seal.text.clone() });
    }
    if line.role == Role::Sign && letter.thumb {
        page.marks.push(Mark::Thumb { at: (line.x + width - line.size * 1.2, y + line.size * 0.6) });
    }
}

fn head(letter: &Letter, setting: Setting, fonts: &Fonts) -> Vec<Line> {
    let mut lines = Vec::new();
    if let Some(title) = &letter.title {
        let size = if setting.hand { setting.size * 1.12 } else { 20.0 };
        let face = if setting.hand { setting.face } else { FaceName::Hei };
        let bold = setting.hand;
        let ems = (setting.right - setting.left) / size;
        for text in break_lines(title, face, ems, 0.0, true, fonts) {
            let x = (PAGE.0 - fonts.width(face, &text) * size) / 2.0;
            lines.push(Line { text, x, size, face, bold, keep: true, role: Role::Title });
        }
    }
    if !letter.salutation.is_empty() {
        lines.push(plain(letter.salutation.clone(), setting.left, setting));
    }
    lines
}

fn plain(text: String, x: f32, setting: Setting) -> Line {
    Line { text, x, size: setting.size, face: setting.face, bold: false, keep: false, role: Role::Body }
}

fn body(letter: &Letter, setting: Setting, fonts: &Fonts) -> Vec<Line> {
    letter.body.iter().flat_map(|text| paragraph(text, setting, fonts)).collect()
}

fn paragraph(text: &str, setting: Setting, fonts: &Fonts) -> Vec<Line> {
    let ems = (setting.right - setting.left) / setting.size;
    let lines = break_lines(text, setting.face, ems, 2.0, !setting.hand, fonts);
    let indented = |at: usize| if at == 0 { setting.left + 2.0 * setting.size } else { setting.left };
    lines.into_iter().enumerate().map(|(at, text)| plain(text, indented(at), setting)).collect()
}

/// The signature, the date and the enclosures stay together.
fn foot(letter: &Letter, setting: Setting, fonts: &Fonts) -> Vec<Line> {
    let mut lines = Vec::new();
    for (at, text) in letter.close.iter().enumerate() {
        let x = if at == 0 { setting.left + 2.0 * setting.size } else { setting.left };
        lines.push(plain(text.clone(), x, setting));
    }
    let right = |text: &String, role: Role| {
        let width = fonts.width(setting.face, text) * setting.size;
        let x = setting.right - width - 1.5 * setting.size;
        Line { keep: role == Role::Sign, role, ..plain(text.clone(), x, setting) }
    };
    lines.extend(letter.sign.iter().map(|text| right(text, Role::Sign)));
    lines.push(Line { keep: !letter.after.is_empty(), ..right(&letter.date, Role::Date) });
    lines.extend(letter.after.iter().flat_map(|text| paragraph(text, setting, fonts)));
    lines
}

/// The red head of an official document, its number and the rule below; returns where the text
/// begins.
fn red_head(page: &mut PageLayout, letter: &Letter, fonts: &Fonts) -> f32 {
    let mut centred = |text: &str, y: f32, size: f32, ink: Ink, bold: bool| {
        let face = FaceName::Ming;
        let x = (PAGE.0 - fonts.width(face, text) * size) / 2.0;
        let text = text.to_owned();
        page.marks.push(Mark::Text(TextMark { x, y, size, face, ink, hand: false, bold, text }));
    };
    if let Some(head) = &letter.red_head {
        centred(head, 86.0, 30.0, Ink::RED, true);
    }
    if let Some(number) = &letter.number {
        centred(number, 144.0, 14.0, Ink::BLACK, false);
    }
    page.marks.push(Mark::Bar { area: [70.0, 170.0, PAGE.0 - 70.0, 172.2], ink: Ink::RED });
    194.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_hold_all_characters_and_hang_their_punctuation() {
        let fonts = Fonts::load().unwrap();
        let text = "我叫周文清，身份证号990121194805190224，家住石桥镇（东沟村）。".repeat(3);
        for whole in [true, false] {
            let lines = break_lines(&text, FaceName::Ming, 20.0, 2.0, whole, &fonts);
            assert_eq!(lines.concat(), text);
            for line in &lines {
                assert!(!line.starts_with(|c| HANGING.contains(c)), "{line}");
                assert!(fonts.width(FaceName::Ming, line) <= 22.05, "{line}");
            }
        }
    }
}
