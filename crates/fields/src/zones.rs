//! The zones of a letter: what stands before the salutation, the body, and the close with the
//! signature.

use std::ops::Range;

use dossier_pipeline::{LetterSpec, Zone};
use regex::Regex;

use crate::expression::compile;
use crate::text::LetterText;

/// A signature without a complimentary close is looked for in so many of the last lines.
const SIGNATURE_LINES: usize = 8;

/// Finds the zones of letters as the pipeline says.
#[derive(Clone, Debug)]
pub struct ZoneFinder {
    salutation: Regex,
    close: Regex,
    signature: Option<Regex>,
    head_lines: usize,
}

/// Where the zones of a letter are, in characters of its text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Zones {
    whole: Range<u32>,
    /// One past the head: the salutation's end, or that of the first few lines without one.
    head_end: u32,
    /// The salutation's line; empty, at the start, where there is none.
    pub salutation: Range<u32>,
    /// Where the complimentary close begins, with everything after it.
    pub close: Range<u32>,
}

/// A line of the folded text: where it begins in it, and the characters behind it.
struct Line<'a> {
    text: &'a str,
    start: usize,
    source: Range<u32>,
}

impl ZoneFinder {
    /// # Errors
    /// A regular expression that is none; a loaded pipeline has been checked for that.
    pub fn new(spec: &LetterSpec) -> Result<ZoneFinder, regex::Error> {
        Ok(ZoneFinder {
            salutation: compile(&spec.salutation)?,
            close: compile(&spec.close)?,
            signature: spec.signature.as_deref().map(compile).transpose()?,
            head_lines: spec.head_lines,
        })
    }

    /// The zones of a letter: the first line that is a salutation, and the first line after it
    /// that is a close.
    pub fn find(&self, letter: &LetterText) -> Zones {
        let (start, end) = letter.lines.source_range(0..letter.lines.text.len());
        let lines = lines(letter);
        let salutation = self.salutation(letter, &lines).unwrap_or(start..start);
        let head_end = if salutation.is_empty() {
            lines.iter().take(self.head_lines).next_back().map_or(start, |line| line.source.end)
        } else {
            salutation.end
        };
        let close = self.close(&lines, salutation.end).unwrap_or(end);
        Zones { whole: start..end, head_end, salutation, close: close..end }
    }

    /// A salutation may be broken over two lines, and the body may begin behind it in its line.
    fn salutation(&self, letter: &LetterText, lines: &[Line<'_>]) -> Option<Range<u32>> {
        let end = |line: &Line<'_>, length: usize| {
            letter.lines.source_range(line.start..line.start + length.min(line.text.len())).1
        };
        lines.iter().enumerate().find_map(|(at, line)| {
            if let Some(found) = self.salutation.find(line.text) {
                return Some(line.source.start..end(line, found.end()));
            }
            let before = at.checked_sub(1).and_then(|before| lines.get(before))?;
            let joined = format!("{}{}", before.text, line.text);
            let found = self.salutation.find(&joined)?;
            Some(before.source.start..end(line, found.end().checked_sub(before.text.len())?))
        })
    }

    fn close(&self, lines: &[Line<'_>], after: u32) -> Option<u32> {
        let begins = |line: &&Line<'_>| line.source.start >= after && self.close.is_match(line.text);
        let formula = lines.iter().skip(1).find(begins);
        let last = lines.len().saturating_sub(SIGNATURE_LINES).max(1);
        let signs = |line: &&Line<'_>| self.signature.as_ref().is_some_and(|regex| regex.is_match(line.text));
        let signature = || lines.iter().skip(last).find(signs);
        formula.or_else(signature).map(|line| line.source.start)
    }
}

fn lines(letter: &LetterText) -> Vec<Line<'_>> {
    let mut at = 0;
    let ranges = letter.lines.text.split('\n').map(|text| {
        let start = at;
        at += text.len() + 1;
        let source = letter.lines.source_range(start..start + text.len());
        Line { text, start, source: source.0..source.1 }
    });
    ranges.collect()
}

impl Zones {
    /// The characters of a zone.
    pub fn range(&self, zone: Zone) -> Range<u32> {
        match zone {
            Zone::Any => self.whole.clone(),
            Zone::Head => self.whole.start..self.head_end,
            Zone::Body => self.whole.start..self.close.start,
            Zone::Close => self.close.clone(),
            Zone::Matter => self.salutation.end.min(self.close.start)..self.close.start,
        }
    }
}
