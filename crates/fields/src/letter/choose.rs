//! Choosing among candidates: which values of a field stand, in which order, and why the others do not.

use std::collections::{BTreeMap, BTreeSet};

use dossier_model::{Evidence, FieldValue, Fields, ItemText, PageContent, ReviewState, Sensitive};

use super::candidate::Candidate;
use super::evidence::evidence;

/// Values of which two patterns are not sure enough stay out below this confidence.
pub(super) const MIN_CONFIDENCE: f32 = 0.3;

/// What became of a value, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It stands.
    Kept,
    /// Its characters are a value of this field, which has the better claim.
    Claimed(String),
    /// What found it is not believed alone, and nothing else found it.
    NoSecondCue,
    /// A value of this field stands, which speaks against it.
    Refuted(String),
    /// A surer value has its characters.
    Covered,
    /// It is too unsure.
    Unsure,
    /// What stands before it, or in it, speaks against it.
    Barred,
}

/// Candidates with one value of a field.
pub(super) struct Group<'a> {
    pub(super) field: &'a str,
    /// At least one.
    pub(super) candidates: Vec<Candidate<'a>>,
    pub(super) verdict: Verdict,
}

/// The candidates of a letter of so many characters, grouped by field and value: of each field those
/// that stand, the surest first, those of like sureness as they stand in the letter; then the others.
pub(super) fn choose(candidates: Vec<Candidate<'_>>, length: usize) -> Vec<Group<'_>> {
    let claims = Claims::new(&candidates, length);
    let mut by_field: BTreeMap<&str, Vec<Group<'_>>> = BTreeMap::new();
    let (free, claimed): (Vec<_>, Vec<_>) = candidates
        .into_iter()
        .map(|candidate| (claims.claimant(&candidate), candidate))
        .partition(|(by, _)| by.is_none());
    for group in grouped(free.into_iter().map(|(_, candidate)| candidate)) {
        by_field.entry(group.field).or_default().push(group);
    }
    for groups in by_field.values_mut() {
        judge(groups, length);
    }
    refute(&mut by_field);
    for (by, candidate) in claimed {
        let mut group = Group::of(candidate);
        group.verdict = Verdict::Claimed(by.unwrap_or_default());
        by_field.entry(group.field).or_default().push(group);
    }
    by_field.into_values().flatten().collect()
}

/// Candidates by field and value.
pub(super) fn grouped<'a>(
    candidates: impl Iterator<Item = Candidate<'a>>,
) -> impl Iterator<Item = Group<'a>> {
    let mut candidates: Vec<Candidate<'a>> = candidates.collect();
    candidates.sort_by(|a, b| (a.field, &a.value.text).cmp(&(b.field, &b.value.text)));
    let mut groups: Vec<Group<'a>> = Vec::with_capacity(candidates.len());
    for candidate in candidates {
        let is_of = |group: &&mut Group<'a>| group.is_of(&candidate);
        match groups.last_mut().filter(is_of) {
            Some(group) => group.candidates.push(candidate),
            None => groups.push(Group::of(candidate)),
        }
    }
    groups.into_iter()
}

/// Candidates that something speaks against, grouped. Where another field has the characters, that is
/// what speaks against them.
pub(super) fn barred<'a>(candidates: Vec<Candidate<'a>>, chosen: &[Group<'_>]) -> Vec<Group<'a>> {
    let claims = |field: &str, span| {
        let mut kept = chosen.iter().filter(|group| group.verdict == Verdict::Kept && group.field == field);
        kept.any(|group| group.spans().any(|other| overlap(other, span)))
    };
    let judged = |group: Group<'a>| {
        let claimant = group.candidates.iter().find_map(|candidate| {
            candidate.finder.yields_to.iter().find(|field| claims(field, candidate.span))
        });
        let verdict = claimant.map_or(Verdict::Barred, |field| Verdict::Claimed(field.clone()));
        Group { verdict, ..group }
    };
    grouped(candidates.into_iter()).map(judged).collect()
}

/// Puts a field's values in order and says which of them stand.
fn judge(groups: &mut Vec<Group<'_>>, length: usize) {
    groups.sort_by_cached_key(|group| (std::cmp::Reverse(group.rank()), group.start()));
    let mut taken = Spans::default();
    for group in &mut *groups {
        if !group.believed() {
            group.verdict = Verdict::NoSecondCue;
        } else if group.spans().all(|span| taken.meet(span)) {
            group.verdict = Verdict::Covered;
        } else {
            group.spans().for_each(|span| taken.add(span, length));
        }
    }
    groups.sort_by_key(|group| group.verdict != Verdict::Kept);
}

/// Takes back values beside which a value of another field may not stand.
fn refute(by_field: &mut BTreeMap<&str, Vec<Group<'_>>>) {
    let stands = |groups: &Vec<Group<'_>>| groups.iter().any(|group| group.verdict == Verdict::Kept);
    let standing: BTreeSet<String> =
        by_field.iter().filter(|(_, groups)| stands(groups)).map(|(field, _)| (*field).to_owned()).collect();
    for group in by_field.values_mut().flatten().filter(|group| group.verdict == Verdict::Kept) {
        let refuted = |candidate: &Candidate<'_>| {
            candidate.finder.unless.iter().find(|field| standing.contains(*field)).cloned()
        };
        let by: Option<Vec<String>> = group.candidates.iter().map(refuted).collect();
        if let Some(field) = by.and_then(|fields| fields.into_iter().next()) {
            group.verdict = Verdict::Refuted(field);
        }
    }
}

/// The values that stand, with their evidence.
pub(super) fn fields(groups: &[Group<'_>], text: &ItemText, pages: &[PageContent]) -> Fields {
    let mut fields = Fields::new();
    for group in groups.iter().filter(|group| group.verdict == Verdict::Kept) {
        let value = group.field_value(text, pages);
        if let Some(value) = value.filter(|value| value.confidence >= MIN_CONFIDENCE) {
            fields.entry(group.field.to_owned()).or_default().push(value);
        }
    }
    fields
}

pub(super) fn overlap(a: (u32, u32), b: (u32, u32)) -> bool {
    a.0 < b.1 && b.0 < a.1
}

/// Characters of a letter.
#[derive(Default)]
pub(super) struct Spans(Vec<bool>);

impl Spans {
    pub(super) fn add(&mut self, (start, end): (u32, u32), length: usize) {
        self.0.resize(length, false);
        if let Some(characters) = self.0.get_mut(start as usize..end as usize) {
            characters.fill(true);
        }
    }

    pub(super) fn meet(&self, (start, end): (u32, u32)) -> bool {
        self.0.get(start as usize..end as usize).is_some_and(|characters| characters.contains(&true))
    }
}

/// The characters of the fields to which others yield.
struct Claims(BTreeMap<String, Spans>);

impl Claims {
    fn new(candidates: &[Candidate<'_>], length: usize) -> Claims {
        let yielded_to = candidates.iter().flat_map(|candidate| candidate.finder.yields_to);
        let mut claims: BTreeMap<String, Spans> =
            yielded_to.map(|field| (field.clone(), Spans::default())).collect();
        for candidate in candidates {
            if let Some(spans) = claims.get_mut(candidate.field) {
                spans.add(candidate.span, length);
            }
        }
        Claims(claims)
    }

    /// The field that has the better claim to a candidate's characters.
    fn claimant(&self, candidate: &Candidate<'_>) -> Option<String> {
        let claims = |field: &&String| self.0.get(*field).is_some_and(|spans| spans.meet(candidate.span));
        candidate.finder.yields_to.iter().find(claims).cloned()
    }
}

impl<'a> Group<'a> {
    fn of(candidate: Candidate<'a>) -> Group<'a> {
        Group { field: candidate.field, candidates: vec![candidate], verdict: Verdict::Kept }
    }

    pub(super) fn value(&self) -> &str {
        self.candidates.first().map_or("", |candidate| &candidate.value.text)
    }

    fn is_of(&self, candidate: &Candidate<'_>) -> bool {
        self.field == candidate.field && self.value() == candidate.value.text
    }

    /// What found it, in the order of the names.
    pub(super) fn finders(&self) -> Vec<&str> {
        let mut finders: Vec<&str> = self.candidates.iter().map(|candidate| candidate.finder.id).collect();
        finders.sort_unstable();
        finders.dedup();
        finders
    }

    pub(super) fn spans(&self) -> impl Iterator<Item = (u32, u32)> {
        self.candidates.iter().map(|candidate| candidate.span)
    }

    fn believed(&self) -> bool {
        self.candidates.iter().any(|candidate| !candidate.finder.second_cue) || self.finders().len() > 1
    }

    /// How sure the finders are, in hundredths; the recogniser's doubts do not count, since they
    /// would shuffle what stands in an order. Rows of a table are sure for being rows.
    fn rank(&self) -> u32 {
        let strength = |candidate: &Candidate<'_>| candidate.finder.confidence * candidate.value.confidence;
        let rows = self.candidates.iter().filter(|candidate| candidate.finder.ordered).map(strength);
        let row = rows.fold(0.0, f32::max);
        let strength = if row > 0.0 { 1.0 + row } else { self.sureness(std::iter::repeat(1.0)) };
        (strength * 100.0).round() as u32
    }

    /// How sure it is that it was recognised and read rightly, with how sure the recognition of each of
    /// its places is. The same value found in several ways is surer; the same way twice is not.
    fn sureness(&self, certainties: impl IntoIterator<Item = f32>) -> f32 {
        let mut ways: Vec<&str> = Vec::new();
        let mut doubt = 1.0;
        for (candidate, certainty) in self.candidates.iter().zip(certainties) {
            if !ways.contains(&candidate.finder.id) {
                ways.push(candidate.finder.id);
                doubt *= 1.0 - candidate.finder.confidence * candidate.value.confidence * certainty;
            }
        }
        1.0 - doubt
    }

    pub(super) fn start(&self) -> u32 {
        self.spans().map(|span| span.0).min().unwrap_or(0)
    }

    pub(super) fn field_value(&self, text: &ItemText, pages: &[PageContent]) -> Option<FieldValue> {
        let first = self.candidates.first()?;
        let mut places: Vec<Evidence> = Vec::new();
        let mut certainties = Vec::with_capacity(self.candidates.len());
        let mut seen = BTreeSet::new();
        for candidate in &self.candidates {
            let (evidence, certainty) = evidence(text, pages, candidate.span);
            certainties.push(certainty);
            places.extend(evidence.into_iter().filter(|place| seen.insert((place.start, place.end))));
        }
        let mut warnings = first.value.warnings.clone();
        warnings.dedup();
        Some(FieldValue {
            value: Sensitive::new(first.value.text.clone()),
            raw: Sensitive::new(first.raw.to_owned()),
            confidence: self.sureness(certainties),
            state: ReviewState::Machine,
            extractor: format!("pattern:{}", self.finders().join("+")),
            warnings,
            evidence: places,
        })
    }
}
