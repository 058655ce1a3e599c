//! What classifying a letter of 500 characters costs: with the rules as they are, with ten times as
//! many about other matters or about the same, and, for comparison, looking every phrase up by itself.

use divan::Bencher;
use dossier_model::{Fields, ItemText, Locator, Sha256, fold_text};
use dossier_pipeline::Pipeline;
use dossier_rules::Classifier;

fn main() {
    divan::main();
}

fn petitions() -> Pipeline {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../pipelines/petitions");
    Pipeline::load(&folder).unwrap_or_else(|faults| panic!("{faults}"))
}

/// How the rules are multiplied.
#[derive(Clone, Copy, Debug)]
enum More {
    /// As they are.
    None,
    /// Nine copies about other matters: no phrase, pair or expression of theirs is in the letter.
    Other,
    /// Nine copies that share the word lists, pairs and expressions of the first, and so fire with it.
    Same,
}

fn rules(more: More) -> Pipeline {
    let mut pipeline = petitions();
    let words = pipeline.words.clone();
    let copies = if matches!(more, More::None) { 0 } else { 9 };
    for file in &mut pipeline.rules {
        let rules = file.rules.clone();
        for copy in 1..=copies {
            let other = |phrases: &[String]| -> Vec<String> {
                words.expand(phrases).map(|phrase| format!("{phrase}第{copy}号")).collect()
            };
            let own = |phrase: &String| {
                if phrase.starts_with('@') { phrase.clone() } else { format!("{phrase}第{copy}号") }
            };
            file.rules.extend(rules.iter().cloned().map(|mut rule| {
                rule.id = format!("{}-{copy}", rule.id);
                match more {
                    More::None => {}
                    More::Same => rule.any = rule.any.iter().map(own).collect(),
                    More::Other => {
                        rule.any = other(&rule.any);
                        rule.all = other(&rule.all);
                        rule.regex.iter_mut().for_each(|regex| *regex = format!("(?:{regex})第{copy}号"));
                        for near in &mut rule.near {
                            (near.a, near.b) = (other(&near.a), other(&near.b));
                        }
                    }
                }
                rule
            }));
        }
    }
    pipeline
}

fn letter() -> ItemText {
    let text = "尊敬的县领导：\n您好！我是石桥镇上坪村的村民，今年五十六岁。去年三月，镇里修建工业园，征用了我组二十三亩承包地，\
        当时说好青苗费和土地补偿费三个月内发到各户。可是到今天一年多了，只发了一部分，账目从来没有公布过。\
        我们多次到村委会和镇政府反映，得到的答复都是再等等。园区的工地日夜施工，噪音很大，灰尘落得满院都是，\
        井水也有了异味，孩子们晚上睡不好觉，老人咳嗽不止。村里的水泥路被运料的货车压坏，雨天积水没过脚面，\
        学生上学要绕行两里多路。\n我们不是不支持建设，只是希望把该给的补偿款足额发放，把道路修好，\
        并请环保部门来测一测污水和噪声是不是超标。组里还有四户老人没有参加养老保险，土地没有了，生活没有着落，\
        希望能按照失地农民的政策办理参保手续。以上情况句句属实，请领导派人到村里来看一看，给我们一个答复。\n此致\n敬礼\n村民代表 甲乙丙\n二〇一九年四月六日";
    let long = text.repeat(500 / text.chars().count() + 1);
    let text: String = long.chars().take(500).collect();
    let mut item = ItemText::default();
    item.push(&text, Sha256::of(text.as_bytes()), Locator::Page(1), true);
    item
}

#[divan::bench(args = [More::None, More::Other, More::Same])]
fn whole_rule_set(bencher: Bencher<'_, '_>, more: More) {
    let classifier = Classifier::new(&rules(more)).unwrap_or_else(|error| panic!("{error}"));
    let (letter, fields) = (letter(), Fields::new());
    bencher.bench_local(|| classifier.classify(&letter, &fields, Some(2019)));
}

#[divan::bench]
fn folding_alone(bencher: Bencher<'_, '_>) {
    let letter = letter();
    bencher.bench_local(|| fold_text(&letter.text));
}

/// The peer: `str::contains` for each phrase in turn.
#[divan::bench(args = [More::None, More::Other])]
fn each_phrase_by_itself(bencher: Bencher<'_, '_>, more: More) {
    let pipeline = rules(more);
    let phrases: Vec<String> = pipeline
        .rules
        .iter()
        .flat_map(|file| &file.rules)
        .flat_map(|rule| pipeline.words.expand(&rule.any).collect::<Vec<_>>())
        .map(|phrase| fold_text(&phrase))
        .collect();
    let letter = letter();
    bencher.bench_local(|| {
        let folded = fold_text(&letter.text);
        phrases.iter().filter(|phrase| folded.contains(phrase.as_str())).count()
    });
}
