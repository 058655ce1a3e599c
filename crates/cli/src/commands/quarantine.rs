//! `dossier quarantine`: the files whose last outcome is that they could not be taken in.

use std::io::Write;
use std::path::Path;

use dossier_archive::{Archive, ArchiveError, AuditEvent, Quarantined};
use dossier_batch::outermost;
use dossier_report::{retry_command, when};
use serde_json::{Value, json};

use super::retry::{is_there, take_in_again};
use crate::args::{QuarantineArgs, QuarantineCommand, RetryArgs};
use crate::error::{CliError, Exit};
use crate::output::{self, Context};

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
pub fn retry(args: &RetryArgs, context: Context) -> Result<Exit, CliError> {
    let archive = Archive::open(&args.again.archive.archive)?;
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
    take_in_again(&args.again, &chosen, None, made_by, context)
}
