//! The two run-times side by side: whether they read the same, and what it costs. `rten` reads every line
//! in full, so its text is held against both readings of ONNX Runtime.

use std::path::Path;

use dossier_ocr::compare::{Comparison, compare};
use dossier_ocr::{ModelStore, RecognisedPage, Recogniser};
use dossier_pipeline::{Reading, RecognitionSpec, RuntimeSpec};
use dossier_testkit::fonts::Fonts;
use dossier_testkit::measure::process_seconds;
use dossier_testkit::trial::{self, Kind, Trial};

use crate::options::Options;
use crate::{Failure, table};

/// ONNX Runtime as it is by default, the same in full, and `rten`.
const WAYS: [(RuntimeSpec, Reading); 3] = [
    (RuntimeSpec::Ort, Reading::Quick),
    (RuntimeSpec::Ort, Reading::Full),
    (RuntimeSpec::Rten, Reading::Quick),
];

/// What came of some pages.
#[derive(Clone, Copy, Default)]
struct Sums {
    pages: usize,
    words: usize,
    characters: usize,
    /// Of `rten`'s words, those that the first and the second way read otherwise.
    other_words: [usize; 2],
    errors: [usize; 3],
    seconds: [f64; 3],
}

impl Sums {
    fn join(&mut self, other: &Sums) {
        self.pages += other.pages;
        self.words += other.words;
        self.characters += other.characters;
        add(&mut self.other_words, other.other_words);
        add(&mut self.errors, other.errors);
        add(&mut self.seconds, other.seconds);
    }
}

fn add<T: std::ops::AddAssign, const N: usize>(sums: &mut [T; N], more: [T; N]) {
    sums.iter_mut().zip(more).for_each(|(sum, more)| *sum += more);
}

/// Measures all kinds that are asked for, prints the table and writes it if asked to.
pub fn run(options: &Options, fonts: &Fonts) -> Result<(), Failure> {
    let store = ModelStore::locate()?;
    let mut ways = Vec::new();
    for (runtime, reading) in WAYS {
        let spec = RecognitionSpec { runtime, reading, ..RecognitionSpec::default() };
        ways.push(Recogniser::of(&store.model(&spec)?)?);
    }
    let mut kinds: Vec<(Kind, Sums)> = Vec::new();
    for kind in Kind::ALL.into_iter().filter(|kind| options.wants(*kind)) {
        if kind == Kind::Hand && !fonts.have_hands() {
            continue;
        }
        let mut sums = Sums::default();
        for seed in &options.seeds {
            for number in 0..options.pages {
                sums.join(&page(&trial::page(kind, *seed, number, fonts)?, &mut ways, options)?);
            }
        }
        eprintln!("{}: {:.2?} s", kind.name(), sums.seconds);
        kinds.push((kind, sums));
    }
    println!("{}", text(&kinds, false));
    match &options.write {
        Some(docs) => write(docs, &kinds),
        None => Ok(()),
    }
}

fn page(page: &Trial, ways: &mut [Recogniser], options: &Options) -> Result<Sums, Failure> {
    let mut sums = Sums { pages: 1, ..Sums::default() };
    let mut read = Vec::new();
    for (at, way) in ways.iter_mut().enumerate() {
        let start = process_seconds();
        let recognised = way.recognise(&page.image, page.dpi)?;
        sums.seconds[at] = process_seconds() - start;
        let found = compare(&page.truth, &recognised.text)?;
        (sums.characters, sums.errors[at]) = (found.characters, found.errors);
        read.push(recognised);
    }
    let rten = read.pop().ok_or("no way of reading")?;
    sums.words = rten.words.len();
    for (at, ort) in read.iter().enumerate() {
        let found = compare(&ort.text, &rten.text)?;
        sums.other_words[at] = words_amiss(&rten, &found);
        for line in found.worst().iter().filter(|_| options.lines) {
            println!(
                "{} {} {:?}\n    - {}\n    + {}",
                page.kind.name(),
                page.number,
                WAYS[at],
                line.truth,
                line.read
            );
        }
    }
    Ok(sums)
}

/// How many words have a character that is not in the other text.
fn words_amiss(page: &RecognisedPage, found: &Comparison) -> usize {
    let is_amiss = |word: &&dossier_model::Word| {
        let characters = found.right.iter().skip(word.start as usize).take(word.text.chars().count());
        characters.clone().any(|right| !right)
    };
    page.words.iter().filter(is_amiss).count()
}

fn text(kinds: &[(Kind, Sums)], zh: bool) -> String {
    let mut text = if zh {
        "| 页面 | 词数 | 与 ort 快速不同 | 与 ort 完整不同 | 字错率 %：ort 快速、ort 完整、rten | CPU 秒/页：ort 快速、ort 完整、rten |\n"
    } else {
        "| pages | words | other than ort, quick | other than ort, full | character error %: ort quick, ort full, rten | CPU s a page: ort quick, ort full, rten |\n"
    }
    .to_owned();
    text += "|---|---:|---:|---:|---:|---:|\n";
    let mut whole = Sums::default();
    for (kind, sums) in kinds {
        let (en, chinese) = kind.titles();
        text += &row(if zh { chinese } else { en }, sums);
        whole.join(sums);
    }
    text + &row(if zh { "**合计**" } else { "**all**" }, &whole)
}

fn row(title: &str, sums: &Sums) -> String {
    let of = |sum: f64, whole: usize| sum / whole.max(1) as f64;
    let errors = sums.errors.map(|errors| format!("{:.2}", 100.0 * of(errors as f64, sums.characters)));
    let seconds = sums.seconds.map(|seconds| format!("{:.2}", of(seconds, sums.pages)));
    let [quick, full] = sums.other_words;
    format!(
        "| {title} | {} | {quick} | {full} | {} | {} |\n",
        sums.words,
        errors.join(", "),
        seconds.join(", ")
    )
}

fn write(docs: &Path, kinds: &[(Kind, Sums)]) -> Result<(), Failure> {
    for (file, zh) in table::FILES {
        let path = docs.join(file);
        let whole = table::with(&std::fs::read_to_string(&path)?, "runtimes", &text(kinds, zh))?;
        std::fs::write(&path, whole)?;
    }
    Ok(())
}
