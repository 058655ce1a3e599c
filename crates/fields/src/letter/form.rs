//! Forms: printed labels, each followed by its value, several to a line.
//!
//! A value goes on to where the next label begins, in its own line or in a later one. Words that
//! look like a label count only if what follows can be its value: so a sentence that begins with
//! such a word stays a sentence.

use std::ops::Range;

use aho_corasick::{AhoCorasick, Input, MatchKind};
use dossier_model::{CellKind, fold_text};
use dossier_pipeline::{FieldKind, FormSpec, Pipeline};

use super::candidate::{Candidate, Finder, candidates};
use super::names::Names;
use super::{CompileError, Letter};
use crate::values::{Value, values};

/// The finder's name, shown with its values.
const ID: &str = "form-label";
/// A value of running text goes on for so many lines at most.
const LONGEST: usize = 60;
/// A value of another kind than running text is no longer than this.
const LONGEST_VALUE: usize = 40;
/// A form's first label stands in one of so many first lines.
const TOP: usize = 8;

pub(super) struct FormReader {
    spec: FormSpec,
    labels: Vec<Label>,
    /// Finds the labels' words; of those that begin at one place, the longest.
    words: AhoCorasick,
}

struct Label {
    text: String,
    /// Each field with its kind; none for a label that only ends a value.
    fields: Vec<(String, FieldKind)>,
}

/// A label in its place, in characters of the letter's text.
struct Placed<'a> {
    label: &'a Label,
    line: usize,
    start: u32,
    /// Where its value begins.
    value: u32,
}

impl FormReader {
    pub(super) fn new(pipeline: &Pipeline) -> Result<FormReader, CompileError> {
        let spec = pipeline.letters.form.clone();
        let kind = |field: &String| pipeline.field(field).map(|field| field.kind).unwrap_or_default();
        let mut labels: Vec<Label> = Vec::new();
        for (field, texts) in &spec.labels {
            let also = spec.also.get(field).into_iter().flatten();
            let fields: Vec<_> =
                [field].into_iter().chain(also).map(|field| (field.clone(), kind(field))).collect();
            labels.extend(texts.iter().map(|text| Label { text: fold_text(text), fields: fields.clone() }));
        }
        labels.extend(spec.other.iter().map(|text| Label { text: fold_text(text), fields: Vec::new() }));
        let texts = labels.iter().map(|label| label.text.as_str());
        let words = AhoCorasick::builder().match_kind(MatchKind::LeftmostLongest).build(texts)?;
        Ok(FormReader { spec, labels, words })
    }

    /// The labelled values of a form; none if the letter is no form.
    pub(super) fn candidates<'a>(&'a self, letter: &'a Letter, names: &Names) -> Vec<Candidate<'a>> {
        // A form greets nobody.
        if !letter.zones.salutation.is_empty() {
            return Vec::new();
        }
        let lines = lines(letter);
        let placed: Vec<Placed<'a>> =
            lines.iter().enumerate().flat_map(|(at, line)| self.labels_of(at, line, letter, names)).collect();
        if !self.is_form(&placed, &lines) {
            return Vec::new();
        }
        let finder = Finder::new(ID, self.spec.confidence);
        let mut found = Vec::new();
        for (at, label) in placed.iter().enumerate() {
            let span = trimmed(letter, (label.value, end(label, placed.get(at + 1), &lines)));
            for (field, kind) in &label.label.fields {
                found.extend(candidates(finder, (field, *kind), letter, span, names));
            }
        }
        found
    }

    /// A letter has labels too, in its stamp and its signature; but a form has them at the
    /// beginning of its lines from the top.
    fn is_form(&self, placed: &[Placed<'_>], lines: &[Line]) -> bool {
        let begins =
            |label: &&Placed<'_>| lines.get(label.line).is_some_and(|line| line.source.start == label.start);
        let mut leading = placed.iter().filter(begins);
        let top = leading.clone().next().is_some_and(|first| first.line < TOP);
        let enough = self.spec.labels_at_least.max(1);
        top && leading.nth(enough - 1).is_some()
    }

    /// The labels of a line, in order.
    fn labels_of<'a>(&'a self, at: usize, line: &Line, letter: &Letter, names: &Names) -> Vec<Placed<'a>> {
        let mut possible = self.possible(at, line, letter);
        // From the right, since a label's value ends where the next label begins.
        let mut placed: Vec<Placed<'a>> = Vec::new();
        while let Some((label, apart)) = possible.pop() {
            let end = placed.last().map_or(line.source.end, |next| next.start);
            let value = letter.text.slice((label.value, end.max(label.value)));
            if label.label.takes(value.trim(), apart, names) {
                placed.push(label);
            }
        }
        placed.reverse();
        placed
    }

    /// The words of a line that may be labels, and whether a blank or a colon sets each apart from
    /// its value. A label begins its line, follows a blank, or is followed by one.
    fn possible<'a>(&'a self, at: usize, line: &Line, letter: &Letter) -> Vec<(Placed<'a>, bool)> {
        let view = &letter.view.lines;
        let mut found = Vec::new();
        let mut from = line.folded.start;
        while let Some(word) = self.words.find(Input::new(&view.text).range(from..line.folded.end)) {
            let (start, end) = view.source_range(word.range());
            let after = letter.text.slice((end, line.source.end));
            let gap = after.chars().take_while(|c| sets_apart(*c)).count() as u32;
            let before = letter.text.slice((line.source.start, start)).chars().next_back();
            if before.is_none_or(sets_apart) || gap > 0 {
                let label = &self.labels[word.pattern().as_usize()];
                found.push((Placed { label, line: at, start, value: end + gap }, gap > 0));
                from = word.end();
            } else {
                from = word.start() + view.text[word.range()].chars().next().map_or(1, char::len_utf8);
            }
        }
        found
    }
}

impl Label {
    /// Whether a text can be the label's value. Running text needs something between.
    fn takes(&self, value: &str, apart: bool, names: &Names) -> bool {
        let Some((_, kind)) = self.fields.first() else { return apart };
        // Whatever is longer is not looked into: it may be all the rest of a long line.
        let short = value.chars().nth(LONGEST_VALUE).is_none();
        match kind {
            FieldKind::Name => value.is_empty() && apart || short && !names.people(value).is_empty(),
            FieldKind::Text | FieldKind::Address | FieldKind::Region => apart,
            // Any text can be a code: one without digits is not.
            FieldKind::Code => {
                value.is_empty() && apart || short && value.contains(|c: char| c.is_ascii_digit())
            }
            _ if !short => false,
            _ => {
                let found = values(value, *kind, CellKind::Text);
                let plain = |value: &Value| {
                    value.warnings.is_empty()
                        && (*kind != FieldKind::Count || value.text.starts_with(|c: char| c.is_ascii_digit()))
                };
                value.is_empty() && apart || found.iter().any(plain)
            }
        }
    }

    /// Whether a value may go on in the next line.
    fn runs_on(&self) -> bool {
        let kinds = self.fields.first().map(|(_, kind)| *kind);
        matches!(kinds, Some(FieldKind::Text | FieldKind::Address))
    }
}

/// Where a label's value ends: at the next label, be it in a later line, or with its own line.
fn end(label: &Placed<'_>, next: Option<&Placed<'_>>, lines: &[Line]) -> u32 {
    let line_end = |line: usize| lines.get(line).map_or(label.value, |line| line.source.end);
    let last = if label.label.runs_on() { label.line + LONGEST } else { label.line };
    let last = line_end(last.min(lines.len().saturating_sub(1)));
    next.map_or(last, |next| next.start.min(last)).max(label.value)
}

/// The characters without the blanks at their end.
fn trimmed(letter: &Letter, (start, end): (u32, u32)) -> (u32, u32) {
    (start, start + letter.text.slice((start, end)).trim_end().chars().count() as u32)
}

fn sets_apart(c: char) -> bool {
    c.is_whitespace() || matches!(c, ':' | '：' | '|' | '｜')
}

/// A line: its characters in the letter, and its bytes in the folded text.
struct Line {
    source: Range<u32>,
    folded: Range<usize>,
}

fn lines(letter: &Letter) -> Vec<Line> {
    let (mut source, mut folded) = (0, 0);
    let texts = letter.text.as_str().split('\n').zip(letter.view.lines.text.split('\n'));
    let lines = texts.map(|(text, view)| {
        let line = Line {
            source: source..source + text.chars().count() as u32,
            folded: folded..folded + view.len(),
        };
        (source, folded) = (line.source.end + 1, line.folded.end + 1);
        line
    });
    lines.collect()
}
