//! What kind of document it is: its first lines say so.

use dossier_pipeline::{KindSpec, LetterSpec};
use regex::RegexSet;

use super::Letter;
use super::candidate::{Candidate, Finder};
use crate::expression::compile_set;
use crate::text::FoldedText;
use crate::values::Value;

/// How sure a kind is that a line of the head says.
const CONFIDENCE: f32 = 0.9;

pub(super) struct Kinds {
    field: Option<String>,
    kinds: Vec<KindSpec>,
    /// The kinds' expressions, in their order: one pass over a line tells them all.
    lines: RegexSet,
}

/// A kind that a document is of, with the characters of the line that says so.
pub(super) struct OfKind {
    pub(super) id: String,
    span: (u32, u32),
}

impl Kinds {
    pub(super) fn new(spec: &LetterSpec) -> Result<Kinds, regex::Error> {
        let lines = compile_set(spec.kinds.iter().map(|kind| kind.regex.as_str()))?;
        Ok(Kinds { field: spec.kind_field.clone(), kinds: spec.kinds.clone(), lines })
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
        let mut found: Vec<Option<OfKind>> = self.kinds.iter().map(|_| None).collect();
        for (start, line) in lines.iter().take(head_lines) {
            for at in &self.lines.matches(line) {
                let kind = &self.kinds[at];
                let long = kind.lines_at_most.is_some_and(|most| lines.len() > most);
                let of =
                    || OfKind { id: kind.id.clone(), span: view.source_range(*start..start + line.len()) };
                found[at] = found[at].take().or_else(|| (!long).then(of));
            }
        }
        found.into_iter().flatten().collect()
    }

    /// The kind's name, as a value of its field.
    pub(super) fn candidate<'a>(&'a self, letter: &'a Letter) -> Option<Candidate<'a>> {
        let field = self.field.as_deref()?;
        letter.kinds.iter().find_map(|of| {
            let kind = self.kinds.iter().find(|kind| kind.id == of.id)?;
            let value =
                Value { text: kind.says.clone()?, span: of.span, confidence: 1.0, warnings: Vec::new() };
            let finder = Finder::new(&kind.id, CONFIDENCE);
            let raw = letter.text.slice(of.span);
            Some(Candidate { finder, field, value, raw, span: of.span })
        })
    }
}
