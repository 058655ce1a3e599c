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
    assert_says_that_it_is_pdfa(&out);
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

#[test]
fn a_pdf_that_is_more_than_a_scan_is_not_marked_and_says_why() {
    let place = Place::new();
    let mut document = lopdf::Document::load(letter()).unwrap();
    document.catalog_mut().unwrap().set("AcroForm", lopdf::Dictionary::new());
    let form = place.path("form.pdf");
    document.save(&form).unwrap();
    let out = place.path("out.pdf");
    let run = Dossier::new(["ocr", "--lang", "en", "--format", "pdf", "-o"]).arg(&out).arg(&form).exits(0);
    assert!(run.stderr.contains("not marked as PDF/A: it has /AcroForm\n"), "{}", run.stderr);
    assert!(!lopdf::Document::load(&out).unwrap().catalog().unwrap().has(b"OutputIntents"));
}

/// The first page of the letter, as its scanner gave it.
fn scanned() -> image::RgbImage {
    let document = Document::open(&letter(), FileKind::Pdf, Default::default()).unwrap();
    match document.read_page(1, true).unwrap() {
        PageReading::Scan { image, .. } => image,
        PageReading::Read(_) => panic!("the letter is a scan"),
    }
}

/// The same on two pages of one file.
fn as_tiff(page: &image::GrayImage) -> Vec<u8> {
    let mut file = std::io::Cursor::new(Vec::new());
    let mut tiff = tiff::encoder::TiffEncoder::new(&mut file).unwrap();
    for _ in 0..2 {
        tiff.write_image::<tiff::encoder::colortype::Gray8>(page.width(), page.height(), page).unwrap();
    }
    file.into_inner()
}

#[test]
fn a_picture_becomes_a_searchable_pdf_that_holds_it_unchanged() {
    let place = Place::new();
    let (page, grey) = (scanned(), image::DynamicImage::ImageRgb8(scanned()).into_luma8());
    let mut jpeg = Vec::new();
    image::codecs::jpeg::JpegEncoder::new_with_quality(&mut jpeg, 90).encode_image(&page).unwrap();
    let png = place.path("a.png");
    page.save(&png).unwrap();
    let files = [
        (place.write("a.jpg", &jpeg), vec![jpeg]),
        (png, vec![page.into_raw()]),
        (place.write("a.tif", as_tiff(&grey)), vec![grey.clone().into_raw(), grey.into_raw()]),
    ];
    for (file, stored) in files {
        let out = file.with_extension("pdf");
        Dossier::new(["ocr", "--quiet", "--format", "pdf", "-o"]).arg(&out).arg(&file).exits(0);
        assert_eq!(pictures(&out), stored, "{}", file.display());
        let document = Document::open(&out, FileKind::Pdf, Default::default()).unwrap();
        assert_eq!(document.page_count() as usize, stored.len());
        let first = truth().split('\u{c}').next().unwrap().to_owned();
        for number in 1..=document.page_count() {
            let PageReading::Read(page) = document.read_page(number, false).unwrap() else {
                panic!("the text of page {number} is not believed")
            };
            assert_eq!(compare(&first, &page.text).unwrap().errors, 0, "{}", file.display());
        }
        assert_says_that_it_is_pdfa(&out);
    }
}

/// The pictures of a PDF: a JPEG's file, the pixels of others.
fn pictures(path: &Path) -> Vec<Vec<u8>> {
    let document = lopdf::Document::load(path).unwrap();
    let content = |stream: &lopdf::Stream| match stream.dict.get(b"Filter").unwrap().as_name().unwrap() {
        b"DCTDecode" => stream.content.clone(),
        _ => stream.decompressed_content().unwrap(),
    };
    image_streams(&document).map(content).collect()
}

/// Metadata, an output intent with its profile and an identifier, as ISO 19005-2 asks for.
fn assert_says_that_it_is_pdfa(path: &Path) {
    let document = lopdf::Document::load(path).unwrap();
    let catalog = document.catalog().unwrap();
    let stream =
        |object: &Object| document.get_object(object.as_reference().unwrap()).unwrap().as_stream().unwrap();
    let metadata = stream(catalog.get(b"Metadata").unwrap());
    assert!(metadata.dict.get(b"Filter").is_err(), "in plain sight");
    let metadata = String::from_utf8(metadata.content.clone()).unwrap();
    assert!(
        metadata.contains("<pdfaid:part>2<") && metadata.contains("<pdfaid:conformance>B<"),
        "{metadata}"
    );
    let intents = catalog.get(b"OutputIntents").unwrap().as_array().unwrap();
    let intent = intents[0].as_dict().unwrap();
    assert_eq!(intent.get(b"S").unwrap().as_name().unwrap(), b"GTS_PDFA1");
    let profile = stream(intent.get(b"DestOutputProfile").unwrap()).decompressed_content().unwrap();
    assert_eq!((&profile[12..20], &profile[36..40]), (&b"mntrRGB "[..], &b"acsp"[..]));
    assert_eq!(document.trailer.get(b"ID").unwrap().as_array().unwrap().len(), 2);
}

/// The image streams of a PDF, as they are stored.
fn images(path: &Path) -> Vec<Vec<u8>> {
    let document = lopdf::Document::load(path).unwrap();
    let mut images: Vec<Vec<u8>> = image_streams(&document).map(|stream| stream.content.clone()).collect();
    images.sort();
    assert!(!images.is_empty());
    images
}

fn image_streams(document: &lopdf::Document) -> impl Iterator<Item = &lopdf::Stream> {
    let streams = document.objects.values().filter_map(|object| object.as_stream().ok());
    streams.filter(|stream| {
        stream.dict.get(b"Subtype").and_then(Object::as_name).is_ok_and(|name| name == b"Image")
    })
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
