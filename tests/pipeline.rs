//! The pipeline that comes with the program: its files are sound and its rules pass their own
//! tests.

#![allow(clippy::expect_used, clippy::unwrap_used)] // A test may stop where it stands.

mod support;

use std::collections::BTreeSet;

use dossier_model::{Fields, ItemText, Locator, Sha256};
use dossier_pipeline::{Pipeline, load_cases};
use dossier_rules::Classifier;

fn petitions() -> Pipeline {
    Pipeline::load(&support::root().join("pipelines/petitions")).unwrap_or_else(|faults| panic!("{faults}"))
}

fn text_of(text: &str) -> ItemText {
    let mut item = ItemText::default();
    item.push(text, Sha256::of(text.as_bytes()), Locator::Page(1), true);
    item
}

#[test]
fn the_scheme_is_whole() {
    let pipeline = petitions();
    let levels = |level: usize| pipeline.scheme.categories.iter().filter(|c| c.path.len() == level).count();
    assert_eq!((levels(1), levels(2), levels(3)), (15, 118, 517));
}

#[test]
fn every_first_level_category_has_rules_and_a_test() {
    let pipeline = petitions();
    let content = || pipeline.rules.iter().filter(|file| file.axis == "content");
    let rules = || content().flat_map(|file| &file.rules);
    let first: BTreeSet<&str> = pipeline.scheme.categories.iter().map(|c| c.path[0].as_str()).collect();
    let ruled: BTreeSet<&str> = rules().map(|rule| rule.path[0].as_str()).collect();
    assert_eq!(ruled, first);
    let tested: BTreeSet<&str> =
        rules().filter(|rule| !rule.tests.is_empty()).map(|rule| rule.path[0].as_str()).collect();
    assert_eq!(tested, first);
}

#[test]
fn every_first_level_category_chooses_among_its_third_level_in_few_lines() {
    let folder = support::root().join("pipelines/petitions");
    let pipeline = petitions();
    let cases = load_cases(&folder).expect("sound cases");
    for first in pipeline.scheme.categories.iter().filter(|category| category.path.len() == 1) {
        let first = &first.path[0];
        let rules = pipeline.rules.iter().flat_map(|file| file.rules.iter().cloned().chain(file.refining()));
        let third: BTreeSet<Vec<String>> =
            rules.map(|rule| rule.path).filter(|path| path.len() == 3 && path[0] == *first).collect();
        assert!(third.len() >= 6, "{first}: {}", third.len());
        let whole = cases.iter().filter(|case| case.path.len() == 3 && case.path[0] == *first).count();
        assert!(whole >= 3, "{first}: {whole}");
    }
    for file in std::fs::read_dir(folder.join("rules")).expect("rules").flatten() {
        let lines = std::fs::read_to_string(file.path()).expect("a file").lines().count();
        let of_category = file.file_name().to_string_lossy().starts_with(|c: char| c.is_ascii_digit());
        assert!(!of_category || lines <= 150, "{}: {lines}", file.path().display());
    }
}

#[test]
fn the_same_letter_in_another_writing_is_classified_the_same() {
    let pipeline = petitions();
    let classifier = Classifier::new(&pipeline).expect("the rules compile");
    let decided = |text: &str| {
        let found = classifier.classify(&text_of(text), &Fields::new(), None);
        let best = found.decided.iter().find(|c| c.axis == "content").map(|c| (c.path.clone(), c.score));
        best.unwrap_or_else(|| panic!("undecided: {text}"))
    };
    let plain = decided("包工头拖欠农民工工资半年，劳动监察不受理。");
    for other in [
        "包工頭拖欠農民工工資半年，勞動監察不受理。",
        "包工头拖欠农民\n工工资半年，劳 动 监 察不受理。",
        "包工头拖欠农民工工资半年,劳动监察不受理｡",
    ] {
        assert_eq!(decided(other), plain, "{other}");
    }
}

#[test]
fn offices_and_salutations_do_not_count() {
    let pipeline = petitions();
    let classifier = Classifier::new(&pipeline).expect("the rules compile");
    let text = text_of("尊敬的教育局领导：\n自来水停水三天，没有人管。\n此致\n敬礼\n小学教师 甲乙");
    let found = classifier.classify(&text, &Fields::new(), None);
    assert_eq!(
        found.decided.iter().find(|c| c.axis == "content").map(|c| c.path[0].as_str()),
        Some("城乡建设")
    );
    assert!(found.candidates.iter().all(|c| c.path[0] != "教育文体"), "{:?}", found.candidates);
}
