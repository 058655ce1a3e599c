//! `dossier fields test`: the pipeline's letters with the fields they state.

use std::io::Write;

use dossier_batch::BatchError;
use dossier_pipeline::{FieldCase, load_field_cases};
use serde::Serialize;

use super::{Reading, letter_of};
use crate::error::{CliError, Exit};
use crate::output::{self, Context, Style};

/// A field that is found otherwise than its case says.
#[derive(Serialize)]
struct Wrong {
    file: String,
    case: String,
    field: String,
    stated: Vec<String>,
    found: Vec<String>,
}

#[derive(Serialize)]
struct Outcome {
    cases: usize,
    fields: usize,
    wrong: Vec<Wrong>,
}

pub fn run(pipeline: &str, json: bool, context: Context) -> Result<Exit, CliError> {
    let reading = Reading::load(pipeline)?;
    let cases = load_field_cases(&reading.folder).map_err(BatchError::from)?;
    let outcome = Outcome {
        cases: cases.len(),
        fields: cases.iter().map(|case| case.fields.len()).sum(),
        wrong: cases.iter().flat_map(|case| wrong(&reading, case)).collect(),
    };
    if json {
        output::json(&outcome)?;
    } else {
        print(&outcome, context)?;
    }
    Ok(if outcome.wrong.is_empty() { Exit::Complete } else { Exit::Partial })
}

fn wrong(reading: &Reading, case: &FieldCase) -> Vec<Wrong> {
    let (text, page) = letter_of(case.text.trim());
    let found = reading.letters.read(&text, &[page]);
    let name = if case.shows.is_empty() { case.text.lines().next().unwrap_or_default() } else { &case.shows };
    let differing = case.fields.iter().filter_map(|(field, stated)| {
        let values = found.get(field).into_iter().flatten();
        let found: Vec<String> = values.map(|value| value.value.reveal().to_owned()).collect();
        (found != *stated).then(|| Wrong {
            file: case.file.clone(),
            case: name.to_owned(),
            field: field.clone(),
            stated: stated.clone(),
            found,
        })
    });
    differing.collect()
}

fn print(outcome: &Outcome, context: Context) -> Result<(), CliError> {
    let mut out = std::io::stdout().lock();
    let style = Style::of_stdout();
    for wrong in &outcome.wrong {
        writeln!(out, "{}  {}  {}", wrong.file, wrong.case, style.bold(&wrong.field))?;
        writeln!(out, "  - {}\n  + {}", wrong.stated.join(" | "), wrong.found.join(" | "))?;
    }
    let right = outcome.fields - outcome.wrong.len();
    let words = context.pick("fields of cases as they should be", "个案例字段正确");
    writeln!(out, "{right}/{} {words} ({})", outcome.fields, outcome.cases)?;
    Ok(())
}
