//! How well fields are found in generated letters: precision, recall and F1 of each field, on the
//! letters' true text and on recognised scans of them.
//!
//! `cargo bench --workspace --bench accuracy -- [--letters N] [--scans N] [--errors] [--held-out]
//! [--write DOCS]`
//!
//! By itself it measures the development set on true text. `--held-out` adds the set whose sentence
//! forms nobody develops on; `--errors` prints what is wrong in the development set, and never in the
//! other; `--scans` recognises so many letters of each set; `--write` puts the tables into the
//! documentation.

mod score;
mod table;

use std::path::PathBuf;

use dossier_fields::LetterReader;
use dossier_model::{Fields, ItemText, LayerJudgement, Locator, PageContent, Sha256};
use dossier_ocr::{ModelStore, Recogniser};
use dossier_pipeline::Pipeline;
use dossier_testkit::fonts::Fonts;
use dossier_testkit::generated::{Generator, Set};
use dossier_testkit::layout::{self, PageLayout};
use dossier_testkit::letter::Letter;
use dossier_testkit::trial::{self, Kind};

use score::Scores;

type Failure = Box<dyn std::error::Error>;

/// Letters of the development set, and half as many of the other.
const LETTERS: usize = 280;
/// How the scans are spoilt, in turn.
const SPOILT: [Kind; 5] = [Kind::Clean, Kind::Jpeg, Kind::Skewed, Kind::Coarse, Kind::Bilevel];

struct Options {
    letters: usize,
    scans: usize,
    errors: bool,
    held_out: bool,
    write: Option<PathBuf>,
}

fn options(mut arguments: impl Iterator<Item = String>) -> Result<Options, Failure> {
    let mut options = Options { letters: LETTERS, scans: 0, errors: false, held_out: false, write: None };
    while let Some(argument) = arguments.next() {
        let mut value = || arguments.next().ok_or_else(|| format!("{argument} needs a value"));
        match argument.as_str() {
            "--letters" => options.letters = value()?.parse()?,
            "--scans" => options.scans = value()?.parse()?,
            "--errors" => options.errors = true,
            "--held-out" => options.held_out = true,
            "--write" => options.write = Some(value()?.into()),
            // What cargo says to every benchmark.
            "--bench" => {}
            other => return Err(format!("{other} is no option").into()),
        }
    }
    Ok(options)
}

fn main() -> Result<(), Failure> {
    let options = options(std::env::args().skip(1))?;
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../pipelines/petitions");
    let pipeline = Pipeline::load(&folder).map_err(|faults| faults.to_string())?;
    let recogniser = if options.scans > 0 { Some(Recogniser::load(&ModelStore::locate()?)?) } else { None };
    let mut bench = Bench {
        reader: LetterReader::new(&pipeline)?,
        generator: Generator::load()?,
        fonts: Fonts::load()?,
        recogniser,
    };
    let sets: &[Set] = if options.held_out { &[Set::Development, Set::HeldOut] } else { &[Set::Development] };
    let mut columns = Vec::new();
    for set in sets {
        let (letters, scans) = match set {
            Set::Development => (options.letters, options.scans),
            Set::HeldOut => (options.letters / 2, options.scans / 2),
        };
        let errors = options.errors && *set == Set::Development;
        columns.push(bench.on_text(*set, letters, errors)?);
        if scans > 0 {
            columns.push(bench.on_scans(*set, scans, errors)?);
        }
    }
    let titles: Vec<&str> = columns.iter().map(|column| column.title.as_str()).collect();
    println!("{}\n{}", titles.join(" | "), table::of(&columns, false));
    options.write.map_or(Ok(()), |docs| table::write(&docs, &columns))
}

struct Bench {
    reader: LetterReader,
    generator: Generator,
    fonts: Fonts,
    recogniser: Option<Recogniser>,
}

impl Bench {
    fn on_text(&mut self, set: Set, letters: usize, errors: bool) -> Result<Scores, Failure> {
        let mut scores = Scores::new(&format!("{set:?}, text"), errors);
        for number in 0..letters {
            let letter = self.generator.letter(set, number)?;
            let pages = layout::set(&letter, &self.fonts)?;
            let pages: Vec<PageContent> =
                (1..).zip(&pages).map(|(at, page)| PageContent::of_text(at, &page.text())).collect();
            let text: Vec<String> = pages.iter().map(|page| page.text.clone()).collect();
            scores.add(&letter.fields, &self.read(pages), || text.join("\n"));
        }
        Ok(scores)
    }

    fn on_scans(&mut self, set: Set, letters: usize, errors: bool) -> Result<Scores, Failure> {
        let mut scores = Scores::new(&format!("{set:?}, scans"), errors);
        for number in 0..letters {
            let letter = self.generator.letter(set, number)?;
            let pages = self.recognised(&letter, number)?;
            let text: Vec<String> = pages.iter().map(|page| page.text.clone()).collect();
            scores.add(&letter.fields, &self.read(pages), || text.join("\n"));
        }
        Ok(scores)
    }

    fn recognised(&mut self, letter: &Letter, number: usize) -> Result<Vec<PageContent>, Failure> {
        let kind = SPOILT[number % SPOILT.len()];
        let set: Vec<PageLayout> = layout::set(letter, &self.fonts)?;
        let mut pages = Vec::new();
        for (at, page) in (1..).zip(&set) {
            let (image, dpi) = trial::scanned(page, kind, number, &self.fonts)?;
            let recogniser = self.recogniser.as_mut().ok_or("no recogniser")?;
            pages.push(recogniser.recognise(&image, dpi)?.into_content(at, dpi, LayerJudgement::Absent));
        }
        Ok(pages)
    }

    fn read(&self, pages: Vec<PageContent>) -> Fields {
        let mut text = ItemText::default();
        for page in &pages {
            text.push(&page.text, Sha256::of(b"generated"), Locator::Page(page.number), true);
        }
        self.reader.read(&text, &pages)
    }
}
