//! The contents list of a volume and the note at its end: what they say of the pages between them,
//! and whether that is true.

use dossier_model::PageContent;
use dossier_pipeline::ContentsSpec;
use regex::Regex;

use super::page::Look;
use super::{Judged, Mismatch};
use crate::expression::compile;

/// How sure a first page is that a list gives which fits the pages.
const LISTED: f32 = 0.95;
/// How sure it is when the list does not fit them.
const MISFIT: f32 = 0.6;
/// A list fits if at least one in so many of its first pages look like one.
const FITS: usize = 2;
/// Fewer entries make no list.
const ENTRIES: usize = 2;
/// How much a page has to look like a first one to speak for the list.
const LOOKS_FIRST: f32 = 0.5;

pub(super) struct ContentsReader {
    title: Regex,
    entry: Regex,
    closing: Regex,
    declared: Regex,
}

/// A volume by its list.
struct Volume {
    /// The first page of each item, counted from the page after the list, from 1.
    firsts: Vec<usize>,
    /// The last page that the list knows of.
    last: usize,
    /// The index of the page with which the list begins.
    list: usize,
    /// The index of the first page after the list.
    start: usize,
    /// The index of the note at the end, or behind the last page.
    end: usize,
    /// How many pages that note declares.
    declared: Option<usize>,
}

impl ContentsReader {
    pub(super) fn new(spec: &ContentsSpec) -> Result<ContentsReader, regex::Error> {
        Ok(ContentsReader {
            title: compile(&spec.title)?,
            entry: compile(&spec.entry)?,
            closing: compile(&spec.closing)?,
            declared: compile(&spec.declared)?,
        })
    }

    /// Where letters begin by the list, if there is one; `cues` are what the pages look like.
    pub(super) fn judge(&self, pages: &[PageContent], looks: &[Look], cues: &[f32]) -> Option<Judged> {
        let volume = self.volume(looks)?;
        // Whoever numbered the pages numbered those that bear something, or all of them.
        let all = volume.places(pages, |_| true);
        let written = volume.places(pages, |index| !looks[index].blank);
        let numbered =
            [&written, &all].into_iter().max_by_key(|numbered| volume.speaks_for(numbered, cues))?;
        let speaks = volume.speaks_for(numbered, cues);
        let whole = volume.mismatch(&written).is_none() || volume.mismatch(&all).is_none();
        let mismatch = if whole { None } else { volume.mismatch(numbered) };
        let fits = mismatch.is_none() && speaks * FITS >= volume.firsts.len();
        let mut beginnings = vec![0.0; pages.len()];
        for index in volume.firsts.iter().filter_map(|first| numbered.get(first.checked_sub(1)?)) {
            beginnings[*index] = if fits { LISTED } else { cues[*index].max(MISFIT) };
        }
        // The list and the note stand for themselves, so that something begins after the list in any case.
        for index in [volume.list, volume.start, volume.end] {
            if let Some(beginning) = beginnings.get_mut(index) {
                *beginning = LISTED;
            }
        }
        if !fits {
            beginnings.iter_mut().zip(cues).for_each(|(beginning, cue)| *beginning = beginning.max(*cue));
        }
        Some(Judged { beginnings, mismatch })
    }

    fn volume(&self, looks: &[Look]) -> Option<Volume> {
        let list = looks.iter().position(|look| look.lines.iter().any(|line| self.title.is_match(line)))?;
        let mut firsts: Vec<usize> = Vec::new();
        let mut last = 0;
        let mut start = list;
        // The list may go on over several pages, and have blank reverses.
        for (index, look) in looks.iter().enumerate().skip(list) {
            let entries = self.entries(look, firsts.len() + 1);
            if entries.is_empty() && !look.blank {
                break;
            }
            for (first, end) in entries {
                firsts.push(first);
                last = last.max(end);
            }
            start = index + 1;
        }
        let is_list = firsts.len() >= ENTRIES && firsts.is_sorted() && firsts.first() == Some(&1);
        let closes = |look: &Look| look.lines.iter().any(|line| self.closing.is_match(line));
        let end = (start..looks.len()).rev().find(|index| closes(&looks[*index])).unwrap_or(looks.len());
        let declared = looks.get(end).and_then(|note| self.declared_by(note));
        is_list.then_some(Volume { firsts, last, list, start, end, declared })
    }

    /// The entries on a page whose numbers go on from `next`: each item's first and last page.
    fn entries(&self, look: &Look, next: usize) -> Vec<(usize, usize)> {
        let mut entries = Vec::new();
        for line in &look.lines {
            let Some(found) = self.entry.captures(line) else { continue };
            let number = |group: &str| found.name(group)?.as_str().parse::<usize>().ok();
            let (Some(item), Some(first)) = (number("number"), number("page")) else { continue };
            if item == next + entries.len() {
                entries.push((first, number("last").unwrap_or(first)));
            }
        }
        entries
    }

    fn declared_by(&self, note: &Look) -> Option<usize> {
        let captures = note.lines.iter().find_map(|line| self.declared.captures(line))?;
        captures.name("pages")?.as_str().parse().ok()
    }
}

impl Volume {
    /// The places of the volume's pages that somebody may have `numbered`. One that could not be read has
    /// its number all the same, and the next stands for it.
    fn places(&self, pages: &[PageContent], numbered: impl Fn(usize) -> bool) -> Vec<usize> {
        let before = self.start.checked_sub(1).map_or(0, |list| pages[list].number);
        let numbers = (self.start..self.end).scan(before, |before, index| {
            let number = pages[index].number;
            let lost = (number - *before).saturating_sub(1) as usize;
            *before = number;
            Some(std::iter::repeat_n(index, lost + usize::from(numbered(index))))
        });
        numbers.flatten().collect()
    }

    /// How many of the first pages, looked up among the numbered ones, look like it.
    fn speaks_for(&self, numbered: &[usize], cues: &[f32]) -> usize {
        let at = |first: &usize| numbered.get(first.checked_sub(1)?);
        // What follows the list is first of all, whatever it looks like.
        let looks_first = |index: &usize| *index == self.start || cues[*index] >= LOOKS_FIRST;
        self.firsts.iter().filter_map(at).filter(|index| looks_first(index)).count()
    }

    /// What does not agree between the volume's words and its pages.
    fn mismatch(&self, numbered: &[usize]) -> Option<Mismatch> {
        let found = numbered.len();
        let declared = self.declared.unwrap_or(found.max(self.last));
        (declared != found).then_some(Mismatch { declared: declared as u32, found: found as u32 })
    }
}
