//! A page is read once: what was recognised before a run was cut off stands, and a page that costs its
//! worker is read again without the others of its file. Only whoever asks has all of it read anew.

#![allow(clippy::expect_used, clippy::unwrap_used)] // A test may stop where it stands.

mod support;

use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;

use dossier_ocr::ModelStore;
use lopdf::{Document, Object, Stream, dictionary};
use rusqlite::{Connection, OpenFlags};
use serde_json::json;
use support::{Dossier, Place, assert_settled, samples, with_pipeline, with_worker_limits};

/// Three pages, all scanned.
const SCAN: &str = "scans/2003-2009/马岭村村民联名信.pdf";
/// Two pages, written with a pen.
const LETTER: &str = "scans/1986-1998/青信86-0041.pdf";
/// Enough for reading, not for recognising.
const TIGHT: &str = "memory_mib = 120\nstall_seconds = 120";
const ALONE: &str = "alone = { memory_mib = 3072, stall_seconds = 120, cpu_seconds = 600 }";

/// A place with the letter in its source.
fn with_a_letter() -> Place {
    let place = Place::new();
    place.write("in/信.pdf", std::fs::read(samples().join(LETTER)).unwrap());
    place
}

/// A scan with a page that has its text before the scanned one.
fn mixed() -> Vec<u8> {
    let mut document = Document::load(samples().join(LETTER)).unwrap();
    let first = document.get_pages()[&1];
    let lines = "(The well of our village has been dry since the mine was opened last year.) ' ".repeat(8);
    let text = Stream::new(dictionary! {}, format!("BT /F 11 Tf 14 TL 60 760 Td {lines} ET").into_bytes());
    let text = document.add_object(text);
    let font = dictionary! { "Type" => "Font", "Subtype" => "Type1", "BaseFont" => "Helvetica" };
    let page = document.get_object_mut(first).and_then(Object::as_dict_mut).unwrap();
    page.set("Contents", text);
    page.set("Resources", dictionary! { "Font" => dictionary! { "F" => font } });
    let mut bytes = Vec::new();
    document.save_to(&mut bytes).unwrap();
    bytes
}

/// How many pages a run that goes on has put on record.
fn pages_on_record(place: &Place) -> i64 {
    let catalog = place.archive().join("catalog.sqlite");
    let catalog = Connection::open_with_flags(catalog, OpenFlags::SQLITE_OPEN_READ_ONLY);
    // Before there is a catalog, nothing is on record.
    let count = |catalog: Connection| catalog.query_row("SELECT count(*) FROM part", [], |row| row.get(0));
    catalog.and_then(count).unwrap_or(0)
}

#[test]
fn what_was_recognised_before_a_run_was_killed_is_not_recognised_again() {
    let undisturbed = Place::new();
    undisturbed.ingest([samples().join(SCAN)]).exits(0);
    let place = Place::new();
    let run = || place.ingest([samples().join(SCAN)]).arg("--workers=1");
    let mut killed = run().command();
    let mut killed = killed.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    while pages_on_record(&place) == 0 {
        assert_eq!(killed.try_wait().unwrap(), None, "it has not come to its end");
        std::thread::sleep(Duration::from_millis(5));
    }
    killed.kill().unwrap();
    killed.wait().unwrap();

    // Without models nothing can be recognised: what is there was.
    let report = run().env("DOSSIER_MODELS", place.path("none")).exits(3).json();
    assert_settled(&report);
    assert!((1..3).contains(&report["pages"]["recognised"].as_u64().unwrap()), "{report}");
    assert_eq!(report["failed_pages"][0]["kind"], "no_models", "{report}");

    let report = run().exits(0).json();
    assert_settled(&report);
    assert_eq!(report["pages"]["recognised"], 3, "{report}");
    assert_eq!(place.digest(), undisturbed.digest());
}

#[test]
fn a_page_that_costs_its_worker_is_read_once_more_alone() {
    let place = Place::new();
    let file = place.write("in/信.pdf", mixed());
    let run = |place: &Place, limits: &str| {
        let pipelines = with_worker_limits(place, limits);
        place.ingest([&file]).env("DOSSIER_PIPELINES", pipelines)
    };
    let strict = Place::new();
    let report = run(&strict, TIGHT).exits(3).json();
    assert_eq!(report["failed_pages"][0]["page"], 2, "the page needs more: {report}");
    assert_eq!(report["pages"]["text_layer"], 1, "{report}");

    let report = run(&place, &format!("{TIGHT}\n{ALONE}")).exits(0).json();
    assert_settled(&report);
    assert_eq!((&report["pages"]["text_layer"], &report["pages"]["recognised"]), (&json!(1), &json!(1)));
}

#[test]
fn what_other_models_recognised_is_recognised_again_when_somebody_asks() {
    let place = with_a_letter();
    place.write("in/登记.csv", support::REGISTER);
    // The same model without its quick reader is another.
    let full = with_pipeline(&place, |text| text.replace("reading = \"quick\"", "reading = \"full\""));
    place.ingest([place.path("in")]).env("DOSSIER_PIPELINES", full).exits(0);
    let retry = |older: &str| again(&place, older).exits(0).json();
    assert_eq!(retry("2020-01-01")["report"], json!(null), "no run was before that day");
    let report = &retry("installed")["report"];
    assert_settled(report);
    assert_eq!((&report["files"]["seen"], &report["files"]["archived"]), (&json!(1), &json!(1)), "{report}");
    let extractors = extractors(&place);
    assert!(extractors.iter().all(|extractor| extractor.contains("quick=")), "{extractors:?}");
    assert_eq!(retry("installed")["report"], json!(null), "it is done");
    let fresh = Place::new();
    fresh.ingest([place.path("in")]).exits(0);
    assert_eq!(place.digest(), fresh.digest());
}

fn again(place: &Place, older: &str) -> Dossier {
    place.ask_with("retry", ["--ocr-older-than", older, "--json", "--quiet"])
}

/// A folder of models: those that are installed, and one of its own that has the same reader.
fn with_another_model(place: &Place) -> PathBuf {
    let installed = ModelStore::locate().unwrap();
    let models = place.path("models");
    std::fs::create_dir_all(models.join("another")).unwrap();
    for file in installed.list().unwrap() {
        std::fs::hard_link(installed.folder().join(file.name), models.join(file.name))
            .or_else(|_| std::fs::copy(installed.folder().join(file.name), models.join(file.name)).map(drop))
            .unwrap();
        if file.name == "PP-OCRv6_rec_small.onnx" {
            std::fs::copy(installed.folder().join(file.name), models.join("another/reader.onnx")).unwrap();
            let manifest = format!("[reader]\nfile = 'reader.onnx'\nsha256 = '{}'\n", file.sha256);
            std::fs::write(models.join("another/model.toml"), manifest).unwrap();
        }
    }
    models
}

#[test]
fn the_model_that_the_pipeline_names_reads_and_one_that_is_not_there_is_named() {
    let place = with_a_letter();
    place.ingest([place.path("in")]).exits(0);
    let pipelines = with_pipeline(&place, |text| text.replace("ppocr-v6-small", "another"));
    let missing = again(&place, "installed").env("DOSSIER_PIPELINES", &pipelines).exits(1).stderr;
    assert!(missing.contains("another") && missing.contains("there is no such model"), "{missing}");

    let models = with_another_model(&place);
    let retried =
        again(&place, "installed").env("DOSSIER_PIPELINES", &pipelines).env("DOSSIER_MODELS", models);
    assert_settled(&retried.exits(0).json()["report"]);
    let extractors = extractors(&place);
    let is_another = |extractor: &String| extractor.contains("+another/") && !extractor.contains("quick=");
    assert!(extractors.iter().all(is_another), "{extractors:?}");

    // Without it, what has to be recognised waits and says for what.
    let fresh = Place::new();
    let report = fresh.ingest([place.path("in")]).env("DOSSIER_PIPELINES", &pipelines).exits(3).json();
    let waits = &report["quarantined"][0];
    assert_eq!(waits["kind"], "no_models", "{report}");
    assert!(waits["detail"].as_str().unwrap().contains("there is no such model"), "{waits}");
}

/// A folder of the installed models without the library.
fn without_library(place: &Place) -> PathBuf {
    let installed = ModelStore::locate().unwrap();
    let models = place.path("networks");
    std::fs::create_dir_all(&models).unwrap();
    for file in installed.list().unwrap().iter().filter(|file| file.name.ends_with(".onnx")) {
        std::fs::copy(installed.folder().join(file.name), models.join(file.name)).unwrap();
    }
    models
}

#[test]
fn without_the_library_rten_reads_the_same_and_the_record_says_so() {
    let place = with_a_letter();
    let models = without_library(&place);
    let report = place.ingest([place.path("in")]).env("DOSSIER_MODELS", &models).exits(0).json();
    assert_settled(&report);
    let slow = |report: &serde_json::Value| {
        let notes = report["notes"].as_array().unwrap().iter();
        notes.filter(|note| note["kind"] == "slow_runtime").cloned().collect::<Vec<_>>()
    };
    let said = slow(&report);
    assert_eq!(said.len(), 1, "once, not for each page: {report}");
    assert!(said[0]["path"].as_str().unwrap().contains("libonnxruntime"), "{said:?}");
    assert!(said[0]["text"].as_str().unwrap().contains("dossier models install"), "{said:?}");
    let by = extractors(&place);
    assert!(by.iter().all(|extractor| extractor.ends_with(" via=rten")), "{by:?}");
    // Getting the library makes nothing old, though with it lines are read quickly first.
    assert_eq!(again(&place, "installed").exits(0).json()["report"], json!(null));

    // Who asks beforehand is told the same.
    let ask = |what: &[&str]| Dossier::new(what).env("DOSSIER_MODELS", &models).exits(0);
    let listed = ask(&["models", "list", "--json"]).json();
    assert_eq!((&listed["runtime"]["name"], &listed["runtime"]["why"]), (&json!("rten"), &said[0]["text"]));
    assert!(ask(&["models", "verify"]).stdout.contains(said[0]["text"].as_str().unwrap()));

    // Asked for by the pipeline, it is recorded as well, and nobody is told to install anything.
    let asked = Place::new();
    let pipelines = with_pipeline(&asked, |text| text.replace("runtime = \"auto\"", "runtime = \"rten\""));
    let report = asked.ingest([place.path("in")]).env("DOSSIER_PIPELINES", pipelines).exits(0).json();
    assert!(slow(&report).is_empty(), "{report}");
    assert_eq!(extractors(&asked), by);
    let with_library = Place::new();
    let report = with_library.ingest([place.path("in")]).exits(0).json();
    assert!(slow(&report).is_empty(), "{report}");
    assert!(extractors(&with_library).iter().all(|extractor| extractor.ends_with(" via=ort")));
    assert_eq!(texts(&with_library), texts(&place));
}

#[test]
fn a_wrong_library_is_named_and_nothing_reads_in_its_place() {
    let place = with_a_letter();
    let models = without_library(&place);
    std::fs::write(models.join("libonnxruntime.so.1.32.0"), "no library").unwrap();
    let report = place.ingest([place.path("in")]).env("DOSSIER_MODELS", &models).exits(3).json();
    let fault = &report["quarantined"][0];
    assert_eq!(fault["kind"], "no_models", "{report}");
    assert!(fault["detail"].as_str().unwrap().contains("SHA-256 is not the pinned one"), "{fault}");
}

#[test]
fn a_run_time_that_there_is_not_is_a_fault_of_the_pipeline() {
    let place = Place::new();
    let pipelines = with_pipeline(&place, |text| text.replace("runtime = \"auto\"", "runtime = \"gpu\""));
    let said = place.ingest([samples().join(SCAN)]).env("DOSSIER_PIPELINES", pipelines).exits(1).stderr;
    assert!(said.contains("pipeline.toml: line "), "{said}");
    assert!(said.contains("unknown variant `gpu`, expected one of `auto`, `ort`, `rten`"), "{said}");
    let said = Dossier::new(["ocr", "--runtime", "gpu"]).arg(samples().join(SCAN)).exits(2).stderr;
    assert!(said.contains("--runtime") && said.contains("auto, ort, rten"), "{said}");
}

#[test]
fn reading_in_full_is_another_way_than_reading_quickly() {
    let place = with_a_letter();
    place.ingest([place.path("in")]).exits(0);
    let full = with_pipeline(&place, |text| text.replace("reading = \"quick\"", "reading = \"full\""));
    let retried = || again(&place, "installed").env("DOSSIER_PIPELINES", &full).exits(0).json();
    assert_settled(&retried()["report"]);
    assert!(extractors(&place).iter().all(|extractor| !extractor.contains("quick=")));
    assert_eq!(retried()["report"], json!(null), "it is done");
}

/// What the pages say.
fn texts(place: &Place) -> Vec<String> {
    let catalog = Connection::open(place.archive().join("catalog.sqlite")).unwrap();
    let mut parts =
        catalog.prepare("SELECT json_extract(content, '$.page.text') FROM part ORDER BY 1").unwrap();
    parts
        .query_map([], |row| Ok(row.get::<_, Option<String>>(0)?.unwrap_or_default()))
        .unwrap()
        .map(Result::unwrap)
        .collect()
}

/// Who read the pages that were recognised.
fn extractors(place: &Place) -> Vec<String> {
    let catalog = Connection::open(place.archive().join("catalog.sqlite")).unwrap();
    let mut parts = catalog.prepare("SELECT extractor FROM part WHERE instr(extractor, '+') > 0").unwrap();
    let extractors: Vec<String> =
        parts.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
    assert!(!extractors.is_empty());
    extractors
}
