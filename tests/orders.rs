//! What people order: a letter withdrawn, a run taken back, an input accepted as lost.

#![allow(clippy::expect_used, clippy::unwrap_used)] // A test may stop where it stands.

mod support;

use serde_json::{Value, json};
use support::{Place, REGISTER, assert_settled, id_of, samples};

fn withdraw(place: &Place, id: &str) {
    place.ask(["withdraw", id, "--by", "市信访局〔2026〕3号", "--reason", "当事人申请"]).exits(0);
}

/// Nothing of the letter is shown anywhere, and the archive is sound.
#[track_caller]
fn assert_gone(place: &Place, id: &str, words: &str, person: &str) {
    assert_eq!(place.search(words)["total"], 0, "{words}");
    let said = place.ask(["show", id]).exits(1).stderr;
    assert!(said.contains("市信访局〔2026〕3号") && said.contains("当事人申请"), "{said}");
    let export = place.ask(["export", "--format", "jsonl", "--mask", "none"]).exits(0).stdout;
    assert!(!export.contains(words) && !export.contains(id), "{export}");
    let similar = place.ask(["similar", words, "--json"]).exits(0).stdout;
    assert!(!similar.contains(id), "{similar}");
    let letters = place.ask(["person", person, "--reason", "x", "--json"]).exits(0).stdout;
    assert!(!letters.contains(id), "{letters}");
    assert_eq!(place.digest()["index_agrees"], true);
    place.ask(["verify"]).exits(0);
    place.ask_with("audit", ["verify"]).exits(0);
}

#[test]
fn a_letter_withdrawn_by_order_is_gone_and_stays_gone() {
    let place = Place::new();
    let source = place.write("in/登记.csv", REGISTER);
    let first = place.ingest([&source]).exits(0).json();
    let before = place.digest();
    let id = id_of(&place, "村道");
    withdraw(&place, &id);
    assert_gone(&place, &id, "村道", "钱守信");
    let tombstones = place.ask(["withdraw", "--json"]).exits(0).json();
    assert_eq!(tombstones[0]["item"], id);
    assert_eq!(
        (&tombstones[0]["by"], &tombstones[0]["reason"]),
        (&json!("市信访局〔2026〕3号"), &json!("当事人申请"))
    );
    let trail = std::fs::read_to_string(place.archive().join("audit.jsonl")).unwrap();
    assert!(trail.contains("\"action\":\"withhold\"") && trail.contains("当事人申请"), "{trail}");
    assert_eq!(place.ask(["status", "--json"]).exits(0).json()["items"], 1);
    place.ask(["withdraw", &id, "--by", "x", "--reason", "y"]).exits(1);
    place.ask(["withdraw", &id]).exits(2);

    // The same file again, from another place, exported anew with another text; everything made anew.
    let again = place.ingest([&source]).exits(0).json();
    assert_settled(&again);
    assert_eq!(again["rows"]["unchanged"], first["rows"]["seen"]);
    place.write("in/副本.csv", REGISTER);
    place.write("in/新.csv", REGISTER.replace("请修好", "请尽快修好").replace("半年", "一年"));
    assert_settled(&place.ingest([place.path("in")]).exits(0).json());
    assert_gone(&place, &id, "村道", "钱守信");
    assert_eq!(place.search("工资一年")["total"], 1, "the other row is updated");
    place.ask_with("index", ["rebuild"]).exits(0);
    assert_gone(&place, &id, "村道", "钱守信");
    let pipelines = place.path("pipelines");
    support::copy_folder(&support::root().join("pipelines"), &pipelines);
    let fields = pipelines.join("petitions/fields.toml");
    std::fs::write(&fields, std::fs::read_to_string(&fields).unwrap() + "\n# changed\n").unwrap();
    place.ingest([&source]).env("DOSSIER_PIPELINES", &pipelines).exits(0);
    assert_gone(&place, &id, "村道", "钱守信");
    place.ask(["report", "--json"]).exits(0);

    // A backup and what is restored from it hold the tombstone too.
    place.ask(["backup", "--to"]).arg(place.path("backup")).exits(0);
    let restored = Place::new();
    support::Dossier::new(["restore", "--from"])
        .arg(place.path("backup"))
        .arg("--archive")
        .arg(restored.archive())
        .exits(0);
    assert_gone(&restored, &id, "村道", "钱守信");

    // The order is taken back.
    let number = place.ask(["withdraw", "--json"]).exits(0).json()[0]["decision"].to_string();
    place.ask(["corrections", "--withdraw", &number]).exits(0);
    assert_eq!(id_of(&place, "村道"), id);
    assert_eq!(place.ask(["withdraw", "--json"]).exits(0).json(), json!([]));
    assert_ne!(place.digest(), before, "the text has changed meanwhile");
}

#[test]
fn rows_without_a_number_do_not_come_back_with_another_file() {
    let place = Place::new();
    let register = "信访人,标题,内容\n钱守信,反映村道失修,村道三年失修\n孙有田,要求补发工资,砖厂拖欠工资\n";
    place.ingest([place.write("in/甲.csv", register)]).exits(0);
    let id = id_of(&place, "村道");
    withdraw(&place, &id);
    // Another content, and so another place, with the same row in it.
    place.write("in/乙.csv", format!("{register}周德厚,反映学校操场,操场积水\n"));
    place.ingest([place.path("in")]).exits(0);
    assert_gone(&place, &id, "村道", "钱守信");
    assert_eq!(place.search("操场")["total"], 1);
}

#[test]
fn a_withdrawn_scan_stays_withdrawn_when_its_row_comes_and_when_its_file_is_divided() {
    let place = Place::new();
    let scan = samples().join("scans/2019-2024/20190318收信两件.pdf");
    place.write("in/钱某某等来信.pdf", std::fs::read(scan).expect("a sample"));
    place.ingest([place.path("in")]).exits(0);
    let all = place.ask(["export", "--format", "jsonl", "--mask", "none"]).exits(0).lines();
    assert!(all.len() >= 2, "a file of several letters: {}", all.len());
    let letter = all.iter().find(|item| item["sources"][0]["pages"].as_u64() != Some(1)).unwrap_or(&all[0]);
    let id = letter["id"].as_str().expect("an id");
    withdraw(&place, id);
    place.ask(["show", id]).exits(1);
    let left = place.digest()["items"].as_u64().unwrap();
    assert_eq!(left, all.len() as u64 - 1);
    // The file is called by who wrote: not even its name is shown now.
    let report = place.ask(["report", "--json"]).exits(0).stdout;
    assert!(!report.contains("钱某某"), "{report}");
    // Divided so that every page is a letter of its own, the pages stay withheld.
    let other = all.iter().find(|item| item["id"] != letter["id"]).unwrap()["id"].as_str().unwrap();
    let text = letter["text"].as_str().unwrap();
    let words: String =
        text.chars().filter(|c| !c.is_whitespace()).skip(text.chars().count() / 3).take(12).collect();
    let before = all.iter().filter(|item| item["text"].as_str().unwrap().contains(&words)).count();
    assert!(before <= 1, "a phrase of its own: {words}");
    for page in 1..=4 {
        let mut command = place.ask(["correct", other, "--begins"]).arg(page.to_string()).command();
        command.output().expect("it runs");
    }
    let found = place.ask(["search", "--json", "--literal", &words]).exits(0).json();
    assert_eq!(found["total"], 0, "{words}");
    place.ask(["verify"]).exits(0);
}

#[test]
fn an_order_is_taken_back_as_a_whole() {
    let place = Place::new();
    place.write("in/甲.csv", REGISTER);
    place.write("in/乙.csv", REGISTER.replace("请修好", "请尽快修好"));
    place.ingest([place.path("in")]).exits(0);
    let id = id_of(&place, "村道");
    for (by, reason) in [(" ", "当事人申请"), ("市信访局", "")] {
        place.ask(["withdraw", &id, "--by", by, "--reason", reason]).exits(2);
    }
    withdraw(&place, &id);
    let tombstones = place.ask(["withdraw", "--json"]).exits(0).json();
    assert_eq!(tombstones.as_array().map(Vec::len), Some(1), "two rows, one letter: {tombstones}");
    let number = tombstones[0]["decision"].to_string();
    place.ask(["corrections", "--withdraw", &number]).exits(0);
    assert_eq!(id_of(&place, "村道"), id);
    assert_eq!(place.ask(["withdraw", "--json"]).exits(0).json(), json!([]));
}

#[test]
fn a_run_is_taken_back() {
    let place = Place::new();
    place.write("in/登记.csv", REGISTER);
    place.ingest([place.path("in")]).exits(0);
    let before = place.digest();
    // A second run brings a new file and a new export, which changes a row.
    place.write("in/登记.csv", REGISTER.replace("半年", "一年"));
    place.write("in/另.csv", REGISTER.replace("X2019", "Y2020").replace("村道", "桥面"));
    let second = place.ingest([place.path("in")]).exits(0).json();
    assert_eq!(second["files"]["archived"], 2);
    assert_eq!(place.search("桥面")["total"], 1);
    let undone = place.ask(["undo", "2", "--reason", "误导入", "--json"]).exits(0).json();
    assert_eq!(undone, json!({ "run": 2, "files": 2, "kept": 0 }));
    assert_eq!(place.digest(), before);
    assert_eq!(place.search("桥面")["total"], 0);
    assert_eq!(place.search("工资半年")["total"], 1, "the former row counts again");
    place.ask(["verify"]).exits(0);
    place.ask_with("audit", ["verify"]).exits(0);
    let runs = place.ask(["runs", "--json"]).exits(0).json();
    assert_eq!((&runs[0]["status"], &runs[0]["files"]["archived"]), (&json!("undone"), &json!(2)), "{runs}");
    assert!(place.ask(["undo", "2", "--reason", "x"]).exits(1).stderr.contains("already"));
    place.ask(["undo", "9", "--reason", "x"]).exits(1);
    place.ask(["undo", "1"]).exits(2);
    // What comes again is new again.
    let third = place.ingest([place.path("in")]).exits(0).json();
    assert_settled(&third);
    assert_eq!(third["files"]["archived"], 2);
    assert_eq!(place.search("桥面")["total"], 1);
}

#[test]
fn taking_back_is_finished_by_the_next_run_if_it_is_cut_off() {
    let place = Place::new();
    place.write("in/登记.csv", REGISTER);
    place.ingest([place.path("in")]).exits(0);
    let before = place.digest();
    let other = place.write("另/另.csv", REGISTER.replace("X2019", "Y2020"));
    place.ingest([&other]).exits(0);
    let mut command =
        place.ask(["undo", "2", "--reason", "误导入"]).env("DOSSIER_KILL_AT", "undo.recorded").command();
    assert_eq!(command.status().expect("it starts").code(), None, "it is killed");
    place.ingest([place.path("in")]).exits(0);
    assert_eq!(place.digest(), before);
    place.ask(["verify"]).exits(0);
    assert!(!place.archive().join("originals/另.csv").exists());
}

#[test]
fn an_input_accepted_as_lost_is_named_and_no_trouble_any_more() {
    let place = Place::new();
    place.write("in/登记.csv", REGISTER);
    place.write("in/坏.pdf", b"%PDF-1.7\nnothing but a header");
    place.write("in/空.pdf", b"");
    std::os::unix::fs::symlink("/nowhere", place.path("in/断.pdf")).unwrap();
    place.ingest([place.path("in")]).exits(3);
    for name in ["坏.pdf", "空.pdf", "断.pdf"] {
        place.ask_with("quarantine", ["release", name, "--reason", "原件已毁"]).exits(0);
    }
    assert_eq!(place.ask_with("quarantine", ["list", "--json"]).exits(0).json(), json!([]));
    assert!(
        place
            .ask_with("quarantine", ["release", "坏.pdf", "--reason", "x"])
            .exits(1)
            .stderr
            .contains("not quarantined")
    );
    let report = place.ingest([place.path("in")]).exits(0).json();
    assert_settled(&report);
    assert_eq!((&report["files"]["released"], &report["files"]["quarantined"]), (&json!(3), &json!(0)));
    let named: Vec<&str> =
        report["released"].as_array().unwrap().iter().map(|it| it["path"].as_str().unwrap()).collect();
    assert!(named.len() == 3 && named[0].ends_with("坏.pdf"), "{named:?}");
    let morning = place.ask(["report", "--json"]).exits(0).json();
    assert_eq!((&morning["quarantined"], &morning["released"][0]["path"]), (&json!([]), &json!(named[0])));
    assert!(place.ask(["runs", "2"]).exits(0).stdout.contains("3 released"));
    place.ask(["verify"]).exits(0);
    // With another content it is another matter; and mended it goes in.
    place.write("in/坏.pdf", b"%PDF-1.7\nanother header");
    let report = place.ingest([place.path("in")]).exits(3).json();
    assert_eq!((&report["files"]["released"], &report["files"]["quarantined"]), (&json!(2), &json!(1)));
    let whole = samples().join("scans/1986-1998/青信86-0041.pdf");
    place.write("in/空.pdf", std::fs::read(whole).expect("a sample"));
    let report: Value = place.ingest([place.path("in")]).exits(3).json();
    assert_eq!((&report["files"]["archived"], &report["files"]["released"]), (&json!(1), &json!(1)));
}
