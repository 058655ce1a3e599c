//! Error, exactness, confidence and speed of recognition on trial pages, beside RapidOCR where that
//! Python package is installed: same pages, same models, one thread each, page by page in turn.
//!
//! `cargo bench --workspace --bench recognition -- [--pages N] [--kinds A,B] [--seeds 1,2]
//! [--lines] [--runtimes] [--words FILE] [--write DOCS] [--keep FOLDER] [--draw FOLDER]`
//!
//! `--runtimes` holds the two run-times against each other instead;
//! `--lines` prints the lines that differ, `--keep` keeps the pages, `--draw` draws
//! what was read on them, `--words` writes each word's
//! confidence and whether it is right, `--write` puts tables and plot into the documentation.
//! `DOSSIER_PYTHON` names the Python, `none` leaves RapidOCR out; `DOSSIER_HAND_FONTS` is where
//! `packaging/hand-fonts.sh` put the hands.

mod options;
mod rapid;
mod reliability;
mod runtimes;
mod sums;
mod table;

use std::path::{Path, PathBuf};

use dossier_model::LayerJudgement;
use dossier_ocr::compare::{Comparison, compare};
use dossier_ocr::{ModelStore, RecognisedPage, Recogniser, picture};
use dossier_testkit::fonts::Fonts;
use dossier_testkit::measure::cpu_seconds;
use dossier_testkit::trial::{self, Kind, Trial};

use options::Options;
use rapid::Rapid;
use reliability::Verdict;
use sums::{Run, Sums};

type Failure = Box<dyn std::error::Error>;

fn main() -> Result<(), Failure> {
    let options = Options::parse(std::env::args().skip(1))?;
    let mut fonts = Fonts::load()?;
    if let Some(folder) = std::env::var_os("DOSSIER_HAND_FONTS") {
        fonts = fonts.with_hands(Path::new(&folder))?;
    }
    if options.runtimes {
        return runtimes::run(&options, &fonts);
    }
    let mut bench = Bench {
        recogniser: Recogniser::load(&ModelStore::locate()?)?,
        rapid: Rapid::start(&options.python)?,
        folder: options.pages_folder()?,
        fonts,
        options,
    };
    if bench.rapid.is_none() {
        println!("RapidOCR is not measured: `{} -c 'import rapidocr'` fails", bench.options.python);
    }
    let mut runs = Vec::new();
    for seed in bench.options.seeds.clone() {
        let run = bench.run(seed)?;
        println!("{}", table::of(&run, false));
        println!("{}", reliability::table(&run, false));
        let dossier_ocr::Readings { lines, twice } = bench.recogniser.readings();
        println!("{twice} of {lines} lines so far were read twice\n");
        runs.push(run);
    }
    if let Some(docs) = &bench.options.write {
        table::write(docs, &runs)?;
    }
    if let Some(file) = &bench.options.words {
        std::fs::write(file, reliability::as_csv(&runs))?;
    }
    bench.rapid.map_or(Ok(()), Rapid::end)
}

struct Bench {
    options: Options,
    fonts: Fonts,
    recogniser: Recogniser,
    rapid: Option<Rapid>,
    folder: PathBuf,
}

impl Bench {
    fn run(&mut self, seed: u64) -> Result<Run, Failure> {
        let mut run = Run { seed, kinds: Vec::new(), verdicts: Vec::new() };
        let kinds: Vec<Kind> = Kind::ALL.into_iter().filter(|kind| self.options.wants(*kind)).collect();
        for kind in kinds {
            if kind == Kind::Hand && !self.fonts.have_hands() {
                println!(
                    "hand-script fonts are left out: run packaging/hand-fonts.sh and set DOSSIER_HAND_FONTS"
                );
                continue;
            }
            let (mut ours, mut theirs) = (Sums::default(), Sums::default());
            for number in 0..self.options.pages {
                let page = trial::page(kind, seed, number, &self.fonts)?;
                let (found, read) = self.ours(&page, &mut ours)?;
                run.verdicts.extend(Verdict::of(kind, &read, &found));
                if let Some(rapid) = &mut self.rapid {
                    let path = self.folder.join(format!("{seed}-{}-{number}.png", kind.name()));
                    page.image.save(&path)?;
                    let answer = rapid.read(&path)?;
                    theirs.add(compare(&page.truth, &answer.text)?, answer.seconds);
                }
            }
            eprintln!(
                "{seed} {}: {:.3} % {:.2} s; RapidOCR {:.3} % {:.2} s",
                kind.name(),
                100.0 * ours.found.rate(),
                ours.seconds(),
                100.0 * theirs.found.rate(),
                theirs.seconds()
            );
            run.kinds.push((kind, ours, theirs));
        }
        Ok(run)
    }

    fn ours(&mut self, page: &Trial, sums: &mut Sums) -> Result<(Comparison, RecognisedPage), Failure> {
        let start = cpu_seconds();
        let read = self.recogniser.recognise(&page.image, page.dpi)?;
        let seconds = cpu_seconds() - start;
        let found = compare(&page.truth, &read.text)?;
        if self.options.lines && found.errors > 0 {
            println!("{} {}: {} errors", page.kind.name(), page.number, found.errors);
            for line in found.worst() {
                println!("    - {}\n    + {}", line.truth, line.read);
            }
        }
        sums.add(found.clone(), seconds);
        if let Some(folder) = &self.options.draw {
            let content = read.clone().into_content(1, page.dpi, LayerJudgement::Absent);
            let drawn = picture::picture(&page.image, &content, picture::font().as_ref());
            drawn.save(folder.join(format!("{}-{}.png", page.kind.name(), page.number)))?;
        }
        Ok((found, read))
    }
}
