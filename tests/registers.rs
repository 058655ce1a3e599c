//! What a register's columns mean: known, likely, told by the values, or said by somebody.

#![allow(clippy::expect_used, clippy::unwrap_used)] // A test may stop where it stands.

mod support;

use std::path::{Path, PathBuf};

use serde_json::Value;
use support::{Dossier, Place, assert_settled, id_of, ids, root};

const REGISTER: &str = "望川镇2018年来信登记表,,,,,,,\n\
    信访编号,群众姓名,来信日期,主要内容,何处来,证件,留言手机,经办人电话\n\
    测001,赵大勇,2018-06-12,村道失修三年,柳树湾,990101196503121235,13900000012,13900000092\n\
    测002,孙有田,2018-07-03,低保被取消,槐树坪,990101197001010019,13900000013,13900000092\n\
    测003,周玉兰,2018-08-21,征地款未发,柳树湾,990101198002020027,13900000014,13900000093\n\
    测004,钱守信,2018-08-22,砖厂欠薪,石桥,990101197503030034,13900000015,13900000093\n\
    测005,吴长河,2018-08-23,河堤毁坏,石桥,990101196804040043,13900000016,13900000093\n";

/// Puts a check digit (GB 11643-1999) on the seventeen digits before it.
fn with_check_digits(register: &str) -> String {
    let weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    let line = |line: &str| {
        let cells = line.split(',').map(|cell| match cell.len() {
            18 if cell.starts_with("990101") => {
                let sum: u32 =
                    cell.bytes().zip(weights).map(|(digit, weight)| u32::from(digit - b'0') * weight).sum();
                let check = b"10X98765432"[(sum % 11) as usize] as char;
                format!("{}{check}", &cell[..17])
            }
            _ => cell.to_owned(),
        });
        cells.collect::<Vec<_>>().join(",") + "\n"
    };
    register.lines().map(line).collect()
}

fn inspect(pipelines: &Path, file: &Path) -> Value {
    Dossier::new(["registers", "inspect", "--json"])
        .arg(file)
        .env("DOSSIER_PIPELINES", pipelines)
        .exits(0)
        .json()
}

/// The field of a header, and how it was found.
fn meaning<'a>(inspected: &'a Value, header: &str) -> Option<(&'a str, &'a str)> {
    let columns = inspected["sheets"][0]["columns"].as_array().expect("columns");
    let column = columns.iter().find(|column| column["header"] == header)?;
    Some((column["field"].as_str().expect("a field"), column["how"].as_str().expect("how")))
}

fn pipelines(place: &Place) -> PathBuf {
    let pipelines = place.path("pipelines");
    support::copy_folder(&root().join("pipelines/petitions"), &pipelines.join("petitions"));
    pipelines
}

#[test]
fn columns_are_known_likely_or_told_by_their_values() {
    let place = Place::new();
    let pipelines = pipelines(&place);
    let file = place.write("in/登记.csv", with_check_digits(REGISTER));
    let seen = inspect(&pipelines, &file);
    assert_eq!(seen["sheets"][0]["header_row"], 2, "{seen}");
    assert_eq!(seen["sheets"][0]["data"], 5);
    assert_eq!(meaning(&seen, "信访编号"), Some(("petition_no", "known")));
    assert_eq!(meaning(&seen, "群众姓名"), Some(("petitioner_name", "likely")));
    assert_eq!(meaning(&seen, "证件"), Some(("id_no", "values")));
    assert_eq!(meaning(&seen, "留言手机"), Some(("mobile", "likely")));
    assert_eq!(meaning(&seen, "经办人电话"), None, "an official's telephone is nobody's who wrote");
    assert_eq!(meaning(&seen, "何处来"), None);
}

#[test]
fn what_somebody_says_of_a_column_holds_for_this_register_and_the_next() {
    let place = Place::new();
    let pipelines = pipelines(&place);
    let file = place.write("in/登记.csv", with_check_digits(REGISTER));
    let report = place.ingest([place.path("in")]).env("DOSSIER_PIPELINES", &pipelines).exits(0).json();
    assert_settled(&report);
    let search = |query: &str| place.ask(["search", "--json", "--", query]).exits(0).json();
    assert_eq!(search("属地:柳树湾")["total"], 0);
    let before = ids(&search("征地款未发"));
    let saved = Dossier::new([
        "registers",
        "save",
        "--json",
        "--column",
        "何处来=issue_region",
        "--column",
        "证件=-",
    ])
    .arg(&file)
    .env("DOSSIER_PIPELINES", &pipelines)
    .exits(0)
    .json();
    assert_eq!(meaning(&saved, "何处来"), Some(("issue_region", "saved")));
    assert_eq!(meaning(&saved, "证件"), None);
    // The rows are read by it, and stay the petitions that they are.
    place.ingest([place.path("in")]).env("DOSSIER_PIPELINES", &pipelines).exits(0);
    assert_eq!(search("属地:柳树湾")["total"], 2);
    assert_eq!(ids(&search("征地款未发")), before);
    // Next month's file has another title and other rows, and the same columns.
    let next = REGISTER.replace("2018年", "2019年").replace("测00", "测10").replace("柳树湾", "杨家渡");
    place.write("in/下月.csv", with_check_digits(&next));
    place.ingest([place.path("in")]).env("DOSSIER_PIPELINES", &pipelines).exits(0);
    assert_eq!(search("属地:杨家渡")["total"], 2);
}

#[test]
fn what_cannot_be_meant_is_refused() {
    let place = Place::new();
    let pipelines = pipelines(&place);
    let file = place.write("in/登记.csv", with_check_digits(REGISTER));
    for column in ["没有这列=issue_region", "何处来=no_such_field", "何处来"] {
        Dossier::new(["registers", "save", "--column", column])
            .arg(&file)
            .env("DOSSIER_PIPELINES", &pipelines)
            .exits(1);
    }
    let one_is_wrong =
        ["registers", "save", "--column", "何处来=issue_region", "--column", "没有这列=address"];
    let refused = Dossier::new(one_is_wrong).arg(&file).env("DOSSIER_PIPELINES", &pipelines).exits(1);
    assert!(refused.stderr.contains("没有这列") && !refused.stderr.contains("何处来"), "{}", refused.stderr);
    assert!(!pipelines.join("petitions/registers.toml").exists(), "all or nothing");
}

#[test]
fn what_belongs_to_nothing_and_what_is_missing_is_listed() {
    let place = Place::new();
    place.write(
        "in/登记.csv",
        "信访编号,信访人,反映内容\n信〔2019〕1号,赵大勇,村道失修\n信〔2019〕2号,孙有田,低保被取消\n信〔2019〕5号,周玉兰,征地款未发\n",
    );
    place.write("in/信.txt", "尊敬的领导：\n我村河堤毁坏，请求修复。\n此致\n敬礼！\n钱守信\n2019年3月1日\n");
    place.ingest([place.path("in")]).exits(0);
    let gaps = place.ask(["status", "--json", "--gaps"]).exits(0).json();
    assert_eq!(gaps[0]["before"], "信[2019]", "{gaps}");
    assert_eq!(gaps[0]["missing"], serde_json::json!([[3, 4]]));
    let orphans = place.ask(["status", "--json", "--orphans"]).exits(0).json();
    assert_eq!(orphans["letters_without_row"][0]["file"], "信.txt", "{orphans}");
    let rows = orphans["rows_without_letter"].as_array().expect("rows");
    let numbers: Vec<u64> = rows.iter().map(|row| row["at"]["row"]["row"].as_u64().expect("a row")).collect();
    assert_eq!(numbers, [2, 3, 4]);
}

#[test]
fn rows_looked_through_on_many_cores_come_on_record_as_on_one() {
    let mut register = "信访编号,信访人,标题,信访内容\n".to_owned();
    for number in 1..=600 {
        register += &format!(
            "甲{number:03},钱守信,反映村道失修,我村第{number}号路三年失修，雨天无法通行，老人和学生出行困难，要求镇政府修好村道并赔偿损失{number}元。\n"
        );
    }
    // Far from the rows whose numbers they bear: one says the same, the other something else.
    let same = register.lines().nth(7).expect("a row").to_owned();
    register += &format!(
        "{same}\n甲009,孙有田,要求补发工资,砖厂拖欠工资半年，我们一家生活困难，请求有关部门责令砖厂补发。\n"
    );
    let taken = |threads: &str| {
        let place = Place::new();
        let file = place.write("in/登记.csv", &register);
        let report = place.ingest([file]).env("RAYON_NUM_THREADS", threads).exits(0).json();
        assert_settled(&report);
        assert_eq!(report["items"]["added"], 601, "one row says what another said: {report}");
        let found = ids(&place.search("要求镇政府修好村道并赔偿损失431元"));
        (place.digest(), report["rows"].clone(), found)
    };
    let (digest, rows, found) = taken("1");
    assert_eq!(digest["index_agrees"], true);
    assert_eq!(rows["duplicate"], 1, "{rows}");
    assert_eq!(found.len(), 1, "{found:?}");
    for threads in ["2", "5"] {
        assert_eq!(taken(threads), (digest.clone(), rows.clone(), found.clone()), "{threads} threads");
    }
}

#[test]
fn a_row_that_vanishes_is_told_and_its_letter_stays() {
    let place = Place::new();
    let header = "信访编号,信访人,标题,内容\n";
    let row = |number: &str, matter: &str| format!("{number},钱守信,反映{matter},请镇里修好{matter}\n");
    let (road, bridge, well) = (row("丙001", "村道"), row("丙002", "石桥"), row("丙003", "水井"));
    place.write("in/台账.csv", format!("{header}{road}{bridge}{well}"));
    place.ingest([place.path("in")]).exits(0);
    place.write(
        "in/台账.csv",
        format!("{header}{road}{}{}", row("丙003", "水井和水管"), row("丙004", "路灯")),
    );
    let report = place.ingest([place.path("in")]).exits(0).json();
    let bridge = id_of(&place, "石桥");
    let notes = report["notes"].as_array().unwrap();
    assert_eq!(notes.len(), 1, "{report}");
    assert_eq!(notes[0]["kind"], "rows_vanished");
    assert_eq!(notes[0]["detail"], format!("1 (3 {bridge})"), "the row of the former file, and the letter");
    let morning = place.ask(["report", "--json"]).exits(0).json();
    let noted = &morning["notes"][0];
    assert!(noted["path"].as_str().is_some_and(|path| path.ends_with("台账.csv")), "{morning}");
    assert!(noted["note"].as_str().is_some_and(|note| note.contains(&bridge)), "{morning}");
    let shown = |id: &str| place.ask(["show", id, "--json"]).exits(0).json()["sources"].clone();
    assert_eq!(shown(&bridge)[0]["former"], true);
    assert_eq!(shown(&id_of(&place, "村道"))[0]["former"], serde_json::Value::Null);
    let words = place.ask(["show", &bridge]).exits(0).stdout;
    assert!(words.contains("no longer in the file"), "{words}");
    // It is news once; a row that only moved to another register has not vanished.
    assert_eq!(place.ingest([place.path("in")]).exits(0).json()["notes"].as_array().map(Vec::len), Some(0));
    place.write("in/台账.csv", format!("{header}{road}"));
    place.write("in/另册.csv", format!("{header}{}{}", row("丙003", "水井和水管"), row("丙004", "路灯")));
    let report = place.ingest([place.path("in")]).exits(0).json();
    assert_eq!(report["notes"].as_array().map(Vec::len), Some(0), "{report}");
}

#[test]
fn one_quotation_mark_too_many_costs_no_petition() {
    let row = |number: usize, text: &str| format!("测{number:03},赵大勇,{text},2018-03-{number:02}\n");
    let mut register = "信访编号,信访人,反映内容,来信日期\n".to_owned();
    for number in 1..=20 {
        register += &match number {
            5 => row(number, "\"低保被取消"),
            9 => row(number, "\"河堤毁坏，\n请派人查看,尽快\""),
            15 => row(number, "所谓\"样板路\"坏了"),
            _ => row(number, "村道失修三年"),
        };
    }
    let place = Place::new();
    place.write("in/登记.csv", register);
    let report = place.ingest([place.path("in")]).exits(0).json();
    assert_settled(&report);
    assert_eq!(report["rows"]["archived"], 20, "{report}");
    let note = &report["notes"][0];
    assert_eq!(
        (note["kind"].as_str(), note["detail"].as_str()),
        (Some("stray_quotes"), Some("6")),
        "{report}"
    );
    let items = place.ask(["export", "--mask", "none"]).exits(0).lines();
    let of_two_lines = |item: &&Value| item["fields"]["summary"][0]["value"] == "河堤毁坏，\n请派人查看,尽快";
    assert_eq!(items.iter().filter(of_two_lines).count(), 1, "a cell of two lines is one");
}

/// A workbook as SpreadsheetML: the first row is text, the numbers of the others are numbers.
fn workbook(rows: &[[&str; 3]]) -> String {
    let cell = |text: &&str| {
        let kind = if text.starts_with('#') {
            "Error"
        } else if text.parse::<f64>().is_ok() {
            "Number"
        } else {
            "String"
        };
        format!("<Cell><Data ss:Type=\"{kind}\">{text}</Data></Cell>")
    };
    let row = |cells: &[&str; 3]| format!("<Row>{}</Row>", cells.iter().map(cell).collect::<String>());
    format!(
        "<?xml version=\"1.0\"?><Workbook xmlns=\"urn:schemas-microsoft-com:office:spreadsheet\" \
         xmlns:ss=\"urn:schemas-microsoft-com:office:spreadsheet\"><Worksheet ss:Name=\"三月\"><Table>{}</Table>\
         </Worksheet></Workbook>",
        rows.iter().map(row).collect::<String>()
    )
}

#[test]
fn numbers_that_lost_digits_are_doubtful_and_name_nothing() {
    const HEADER: [&str; 3] = ["信访编号", "信访人", "反映内容"];
    let lost = "990102202104120000";
    let place = Place::new();
    place.write("in/一.xml", workbook(&[HEADER, [lost, "赵大勇", "村道失修三年"]]));
    place.write("in/二.xml", workbook(&[HEADER, [lost, "孙有田", "低保被取消"]]));
    let report = place.ingest([place.path("in")]).exits(0).json();
    assert_eq!(report["items"]["added"], 2, "two numbers have become the same: {report}");
    for item in place.ask(["export", "--mask", "none"]).exits(0).lines() {
        let number = &item["fields"]["petition_no"][0];
        assert_eq!(number["warnings"][0], "digits_lost_in_spreadsheet", "{item}");
        assert!(number["confidence"].as_f64().unwrap() < 0.2, "{item}");
    }
}

#[test]
fn errors_of_a_spreadsheet_are_named_and_told_by_no_letter() {
    let rows = [
        ["信访编号", "信访人", "反映内容"],
        ["测001", "#REF!", "村道失修三年"],
        ["测002", "孙有田", "#VALUE!"],
    ];
    let place = Place::new();
    place.write("in/登记.xml", workbook(&rows));
    let report = place.ingest([place.path("in")]).exits(0).json();
    assert_eq!(report["rows"]["archived"], 2, "{report}");
    let note = &report["notes"][0];
    assert_eq!(
        (note["kind"].as_str(), note["detail"].as_str()),
        (Some("error_cells"), Some("三月!B2, 三月!C3"))
    );
    for item in place.ask(["export", "--mask", "none"]).exits(0).lines() {
        assert!(!item["text"].as_str().unwrap().contains('#'), "{item}");
        assert!(!item["fields"].to_string().contains('#'), "{item}");
    }
}

#[test]
fn a_month_without_letters_is_a_register() {
    let place = Place::new();
    place.write("in/二月.csv", "信访编号,信访人,来信日期,反映内容\n");
    let report = place.ingest([place.path("in")]).exits(0).json();
    assert_settled(&report);
    assert_eq!((&report["rows"]["seen"], &report["rows"]["archived"]), (&Value::from(1), &Value::from(0)));
    assert_eq!(report["items"]["added"], 0, "{report}");
}
