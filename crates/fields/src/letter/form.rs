//! Forms: printed labels, each followed by its value, several to a line.
//!
//! A value goes on to where the next label begins, in its own line or in a later one. Words that
//! look like a label count only if what follows can be its value: so a sentence that begins with
//! such a word stays a sentence.

use std::ops::Range;

use dossier_model::{CellKind, fold};
use dossier_pipeline::{FieldKind, FormSpec, Pipeline};

use super::Letter;
use super::candidate::{Candidate, Finder, candidates};
use super::names::Names;
use crate::text::slice;
use crate::values::values;

/// The finder's name, shown with its values.
const ID: &str = "form-label";
/// A value of running text goes on for so many lines at most.
const LONGEST: usize = 60;
/// A form's first label stands in one of so many first lines.
const TOP: usize = 8;

pub(super) struct FormReader {
    spec: FormSpec,
    /// The longest first, so that a label that begins with another is seen whole.
    labels: Vec<Label>,
}

struct Label {
    text: Vec<char>,
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
    pub(super) fn new(pipeline: &Pipeline) -> FormReader {
        let spec = pipeline.letters.form.clone();
        let kind = |field: &String| pipeline.field(field).map(|field| field.kind).unwrap_or_default();
        let mut labels: Vec<Label> = Vec::new();
        for (field, texts) in &spec.labels {
            let also = spec.also.get(field).into_iter().flatten();
            let fields: Vec<_> =
                [field].into_iter().chain(also).map(|field| (field.clone(), kind(field))).collect();
            labels.extend(texts.iter().map(|text| Label { text: fold(text).chars, fields: fields.clone() }));
        }
        labels.extend(spec.other.iter().map(|text| Label { text: fold(text).chars, fields: Vec::new() }));
        labels.sort_by_key(|label| std::cmp::Reverse(label.text.len()));
        FormReader { spec, labels }
    }

    /// The labelled values of a form; none if the letter is no form.
    pub(super) fn candidates<'a>(&'a self, letter: &Letter, names: &Names) -> Vec<Candidate<'a>> {
        let lines = lines(&letter.text);
        let placed: Vec<Placed<'a>> =
            lines.iter().enumerate().flat_map(|(at, line)| self.labels_of(at, line, letter, names)).collect();
        if !self.is_form(letter, &placed, &lines) {
            return Vec::new();
        }
        let finder = Finder {
            id: ID,
            confidence: self.spec.confidence,
            second_cue: false,
            ordered: false,
            yields_to: &[],
        };
        let mut found = Vec::new();
        for (at, label) in placed.iter().enumerate() {
            let span = trimmed(&letter.text, (label.value, end(label, placed.get(at + 1), &lines)));
            for (field, kind) in &label.label.fields {
                found.extend(candidates(finder, (field, *kind), letter, span, names));
            }
        }
        found
    }

    /// A letter has labels too, in its stamp and its signature; but a form greets nobody, and has
    /// them at the beginning of its lines from the top.
    fn is_form(&self, letter: &Letter, placed: &[Placed<'_>], lines: &[Range<u32>]) -> bool {
        let begins =
            |label: &&Placed<'_>| lines.get(label.line).is_some_and(|line| line.start == label.start);
        let mut leading = placed.iter().filter(begins);
        let top = leading.clone().next().is_some_and(|first| first.line < TOP);
        let enough = self.spec.labels_at_least.max(1);
        letter.zones.salutation.is_empty() && top && leading.nth(enough - 1).is_some()
    }

    /// The labels of a line, in order.
    fn labels_of<'a>(
        &'a self,
        at: usize,
        line: &Range<u32>,
        letter: &Letter,
        names: &Names,
    ) -> Vec<Placed<'a>> {
        let text = slice(&letter.text, (line.start, line.end));
        let mut possible = self.possible(at, line.start, &text);
        // From the right, since a label's value ends where the next label begins.
        let mut placed: Vec<Placed<'a>> = Vec::new();
        while let Some((label, apart)) = possible.pop() {
            let end = placed.last().map_or(line.end, |next| next.start);
            let value = slice(&letter.text, (label.value, end.max(label.value)));
            if label.label.takes(value.trim(), apart, names) {
                placed.push(label);
            }
        }
        placed.reverse();
        placed
    }

    /// The words of a line that may be labels, and whether a blank or a colon sets each apart from
    /// its value. A label begins its line, follows a blank, or is followed by one.
    fn possible(&self, line: usize, offset: u32, text: &str) -> Vec<(Placed<'_>, bool)> {
        let chars: Vec<char> = text.chars().collect();
        let folded = fold(text);
        let mut found = Vec::new();
        let mut at = 0;
        while at < folded.chars.len() {
            let label = self.labels.iter().find(|label| folded.chars[at..].starts_with(&label.text));
            let Some(label) = label else {
                at += 1;
                continue;
            };
            let (start, end) = folded.source_range(at..at + label.text.len());
            let gap = chars[end as usize..].iter().take_while(|c| sets_apart(**c)).count() as u32;
            let follows = start == 0 || chars.get(start as usize - 1).is_some_and(|c| sets_apart(*c));
            if follows || gap > 0 {
                let placed = Placed { label, line, start: offset + start, value: offset + end + gap };
                found.push((placed, gap > 0));
                at += label.text.len();
            } else {
                at += 1;
            }
        }
        found
    }
}

impl Label {
    /// Whether a text can be the label's value. Running text needs something between.
    fn takes(&self, value: &str, apart: bool, names: &Names) -> bool {
        let Some((_, kind)) = self.fields.first() else { return apart };
        match kind {
            FieldKind::Name => value.is_empty() && apart || !names.people(value).is_empty(),
            FieldKind::Text | FieldKind::Address | FieldKind::Region => apart,
            _ => {
                let found = values(value, *kind, CellKind::Text);
                let code = value.chars().any(|c| c.is_ascii_digit()) && value.chars().count() <= 40;
                value.is_empty() && apart || code && found.iter().any(|value| value.warnings.is_empty())
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
fn end(label: &Placed<'_>, next: Option<&Placed<'_>>, lines: &[Range<u32>]) -> u32 {
    let line_end = |line: usize| lines.get(line).map_or(label.value, |line| line.end);
    let last = if label.label.runs_on() { label.line + LONGEST } else { label.line };
    let last = line_end(last.min(lines.len().saturating_sub(1)));
    next.map_or(last, |next| next.start.min(last)).max(label.value)
}

/// The characters without the blanks at their end.
fn trimmed(text: &str, (start, end): (u32, u32)) -> (u32, u32) {
    (start, start + slice(text, (start, end)).trim_end().chars().count() as u32)
}

fn sets_apart(c: char) -> bool {
    c.is_whitespace() || matches!(c, ':' | '：' | '|' | '｜')
}

/// The lines of a text, in characters.
fn lines(text: &str) -> Vec<Range<u32>> {
    let mut start = 0;
    let lines = text.split('\n').map(|line| {
        let range = start..start + line.chars().count() as u32;
        start = range.end + 1;
        range
    });
    lines.collect()
}
