//! `dossier ocr`: one scan recognised, in every form.

#![allow(clippy::expect_used, clippy::unwrap_used)] // A test may stop where it stands.

mod support;

use std::path::{Path, PathBuf};

use dossier_model::FileKind;
use dossier_model::PageContent;
use dossier_ocr::compare::compare;
use dossier_read::{Document, PageReading};
use lopdf::Object;
use support::{Dossier, Place, samples};

const LETTER: &str = "scans/1986-1998/青信86-0041.pdf";

fn letter() -> PathBuf {
    samples().join(LETTER)
}

fn ocr(arguments: &[&str]) -> Dossier {
    let dossier = Dossier::new(["ocr", "--quiet"]).arg(letter());
    arguments.iter().fold(dossier, |dossier, argument| dossier.arg(argument))
}

/// What the sample says, pages ended by form feeds.
fn truth() -> String {
    let expected = std::fs::read(format!("{}.expected.json", letter().display())).unwrap();
    let expected: serde_json::Value = serde_json::from_slice(&expected).unwrap();
    let pages = expected["pages"].as_array().unwrap();
    pages.iter().map(|page| format!("{}\n\u{c}", page["text"].as_str().unwrap())).collect()
}

#[test]
fn the_text_is_the_truth_and_the_comparison_says_so() {
    let place = Place::new();
    place.write("truth.txt", truth());
    let text = ocr(&[]).exits(0).stdout;
    assert_eq!(compare(&truth(), &text).unwrap().errors, 0, "{text}");
    let compared = |arguments: &[&str]| ocr(arguments).arg("--compare").arg(place.path("truth.txt")).exits(0);
    let found = compared(&["--json"]).json();
    assert_eq!(found["errors"], 0);
    assert_eq!(found["values"]["date"]["there"], found["values"]["date"]["right"]);
    // A wrong truth is found out, line by line.
    place.write("truth.txt", truth().replacen('我', "你", 1));
    let said = compared(&[]).stdout;
    assert!(said.contains("character error 0.") && said.contains("(1 of "), "{said}");
    assert!(said.contains("the worst lines:\n    1  − "), "{said}");
}

#[test]
fn a_searchable_pdf_has_the_text_and_the_scan_untouched() {
    let place = Place::new();
    let out = place.path("out.pdf");
    ocr(&["--format", "pdf", "-o"]).arg(&out).exits(0);
    let pages = ocr(&["--format", "json"]).exits(0).json();
    let recognised: Vec<PageContent> = serde_json::from_value(pages["pages"].clone()).unwrap();
    assert_eq!(images(&out), images(&letter()), "page images are the same bytes");
    let document = Document::open(&out, FileKind::Pdf, Default::default()).unwrap();
    for expected in recognised.iter().filter(|page| !page.words.is_empty()) {
        let PageReading::Read(page) = document.read_page(expected.number, false).unwrap() else {
            panic!("the text of page {} is not believed", expected.number)
        };
        assert_eq!(compare(&expected.text, &page.text).unwrap().errors, 0);
        // Words lie where they were recognised; lines that fall or rise a little are set level.
        let (a, b) = (&expected.words[0], &page.words[0]);
        let scale = page.width as f32 / expected.width as f32;
        let height = (a.bounds[3] - a.bounds[1]) as f32 * scale;
        for (corner, least) in [(0, 0.2), (1, 0.8)] {
            let (a, b) = (a.bounds[corner] as f32 * scale, b.bounds[corner] as f32);
            assert!((a - b).abs() < least * height, "{a} and {b}");
        }
    }
}

/// The image streams of a PDF, as they are stored.
fn images(path: &Path) -> Vec<Vec<u8>> {
    let document = lopdf::Document::load(path).unwrap();
    let image = |object: &Object| {
        let stream = object.as_stream().ok()?;
        let is_image =
            stream.dict.get(b"Subtype").and_then(Object::as_name).is_ok_and(|name| name == b"Image");
        is_image.then(|| stream.content.clone())
    };
    let mut images: Vec<Vec<u8>> = document.objects.values().filter_map(image).collect();
    images.sort();
    assert!(!images.is_empty());
    images
}

#[test]
fn hocr_and_alto_are_well_formed_and_name_the_file() {
    let place = Place::new();
    let copy = place.path("来信 <1> & \"2\".pdf");
    std::fs::copy(letter(), &copy).unwrap();
    for (format, element) in [("hocr", "span"), ("alto", "String")] {
        let text = Dossier::new(["ocr", "--quiet", "--format", format]).arg(&copy).exits(0).stdout;
        let options = roxmltree::ParsingOptions { allow_dtd: true, ..Default::default() };
        let document = roxmltree::Document::parse_with_options(&text, options).unwrap();
        let words = document.descendants().filter(|node| node.tag_name().name() == element).count();
        assert!(words > 100, "{format} has {words} words");
        assert!(document.descendants().any(|node| node.text() == Some("来信 <1> & \"2\".pdf")), "{format}");
    }
}

#[test]
fn the_picture_shows_the_page_and_what_was_read_beside_it() {
    let place = Place::new();
    ocr(&["--debug"]).arg(place.path("page.png")).exits(0);
    let several = place.path("page-1.png");
    let picture =
        image::open(if several.exists() { several } else { place.path("page.png") }).unwrap().into_rgb8();
    assert!(picture.width() > picture.height(), "two pages side by side");
    let (left, right) = (0..picture.width()).partition::<Vec<u32>, _>(|x| *x < picture.width() / 2);
    let has = |columns: &[u32], wanted: [u8; 3]| {
        columns.iter().any(|x| (0..picture.height()).any(|y| picture.get_pixel(*x, y).0 == wanted))
    };
    assert!(has(&left, [0, 150, 60]), "boxes on the left");
    assert!(has(&right, [10, 40, 120]), "readings on the right");
}

#[test]
fn what_cannot_be_recognised_is_named_with_what_to_do() {
    let place = Place::new();
    place.write("a.pdf", b"%PDF-1.7\nnothing but a header");
    for (file, reason) in [("a.pdf", "damaged"), ("missing.pdf", "cannot be read from the disk")] {
        let said = Dossier::new(["ocr"]).arg(place.path(file)).exits(1).stderr;
        assert!(said.contains(file) && said.contains(reason) && said.contains("what to do"), "{said}");
    }
    ocr(&["--format", "pdf"]).exits(2);
}
