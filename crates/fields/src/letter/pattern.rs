//! Patterns: regular expressions over a letter, or over one of its zones, lines or sentences.

use std::ops::Range;

use dossier_pipeline::{FieldKind, PatternSpec, Pipeline};
use regex::Regex;

use super::Letter;
use super::candidate::{Candidate, Finder, candidates};
use super::names::Names;
use super::sentence;
use crate::expression::{Expression, compile};
use crate::text::FoldedText;
use crate::values::Value;

/// So many characters before a value are looked at for what must not stand there.
const BEFORE: usize = 12;

pub(super) struct Pattern {
    spec: PatternSpec,
    /// The fields it finds, with what their values are.
    fields: Vec<(String, FieldKind)>,
    expression: Expression,
    continued: Option<Expression>,
    not_after: Option<Expression>,
    exclude: Option<Expression>,
    rewrite: Option<(Regex, String)>,
}

/// A view of a letter.
enum Sees {
    /// Without line breaks.
    Running,
    /// Line by line.
    Lines,
    /// Line by line, and lines joined with those that follow.
    JoinedLines,
}

impl Pattern {
    pub(super) fn new(spec: &PatternSpec, pipeline: &Pipeline) -> Result<Pattern, regex::Error> {
        let optional = |regex: &Option<String>| regex.as_deref().map(Expression::new).transpose();
        let kind = |field: &String| pipeline.field(field).map(|field| field.kind).unwrap_or_default();
        let fields = [&spec.field].into_iter().chain(&spec.also);
        let rewrite = spec.rewrite.as_ref().map(|rewrite| Ok((compile(&rewrite.regex)?, rewrite.to.clone())));
        // A line's beginning and end are the expression's.
        let compile = if spec.by_line { Expression::by_line } else { Expression::new };
        Ok(Pattern {
            expression: compile(&spec.regex)?,
            fields: fields.map(|field| (field.clone(), kind(field))).collect(),
            continued: optional(&spec.continued)?,
            not_after: optional(&spec.not_after)?,
            exclude: optional(&spec.exclude)?,
            rewrite: rewrite.transpose()?,
            spec: spec.clone(),
        })
    }

    /// Which view of a letter it sees.
    fn sees(&self) -> Sees {
        match self.spec.join_lines {
            0 if self.spec.by_line => Sees::Lines,
            0 => Sees::Running,
            _ => Sees::JoinedLines,
        }
    }

    pub(super) fn by_sentence(&self) -> bool {
        self.spec.by_sentence
    }

    /// What it finds in the windows of a letter's view, in the letter's order.
    pub(super) fn candidates<'a>(
        &'a self,
        letter: &'a Letter,
        windows: &[Range<usize>],
        names: &Names,
    ) -> Vec<Candidate<'a>> {
        if !self.is_for(letter) {
            return Vec::new();
        }
        // First and last are those that have a value.
        let mut found =
            self.spans(letter, windows, true).into_iter().map(|span| self.values(letter, span, names));
        match (self.spec.first, self.spec.last) {
            (true, _) => found.find(|values| !values.is_empty()).unwrap_or_default(),
            (_, true) => found.rfind(|values| !values.is_empty()).unwrap_or_default(),
            _ => found.flatten().collect(),
        }
    }

    /// What it matches although something speaks against it.
    pub(super) fn barred<'a>(
        &'a self,
        letter: &'a Letter,
        windows: &[Range<usize>],
        names: &Names,
    ) -> Vec<Candidate<'a>> {
        if !self.is_for(letter) || self.exclude.is_none() && self.not_after.is_none() {
            return Vec::new();
        }
        let spans = self.spans(letter, windows, false).into_iter();
        spans.flat_map(|span| self.values(letter, span, names)).collect()
    }

    /// Whether it holds for a document of the letter's kinds.
    fn is_for(&self, letter: &Letter) -> bool {
        self.spec.kinds.is_empty()
            || self.spec.kinds.iter().any(|kind| letter.kinds.iter().any(|of| of.id == *kind))
    }

    /// The characters of the letter where its value stands, or matches without standing.
    fn spans(&self, letter: &Letter, windows: &[Range<usize>], standing: bool) -> Vec<(u32, u32)> {
        let view = match self.sees() {
            Sees::Running => &letter.view.running,
            Sees::Lines | Sees::JoinedLines => &letter.view.lines,
        };
        let zone = letter.zones.range(self.spec.zone);
        let zone = view.byte_at(zone.start)..view.byte_at(zone.end);
        let text = &view.text[zone.clone()];
        let windows = within(windows, &zone);
        let found = match self.sees() {
            _ if self.spec.by_sentence => {
                let sentences = within(&letter.sentences, &zone).into_iter();
                sentence::matches(text, sentences, &windows, &self.expression, self.continued.as_ref())
            }
            Sees::JoinedLines => self.joined_lines(text),
            _ => self.found(text, &windows),
        };
        let found = found.into_iter().map(|range| range.start + zone.start..range.end + zone.start);
        found
            .filter(|range| self.stands(view, range) == standing)
            .map(|range| view.source_range(range))
            .collect()
    }

    /// The values of the matches in some windows. No match reaches over a window's ends.
    fn found(&self, text: &str, windows: &[Range<usize>]) -> Vec<Range<usize>> {
        windows.iter().flat_map(|window| self.expression.values(text, window.clone())).collect()
    }

    /// Whether neither the value nor what stands before it speaks against it.
    fn stands(&self, view: &FoldedText, range: &Range<usize>) -> bool {
        let before = || {
            let text = &view.text[..range.start];
            let line = text.char_indices().rev().take(BEFORE).take_while(|(_, c)| *c != '\n');
            &text[line.last().map_or(text.len(), |(at, _)| at)..]
        };
        let barred = |expression: &Option<Expression>, text: &str| {
            expression.as_ref().is_some_and(|expression| expression.is_match(text))
        };
        !barred(&self.exclude, &view.text[range.clone()])
            && (self.not_after.is_none() || !barred(&self.not_after, before()))
    }

    /// Values broken over lines: at each line the longest that the expression takes.
    fn joined_lines(&self, text: &str) -> Vec<Range<usize>> {
        let mut at = 0;
        let lines = text.split('\n').map(|line| {
            let start = at;
            at += line.len() + 1;
            (start, line)
        });
        let lines: Vec<(usize, &str)> = lines.filter(|(_, line)| !line.is_empty()).collect();
        (0..lines.len()).filter_map(|first| self.joined(&lines[first..])).collect()
    }

    fn joined(&self, lines: &[(usize, &str)]) -> Option<Range<usize>> {
        (1..=self.spec.join_lines.min(lines.len())).rev().find_map(|count| {
            let text: String = lines[..count].iter().map(|(_, line)| *line).collect();
            let value = self.expression.value(&text)?;
            // A value that ends before the last line is found with fewer lines.
            let last = text.len() - lines[count - 1].1.len();
            let (start, _) = lines.first()?;
            (value.start < lines[0].1.len() && value.end > last)
                .then(|| start + value.start..lines[count - 1].0 + value.end - last)
        })
    }

    fn values<'a>(&'a self, letter: &'a Letter, span: (u32, u32), names: &Names) -> Vec<Candidate<'a>> {
        let finder = Finder {
            second_cue: self.spec.second_cue,
            yields_to: &self.spec.yields_to,
            unless: &self.spec.unless,
            ..Finder::new(&self.spec.id, self.spec.confidence)
        };
        if let (Some(says), Some((field, _))) = (&self.spec.says, self.fields.first()) {
            let raw = letter.text.slice(span);
            let value = Value { text: says.clone(), span, confidence: 1.0, warnings: Vec::new() };
            return vec![Candidate { finder, field, value, raw, span }];
        }
        let fields = self.fields.iter();
        let mut found: Vec<Candidate<'a>> = fields
            .flat_map(|(field, kind)| candidates(finder, (field, *kind), letter, span, names))
            .collect();
        for candidate in &mut found {
            candidate.value.text = self.rewritten(&candidate.value.text);
        }
        found
    }

    fn rewritten(&self, value: &str) -> String {
        let Some((regex, to)) = &self.rewrite else { return value.to_owned() };
        regex.replace(value, to.as_str()).into_owned()
    }
}

/// The parts of windows that lie in a zone, told from its beginning.
fn within(windows: &[Range<usize>], zone: &Range<usize>) -> Vec<Range<usize>> {
    let inside = windows.iter().filter(|window| window.start < zone.end && zone.start < window.end);
    inside.map(|w| w.start.max(zone.start) - zone.start..w.end.min(zone.end) - zone.start).collect()
}
