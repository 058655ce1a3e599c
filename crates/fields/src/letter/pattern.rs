//! Patterns: regular expressions over a letter, or over one of its zones, lines or sentences.

use std::ops::Range;

use dossier_pipeline::{FieldKind, PatternSpec, Pipeline};
use regex::{Regex, RegexBuilder};

use super::Letter;
use super::candidate::{Candidate, Finder, candidates};
use super::names::Names;
use super::sentence;
use crate::text::FoldedText;
use crate::values::Value;

/// So many characters before a value are looked at for what must not stand there.
const BEFORE: usize = 12;

pub(super) struct Pattern {
    spec: PatternSpec,
    /// The fields it finds, with what their values are.
    fields: Vec<(String, FieldKind)>,
    regex: Regex,
    continued: Option<Regex>,
    not_after: Option<Regex>,
    exclude: Option<Regex>,
    rewrite: Option<(Regex, String)>,
}

impl Pattern {
    pub(super) fn new(spec: &PatternSpec, pipeline: &Pipeline) -> Result<Pattern, regex::Error> {
        let optional = |regex: &Option<String>| regex.as_deref().map(Regex::new).transpose();
        let kind = |field: &String| pipeline.field(field).map(|field| field.kind).unwrap_or_default();
        let fields = [&spec.field].into_iter().chain(&spec.also);
        let rewrite =
            spec.rewrite.as_ref().map(|rewrite| Ok((Regex::new(&rewrite.regex)?, rewrite.to.clone())));
        Ok(Pattern {
            fields: fields.map(|field| (field.clone(), kind(field))).collect(),
            // A line's beginning and end are the expression's.
            regex: RegexBuilder::new(&spec.regex).multi_line(spec.by_line).build()?,
            continued: optional(&spec.continued)?,
            not_after: optional(&spec.not_after)?,
            exclude: optional(&spec.exclude)?,
            rewrite: rewrite.transpose()?,
            spec: spec.clone(),
        })
    }

    pub(super) fn by_sentence(&self) -> bool {
        self.spec.by_sentence
    }

    /// What it finds in a letter, in the letter's order.
    pub(super) fn candidates<'a>(&'a self, letter: &Letter, names: &Names) -> Vec<Candidate<'a>> {
        let kinds = &self.spec.kinds;
        if !kinds.is_empty() && !kinds.iter().any(|kind| letter.kinds.contains(kind)) {
            return Vec::new();
        }
        // First and last are those that have a value.
        let mut found = self.spans(letter).into_iter().map(|span| self.values(letter, span, names));
        match (self.spec.first, self.spec.last) {
            (true, _) => found.find(|values| !values.is_empty()).unwrap_or_default(),
            (_, true) => found.rfind(|values| !values.is_empty()).unwrap_or_default(),
            _ => found.flatten().collect(),
        }
    }

    /// The characters of the letter where its value stands.
    fn spans(&self, letter: &Letter) -> Vec<(u32, u32)> {
        let spec = &self.spec;
        let view =
            if spec.by_line || spec.join_lines > 0 { &letter.view.lines } else { &letter.view.running };
        let zone = letter.zones.range(spec.zone);
        let zone = view.byte_at(zone.start)..view.byte_at(zone.end);
        let text = &view.text[zone.clone()];
        let found = if spec.by_sentence {
            sentence::matches(text, &self.regex, self.continued.as_ref())
        } else if spec.join_lines > 0 {
            self.joined_lines(text)
        } else {
            let found = self.regex.captures_iter(text).filter_map(|found| found.name("value"));
            found.map(|value| value.range()).collect()
        };
        let found = found.into_iter().map(|range| range.start + zone.start..range.end + zone.start);
        found.filter(|range| self.stands(view, range)).map(|range| view.source_range(range)).collect()
    }

    /// Whether neither the value nor what stands before it speaks against it.
    fn stands(&self, view: &FoldedText, range: &Range<usize>) -> bool {
        let before = || {
            let text = &view.text[..range.start];
            let line = text.char_indices().rev().take(BEFORE).take_while(|(_, c)| *c != '\n');
            &text[line.last().map_or(text.len(), |(at, _)| at)..]
        };
        let barred = |regex: &Option<Regex>, text: &str| regex.as_ref().is_some_and(|r| r.is_match(text));
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
            let value = self.regex.captures(&text)?.name("value")?.range();
            // A value that ends before the last line is found with fewer lines.
            let last = text.len() - lines[count - 1].1.len();
            let (start, _) = lines.first()?;
            (value.start < lines[0].1.len() && value.end > last)
                .then(|| start + value.start..lines[count - 1].0 + value.end - last)
        })
    }

    fn values<'a>(&'a self, letter: &Letter, span: (u32, u32), names: &Names) -> Vec<Candidate<'a>> {
        let finder = Finder {
            id: &self.spec.id,
            confidence: self.spec.confidence,
            second_cue: self.spec.second_cue,
            ordered: false,
            yields_to: &self.spec.yields_to,
        };
        if let (Some(says), Some((field, _))) = (&self.spec.says, self.fields.first()) {
            let raw = letter.text.slice(span).to_owned();
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
