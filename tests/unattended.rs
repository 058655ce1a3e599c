//! What is there in the morning: the runs, how the archive stands, what is quarantined, the
//! report; and a plan that touches nothing.

#![allow(clippy::expect_used, clippy::unwrap_used)] // A test may stop where it stands.

mod support;

use std::path::Path;
use std::time::SystemTime;

use serde_json::{Value, json};
use support::{Place, assert_settled, samples};

const REGISTER: &str = "信访编号,信访人,联系电话,住址,标题,内容\n\
    甲001,钱守信,19900001111,云岭省清河市望川县柳林镇上坪村3组,反映村道失修,村道三年失修，雨天无法通行\n\
    甲002,孙有田,,清河市青禾县,要求补发工资,砖厂拖欠工资半年\n";
const MORE: &str = "信访编号,信访人,联系电话,住址,标题,内容\n\
    乙001,周德厚,,清河市青禾县石桥镇,要求补发工资,煤矿拖欠工资一年\n";

/// Two runs: a good register and a bad file; then another register beside them.
fn two_nights() -> Place {
    let place = Place::new();
    place.write("in/登记 一.csv", REGISTER);
    place.write("in/坏 了.pdf", b"%PDF-1.7\nnothing but a header");
    place.ingest([place.path("in")]).exits(3);
    place.write("in/登记二.csv", MORE);
    place.ingest([place.path("in")]).exits(3);
    place
}

#[test]
fn runs_are_listed_and_each_can_be_printed_again() {
    let place = Place::new();
    place.write("in/登记.csv", REGISTER);
    place.write("in/坏.pdf", b"%PDF-1.7\nnothing but a header");
    let first = place.ingest([place.path("in")]).exits(3).json();
    let second = place.ingest([place.path("in")]).exits(3).json();
    let runs = place.ask(["runs", "--json"]).exits(0).json();
    let runs = runs.as_array().expect("a list");
    assert_eq!(runs.iter().map(|run| &run["run"]).collect::<Vec<_>>(), [&json!(2), &json!(1)]);
    assert_eq!(runs[0]["status"], "partial");
    assert_eq!(runs[0]["files"], second["files"]);
    assert_eq!(runs[1]["items"]["added"], 2);
    assert!(runs[1]["started"].as_u64() <= runs[0]["started"].as_u64());
    let printed = place.ask(["runs", "1", "--json"]).exits(0).json();
    assert_eq!(printed["quarantined"], first["quarantined"], "the words are of the reader's language");
    assert_eq!(printed["rows"], first["rows"]);
    let words = place.ask(["runs", "1"]).exits(0).stdout;
    assert!(words.contains("2 seen = 1 archived + 1 quarantined") && words.contains("坏.pdf"), "{words}");
    let words = place.ask(["runs", "1", "--lang", "zh"]).exits(0).stdout;
    assert!(words.contains("文件：见到 2 = 入库 1 + 隔离 1"), "{words}");
    assert!(place.ask(["runs"]).exits(0).stdout.lines().count() == 3);
    assert!(place.ask(["runs", "9"]).exits(1).stderr.contains("no run 9"));
}

#[test]
fn a_killed_run_is_listed_as_cut_off_and_left_no_report() {
    let place = two_nights();
    let database = rusqlite::Connection::open(place.archive().join("catalog.sqlite")).expect("a catalog");
    database
        .execute("UPDATE run SET status = 'running', finished = NULL, report = '' WHERE id = 2", [])
        .expect("an update");
    let runs = place.ask(["runs", "--json"]).exits(0).json();
    assert_eq!(runs[0]["status"], "cut_off");
    assert!(place.ask(["runs", "2"]).exits(1).stderr.contains("has left no report"));
    assert_eq!(place.ask(["report", "--json"]).exits(0).json()["run"], 1, "the last that left one");
}

#[test]
fn the_standing_is_on_one_screen() {
    let place = two_nights();
    let status = place.ask(["status", "--json"]).exits(0).json();
    assert_eq!(status["items"], 3);
    assert_eq!(status["quarantined"], 1);
    assert_eq!(
        (&status["dirty"], &status["waiting"], &status["busy"]),
        (&json!(0), &json!(0), &json!(false))
    );
    assert_eq!(status["last_run"]["run"], 2);
    assert_eq!(status["sources"][0]["files"], 2);
    let words = place.ask(["status", "--lang", "zh"]).exits(0).stdout;
    for expected in ["3 件", "第 2 次", "当前隔离: 1", "坏 了.pdf", "待办：无"] {
        assert!(words.contains(expected), "{expected}: {words}");
    }
    assert!(words.lines().count() <= 24, "{words}");
}

#[test]
fn what_is_quarantined_now_is_listed_shown_and_tried_again() {
    let place = two_nights();
    let list = place.ask_with("quarantine", ["list", "--json"]).exits(0).json();
    assert_eq!(list.as_array().expect("a list").len(), 1);
    let entry = place.ask_with("quarantine", ["show", "坏 了.pdf", "--json"]).exits(0).json();
    assert_eq!((&entry["first"]["run"], &entry["last"]["run"]), (&json!(1), &json!(2)));
    assert_eq!(entry["kind"], "damaged");
    let command = entry["retry"].as_str().expect("a command");
    assert!(command.starts_with("dossier quarantine retry '") && command.contains("坏 了.pdf'"), "{command}");
    let words = place.ask_with("quarantine", ["show", "坏 了.pdf"]).exits(0).stdout;
    assert!(words.contains("first seen") && words.contains(command), "{words}");
    assert!(place.ask_with("quarantine", ["show", "登记二.csv"]).exits(1).stderr.contains("not quarantined"));

    // As it is, it fails again; mended, it goes in; the other files are not looked at.
    let again = place.ask_with("quarantine", ["retry", "--json", "-q"]).exits(3).json();
    assert_eq!(again["report"]["files"]["seen"], 1);
    let sample = samples().join("scans/2012-2017");
    let whole =
        std::fs::read_dir(sample).unwrap().map(|entry| entry.unwrap().path()).min().expect("a sample");
    place.write("in/坏 了.pdf", std::fs::read(whole).expect("a sample"));
    // The very command that was shown, as a shell takes it.
    let shell = format!("PATH={}:$PATH {command} --quiet", binary().parent().unwrap().display());
    let mut run = std::process::Command::new("sh");
    run.args(["-c", &shell]).env("DOSSIER_PIPELINES", support::root().join("pipelines"));
    let output = run.output().expect("a shell");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(place.ask_with("quarantine", ["list", "--json"]).exits(0).json(), json!([]));
    for nothing in [place.ask_with("quarantine", ["retry"]), place.ask(["retry"])] {
        let said = nothing.exits(0).stdout;
        assert!(said.contains("nothing to try again"), "{said}");
    }
}

#[test]
fn what_is_gone_stays_named() {
    let place = two_nights();
    std::fs::remove_file(place.path("in/坏 了.pdf")).expect("a removal");
    let entry = place.ask_with("quarantine", ["show", "坏 了.pdf", "--json"]).exits(0).json();
    assert_eq!(entry["there"], false);
    let again = place.ask_with("quarantine", ["retry", "--json"]).exits(3).json();
    assert_eq!((again["gone"].as_array().map(Vec::len), &again["report"]), (Some(1), &Value::Null));
}

fn binary() -> std::path::PathBuf {
    std::path::PathBuf::from(env!("CARGO_BIN_EXE_dossier"))
}

#[test]
fn the_morning_report_says_what_came_and_what_to_look_at() {
    let place = two_nights();
    let report = place.ask(["report", "--json"]).exits(0).json();
    assert_settled(&report["account"]);
    assert_eq!(report["run"], 2);
    let intake = report["intake"].as_array().expect("a list");
    assert_eq!(intake.iter().map(|run| &run["items"]).collect::<Vec<_>>(), [&json!(2), &json!(1)]);
    let share = |list: &str, name: &str| {
        let all = report[list].as_array().expect("a list");
        let found = all.iter().find(|share| share["name"] == name);
        found.map(|share| (share["now"].as_u64().unwrap(), share["before"].as_f64().unwrap()))
    };
    assert_eq!(share("categories", "劳动和社会保障"), Some((1, 1.0)));
    assert_eq!(share("regions", "清河市青禾县"), Some((1, 1.0)));
    assert_eq!(share("regions", "云岭省清河市望川县"), Some((0, 1.0)), "no more than the county");
    let quarantined = &report["quarantined"][0];
    for key in ["path", "reason", "hint", "retry"] {
        assert!(quarantined[key].as_str().is_some_and(|text| !text.is_empty()), "{key}: {quarantined}");
    }
    let first = place.ask(["report", "1", "--json"]).exits(0).json();
    assert_eq!(
        (first["intake"].as_array().map(Vec::len), &first["account"]["items"]["added"]),
        (Some(1), &json!(2))
    );

    let subject = place.ask(["report", "--subject", "--lang", "zh"]).exits(0).stdout;
    assert!(subject.contains("新增 1 件") && subject.contains("隔离 1 个文件"), "{subject}");
    assert_eq!(subject.lines().count(), 1);
    place.ask(["report"]).exits(2);
}

#[test]
fn the_page_stands_alone_and_shows_nothing_personal() {
    let place = two_nights();
    let file = place.path("晨报.html");
    let written = |lang: &str| {
        place.ask(["report", "1", "--lang", lang, "--html"]).arg(&file).exits(0);
        std::fs::read_to_string(&file).expect("a page")
    };
    let (chinese, english) = (written("zh"), written("en"));
    for (page, expected) in [
        (&chinese, ["卷宗晨报", "账目", "隔离的文件", "按内容", "按地区", "劳动和社会保障"]),
        (
            &english,
            [
                "Dossier morning report",
                "The account",
                "Quarantined files",
                "By category",
                "By region",
                "清河市青禾县",
            ],
        ),
    ] {
        for words in expected {
            assert!(page.contains(words), "{words}");
        }
        assert!(
            page.contains("<svg") && page.contains("坏 了.pdf") && page.contains("dossier quarantine retry")
        );
        for outside in ["<script", "<link", "<img", "src=", "href=", "@import", "url("] {
            assert!(!page.contains(outside), "{outside}");
        }
        for secret in ["钱守信", "孙有田", "19900001111", "柳林镇", "上坪村"] {
            assert!(!page.contains(secret), "{secret}");
        }
    }
    let nowhere = place.ask(["report", "--html", "/nowhere/at/all.html"]).exits(1);
    assert!(nowhere.stderr.contains("/nowhere/at/all.html"), "{}", nowhere.stderr);
}

#[test]
fn letters_without_a_row_are_named_with_masked_titles() {
    let place = two_nights();
    let scan = samples().join("scans/1986-1998/青信86-0041.pdf");
    // Named as scans often are, by who wrote it.
    place.write("in/孙桂芬来信.pdf", std::fs::read(scan).expect("a sample"));
    place.ingest([place.path("in")]).exits(3);
    let report = place.ask(["report", "--json"]).exits(0).json();
    let letter = &report["unpaired_letters"][0];
    assert_eq!(letter["file"], "孙**来信.pdf");
    assert_eq!(letter["page"], 1);
    place.ask(["show", letter["id"].as_str().expect("an id")]).exits(0);
}

/// Every file below a folder with its size, time and content.
fn everything(folder: &Path) -> Vec<(std::path::PathBuf, SystemTime, Vec<u8>)> {
    let entries = walkdir::WalkDir::new(folder).sort_by_file_name();
    let entries = entries.into_iter().map(|entry| entry.expect("an entry"));
    entries
        .map(|entry| {
            let about = entry.metadata().expect("metadata");
            let content =
                if about.is_file() { std::fs::read(entry.path()).expect("a file") } else { Vec::new() };
            (entry.path().to_owned(), about.modified().expect("a time"), content)
        })
        .collect()
}

#[test]
fn a_plan_says_what_a_run_would_do_and_touches_nothing() {
    let place = Place::new();
    place.write("in/登记.csv", REGISTER);
    place.write("in/甲/二.csv", MORE);
    place.write("in/坏.pdf", b"%PDF-1.7\nnothing but a header");
    place.write("in/空.pdf", b"");
    // No archive yet, and none is made.
    let plan = place.ingest([place.path("in")]).arg("--plan").exits(0).json();
    assert_eq!(plan["files"]["new"], 3, "{plan}");
    assert_eq!(plan["files"]["quarantined"], 1);
    assert_eq!((&plan["estimate"]["rows"], &plan["estimate"]["seconds"]), (&Value::Null, &Value::Null));
    assert!(!place.archive().exists());

    let report = place.ingest([place.path("in")]).exits(3).json();
    assert_settled(&report);
    place.write("in/登记.csv", REGISTER.replace("三年", "四年"));
    std::fs::remove_file(place.path("in/甲/二.csv")).expect("a removal");
    place.write("in/三.csv", MORE.replace("乙", "丙"));
    place.write("in/三再.csv", MORE.replace("乙", "丙"));
    let before = everything(place.folder.path());
    let plan = place.ingest([place.path("in")]).arg("--plan").exits(0).json();
    assert_eq!(everything(place.folder.path()), before, "nothing is touched");
    assert_eq!(
        plan["files"],
        json!({ "seen": 5, "new": 2, "changed": 1, "unchanged": 0, "duplicate": 1, "quarantined": 1, "ignored": 0 })
    );
    assert_eq!(plan["again"], 1, "the broken scan: {plan}");
    assert!(
        plan["gone"][0].as_str().is_some_and(|path| path.ends_with("甲/二.csv")) && plan["gone"][1].is_null()
    );
    assert!(plan["changed"][0]["path"].as_str().is_some_and(|path| path.ends_with("登记.csv")));
    assert_eq!(plan["estimate"]["pages"], Value::Null, "there was never a page to tell from: {plan}");
    let rows_only = place.ingest([place.path("in/三.csv")]).arg("--plan").exits(0).json();
    let estimate = &rows_only["estimate"];
    assert!(estimate["rows"].as_u64() > Some(0) && estimate["seconds"].as_f64() > Some(0.0), "{estimate}");
    let words = support::Dossier::new(["ingest", "petitions", "--plan", "--lang", "zh", "--archive"]);
    let words = words.arg(place.archive()).arg(place.path("in")).exits(0).stdout;
    assert!(words.contains("文件：见到 5 = 新 2 + 变化 1 + 重复 1 + 隔离 1；已不在 1"), "{words}");

    // What the plan said is what the run does.
    let done = place.ingest([place.path("in")]).exits(3).json();
    assert_settled(&done);
    assert_eq!(done["files"]["archived"], 2, "one new, one changed; the scan is quarantined again: {done}");
    assert_eq!(done["files"]["duplicate"], 1);
    let plan = place.ingest([place.path("in")]).arg("--plan").exits(0).json();
    assert_eq!((&plan["files"]["unchanged"], &plan["files"]["duplicate"]), (&json!(3), &json!(0)), "{plan}");
    assert!(place.ingest([place.path("none")]).arg("--plan").exits(1).stderr.contains("none"));
}
