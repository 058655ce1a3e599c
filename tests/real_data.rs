//! Real registers that are not part of the repository: skipped, and said so, where they are not.

#![allow(clippy::expect_used, clippy::unwrap_used)] // A test may stop where it stands.

mod support;

use dossier_model::{FileKind, fold_text};
use dossier_pipeline::ReadLimits;
use dossier_read::register::read_rows;
use support::{Place, as_html, assert_settled, gb18030, ids, real_data, said};

#[test]
fn every_message_is_accounted_for_and_found() {
    let Some(path) = real_data("messages-4326.xlsx") else { return };
    let place = Place::new();
    let report = place.ingest([path]).exits(0).json();
    assert_settled(&report);
    assert_eq!(report["rows"]["archived"], 4326);
    assert_eq!(report["items"]["added"], 4326);
    let items = place.ask(["export", "--mask", "none"]).exits(0).lines();
    assert_eq!(items.len(), 4326);
    for name in ["petition_no", "petitioner_name", "title", "letter_date"] {
        let filled = items.iter().filter(|item| !item["fields"][name][0]["value"].is_null()).count();
        assert_eq!(filled, 4326, "{name}");
    }
    let with_blanks = |text: &str| text.contains('\t') || text.starts_with('\n');
    let original =
        items.iter().any(|item| with_blanks(item["fields"]["summary"][0]["raw"].as_str().unwrap_or("")));
    assert!(original, "the cell is kept as it stands");
    assert!(
        !items.iter().any(|item| with_blanks(item["text"].as_str().unwrap_or("\t"))),
        "the text is cleaned"
    );
    // What each cell of a message says, as search sees it.
    let cells = |item: &serde_json::Value| -> Vec<String> {
        let values =
            item["fields"].as_object().expect("fields").values().flat_map(|v| v.as_array().expect("values"));
        values.map(|value| fold_text(value["raw"].as_str().expect("a text"))).collect()
    };
    let mut texts: Vec<(&str, Vec<String>)> =
        items.iter().map(|item| (item["id"].as_str().expect("an id"), cells(item))).collect();
    texts.sort();
    // Half-sentences from all over the register, as an officer would copy them.
    let copied = texts.iter().step_by(211).filter_map(|(_, cells)| {
        let longest: Vec<char> = cells.iter().max_by_key(|cell| cell.len())?.chars().collect();
        let middle = longest.len() / 2;
        longest.get(middle..middle + 15).map(|half| half.iter().collect::<String>().trim().to_owned())
    });
    for phrase in copied.chain(["拆迁".to_owned()]) {
        let says = |cells: &[String]| cells.iter().any(|cell| cell.contains(&phrase));
        let expected: Vec<&str> = texts.iter().filter(|(_, cells)| says(cells)).map(|(id, _)| *id).collect();
        let found =
            place.ask(["search", "--literal", "--json", "--limit", "5000", "--", &phrase]).exits(0).json();
        let mut found = ids(&found);
        found.sort();
        assert_eq!(found, expected, "{phrase}");
    }
}

#[test]
fn a_register_with_tens_of_thousands_of_blank_rows_is_read() {
    let Some(path) = real_data("messages-labelled-495.xlsx") else { return };
    let place = Place::new();
    let report = place.ingest([path]).exits(0).json();
    assert_settled(&report);
    assert_eq!(report["rows"]["archived"], 495);
    assert_eq!(report["rows"]["seen"], 496);
}

/// The messages as a spreadsheet, as delimited text in GB18030 and as hypertext called a workbook.
#[test]
fn the_messages_say_the_same_in_three_formats() {
    let Some(path) = real_data("messages-4326.xlsx") else { return };
    let mut rows: Vec<Vec<String>> = Vec::new();
    read_rows(&path, FileKind::Xlsx, &ReadLimits::default(), &mut |row| {
        let last = row.cells.last().map_or(0, |cell| cell.column + 1);
        // White space at a cell's edges and blank lines do not survive hypertext.
        let text = |column| row.cell(column).map_or("", |cell| cell.text.trim()).to_owned();
        rows.push((0..last).map(text).collect());
        Ok(())
    })
    .expect("the register can be read");
    let quoted = |cell: &String| format!("\"{}\"", cell.replace('"', "\"\""));
    let csv: String =
        rows.iter().map(|row| row.iter().map(quoted).collect::<Vec<_>>().join(",") + "\r\n").collect();
    let mut first: Option<Vec<serde_json::Value>> = None;
    for (name, bytes) in [
        ("messages.xlsx", std::fs::read(&path).expect("it can be read")),
        ("messages.csv", gb18030(&csv)),
        ("messages.xls", gb18030(&as_html(&rows))),
    ] {
        let place = Place::new();
        place.write(&format!("in/{name}"), bytes);
        let report = place.ingest([place.path("in")]).exits(0).json();
        assert_settled(&report);
        assert_eq!(report["rows"]["archived"], 4326, "{name}");
        let said: Vec<_> = said(&place).into_iter().map(without_white_space).collect();
        let first = first.get_or_insert_with(|| said.clone());
        assert_eq!(first.len(), said.len());
        for (expected, item) in first.iter().zip(&said) {
            assert_eq!(item, expected, "{name}");
        }
    }
}

/// Hypertext keeps no blank lines.
fn without_white_space(item: serde_json::Value) -> serde_json::Value {
    let plain: String = item.to_string().replace("\\n", "").replace("\\t", "");
    serde_json::Value::String(plain.split_whitespace().collect())
}
