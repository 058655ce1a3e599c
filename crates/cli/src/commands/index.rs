//! `dossier index rebuild`: the index anew from the catalog.

use std::io::{IsTerminal, Write};

use dossier_archive::{Archive, AuditEvent};
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::json;

use crate::args::{IndexArgs, IndexCommand};
use crate::error::{CliError, Exit};
use crate::output::{self, Context};

pub fn run(args: &IndexArgs, context: Context) -> Result<Exit, CliError> {
    let IndexCommand::Rebuild(args) = &args.command;
    let mut archive = Archive::open(&args.archive)?;
    let _lock = archive.lock()?;
    archive.audit(AuditEvent::RebuildIndex)?;
    let bar = bar(context);
    let items = archive.rebuild_index(|done, total| {
        bar.set_length(total);
        bar.set_position(done);
    })?;
    bar.finish_and_clear();
    if args.json {
        output::json(&json!({ "items": items }))?;
    } else {
        let mut out = std::io::stdout().lock();
        let done = context.pick("items indexed anew", "件已重新编入索引");
        writeln!(out, "{items} {done}")?;
    }
    Ok(Exit::Complete)
}

/// How far the index is; on terminals only.
fn bar(context: Context) -> ProgressBar {
    if context.quiet || !std::io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::new(0);
    let line = context.pick(
        "indexing {bar:30} {human_pos}/{human_len}, {per_sec}, {eta} left",
        "编入索引 {bar:30} {human_pos}/{human_len}，{per_sec}，还需 {eta}",
    );
    if let Ok(style) = ProgressStyle::with_template(line) {
        bar.set_style(style);
    }
    bar
}
