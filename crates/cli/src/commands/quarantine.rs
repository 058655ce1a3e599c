//! `dossier quarantine`: the files whose last outcome is that they could not be taken in, and those of
//! which something could not be read.

use std::io::Write;
use std::path::Path;

use dossier_archive::{Archive, ArchiveError, AuditEvent, Catalog, Quarantined, Unread};
use dossier_batch::{Outdated, outermost};
use dossier_model::{Fault, Sha256};
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

/// A file that could not be taken in, or of which something could not be read.
struct Trouble {
    path: String,
    sha256: Option<Sha256>,
    fault: Fault,
    /// The first and the last run that could not take it in, and when they began.
    seen: Option<[(i64, u64); 2]>,
    /// How many of its pages and rows could not be read, if the rest was.
    unread: Option<(u64, u64)>,
}

impl From<Quarantined> for Trouble {
    fn from(Quarantined { path, sha256, fault, first, last }: Quarantined) -> Trouble {
        Trouble { path, sha256, fault, seen: Some([first, last]), unread: None }
    }
}

impl From<Unread> for Trouble {
    fn from(Unread { path, sha256, pages, rows, fault }: Unread) -> Trouble {
        Trouble { path, sha256: Some(sha256), fault, seen: None, unread: Some((pages, rows)) }
    }
}

impl Trouble {
    /// Of which part of the file it is, and why.
    fn words(&self, context: Context) -> String {
        let reason = self.fault.reason(context.lang);
        self.unread.map_or(reason.clone(), |unread| format!("{}: {reason}", of_it(unread, context)))
    }
}

/// How much of a file could not be read.
pub fn of_it((pages, rows): (u64, u64), context: Context) -> String {
    let named = [(pages, context.pick("pages", "页")), (rows, context.pick("rows", "行"))];
    let named: Vec<String> =
        named.iter().filter(|(count, _)| *count > 0).map(|(count, what)| format!("{count} {what}")).collect();
    context.pick("not read", "未读入").to_owned() + " " + &named.join(context.pick(", ", "、"))
}

/// All trouble that nobody has accepted, by path.
fn troubles(catalog: &Catalog) -> Result<Vec<Trouble>, ArchiveError> {
    let quarantined = catalog.quarantine()?.into_iter().map(Trouble::from);
    let mut all: Vec<Trouble> = quarantined.chain(catalog.unread()?.into_iter().map(Trouble::from)).collect();
    all.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(all)
}

fn list(root: &Path, as_json: bool, context: Context) -> Result<Exit, CliError> {
    let entries = troubles(&Archive::open(root)?.catalog)?;
    if as_json {
        let all: Vec<Value> = entries.iter().map(|entry| value(entry, root, context)).collect();
        output::json(&all)?;
        return Ok(Exit::Complete);
    }
    let mut out = std::io::stdout().lock();
    for entry in &entries {
        writeln!(out, "{}: {}", entry.path, entry.words(context))?;
    }
    if entries.is_empty() {
        writeln!(out, "{}", context.pick("nothing is quarantined", "没有被隔离的文件"))?;
    }
    Ok(Exit::Complete)
}

fn show(root: &Path, path: &str, as_json: bool, context: Context) -> Result<Exit, CliError> {
    let entries = troubles(&Archive::open(root)?.catalog)?;
    let entry = find(&entries, path)?;
    if as_json {
        output::json(&value(entry, root, context))?;
        return Ok(Exit::Complete);
    }
    let mut out = std::io::stdout().lock();
    let word = |en, zh| context.pick(en, zh);
    writeln!(out, "{}", entry.path)?;
    writeln!(out, "  {}", entry.words(context))?;
    writeln!(out, "  {}{}", word("what to do: ", "怎么办："), entry.fault.hint(context.lang))?;
    let moments = [word("first seen", "首次"), word("last seen", "最近")];
    for (words, (run, at)) in moments.into_iter().zip(entry.seen.into_iter().flatten()) {
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
fn find<'a>(entries: &'a [Trouble], path: &str) -> Result<&'a Trouble, CliError> {
    let absolute = std::path::absolute(path).ok();
    let exact = entries.iter().find(|entry| {
        entry.path == path || absolute.as_deref().is_some_and(|path| Path::new(&entry.path) == path)
    });
    if let Some(exact) = exact {
        return Ok(exact);
    }
    let ending: Vec<&Trouble> =
        entries.iter().filter(|entry| Path::new(&entry.path).ends_with(path)).collect();
    match ending.as_slice() {
        [] => Err(CliError::NotQuarantined(path.to_owned())),
        [only] => Ok(only),
        [first, second, ..] => Err(CliError::SeveralQuarantined {
            path: path.to_owned(),
            found: [first.path.clone(), second.path.clone()],
        }),
    }
}

fn value(entry: &Trouble, root: &Path, context: Context) -> Value {
    let seen = |(run, at): (i64, u64)| json!({ "run": run, "at": at });
    let mut value = json!({
        "path": entry.path,
        "kind": entry.fault.kind,
        "reason": entry.fault.reason(context.lang),
        "hint": entry.fault.hint(context.lang),
        "there": is_there(outermost(&entry.path)),
        "retry": retry_command(&entry.path, root),
    });
    if let Some([first, last]) = entry.seen {
        (value["first"], value["last"]) = (seen(first), seen(last));
    }
    if let Some((pages, rows)) = entry.unread {
        (value["pages"], value["rows"]) = (pages.into(), rows.into());
    }
    value
}

/// Accepts a file as lost. The next run counts it so; the account goes on naming it.
fn release(root: &Path, path: &str, reason: &str, as_json: bool, context: Context) -> Result<Exit, CliError> {
    let archive = Archive::open(root)?;
    let entries = troubles(&archive.catalog)?;
    let entry = find(&entries, path)?;
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

/// Ingests again what could not be taken in, and what has pages that could not be read: what is named, or
/// all that is still there. A link is followed only when it is named, as `ingest` does.
pub fn retry(args: &RetryArgs, context: Context) -> Result<Exit, CliError> {
    let archive = Archive::open(&args.again.archive.archive)?;
    let entries = troubles(&archive.catalog)?;
    let made_by = archive.catalog.pipeline()?.unwrap_or_default();
    // The run opens it itself.
    drop(archive);
    let chosen: Vec<&Trouble> = if args.paths.is_empty() {
        // Rows are understood by another pipeline, not by reading them again.
        let may_help = |entry: &&Trouble| entry.unread.is_none_or(|(pages, _)| pages > 0);
        entries.iter().filter(may_help).filter(|entry| !Path::new(&entry.path).is_symlink()).collect()
    } else {
        args.paths.iter().map(|path| find(&entries, path)).collect::<Result<_, _>>()?
    };
    let again = chosen.iter().any(|entry| entry.unread.is_some()).then_some(Outdated::Unread);
    // What stands within a file is read again with it.
    let mut chosen: Vec<&str> = chosen.iter().map(|entry| outermost(&entry.path)).collect();
    chosen.dedup();
    take_in_again(&args.again, &chosen, again, made_by, context)
}
