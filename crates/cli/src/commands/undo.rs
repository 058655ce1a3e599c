//! `dossier undo`: what a run brought goes.

use std::io::Write;

use dossier_archive::Undone;
use dossier_batch::undo;
use dossier_model::Lang;
use serde_json::json;

use super::correct::rules_of;
use crate::args::UndoArgs;
use crate::error::{CliError, Exit};
use crate::output::{self, Context};

pub fn run(args: &UndoArgs, context: Context) -> Result<Exit, CliError> {
    let root = &args.archive.archive;
    let rules = rules_of(root, args.pipeline.as_deref())?;
    let Undone { files, kept } = undo(root, &rules, args.run, &args.reason)?;
    let run = args.run;
    if args.archive.json {
        output::json(&json!({ "run": run, "files": files, "kept": kept }))?;
        return Ok(Exit::Complete);
    }
    let mut out = std::io::stdout().lock();
    match context.lang {
        Lang::En => {
            writeln!(out, "run {run} is taken back: {files} files have gone with all that was made of them")?
        }
        Lang::Zh => writeln!(out, "第 {run} 次运行已撤销：移出 {files} 个文件及其全部内容")?,
    }
    if kept > 0 {
        let words = context.pick("files had been there before and stay", "个文件此前已在库中，予以保留");
        writeln!(out, "{kept} {words}")?;
    }
    Ok(Exit::Complete)
}
