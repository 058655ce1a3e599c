//! `dossier withdraw`: a letter is withdrawn by order, and what stays of those that were.

use std::io::Write;
use std::path::Path;

use dossier_archive::{Archive, Tombstone};
use dossier_batch::withhold;
use dossier_model::Lang;
use dossier_report::when;
use serde_json::json;

use super::correct::rules_of;
use crate::args::WithdrawArgs;
use crate::error::{CliError, Exit};
use crate::output::{self, Context};

pub fn run(args: &WithdrawArgs, context: Context) -> Result<Exit, CliError> {
    let root = &args.archive.archive;
    let (Some(id), Some(by), Some(reason)) = (&args.id, &args.by, &args.reason) else {
        return list(root, args.archive.json, context);
    };
    let rules = rules_of(root, args.pipeline.as_deref())?;
    let decided = withhold(root, &rules, id, by, reason)?;
    if args.archive.json {
        output::json(&json!({ "item": id, "decisions": decided.decisions, "applied": decided.applied }))?;
        return Ok(Exit::Complete);
    }
    let mut out = std::io::stdout().lock();
    writeln!(
        out,
        "{id}: {}",
        context.pick("withdrawn; its originals stay in the archive", "已撤出；原件仍在库中")
    )?;
    if !decided.applied {
        let later = context.pick(
            "a run is writing to the archive: it shows until the next run",
            "档案库正在写入：下次运行前仍会显示",
        );
        writeln!(out, "{later}")?;
    }
    Ok(Exit::Complete)
}

fn list(root: &Path, as_json: bool, context: Context) -> Result<Exit, CliError> {
    let tombstones = Archive::open(root)?.catalog.tombstones()?;
    if as_json {
        output::json(&tombstones)?;
        return Ok(Exit::Complete);
    }
    let mut out = std::io::stdout().lock();
    for Tombstone { item, decision, by, user, at, reason } in &tombstones {
        let at = when(*at);
        match context.lang {
            Lang::En => writeln!(out, "{decision:>4}  {item}  {at}  by order of {by} ({user}): {reason}")?,
            Lang::Zh => writeln!(out, "{decision:>4}  {item}  {at}  依 {by} 的命令（{user}）：{reason}")?,
        }
    }
    if tombstones.is_empty() {
        writeln!(out, "{}", context.pick("no letter is withdrawn", "没有撤出的件"))?;
    }
    Ok(Exit::Complete)
}
