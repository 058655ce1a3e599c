//! Recognised lines as the page's text and its words with boxes.

use dossier_model::{Alternative, Word, is_han};

use crate::calibrate::calibrated;
use crate::ctc::Glyph;
use crate::geometry::Rect;
use crate::line::step_width;

/// A line's height over the size of its characters: rectangles are grown a little generously.
const LINE_PER_EM: f32 = 1.1;
/// The side of a single character's square in em.
const SQUARE: f32 = 1.1;
/// Boxes of one row that are further apart than this many em are kept apart by a blank.
const APART: f32 = 0.6;
/// The same between letters or digits, which would otherwise run into one word.
const LETTERS_APART: f32 = 0.3;

/// A character with its place on the page.
#[derive(Clone, Debug)]
struct Placed {
    glyph: Glyph,
    /// `[x0, y0, x1, y1]` in pixels of the page.
    bounds: [f32; 4],
}

/// A recognised line, its characters placed.
#[derive(Clone, Debug)]
pub(crate) struct PlacedLine {
    glyphs: Vec<Placed>,
    em: f32,
}

impl PlacedLine {
    /// Places the glyphs of the line that was cut out at `rect`. Each reaches half-way to its
    /// neighbours, but no further than half an em from its own middle.
    pub fn new(rect: &Rect, glyphs: Vec<Glyph>) -> PlacedLine {
        let step = step_width(rect);
        let middles: Vec<f32> = glyphs.iter().map(|glyph| glyph.step * step).collect();
        let em = em_of(rect, &glyphs, &middles);
        let (top, bottom) = ((rect.height - em) / 2.0, (rect.height + em) / 2.0);
        let span = |at: usize| {
            let reach = em * if is_wide(glyphs[at].reading) { 0.5 } else { 0.35 };
            let middle = middles[at];
            let left = at.checked_sub(1).map_or(f32::MIN, |before| (middles[before] + middle) / 2.0);
            let right = middles.get(at + 1).map_or(f32::MAX, |after| (middle + after) / 2.0);
            (left.max(middle - reach), right.min(middle + reach))
        };
        let bounds: Vec<[f32; 4]> = (0..glyphs.len())
            .map(|at| rect.bounds_of(span(at), (top.max(0.0), bottom.min(rect.height))))
            .collect();
        let glyphs = glyphs.into_iter().zip(bounds).map(|(glyph, bounds)| Placed { glyph, bounds });
        PlacedLine { glyphs: trimmed(glyphs.collect()), em }
    }

    /// Where its characters stand.
    pub fn bounds(&self) -> Vec<[f32; 4]> {
        self.glyphs.iter().map(|placed| placed.bounds).collect()
    }

    /// Whether no character is left.
    pub fn is_empty(&self) -> bool {
        self.glyphs.is_empty()
    }
}

/// The size of the line's characters in pixels: how far apart neighbouring Han characters stand,
/// or else what the line's height suggests. The network's steps are coarse, so near-median
/// distances are averaged.
pub(crate) fn em(rect: &Rect, glyphs: &[Glyph]) -> f32 {
    let step = step_width(rect);
    let middles: Vec<f32> = glyphs.iter().map(|glyph| glyph.step * step).collect();
    em_of(rect, glyphs, &middles)
}

fn em_of(rect: &Rect, glyphs: &[Glyph], middles: &[f32]) -> f32 {
    let by_height = rect.height / LINE_PER_EM;
    let mut pitches: Vec<f32> = (1..glyphs.len())
        .filter(|at| is_han(glyphs[at - 1].reading) && is_han(glyphs[*at].reading))
        .map(|at| middles[at] - middles[at - 1])
        .collect();
    pitches.sort_by(f32::total_cmp);
    let Some(median) = pitches.get(pitches.len() / 2).copied() else { return by_height };
    pitches.retain(|pitch| (pitch / median - 1.0).abs() < 0.3);
    let mean = pitches.iter().sum::<f32>() / pitches.len().max(1) as f32;
    mean.clamp(0.5 * by_height, 1.1 * by_height)
}

/// The Han characters of the line, each with a square around it, turned as the line is.
pub(crate) fn squares(rect: &Rect, glyphs: &[Glyph]) -> Vec<(char, Rect)> {
    let step = step_width(rect);
    let middles: Vec<f32> = glyphs.iter().map(|glyph| glyph.step * step).collect();
    let side = SQUARE * em_of(rect, glyphs, &middles);
    let square =
        |middle: f32| Rect { centre: rect.at(middle, rect.height / 2.0), width: side, height: side, ..*rect };
    let han = glyphs.iter().zip(middles).filter(|(glyph, _)| is_han(glyph.reading));
    han.map(|(glyph, middle)| (glyph.reading, square(middle))).collect()
}

fn trimmed(mut glyphs: Vec<Placed>) -> Vec<Placed> {
    let is_blank = |placed: &Placed| placed.glyph.reading.is_whitespace();
    while glyphs.last().is_some_and(is_blank) {
        glyphs.pop();
    }
    let leading = glyphs.iter().take_while(|placed| is_blank(placed)).count();
    glyphs.split_off(leading)
}

/// Whether a character is as wide as a Han character.
fn is_wide(c: char) -> bool {
    is_han(c)
        || matches!(c, '\u{2014}'..='\u{2026}' | '\u{25a0}'..='\u{25ff}' | '\u{3000}'..='\u{30ff}' | '\u{ff00}'..='\u{ff60}')
}

/// The text of the page, a row a line, and its words.
pub(crate) fn page_text(rows: &[Vec<PlacedLine>], width: u32, height: u32) -> (String, Vec<Word>) {
    let mut writer = Writer { text: String::new(), length: 0, words: Vec::new(), open: false, width, height };
    for row in rows {
        if writer.length > 0 {
            writer.separate('\n');
        }
        let mut before: Option<&PlacedLine> = None;
        for line in row {
            if before.is_some_and(|before| are_apart(before, line)) {
                writer.separate(' ');
            }
            writer.open = false;
            line.glyphs.iter().for_each(|placed| writer.put(placed));
            before = Some(line);
        }
    }
    for word in &mut writer.words {
        word.confidence = calibrated(word.confidence);
    }
    (writer.text, writer.words)
}

fn are_apart(left: &PlacedLine, right: &PlacedLine) -> bool {
    let (Some(last), Some(first)) = (left.glyphs.last(), right.glyphs.first()) else { return false };
    let letters = is_letter(last.glyph.reading) && is_letter(first.glyph.reading);
    let apart = if letters { LETTERS_APART } else { APART };
    first.bounds[0] - last.bounds[2] > apart * left.em.min(right.em)
}

/// A letter or digit that makes words with its neighbours.
fn is_letter(c: char) -> bool {
    c.is_alphanumeric() && !is_wide(c)
}

struct Writer {
    text: String,
    /// Characters in `text`.
    length: u32,
    words: Vec<Word>,
    /// Whether a letter would continue the last word.
    open: bool,
    width: u32,
    height: u32,
}

impl Writer {
    fn separate(&mut self, blank: char) {
        self.text.push(blank);
        self.length += 1;
        self.open = false;
    }

    fn put(&mut self, placed: &Placed) {
        let Placed { glyph, bounds } = placed;
        if glyph.reading.is_whitespace() {
            if !self.text.ends_with([' ', '\n']) {
                self.separate(' ');
            }
            return;
        }
        let letter = is_letter(glyph.reading);
        let bounds = self.in_page(bounds);
        match self.words.last_mut().filter(|_| letter && self.open) {
            Some(word) => continue_word(word, glyph, bounds),
            None => self.words.push(new_word(glyph, bounds, self.length)),
        }
        self.open = letter;
        self.text.push(glyph.reading);
        self.length += 1;
    }

    fn in_page(&self, bounds: &[f32; 4]) -> [i32; 4] {
        let within = |at: f32, size: u32| at.round().clamp(0.0, size as f32) as i32;
        let [x0, y0, x1, y1] = *bounds;
        let (x0, y0) = (within(x0, self.width - 1), within(y0, self.height - 1));
        [x0, y0, within(x1, self.width).max(x0 + 1), within(y1, self.height).max(y0 + 1)]
    }
}

fn new_word(glyph: &Glyph, bounds: [i32; 4], start: u32) -> Word {
    Word {
        text: glyph.reading.to_string(),
        start,
        bounds,
        confidence: glyph.confidence,
        alternatives: alternatives(glyph, 0),
    }
}

/// A word is as sure as its least sure character.
fn continue_word(word: &mut Word, glyph: &Glyph, bounds: [i32; 4]) {
    word.alternatives.extend(alternatives(glyph, word.text.chars().count() as u32));
    word.text.push(glyph.reading);
    word.confidence = word.confidence.min(glyph.confidence);
    let [x0, y0, x1, y1] = word.bounds;
    word.bounds = [x0.min(bounds[0]), y0.min(bounds[1]), x1.max(bounds[2]), y1.max(bounds[3])];
}

fn alternatives(glyph: &Glyph, at: u32) -> Vec<Alternative> {
    let alternative = |(reading, probability): &(char, f32)| Alternative {
        at,
        reading: *reading,
        probability: *probability,
    };
    glyph.alternatives.iter().map(alternative).collect()
}
