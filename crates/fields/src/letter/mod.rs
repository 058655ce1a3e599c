//! Letters: fields in running text, in forms and in tables of people.

mod candidate;
mod choose;
mod cues;
mod evidence;
mod explain;
mod form;
mod furniture;
mod kind;
mod names;
mod narrative;
mod passage;
mod pattern;
mod sentence;
pub(crate) mod settle;
mod table;
#[cfg(test)]
mod tests;

pub use choose::Verdict;
pub use explain::Explained;

use std::collections::BTreeMap;
use std::ops::Range;

use dossier_model::{Fields, ItemText, PageContent};
use dossier_pipeline::{Pipeline, Split};

use crate::division::{Divided, Divider};
use crate::text::{LetterText, Numbered};
use crate::zones::{ZoneFinder, Zones};

use candidate::Candidate;
use choose::Group;
use cues::{Cues, Windows};
use form::FormReader;
use furniture::Furniture;
use kind::{Kinds, OfKind};
use names::Names;
use narrative::Narrative;
use pattern::Pattern;
use settle::Settler;
use table::Table;

/// Finds fields in letters and divides files into letters, as the pipeline says.
pub struct LetterReader {
    zones: ZoneFinder,
    names: Names,
    running: Sight,
    by_line: Sight,
    form: FormReader,
    tables: Vec<Table>,
    narrative: Option<Narrative>,
    kinds: Kinds,
    settler: Settler,
    head_lines: usize,
    furniture: Furniture,
    divider: Divider,
}

/// A pipeline's letters whose expressions do not compile; a loaded pipeline has been checked for that.
#[derive(Debug, thiserror::Error)]
pub enum CompileError {
    /// A regular expression that is none, or is too big.
    #[error("an expression does not compile: {0}")]
    Regex(#[from] regex::Error),
    /// Too many words to look for at once.
    #[error("words to look for do not compile: {0}")]
    Words(#[from] aho_corasick::BuildError),
}

/// Patterns that look for their cues in one view of a letter.
struct Sight {
    patterns: Vec<Pattern>,
    cues: Cues,
}

/// A letter as the mechanisms see it.
struct Letter {
    /// The item's text, character for character, but for lines that are no part of the letter.
    text: Numbered,
    view: LetterText,
    zones: Zones,
    /// The sentences of the running text.
    sentences: Vec<Range<usize>>,
    /// The kinds of document it is, with the words that say so.
    kinds: Vec<OfKind>,
}

impl LetterReader {
    /// A reader for the pipeline's letters.
    ///
    /// # Errors
    /// As [`CompileError`] says.
    pub fn new(pipeline: &Pipeline) -> Result<LetterReader, CompileError> {
        let spec = &pipeline.letters;
        Ok(LetterReader {
            zones: ZoneFinder::new(spec)?,
            names: Names::new(spec)?,
            running: Sight::new(pipeline, false)?,
            by_line: Sight::new(pipeline, true)?,
            form: FormReader::new(pipeline)?,
            tables: spec
                .tables
                .iter()
                .map(|table| Table::new(table, pipeline))
                .collect::<Result<_, regex::Error>>()?,
            narrative: Narrative::new(pipeline)?,
            kinds: Kinds::new(spec)?,
            settler: Settler::new(pipeline),
            head_lines: spec.head_lines,
            furniture: Furniture::new(&spec.furniture)?,
            divider: Divider::new(spec)?,
        })
    }

    /// Divides a file's pages into letters by what `split` says; `decided` says for pages, by number,
    /// whether a letter begins there, whatever they look like.
    pub fn divide(&self, pages: &[PageContent], split: Split, decided: &BTreeMap<u32, bool>) -> Divided {
        self.divider.divide(pages, split, decided)
    }

    /// The fields of a letter whose text was made of `pages`, each page one segment of `text`.
    pub fn read(&self, text: &ItemText, pages: &[PageContent]) -> Fields {
        let letter = self.letter(text);
        let mut fields = choose::fields(&self.choose(&letter), text, pages);
        self.settler.settle(&mut fields);
        fields
    }

    /// Every value that was found in a letter, with what became of it and why.
    fn choose<'a>(&'a self, letter: &'a Letter) -> Vec<Group<'a>> {
        let form = self.form.candidates(letter, &self.names);
        // In a form, sentences are what its labels say they are.
        let is_form = !form.is_empty();
        let tried = self.tried(letter).filter(|tried| !is_form || !tried.0.by_sentence());
        let mut candidates: Vec<Candidate<'_>> =
            tried.flat_map(|(pattern, windows)| pattern.candidates(letter, &windows, &self.names)).collect();
        candidates.extend(form);
        candidates.extend(self.kinds.candidate(letter));
        for table in &self.tables {
            candidates.extend(table.candidates(letter, &self.names));
        }
        let mut groups = choose::choose(candidates, letter.text.len());
        if let Some(narrative) = self.narrative.as_ref().filter(|_| !is_form) {
            let passages = narrative.passages(letter, &groups);
            groups.extend(passages);
        }
        groups
    }

    /// The patterns that may find anything in a letter, with where.
    fn tried(&self, letter: &Letter) -> impl Iterator<Item = (&Pattern, Windows)> {
        let sights = [(&self.running, &letter.view.running), (&self.by_line, &letter.view.lines)];
        let tried = sights
            .into_iter()
            .flat_map(|(sight, view)| sight.patterns.iter().zip(sight.cues.windows(&view.text)));
        tried.filter(|(_, windows)| !windows.is_empty())
    }

    /// What patterns match but something speaks against.
    fn barred<'a>(&'a self, letter: &'a Letter) -> Vec<Candidate<'a>> {
        let tried = self.tried(letter);
        tried.flat_map(|(pattern, windows)| pattern.barred(letter, &windows, &self.names)).collect()
    }

    fn letter(&self, text: &ItemText) -> Letter {
        let plain = self.furniture.removed_from(text);
        let view = LetterText::new(&plain);
        let zones = self.zones.find(&view);
        let kinds = self.kinds.of(&view.lines, self.head_lines);
        let sentences = sentence::sentences(&view.running.text);
        Letter { text: Numbered::new(plain), view, zones, sentences, kinds }
    }
}

impl Sight {
    fn new(pipeline: &Pipeline, by_line: bool) -> Result<Sight, CompileError> {
        // A value that may be broken over lines has its cues in the running text.
        let specs = || pipeline.letters.patterns.iter().filter(|spec| spec.by_line == by_line);
        let patterns = specs().map(|spec| Pattern::new(spec, pipeline));
        Ok(Sight {
            patterns: patterns.collect::<Result<_, regex::Error>>()?,
            cues: Cues::new(specs().map(|spec| (spec.regex.as_str(), spec.by_sentence)))?,
        })
    }
}
