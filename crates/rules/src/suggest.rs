//! Phrases that letters of one category have and others have not, for a person to choose from.
//!
//! Terms come from the statistics of the letters, so that place names and slang are found too: a
//! run of two to six Han characters is a term if it occurs in enough letters, if what stands
//! before and after it varies (Huang and Powers 2003, accessor variety), and if no longer run
//! occurs nearly as often.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use dossier_model::{fold_text, is_han};
use serde::Serialize;

/// The lengths of terms, in characters.
const LENGTHS: std::ops::RangeInclusive<usize> = 2..=6;
/// A term has at least so many different characters on either side.
const VARIETY: usize = 3;

/// A letter that people have classified.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Labelled {
    /// Its category.
    pub label: String,
    /// Its text.
    pub text: String,
}

/// A phrase that speaks for a category.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Suggestion {
    /// The category.
    pub label: String,
    /// The phrase.
    pub phrase: String,
    /// In how many letters of the category it occurs.
    pub support: u64,
    /// Of the letters that it occurs in, the share of the category.
    pub precision: f64,
    /// The precision as a multiple of the category's share of all letters.
    pub lift: f64,
    /// The phrases of the rules that are in it or that it is in.
    pub overlaps: Vec<String>,
    /// Some places where it occurs.
    pub examples: Vec<String>,
}

/// What is asked of a suggestion.
#[derive(Clone, Copy, Debug)]
pub struct Demands {
    /// At least so many letters of the category.
    pub support: u64,
    /// At least this precision.
    pub precision: f64,
    /// At most so many phrases a category.
    pub most: usize,
}

/// In which letters a term occurs, and what stands beside it.
#[derive(Default)]
struct Term {
    letters: Vec<u32>,
    before: BTreeSet<char>,
    after: BTreeSet<char>,
}

/// Phrases for each category, the best first; `known` are the phrases of the rules.
pub fn suggest(letters: &[Labelled], known: &[String], demands: Demands) -> Vec<Suggestion> {
    let folded: Vec<Vec<char>> =
        letters.iter().map(|letter| fold_text(&letter.text).chars().collect()).collect();
    let terms = terms(&folded, demands.support);
    let mut sizes: BTreeMap<&str, u64> = BTreeMap::new();
    for letter in letters {
        *sizes.entry(letter.label.as_str()).or_default() += 1;
    }
    let mut found: BTreeMap<&str, Vec<Suggestion>> = BTreeMap::new();
    for (phrase, term) in &terms {
        let mut counts: BTreeMap<&str, u64> = BTreeMap::new();
        for letter in &term.letters {
            *counts.entry(letters[*letter as usize].label.as_str()).or_default() += 1;
        }
        let Some((label, support)) = counts.into_iter().max_by_key(|(_, count)| *count) else { continue };
        let precision = support as f64 / term.letters.len() as f64;
        if support < demands.support || precision < demands.precision {
            continue;
        }
        let share = sizes[label] as f64 / letters.len() as f64;
        found.entry(label).or_default().push(Suggestion {
            label: label.to_owned(),
            phrase: phrase.clone(),
            support,
            precision,
            lift: precision / share,
            overlaps: Vec::new(),
            examples: Vec::new(),
        });
    }
    let mut suggestions = Vec::new();
    for mut list in found.into_values() {
        list.sort_by(|a, b| value(b).total_cmp(&value(a)).then_with(|| a.phrase.cmp(&b.phrase)));
        list.truncate(demands.most);
        for suggestion in &mut list {
            complete(suggestion, known, &terms, &folded);
        }
        suggestions.extend(list);
    }
    suggestions
}

/// More letters and fewer false ones: support times the logarithm of the lift.
fn value(suggestion: &Suggestion) -> f64 {
    suggestion.support as f64 * suggestion.lift.max(1.0).ln() * suggestion.precision
}

fn complete(
    suggestion: &mut Suggestion,
    known: &[String],
    terms: &HashMap<String, Term>,
    folded: &[Vec<char>],
) {
    let phrase = suggestion.phrase.as_str();
    let overlaps = known.iter().filter(|other| other.contains(phrase) || phrase.contains(other.as_str()));
    suggestion.overlaps = overlaps.cloned().collect::<BTreeSet<_>>().into_iter().collect();
    let letters = terms.get(phrase).map_or(&[][..], |term| &term.letters);
    let needle: Vec<char> = phrase.chars().collect();
    suggestion.examples = letters
        .iter()
        .take(3)
        .filter_map(|letter| {
            let text = &folded[*letter as usize];
            let at = text.windows(needle.len()).position(|window| window == needle)?;
            Some(text[at.saturating_sub(8)..text.len().min(at + needle.len() + 8)].iter().collect())
        })
        .collect();
}

/// The terms of the letters, by the letters they occur in.
fn terms(folded: &[Vec<char>], support: u64) -> HashMap<String, Term> {
    let mut terms: HashMap<String, Term> = HashMap::new();
    for length in LENGTHS {
        for (number, text) in (0_u32..).zip(folded) {
            for (at, window) in text.windows(length).enumerate() {
                if !window.iter().all(|c| is_han(*c)) {
                    continue;
                }
                let term = terms.entry(window.iter().collect()).or_default();
                if term.letters.last() != Some(&number) {
                    term.letters.push(number);
                }
                // The beginning and the end of a text are as good as one more neighbour each.
                term.before.insert(at.checked_sub(1).map_or('\0', |before| text[before]));
                term.after.insert(text.get(at + length).copied().unwrap_or('\0'));
            }
        }
        terms.retain(|_, term| term.letters.len() as u64 >= support);
    }
    let whole: Vec<(String, usize)> =
        terms.iter().map(|(phrase, term)| (phrase.clone(), term.letters.len())).collect();
    let mut parts: BTreeSet<String> = BTreeSet::new();
    for (phrase, count) in &whole {
        let chars: Vec<char> = phrase.chars().collect();
        for part in [&chars[1..], &chars[..chars.len() - 1]] {
            let part: String = part.iter().collect();
            if terms.get(&part).is_some_and(|term| *count * 10 >= term.letters.len() * 9) {
                parts.insert(part);
            }
        }
    }
    terms.retain(|phrase, term| {
        !parts.contains(phrase) && term.before.len() >= VARIETY && term.after.len() >= VARIETY
    });
    terms
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn terms_of_a_category_are_found_and_their_parts_are_not() {
        let letter = |label: &str, text: &str| Labelled { label: label.into(), text: text.into() };
        let mut letters = Vec::new();
        for (before, after) in [("我", "了"), ("他", "吧"), ("你", "呢"), ("它", "么")] {
            letters.push(letter("甲", &format!("{before}住石门塘{after}{before}路")));
            letters.push(letter("乙", &format!("{before}的猫跑{after}")));
        }
        let found = suggest(&letters, &["门塘".into()], Demands { support: 3, precision: 0.8, most: 9 });
        let phrases: Vec<&str> = found.iter().map(|s| s.phrase.as_str()).collect();
        assert!(phrases.contains(&"住石门塘"), "{phrases:?}");
        assert!(!phrases.contains(&"石门塘") && !phrases.contains(&"门塘"), "{phrases:?}");
        let best = found.iter().find(|s| s.phrase == "住石门塘").unwrap();
        assert_eq!((best.label.as_str(), best.support, best.precision, best.lift), ("甲", 4, 1.0, 2.0));
        assert_eq!(best.overlaps, ["门塘"]);
    }
}
