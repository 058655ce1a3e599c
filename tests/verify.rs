//! A damaged byte anywhere is found and named, with what to do.

#![allow(clippy::expect_used, clippy::unwrap_used)] // A test may stop where it stands.

mod support;

use std::path::{Path, PathBuf};

use serde_json::Value;
use support::{Place, samples};

const REGISTER: &str = "信访编号,信访人,标题,内容\n甲001,钱守信,反映村道失修,村道三年失修，雨天无法通行\n\
                        甲002,孙有田,要求补发工资,砖厂拖欠工资半年\n";

/// An archive of one register, with a correction and a trail of a few lines.
fn archive() -> Place {
    archive_of(Place::new())
}

/// The same with a scan, which takes a while to recognise.
fn archive_with_scan() -> Place {
    let place = Place::new();
    let scan = samples().join("scans/1986-1998/青信86-0041.pdf");
    place.write("in/青信86-0041.pdf", std::fs::read(scan).expect("a sample"));
    archive_of(place)
}

fn archive_of(place: Place) -> Place {
    place.write("in/登记.csv", REGISTER);
    place.ingest([place.path("in")]).exits(0);
    let found = place.search("村道三年失修");
    let id = found["hits"][0]["id"].as_str().expect("an id");
    place.ask(["correct", id, "--set", "信访人=钱守义"]).exits(0);
    place.search("砖厂");
    place
}

fn sound(place: &Place) -> Value {
    let said = place.ask(["verify", "--json"]).exits(0).json();
    assert_eq!(said["sound"], true);
    said
}

/// The damages that are found.
#[track_caller]
fn damages(place: &Place) -> Vec<Value> {
    let said = place.ask(["verify", "--json"]).exits(3).json();
    assert_eq!(said["sound"], false);
    let damages = said["damages"].as_array().expect("a list").clone();
    for damage in &damages {
        for key in ["kind", "reason", "hint"] {
            assert!(damage[key].as_str().is_some_and(|text| !text.is_empty()), "{key}: {damage}");
        }
    }
    damages
}

/// Asks for a damage of this kind whose reason names `what`.
#[track_caller]
fn assert_named(damages: &[Value], kind: &str, what: &str) {
    let named = |damage: &&Value| damage["kind"] == kind && damage["reason"].as_str().unwrap().contains(what);
    assert!(damages.iter().any(|damage| named(&damage)), "no {kind} of {what}: {damages:?}");
}

fn flip(path: &Path, at: usize) {
    let mut bytes = std::fs::read(path).expect("a file");
    bytes[at] ^= 0x01;
    std::fs::write(path, bytes).expect("a write");
}

/// Flips the last byte of the first occurrence of `text`.
fn flip_in(path: &Path, text: &[u8]) {
    let bytes = std::fs::read(path).expect("a file");
    let at = bytes.windows(text.len()).position(|window| window == text).expect("the text is there");
    flip(path, at + text.len() - 1);
}

fn catalog(place: &Place) -> rusqlite::Connection {
    rusqlite::Connection::open(place.archive().join("catalog.sqlite")).expect("a catalog")
}

#[test]
fn a_sound_archive_is_sound() {
    let place = archive_with_scan();
    let said = sound(&place);
    assert_eq!(said["checked"]["originals"], 2);
    assert!(
        said["checked"]["seals"].as_u64() >= Some(6),
        "two files, what was made of them, a run, a correction: {said}"
    );
    assert_eq!(said["checked"]["unsealed"], 0);
    assert_eq!(said["checked"]["index_compared"], true);
    assert_eq!(sound(&place), said, "looking changes nothing");
    let words = place.ask(["verify", "--lang", "zh"]).exits(0).stdout;
    assert!(words.contains("完好"), "{words}");
}

#[test]
fn originals_that_changed_are_missing_or_surplus_are_named() {
    let place = archive();
    let register = place.archive().join("originals/登记.csv");
    flip(&register, 40);
    assert_named(&damages(&place), "original_changed", "登记.csv");
    let damage = damages(&place).remove(0);
    assert!(damage["hint"].as_str().unwrap().contains("in/登记.csv"), "it says where it came from: {damage}");
    std::fs::write(&register, REGISTER).expect("a write");
    sound(&place);
    std::fs::rename(&register, place.path("away.csv")).expect("a move");
    assert_named(&damages(&place), "original_missing", "登记.csv");
    std::fs::rename(place.path("away.csv"), &register).expect("a move");
    place.write("archive/originals/夹/多余.pdf", "nobody knows me");
    assert_named(&damages(&place), "original_unknown", "夹/多余.pdf");
}

#[test]
fn the_list_of_sums_is_compared() {
    let place = archive();
    let sums = place.archive().join("originals/SHA256SUMS");
    flip(&sums, 3);
    assert_named(&damages(&place), "sums_differ", "SHA256SUMS");
    std::fs::remove_file(&sums).expect("a removal");
    assert_named(&damages(&place), "sums_missing", "SHA256SUMS");
    place.ingest([place.path("in")]).exits(0);
    sound(&place);
}

#[test]
fn a_changed_letter_in_the_catalog_is_found_whatever_record_it_is_in() {
    for (change, kind) in [
        ("part SET content = replace(content, '钱守', '钱宇')", "facts_changed"),
        ("source_file SET name = '登己.csv'", "facts_changed"),
        ("unit SET content = replace(content, '钱守', '钱宇')", "units_changed"),
        ("unit_key SET key = key || '0'", "units_changed"),
        ("item SET content = replace(content, '钱守', '钱宇')", "item_changed"),
        ("decision SET content = replace(content, '钱守', '钱宇')", "decision_changed"),
        ("run SET report = replace(report, '\"archived\":1', '\"archived\":3')", "run_changed"),
        ("run_input SET path = path || 'x'", "run_changed"),
        // How fields are masked.
        ("meta SET value = replace(value, 'id_number', 'open') WHERE key = 'fields'", "meta_changed"),
    ] {
        let place = archive();
        let database = catalog(&place);
        // As a damaged disk would: no trigger and no program sees it.
        database.execute_batch("DROP TRIGGER decision_stays").expect("a statement");
        assert!(database.execute(&format!("UPDATE {change}"), []).expect("an update") > 0, "{change}");
        drop(database);
        assert_named(&damages(&place), kind, "catalog.sqlite");
    }
}

#[test]
fn a_catalog_with_a_broken_page_is_named() {
    let place = archive();
    let path = place.archive().join("catalog.sqlite");
    let length = std::fs::metadata(&path).expect("a catalog").len() as usize;
    let before = std::fs::read(&path).expect("a catalog");
    // The headers of the pages of the b-trees.
    for page in [2, length / 4096 / 2, length / 4096 - 1] {
        let mut bytes = before.clone();
        bytes[page * 4096..page * 4096 + 12].fill(0xA5);
        std::fs::write(&path, bytes).expect("a write");
        assert_named(&damages(&place), "catalog", "catalog.sqlite");
    }
    // Without any catalog to read, the list of sums stands in for it.
    let mut bytes = before;
    bytes[..16].fill(0);
    std::fs::write(&path, bytes).expect("a write");
    flip(&place.archive().join("originals/登记.csv"), 40);
    let damages = damages(&place);
    assert_named(&damages, "catalog", "catalog.sqlite");
    assert_named(&damages, "original_changed", "登记.csv");
}

#[test]
fn references_that_lead_nowhere_are_counted() {
    for (sql, what) in [
        ("DELETE FROM source_file WHERE kind = 'csv'", "unit → source_file"),
        ("DELETE FROM unit WHERE id = (SELECT min(id) FROM unit)", "item → unit"),
        ("INSERT INTO alias VALUES ('0123456789abcdef', 'nothing')", "alias → item"),
        ("DELETE FROM run", "run_input → run"),
    ] {
        let place = archive();
        catalog(&place).execute(sql, []).expect("a statement");
        assert_named(&damages(&place), "reference", what);
    }
}

#[test]
fn an_index_that_differs_or_is_damaged_is_named_and_made_anew() {
    let place = archive();
    // An item that the index has never heard of.
    catalog(&place)
        .execute("UPDATE item SET version = 'ffffffffffffffff' WHERE id = (SELECT min(id) FROM item)", [])
        .expect("an update");
    assert_named(&damages(&place), "index_differs", "lacks 1 items");

    let place = archive();
    let mut segments: Vec<PathBuf> = std::fs::read_dir(place.archive().join("index"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    segments.retain(|path| path.extension().is_some_and(|extension| extension == "store"));
    flip(&segments[0], 10);
    let found = damages(&place);
    assert_named(&found, "index_damaged", "index/");
    assert!(found[0]["hint"].as_str().unwrap().contains("dossier index rebuild"), "{found:?}");
    place.ask_with("index", ["rebuild"]).exits(0);
    sound(&place);
}

#[test]
fn every_line_of_the_audit_trail_is_sealed() {
    let place = archive();
    let path = place.archive().join("audit.jsonl");
    let before = std::fs::read_to_string(&path).expect("a trail");
    let lines = before.lines().count();
    assert!(lines >= 4, "{before}");
    let said = place.ask_with("audit", ["verify", "--json"]).exits(0).json();
    assert_eq!((said["sound"].as_bool(), said["lines"].as_u64()), (Some(true), Some(lines as u64)));
    let verify_trail = || place.ask_with("audit", ["verify", "--json"]).exits(3).json()["damage"].clone();
    // Any line, the last one too; and any that is taken out.
    for at in 0..lines {
        let changed: Vec<String> = before
            .lines()
            .enumerate()
            .map(
                |(number, line)| {
                    if number == at { line.replacen("\"at\":1", "\"at\":2", 1) } else { line.to_owned() }
                },
            )
            .collect();
        std::fs::write(&path, changed.join("\n") + "\n").expect("a write");
        assert_eq!(verify_trail()["line"], at as u64 + 1);
        let shorter: Vec<&str> =
            before.lines().enumerate().filter(|(number, _)| *number != at).map(|(_, line)| line).collect();
        std::fs::write(&path, shorter.join("\n") + "\n").expect("a write");
        assert_eq!(verify_trail()["kind"], "trail");
    }
    std::fs::write(&path, &before).expect("a write");
    flip_in(&path, b"\"action\":\"search");
    assert_named(&damages(&place), "trail", "is no entry");
    std::fs::write(&path, &before).expect("a write");
    std::fs::remove_file(&path).expect("a removal");
    assert_eq!(verify_trail()["kind"], "trail_unreadable");
    std::fs::write(&path, &before).expect("a write");
    sound(&place);
}

#[test]
fn a_trail_that_was_cut_stays_broken_whatever_is_done_next() {
    for cut in ["all", "content", "last line"] {
        let place = archive();
        let path = place.archive().join("audit.jsonl");
        let verified = |status| place.ask_with("audit", ["verify", "--json"]).exits(status).json();
        let before = std::fs::read_to_string(&path).expect("a trail");
        let shorter = &before[..before.trim_end().rfind('\n').expect("several lines") + 1];
        match cut {
            "all" => std::fs::remove_file(&path),
            "content" => std::fs::write(&path, ""),
            _ => std::fs::write(&path, shorter),
        }
        .expect("it can be cut");
        place.search("村道");
        place.search("村道");
        assert_eq!(verified(3)["damage"]["kind"], "trail", "{cut}");
        let all = place.ask(["verify", "--json"]).exits(3).stdout;
        assert!(all.contains("\"trail\""), "{cut}: {all}");
    }
}

#[test]
fn samples_cover_everything_in_turn() {
    let place = archive();
    let said = place.ask(["verify", "--json", "--sample", "1/1"]).exits(0).json();
    assert_eq!(said["checked"]["originals"], 1);
    place.ask(["verify", "--sample", "1/1000"]).exits(0);
    place.ask(["verify", "--sample", "0"]).exits(2);
    let nowhere = support::Dossier::new(["verify", "--archive"]).arg(place.path("nowhere")).exits(1);
    assert!(nowhere.stderr.contains("no archive here"));
}

#[test]
fn files_that_are_only_referenced_must_still_be_there() {
    let place = Place::new();
    let source = place.write("in/登记.csv", REGISTER);
    place.ingest([&source]).arg("--originals").arg("reference").exits(0);
    sound(&place);
    std::fs::remove_file(&source).expect("a removal");
    assert_named(&damages(&place), "original_missing", "in/登记.csv");
}
