//! How well rules agree with people: precision, recall and F1 by category, the confusion matrix,
//! and how much can be decided at a given precision.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

/// What stands for a letter on which nothing was decided.
pub const UNDECIDED: &str = "—";

/// One letter: what people said, what the rules say, and how clearly.
#[derive(Clone, Debug, PartialEq)]
pub struct Judgement {
    /// People's category; empty where it should be left undecided.
    pub expected: String,
    /// The rules' best category, decided or not; empty if none has a score.
    pub best: String,
    /// Whether it was decided.
    pub decided: bool,
    /// By how much the best leads, as a share of its own score: 0 to 1.
    pub lead: f32,
    /// The best's score.
    pub score: f32,
}

/// How a category fared.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct CategoryQuality {
    /// How many letters people put there.
    pub letters: u64,
    /// Of those that the rules put there, the share that people did too.
    pub precision: f64,
    /// Of those that people put there, the share that the rules did too.
    pub recall: f64,
    /// The harmonic mean of both.
    pub f1: f64,
}

/// How the rules fared on some letters.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Quality {
    /// How many letters.
    pub letters: u64,
    /// The share whose best category is people's.
    pub accuracy: f64,
    /// The mean F1 of the categories that people used.
    pub macro_f1: f64,
    /// The share of letters that was decided.
    pub decided: f64,
    /// Of those, the share decided as people did.
    pub decided_precision: f64,
    /// The largest share of letters, the clearest first, of which at least 95 % are right.
    pub coverage_at_95: f64,
    /// By category.
    pub categories: BTreeMap<String, CategoryQuality>,
    /// How many letters people put in the first and the rules in the second category.
    pub confusion: BTreeMap<String, BTreeMap<String, u64>>,
}

impl Quality {
    /// The quality of some judgements; the best category counts, decided or not.
    pub fn of(judgements: &[Judgement]) -> Quality {
        let mut confusion: BTreeMap<String, BTreeMap<String, u64>> = BTreeMap::new();
        for judgement in judgements {
            let row = confusion.entry(named(&judgement.expected)).or_default();
            *row.entry(named(&judgement.best)).or_default() += 1;
        }
        let categories: BTreeMap<String, CategoryQuality> =
            confusion.keys().map(|name| (name.clone(), category(name, &confusion))).collect();
        let right = |judgement: &&Judgement| judgement.best == judgement.expected;
        let decided: Vec<&Judgement> = judgements.iter().filter(|judgement| judgement.decided).collect();
        let share = |part: usize, whole: usize| if whole == 0 { 0.0 } else { part as f64 / whole as f64 };
        Quality {
            letters: judgements.len() as u64,
            accuracy: share(judgements.iter().filter(right).count(), judgements.len()),
            macro_f1: categories.values().map(|c| c.f1).sum::<f64>() / categories.len().max(1) as f64,
            decided: share(decided.len(), judgements.len()),
            decided_precision: share(decided.iter().copied().filter(right).count(), decided.len()),
            coverage_at_95: coverage(judgements, 0.95),
            categories,
            confusion,
        }
    }
}

fn named(name: &str) -> String {
    if name.is_empty() { UNDECIDED.to_owned() } else { name.to_owned() }
}

fn category(name: &str, confusion: &BTreeMap<String, BTreeMap<String, u64>>) -> CategoryQuality {
    let cell = |expected: &str, found: &str| {
        confusion.get(expected).and_then(|row| row.get(found)).copied().unwrap_or(0)
    };
    let right = cell(name, name);
    let letters: u64 = confusion.get(name).map_or(0, |row| row.values().sum());
    let found: u64 = confusion.keys().map(|expected| cell(expected, name)).sum();
    let share = |whole: u64| if whole == 0 { 0.0 } else { right as f64 / whole as f64 };
    let (precision, recall) = (share(found), share(letters));
    let sum = precision + recall;
    let f1 = if sum == 0.0 { 0.0 } else { 2.0 * precision * recall / sum };
    CategoryQuality { letters, precision, recall, f1 }
}

/// The largest share of the letters, taken in the order of how clear they are, that is right with
/// at least this precision.
fn coverage(judgements: &[Judgement], precision: f64) -> f64 {
    let mut clearest: Vec<&Judgement> = judgements.iter().collect();
    let clarity = |judgement: &Judgement| judgement.lead * judgement.score.sqrt();
    clearest.sort_by(|a, b| clarity(b).total_cmp(&clarity(a)));
    let mut right = 0_usize;
    let mut covered = 0;
    for (at, judgement) in clearest.iter().enumerate() {
        right += usize::from(judgement.best == judgement.expected);
        if right as f64 >= precision * (at + 1) as f64 {
            covered = at + 1;
        }
    }
    covered as f64 / judgements.len().max(1) as f64
}

/// The names in a confusion matrix, people's first.
pub fn names(quality: &Quality) -> Vec<String> {
    let found = quality.confusion.values().flat_map(|row| row.keys());
    let all: BTreeSet<&String> = quality.confusion.keys().chain(found).collect();
    all.into_iter().cloned().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judgement(expected: &str, best: &str, lead: f32) -> Judgement {
        Judgement { expected: expected.into(), best: best.into(), decided: lead > 0.2, lead, score: 4.0 }
    }

    #[test]
    fn shares_are_as_counted_by_hand() {
        let quality = Quality::of(&[
            judgement("甲", "甲", 0.9),
            judgement("甲", "甲", 0.8),
            judgement("甲", "乙", 0.1),
            judgement("乙", "乙", 0.7),
            judgement("乙", "", 0.0),
        ]);
        let a = quality.categories["甲"];
        assert_eq!((a.letters, a.precision, a.recall), (3, 1.0, 2.0 / 3.0));
        let b = quality.categories["乙"];
        assert_eq!((b.letters, b.precision, b.recall, b.f1), (2, 0.5, 0.5, 0.5));
        assert!((quality.macro_f1 - (0.8 + 0.5) / 2.0).abs() < 1e-9);
        assert_eq!((quality.accuracy, quality.decided, quality.decided_precision), (0.6, 0.6, 1.0));
        assert_eq!(quality.coverage_at_95, 0.6);
        assert_eq!(quality.confusion["乙"][UNDECIDED], 1);
        assert_eq!(names(&quality), ["—", "乙", "甲"]);
    }
}
