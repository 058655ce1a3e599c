//! The samples, end to end, on the real models: every page, letter, row and field against what
//! the generator knows to be there.

#![allow(clippy::expect_used, clippy::unwrap_used)] // A test may stop where it stands.

mod support;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::OnceLock;

use dossier_model::{edit_distance, fold_text};
use dossier_testkit::expect::{
    Expectation, LetterExpectation, PageState, RegisterExpectation, ScanExpectation,
};
use serde_json::{Value, json};
use support::{Place, assert_settled, samples};

/// Of the characters on all recognised pages, this share may be wrong, missing or too many.
const MAX_CHARACTER_ERROR: f64 = 0.002;
/// Of the letters' fields, at least this share is exactly right.
const MIN_FIELDS_RIGHT: f64 = 0.98;
/// Of the letters, at least this share gets its first-level category.
const MIN_CATEGORIES_RIGHT: f64 = 0.8;

/// All samples taken in once, for all tests of this file.
struct Taken {
    place: Place,
    report: Value,
    items: Vec<Value>,
}

fn taken() -> &'static Taken {
    static TAKEN: OnceLock<Taken> = OnceLock::new();
    TAKEN.get_or_init(|| {
        let place = Place::new();
        let report = place.ingest([samples()]).exits(0).json();
        let items = place.ask(["export", "--mask", "none"]).exits(0).lines();
        Taken { place, report, items }
    })
}

/// Every sample by its path under the samples' folder, with what is expected of it.
fn expectations() -> BTreeMap<String, Expectation> {
    let mut found = BTreeMap::new();
    for entry in walkdir::WalkDir::new(samples()) {
        let path: PathBuf = entry.expect("the samples can be walked").into_path();
        let name = path.strip_prefix(samples()).expect("below").to_string_lossy().into_owned();
        let Some(name) = name.strip_suffix(".expected.json") else { continue };
        let text = std::fs::read_to_string(&path).expect("an expectation can be read");
        found.insert(name.to_owned(), serde_json::from_str(&text).expect("an expectation parses"));
    }
    found
}

fn scans() -> Vec<(String, ScanExpectation)> {
    let scan = |(name, expected)| match expected {
        Expectation::Scan(scan) => Some((name, scan)),
        Expectation::Register(_) => None,
    };
    expectations().into_iter().filter_map(scan).collect()
}

fn registers() -> Vec<(String, RegisterExpectation)> {
    let register = |(name, expected)| match expected {
        Expectation::Register(register) => Some((name, register)),
        Expectation::Scan(_) => None,
    };
    expectations().into_iter().filter_map(register).collect()
}

/// The item that has a letter beginning on this page.
fn letter_item<'a>(file: &str, page: u32) -> Option<&'a Value> {
    source_item(|source| source["file"] == *file && source["page"] == page)
}

fn source_item<'a>(is: impl Fn(&Value) -> bool) -> Option<&'a Value> {
    taken()
        .items
        .iter()
        .find(|item| item["sources"].as_array().is_some_and(|sources| sources.iter().any(&is)))
}

/// The page as it was read.
fn page_read<'a>(file: &str, number: u32) -> Option<&'a Value> {
    let pages = taken().items.iter().flat_map(|item| item["pages"].as_array().into_iter().flatten());
    pages.into_iter().find(|page| page["file"] == *file && page["number"] == number)
}

/// The words of a page without what white space does.
fn letters_of(text: &str) -> Vec<char> {
    fold_text(text).chars().filter(|c| !c.is_whitespace()).collect()
}

#[test]
fn the_account_says_what_is_there() {
    let report = &taken().report;
    assert_settled(report);
    assert_eq!(report["status"], "complete");
    let (scans, registers) = (scans(), registers());
    assert_eq!(report["files"]["archived"], scans.len() + registers.len());
    let pages = |state: PageState| -> usize {
        scans.iter().flat_map(|(_, scan)| &scan.pages).filter(|page| page.state == state).count()
    };
    assert_eq!(
        report["pages"],
        json!({
            "seen": scans.iter().map(|(_, scan)| scan.pages.len()).sum::<usize>(),
            "text_layer": pages(PageState::TextLayer),
            "recognised": pages(PageState::Recognised),
            "blank": pages(PageState::Blank),
            "transcript": 0, "unchanged": 0, "duplicate": 0, "failed": 0,
        })
    );
    let rows =
        |count: fn(&RegisterExpectation) -> u32| -> u32 { registers.iter().map(|(_, r)| count(r)).sum() };
    assert_eq!(
        report["rows"],
        json!({
            "seen": rows(|r| r.rows.seen),
            "archived": rows(|r| r.rows.archived),
            "duplicate": rows(|r| r.rows.duplicate),
            "not_data": rows(|r| r.rows.not_data),
            "unchanged": 0, "rejected": 0,
        })
    );
}

#[test]
fn every_page_is_read_as_it_is() {
    let (mut wrong, mut length) = (0, 0);
    let mut worst: Vec<String> = Vec::new();
    for (file, scan) in scans() {
        for page in &scan.pages {
            let Some(read) = page_read(&file, page.number) else {
                assert_eq!(page.state, PageState::Blank, "{file} page {} is lost", page.number);
                continue;
            };
            assert_eq!(read["state"], json!(page.state), "{file} page {}", page.number);
            let words = read["words"].as_array().expect("words");
            let text: String = words.iter().map(|word| word["text"].as_str().expect("a text")).collect();
            let (expected, found) = (letters_of(&page.text), letters_of(&text));
            let errors = edit_distance(&expected, &found);
            if page.state == PageState::TextLayer {
                assert_eq!(errors, 0, "{file} page {}: a text layer is exact", page.number);
            } else {
                wrong += errors;
                length += expected.len();
            }
            if errors > 0 {
                worst.push(format!("{errors}/{} {file} page {}", expected.len(), page.number));
            }
        }
    }
    let rate = wrong as f64 / length as f64;
    println!("character error {:.3} % of {length} characters\n{}", 100.0 * rate, worst.join("\n"));
    assert!(length > 8_000, "only {length} characters");
    assert!(rate <= MAX_CHARACTER_ERROR, "character error {rate}:\n{}", worst.join("\n"));
}

#[test]
fn words_have_boxes_on_the_page_in_order() {
    for (file, scan) in scans() {
        for page in scan.pages.iter().filter(|page| page.state == PageState::Recognised) {
            let read = page_read(&file, page.number).expect("the page is there");
            let (width, height) = (read["width"].as_i64().expect("px"), read["height"].as_i64().expect("px"));
            for word in read["words"].as_array().expect("words") {
                let side = |at: usize| word["box"][at].as_i64().expect("a pixel");
                let inside = 0 <= side(0) && side(0) < side(2) && side(2) <= width;
                let inside = inside && 0 <= side(1) && side(1) < side(3) && side(3) <= height;
                assert!(inside, "{file} page {}: {word}", page.number);
                let confidence = word["confidence"].as_f64().expect("a confidence");
                assert!((0.0..=1.0).contains(&confidence));
                let text = word["text"].as_str().expect("a text");
                let one = text.chars().count() == 1 || text.chars().all(|c| c.is_alphanumeric());
                assert!(one, "a word is one Han character, a run of letters or digits, or a mark: {text}");
            }
        }
    }
}

#[test]
fn rows_are_exactly_what_they_say() {
    for (file, register) in registers() {
        for row in &register.items {
            let at = |source: &Value| {
                source["file"] == *file && source["sheet"] == row.sheet && source["row"] == row.row
            };
            let item = source_item(at).unwrap_or_else(|| panic!("{file} row {} is lost", row.row));
            for (name, expected) in &row.fields {
                let of_row = |value: &&Value| {
                    value["evidence"]
                        .as_array()
                        .expect("evidence")
                        .iter()
                        .any(|place| place["row"] == row.row)
                };
                let values = item["fields"][name].as_array().into_iter().flatten().filter(of_row);
                let found: Vec<&str> = values.map(|value| value["value"].as_str().expect("text")).collect();
                assert_eq!(&found, expected, "{file} row {} {name}", row.row);
            }
            for name in &row.doubtful {
                assert!(item["fields"][name][0]["warnings"].is_array(), "{file} row {} {name}", row.row);
            }
            if let Some(scan) = &row.pairs_with {
                let paired = item["sources"].as_array().expect("sources").iter().any(|s| s["file"] == *scan);
                assert!(paired, "{file} row {} and {scan} are one petition", row.row);
            }
        }
    }
}

/// The field values that a letter itself states, folded.
fn stated(item: &Value, name: &str) -> Vec<Vec<char>> {
    let on_page = |value: &&Value| {
        value["evidence"].as_array().expect("evidence").iter().any(|place| place.get("page").is_some())
    };
    let values = item["fields"][name].as_array().into_iter().flatten().filter(on_page);
    values.map(|value| letters_of(value["value"].as_str().expect("text"))).collect()
}

#[test]
fn letters_are_divided_and_paired() {
    for (file, scan) in scans() {
        for letter in &scan.letters {
            let item = letter_item(&file, letter.first_page)
                .unwrap_or_else(|| panic!("{file}: no letter begins on page {}", letter.first_page));
            let sources = item["sources"].as_array().expect("sources");
            let source = sources.iter().find(|source| source["file"] == *file).expect("the scan");
            assert_eq!(source["pages"], letter.pages, "{file} page {}", letter.first_page);
            let row = sources.iter().find(|source| source.get("row").is_some());
            match (&letter.pairs_with, row) {
                (Some(expected), Some(row)) => {
                    assert_eq!(
                        (&row["file"], &row["row"]),
                        (&json!(expected.register), &json!(expected.row)),
                        "{file}"
                    );
                }
                (None, None) => {}
                (expected, row) => {
                    panic!("{file} page {}: expected {expected:?}, paired {row:?}", letter.first_page)
                }
            }
        }
    }
}

#[test]
fn fields_are_found_in_letters() {
    let (mut right, mut all) = (0, 0);
    let mut wrong = Vec::new();
    for (file, scan) in scans() {
        for LetterExpectation { first_page, fields, .. } in &scan.letters {
            let Some(item) = letter_item(&file, *first_page) else { continue };
            for (name, expected) in fields {
                let expected: Vec<Vec<char>> = expected.iter().map(|value| letters_of(value)).collect();
                let found = stated(item, name);
                all += 1;
                if found.get(..expected.len()) == Some(&expected[..]) {
                    right += 1;
                } else {
                    let text =
                        |values: &[Vec<char>]| values.iter().map(String::from_iter).collect::<Vec<String>>();
                    wrong.push(format!("{file} {name}: {:?} is not {:?}", text(&found), text(&expected)));
                }
            }
        }
    }
    let share = f64::from(right) / f64::from(all);
    println!("{right} of {all} fields exactly right\n{}", wrong.join("\n"));
    assert!(share >= MIN_FIELDS_RIGHT, "{right} of {all}:\n{}", wrong.join("\n"));
}

#[test]
fn categories_are_found_for_letters() {
    let (mut right, mut all) = (0, 0);
    let mut wrong = Vec::new();
    for (file, scan) in scans() {
        for letter in &scan.letters {
            let Some(item) = letter_item(&file, letter.first_page) else { continue };
            let (expected, found) = (&letter.categories[0][0], &item["categories"][0]["path"][0]);
            all += 1;
            if found == expected {
                right += 1;
            } else {
                wrong.push(format!("{file} page {}: {found} is not {expected}", letter.first_page));
            }
        }
    }
    println!("{right} of {all} categories\n{}", wrong.join("\n"));
    assert!(f64::from(right) / f64::from(all) >= MIN_CATEGORIES_RIGHT, "{}", wrong.join("\n"));
}

#[test]
fn a_phrase_on_the_second_page_of_a_scan_is_found_with_its_boxes() {
    let file = "scans/1956-1979/QH01-XF·1956-Y-0003.pdf";
    // The page is in traditional characters, and the sentence runs over a line break.
    let found = taken().place.search("请县里派人来查一查社里的账目");
    let hits = found["hits"].as_array().expect("hits");
    let hit = hits
        .iter()
        .find(|hit| hit["sources"].as_array().is_some_and(|s| s.iter().any(|s| s["file"] == file)));
    let matched = &hit.expect("the letter is found")["matches"][0];
    assert_eq!(matched["page"], 2);
    let boxes = matched["boxes"].as_array().expect("boxes");
    assert_eq!(boxes.len(), 2, "one bar on each of two lines: {boxes:?}");
    let page = page_read(file, 2).expect("the page");
    let words = page["words"].as_array().expect("words");
    let within = |word: &Value, bar: &Value| {
        let side = |b: &Value, at: usize| b[at].as_i64().expect("a pixel");
        let middle = (
            (side(&word["box"], 0) + side(&word["box"], 2)) / 2,
            (side(&word["box"], 1) + side(&word["box"], 3)) / 2,
        );
        side(bar, 0) <= middle.0
            && middle.0 < side(bar, 2)
            && side(bar, 1) <= middle.1
            && middle.1 < side(bar, 3)
    };
    let covered: String = words
        .iter()
        .filter(|word| boxes.iter().any(|bar| within(word, bar)))
        .map(|word| word["text"].as_str().expect("a text"))
        .collect();
    assert_eq!(fold_text(&covered), "请县里派人来查一查社里的账目", "the bars cover just the phrase");
}

#[test]
fn order_and_number_of_workers_do_not_matter() {
    let all = taken().place.digest();
    assert_eq!(all["index_agrees"], true);
    let place = Place::new();
    let folder = |name: &str| samples().join(name);
    // Registers last instead of first, in two runs' worth of folders, with one worker.
    let report = place.ingest([samples()]).arg("--workers").arg("1").exits(0).json();
    assert_settled(&report);
    assert_eq!(place.digest(), all);
    // And nothing changes when it is run again.
    let again = place.ingest([folder("scans"), folder("registers")]).exits(0).json();
    assert_settled(&again);
    assert_eq!(again["files"]["archived"], 0);
    assert_eq!(place.digest(), all);
}
