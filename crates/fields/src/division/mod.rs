//! Where one letter of a file ends and the next begins.
//!
//! ```text
//! pages ──look──▶ separator sheets? ──▶ they alone divide
//!                 a contents list that fits the pages? ──▶ its first pages divide
//!                 otherwise ──▶ cues of each page, weighed: divide, or ask a person, or go on
//! ```
//!
//! What a person has decided of a page goes before all of it.

mod contents;
mod page;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::num::NonZero;
use std::ops::Range;

use dossier_model::PageContent;
use dossier_pipeline::{CueWeights, LetterSpec, Split};
use regex::Regex;

use crate::expression::compile;

use contents::ContentsReader;
use page::Look;

/// Of a file, every page in so many may be blank before that stops to mean anything: in a duplex scan
/// every other one is.
const FEW_BLANK: usize = 4;

/// Divides files into letters.
pub(crate) struct Divider {
    lines: usize,
    begins: Vec<Regex>,
    ends: Vec<Regex>,
    separators: Vec<Regex>,
    cues: CueWeights,
    contents: Option<ContentsReader>,
}

/// A file's letters, and what a person should look at.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Divided {
    /// The letters, as ranges of indices into the pages; separator sheets belong to none.
    pub letters: Vec<Range<usize>>,
    /// The numbers of pages at which a letter may begin, but not surely enough to divide there.
    pub doubts: Vec<u32>,
    /// How many pages the volume says it has and how many there are, where that differs.
    pub mismatch: Option<Mismatch>,
}

/// A number of pages that a volume declares, and another one that is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mismatch {
    /// What the contents list or the note at the end says.
    pub declared: u32,
    /// How many pages there are, without the list and the note; in a duplex scan without blank ones.
    pub found: u32,
}

/// How sure it is, 0 to 1, that a letter begins at each page.
struct Judged {
    beginnings: Vec<f32>,
    mismatch: Option<Mismatch>,
}

impl Divider {
    pub(crate) fn new(spec: &LetterSpec) -> Result<Divider, regex::Error> {
        let all = |expressions: &[String]| -> Result<Vec<Regex>, regex::Error> {
            expressions.iter().map(|regex| compile(regex)).collect()
        };
        let division = &spec.division;
        Ok(Divider {
            lines: division.lines,
            begins: all(&division.begins)?,
            ends: all(&division.ends)?,
            separators: all(&division.separators)?,
            cues: division.cues,
            contents: division.contents.as_ref().map(ContentsReader::new).transpose()?,
        })
    }

    /// Divides a file's pages by what `split` says; `decided` says for pages, by number, whether a
    /// letter begins there, whatever they look like.
    pub(crate) fn divide(
        &self,
        pages: &[PageContent],
        split: Split,
        decided: &BTreeMap<u32, bool>,
    ) -> Divided {
        let looks: Vec<Look> = pages.iter().map(|page| self.look(page)).collect();
        let divides_by_sheets = matches!(split, Split::Auto | Split::Separator);
        let left_out = |range: &Range<usize>| {
            // A separator sheet has a reverse.
            let sheets = range.clone().take_while(|index| looks[*index].separator || looks[*index].blank);
            if divides_by_sheets && looks[range.start].separator { sheets.count() } else { 0 }
        };
        let Judged { mut beginnings, mismatch } = match split {
            Split::Never => none(pages.len()),
            Split::Every(length) => every(length, pages.len()),
            Split::Separator => after_separators(&looks),
            Split::Auto => self.judge(pages, &looks),
        };
        for (beginning, page) in beginnings.iter_mut().zip(pages) {
            if let Some(begins) = decided.get(&page.number) {
                *beginning = f32::from(u8::from(*begins));
            }
        }
        let doubtful = |beginning: f32| self.cues.doubt <= beginning && beginning < self.cues.sure;
        let doubts = beginnings.iter().zip(pages).skip(1).filter(|(beginning, _)| doubtful(**beginning));
        let doubts = doubts.map(|(_, page)| page.number).collect();
        let starts = (1..pages.len()).filter(|index| beginnings[*index] >= self.cues.sure);
        let starts: Vec<usize> = std::iter::once(0).chain(starts).collect();
        let ends = starts.iter().skip(1).copied().chain([pages.len()]);
        let ranges = starts.iter().copied().zip(ends).map(|(start, end)| start..end);
        let letters = ranges.filter(|range| !range.is_empty());
        let letters = letters.map(|range| range.start + left_out(&range)..range.end);
        let letters = letters.filter(|range| !range.is_empty());
        Divided { letters: letters.collect(), doubts, mismatch }
    }

    fn judge(&self, pages: &[PageContent], looks: &[Look]) -> Judged {
        if looks.iter().any(|look| look.separator) && looks.iter().any(|look| !look.separator) {
            return after_separators(looks);
        }
        let cues = self.weigh(pages, looks);
        let listed = self.contents.as_ref().and_then(|reader| reader.judge(pages, looks, &cues));
        listed.unwrap_or(Judged { beginnings: cues, mismatch: None })
    }

    /// What the cues of each page together say.
    fn weigh(&self, pages: &[PageContent], looks: &[Look]) -> Vec<f32> {
        let few_blank = looks.iter().filter(|look| look.blank).count() * FEW_BLANK <= looks.len();
        let mut ended = false;
        let mut after_blank = false;
        let mut beginnings = Vec::with_capacity(looks.len());
        for (look, page) in looks.iter().zip(pages) {
            let cues = [
                (look.begins, self.cues.begins),
                (ended, self.cues.after_end),
                (after_blank && few_blank, self.cues.after_blank),
                (page.marks.bookmark.is_some(), self.cues.bookmark),
            ];
            let there = cues.into_iter().filter(|(there, _)| *there);
            let doubt: f32 = there.map(|(_, weight)| 1.0 - weight).product();
            // A blank page begins nothing, and what ended before it has still ended.
            beginnings.push(if look.blank { 0.0 } else { 1.0 - doubt });
            after_blank = look.blank;
            if !look.blank {
                ended = look.ends;
            }
        }
        beginnings
    }
}

/// A letter goes on throughout.
fn none(pages: usize) -> Judged {
    Judged { beginnings: vec![0.0; pages], mismatch: None }
}

fn every(length: NonZero<u32>, pages: usize) -> Judged {
    let length = length.get() as usize;
    let begins = |index: usize| if index.is_multiple_of(length) { 1.0 } else { 0.0 };
    Judged { beginnings: (0..pages).map(begins).collect(), mismatch: None }
}

/// A letter begins at every separator sheet, which is no part of it.
fn after_separators(looks: &[Look]) -> Judged {
    let begins = looks.iter().map(|look| if look.separator { 1.0 } else { 0.0 });
    Judged { beginnings: begins.collect(), mismatch: None }
}
