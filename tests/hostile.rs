//! What no honest program writes: bombs, cycles, and thousands of broken copies of sound files. Each
//! ends as archived or quarantined with a reason, and the sound files among them all go in.

#![allow(clippy::expect_used, clippy::unwrap_used)] // A test may stop where it stands.

mod support;

use std::io::{Cursor, Write};
use std::path::{Path, PathBuf};

use dossier_testkit::rng::Rng;
use lopdf::{Document, Object, Stream, dictionary};
use serde_json::Value;
use support::{Place, assert_settled, crc32, root, samples};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

/// How many broken files are made.
const MUTANTS: usize = 2000;

#[track_caller]
fn quarantined<'a>(report: &'a Value, name: &str) -> &'a str {
    let all = report["quarantined"].as_array().expect("a list");
    let found = all.iter().find(|entry| entry["path"].as_str().is_some_and(|path| path.ends_with(name)));
    found.unwrap_or_else(|| panic!("{name} is not among {all:?}"))["kind"].as_str().expect("a kind")
}

/// Sound files of every kind, the smaller ones of the samples and all fixtures.
fn sound() -> Vec<PathBuf> {
    let folders = [samples().join("registers"), samples().join("scans"), root().join("tests/fixtures")];
    let files = folders.iter().flat_map(|folder| walkdir::WalkDir::new(folder).sort_by_file_name());
    let files = files.map(|entry| entry.expect("a file").into_path()).filter(|path| path.is_file());
    let of_kind = |path: &Path| {
        let kind = path.extension().unwrap_or_default().to_string_lossy().into_owned();
        !matches!(kind.as_str(), "json" | "md" | "sql" | "doc" | "rtf")
            && path.metadata().unwrap().len() < 200_000
    };
    files.filter(|path| of_kind(path)).collect()
}

/// A copy that is cut off, or has bits flipped, a run of bytes overwritten, or a piece twice.
fn broken(bytes: &[u8], rng: &mut Rng) -> Vec<u8> {
    let mut copy = bytes.to_vec();
    let place = |rng: &mut Rng| rng.below(bytes.len());
    match rng.below(4) {
        0 => copy.truncate(place(rng)),
        1 => {
            for _ in 0..=rng.below(20) {
                copy[place(rng)] ^= 1 << rng.below(8);
            }
        }
        2 => {
            let (at, length) = (place(rng), rng.below(64));
            let byte = [0, 0xFF, b'9', b'<'][rng.below(4)];
            copy.iter_mut().skip(at).take(length).for_each(|old| *old = byte);
        }
        _ => {
            let (from, to) = (place(rng), place(rng));
            let piece = bytes[from..].iter().take(rng.below(4096)).copied().collect::<Vec<_>>();
            copy.splice(to..to, piece);
        }
    }
    copy
}

#[test]
fn two_thousand_broken_files_hurt_only_themselves() {
    let place = Place::new();
    let files: Vec<(String, Vec<u8>)> = sound()
        .into_iter()
        .map(|path| {
            let kind = path.extension().unwrap_or_default().to_string_lossy().into_owned();
            (kind, std::fs::read(path).expect("it can be read"))
        })
        .collect();
    assert!(files.len() > 15, "of every kind");
    let mut rng = Rng::new(20_261_125);
    for number in 0..MUTANTS {
        let (kind, bytes) = &files[number % files.len()];
        place.write(&format!("in/{number:04}.{kind}"), broken(bytes, &mut rng));
    }
    for number in 0..5 {
        place.write(
            &format!("in/good{number}.txt"),
            format!("尊敬的领导：\n第{number}封完好的信。\n此致\n敬礼\n"),
        );
    }
    let report = place.ingest([place.path("in")]).arg("--ocr").arg("never").exits(3).json();
    assert_settled(&report);
    let files = &report["files"];
    assert!(files["seen"].as_u64() >= Some(MUTANTS as u64 + 5), "{files}");
    assert!(files["archived"].as_u64() > Some(100), "many are sound enough: {files}");
    assert!(
        report["quarantined"]
            .as_array()
            .unwrap()
            .iter()
            .all(|entry| !entry["reason"].as_str().unwrap().is_empty())
    );
    assert_eq!(
        place.ask(["search", "--json", "--limit", "100", "--", "封完好的信"]).exits(0).json()["total"],
        5
    );
    place.ask(["verify"]).exits(0);
}

fn zipped(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in parts {
        zip.start_file(*name, SimpleFileOptions::default()).unwrap();
        zip.write_all(content).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

const WORKBOOK: &str = r#"<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets>
    <sheet name="a" sheetId="1" r:id="rId1"/></sheets></workbook>"#;
const ROOT: &str = r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">
    <Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"
    Target="xl/workbook.xml"/></Relationships>"#;
const RELATIONS: &str = r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">
    <Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet"
    Target="worksheets/sheet1.xml"/>
    <Relationship Id="rId2" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings"
    Target="sharedStrings.xml"/></Relationships>"#;

/// A register whose header and only row stand as far apart as a sheet allows.
fn far_apart() -> Vec<u8> {
    let row = |number: u32, cells: [&str; 3]| {
        let cells: String = cells
            .iter()
            .zip(["A", "B", "C"])
            .map(|(text, column)| {
                format!("<c r=\"{column}{number}\" t=\"inlineStr\"><is><t>{text}</t></is></c>")
            })
            .collect();
        format!("<row r=\"{number}\">{cells}</row>")
    };
    let sheet = format!(
        "<worksheet xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"><sheetData>{}{}</sheetData></worksheet>",
        row(1, ["信访编号", "信访人", "反映内容"]),
        row(1_048_576, ["远001", "赵大勇", "村道失修"])
    );
    zipped(&[
        ("_rels/.rels", ROOT.as_bytes()),
        ("xl/workbook.xml", WORKBOOK.as_bytes()),
        ("xl/_rels/workbook.xml.rels", RELATIONS.as_bytes()),
        ("xl/sharedStrings.xml", b"<sst/>"),
        ("xl/worksheets/sheet1.xml", sheet.as_bytes()),
    ])
}

/// A register whose table of shared strings unpacks to three gigabytes.
fn huge_strings() -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().large_file(true);
    zip.start_file("_rels/.rels", options).unwrap();
    zip.write_all(ROOT.as_bytes()).unwrap();
    zip.start_file("xl/workbook.xml", options).unwrap();
    zip.write_all(WORKBOOK.as_bytes()).unwrap();
    zip.start_file("xl/_rels/workbook.xml.rels", options).unwrap();
    zip.write_all(RELATIONS.as_bytes()).unwrap();
    zip.start_file("xl/worksheets/sheet1.xml", options).unwrap();
    zip.write_all(
        b"<worksheet><sheetData><row r=\"1\"><c r=\"A1\" t=\"s\"><v>0</v></c></row></sheetData></worksheet>",
    )
    .unwrap();
    zip.start_file("xl/sharedStrings.xml", options).unwrap();
    zip.write_all(b"<sst>").unwrap();
    let strings = format!("<si><t>{}</t></si>", "x".repeat(1000)).repeat(1000);
    for _ in 0..3 * 1024 {
        zip.write_all(strings.as_bytes()).unwrap();
    }
    zip.write_all(b"</sst>").unwrap();
    zip.finish().unwrap().into_inner()
}

/// A document of one page with this content, whose tree leads back to itself if that is asked.
fn document(content: Vec<u8>, with_cycle: bool) -> Vec<u8> {
    let mut document = Document::with_version("1.5");
    let pages = document.new_object_id();
    let mut stream = Stream::new(dictionary! {}, content);
    stream.compress().unwrap();
    let content = document.add_object(stream);
    let page = document.add_object(dictionary! { "Type" => "Page", "Parent" => pages, "Contents" => content,
    "MediaBox" => vec![0.into(), 0.into(), 595.into(), 842.into()], "Resources" => dictionary! {} });
    let mut kids: Vec<Object> = vec![page.into()];
    if with_cycle {
        kids.extend([pages.into(), pages.into()]);
    }
    document.objects.insert(pages, dictionary! { "Type" => "Pages", "Kids" => kids, "Count" => 1 }.into());
    let catalog = document.add_object(dictionary! { "Type" => "Catalog", "Pages" => pages });
    document.trailer.set("Root", catalog);
    let mut bytes = Vec::new();
    document.save_to(&mut bytes).unwrap();
    bytes
}

/// A picture that claims ten thousand million pixels.
fn declared_huge() -> Vec<u8> {
    let mut png = std::fs::read(root().join("tests/fixtures/pictures/letter.png")).unwrap();
    let side = 100_000_u32.to_be_bytes();
    png[16..20].copy_from_slice(&side);
    png[20..24].copy_from_slice(&side);
    let crc = crc32(&png[12..29]);
    png[29..33].copy_from_slice(&crc.to_be_bytes());
    png
}

#[test]
fn bombs_and_cycles_are_bounded() {
    let place = Place::new();
    place.write("in/far.xlsx", far_apart());
    place.write("in/strings.xlsx", huge_strings());
    place.write("in/cycle.pdf", document(b"0 0 10 10 re f".to_vec(), true));
    place.write("in/flate.pdf", document(vec![b' '; 400 << 20], false));
    place.write("in/pixels.png", declared_huge());
    place.write("in/deep.docx", zipped(&[("word/document.xml", "<a>".repeat(1_000_000).as_bytes())]));
    let quotes = format!("编号,内容\n1,\"{}", "长".repeat(3_000_000));
    place.write("in/quote.csv", quotes);
    place.write("in/long.txt", "村道三年失修，雨天无法通行。\n".repeat(1_700_000));
    place.write("in/good.txt", "尊敬的领导：\n完好的信。\n此致\n敬礼\n");
    let report = place.ingest([place.path("in")]).arg("--ocr").arg("never").exits(3).json();
    assert_settled(&report);
    let all = report["quarantined"].as_array().unwrap();
    let is_strings = |entry: &serde_json::Value| entry["path"].as_str().unwrap().ends_with("strings.xlsx");
    assert!(!all.iter().any(is_strings), "it goes in alone, with the higher limit: {report}");
    assert_eq!(quarantined(&report, "long.txt"), "too_large", "more than a run takes at once");
    assert_eq!(quarantined(&report, "pixels.png"), "too_large");
    assert_eq!(quarantined(&report, "deep.docx"), "damaged");
    assert_eq!(place.search("村道失修")["total"], 1, "a row at the end of the sheet");
    assert_eq!(place.search("完好的信")["total"], 1);
    let peak = report["peak_memory_bytes"].as_u64().unwrap();
    assert!(peak < 7 << 30, "two workers of three gigabytes at most: {peak}");
}
