//! Candidates: the values that some characters of a letter may be.

use dossier_model::CellKind;
use dossier_pipeline::FieldKind;

use super::Letter;
use super::names::Names;
use crate::text::slice;
use crate::values::{Value, region_of, values};

/// What found a value: a pattern, a label, a table, the kind of document or the narrative.
#[derive(Clone, Copy, Debug)]
pub(super) struct Finder<'a> {
    pub(super) id: &'a str,
    pub(super) confidence: f32,
    /// Whether its value is believed only if another finder finds the same.
    pub(super) second_cue: bool,
    /// Whether its values stand in an order that means something, and go before others.
    pub(super) ordered: bool,
    /// Fields that have the better claim to the same characters.
    pub(super) yields_to: &'a [String],
    /// Fields of which no value may stand beside its own.
    pub(super) unless: &'a [String],
}

impl<'a> Finder<'a> {
    /// One that needs nobody's support and gives way to nobody.
    pub(super) fn new(id: &'a str, confidence: f32) -> Finder<'a> {
        Finder { id, confidence, second_cue: false, ordered: false, yields_to: &[], unless: &[] }
    }
}

/// A value with what found it.
pub(super) struct Candidate<'a> {
    pub(super) finder: Finder<'a>,
    pub(super) field: &'a str,
    pub(super) value: Value,
    /// As it stands in the letter.
    pub(super) raw: &'a str,
    /// Characters of the letter.
    pub(super) span: (u32, u32),
}

/// The candidates of a field that some characters of a letter are.
pub(super) fn candidates<'a>(
    finder: Finder<'a>,
    (field, kind): (&'a str, FieldKind),
    letter: &'a Letter,
    span: (u32, u32),
    names: &Names,
) -> Vec<Candidate<'a>> {
    let source = letter.text.slice(span);
    let found = match kind {
        FieldKind::Region => region(source),
        FieldKind::Text => values(source, kind, CellKind::Text),
        // A name or a number goes on in the next line.
        FieldKind::Name => unbroken(source, |text| names.people(text)),
        _ => unbroken(source, |text| values(text, kind, CellKind::Text)),
    };
    let candidate = |mut value: Value| {
        value.text.retain(|c| c != '\n');
        let span = (span.0 + value.span.0, span.0 + value.span.1);
        Candidate { finder, field, value, raw: letter.text.slice(span), span }
    };
    found.into_iter().map(candidate).collect()
}

/// The administrative place; one step of it alone says little.
fn region(source: &str) -> Vec<Value> {
    let Some((span, steps)) = region_of(source) else { return Vec::new() };
    let text = slice(source, span).replace('\n', "");
    let confidence = if steps > 1 { 1.0 } else { 0.6 };
    vec![Value { text, span, confidence, warnings: Vec::new() }]
}

/// The values of a text with its line breaks taken out.
fn unbroken(source: &str, find: impl Fn(&str) -> Vec<Value>) -> Vec<Value> {
    if !source.contains('\n') {
        return find(source);
    }
    let kept = (0..).zip(source.chars()).filter(|(_, c)| *c != '\n');
    let (origin, text): (Vec<u32>, String) = kept.unzip();
    let at = |offset: u32| origin.get(offset as usize).copied();
    let mut found = find(&text);
    for value in &mut found {
        let last = value.span.1.checked_sub(1).and_then(at);
        let start = at(value.span.0).unwrap_or(0);
        value.span = (start, last.map_or(start, |last| last + 1));
    }
    found
}
