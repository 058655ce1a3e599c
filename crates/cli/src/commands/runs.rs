//! `dossier runs`: the runs on record, and the report of one of them.

use std::io::Write;

use dossier_archive::{Archive, RunRecord};
use dossier_batch::Report;
use dossier_report::{ReportError, duration, when};
use serde_json::{Value, json};

use super::account;
use crate::args::RunsArgs;
use crate::error::{CliError, Exit};
use crate::output::{self, Context, Style, padded};

pub fn run(args: &RunsArgs, context: Context) -> Result<Exit, CliError> {
    let archive = Archive::open(&args.archive.archive)?;
    match args.run {
        Some(id) => one(&archive, id, args.archive.json, context),
        None => list(&archive, args.archive.json, context),
    }
}

fn one(archive: &Archive, id: i64, as_json: bool, context: Context) -> Result<Exit, CliError> {
    let record = archive.catalog.run(id)?;
    let report = report_of(&record)?.ok_or(ReportError::NoReport(id))?;
    if as_json {
        output::json(&report.json(context.lang))?;
    } else {
        account::print(&report, context)?;
    }
    Ok(Exit::Complete)
}

/// What a run left.
///
/// # Errors
/// `Unreadable`.
pub fn report_of(record: &RunRecord) -> Result<Option<Report>, ReportError> {
    Report::of_record(&record.report).map_err(|error| ReportError::Unreadable(record.id, error.to_string()))
}

/// What became of a run: one that is on record as running is so only while somebody holds the
/// lock and no later one has begun.
pub fn state_of(record: &RunRecord, archive: &Archive, is_last: bool) -> String {
    let going_on = record.status == "running" && is_last && archive.lock().is_err();
    match record.status.as_str() {
        _ if archive.catalog.is_undone(record.id).unwrap_or(false) => "undone".to_owned(),
        "running" if !going_on => "cut_off".to_owned(),
        status => status.to_owned(),
    }
}

/// The state in words.
pub fn state_words(state: &str, context: Context) -> &str {
    match state {
        "complete" => context.pick("complete", "完成"),
        "partial" => context.pick("troubles", "有问题"),
        "failed" => context.pick("FAILED", "失败"),
        "interrupted" => context.pick("interrupted", "已中断"),
        "running" => context.pick("going on", "进行中"),
        "undone" => context.pick("taken back", "已撤销"),
        "cut_off" => context.pick("cut off", "被终止"),
        other => other,
    }
}

fn list(archive: &Archive, as_json: bool, context: Context) -> Result<Exit, CliError> {
    let mut rows = Vec::new();
    for (at, record) in archive.catalog.runs()?.into_iter().enumerate() {
        let state = state_of(&record, archive, at == 0);
        let report = report_of(&record)?;
        rows.push((record, state, report));
    }
    if as_json {
        let all: Vec<Value> = rows.iter().map(value).collect();
        output::json(&all)?;
        return Ok(Exit::Complete);
    }
    let mut out = std::io::stdout().lock();
    let word = |en, zh| context.pick(en, zh);
    let head = [
        padded(word("run", "次"), 5),
        padded(word("began", "开始"), 17),
        padded(word("took", "用时"), 14),
        padded(word("status", "状态"), 12),
        padded(word("new", "新增"), 8),
        padded(word("updated", "更新"), 8),
        padded(word("files", "文件"), 8),
        word("quarantined", "隔离").to_owned(),
    ];
    writeln!(out, "{}", Style::of_stdout().dim(&head.concat()))?;
    for (record, state, report) in &rows {
        writeln!(out, "{}", line(record, state, report.as_ref(), context).trim_end())?;
    }
    if rows.is_empty() {
        writeln!(out, "{}", word("no run yet", "还没有运行"))?;
    }
    Ok(Exit::Complete)
}

fn line(record: &RunRecord, state: &str, report: Option<&Report>, context: Context) -> String {
    let count = |number: Option<u64>| number.map(|number| number.to_string()).unwrap_or_default();
    let account = report.map(|report| report.account);
    [
        padded(&record.id.to_string(), 5),
        padded(&when(record.started), 17),
        padded(&report.map(|report| duration(report.seconds, context.lang)).unwrap_or_default(), 14),
        padded(state_words(state, context), 12),
        padded(&count(account.map(|account| account.items.added)), 8),
        padded(&count(account.map(|account| account.items.updated)), 8),
        padded(&count(account.map(|account| account.files.seen)), 8),
        count(account.map(|account| account.files.quarantined)),
    ]
    .concat()
}

fn value((record, state, report): &(RunRecord, String, Option<Report>)) -> Value {
    let account = report.as_ref().map(|report| report.account);
    json!({
        "run": record.id,
        "status": state,
        "started": record.started,
        "finished": record.finished,
        "seconds": report.as_ref().map(|report| report.seconds),
        "files": account.map(|account| account.files),
        "pages": account.map(|account| account.pages),
        "rows": account.map(|account| account.rows),
        "items": account.map(|account| account.items),
    })
}
