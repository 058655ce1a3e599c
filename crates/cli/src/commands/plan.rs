//! `dossier ingest --plan`: what a run would do.

use std::io::Write;

use dossier_batch::{Estimate, Forecast};
use dossier_model::Lang;
use dossier_report::duration;
use indicatif::HumanBytes;
use serde_json::{Value, json};

use crate::error::CliError;
use crate::output::{self, Context, Style, lists};

pub fn print(forecast: &Forecast, as_json: bool, context: Context) -> Result<(), CliError> {
    if as_json {
        return output::json(&value(forecast, context));
    }
    let mut out = std::io::stdout().lock();
    let word = |en, zh| context.pick(en, zh);
    let style = Style::of_stdout();
    writeln!(out, "{}", style.bold(word("Plan; nothing was touched", "计划，未作任何改动")))?;
    writeln!(out, "  {}", sum(forecast, context))?;
    if forecast.again > 0 {
        let again =
            word("of the new and changed, quarantined when last seen", "新的和变化的之中，上次被隔离");
        writeln!(out, "  {again}{}{}", word(": ", "："), forecast.again)?;
    }
    writeln!(out, "  {}", estimate(&forecast.estimate, context))?;
    let paths = |list: &[dossier_batch::ToRead]| {
        list.iter().map(|file| format!("{} ({})", file.path, HumanBytes(file.bytes))).collect::<Vec<_>>()
    };
    let quarantined = forecast.quarantined.iter().map(|(path, fault)| {
        format!("{path}: {} — {}", fault.reason(context.lang), fault.hint(context.lang))
    });
    let listed = [
        (word("New", "新的"), paths(&forecast.new)),
        (word("Changed", "变化的"), paths(&forecast.changed)),
        (word("Gone; what the archive has of them stays", "已不在；库内所存不受影响"), forecast.gone.clone()),
        (word("To be quarantined", "将被隔离"), quarantined.collect()),
    ];
    lists(&mut out, listed, style, context)
}

fn sum(forecast: &Forecast, context: Context) -> String {
    let parts: Vec<String> = [
        (forecast.new.len() as u64, "new", "新"),
        (forecast.changed.len() as u64, "changed", "变化"),
        (forecast.unchanged, "unchanged", "未变"),
        (forecast.duplicate, "duplicate", "重复"),
        (forecast.quarantined.len() as u64, "quarantined", "隔离"),
        (forecast.released, "released", "已结"),
        (forecast.ignored, "ignored", "忽略"),
    ]
    .into_iter()
    .filter(|(count, ..)| *count > 0)
    .map(|(count, en, zh)| match context.lang {
        Lang::En => format!("{count} {en}"),
        Lang::Zh => format!("{zh} {count}"),
    })
    .collect();
    let (seen, gone, parts) = (forecast.seen, forecast.gone.len(), parts.join(" + "));
    match context.lang {
        Lang::En => format!("files: {seen} seen = {parts}; {gone} gone"),
        Lang::Zh => format!("文件：见到 {seen} = {parts}；已不在 {gone}"),
    }
}

fn estimate(estimate: &Estimate, context: Context) -> String {
    let Estimate { bytes, pages, rows, seconds } = estimate;
    let bytes = HumanBytes(*bytes);
    let unknown = || context.pick("unknown", "未知").to_owned();
    let about = |count: &Option<u64>| count.map_or_else(unknown, |count| count.to_string());
    let (pages, rows) = (about(pages), about(rows));
    let time = seconds.map_or_else(unknown, |seconds| duration(seconds, context.lang));
    match context.lang {
        Lang::En => {
            format!("to read: {bytes}; by the archive's past: pages {pages}, rows {rows}, time {time}")
        }
        Lang::Zh => format!("要读取 {bytes}；按以往估计：页 {pages}，行 {rows}，用时 {time}"),
    }
}

fn value(forecast: &Forecast, context: Context) -> Value {
    let files = |list: &[dossier_batch::ToRead]| {
        list.iter().map(|file| json!({ "path": file.path, "bytes": file.bytes })).collect::<Vec<_>>()
    };
    let quarantined = forecast.quarantined.iter().map(|(path, fault)| {
        json!({ "path": path, "kind": fault.kind, "reason": fault.reason(context.lang), "hint": fault.hint(context.lang) })
    });
    let estimate = &forecast.estimate;
    json!({
        "files": {
            "seen": forecast.seen,
            "new": forecast.new.len(),
            "changed": forecast.changed.len(),
            "unchanged": forecast.unchanged,
            "duplicate": forecast.duplicate,
            "quarantined": forecast.quarantined.len(),
            "ignored": forecast.ignored,
        },
        "again": forecast.again,
        "new": files(&forecast.new),
        "changed": files(&forecast.changed),
        "gone": forecast.gone,
        "quarantined": quarantined.collect::<Vec<_>>(),
        "estimate": { "bytes": estimate.bytes, "pages": estimate.pages, "rows": estimate.rows, "seconds": estimate.seconds },
    })
}
