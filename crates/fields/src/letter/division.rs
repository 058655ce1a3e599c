//! What the pages of a file say about their letters: where one ends and the next begins, and which
//! lines at their edges belong to none.

use crate::expression::compile;
use std::collections::BTreeMap;
use std::ops::Range;

use dossier_model::{ItemText, PageContent, PageState, fold_text};
use dossier_pipeline::LetterSpec;
use regex::Regex;

/// How many lines at either edge of a page may be furniture.
const EDGE: usize = 2;

pub(super) struct Divider {
    lines: usize,
    begins: Vec<Regex>,
    ends: Vec<Regex>,
    furniture: Vec<Regex>,
}

impl Divider {
    pub(super) fn new(spec: &LetterSpec) -> Result<Divider, regex::Error> {
        let all = |expressions: &[String]| -> Result<Vec<Regex>, regex::Error> {
            expressions.iter().map(|regex| compile(regex)).collect()
        };
        Ok(Divider {
            lines: spec.division.lines,
            begins: all(&spec.division.begins)?,
            ends: all(&spec.division.ends)?,
            furniture: all(&spec.furniture)?,
        })
    }

    /// `decided` says for pages, by number, whether a letter begins there, whatever they look like.
    pub(super) fn divide(&self, pages: &[PageContent], decided: &BTreeMap<u32, bool>) -> Vec<Range<usize>> {
        let mut starts = vec![0];
        let mut ended = false;
        for (index, page) in pages.iter().enumerate() {
            let decided = decided.get(&page.number);
            if page.state == PageState::Blank && decided.is_none() {
                continue;
            }
            let lines: Vec<String> =
                page.text.lines().map(fold_text).filter(|line| !line.is_empty()).collect();
            let reach = self.lines.min(lines.len());
            if *decided.unwrap_or(&(ended && any(&self.begins, &lines[..reach]))) && index > 0 {
                starts.push(index);
            }
            ended = any(&self.ends, &lines[lines.len() - reach..]);
        }
        let ends = starts.iter().skip(1).copied().chain([pages.len()]);
        let ranges = starts.iter().copied().zip(ends).map(|(start, end)| start..end);
        ranges.filter(|range| !range.is_empty()).collect()
    }

    /// The text with page numbers and their like made line breaks, one for each character: so
    /// that a sentence runs on from page to page, and every place stays where it is.
    pub(super) fn without_furniture(&self, text: &ItemText) -> String {
        let chars: Vec<char> = text.text.chars().collect();
        let mut plain = chars.clone();
        for segment in &text.segments {
            let lines = lines(&chars, segment.start as usize..segment.end as usize);
            let inner = EDGE..lines.len().saturating_sub(EDGE);
            for (_, line) in lines.into_iter().enumerate().filter(|(at, _)| !inner.contains(at)) {
                let folded = fold_text(&chars[line.clone()].iter().collect::<String>());
                if self.furniture.iter().any(|regex| regex.is_match(&folded)) {
                    plain[line].fill('\n');
                }
            }
        }
        plain.into_iter().collect()
    }
}

fn any(expressions: &[Regex], lines: &[String]) -> bool {
    lines.iter().any(|line| expressions.iter().any(|regex| regex.is_match(line)))
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
