//! `dossier rules test`: each rule against its own tests, and all of them against people's own
//! classification.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;

use dossier_batch::{LabelledRow, Rules};
use dossier_model::{
    CategoryScore, Classification, Evidence, FieldValue, Fields, ItemText, Locator, Mask, MaskKind, Place,
    ReviewState, Sensitive, Sha256,
};
use dossier_pipeline::{Case, load_cases, locate};
use dossier_rules::quality::{Judgement, Quality, names};
use serde_json::{Map, Value, json};

use super::own::{self, OwnTests};
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
    /// The same where only the categories compete that people used.
    among: Vec<Judgement>,
}

/// The key of the rules' own tests among the axes of the JSON.
const OWN_TESTS: &str = "rule_tests";

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
            BTreeMap::from([(rules.pipeline.manifest.summary.axis.clone(), labelled_outcome(&rules, &rows))])
        }
        None => cases(&rules, pipeline)?,
    };
    // Tests and cases are the rules' own; people's registers are only a measure.
    let own = labelled.labelled.is_none().then(|| own::run(&rules));
    if json {
        output::json(&as_json(&outcomes, own.as_ref()))?;
    } else {
        for (axis, outcome) in &outcomes {
            print(axis, outcome, context)?;
        }
        own.as_ref().map_or(Ok(()), |own| own::print(own, context))?;
    }
    let failed =
        own.is_some_and(|own| !own.failed.is_empty() || outcomes.values().any(|o| !o.wrong.is_empty()));
    Ok(if failed { Exit::Partial } else { Exit::Complete })
}

fn as_json(outcomes: &BTreeMap<String, Outcome>, own: Option<&OwnTests>) -> Value {
    let quality = |outcome: &Outcome| json!(Quality::of(&outcome.judgements));
    let mut all: Map<String, Value> =
        outcomes.iter().map(|(axis, outcome)| (axis.clone(), quality(outcome))).collect();
    all.extend(own.map(|own| (OWN_TESTS.to_owned(), json!(own))));
    Value::Object(all)
}

/// The rules against a register that people have classified, on the first level. The category may
/// be called as another scheme calls it; where that was divided, either part is right.
fn labelled_outcome(rules: &Rules, rows: &[LabelledRow]) -> Outcome {
    let scheme = &rules.pipeline.scheme;
    let firsts = |label: &str| -> BTreeSet<String> {
        let paths = scheme.paths_of(label);
        let known: BTreeSet<String> = paths.into_iter().filter_map(|path| path.first().cloned()).collect();
        if known.is_empty() { BTreeSet::from([label.to_owned()]) } else { known }
    };
    let used: BTreeSet<String> = rows.iter().flat_map(|row| firsts(&row.label)).collect();
    let summary = &rules.pipeline.manifest.summary;
    let axis = summary.axis.as_str();
    let mut outcome = Outcome::default();
    for row in rows {
        let year = dossier_batch::year_of(&row.fields, summary);
        let mut found = rules.classifier.classify(&row.text, &row.fields, year);
        let expected = firsts(&row.label);
        let best = found.decided.iter().chain(&found.candidates).find(|category| category.axis == axis);
        let best = best.and_then(|category| category.path.first()).filter(|first| expected.contains(*first));
        let path: Vec<String> = best.or(expected.first()).cloned().into_iter().collect();
        let titles = summary.title.iter().filter_map(|name| row.fields.get(name)?.first());
        let title = titles.map(|value| value.value.masked(MaskKind::Text, Mask::Internal)).next();
        outcome.add(axis, path.clone(), title.unwrap_or_default(), &found);
        // People chose among the categories that they used.
        let among =
            |category: &CategoryScore| category.path.first().is_some_and(|first| used.contains(first));
        found.decided.retain(among);
        found.candidates.retain(among);
        outcome.among.push(judgement(axis, &path, &found));
    }
    outcome
}

fn cases(rules: &Rules, pipeline: &str) -> Result<BTreeMap<String, Outcome>, CliError> {
    let folder = locate(pipeline).map_err(dossier_batch::BatchError::from)?;
    let cases = load_cases(&folder).map_err(dossier_batch::BatchError::from)?;
    let mut outcomes: BTreeMap<String, Outcome> = BTreeMap::new();
    for case in cases {
        let (text, fields) = item_of(&case, &rules.pipeline.manifest.summary.title);
        let found = rules.classifier.classify(&text, &fields, case.year);
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
        fields.insert(name.clone(), vec![stated(&case.title, source, start, end)]);
    }
    for (name, values) in &case.fields {
        fields.insert(name.clone(), values.iter().map(|value| stated(value, source, 0, 0)).collect());
    }
    text.push(&case.text, source, Locator::Page(1), false);
    (text, fields)
}

/// A value as a case states it.
fn stated(value: &str, source: Sha256, start: u32, end: u32) -> FieldValue {
    let evidence = Evidence { source, place: Place::Page { page: 1, boxes: Vec::new() }, start, end };
    FieldValue {
        value: Sensitive::new(value),
        raw: Sensitive::new(value),
        confidence: 1.0,
        state: ReviewState::Machine,
        extractor: "case".to_owned(),
        warnings: Vec::new(),
        evidence: vec![evidence],
    }
}

impl Outcome {
    /// Compares at the depth that the case is certain of.
    fn add(&mut self, axis: &str, path: Vec<String>, title: String, found: &Classification) {
        let judgement = judgement(axis, &path, found);
        if judgement.best != judgement.expected {
            let candidates = found.candidates.iter().filter(|candidate| candidate.axis == axis).cloned();
            self.wrong.push(Wrong { title, judgement: judgement.clone(), candidates: candidates.collect() });
        }
        self.judgements.push(judgement);
    }
}

fn judgement(axis: &str, path: &[String], found: &Classification) -> Judgement {
    let depth = if path.is_empty() { usize::MAX } else { path.len() };
    let name = |found: &[String]| found[..found.len().min(depth)].join("/");
    let mut candidates = found.candidates.iter().filter(|candidate| candidate.axis == axis);
    let decided = found.decided.iter().find(|decided| decided.axis == axis);
    let (first, second) = (candidates.next(), candidates.next());
    // A case that must stay undecided is wrong as soon as anything is decided.
    let best = if path.is_empty() { decided } else { decided.or(first) };
    let score = best.map_or(0.0, |best| best.score);
    let next = second.map_or(0.0, |next| next.score);
    Judgement {
        expected: path.join("/"),
        best: best.map(|best| name(&best.path)).unwrap_or_default(),
        decided: decided.is_some(),
        lead: if score > 0.0 { (score - next) / score } else { 0.0 },
        score,
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
    if !outcome.among.is_empty() {
        let among = Quality::of(&outcome.among);
        let words = context.pick("among the categories that people used", "只在人工用过的类别中比较");
        writeln!(out, "  {words}: macro F1 {:.3}, {:.3}", among.macro_f1, among.accuracy)?;
    }
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
