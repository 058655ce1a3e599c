//! `dossier status --gaps --declared LIST`: what was handed over, by its list, against what came.

use std::io::Write;
use std::path::Path;

use dossier_archive::Archive;
use dossier_batch::{Declared, Difference, Differing, compare_declared};
use dossier_model::Lang;

use super::missing::pipeline_of;
use crate::error::{CliError, Exit};
use crate::output::{self, Context, Style, lists};

/// Compares and prints; `Partial` when something does not agree.
///
/// # Errors
/// Faults of the list or the pipeline, what the catalog says, or `Output`.
pub fn run(archive: &Archive, list: &Path, json: bool, context: Context) -> Result<Exit, CliError> {
    let declared = compare_declared(archive, list, &pipeline_of(archive)?)?;
    if json {
        output::json(&serde_json::json!(declared))?;
    } else {
        print(&declared, context)?;
    }
    Ok(if declared.agrees() { Exit::Complete } else { Exit::Partial })
}

fn print(declared: &Declared, context: Context) -> Result<(), CliError> {
    let Declared { listed, missing, differing, unchecked, unlisted } = declared;
    let there = listed - missing.len();
    let head = match context.lang {
        Lang::En => format!("{listed} listed = {there} there + {} missing", missing.len()),
        Lang::Zh => format!("清册所列 {listed} = 已收到 {there} + 缺 {}", missing.len()),
    };
    let differing: Vec<String> =
        differing.iter().map(|differing| difference(differing, context.lang)).collect();
    let mut out = std::io::stdout().lock();
    writeln!(out, "{head}")?;
    let listed = [
        (context.pick("Listed but not there", "清册有而未收到"), missing.clone()),
        (context.pick("Not as listed", "与清册不符"), differing),
        (context.pick("No original kept, so not compared", "未保存原件，无法核对校验值"), unchecked.clone()),
        (context.pick("There but not listed", "收到而清册没有"), unlisted.clone()),
    ];
    lists(&mut out, listed, Style::of_stdout(), context)
}

fn difference(Differing { file, difference }: &Differing, lang: Lang) -> String {
    match (difference, lang) {
        (Difference::Content, Lang::En) => format!("{file}: another content"),
        (Difference::Content, Lang::Zh) => format!("{file}：内容不同"),
        (Difference::Pages { declared, found }, Lang::En) => {
            format!("{file}: {declared} pages listed, {found} there")
        }
        (Difference::Pages { declared, found }, Lang::Zh) => {
            format!("{file}：清册 {declared} 页，实有 {found} 页")
        }
    }
}
