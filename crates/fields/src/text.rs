//! The texts that fields are found in, with the way back to page or cell.

use std::mem;

use dossier_model::{CellKind, ItemText, Locator, RowContent, Sha256, fold_each, parted_by_break};

use crate::values::clean;

/// A row's cells as an item's text, one cell a line, cleaned, in the order of the columns, and where each
/// stands: column, first character, one past the last.
pub fn row_text(row: &RowContent, source: Sha256) -> (ItemText, Vec<(u32, u32, u32)>) {
    let mut text = ItemText::default();
    let places = push_row(&mut text, row, source);
    (text, places)
}

/// Appends a row's cells to an item's text: one cell a line, cleaned, in the order of the columns.
/// Returns where each cell stands: column, first character, one past the last.
pub(crate) fn push_row(text: &mut ItemText, row: &RowContent, source: Sha256) -> Vec<(u32, u32, u32)> {
    let mut places = Vec::new();
    for cell in &row.cells {
        // What a spreadsheet could not reckon says nothing of the matter; the row keeps it.
        if cell.kind == CellKind::Error {
            let end = text.segments.last().map_or(0, |segment| segment.end);
            places.push((cell.column, end, end));
            continue;
        }
        let locator = Locator::Row { sheet: row.sheet.clone(), row: row.number };
        let start = text.push(&clean(&cell.text), source, locator, false);
        places.push((cell.column, start, text.segments.last().map_or(start, |segment| segment.end)));
    }
    places
}

/// A letter's text folded for looking things up: running on, and line by line.
pub struct LetterText {
    /// Line breaks gone, as search sees it.
    pub running: FoldedText,
    /// With a `\n` between lines.
    pub lines: FoldedText,
}

/// A folded text as a string, with the origin of each of its bytes.
pub struct FoldedText {
    /// The folded text.
    pub text: String,
    /// For each byte of `text`, the offset of the source character it came from.
    origin: Vec<u32>,
}

impl FoldedText {
    /// An empty one that will take so many bytes.
    fn with_room(bytes: usize) -> FoldedText {
        FoldedText { text: String::with_capacity(bytes), origin: Vec::with_capacity(bytes) }
    }

    fn push(&mut self, c: char, offset: u32) {
        self.text.push(c);
        self.origin.extend_from_slice(&[offset; 4][..c.len_utf8()]);
    }

    /// The source characters `start..end` behind some bytes of the folded text.
    pub fn source_range(&self, bytes: std::ops::Range<usize>) -> (u32, u32) {
        let past = self.origin.last().map_or(0, |last| last + 1);
        let at = |byte: usize| self.origin.get(byte).copied().unwrap_or(past);
        match bytes.end.checked_sub(1) {
            Some(last) if !bytes.is_empty() => (at(bytes.start), at(last) + 1),
            _ => (at(bytes.start), at(bytes.start)),
        }
    }

    /// The byte of the folded text at which the source character `offset` begins or is past.
    pub fn byte_at(&self, offset: u32) -> usize {
        self.origin.partition_point(|origin| *origin < offset)
    }
}

impl LetterText {
    /// Folds `text`.
    pub fn new(text: &str) -> LetterText {
        let [mut running, mut lines] = [(); 2].map(|()| FoldedText::with_room(text.len()));
        let mut start = 0;
        for line in text.split('\n') {
            if start > 0 {
                lines.push('\n', start - 1);
            }
            let mut begins = true;
            fold_each(line, |c, offset| {
                let offset = start + offset;
                if mem::take(&mut begins) && parted_by_break(running.text.chars().next_back(), c) {
                    running.push(' ', offset - 1);
                }
                running.push(c, offset);
                lines.push(c, offset);
            });
            start += line.chars().count() as u32 + 1;
        }
        LetterText { running, lines }
    }
}

/// A text whose characters are found by number without counting from its start.
pub(crate) struct Numbered {
    text: String,
    /// Where each character begins, and one past the last.
    starts: Vec<u32>,
}

impl Numbered {
    pub(crate) fn new(text: String) -> Numbered {
        let ends = text.len() as u32;
        let starts = text.char_indices().map(|(at, _)| at as u32).chain([ends]).collect();
        Numbered { text, starts }
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.text
    }

    /// How many characters it has.
    pub(crate) fn len(&self) -> usize {
        self.starts.len().saturating_sub(1)
    }

    /// The characters `start..end`, as far as there are any.
    pub(crate) fn slice(&self, (start, end): (u32, u32)) -> &str {
        let at = |number: u32| self.starts.get(number as usize).map_or(self.text.len(), |at| *at as usize);
        self.text.get(at(start)..at(end)).unwrap_or_default()
    }
}

/// Some characters of a short text.
pub(crate) fn slice(text: &str, (start, end): (u32, u32)) -> String {
    text.chars().skip(start as usize).take(end.saturating_sub(start) as usize).collect()
}
