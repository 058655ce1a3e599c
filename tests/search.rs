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

const CASES: &str = "信访编号,信访人,联系电话,来信日期,匿名,标题,信访内容,办理结果\n\
    A1,钱守信,19900001111,2018-03-02,否,征地补偿,镇里修工业园征了我家的承包地，青苗费和土地补偿款至今没有发到户,已责成镇政府核发\n\
    A2,孙有田,19900002222,2019-05-06,否,占地赔偿,我家承包地被工业园征了，青苗费和土地补偿款至今没有发到户，请查,\n\
    A3,钱守信,19900001111,2020-07-08,否,路灯不亮,村口路灯坏了半年没有人修,已修复\n\
    A4,知情人,19900001111,2021-01-02,是,举报占地,有人强占耕地盖厂房,\n\
    A5,周明,,2021-02-03,否,征地补偿,镇里修工业园征了我家的承包地，青苗费和土地补偿款至今没有发到户,\n\
    A6,钱守信,19900003333,2022-02-03,是,不愿公开,请勿公开我的姓名，学校乱收费,\n";

#[test]
fn earlier_cases_like_one_are_found_with_what_they_share() {
    let place = Place::new();
    place.ingest([place.write("in/台账.csv", CASES)]).exits(0);
    let id = ids(&place.search("信访编号:A1")).remove(0);
    let found = place.ask(["similar", &id, "--json"]).exits(0).json();
    let titles: Vec<&str> =
        found.as_array().unwrap().iter().filter_map(|hit| hit["title"].as_str()).collect();
    assert_eq!(titles[..2], ["征地补偿", "占地赔偿"], "{found}");
    assert_eq!((&found[0]["copy"], &found[1]["copy"]), (&true.into(), &false.into()));
    assert!(found[1]["phrases"][0].as_str().unwrap().contains("青苗费和土地补偿款至今没有发到户"));
    assert!(found.as_array().unwrap().iter().all(|hit| hit["id"] != id.as_str()));
    // A text, and a file of one, in traditional characters.
    let text = "工業園徵了承包地，青苗費至今沒有發";
    let by_text = place.ask(["similar", text, "--json"]).exits(0).json();
    let file = place.write("来信.txt", text);
    let by_file = place.ask(["similar", file.to_str().unwrap(), "--json"]).exits(0).json();
    assert_eq!(by_text, by_file);
    assert!(by_text.as_array().unwrap().len() >= 3, "{by_text}");
    assert_eq!(place.ask(["similar", "zzzz", "--json"]).exits(0).json(), serde_json::json!([]));
}

#[test]
fn a_persons_signed_letters_are_listed_and_the_look_is_on_the_trail() {
    let place = Place::new();
    place.ingest([place.write("in/台账.csv", CASES)]).exits(0);
    let ask = |who: &str| place.ask(["person", who, "--reason", "来访核对", "--json"]).exits(0).json();
    let titles = |found: &serde_json::Value| -> Vec<String> {
        let letters = found["letters"].as_array().unwrap();
        letters.iter().map(|letter| letter["title"].as_str().unwrap().to_owned()).collect()
    };
    let found = ask("钱守信");
    assert_eq!(titles(&found), ["征地补偿", "路灯不亮"], "what says that it is anonymous stays out");
    assert_eq!(found["letters"][0]["answer"]["result"], "已责成镇政府核发");
    assert_eq!(found["letters"][0]["writer"]["petitioner_name"], "钱**");
    assert_eq!(titles(&ask("19900001111")), ["征地补偿", "路灯不亮"], "nor is it linked by its telephone");
    assert_eq!(ask("钱守")["total"], 0, "half a name is nobody");
    place.ask(["person", "钱守信"]).exits(2);
    let trail = std::fs::read_to_string(place.archive().join("audit.jsonl")).unwrap();
    let looks: Vec<&str> = trail.lines().filter(|line| line.contains("\"action\":\"person\"")).collect();
    assert_eq!(looks.len(), 3);
    assert!(looks.iter().all(|line| line.contains("来访核对")) && !trail.contains("19900001111"));
    let page = place.ask(["person", "钱守信", "--reason", "来访核对", "--lang", "zh"]).exits(0).stdout;
    assert!(page.contains("钱** 的署名来信：2 件") && page.contains("已修复"), "{page}");
}

#[test]
fn hits_go_on_to_spreadsheets_and_scripts() {
    let place = Place::new();
    place.ingest([place.write("in/台账.csv", CASES.replace("路灯不亮", "=1+1"))]).exits(0);
    let table = place.ask(["search", "路灯", "--csv"]).exits(0).stdout;
    let lines: Vec<&str> = table.lines().collect();
    assert_eq!(lines.len(), 2, "{table}");
    assert!(lines[0].starts_with("id,title,date"));
    assert!(lines[1].contains(",'=1+1,2020-07-08,钱**,"), "no formula gets through: {table}");
    let named = place.ask(["search", "承包地", "-0"]).exits(0).stdout;
    assert_eq!(named.matches('\0').count(), 3);
    assert!(named.split_terminator('\0').all(|id| place.ask(["show", id]).exits(0).stdout.contains(id)));
}
