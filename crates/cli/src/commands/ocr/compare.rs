//! `--compare`: how far a recognised file is from the truth.

use std::io::Write;
use std::path::Path;

use dossier_ocr::compare::{Comparison, ValueKind, compare};
use serde_json::{Value, json};

use super::pages::Pages;
use crate::error::{CliError, Exit};
use crate::output::{self, Context};

/// How many of the worst lines are shown.
const WORST: usize = 10;

pub fn run(read: &Pages, truth: &Path, as_json: bool, context: Context) -> Result<Exit, CliError> {
    let text = std::fs::read_to_string(truth).map_err(CliError::at(truth))?;
    let found = of_pages(read, &text).map_err(|error| CliError::at(truth)(std::io::Error::other(error)))?;
    if as_json {
        output::json(&as_value(&found))?
    } else {
        print(&found, context)?
    }
    Ok(Exit::Complete)
}

/// Page by page where the truth has as many pages, else as one text.
fn of_pages(read: &Pages, truth: &str) -> Result<Comparison, String> {
    let expected: Vec<&str> = truth.trim_end_matches(['\u{c}', '\n']).split('\u{c}').collect();
    let last =
        read.failed.iter().map(|(number, _)| *number).chain(read.pages.iter().map(|page| page.number)).max();
    let said = |number: u32| {
        read.pages.iter().find(|page| page.number == number).map_or("", |page| page.text.as_str())
    };
    let pages: Vec<&str> = (1..=last.unwrap_or(0)).map(said).collect();
    let too_long = |error: dossier_ocr::compare::TooLong| {
        format!("{error}: end each page of the truth with a form feed")
    };
    if expected.len() != pages.len() {
        return compare(&expected.join("\n"), &pages.join("\n")).map_err(too_long);
    }
    let mut whole = Comparison::default();
    for (expected, page) in expected.iter().zip(pages) {
        whole.add(compare(expected, page).map_err(too_long)?);
    }
    Ok(whole)
}

fn print(found: &Comparison, context: Context) -> Result<(), CliError> {
    let mut out = std::io::stdout().lock();
    let rate = 100.0 * found.rate();
    let (errors, of) = (found.errors, found.characters);
    match context.lang {
        dossier_model::Lang::En => writeln!(out, "character error {rate:.3} % ({errors} of {of})")?,
        dossier_model::Lang::Zh => writeln!(out, "字错率 {rate:.3} %（{of} 字中错 {errors}）")?,
    }
    for value in found.values.iter().filter(|value| value.there > 0) {
        writeln!(out, "{} {}/{}", kind_name(value.kind, context), value.right, value.there)?;
    }
    let worst = found.worst();
    if !worst.is_empty() {
        writeln!(out, "{}", context.pick("the worst lines:", "错得最多的行："))?;
    }
    for line in worst.iter().take(WORST) {
        writeln!(out, "  {:3}  − {}\n       + {}", line.errors, line.truth, line.read)?;
    }
    Ok(())
}

fn kind_name(kind: ValueKind, context: Context) -> &'static str {
    match kind {
        ValueKind::Id => context.lang.pick("identity numbers exact", "身份证号全对"),
        ValueKind::Phone => context.lang.pick("telephones exact", "电话全对"),
        ValueKind::Date => context.lang.pick("dates exact", "日期全对"),
        ValueKind::Amount => context.lang.pick("amounts exact", "金额全对"),
    }
}

fn as_value(found: &Comparison) -> Value {
    let key = |kind: ValueKind| match kind {
        ValueKind::Id => "id_no",
        ValueKind::Phone => "phone",
        ValueKind::Date => "date",
        ValueKind::Amount => "amount",
    };
    let values: serde_json::Map<String, Value> = found
        .values
        .iter()
        .map(|value| (key(value.kind).to_owned(), json!({ "there": value.there, "right": value.right })))
        .collect();
    let lines: Vec<Value> = found
        .worst()
        .iter()
        .map(|line| json!({ "truth": line.truth, "read": line.read, "errors": line.errors }))
        .collect();
    json!({
        "characters": found.characters,
        "errors": found.errors,
        "rate": found.rate(),
        "unordered_errors": found.unordered,
        "values": values,
        "lines": lines,
    })
}
