//! `dossier rules suggest`: a rule file to be read and edited, never applied by itself.

use std::collections::BTreeMap;
use std::io::Write;

use dossier_batch::Rules;
use dossier_model::fold_text;
use dossier_rules::suggest::{Demands, Labelled, Suggestion, suggest};

use crate::args::LabelledOption;
use crate::error::{CliError, Exit};
use crate::output::Context;

/// What a phrase must have to be proposed: letters, and precision.
const SUPPORT: u64 = 4;
const PRECISION: f64 = 0.8;

pub fn run(
    pipeline: &str,
    labelled: &LabelledOption,
    most: usize,
    context: Context,
) -> Result<Exit, CliError> {
    let rules = Rules::load(pipeline)?;
    let Some(rows) = super::labelled_rows(labelled, &rules.pipeline)? else {
        eprintln!("{}", context.pick("--labelled FILE is needed", "需要 --labelled 文件"));
        return Ok(Exit::Usage);
    };
    let letters: Vec<Labelled> =
        rows.into_iter().map(|row| Labelled { label: row.label, text: row.text.text }).collect();
    let words = &rules.pipeline.words;
    let known: Vec<String> = rules
        .pipeline
        .rules
        .iter()
        .flat_map(|file| &file.rules)
        .flat_map(|rule| words.expand(&rule.any).map(|phrase| fold_text(&phrase)).collect::<Vec<_>>())
        .collect();
    let found = suggest(&letters, &known, Demands { support: SUPPORT, precision: PRECISION, most });
    let mut by_label: BTreeMap<&str, Vec<&Suggestion>> = BTreeMap::new();
    for suggestion in &found {
        by_label.entry(&suggestion.label).or_default().push(suggestion);
    }
    let mut out = std::io::stdout().lock();
    writeln!(
        out,
        "# {}",
        context.pick(
            "Proposals: read, edit, then move what is right into the rules.",
            "候选：请阅读、修改，把合适的移入规则。"
        )
    )?;
    writeln!(out, "axis = \"{}\"", rules.pipeline.manifest.summary.axis)?;
    for (number, (label, suggestions)) in (1..).zip(by_label) {
        writeln!(
            out,
            "\n[[rule]]\nid = \"suggested-{number:02}\"\npath = [\"{label}\"]\nweight = 1.0\nany = ["
        )?;
        for suggestion in suggestions {
            print(&mut out, suggestion)?;
        }
        writeln!(out, "]")?;
    }
    Ok(Exit::Complete)
}

fn print(out: &mut impl Write, suggestion: &Suggestion) -> Result<(), CliError> {
    let overlaps = match suggestion.overlaps.as_slice() {
        [] => String::new(),
        known => format!("  ~ {}", known.join(" ")),
    };
    let example = suggestion.examples.first().map(|example| format!("  …{example}…")).unwrap_or_default();
    writeln!(
        out,
        "  \"{}\",  # {}  P {:.2}  lift {:.1}{overlaps}{example}",
        suggestion.phrase, suggestion.support, suggestion.precision, suggestion.lift
    )?;
    Ok(())
}
