//! `dossier rules test`: the rules against people's own classification.

use std::collections::BTreeMap;
use std::io::Write;

use dossier_batch::Rules;
use dossier_model::{
    CategoryScore, Classification, Evidence, FieldValue, Fields, ItemText, Locator, Place, ReviewState,
    Sensitive, Sha256,
};
use dossier_pipeline::{Case, load_cases, locate};
use dossier_rules::quality::{Judgement, Quality, names};
use serde_json::json;

use crate::args::LabelledOption;
use crate::error::{CliError, Exit};
use crate::output::{self, Context, Style, cells, padded};

/// A letter that the rules see otherwise than people.
struct Wrong {
    title: String,
    judgement: Judgement,
    candidates: Vec<CategoryScore>,
}

/// The judgements of one axis.
#[derive(Default)]
struct Outcome {
    judgements: Vec<Judgement>,
    wrong: Vec<Wrong>,
}

/// How many reasons of a wrong case are shown.
const REASONS: usize = 6;

pub fn run(
    pipeline: &str,
    labelled: &LabelledOption,
    json: bool,
    context: Context,
) -> Result<Exit, CliError> {
    let rules = Rules::load(pipeline)?;
    let outcomes = match super::labelled_rows(labelled, &rules.pipeline)? {
        Some(rows) => {
            let mut outcome = Outcome::default();
            let summary = &rules.pipeline.manifest.summary;
            for row in rows {
                let year = dossier_batch::year_of(&row.fields, summary);
                let found = rules.classifier.classify(&row.text, &row.fields, year);
                let titles = summary.title.iter().filter_map(|name| row.fields.get(name)?.first());
                let title = titles
                    .map(|value| {
                        value.value.masked(dossier_model::MaskKind::Text, dossier_model::Mask::Internal)
                    })
                    .next();
                outcome.add("content", vec![row.label], title.unwrap_or_default(), &found);
            }
            BTreeMap::from([("content".to_owned(), outcome)])
        }
        None => cases(&rules, pipeline)?,
    };
    if json {
        let all: BTreeMap<&String, Quality> =
            outcomes.iter().map(|(axis, outcome)| (axis, Quality::of(&outcome.judgements))).collect();
        output::json(&json!(all))?;
    } else {
        for (axis, outcome) in &outcomes {
            print(axis, outcome, context)?;
        }
    }
    // Cases are the rules' own tests; people's registers are only a measure.
    let failed = labelled.labelled.is_none() && outcomes.values().any(|outcome| !outcome.wrong.is_empty());
    Ok(if failed { Exit::Partial } else { Exit::Complete })
}

fn cases(rules: &Rules, pipeline: &str) -> Result<BTreeMap<String, Outcome>, CliError> {
    let folder = locate(pipeline).map_err(dossier_batch::BatchError::from)?;
    let cases = load_cases(&folder).map_err(dossier_batch::BatchError::from)?;
    let mut outcomes: BTreeMap<String, Outcome> = BTreeMap::new();
    for case in cases {
        let (text, fields) = item_of(&case, &rules.pipeline.manifest.summary.title);
        let found = rules.classifier.classify(&text, &fields, None);
        let title =
            if case.title.is_empty() { case.text.chars().take(24).collect() } else { case.title.clone() };
        outcomes.entry(case.axis.clone()).or_default().add(&case.axis, case.path, title, &found);
    }
    Ok(outcomes)
}

/// A case as an item's text, with its title in the title's field.
fn item_of(case: &Case, title_fields: &[String]) -> (ItemText, Fields) {
    let source = Sha256::of(case.text.as_bytes());
    let mut text = ItemText::default();
    let mut fields = Fields::new();
    if let (false, Some(name)) = (case.title.is_empty(), title_fields.first()) {
        let start = text.push(&case.title, source, Locator::Page(1), false);
        let end = start + case.title.chars().count() as u32;
        let evidence = Evidence { source, place: Place::Page { page: 1, boxes: Vec::new() }, start, end };
        fields.insert(
            name.clone(),
            vec![FieldValue {
                value: Sensitive::new(&case.title),
                raw: Sensitive::new(&case.title),
                confidence: 1.0,
                state: ReviewState::Machine,
                extractor: "case".to_owned(),
                warnings: Vec::new(),
                evidence: vec![evidence],
            }],
        );
    }
    text.push(&case.text, source, Locator::Page(1), false);
    (text, fields)
}

impl Outcome {
    /// Compares at the depth that the case is certain of.
    fn add(&mut self, axis: &str, path: Vec<String>, title: String, found: &Classification) {
        let depth = path.len();
        let name = |path: &[String]| path[..path.len().min(depth)].join("/");
        let candidates: Vec<CategoryScore> =
            found.candidates.iter().filter(|candidate| candidate.axis == axis).cloned().collect();
        let decided = found.decided.iter().find(|decided| decided.axis == axis);
        let best = decided.or(candidates.first());
        let score = best.map_or(0.0, |best| best.score);
        let next = candidates.get(1).map_or(0.0, |next| next.score);
        let judgement = Judgement {
            expected: path.join("/"),
            best: best.map(|best| name(&best.path)).unwrap_or_default(),
            decided: decided.is_some(),
            lead: if score > 0.0 { (score - next) / score } else { 0.0 },
            score,
        };
        if judgement.best != judgement.expected {
            self.wrong.push(Wrong { title, judgement: judgement.clone(), candidates });
        }
        self.judgements.push(judgement);
    }
}

fn print(axis: &str, outcome: &Outcome, context: Context) -> Result<(), CliError> {
    let mut out = std::io::stdout().lock();
    let style = Style::of_stdout();
    let quality = Quality::of(&outcome.judgements);
    writeln!(
        out,
        "{}",
        style.bold(&format!("{axis}: {} {}", quality.letters, context.pick("letters", "封")))
    )?;
    for wrong in &outcome.wrong {
        let best = if wrong.judgement.best.is_empty() {
            dossier_rules::quality::UNDECIDED
        } else {
            &wrong.judgement.best
        };
        let instead = context.pick("instead of", "应为");
        writeln!(out, "  ✗ {}: {best}, {instead} {}", wrong.title, wrong.judgement.expected)?;
        for candidate in wrong.candidates.iter().take(3) {
            writeln!(out, "      {}", style.dim(&scored(candidate)))?;
        }
    }
    confusion(&mut out, &quality, context)?;
    let width = quality.categories.keys().map(|name| cells(name)).max().unwrap_or(0);
    for (name, category) in &quality.categories {
        writeln!(
            out,
            "  {}  {:>5}  P {:.3}  R {:.3}  F1 {:.3}",
            padded(name, width),
            category.letters,
            category.precision,
            category.recall,
            category.f1
        )?;
    }
    writeln!(
        out,
        "  macro F1 {:.3}, {} {:.3}, {} {:.3} ({} {:.3}), {} {:.3}",
        quality.macro_f1,
        context.pick("accuracy", "正确率"),
        quality.accuracy,
        context.pick("decided", "已决定"),
        quality.decided,
        context.pick("of them right", "其中正确"),
        quality.decided_precision,
        context.pick("coverage at 95 % precision", "精确率 95% 时的覆盖率"),
        quality.coverage_at_95
    )?;
    Ok(())
}

fn scored(candidate: &CategoryScore) -> String {
    let reasons = candidate.reasons.iter().take(REASONS);
    let reasons: Vec<String> =
        reasons.map(|reason| format!("{} {:+.1}", reason.phrase, reason.weight)).collect();
    format!("{} {:.1}: {}", candidate.path.join("/"), candidate.score, reasons.join("、"))
}

/// The confusion matrix, people's category down, the rules' across.
fn confusion(out: &mut impl Write, quality: &Quality, context: Context) -> Result<(), CliError> {
    let names = names(quality);
    let width = names.iter().map(|name| cells(name)).max().unwrap_or(0);
    writeln!(out, "  {}", context.pick("people down, rules across:", "行为人工分类，列为规则分类："))?;
    let numbers: Vec<String> = (1..=names.len()).map(|number| format!("{number:>4}")).collect();
    writeln!(out, "  {}     {}", " ".repeat(width), numbers.concat())?;
    for (number, expected) in (1..).zip(&names) {
        let cell = |found: &String| quality.confusion.get(expected).and_then(|row| row.get(found)).copied();
        let row: Vec<String> = names
            .iter()
            .map(|found| cell(found).map_or("   ·".to_owned(), |count| format!("{count:>4}")))
            .collect();
        writeln!(out, "  {} {number:>3} {}", padded(expected, width), row.concat())?;
    }
    Ok(())
}
