//! Recognises the scans among the samples and tells each page's error and cost, so that a change
//! is judged by both at once.
//!
//! The error is the edit distance between the expected and the recognised characters, white space
//! and the variants that normalisation unifies aside; readings in the other Chinese script count
//! as errors. The cost is the processor time of recognition alone.
//!
//! `cargo run --release -p dossier-ocr --example samples -- [--lines] [NAME…]`
//!
//! `--lines` prints the lines that differ, and a NAME is a part of a path: only such samples are
//! read. `dossier ocr --debug` draws the pages.

use std::fs;
use std::path::{Path, PathBuf};

use dossier_model::FileKind;
use dossier_ocr::compare::{Comparison, compare};
use dossier_ocr::{ModelStore, Recogniser};
use dossier_read::{Document, PageReading};
use dossier_testkit::expect::{Expectation, PageState};
use dossier_testkit::measure::{cpu_seconds, peak_mib};

type Failure = Box<dyn std::error::Error>;

#[derive(Default)]
struct Options {
    lines: bool,
    names: Vec<String>,
}

#[derive(Default)]
struct Sums {
    pages: usize,
    errors: usize,
    characters: usize,
    seconds: f64,
}

fn main() -> Result<(), Failure> {
    let options = options()?;
    let samples = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../samples");
    let mut scans = Vec::new();
    find(&samples, &mut scans)?;
    let mut recogniser = Recogniser::load(&ModelStore::locate()?)?;
    let loaded = peak_mib();
    let mut sums = Sums::default();
    for path in scans.iter().filter(|path| wanted(path, &options)) {
        read(path, &options, &mut recogniser, &mut sums)?;
    }
    let rate = 100.0 * sums.errors as f64 / sums.characters.max(1) as f64;
    println!("{} pages, {} errors in {} characters: {rate:.3} %", sums.pages, sums.errors, sums.characters);
    println!("{:.3} CPU seconds a page", sums.seconds / sums.pages.max(1) as f64);
    println!("peak memory {:.0} MiB, {loaded:.0} MiB of it models", peak_mib());
    Ok(())
}

fn options() -> Result<Options, Failure> {
    let mut options = Options::default();
    for argument in std::env::args().skip(1) {
        match argument.as_str() {
            "--lines" => options.lines = true,
            _ => options.names.push(argument),
        }
    }
    Ok(options)
}

fn wanted(path: &Path, options: &Options) -> bool {
    let path = path.to_string_lossy();
    options.names.is_empty() || options.names.iter().any(|name| path.contains(name))
}

/// The scans with an expectation, in order.
fn find(folder: &Path, found: &mut Vec<PathBuf>) -> Result<(), Failure> {
    let mut entries: Vec<PathBuf> =
        fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect::<Result<_, Failure>>()?;
    entries.sort();
    for entry in entries {
        if entry.is_dir() {
            find(&entry, found)?;
        } else if entry.to_string_lossy().ends_with(".pdf.expected.json") {
            found.push(entry.with_extension("").with_extension(""));
        }
    }
    Ok(())
}

fn read(path: &Path, options: &Options, recogniser: &mut Recogniser, sums: &mut Sums) -> Result<(), Failure> {
    let expected: Expectation =
        serde_json::from_slice(&fs::read(format!("{}.expected.json", path.display()))?)?;
    let Expectation::Scan(expected) = expected else { return Ok(()) };
    let document = Document::open(path, FileKind::Pdf, Default::default())?;
    let name = path.file_stem().unwrap_or_default().to_string_lossy();
    for expected in expected.pages.iter().filter(|page| page.state != PageState::TextLayer) {
        let PageReading::Scan { image, dpi, .. } = document.read_page(expected.number, false)? else {
            continue;
        };
        let start = cpu_seconds();
        let page = recogniser.recognise(&image, dpi)?;
        let seconds = cpu_seconds() - start;
        let found = compare(&expected.text, &page.text)?;
        let errors = found.errors;
        println!("{errors:3} errors, {seconds:.2} s: {name} {}", expected.number);
        if options.lines {
            print_differences(&found);
        }
        sums.pages += 1;
        sums.errors += errors;
        sums.characters += found.characters;
        sums.seconds += seconds;
    }
    Ok(())
}

/// The lines with errors.
fn print_differences(found: &Comparison) {
    for line in found.worst() {
        println!("    - {}\n    + {}", line.truth, line.read);
    }
}
