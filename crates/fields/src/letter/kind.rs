//! What kind of document it is: its first lines say so.

use dossier_pipeline::{KindSpec, LetterSpec};
use regex::Regex;

use super::Letter;
use super::candidate::{Candidate, Finder};
use crate::expression::compile;
use crate::text::FoldedText;
use crate::values::Value;

/// How sure a kind is that a line of the head says.
const CONFIDENCE: f32 = 0.9;

pub(super) struct Kinds {
    field: Option<String>,
    kinds: Vec<(KindSpec, Regex)>,
}

/// A kind that a document is of, with the characters that say so.
pub(super) struct OfKind {
    pub(super) id: String,
    span: (u32, u32),
}

impl Kinds {
    pub(super) fn new(spec: &LetterSpec) -> Result<Kinds, regex::Error> {
        let kinds = spec.kinds.iter().map(|kind| Ok((kind.clone(), compile(&kind.regex)?)));
        Ok(Kinds { field: spec.kind_field.clone(), kinds: kinds.collect::<Result<_, regex::Error>>()? })
    }

    /// The kinds that one of the first lines says.
    pub(super) fn of(&self, view: &FoldedText, head_lines: usize) -> Vec<OfKind> {
        let mut at = 0;
        let lines = view.text.split('\n').map(|line| {
            let start = at;
            at += line.len() + 1;
            (start, line)
        });
        let lines: Vec<(usize, &str)> = lines.filter(|(_, line)| !line.is_empty()).collect();
        let head = &lines[..head_lines.min(lines.len())];
        let of = |(kind, regex): &(KindSpec, Regex)| {
            let long = kind.lines_at_most.is_some_and(|most| lines.len() > most);
            let in_line = |(start, line): &(usize, &str)| {
                let said = regex.find(line)?.range();
                Some(view.source_range(start + said.start..start + said.end))
            };
            let span = head.iter().filter(|_| !long).find_map(in_line)?;
            Some(OfKind { id: kind.id.clone(), span })
        };
        self.kinds.iter().filter_map(of).collect()
    }

    /// The kind's name, as a value of its field.
    pub(super) fn candidate<'a>(&'a self, letter: &'a Letter) -> Option<Candidate<'a>> {
        let field = self.field.as_deref()?;
        letter.kinds.iter().find_map(|of| {
            let (kind, _) = self.kinds.iter().find(|(kind, _)| kind.id == of.id)?;
            let value =
                Value { text: kind.says.clone()?, span: of.span, confidence: 1.0, warnings: Vec::new() };
            let finder = Finder::new(&kind.id, CONFIDENCE);
            let raw = letter.text.slice(of.span);
            Some(Candidate { finder, field, value, raw, span: of.span })
        })
    }
}
