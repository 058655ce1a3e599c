//! Axes that follow another: what was decided there, looked up in a table of the pipeline, is what
//! holds here, named after the county that the item is about where that is known.
//!
//! The table speaks before the axis' own rules, which decide only where it says nothing: where the
//! other axis is undecided, or its category stands in no row.

use dossier_fields::values::county_of;
use dossier_model::{CategoryScore, Classification, Fields, ItemText, Reason, ReviewState};
use dossier_pipeline::{FollowSpec, LEVELS};

use crate::compile::{Axis, Classifier};

/// The county that an item is about, with the field that says so and where.
struct County {
    name: String,
    reason: Reason,
}

impl Classifier {
    /// Lets the axes that follow another do so; what people decided on them stands. Returns which
    /// did.
    pub fn follow(&self, found: &mut Classification, text: &ItemText, fields: &Fields) -> Vec<&str> {
        let mut followed = Vec::new();
        let county = self.county(text, fields);
        for axis in &self.axes {
            let Some(spec) = &axis.spec.follows else { continue };
            let units = units(axis, spec, found, county.as_ref());
            if !units.is_empty() {
                replace(found, &axis.name, units);
                followed.push(axis.name.as_str());
            }
        }
        followed
    }

    fn county(&self, text: &ItemText, fields: &Fields) -> Option<County> {
        let values = self.region_fields.iter().filter_map(|name| Some((name, fields.get(name)?)));
        let mut values = values.flat_map(|(name, values)| values.iter().map(move |value| (name, value)));
        values.find_map(|(field, value)| {
            let region = value.value.reveal();
            let (name, span) = county_of(region)?;
            let mut reason =
                Reason { rule: field.clone(), phrase: name.clone(), start: 0, end: 0, weight: 0.0 };
            // The county has a place of its own where the text has the value as it stands.
            let as_it_stands = value.evidence.iter().find(|at| {
                let there = text.text.chars().skip(at.start as usize).take((at.end - at.start) as usize);
                there.eq(region.chars())
            });
            if let Some(at) = as_it_stands {
                (reason.start, reason.end) = (at.start + span.start, at.start + span.end);
                reason.phrase = region.chars().skip(span.start as usize).take(span.len()).collect();
            }
            Some(County { name, reason })
        })
    }
}

/// What follows from the categories decided on the other axis, in their order; two that lead to the
/// same value add up.
fn units(
    axis: &Axis,
    spec: &FollowSpec,
    found: &Classification,
    county: Option<&County>,
) -> Vec<CategoryScore> {
    let mut units: Vec<CategoryScore> = Vec::new();
    for decided in found.decided.iter().filter(|decided| decided.axis == spec.axis) {
        let Some((row, value)) = row(spec, &decided.path) else { continue };
        let weight = decided.score;
        let reason = Reason { rule: row, phrase: String::new(), start: 0, end: 0, weight };
        if let Some(unit) = units.iter_mut().find(|unit| unit.code == *value) {
            unit.score += weight;
            unit.reasons.push(reason);
            continue;
        }
        let named = county.and_then(|county| Some((spec.name_in(value, &county.name)?, county)));
        let mut path = vec![value.clone()];
        let mut reasons = vec![reason];
        if let Some((name, county)) = named {
            path.push(name);
            reasons.push(county.reason.clone());
        }
        let (axis, code) = (axis.name.clone(), value.clone());
        units.push(CategoryScore { axis, code, path, score: weight, reasons, state: ReviewState::Machine });
    }
    units
}

/// The row of the table for the deepest category of a path that has one.
fn row<'a>(spec: &'a FollowSpec, path: &[String]) -> Option<(String, &'a String)> {
    (1..=path.len()).rev().find_map(|depth| {
        let key = path[..depth].join(LEVELS);
        let value = spec.to.get(&key)?;
        Some((key, value))
    })
}

/// Puts what follows in the place of what the axis' own rules say.
fn replace(found: &mut Classification, axis: &str, units: Vec<CategoryScore>) {
    let mut candidates = units.clone();
    // What a person decided on the other axis has no score.
    candidates.retain(|unit| unit.score > 0.0);
    candidates.sort_by(|a, b| b.score.total_cmp(&a.score).then_with(|| a.code.cmp(&b.code)));
    put(&mut found.candidates, axis, candidates);
    found.undecided.retain(|undecided| undecided != axis);
    if !found.decided.iter().any(|decided| decided.axis == axis && !decided.state.is_machine()) {
        put(&mut found.decided, axis, units);
    }
}

/// Axes stand in the order of their names.
fn put(list: &mut Vec<CategoryScore>, axis: &str, new: Vec<CategoryScore>) {
    list.retain(|category| category.axis != axis);
    let at = list.iter().position(|category| category.axis.as_str() > axis).unwrap_or(list.len());
    list.splice(at..at, new);
}
