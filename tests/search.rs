//! Exact recall: whatever stands in the letters is found, and nothing else.

#![allow(clippy::expect_used, clippy::unwrap_used)] // A test may stop where it stands.

mod support;

use dossier_model::fold_text;
use dossier_testkit::rng::Rng;
use support::{Place, ids, samples};

/// The folded text of each cell or letter of an item, as one run each.
fn runs(item: &serde_json::Value) -> Vec<String> {
    item["text"].as_str().expect("a text").split('\n').map(fold_text).collect()
}

#[test]
fn every_substring_of_a_register_is_found_and_nothing_else() {
    let place = Place::new();
    place.ingest([samples().join("registers")]).exits(0);
    let items = place.ask(["export", "--mask", "none"]).exits(0).lines();
    let texts: Vec<(String, Vec<String>)> =
        items.iter().map(|item| (item["id"].as_str().expect("an id").to_owned(), runs(item))).collect();
    let mut numbers = Rng::new(20_261_124);
    for _ in 0..150 {
        let (_, runs) = &texts[numbers.below(texts.len())];
        let run: Vec<char> = runs[numbers.below(runs.len())].chars().collect();
        let length = 2 + numbers.below(11);
        if run.len() < length {
            continue;
        }
        let at = numbers.below(run.len() - length + 1);
        let phrase: String = run[at..at + length].iter().collect();
        let phrase = phrase.trim();
        let mut expected: Vec<&str> = texts
            .iter()
            .filter(|(_, runs)| runs.iter().any(|run| run.contains(phrase)))
            .map(|(id, _)| id.as_str())
            .collect();
        expected.sort_unstable();
        for form in [phrase.to_owned(), full_width(phrase), broken(phrase)] {
            let found =
                place.ask(["search", "--literal", "--json", "--limit", "1000", "--", &form]).exits(0).json();
            let mut found = ids(&found);
            found.sort_unstable();
            assert_eq!(found, expected, "{form:?}");
        }
    }
}

fn full_width(phrase: &str) -> String {
    let wide = |c: char| match c {
        '!'..='~' => char::from_u32(c as u32 + 0xFEE0).unwrap_or(c),
        c => c,
    };
    phrase.chars().map(wide).collect()
}

/// With a line break between any two characters of which one is Han.
fn broken(phrase: &str) -> String {
    let chars: Vec<char> = phrase.chars().collect();
    let mut text = String::new();
    for (at, c) in chars.iter().enumerate() {
        let han = |c: &char| dossier_model::is_han(*c);
        if at > 0 && (han(c) || han(&chars[at - 1])) {
            text.push('\n');
        }
        text.push(*c);
    }
    text
}
