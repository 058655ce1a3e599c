//! Text that stands invisibly over a scan, as scanning firms deliver it: kept where it agrees with our own
//! recognition, replaced where it does not and ours is sure, and the choice on record.

#![allow(clippy::expect_used, clippy::unwrap_used)] // A test may stop where it stands.

mod support;

use lopdf::{Document, Object, ObjectId};
use serde_json::Value;
use support::{Dossier, Place, samples};

const LETTER: &str = "scans/1986-1998/青信86-0041.pdf";
const OTHER: &str = "scans/2012-2017/20140915_杜文斌.pdf";

/// A sample with its recognition invisibly over it.
fn layered(place: &Place, sample: &str) -> Document {
    let out = place.path("layered.pdf");
    Dossier::new(["ocr", "--quiet", "--format", "pdf", "-o"]).arg(&out).arg(samples().join(sample)).exits(0);
    Document::load(&out).unwrap()
}

/// The images of a document's pages, in their order.
fn images(document: &Document) -> Vec<ObjectId> {
    let image = |page: ObjectId| {
        let found = document.get_page_images(page).unwrap();
        found.first().map(|image| image.id)
    };
    document.get_pages().values().filter_map(|page| image(*page)).collect()
}

fn write(place: &Place, mut document: Document) -> std::path::PathBuf {
    let mut bytes = Vec::new();
    document.save_to(&mut bytes).unwrap();
    place.write("in/来信.pdf", bytes)
}

/// What became of the layer of each page, as it is on record.
fn judgements(place: &Place) -> Vec<String> {
    let catalog = rusqlite::Connection::open(place.archive().join("catalog.sqlite")).unwrap();
    let mut parts = catalog.prepare("SELECT content FROM part ORDER BY place").unwrap();
    let contents = parts.query_map([], |row| row.get::<_, String>(0)).unwrap();
    let layer = |content: String| {
        let content: Value = serde_json::from_str(&content).unwrap();
        content["page"]["layer"].as_str().expect("a page").to_owned()
    };
    contents.map(|content| layer(content.unwrap())).collect()
}

#[test]
fn a_layer_that_says_what_the_scan_shows_is_kept() {
    let place = Place::new();
    let file = write(&place, layered(&place, LETTER));
    let report = place.ingest([&file]).exits(0).json();
    assert_eq!((&report["pages"]["text_layer"], &report["pages"]["recognised"]), (&2.into(), &0.into()));
    assert_eq!(judgements(&place), ["checked", "checked"]);
}

#[test]
fn a_layer_of_another_letter_is_found_out_and_ours_takes_its_place() {
    let place = Place::new();
    let mut document = layered(&place, LETTER);
    let other = Document::load(samples().join(OTHER)).unwrap();
    let scan = other.get_object(images(&other)[0]).unwrap().clone();
    assert!(matches!(&scan, Object::Stream(stream) if stream.dict.get(b"SMask").is_err()), "it stands alone");
    document.objects.insert(images(&document)[0], scan);
    let file = write(&place, document);
    let report = place.ingest([&file]).exits(0).json();
    assert_eq!((&report["pages"]["text_layer"], &report["pages"]["recognised"]), (&1.into(), &1.into()));
    assert_eq!(judgements(&place), ["outdone", "checked"]);
    assert_eq!(place.search("杜文斌")["total"], 1, "what the scan shows is found");

    let never = Place::new();
    let file = write(&never, Document::load(&file).unwrap());
    never.ingest([&file]).arg("--ocr=never").exits(0);
    assert_eq!(
        judgements(&never),
        ["invisible", "invisible"],
        "nothing is recognised, and that is on record"
    );
}
