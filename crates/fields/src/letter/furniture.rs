//! Lines at the edges of pages that belong to no letter, such as page numbers.

use std::ops::Range;

use dossier_model::{ItemText, Locator, Segment, fold_text};
use regex::Regex;

use crate::expression::compile;

/// How many lines at either edge of a page may be furniture.
const EDGE: usize = 2;

pub(super) struct Furniture(Vec<Regex>);

impl Furniture {
    pub(super) fn new(expressions: &[String]) -> Result<Furniture, regex::Error> {
        Ok(Furniture(expressions.iter().map(|regex| compile(regex)).collect::<Result<_, _>>()?))
    }

    /// The text with page numbers and their like made line breaks, one for each character: so
    /// that a sentence runs on from page to page, and every place stays where it is.
    pub(super) fn removed_from(&self, text: &ItemText) -> String {
        let mut chars: Vec<char> = text.text.chars().collect();
        let mut found = false;
        let is_page = |segment: &&Segment| matches!(segment.locator, Locator::Page(_));
        for segment in text.segments.iter().filter(is_page) {
            let lines = lines(&chars, segment.start as usize..segment.end as usize);
            let inner = EDGE..lines.len().saturating_sub(EDGE);
            for (_, line) in lines.into_iter().enumerate().filter(|(at, _)| !inner.contains(at)) {
                let folded = fold_text(&chars[line.clone()].iter().collect::<String>());
                if self.0.iter().any(|regex| regex.is_match(&folded)) {
                    chars[line].fill('\n');
                    found = true;
                }
            }
        }
        if found { chars.into_iter().collect() } else { text.text.clone() }
    }
}

/// The lines of some characters that hold anything.
fn lines(chars: &[char], segment: Range<usize>) -> Vec<Range<usize>> {
    let mut start = segment.start;
    let pieces = chars[segment].split(|c| *c == '\n').map(|line| {
        let range = start..start + line.len();
        start = range.end + 1;
        range
    });
    pieces.filter(|line| !line.is_empty()).collect()
}
