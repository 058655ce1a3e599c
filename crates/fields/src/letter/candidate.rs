//! Candidates: what a mechanism found, and how candidates of one field become its values.

use std::collections::{BTreeMap, BTreeSet};

use dossier_model::{
    CellKind, Evidence, FieldValue, Fields, ItemText, Locator, PageContent, Place, ReviewState, Segment,
    Sensitive, join_boxes,
};
use dossier_pipeline::FieldKind;

use super::Letter;
use super::names::Names;
use crate::text::slice;
use crate::values::{Value, region_of, values};

/// Values of which two patterns are not sure enough stay out below this confidence.
const MIN_CONFIDENCE: f32 = 0.3;

/// What found a value: a pattern, a label or a table.
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
}

/// A value with what found it.
pub(super) struct Candidate<'a> {
    pub(super) finder: Finder<'a>,
    pub(super) field: &'a str,
    pub(super) value: Value,
    pub(super) raw: String,
    /// Characters of the letter.
    pub(super) span: (u32, u32),
}

/// The candidates of a field that some characters of a letter are.
pub(super) fn candidates<'a>(
    finder: Finder<'a>,
    (field, kind): (&'a str, FieldKind),
    letter: &Letter,
    span: (u32, u32),
    names: &Names,
) -> Vec<Candidate<'a>> {
    let source = slice(&letter.text, span);
    let found = match kind {
        FieldKind::Region => region(&source),
        FieldKind::Name => names.people(&source),
        // A phone or a number goes on in the next line.
        FieldKind::Text => values(&source, kind, CellKind::Text),
        _ => unbroken(&source, kind),
    };
    let candidate = |mut value: Value| {
        value.text = value.text.replace('\n', "");
        let raw = slice(&source, value.span);
        let span = (span.0 + value.span.0, span.0 + value.span.1);
        Candidate { finder, field, value, raw, span }
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
fn unbroken(source: &str, kind: FieldKind) -> Vec<Value> {
    let kept = (0..).zip(source.chars()).filter(|(_, c)| *c != '\n');
    let (origin, text): (Vec<u32>, String) = kept.unzip();
    let at = |offset: u32| origin.get(offset as usize).copied();
    let mut found = values(&text, kind, CellKind::Text);
    for value in &mut found {
        let last = value.span.1.checked_sub(1).and_then(at);
        let start = at(value.span.0).unwrap_or(0);
        value.span = (start, last.map_or(start, |last| last + 1));
    }
    found
}

/// The candidates of a letter become its fields.
pub(super) fn fields(candidates: Vec<Candidate<'_>>, text: &ItemText, pages: &[PageContent]) -> Fields {
    let mut by_field: BTreeMap<&str, Vec<Candidate<'_>>> = BTreeMap::new();
    for candidate in candidates {
        by_field.entry(candidate.field).or_default().push(candidate);
    }
    let spans: BTreeMap<&str, Vec<(u32, u32)>> = by_field
        .iter()
        .map(|(field, candidates)| (*field, candidates.iter().map(|candidate| candidate.span).collect()))
        .collect();
    let claimed = |candidate: &Candidate<'_>| {
        let others = candidate.finder.yields_to.iter().filter_map(|field| spans.get(field.as_str()));
        others.flatten().any(|span| overlap(*span, candidate.span))
    };
    let mut fields = Fields::new();
    for (field, mut candidates) in by_field {
        candidates.retain(|candidate| !claimed(candidate));
        let values = merge(candidates, text, pages);
        if !values.is_empty() {
            fields.insert(field.to_owned(), values);
        }
    }
    fields
}

fn overlap(a: (u32, u32), b: (u32, u32)) -> bool {
    a.0 < b.1 && b.0 < a.1
}

/// Candidates with one value.
struct Group<'a>(Vec<Candidate<'a>>);

impl Group<'_> {
    fn finders(&self) -> BTreeSet<&str> {
        self.0.iter().map(|candidate| candidate.finder.id).collect()
    }

    fn believed(&self) -> bool {
        self.0.iter().any(|candidate| !candidate.finder.second_cue) || self.finders().len() > 1
    }

    /// How sure the finders are, in hundredths; the recogniser's doubts do not count, since they
    /// would shuffle what stands in an order. Rows of a table are sure for being rows.
    fn rank(&self) -> u32 {
        let strength = |candidate: &Candidate<'_>| candidate.finder.confidence * candidate.value.confidence;
        let rows = self.0.iter().filter(|candidate| candidate.finder.ordered).map(strength);
        let row = rows.fold(0.0, f32::max);
        let strength = if row > 0.0 { 1.0 + row } else { self.sureness(|_| 1.0) };
        (strength * 100.0).round() as u32
    }

    /// The same value found in several ways is surer; the same way twice is not.
    fn sureness(&self, certainty: impl Fn(&Candidate<'_>) -> f32) -> f32 {
        let mut counted = BTreeSet::new();
        let ways = self.0.iter().filter(|candidate| counted.insert(candidate.finder.id));
        let doubt = ways.map(|candidate| {
            1.0 - candidate.finder.confidence * candidate.value.confidence * certainty(candidate)
        });
        1.0 - doubt.product::<f32>()
    }

    fn start(&self) -> u32 {
        self.0.iter().map(|candidate| candidate.span.0).min().unwrap_or(0)
    }

    fn overlaps(&self, other: &Group<'_>) -> bool {
        let spans = |group: &Group<'_>| group.0.iter().map(|candidate| candidate.span).collect::<Vec<_>>();
        let others = spans(other);
        spans(self).iter().all(|span| others.iter().any(|other| overlap(*span, *other)))
    }
}

/// Candidates of one field become values, the surest first, those of like sureness as they stand in
/// the letter. Of values that share their characters the surest counts.
fn merge(candidates: Vec<Candidate<'_>>, text: &ItemText, pages: &[PageContent]) -> Vec<FieldValue> {
    let mut groups: BTreeMap<String, Group<'_>> = BTreeMap::new();
    for candidate in candidates {
        groups.entry(candidate.value.text.clone()).or_insert_with(|| Group(Vec::new())).0.push(candidate);
    }
    let mut groups: Vec<(String, Group<'_>)> =
        groups.into_iter().filter(|(_, group)| group.believed()).collect();
    groups.sort_by_key(|(_, group)| (std::cmp::Reverse(group.rank()), group.start()));
    let mut kept: Vec<(String, Group<'_>)> = Vec::new();
    for (value, group) in groups {
        if !kept.iter().any(|(_, better)| group.overlaps(better)) {
            kept.push((value, group));
        }
    }
    kept.into_iter()
        .filter_map(|(value, group)| field_value(value, &group, text, pages))
        .filter(|value| value.confidence >= MIN_CONFIDENCE)
        .collect()
}

fn field_value(
    value: String,
    group: &Group<'_>,
    text: &ItemText,
    pages: &[PageContent],
) -> Option<FieldValue> {
    let mut places: Vec<Evidence> = Vec::new();
    let mut certainties = BTreeMap::new();
    for candidate in &group.0 {
        let (evidence, certainty) = evidence(text, pages, candidate.span);
        certainties.insert(candidate.span, certainty);
        let new: Vec<Evidence> = evidence.into_iter().filter(|place| !places.contains(place)).collect();
        places.extend(new);
    }
    let certain = |candidate: &Candidate<'_>| certainties.get(&candidate.span).copied().unwrap_or(1.0);
    let first = group.0.first()?;
    let mut warnings = first.value.warnings.clone();
    warnings.dedup();
    Some(FieldValue {
        value: Sensitive::new(value),
        raw: Sensitive::new(first.raw.clone()),
        confidence: group.sureness(certain),
        state: ReviewState::Machine,
        extractor: format!("pattern:{}", group.finders().into_iter().collect::<Vec<_>>().join("+")),
        warnings,
        evidence: places,
    })
}

/// Where some characters of a letter stand, on each page that holds any, and how sure their
/// recognition is.
fn evidence(text: &ItemText, pages: &[PageContent], span: (u32, u32)) -> (Vec<Evidence>, f32) {
    let held = text.segments.iter().filter(|segment| overlap((segment.start, segment.end), span));
    let (places, certainties): (Vec<Evidence>, Vec<f32>) =
        held.map(|segment| on_page(segment, pages, span)).unzip();
    (places, certainties.into_iter().fold(1.0, f32::min))
}

fn on_page(segment: &Segment, pages: &[PageContent], (start, end): (u32, u32)) -> (Evidence, f32) {
    let (start, end) = (start.max(segment.start), end.min(segment.end));
    let page = match segment.locator {
        Locator::Page(number) => pages.iter().find(|page| page.number == number),
        Locator::Row { .. } => None,
    };
    let offset = segment.start;
    let words: Vec<_> =
        page.into_iter().flat_map(|page| page.words_between(start - offset, end - offset)).collect();
    let certainty = words.iter().map(|word| word.confidence).fold(1.0, f32::min);
    let boxes = join_boxes(words.iter().map(|word| word.bounds));
    let place = Place::Page { page: page.map_or(0, |page| page.number), boxes };
    (Evidence { source: segment.source, place, start, end }, certainty)
}
