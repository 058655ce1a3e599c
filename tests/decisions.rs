//! What a person puts right outlives every re-run, and can be taken back.

#![allow(clippy::expect_used, clippy::unwrap_used)] // A test may stop where it stands.

mod support;

use serde_json::{Value, json};
use support::{Place, REGISTER, copy_folder, id_of, ids, samples};

fn show(place: &Place, id: &str) -> Value {
    place.ask(["show", id, "--mask", "none", "--json"]).exits(0).json()
}

/// The content categories of an item and what a person said of the first.
fn content(item: &Value) -> (Vec<Value>, Value) {
    let all = item["categories"].as_array().unwrap();
    let content: Vec<&Value> = all.iter().filter(|category| category["axis"] == "content").collect();
    (content.iter().map(|category| category["path"].clone()).collect(), content[0]["state"].clone())
}

#[test]
fn a_correction_outlives_every_run() {
    let place = Place::new();
    let source = place.write("in/登记.csv", REGISTER);
    place.ingest([&source]).exits(0);
    let untouched = place.digest();
    let id = id_of(&place, "村道");
    let args = ["correct", &id, "--set", "信访人=钱守义", "--set", "来信日期=2019年3月21日", "--json"];
    let made = place.ask(args).exits(0).json();
    assert_eq!(made, json!({ "decisions": [1, 2], "item": id, "applied": true }));
    place.ask(["correct", &id, "--category", "交通运输/出租车管理", "--note", "科长定"]).exits(0);

    let corrected = |place: &Place| {
        let item = show(place, &id);
        assert_eq!(item["fields"]["petitioner_name"].as_array().unwrap().len(), 1);
        assert_eq!(item["fields"]["petitioner_name"][0]["value"], "钱守义");
        assert_eq!(item["fields"]["petitioner_name"][0]["state"], "corrected");
        assert_eq!(item["fields"]["letter_date"][0]["value"], "2019-03-21");
        assert_eq!(id_of(place, "信访人:钱守义"), id);
        assert_eq!(place.search("信访人:钱守信")["total"], 0);
    };
    corrected(&place);
    let digest = place.digest();
    assert_ne!(digest["digest"], untouched["digest"]);
    assert_eq!(digest["index_agrees"], true);

    // The same again; the register exported anew with another text; everything derived anew by
    // a changed pipeline; the index made anew.
    place.ingest([&source]).exits(0);
    assert_eq!(place.digest(), digest);
    place.write("in/登记.csv", REGISTER.replace("请修好", "请尽快修好"));
    let report = place.ingest([&source]).exits(0).json();
    assert_eq!(report["items"]["updated"], 1);
    corrected(&place);
    assert!(show(&place, &id)["text"].as_str().unwrap().contains("请尽快修好"));
    let pipelines = place.path("pipelines");
    copy_folder(&support::root().join("pipelines"), &pipelines);
    let fields = pipelines.join("petitions/fields.toml");
    let text = std::fs::read_to_string(&fields).unwrap() + "\n# changed\n";
    std::fs::write(&fields, text).unwrap();
    place.ingest([&source]).env("DOSSIER_PIPELINES", &pipelines).exits(0);
    corrected(&place);
    place.ask_with("index", ["rebuild"]).exits(0);
    corrected(&place);
}

#[test]
fn what_a_field_said_stays_masked_when_it_is_put_right() {
    let place = Place::new();
    let letter = "尊敬的领导：\n我叫钱守信，家住望川县石桥镇，村里水井干涸，请派人来看。\n此致\n敬礼\n钱守信\n2019年3月12日\n";
    place.ingest([place.write("in/钱守信来信.txt", letter)]).exits(0);
    let id = id_of(&place, "水井干涸");
    assert_eq!(show(&place, &id)["fields"]["petitioner_name"][0]["value"], "钱守信");
    let seen = |mask: &str| {
        let shown = place.ask(["show", &id, "--mask", mask, "--json"]).exits(0).stdout;
        let exported = place.ask(["export", "--format", "jsonl", "--mask", mask]).exits(0).stdout;
        let found = place.ask(["search", "水井", "--mask", mask, "--json"]).exits(0).stdout;
        [shown, exported, found].concat()
    };
    let masked = |said: &str| {
        for mask in ["internal", "public"] {
            let seen = seen(mask);
            assert!(!seen.contains("钱守信"), "{said}, {mask}: {seen}");
            let file = if mask == "public" { "***来信.txt" } else { "钱**来信.txt" };
            assert!(seen.contains(file), "{said}, {mask}: {seen}");
        }
        assert!(seen("none").contains("我叫钱守信") && seen("none").contains("钱守信来信.txt"), "{said}");
    };
    masked("as it was read");
    for name in ["钱守义", ""] {
        place.ask(["correct", &id, "--set", &format!("信访人={name}")]).exits(0);
        masked(name);
    }
}

#[test]
fn a_decided_category_stands_whatever_the_rules_say() {
    let place = Place::new();
    let source = place.write("in/登记.csv", REGISTER);
    place.ingest([&source]).exits(0);
    let id = id_of(&place, "砖厂");
    let (by_rules, state) = content(&show(&place, &id));
    assert_eq!((by_rules[0][0].as_str(), state.as_str()), (Some("劳动和社会保障"), Some("machine")));
    place.ask(["correct", &id, "--category", "政法/法院", "--category", "无此分类"]).exits(1);
    assert_eq!(place.ask(["corrections", "--json"]).exits(0).json(), json!([]), "all or nothing");

    place.ask(["correct", &id, "--category", "内容分类=农村农业", "--note", "科长定"]).exits(0);
    let decided = |place: &Place| {
        let item = show(place, &id);
        assert_eq!(content(&item), (vec![json!(["农村农业"])], json!("corrected")));
        assert!(item["candidates"].as_array().unwrap().iter().any(|c| c["path"][0] == "劳动和社会保障"));
        assert_eq!(place.search("内容分类:农村农业")["total"], 1);
    };
    decided(&place);
    let pipelines = place.path("pipelines");
    copy_folder(&support::root().join("pipelines"), &pipelines);
    let words = pipelines.join("petitions/words.toml");
    std::fs::write(&words, std::fs::read_to_string(&words).unwrap() + "\n# changed\n").unwrap();
    place.ask(["reclassify", "petitions"]).env("DOSSIER_PIPELINES", &pipelines).exits(0);
    decided(&place);
    place.ask(["reclassify", "petitions", "--undo"]).exits(0);
    decided(&place);

    place.ask(["corrections", "--withdraw", "1"]).exits(0);
    assert_eq!(content(&show(&place, &id)), (by_rules, json!("machine")));
    let listed = place.ask(["corrections", "--json"]).exits(0).json();
    let holds: Vec<&Value> = listed.as_array().unwrap().iter().map(|entry| &entry["holds"]).collect();
    assert_eq!(holds, [false, false], "both stay on record: {listed}");
    assert_eq!(listed[0]["note"], "科长定");
    place.ask(["corrections", "--withdraw", "9"]).exits(1);
}

#[test]
fn what_is_typed_wrongly_is_said_and_nothing_is_recorded() {
    let place = Place::new();
    place.ingest([place.write("in/登记.csv", REGISTER)]).exits(0);
    let id = id_of(&place, "村道");
    for (wrong, named) in [
        (["--set", "颜色=红"], "颜色"),
        (["--set", "来信日期=不知何时"], "不知何时"),
        (["--category", "城乡建设/无此类"], "城乡建设/无此类"),
        (["--begins", "2"], "2"),
        (["--belongs-to", "0123"], "0123"),
    ] {
        let ran = place.ask(["correct", &id].into_iter().chain(wrong)).exits(1);
        assert!(ran.stderr.contains(named), "{wrong:?}: {}", ran.stderr);
    }
    place.ask(["correct", &id]).exits(2);
    assert_eq!(place.ask(["corrections", "--json"]).exits(0).json(), json!([]));
}

#[test]
fn letters_are_divided_and_paired_as_a_person_says() {
    let place = Place::new();
    let scan = place.path("in/收信.pdf");
    std::fs::create_dir_all(place.path("in")).unwrap();
    std::fs::copy(samples().join("scans/2019-2024/20190318收信两件.pdf"), &scan).unwrap();
    let register = place.write("in/登记.csv", REGISTER);
    place.ingest([&scan, &register]).exits(0);
    let before = place.digest();
    assert_eq!(before["items"], 4);
    let items = place.ask(["export", "--mask", "none"]).exits(0).lines();
    let letters: Vec<&Value> = items.iter().filter(|item| item["sources"][0]["page"].is_number()).collect();
    let pages: Vec<u64> = letters.iter().map(|item| item["sources"][0]["page"].as_u64().unwrap()).collect();
    let (first, second) = if pages[0] < pages[1] { (0, 1) } else { (1, 0) };
    let page = pages[second].to_string();
    let (first, second) = (letters[first]["id"].as_str().unwrap(), letters[second]["id"].as_str().unwrap());

    place.ask(["correct", second, "--joins", &page]).exits(0);
    assert_eq!(place.digest()["items"], 3);
    let joined = show(&place, first);
    assert!(joined["text"].as_str().unwrap().len() > show_text(letters[0]).max(show_text(letters[1])));
    place.ask(["corrections", "--withdraw", "1"]).exits(0);
    assert_eq!(place.digest(), before, "taken back, all is as it was");

    let row = id_of(&place, "村道");
    place.ask(["correct", second, "--belongs-to", &row]).exits(0);
    assert_eq!(place.digest()["items"], 3);
    assert_eq!(show(&place, second)["id"], row.as_str(), "its former id is an alias");
    assert_eq!(show(&place, &row)["sources"].as_array().unwrap().len(), 2);
    place.ingest([&scan, &register]).exits(0);
    assert_eq!(place.digest()["items"], 3);
    place.ask(["correct", &row, "--alone"]).exits(0);
    assert_eq!(place.digest(), before, "by itself again");
}

fn show_text(item: &Value) -> usize {
    item["text"].as_str().unwrap().len()
}

#[test]
fn a_decision_made_during_a_run_shows_after_the_next() {
    let place = Place::new();
    let source = place.write("in/登记.csv", REGISTER);
    place.ingest([&source]).exits(0);
    let id = id_of(&place, "村道");
    let lock = std::fs::OpenOptions::new().write(true).open(place.archive().join("lock")).unwrap();
    rustix::fs::flock(&lock, rustix::fs::FlockOperation::LockExclusive).unwrap();
    let made = place.ask(["correct", &id, "--set", "信访人=钱守义", "--json"]).exits(0).json();
    assert_eq!(made["applied"], false);
    assert_eq!(place.search("信访人:钱守信")["total"], 1);
    drop(lock);
    place.ingest([&source]).exits(0);
    assert_eq!(ids(&place.search("信访人:钱守义")), [id]);
}

#[test]
fn an_archive_of_the_first_format_is_led_on() {
    let old = Place::new();
    let catalog = old.archive().join("catalog.sqlite");
    std::fs::create_dir_all(old.archive().join("originals")).unwrap();
    let sql = std::fs::read_to_string(support::root().join("tests/fixtures/catalog-format1.sql")).unwrap();
    rusqlite::Connection::open(&catalog).unwrap().execute_batch(&sql).unwrap();

    let id = id_of(&old, "村道");
    let item = show(&old, &id);
    assert_eq!(item["fields"]["petitioner_name"][0]["value"], "钱守信");
    assert_eq!(item["fields"]["summary"][0]["raw"], "村道三年失修，雨天无法通行，请修好");
    // What had no seal gets one with the next run; the originals are not kept beside this catalog.
    let unsealed = || old.ask(["verify", "--json"]).exits(3).json()["checked"]["unsealed"].as_u64();
    assert!(unsealed() > Some(0));
    let source = old.write("in/登记.csv", REGISTER);
    let report = old.ingest([&source]).exits(0).json();
    assert_eq!(unsealed(), Some(0));
    assert_eq!(report["files"]["duplicate"], 1, "the content is known: {report}");
    let new = Place::new();
    new.ingest([&source]).exits(0);
    assert_eq!(old.digest(), new.digest());
    old.ask(["correct", &id, "--set", "信访人=钱守义"]).exits(0);
}

#[test]
fn a_decision_is_never_changed() {
    let place = Place::new();
    place.ingest([place.write("in/登记.csv", REGISTER)]).exits(0);
    place.ask(["correct", &id_of(&place, "村道"), "--set", "信访人=钱守义"]).exits(0);
    let catalog = rusqlite::Connection::open(place.archive().join("catalog.sqlite")).unwrap();
    for change in ["UPDATE decision SET user = 'x'", "DELETE FROM decision"] {
        assert!(catalog.execute(change, []).is_err(), "{change}");
    }
}
