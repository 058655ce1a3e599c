//! `dossier index rebuild`: the index anew from the catalog.

use std::io::Write;

use dossier_archive::{Archive, AuditEvent};
use serde_json::json;

use crate::args::{IndexArgs, IndexCommand};
use crate::error::{CliError, Exit};
use crate::output::{self, Context};

pub fn run(args: &IndexArgs, context: Context) -> Result<Exit, CliError> {
    let IndexCommand::Rebuild(args) = &args.command;
    let mut archive = Archive::open(&args.archive)?;
    let _lock = archive.lock()?;
    archive.audit(AuditEvent::RebuildIndex)?;
    let items = archive.rebuild_index()?;
    if args.json {
        output::json(&json!({ "items": items }))?;
    } else {
        let mut out = std::io::stdout().lock();
        let done = context.pick("items indexed anew", "件已重新编入索引");
        writeln!(out, "{items} {done}")?;
    }
    Ok(Exit::Complete)
}
