//! Properties that hold for any rules and any letters, tried on many random ones.

use dossier_model::{Fields, ItemText, Locator, Sha256};
use dossier_pipeline::{Pipeline, RuleFile};
use dossier_testkit::rng::Rng;

use crate::Classifier;

fn petitions() -> Pipeline {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../pipelines/petitions");
    Pipeline::load(&folder).unwrap_or_else(|faults| panic!("{faults}"))
}

/// A letter of phrases of the rules, with words between that mean nothing.
fn letter(phrases: &[String], numbers: &mut Rng) -> ItemText {
    let mut text = String::from("各位领导：\n");
    for _ in 0..2 + numbers.below(12) {
        text += &phrases[numbers.below(phrases.len())];
        text += ["，", "的事情。", "这样\n", "和"][numbers.below(4)];
    }
    let mut item = ItemText::default();
    item.push(&text, Sha256::of(text.as_bytes()), Locator::Page(1), true);
    item
}

fn phrases(pipeline: &Pipeline) -> Vec<String> {
    let rules = pipeline.rules.iter().flat_map(|file| &file.rules);
    rules.flat_map(|rule| pipeline.words.expand(&rule.any).collect::<Vec<_>>()).collect()
}

#[test]
fn the_order_of_files_and_rules_never_matters() {
    let pipeline = petitions();
    let mut shuffled = pipeline.clone();
    let mut numbers = Rng::new(7);
    for at in (1..shuffled.rules.len()).rev() {
        shuffled.rules.swap(at, numbers.below(at + 1));
    }
    shuffled.rules.iter_mut().for_each(|file| file.rules.reverse());
    let (one, other) = (Classifier::new(&pipeline).unwrap(), Classifier::new(&shuffled).unwrap());
    let phrases = phrases(&pipeline);
    for _ in 0..300 {
        let letter = letter(&phrases, &mut numbers);
        let fields = Fields::new();
        assert_eq!(one.classify(&letter, &fields, None), other.classify(&letter, &fields, None));
    }
}

#[test]
fn reasons_add_up_to_scores_and_explanations_agree_with_decisions() {
    let pipeline = petitions();
    let classifier = Classifier::new(&pipeline).unwrap();
    let phrases = phrases(&pipeline);
    let mut numbers = Rng::new(11);
    for _ in 0..300 {
        let letter = letter(&phrases, &mut numbers);
        let found = classifier.classify(&letter, &Fields::new(), None);
        for candidate in &found.candidates {
            let sum: f32 = candidate.reasons.iter().map(|reason| reason.weight).sum();
            assert!((sum - candidate.score).abs() < 1e-3, "{candidate:?}");
        }
        let explained = classifier.explain(&letter, &Fields::new(), None);
        let candidates: Vec<_> = explained.iter().flat_map(|axis| axis.candidates.clone()).collect();
        assert_eq!(candidates, found.candidates);
        let decided: Vec<_> = explained.iter().flat_map(|axis| axis.decided.clone()).collect();
        assert_eq!(decided, found.decided.iter().map(|c| c.path.clone()).collect::<Vec<_>>());
    }
}

#[test]
fn what_refines_only_goes_deeper_than_scores_do() {
    let pipeline = petitions();
    let mut plain = pipeline.clone();
    for file in &mut plain.rules {
        file.refine.clear();
        file.rules.retain(|rule| !rule.refines);
    }
    let (refined, plain) = (Classifier::new(&pipeline).unwrap(), Classifier::new(&plain).unwrap());
    let mut phrases = phrases(&pipeline);
    phrases.extend(pipeline.rules.iter().flat_map(|file| file.refine.values().flatten().cloned()));
    let mut numbers = Rng::new(17);
    let mut deeper = 0;
    for _ in 0..300 {
        let letter = letter(&phrases, &mut numbers);
        let content = |classifier: &Classifier| -> Vec<(Vec<String>, f32)> {
            let found = classifier.classify(&letter, &Fields::new(), None);
            let of_content = found.candidates.into_iter().filter(|c| c.axis == "content");
            let mut scored: Vec<_> = of_content.map(|c| (c.path, c.score)).collect();
            scored.sort_by(|a, b| a.0.cmp(&b.0));
            scored
        };
        let (refined, plain) = (content(&refined), content(&plain));
        assert_eq!(refined.len(), plain.len());
        for ((path, score), (less, same)) in refined.iter().zip(&plain) {
            assert!(path.starts_with(less) && score == same, "{path:?} {score} {less:?} {same}");
            deeper += usize::from(path.len() > less.len());
        }
    }
    assert!(deeper > 100, "{deeper}");
}

#[test]
fn a_rule_on_one_axis_never_changes_another() {
    let pipeline = petitions();
    let mut more = pipeline.clone();
    let extra = "axis = \"weather\"\n[settings]\nzh = \"天气\"\nen = \"Weather\"\nvalues = [\"雨\"]\nmin_score = 0.5\nmin_lead = 0.0\nsecondary = 2.0\ntitle = 1.0\nfading = 1.0\n[[rule]]\nid = \"rain\"\npath = [\"雨\"]\nweight = 1.0\nany = [\"拆迁\", \"工资\", \"领导\", \"的\"]\n";
    more.rules.insert(0, toml::from_str::<RuleFile>(extra).unwrap());
    let (one, other) = (Classifier::new(&pipeline).unwrap(), Classifier::new(&more).unwrap());
    let phrases = phrases(&pipeline);
    let mut numbers = Rng::new(13);
    for _ in 0..300 {
        let letter = letter(&phrases, &mut numbers);
        let mut with = other.classify(&letter, &Fields::new(), None);
        with.decided.retain(|category| category.axis != "weather");
        with.candidates.retain(|category| category.axis != "weather");
        with.undecided.retain(|axis| axis != "weather");
        assert_eq!(with, one.classify(&letter, &Fields::new(), None));
    }
}

#[test]
fn a_common_misreading_changes_no_decision() {
    let pipeline = petitions();
    let classifier = Classifier::new(&pipeline).unwrap();
    let decide = |text: &str| {
        let mut item = ItemText::default();
        item.push(text, Sha256::of(text.as_bytes()), Locator::Page(1), true);
        let found = classifier.classify(&item, &Fields::new(), None);
        found.decided.iter().find(|c| c.axis == "content").map(|c| (c.path.clone(), c.score))
    };
    let right = decide("房屋拆迁以后，过渡费一直没有发，评估也不公");
    assert!(right.is_some());
    for misread in
        ["房屋折迁以后，过渡费一直没有发，评估也不公", "房屋析迁以后，过渡费一直没有发，评估也不公"]
    {
        assert_eq!(decide(misread), right, "{misread}");
    }
}

#[test]
fn a_very_long_text_is_about_what_a_short_one_is() {
    let classifier = Classifier::new(&petitions()).unwrap();
    let about = |times: usize| -> Vec<Vec<String>> {
        let mut item = ItemText::default();
        let text = "反映征地补偿。".repeat(times);
        item.push(&text, Sha256::of(text.as_bytes()), Locator::Page(1), true);
        let classified = classifier.classify(&item, &Fields::new(), None);
        classified.decided.into_iter().map(|category| category.path).collect()
    };
    // A million characters: were each place held against all others, this would take minutes.
    let long = about(150_000);
    assert!(!long.is_empty());
    assert_eq!(long, about(100));
}
