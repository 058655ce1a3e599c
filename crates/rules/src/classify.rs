//! From phrases to a decision.

use std::ops::Range;

use dossier_model::{CategoryScore, Classification, Fields, ItemText, Reason};

use crate::compile::{Axis, Classifier, Rule};
use crate::hits::{Hits, overlaps};

impl Classifier {
    /// Classifies an item's text on every axis; `year` is when it was written, if that is known.
    pub fn classify(&self, text: &ItemText, fields: &Fields, year: Option<i32>) -> Classification {
        let hits = Hits::find(self, text, fields);
        let mut result = Classification::default();
        for axis in &self.axes {
            let neutral = hits.neutral(&axis.neutral);
            let rules = axis.rules.iter().filter(|rule| speaks_of(rule, year));
            let fired: Vec<(&Rule, Vec<Reason>)> = rules
                .map(|rule| (rule, fire(rule, axis, &hits, &neutral, &text.text)))
                .filter(|(_, reasons)| !reasons.is_empty())
                .collect();
            self.decide(axis, &fired, &mut result);
        }
        result
    }

    /// The candidates of an axis are its first-level categories with a score above zero, each
    /// followed down to where its own rules are clearest.
    fn decide(&self, axis: &Axis, fired: &[(&Rule, Vec<Reason>)], result: &mut Classification) {
        let mut candidates: Vec<CategoryScore> = Vec::new();
        for (rule, _) in fired {
            let first = &rule.path[..1];
            if !candidates.iter().any(|candidate| candidate.path.starts_with(first)) {
                candidates.extend(self.candidate(axis, first, fired));
            }
        }
        candidates.sort_by(|a, b| b.score.total_cmp(&a.score).then_with(|| a.code.cmp(&b.code)));
        let Some(best) = candidates.first().map(|candidate| candidate.score) else { return };
        let lead = best - candidates.get(1).map_or(0.0, |second| second.score);
        if best < axis.spec.min_score || lead < axis.spec.min_lead * best {
            result.undecided.push(axis.name.clone());
        } else {
            let strong = |score: f32| score >= axis.spec.min_score && score >= axis.spec.secondary * best;
            let decided = candidates.iter().enumerate().filter(|(at, c)| *at == 0 || strong(c.score));
            result.decided.extend(decided.map(|(_, candidate)| candidate.clone()));
        }
        result.candidates.extend(candidates);
    }

    fn candidate(
        &self,
        axis: &Axis,
        first: &[String],
        fired: &[(&Rule, Vec<Reason>)],
    ) -> Option<CategoryScore> {
        let score = score_of(first, fired);
        let path = deepest(first.to_vec(), fired);
        let reasons = fired
            .iter()
            .filter(|(rule, _)| rule.path.starts_with(first))
            .flat_map(|(_, reasons)| reasons.clone())
            .collect();
        let code = self.scheme.by_path(&path).map(|category| category.code.clone()).unwrap_or_default();
        (score > 0.0).then(|| CategoryScore { axis: axis.name.clone(), code, path, score, reasons })
    }
}

fn speaks_of(rule: &Rule, year: Option<i32>) -> bool {
    let Some(year) = year else { return true };
    rule.years.0.is_none_or(|from| from <= year) && rule.years.1.is_none_or(|to| year <= to)
}

/// The score of a category: what the rules of it and of those below it add.
fn score_of(path: &[String], fired: &[(&Rule, Vec<Reason>)]) -> f32 {
    let below = fired.iter().filter(|(rule, _)| rule.path.starts_with(path));
    below.flat_map(|(_, reasons)| reasons).map(|reason| reason.weight).sum()
}

/// Follows the best child as long as one is better than its siblings.
fn deepest(mut path: Vec<String>, fired: &[(&Rule, Vec<Reason>)]) -> Vec<String> {
    loop {
        let mut children: Vec<(f32, &[String])> = Vec::new();
        for (rule, _) in fired.iter().filter(|(rule, _)| rule.path.len() > path.len()) {
            let child = &rule.path[..path.len() + 1];
            if child.starts_with(&path) && !children.iter().any(|(_, known)| *known == child) {
                children.push((score_of(child, fired), child));
            }
        }
        children.sort_by(|a, b| b.0.total_cmp(&a.0));
        match children.as_slice() {
            [(score, child), rest @ ..]
                if *score > 0.0 && rest.first().is_none_or(|next| next.0 < *score) =>
            {
                path = child.to_vec();
            }
            _ => return path,
        }
    }
}

/// The reasons a rule gives; none if it does not fire.
fn fire(rule: &Rule, axis: &Axis, hits: &Hits, neutral: &[Range<usize>], text: &str) -> Vec<Reason> {
    let places = |phrase| hits.places(phrase, rule, neutral);
    let occurs = |phrase: &usize| places(*phrase).next().is_some();
    if rule.none.iter().any(occurs) || !rule.all.iter().all(occurs) {
        return Vec::new();
    }
    let near = rule.near.iter().find_map(|near| {
        let b: Vec<_> = near.b.iter().flat_map(|phrase| places(*phrase)).collect();
        near.a.iter().flat_map(|phrase| places(*phrase)).find_map(|a| pair(a, &b, near.within))
    });
    let matched = rule.regex.iter().find_map(|regex| {
        let mut found = regex.find_iter(&hits.letter.running.text).map(|found| found.range());
        found.find(|place| !overlaps(neutral, place))
    });
    if near.is_none() && !rule.near.is_empty() || matched.is_none() && !rule.regex.is_empty() {
        return Vec::new();
    }
    let counted = if rule.any.is_empty() {
        let all = rule.all.first().and_then(|phrase| places(*phrase).next().cloned());
        near.or(matched).or(all).into_iter().collect()
    } else {
        distinct(rule, hits, neutral)
    };
    counted.into_iter().map(|place| reason(rule, axis, hits, place, text)).collect()
}

/// One place for each different phrase of `any`: in the title if it is there, else the first. A
/// phrase that occurs only within a longer one of the rule does not count by itself.
fn distinct(rule: &Rule, hits: &Hits, neutral: &[Range<usize>]) -> Vec<Range<usize>> {
    let all: Vec<Vec<&Range<usize>>> =
        rule.any.iter().map(|phrase| hits.places(*phrase, rule, neutral).collect()).collect();
    let within = |place: &Range<usize>| {
        all.iter()
            .flatten()
            .any(|other| other.start <= place.start && place.end <= other.end && other.len() > place.len())
    };
    all.iter()
        .filter_map(|places| {
            let own: Vec<&&Range<usize>> = places.iter().filter(|place| !within(place)).collect();
            let first = own.iter().find(|place| hits.in_title(place)).or(own.first())?;
            Some((**first).clone())
        })
        .collect()
}

/// The stretch from `a` to the first of `b` that is near enough, on either side of it.
fn pair(a: &Range<usize>, b: &[&Range<usize>], within: usize) -> Option<Range<usize>> {
    b.iter().find_map(|b| {
        let (first, second) = if a.start <= b.start { (a, *b) } else { (*b, a) };
        let near = second.start >= first.end && second.start - first.end <= within;
        near.then(|| first.start..second.end)
    })
}

fn reason(rule: &Rule, axis: &Axis, hits: &Hits, place: Range<usize>, text: &str) -> Reason {
    let factor = if hits.in_title(&place) { axis.spec.title } else { 1.0 };
    let (start, end) = hits.letter.running.source_range(place);
    let phrase = text.chars().skip(start as usize).take((end - start) as usize).collect();
    Reason { rule: rule.id.clone(), phrase, start, end, weight: rule.weight * factor }
}
