//! `dossier quarantine`: the files whose last outcome is that they could not be taken in.

use std::io::Write;
use std::path::{Path, PathBuf};

use dossier_archive::{Archive, ArchiveError, AuditEvent, Quarantined};
use dossier_batch::{Ingest, OcrMode, Report, Stop, outermost, transcript_beside};
use dossier_report::{retry_command, when};
use serde_json::{Value, json};

use super::account;
use crate::args::{QuarantineArgs, QuarantineCommand, RetryArgs};
use crate::error::{CliError, Exit};
use crate::output::{self, Context};
use crate::progress::for_people;

pub fn run(args: &QuarantineArgs, context: Context) -> Result<Exit, CliError> {
    match &args.command {
        QuarantineCommand::List(archive) => list(&archive.archive, archive.json, context),
        QuarantineCommand::Show { path, archive } => show(&archive.archive, path, archive.json, context),
        QuarantineCommand::Retry(args) => retry(args, context),
        QuarantineCommand::Release { path, reason, archive } => {
            release(&archive.archive, path, reason, archive.json, context)
        }
    }
}

fn list(root: &Path, as_json: bool, context: Context) -> Result<Exit, CliError> {
    let entries = Archive::open(root)?.catalog.quarantine()?;
    if as_json {
        let all: Vec<Value> = entries.iter().map(|entry| value(entry, root, context)).collect();
        output::json(&all)?;
        return Ok(Exit::Complete);
    }
    let mut out = std::io::stdout().lock();
    for entry in &entries {
        writeln!(out, "{}: {}", entry.path, entry.fault.reason(context.lang))?;
    }
    if entries.is_empty() {
        writeln!(out, "{}", context.pick("nothing is quarantined", "没有被隔离的文件"))?;
    }
    Ok(Exit::Complete)
}

fn show(root: &Path, path: &str, as_json: bool, context: Context) -> Result<Exit, CliError> {
    let entries = Archive::open(root)?.catalog.quarantine()?;
    let entry = find(&entries, path).ok_or_else(|| CliError::NotQuarantined(path.to_owned()))?;
    if as_json {
        output::json(&value(entry, root, context))?;
        return Ok(Exit::Complete);
    }
    let mut out = std::io::stdout().lock();
    let word = |en, zh| context.pick(en, zh);
    writeln!(out, "{}", entry.path)?;
    writeln!(out, "  {}", entry.fault.reason(context.lang))?;
    writeln!(out, "  {}{}", word("what to do: ", "怎么办："), entry.fault.hint(context.lang))?;
    for (words, (run, at)) in
        [(word("first seen", "首次"), entry.first), (word("last seen", "最近"), entry.last)]
    {
        writeln!(out, "  {words}: {} ({} {run})", when(at), word("run", "运行"))?;
    }
    if is_there(outermost(&entry.path)) {
        writeln!(out, "  {}: {}", word("try it again", "重试"), retry_command(&entry.path, root))?;
    } else {
        writeln!(out, "  {}", word("the file is no longer there", "该文件已不在原处"))?;
    }
    Ok(Exit::Complete)
}

/// The entry with this path; else the only one whose path ends with it.
fn find<'a>(entries: &'a [Quarantined], path: &str) -> Option<&'a Quarantined> {
    let absolute = std::path::absolute(path).ok();
    let exact = entries.iter().find(|entry| {
        entry.path == path || absolute.as_deref().is_some_and(|path| Path::new(&entry.path) == path)
    });
    let mut ending = entries.iter().filter(|entry| Path::new(&entry.path).ends_with(path));
    exact.or_else(|| ending.next().filter(|_| ending.next().is_none()))
}

fn value(entry: &Quarantined, root: &Path, context: Context) -> Value {
    let seen = |(run, at): (i64, u64)| json!({ "run": run, "at": at });
    json!({
        "path": entry.path,
        "kind": entry.fault.kind,
        "reason": entry.fault.reason(context.lang),
        "hint": entry.fault.hint(context.lang),
        "first": seen(entry.first),
        "last": seen(entry.last),
        "there": is_there(outermost(&entry.path)),
        "retry": retry_command(&entry.path, root),
    })
}

fn is_there(path: &str) -> bool {
    std::fs::symlink_metadata(path).is_ok()
}

/// Accepts a file as lost. The next run counts it so; the account goes on naming it.
fn release(root: &Path, path: &str, reason: &str, as_json: bool, context: Context) -> Result<Exit, CliError> {
    let archive = Archive::open(root)?;
    let entries = archive.catalog.quarantine()?;
    let entry = find(&entries, path).ok_or_else(|| CliError::NotQuarantined(path.to_owned()))?;
    let said = (dossier_archive::now(), dossier_archive::user());
    archive.catalog.together::<_, ArchiveError>(|catalog| {
        catalog.release(&entry.path, entry.sha256, &entry.fault, (said.0, &said.1, reason))
    })?;
    archive.audit(AuditEvent::Release { path: entry.path.clone(), reason: reason.to_owned() })?;
    if as_json {
        output::json(&json!({ "path": entry.path, "at": said.0, "user": said.1, "reason": reason }))?;
    } else {
        let word =
            context.pick("released, and counted as such from the next run on", "已认定，下次运行起按此计数");
        writeln!(std::io::stdout().lock(), "{}: {word}", entry.path)?;
    }
    Ok(Exit::Complete)
}

/// Ingests the quarantined files again: those that are named, or all that are still there. A
/// link is followed only when it is named, as `ingest` does.
fn retry(args: &RetryArgs, context: Context) -> Result<Exit, CliError> {
    let root = &args.archive.archive;
    let archive = Archive::open(root)?;
    let entries = archive.catalog.quarantine()?;
    let made_by = archive.catalog.pipeline()?.unwrap_or_default();
    // The run opens it itself.
    drop(archive);
    let chosen: Vec<&str> = if args.paths.is_empty() {
        entries.iter().map(|entry| entry.path.as_str()).filter(|path| !Path::new(path).is_symlink()).collect()
    } else {
        let named = |path: &String| {
            let found = find(&entries, path).map(|entry| entry.path.as_str());
            found.ok_or_else(|| CliError::NotQuarantined(path.clone()))
        };
        args.paths.iter().map(named).collect::<Result<_, _>>()?
    };
    // What stands within a file is read again with it.
    let mut chosen: Vec<&str> = chosen.into_iter().map(outermost).collect();
    chosen.dedup();
    let (there, gone): (Vec<&str>, Vec<&str>) = chosen.into_iter().partition(|path| is_there(path));
    let report = if there.is_empty() { None } else { Some(ingest(args, &there, made_by, context)?) };
    if args.archive.json {
        output::json(
            &json!({ "gone": gone, "report": report.as_ref().map(|report| report.json(context.lang)) }),
        )?;
    } else {
        for path in &gone {
            eprintln!("{path}: {}", context.pick("no longer there", "已不在原处"));
        }
        match &report {
            Some(report) => account::print(report, context)?,
            None => writeln!(
                std::io::stdout().lock(),
                "{}",
                context.pick("nothing to try again", "没有可重试的文件")
            )?,
        }
    }
    let ended = report.map_or(Exit::Complete, |report| report.status.into());
    Ok(if ended == Exit::Complete && !gone.is_empty() { Exit::Partial } else { ended })
}

fn ingest(args: &RetryArgs, paths: &[&str], made_by: String, context: Context) -> Result<Report, CliError> {
    let stop = Stop::default();
    stop.on_signals()?;
    let ingest = Ingest {
        pipeline: args.pipeline.clone().unwrap_or(made_by),
        only: None,
        ocr: OcrMode::Auto,
        log_days: Ingest::LOG_DAYS,
        sources: paths
            .iter()
            .map(PathBuf::from)
            .flat_map(|path| transcript_beside(&path).into_iter().chain([path]))
            .collect(),
        archive: args.archive.archive.clone(),
        originals: args.originals.into(),
        split: None,
        fonds: Vec::new(),
        workers: args.workers,
        program: std::env::current_exe()?,
    };
    Ok(ingest.run(for_people(context).as_ref(), &stop)?)
}
