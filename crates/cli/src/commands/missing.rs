//! `dossier status --orphans`, `--gaps`, `--scans` and `--review`: what belongs to nothing, what seems to
//! be missing, what should be scanned better, what a person should divide.

use std::io::Write;

use dossier_archive::{Archive, LoneUnit, UnitKind};
use dossier_model::{Lang, Locator, Note};
use dossier_pipeline::Pipeline;
use dossier_report::{Because, Gaps, Proposal, gaps, poor_scans, proposals};
use serde_json::json;

use super::load_pipeline;
use crate::error::CliError;
use crate::output::{self, Context, Style, lists};

/// Prints letters without a row, and rows without a letter.
///
/// # Errors
/// What the catalog says, or `Output`.
pub fn orphans(archive: &Archive, json: bool, context: Context) -> Result<(), CliError> {
    let letters = archive.catalog.lone_units(UnitKind::Letter)?;
    let rows = archive.catalog.lone_units(UnitKind::Row)?;
    let proposed = proposals(archive, &pipeline_of(archive)?, &letters, &rows)?;
    if json {
        let list = |units: &[LoneUnit]| {
            let unit = |unit: &LoneUnit| json!({ "id": unit.item, "file": unit.file, "at": unit.locator });
            units.iter().map(unit).collect::<Vec<_>>()
        };
        return output::json(&json!({
            "letters_without_row": list(&letters), "rows_without_letter": list(&rows), "proposed": proposed,
        }));
    }
    let line = |unit: &LoneUnit| format!("{}  {}", unit.item, place(&unit.file, &unit.locator, context.lang));
    let list = |units: &[LoneUnit]| units.iter().map(line).collect::<Vec<_>>();
    let (of_letters, of_rows) = match context.lang {
        Lang::En => (
            format!("Letters that belong to no row of a register: {}", letters.len()),
            format!("Rows of which there is no letter: {}", rows.len()),
        ),
        Lang::Zh => {
            (format!("没有登记行的信件：{}", letters.len()), format!("没有信件原文的登记行：{}", rows.len()))
        }
    };
    let of_pairs = context.pick(
        "May belong together; if so, `dossier correct LETTER --belongs-to ROW`",
        "可能同属一件；如属实，请用 dossier correct 信件编号 --belongs-to 登记行编号",
    );
    let pairs = proposed.iter().map(|proposal| pair(proposal, context.lang)).collect();
    let listed = [(of_letters.as_str(), list(&letters)), (of_rows.as_str(), list(&rows)), (of_pairs, pairs)];
    lists(&mut std::io::stdout().lock(), listed, Style::of_stdout(), context)
}

fn pair(proposal: &Proposal, lang: Lang) -> String {
    let Proposal { letter, row, because } = proposal;
    let because = match because {
        Because::NameAndDay => lang.pick("the same name and day", "姓名与日期相同"),
        Because::NameAndMonth => lang.pick("the same name and month", "姓名与年月相同"),
    };
    format!("{letter} – {row}  {because}")
}

fn place(file: &str, locator: &Locator, lang: Lang) -> String {
    match (locator, lang) {
        (Locator::Page(page), Lang::En) => format!("{file} p. {page}"),
        (Locator::Page(page), Lang::Zh) => format!("{file} 第 {page} 页"),
        (Locator::Row { sheet, row }, Lang::En) => format!("{file} {sheet} row {row}"),
        (Locator::Row { sheet, row }, Lang::Zh) => format!("{file} {sheet} 第 {row} 行"),
    }
}

/// The pipeline that made an archive.
///
/// # Errors
/// `NoPipeline`, or faults of its files.
pub fn pipeline_of(archive: &Archive) -> Result<Pipeline, CliError> {
    load_pipeline(&archive.catalog.pipeline()?.unwrap_or_default())
}

/// The rows of numbers that lack some, of the fields by which the archive's pipeline names a petition.
///
/// # Errors
/// `NoPipeline`, faults of its files, or what the catalog says.
fn missing_numbers(archive: &Archive) -> Result<Vec<Gaps>, CliError> {
    let pipeline = pipeline_of(archive)?;
    let mut numbers = Vec::new();
    archive.catalog.for_each_item::<CliError>(|row| {
        for key in &pipeline.manifest.identity.keys {
            let values = row.item.fields.get(key).into_iter().flatten();
            numbers.extend(values.map(|value| value.value.reveal().to_owned()));
        }
        Ok(())
    })?;
    Ok(gaps(numbers))
}

/// Prints the rows of numbers that lack some.
///
/// # Errors
/// As [`missing_numbers`], or `Output`.
pub fn numbers(archive: &Archive, json: bool, context: Context) -> Result<(), CliError> {
    let found = missing_numbers(archive)?;
    if json {
        return output::json(&json!(found));
    }
    let mut out = std::io::stdout().lock();
    if found.is_empty() {
        writeln!(out, "{}", context.pick("no number is missing", "没有缺号"))?;
    }
    for gaps in &found {
        let Gaps { before, after, first, last, present, .. } = gaps;
        let range =
            |(from, to): &(u32, u32)| if from == to { from.to_string() } else { format!("{from}–{to}") };
        let missing = gaps.missing.iter().map(range).collect::<Vec<_>>().join(", ");
        let count = gaps.count();
        match context.lang {
            Lang::En => writeln!(
                out,
                "{before}…{after}: {first}–{last}, {present} there, {count} missing: {missing}"
            )?,
            Lang::Zh => {
                writeln!(out, "{before}…{after}：{first}–{last}，有 {present}，缺 {count}：{missing}")?
            }
        }
    }
    Ok(())
}

/// Prints the scans that should be better, one by one.
///
/// # Errors
/// What the catalog says, or `Output`.
pub fn good_scans(archive: &Archive, json: bool, context: Context) -> Result<(), CliError> {
    let mut poor = Vec::new();
    let scanned = poor_scans(archive, |scan| poor.push(scan))?;
    if json {
        return output::json(&json!({ "scanned": scanned, "poor": poor }));
    }
    let mut out = std::io::stdout().lock();
    for scan in &poor {
        let faults = scan.faults.iter().map(|(fault, measure)| match measure {
            Some(measure) => format!("{} {measure:.2}", fault.label(context.lang)),
            None => fault.label(context.lang).to_owned(),
        });
        let place = place(&scan.file, &Locator::Page(scan.page), context.lang);
        writeln!(out, "{place}  {}", faults.collect::<Vec<_>>().join("; "))?;
    }
    let pages = poor.len();
    match context.lang {
        Lang::En => writeln!(out, "{pages} of {scanned} scanned pages")?,
        Lang::Zh => writeln!(out, "扫描页 {scanned}，其中 {pages} 页欠佳")?,
    }
    Ok(())
}

/// Prints the files of which a person should see how they are divided, or whose pages do not agree with
/// what they declare.
///
/// # Errors
/// What the catalog says, or `Output`.
pub fn divisions(archive: &Archive, json: bool, context: Context) -> Result<(), CliError> {
    let notes = archive.catalog.division_notes()?;
    if json {
        let note = |(file, note): &(String, Note)| json!({ "file": file, "kind": note.kind, "detail": note.detail, "text": note.text(context.lang) });
        return output::json(&json!(notes.iter().map(note).collect::<Vec<_>>()));
    }
    let mut out = std::io::stdout().lock();
    if notes.is_empty() {
        writeln!(out, "{}", context.pick("every file is divided surely", "各文件的分件均可确定"))?;
    }
    for (file, note) in &notes {
        writeln!(out, "{file}  {}", note.text(context.lang))?;
    }
    Ok(())
}
