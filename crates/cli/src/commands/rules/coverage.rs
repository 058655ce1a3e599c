//! `dossier rules coverage`: what the rules do on an archive.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::Path;

use dossier_archive::Archive;
use dossier_batch::Rules;
use dossier_model::{Classification, Mask};
use serde::Serialize;

use crate::error::{CliError, Exit};
use crate::output::{self, Context, Style};

/// How many letters without a category are listed.
const LISTED: usize = 20;

/// What the rules do.
#[derive(Default, Serialize)]
struct Coverage {
    items: u64,
    /// Items on whose main axis nothing has a score.
    unmatched: u64,
    /// Some of them, by id and masked title.
    unmatched_examples: Vec<(String, String)>,
    /// For each rule, in how many items it fires.
    fires: BTreeMap<String, u64>,
    /// For each rule, in how many items it is the only reason of the decided category.
    alone: BTreeMap<String, u64>,
    /// Rules that fire nowhere.
    never: Vec<String>,
}

pub fn run(pipeline: &str, archive: &Path, json: bool, context: Context) -> Result<Exit, CliError> {
    let rules = Rules::load(pipeline)?;
    let archive = Archive::open(archive)?;
    let labels = archive.labels()?;
    let mut coverage = Coverage::default();
    archive.catalog.for_each_item::<CliError>(|row| {
        let found = rules.classify(&row.item, &[]);
        let matched = coverage.count(&found, &rules.pipeline.manifest.summary.axis);
        if !matched && coverage.unmatched_examples.len() < LISTED {
            coverage
                .unmatched_examples
                .push((row.item.id.clone(), labels.masked_title(&row.item, Mask::Internal)));
        }
        Ok(())
    })?;
    let never = rules.classifier.rules().filter(|(_, id, _)| !coverage.fires.contains_key(*id));
    coverage.never = never.map(|(_, id, _)| id.to_owned()).collect();
    if json {
        output::json(&coverage)?;
    } else {
        print(&coverage, context)?;
    }
    Ok(Exit::Complete)
}

impl Coverage {
    /// Counts one item; whether anything on the main axis matched.
    fn count(&mut self, found: &Classification, axis: &str) -> bool {
        self.items += 1;
        let mut fired: Vec<&str> =
            found.candidates.iter().flat_map(|c| &c.reasons).map(|reason| reason.rule.as_str()).collect();
        fired.sort_unstable();
        fired.dedup();
        for rule in fired {
            *self.fires.entry(rule.to_owned()).or_default() += 1;
        }
        for decided in &found.decided {
            // What only refines decides nothing on the first level.
            let mut weighing = decided.reasons.iter().filter(|reason| reason.weight != 0.0);
            if let Some(first) = weighing.next()
                && weighing.all(|reason| reason.rule == first.rule)
            {
                *self.alone.entry(first.rule.clone()).or_default() += 1;
            }
        }
        let matched = found.candidates.iter().any(|candidate| candidate.axis == axis);
        self.unmatched += u64::from(!matched);
        matched
    }
}

fn print(coverage: &Coverage, context: Context) -> Result<(), CliError> {
    let mut out = std::io::stdout().lock();
    let style = Style::of_stdout();
    let unmatched = context.pick("items; nothing matched in", "件；没有规则命中的有");
    writeln!(out, "{} {unmatched} {}", coverage.items, coverage.unmatched)?;
    for (id, title) in &coverage.unmatched_examples {
        writeln!(out, "  {}", style.dim(&format!("{id}  {title}")))?;
    }
    let headings = context.pick("fires  alone  rule", "命中  单独决定  规则");
    writeln!(out, "{}", style.bold(headings))?;
    let mut fires: Vec<(&String, &u64)> = coverage.fires.iter().collect();
    fires.sort_by(|a, b| b.1.cmp(a.1).then_with(|| a.0.cmp(b.0)));
    for (rule, count) in fires {
        writeln!(out, "{count:>6} {:>6}  {rule}", coverage.alone.get(rule).copied().unwrap_or(0))?;
    }
    writeln!(out, "{}: {}", context.pick("never", "从不命中"), coverage.never.join(", "))?;
    Ok(())
}
