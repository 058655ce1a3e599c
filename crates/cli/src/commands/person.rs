//! `dossier person`: has this person written before, and what was answered?

use std::io::Write;

use dossier_archive::{Archive, AuditEvent, FieldLabel, PersonLetter};
use dossier_model::{Mask, MaskKind, Sensitive};
use serde_json::json;

use crate::args::PersonArgs;
use crate::error::{CliError, Exit};
use crate::output::{self, Context, Style};

pub fn run(args: &PersonArgs, context: Context) -> Result<Exit, CliError> {
    let archive = Archive::open(&args.archive.archive)?;
    let mask: Mask = args.mask.mask.into();
    let letters = archive.person(&args.who, mask)?;
    let digits = args.who.chars().filter(char::is_ascii_digit).count();
    let kind = if digits >= 7 { MaskKind::IdNumber } else { MaskKind::Name };
    // The trail says who was asked about no more openly than the list of letters does.
    let who = Sensitive::new(args.who.trim()).masked(kind, Mask::Internal);
    archive.audit(AuditEvent::Person {
        who: who.clone(),
        reason: args.reason.clone(),
        mask,
        total: letters.len() as u64,
    })?;
    if args.archive.json {
        output::json(&json!({ "total": letters.len(), "letters": letters }))?;
    } else {
        print(&who, &letters, &archive.catalog.field_labels()?, context)?;
    }
    Ok(Exit::Complete)
}

fn print(
    who: &str,
    letters: &[PersonLetter],
    labels: &[FieldLabel],
    context: Context,
) -> Result<(), CliError> {
    let mut out = std::io::stdout().lock();
    let style = Style::of_stdout();
    let count = match context.lang {
        dossier_model::Lang::En => format!("Signed letters of {who}: {}", letters.len()),
        dossier_model::Lang::Zh => format!("{who} 的署名来信：{} 件", letters.len()),
    };
    writeln!(out, "{}", style.bold(&count))?;
    if !letters.is_empty() {
        let caution = context.pick(
            "people may share a name: compare the numbers; anonymous letters are never listed",
            "可能有同名的人，请核对号码；匿名信从不列入",
        );
        writeln!(out, "{}", style.dim(caution))?;
    }
    let called = |name: &str| {
        let label = labels.iter().find(|label| label.name == name);
        label.map_or(name, |label| context.lang.pick(&label.en, &label.zh)).to_owned()
    };
    for letter in letters {
        let date = letter.date.as_deref().unwrap_or("—");
        writeln!(out, "\n{date}  {}", style.bold(&letter.title))?;
        let category = letter.category.join("/");
        let facts = [letter.region.as_deref(), Some(category.as_str())];
        let facts: Vec<&str> = facts.into_iter().flatten().filter(|fact| !fact.is_empty()).collect();
        writeln!(out, "  {}", facts.join("  "))?;
        for (name, value) in letter.writer.iter().chain(&letter.answer) {
            let value = value.split_whitespace().collect::<Vec<_>>().join(" ");
            writeln!(out, "  {}  {value}", called(name))?;
        }
        writeln!(out, "  {}", style.dim(&letter.id))?;
    }
    Ok(())
}
