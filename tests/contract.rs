//! What scripts can rely on: names, shapes, masks, exit statuses.

#![allow(clippy::expect_used, clippy::unwrap_used)] // A test may stop where it stands.

mod support;

use serde_json::{Value, json};
use support::{Dossier, Place, assert_settled, ids};

const REGISTER: &str = "信访编号,信访人,身份证号,联系电话,住址,来信日期,标题,信访内容\n\
    X2019001,钱守信,999901195606150018,19900001111,云岭省清河市望川县柳林镇上坪村3组,2019-03-12,反映村道失修,\"村道三年失修，\n雨天 无法通行，请修好。联系19900001111\"\n\
    X2019002,孙有田,,19900002222、19900003333,清河市青禾县,2019.4,要求补发工资,砖厂拖欠工资半年，孙有田等12人\n\
    X2019002,孙有田,,19900002222、19900003333,清河市青禾县,2019.4,要求补发工资,砖厂拖欠工资半年，孙有田等12人\n\
    X2019003,匿名,,,,2019年5月6日,举报占用耕地,有人占用耕地建厂\n";

fn archive() -> Place {
    let place = Place::new();
    let source = place.write("in/登记.csv", REGISTER);
    let report = place.ingest([source]).exits(0).json();
    assert_settled(&report);
    assert_eq!(
        report["rows"],
        json!({ "seen": 5, "archived": 3, "unchanged": 0, "duplicate": 1, "rejected": 0, "not_data": 1 })
    );
    assert_eq!(report["items"], json!({ "added": 3, "updated": 0, "unchanged": 0 }));
    for key in ["run", "status", "pages", "quarantined", "seconds", "peak_memory_bytes"] {
        assert!(!report[key].is_null(), "{key}");
    }
    place
}

fn the_hit(place: &Place, query: &str) -> Value {
    let found = place.search(query);
    assert_eq!(found["total"], 1, "{query}");
    found["hits"][0].clone()
}

#[test]
fn a_search_says_what_it_found_and_where() {
    let place = archive();
    // Across the line break and the blank of the cell, in traditional characters and full width.
    for query in ["村道三年失修,雨天无法通行", "雨天無法通行", "X2019001", "Ｘ２０１９００１", "x2019001"]
    {
        assert_eq!(the_hit(&place, query)["title"], "反映村道失修", "{query}");
    }
    let hit = the_hit(&place, "三年失修");
    assert_eq!(hit["date"], "2019-03-12");
    assert_eq!(hit["petitioner"], "钱**");
    assert_eq!(hit["sources"][0]["file"], "登记.csv");
    assert_eq!(hit["sources"][0]["row"], 2);
    let (start, end) = (&hit["matches"][0]["start"], &hit["matches"][0]["end"]);
    let item = place.ask(["show", hit["id"].as_str().unwrap(), "--json"]).exits(0).json();
    let text: Vec<char> = item["text"].as_str().unwrap().chars().collect();
    let (start, end) = (start.as_u64().unwrap() as usize, end.as_u64().unwrap() as usize);
    assert_eq!(text[start..end].iter().collect::<String>(), "三年失修");
}

#[test]
fn queries_mean_what_officers_expect() {
    let place = archive();
    assert_eq!(place.search("工资 砖厂")["total"], 1, "all words must occur");
    assert_eq!(place.search("工资 村道")["total"], 0);
    assert_eq!(place.search("\"工资砖厂\"")["total"], 0, "a phrase does not reach across cells");
    assert_eq!(place.search("petitioner_name:孙有田")["total"], 1);
    assert_eq!(place.search("信访人:孙有田")["total"], 1);
    assert_eq!(place.search("时间:三点")["total"], 0, "an unknown name is text");
    assert_eq!(place.ask(["search", "--literal", "失修，雨天：", "--json"]).exits(0).json()["total"], 0);
    assert_eq!(place.ask(["search", "--literal", "失修，\n雨天 无法", "--json"]).exits(0).json()["total"], 1);
    assert_eq!(place.ask(["search", "拖欠", "--limit", "0", "--json"]).exits(0).json()["hits"], json!([]));
    place.ask(["search", "不存在的词"]).exits(0);
    place.ask(["search", " "]).exits(2);
    for odd in ["\"", ":", "a:", "((", "“", "\u{1}", "-", "信访人:", "\\"] {
        let status = place.ask(["search", "--", odd]).command().status().expect("it runs");
        assert!(matches!(status.code(), Some(0 | 2)), "{odd:?}: {status}");
    }
}

#[test]
fn the_query_language_has_the_habits_people_have() {
    let place = archive();
    for (query, total) in [
        ("工资 OR 村道", 2),
        ("(工资 或 村道) -砖厂", 1),
        ("-工资", 2),
        ("date:2019-03-12", 1),
        ("日期:2019-04..2019-05", 2),
        ("date:>=2019-05", 1),
        ("year:2019", 3),
        ("姓名:孙有田", 1),
        ("三年失休~", 1),
        ("三年失休", 0),
        ("py:qian", 1),
        ("py:钱", 1),
        ("py:syt", 1),
        ("content:劳动和社会保障", 1),
    ] {
        assert_eq!(place.search(query)["total"], total, "{query}");
    }
    for (query, place_of_fault) in
        [("(工资", "character 1"), ("工资 \"砖厂", "character 4"), ("date:abc", "character 1")]
    {
        let said = place.ask(["search", "--", query]).exits(2).stderr;
        assert!(said.contains(place_of_fault), "{query}: {said}");
    }
    let newest = place.ask(["search", "--json", "--sort", "newest", "--", "year:2019"]).exits(0).json();
    let dates: Vec<&str> =
        newest["hits"].as_array().unwrap().iter().map(|hit| hit["date"].as_str().unwrap()).collect();
    assert_eq!(dates, ["2019-05-06", "2019-04", "2019-03-12"]);
    let facets =
        place.ask(["search", "--json", "--facets", "--limit", "0", "--", "year:2019"]).exits(0).json();
    assert_eq!(facets["facets"]["year"], json!([{ "value": "2019", "count": 3 }]));
}

#[test]
fn fields_carry_their_evidence() {
    let place = archive();
    let id = ids(&place.search("三年失修")).remove(0);
    let item = place.ask(["show", &id, "--json", "--mask", "none"]).exits(0).json();
    let value = |name: &str| item["fields"][name][0]["value"].clone();
    assert_eq!(value("petition_no"), "X2019001");
    assert_eq!(value("petitioner_name"), "钱守信");
    assert_eq!(value("id_no"), "999901195606150018");
    assert_eq!(value("phone"), "19900001111");
    assert_eq!(value("letter_date"), "2019-03-12");
    let evidence = &item["fields"]["phone"][0]["evidence"][0];
    assert_eq!(
        (&evidence["row"], &evidence["cell"], &evidence["header"]),
        (&json!(2), &json!("D2"), &json!("联系电话"))
    );
    for key in ["value", "raw", "confidence", "state", "evidence"] {
        assert!(!item["fields"]["phone"][0][key].is_null(), "{key}");
    }
    for key in ["id", "text", "categories", "candidates", "sources", "pages"] {
        assert!(!item[key].is_null(), "{key}");
    }
}

#[test]
fn categories_come_with_reasons() {
    let place = archive();
    let id = ids(&place.search("拖欠工资")).remove(0);
    let item = place.ask(["show", &id, "--json"]).exits(0).json();
    let decided = &item["categories"][0];
    assert_eq!(decided["axis"], "content");
    assert_eq!(decided["path"][0], "劳动和社会保障");
    let reasons = decided["reasons"].as_array().unwrap();
    assert!(reasons.iter().any(|reason| reason["phrase"] == "拖欠工资"), "{reasons:?}");
    let sum: f64 = reasons.iter().map(|reason| reason["weight"].as_f64().unwrap()).sum();
    assert!((sum - decided["score"].as_f64().unwrap()).abs() < 1e-3, "reasons add up to the score");
}

#[test]
fn a_hits_category_is_what_the_letter_is_about_or_nothing() {
    let place = Place::new();
    let register = "信访编号,标题,内容\n1,请派人看看,院子里一直没人管\n2,要求补发工资,砖厂拖欠工资半年\n";
    place.ingest([place.write("in/登记.csv", register)]).exits(0);
    assert_eq!(the_hit(&place, "院子")["category"], json!([]));
    assert_eq!(the_hit(&place, "砖厂")["category"][0], "劳动和社会保障");
}

#[test]
fn masks_hide_what_they_must_everywhere() {
    let place = archive();
    let secrets = ["999901195606150018", "19900001111", "钱守信"];
    for args in [vec!["search", "村道"], vec!["search", "村道", "--json"], vec!["export"]] {
        let shown = place.ask(args.clone()).exits(0).stdout;
        for secret in secrets {
            assert!(!shown.contains(secret), "{args:?} shows {secret}");
        }
    }
    let id = ids(&place.search("三年失修")).remove(0);
    for args in
        [vec!["show", &id], vec!["show", &id, "--json"], vec!["show", &id, "--json", "--mask", "public"]]
    {
        let shown = place.ask(args.clone()).exits(0).stdout;
        for secret in secrets {
            assert!(!shown.contains(secret), "{args:?} shows {secret}");
        }
    }
    let public = place.ask(["show", &id, "--json", "--mask", "public"]).exits(0).json();
    assert_eq!(public["fields"]["petitioner_name"][0]["value"], "***");
    place.ask(["show", &id, "--mask", "none"]).exits(0);
    let trail = std::fs::read_to_string(place.archive().join("audit.jsonl")).expect("an audit trail");
    assert!(trail.lines().last().is_some_and(|line| line.contains("\"none\"")), "unmasking is on the trail");
}

#[test]
fn export_is_the_same_as_show_in_a_stable_order() {
    let place = archive();
    let items = place.ask(["export", "--format", "jsonl"]).exits(0).lines();
    let listed: Vec<&str> = items.iter().map(|item| item["id"].as_str().unwrap()).collect();
    assert!(listed.is_sorted() && listed.len() == 3);
    for item in &items {
        let shown = place.ask(["show", item["id"].as_str().unwrap(), "--json"]).exits(0).json();
        assert_eq!(item, &shown);
    }
    place.ask(["show", "nonsense"]).exits(1);
}

#[test]
fn a_register_exported_anew_updates_its_rows() {
    let place = archive();
    let before = place.digest();
    let again = place.ingest([place.path("in/登记.csv")]).exits(0).json();
    assert_settled(&again);
    assert_eq!(again["files"]["unchanged"], 1);
    assert_eq!(again["rows"]["unchanged"], 5);
    assert_eq!(place.digest(), before, "a second run changes nothing");
    // The same file elsewhere is a duplicate.
    let copy = place.write("copy/副本.csv", REGISTER);
    let copied = place.ingest([copy]).exits(0).json();
    assert_settled(&copied);
    assert_eq!((&copied["files"]["duplicate"], &copied["rows"]["duplicate"]), (&json!(1), &json!(5)));
    assert_eq!(place.digest(), before);
    // Next night's export: one row changed, one new.
    let id = ids(&place.search("三年失修")).remove(0);
    let next = REGISTER.replace("村道三年失修", "村道四年失修")
        + "X2019004,李得水,,,,2019-06-01,反映停水,自来水停水十天\n";
    let next = place.ingest([place.write("in/登记.csv", next)]).exits(0).json();
    assert_settled(&next);
    assert_eq!(
        next["rows"],
        json!({ "seen": 6, "archived": 2, "unchanged": 2, "duplicate": 1, "rejected": 0, "not_data": 1 })
    );
    assert_eq!(next["items"]["added"], 1);
    assert_eq!(next["items"]["updated"], 1, "a row that says the same stays as it was");
    assert_eq!(place.search("三年失修")["total"], 0, "what was superseded is no ghost");
    assert_eq!(ids(&place.search("四年失修")), [id], "the item keeps its id");
}

#[test]
fn the_index_can_be_thrown_away() {
    let place = archive();
    let before = place.digest();
    std::fs::remove_dir_all(place.archive().join("index")).expect("the index can be removed");
    assert_eq!(place.search("三年失修")["total"], 1, "opening replays the catalog");
    Dossier::new(["index", "rebuild", "--archive"]).arg(place.archive()).exits(0);
    assert_eq!(place.digest(), before);
}

#[test]
fn originals_are_kept_with_their_sums() {
    let place = archive();
    let folder = place.archive().join("originals");
    let checked =
        std::process::Command::new("sha256sum").args(["-c", "SHA256SUMS"]).current_dir(&folder).output();
    let checked = checked.expect("sha256sum runs");
    assert!(checked.status.success(), "{}", String::from_utf8_lossy(&checked.stderr));
    assert_eq!(std::fs::read_to_string(folder.join("登记.csv")).expect("the original"), REGISTER);
    use std::os::unix::fs::PermissionsExt;
    let mode = std::fs::metadata(place.archive()).expect("the archive").permissions().mode();
    assert_eq!(mode & 0o777, 0o700);
    for how in ["link", "reference"] {
        let other = Place::new();
        let source = other.write("in/登记.csv", REGISTER);
        other.ingest([&source]).arg("--originals").arg(how).exits(0);
        assert_eq!(other.archive().join("originals/登记.csv").exists(), how == "link");
    }
}

#[test]
fn the_program_speaks_chinese_and_english() {
    let place = archive();
    let chinese = place.ask(["search", "村道", "--lang", "zh"]).exits(0).stdout;
    let english = place.ask(["search", "村道", "--lang", "en"]).exits(0).stdout;
    assert!(chinese.contains("找到 1 件") && english.contains("1 found"));
    let by_locale = place.ask(["search", "村道"]).env("LC_ALL", "zh_CN.UTF-8").exits(0).stdout;
    assert!(by_locale.contains("找到 1 件"));
}
