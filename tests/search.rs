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
        for form in [phrase.to_owned(), full_width(phrase), broken(phrase), traditional(phrase)] {
            let found =
                place.ask(["search", "--literal", "--json", "--limit", "1000", "--", &form]).exits(0).json();
            let mut found = ids(&found);
            found.sort_unstable();
            assert_eq!(found, expected, "{form:?}");
        }
    }
}

/// Letters with values that are long, that stand in another value, and that come twice.
const LONG_CASES: &str = "信访编号,信访人,来信日期,标题,信访内容,办理结果\n\
    B1,钱守信,2018-03-02,征地补偿,去年三月镇里修工业园征了我家的承包地四亩，当时丈量的人没有让我们签字，青苗费和土地补偿款至今没有发到户，\
    村里说钱已经拨下来了，镇里又说还没有批复，我们前后跑了六趟都没有结果。请求县里派人查清补偿款的去向并尽快发到户。,已责成镇政府核发\n\
    B2,孙有田,2019-05-06,占地赔偿,工业园占了我家的承包地以后水渠被填平，下游二十多户的稻田没有水灌溉，去年秋天减产一半以上，\
    补偿款只按旱地的标准算，我们不同意，多次找村里反映都没有人答复。希望领导重新丈量并按水田的标准补偿。,\n\
    B3,周明,2020-07-08,路灯不亮,我们村口的路灯坏了半年没有人修，夜里学生放学经过很不安全，上个月已经有两位老人在水渠边摔伤，\
    村里说没有钱，镇里说路灯归供电所管，供电所又说合同到期了不归他们管。恳请有关部门明确由谁来修。,已修复\n\
    B4,李青禾,2021-01-02,欠薪,去年三月起我和同村十一人在县城的工地上干活，说好每月结一次工钱，到年底一分钱也没有发，老板的电话打不通，\
    工地的负责人说要等工程款拨下来才有。请求劳动部门帮助我们讨回工钱。,\n\
    B5,周明,2021-02-03,反映水渠,水渠被填平，请查。,\n";

#[test]
fn what_is_asked_of_a_field_is_found_in_its_values_and_nowhere_else() {
    let place = Place::new();
    place.ingest([place.write("in/台账.csv", LONG_CASES)]).exits(0);
    let items = place.ask(["export", "--mask", "none"]).exits(0).lines();
    let mut numbers = Rng::new(11);
    // Long values stand in the text; others, and what is demanded, are indexed by themselves.
    for (name, longest) in [("facts", 200), ("summary", 300), ("demand", 50), ("petitioner_name", 9)] {
        let values = |item: &serde_json::Value| -> Vec<String> {
            let values = item["fields"][name].as_array().into_iter().flatten();
            let said = values.flat_map(|value| [&value["value"], &value["raw"]]);
            said.map(|said| fold_text(said.as_str().expect("a text"))).collect()
        };
        let said: Vec<(&str, Vec<String>)> =
            items.iter().map(|item| (item["id"].as_str().expect("an id"), values(item))).collect();
        assert!(said.iter().flat_map(|(_, values)| values).any(|value| value.len() >= longest), "{said:?}");
        for _ in 0..60 {
            // Of the field, or of what stands around it.
            let runs = runs(&items[numbers.below(items.len())]);
            let run: Vec<char> = runs[numbers.below(runs.len())].chars().collect();
            let length = 1 + numbers.below(5);
            let from = numbers.below(run.len().saturating_sub(length) + 1);
            let phrase: String =
                run.iter().skip(from).take(length).filter(|c| dossier_model::is_han(**c)).collect();
            if phrase.is_empty() {
                continue;
            }
            let has = |values: &[String]| values.iter().any(|value| value.contains(&phrase));
            let mut expected: Vec<&str> =
                said.iter().filter(|(_, values)| has(values)).map(|(id, _)| *id).collect();
            expected.sort_unstable();
            let query = format!("{name}:{phrase}");
            let found = place.ask(["search", "--json", "--limit", "1000", &query]).exits(0).json();
            let mut found = ids(&found);
            found.sort_unstable();
            assert_eq!(found, expected, "{query}");
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

/// In traditional characters, where there are some that are simplified to just this one.
fn traditional(phrase: &str) -> String {
    let table = include_str!("../crates/model/data/traditional-simplified.tsv");
    let pairs = table.lines().filter(|line| !line.starts_with('#')).filter_map(|line| {
        let (traditional, simplified) = line.split_once('\t')?;
        Some((simplified.chars().next()?, traditional.chars().next()?))
    });
    let known: std::collections::HashMap<char, char> = pairs.collect();
    phrase.chars().map(|c| known.get(&c).copied().unwrap_or(c)).collect()
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

const MONEY: &str = "信访编号,信访人,来信日期,标题,信访内容\n\
    B1,钱守信,2018-03-02,欠薪,砖厂欠我三万五千元。立据于一九八七年三月五日。\n\
    B2,孙有田,2019-05-06,欠款,村里欠款35000元未还\n\
    B3,周玉兰,2020-07-08,补偿,应补135000元，1987年3月6日已签字\n";

#[test]
fn amounts_and_dates_are_found_in_any_notation() {
    let place = Place::new();
    place.ingest([place.write("in/台账.csv", MONEY)]).exits(0);
    let titles = |query: &str| -> Vec<String> {
        let found = place.search(query);
        let mut titles: Vec<String> = found["hits"]
            .as_array()
            .unwrap()
            .iter()
            .map(|hit| hit["title"].as_str().unwrap().to_owned())
            .collect();
        assert_eq!(found["total"], titles.len(), "{query}");
        titles.sort_unstable();
        titles
    };
    for query in ["3.5万元", "三万五千元", "叁万伍仟元", "3.5萬元"] {
        assert_eq!(titles(query), ["欠款", "欠薪"], "{query}");
    }
    for query in ["1987年3月5日", "1987-03-05", "87.3.5", "1987.3.5 三万五千元"] {
        assert_eq!(titles(query), ["欠薪"], "{query}");
    }
    assert_eq!(titles("1987年3月"), ["欠薪", "补偿"]);
    assert_eq!(titles("\"3.5万元\""), [""; 0], "what stands in quotes is as it is");
    // What is highlighted is the amount as the letter has it.
    let hit = place.search("信访编号:B1 3.5万元")["hits"][0].clone();
    let snippet: Vec<char> = hit["snippet"].as_str().unwrap().chars().collect();
    let at = |end: usize| hit["snippet_matches"][0][end].as_u64().unwrap() as usize;
    assert_eq!(snippet[at(0)..at(1)].iter().collect::<String>(), "三万五千元");
    assert_eq!(snippet.iter().collect::<String>(), "砖厂欠我三万五千元。立据于一九八七年三月五日。");
}

#[test]
fn searches_are_kept_and_say_what_is_new() {
    let place = Place::new();
    place.ingest([place.write("in/台账.csv", CASES)]).exits(0);
    place.ask(["search", "青苗费", "--save", "征地"]).exits(0);
    let again = |args: &[&str]| {
        let args = ["search", "--saved", "征地", "--json"].into_iter().chain(args.iter().copied());
        place.ask(args).exits(0).json()["total"].clone()
    };
    assert_eq!(again(&[]), 3);
    place.ask(["search", "--saved", "征地", "--since", "2"]).exits(1);
    let more = "信访编号,信访人,来信日期,标题,信访内容\nC1,周明,2022-05-06,青苗,青苗费没有发\n";
    place.ingest([place.write("in/新到.csv", more)]).exits(0);
    assert_eq!(again(&[]), 4);
    assert_eq!(again(&["--since", "1"]), 4);
    assert_eq!(again(&["--since", "2"]), 1);
    let kept = place.ask(["search", "--list", "--json"]).exits(0).json();
    assert_eq!((&kept[0]["name"], &kept[0]["query"]), (&"征地".into(), &"青苗费".into()));
    place.ask(["search", "--saved", "无此名"]).exits(1);
    place.ask(["search", "--saved", "征地", "村道"]).exits(2);
    place.ask(["search"]).exits(2);
    place.ask(["search", "--forget", "征地"]).exits(0);
    place.ask(["search", "--forget", "征地"]).exits(1);
    let trail = std::fs::read_to_string(place.archive().join("audit.jsonl")).unwrap();
    for (action, times) in [("save_search", 1), ("forget_search", 1), ("search", 5)] {
        let lines = trail.lines().filter(|line| line.contains(&format!("\"action\":\"{action}\"")));
        assert_eq!(lines.count(), times, "{action}");
    }
}

#[test]
fn hits_come_by_region_and_by_number_and_times_as_histograms() {
    let place = Place::new();
    let register = "信访编号,信访人,来信日期,属地,标题,信访内容\n\
        D10,钱守信,2018-03-02,石岭县,甲,村道失修\n\
        D9,孙有田,2018-05-06,安平县,乙,村道失修\n\
        D2,周玉兰,2018-05-07,望川县双河镇,丙,村道失修\n";
    place.ingest([place.write("in/台账.csv", register)]).exits(0);
    let sorted = |order: &str| -> String {
        let found = place.ask(["search", "村道", "--sort", order, "--json"]).exits(0).json();
        let titles = found["hits"].as_array().unwrap().iter();
        titles.map(|hit| hit["title"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(sorted("number"), "丙乙甲");
    assert_eq!(sorted("region"), "乙甲丙", "as they are pronounced: anping, shiling, wangchuan");
    assert_eq!(sorted("newest"), "丙乙甲");
    let facets = place.ask(["search", "村道", "--facets", "--json"]).exits(0).json()["facets"].clone();
    let months = serde_json::json!([
        { "value": "2018-03", "count": 1 }, { "value": "2018-04", "count": 0 }, { "value": "2018-05", "count": 2 },
    ]);
    assert_eq!(facets["month"], months);
    let within = place.search("issue_region:望川县");
    assert_eq!(within["total"], 1, "a county holds what lies in it: {within}");
    let shown = place.ask(["search", "村道", "--facets"]).exits(0).stdout;
    assert!(shown.contains("2018-05 ▇▇"), "{shown}");
}

#[test]
fn a_faulty_query_is_shown_with_a_mark_at_its_fault() {
    let place = Place::new();
    place.ingest([place.write("in/台账.csv", CASES)]).exits(0);
    let said = place.ask(["search", "村道 (拆迁 OR 征收", "--lang", "zh"]).exits(2).stderr;
    assert!(said.contains("\n  村道 (拆迁 OR 征收\n       ^"), "{said}");
    let said = place.ask(["search", "拆迁 OR", "--lang", "en"]).exits(2).stderr;
    assert!(said.contains("OR needs something on both sides") && said.contains("^"), "{said}");
}

#[test]
fn tolerant_search_finds_just_what_differs_in_one_character() {
    let place = Place::new();
    place.ingest([samples().join("registers")]).exits(0);
    let items = place.ask(["export", "--mask", "none"]).exits(0).lines();
    let texts: Vec<(String, Vec<String>)> =
        items.iter().map(|item| (item["id"].as_str().unwrap().to_owned(), runs(item))).collect();
    let mut numbers = Rng::new(7);
    let mut asked = 0;
    while asked < 60 {
        let (_, runs) = &texts[numbers.below(texts.len())];
        let run: Vec<char> = runs[numbers.below(runs.len())].chars().collect();
        let length = 3 + numbers.below(5);
        let at = numbers.below(run.len().saturating_sub(length) + 1);
        let Some(piece) = run.get(at..at + length) else { continue };
        if !piece.iter().all(|c| dossier_model::is_han(*c)) {
            continue;
        }
        asked += 1;
        // As somebody remembers it: one character wrong, missing or too many.
        let mut typed = piece.to_vec();
        match numbers.below(4) {
            0 => typed[numbers.below(length)] = '鑫',
            1 if length > 3 => drop(typed.remove(numbers.below(length))),
            2 => typed.insert(numbers.below(length), '鑫'),
            _ => {}
        }
        let mut expected: Vec<&str> = texts
            .iter()
            .filter(|(_, runs)| runs.iter().any(|run| nearly(&run.chars().collect::<Vec<_>>(), &typed)))
            .map(|(id, _)| id.as_str())
            .collect();
        expected.sort_unstable();
        let typed: String = typed.iter().collect();
        let query = format!("{typed}~");
        let found = place.ask(["search", "--json", "--limit", "1000", &query]).exits(0).json();
        let mut found = ids(&found);
        let has = |id: &String| {
            texts.iter().any(|(of, runs)| of == id && runs.iter().any(|run| run.contains(&typed)))
        };
        assert!(found.is_sorted_by_key(|id| !has(id)), "what was typed comes first: {query}");
        found.sort_unstable();
        assert_eq!(found, expected, "{query}");
    }
}

/// Whether a text has a phrase with at most one character wrong, missing or too many.
fn nearly(text: &[char], phrase: &[char]) -> bool {
    let alike = |stretch: &[char], phrase: &[char]| {
        let begin = stretch.iter().zip(phrase).take_while(|(a, b)| a == b).count();
        let end = stretch.iter().rev().zip(phrase.iter().rev()).take_while(|(a, b)| a == b).count();
        let differs = stretch.len().max(phrase.len()) - 1;
        stretch == phrase || begin + end >= differs
    };
    let lengths = phrase.len() - 1..=phrase.len() + 1;
    lengths.into_iter().any(|length| text.windows(length).any(|stretch| alike(stretch, phrase)))
}
