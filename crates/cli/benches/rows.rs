//! Letters as rows of a register through the whole pipeline: target 2,000 rows of 380 characters a
//! second of one processor, and memory that does not grow with their number.
//!
//! `cargo bench --workspace --bench rows`; `DOSSIER_ROWS=10000,1000000` asks for other numbers of
//! rows, `DOSSIER_BENCH_REGISTER=messages.csv` for a register of one's own.

#![allow(clippy::expect_used)] // A benchmark may stop where it stands.

mod support;

use std::fs::File;
use std::io::{BufWriter, Read, Write};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::thread;
use std::time::Duration;

use dossier_testkit::generated::{Generator, Set};
use dossier_testkit::letter::Letter;
use dossier_testkit::measure::{children_seconds, held_mib};
use serde_json::Value;

/// How many rows.
const ROWS: [usize; 2] = [10_000, 100_000];
/// How many letters there are; from then on they come again, each with its number in it.
const LETTERS: usize = 5_000;

fn main() {
    let place = tempfile::TempDir::new().expect("a temporary folder");
    if let Some(register) = std::env::var_os("DOSSIER_BENCH_REGISTER") {
        return measure(&PathBuf::from(register), &place.path().join("archive"));
    }
    let asked = std::env::var("DOSSIER_ROWS").unwrap_or_default();
    let asked: Vec<usize> = asked.split(',').filter_map(|rows| rows.parse().ok()).collect();
    let letters = letters();
    for rows in if asked.is_empty() { ROWS.to_vec() } else { asked } {
        let register = place.path().join(format!("{rows}.csv"));
        let length = write(&register, rows, &letters).expect("a register");
        print!("{length} characters a row; ");
        measure(&register, &place.path().join(format!("archive of {rows}")));
        std::fs::remove_file(&register).expect("the register goes");
    }
}

/// Texts of the length that is asked for: each a generated letter that tells of one or two more matters.
fn letters() -> Vec<String> {
    let generator = Generator::load().expect("the generator");
    let letter = |number| generator.letter(Set::Development, number).expect("a letter");
    let more = |number| (1..=1 + number % 2).flat_map(move |further| letter(number + further * LETTERS).body);
    (0..LETTERS).map(|number| text(letter(number), more(number))).collect()
}

/// What a letter says, as it would be typed into a cell.
fn text(letter: Letter, more: impl Iterator<Item = String>) -> String {
    let lines = [letter.salutation].into_iter().chain(letter.body).chain(more).chain(letter.close);
    lines.chain(letter.sign).chain([letter.date]).collect()
}

/// Writes a register; how many characters a row's text has on average.
fn write(file: &Path, rows: usize, letters: &[String]) -> std::io::Result<usize> {
    let mut file = BufWriter::new(File::create(file)?);
    writeln!(file, "信访编号,标题,来信日期,信访内容")?;
    let mut characters = 0;
    for (row, letter) in (0..rows).zip(letters.iter().cycle()) {
        let text = format!("{letter}第{row}件").replace('"', "”");
        characters += text.chars().count();
        writeln!(file, "信{row:07},来信第{row}件,2024-{:02}-{:02},\"{text}\"", row % 12 + 1, row % 28 + 1)?;
    }
    file.flush()?;
    Ok(characters / rows.max(1))
}

/// Takes a register in and says what it cost.
fn measure(register: &Path, archive: &Path) {
    let before = children_seconds();
    let (archived, memory) = ingest(register, archive);
    let seconds = children_seconds() - before;
    println!(
        "{archived} rows: {seconds:.1} CPU s, {:.0} rows a CPU second (target 2000), at most {memory:.0} MiB \
         besides mapped files",
        archived as f64 / seconds
    );
    std::fs::remove_dir_all(archive).expect("the archive goes");
}

/// A run; how many rows it archived, and the most memory it held, in MiB.
fn ingest(source: &Path, archive: &Path) -> (u64, f64) {
    let mut run = support::ingest(source, archive).stdout(Stdio::piped()).spawn().expect("the program");
    let process = run.id();
    let watch = thread::spawn(move || {
        let mut most = 0.0_f64;
        while let Some(held) = held_mib(process) {
            most = most.max(held);
            thread::sleep(Duration::from_millis(50));
        }
        most
    });
    let mut report = Vec::new();
    run.stdout.take().expect("its output").read_to_end(&mut report).expect("its report");
    assert!(run.wait().expect("its end").success(), "the run failed");
    let report: Value = serde_json::from_slice(&report).expect("a report");
    (report["rows"]["archived"].as_u64().unwrap_or(0), watch.join().expect("the watch"))
}
