//! Whether a word's confidence means what it says.

use std::path::Path;

use dossier_ocr::compare::Comparison;
use dossier_ocr::{RecognisedPage, SURE};
use dossier_testkit::trial::{Kind, TUNED};
use plotters::prelude::*;

use crate::Failure;
use crate::sums::Run;

/// Upper ends of the classes of confidence.
const BINS: [f32; 8] = [0.5, 0.7, 0.8, 0.9, 0.95, 0.98, 0.99, 1.01];

/// A word, how sure it was said to be, and whether it is right.
#[derive(Clone, Copy)]
pub struct Verdict {
    pub kind: Kind,
    pub confidence: f32,
    pub right: bool,
}

impl Verdict {
    pub fn of(kind: Kind, page: &RecognisedPage, found: &Comparison) -> Vec<Verdict> {
        let right = |start: u32, length: usize| {
            found.right.iter().skip(start as usize).take(length).all(|right| *right)
        };
        let verdict = |word: &dossier_model::Word| Verdict {
            kind,
            confidence: word.confidence,
            right: right(word.start, word.text.chars().count()),
        };
        page.words.iter().map(verdict).collect()
    }
}

struct Bin {
    words: usize,
    mean: f64,
    right: f64,
}

fn bins(verdicts: &[Verdict]) -> Vec<Bin> {
    let mut low = 0.0;
    BINS.iter()
        .map(|high| {
            let within: Vec<&Verdict> =
                verdicts.iter().filter(|word| (low..*high).contains(&word.confidence)).collect();
            low = *high;
            let share = |sum: f64| sum / within.len().max(1) as f64;
            Bin {
                words: within.len(),
                mean: share(within.iter().map(|word| f64::from(word.confidence)).sum()),
                right: share(within.iter().filter(|word| word.right).count() as f64),
            }
        })
        .filter(|bin| bin.words > 0)
        .collect()
}

/// How many words there are above the review threshold, of how many, and how many are right.
fn above(verdicts: &[&Verdict]) -> (f64, f64) {
    let sure: Vec<_> = verdicts.iter().filter(|word| word.confidence >= SURE).collect();
    let right = sure.iter().filter(|word| word.right).count();
    (sure.len() as f64 / verdicts.len().max(1) as f64, right as f64 / sure.len().max(1) as f64)
}

/// The tables of a run: by confidence, and what the review threshold does.
pub fn table(run: &Run, zh: bool) -> String {
    let mut text = String::from(if zh {
        "| 平均可信度 | 正确率 | 词数 |\n|---:|---:|---:|\n"
    } else {
        "| mean confidence | right | words |\n|---:|---:|---:|\n"
    });
    for bin in bins(&run.verdicts) {
        text += &format!("| {:.3} | {:.3} | {} |\n", bin.mean, bin.right, bin.words);
    }
    text += &match zh {
        true => format!("\n| 可信度 ≥ {SURE} | 占全部词 % | 其中正确 % |\n|---|---:|---:|\n"),
        false => format!("\n| confidence ≥ {SURE} | of all words % | of these right % |\n|---|---:|---:|\n"),
    };
    for (name, chinese, hand) in [("print", "印刷", false), ("hand-script fonts", "手写体字库", true)]
    {
        let of: Vec<&Verdict> =
            run.verdicts.iter().filter(|word| (word.kind == Kind::Hand) == hand).collect();
        let (covered, right) = above(&of);
        let title = if zh { chinese } else { name };
        text += &format!("| {title} | {:.1} | {:.2} |\n", 100.0 * covered, 100.0 * right);
    }
    text
}

/// Every word: seed, kind, confidence, right.
pub fn as_csv(runs: &[Run]) -> String {
    let mut text = String::from("seed,kind,confidence,right\n");
    for run in runs {
        for word in &run.verdicts {
            let Verdict { kind, confidence, right } = word;
            text += &format!("{},{},{confidence:.5},{}\n", run.seed, kind.name(), u8::from(*right));
        }
    }
    text
}

/// The reliability plot of both seeds.
pub fn plot(path: &Path, runs: &[Run]) -> Result<(), Failure> {
    let mut svg = String::new();
    {
        let area = SVGBackend::with_string(&mut svg, (520, 440)).into_drawing_area();
        area.fill(&WHITE)?;
        let mut chart = ChartBuilder::on(&area)
            .margin(12)
            .x_label_area_size(36)
            .y_label_area_size(48)
            .build_cartesian_2d(0.0..1.0, 0.0..1.0)?;
        chart.configure_mesh().x_desc("confidence 可信度").y_desc("right 正确率").draw()?;
        chart.draw_series([PathElement::new([(0.0, 0.0), (1.0, 1.0)], BLACK.mix(0.3))])?;
        for run in runs {
            let (colour, name) =
                if run.seed == TUNED { (BLUE, "seed 1 (tuned)") } else { (RED, "seed 2 (held out)") };
            let points: Vec<(f64, f64)> =
                bins(&run.verdicts).iter().map(|bin| (bin.mean, bin.right)).collect();
            chart
                .draw_series([PathElement::new(points.clone(), colour)])?
                .label(name)
                .legend(move |(x, y)| PathElement::new([(x, y), (x + 18, y)], colour));
            chart.draw_series(points.into_iter().map(|at| Circle::new(at, 3, colour.filled())))?;
        }
        chart.configure_series_labels().position(SeriesLabelPosition::LowerRight).draw()?;
        area.present()?;
    }
    Ok(std::fs::write(path, svg)?)
}
