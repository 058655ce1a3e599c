//! `dossier reclassify`: changed rules, applied to what is there.

use std::io::Write;

use dossier_batch::{Rules, Stop, reclassify, undo_reclassify};
use serde_json::json;

use super::rules::print_moves;
use crate::args::ReclassifyArgs;
use crate::error::{CliError, Exit};
use crate::output::{self, Context};
use crate::progress::for_people;

pub fn run(args: &ReclassifyArgs, context: Context) -> Result<Exit, CliError> {
    if args.undo {
        return undo(args, context);
    }
    let stop = Stop::default();
    stop.on_signals()?;
    let rules = Rules::load(&args.pipeline)?;
    let progress = for_people(context);
    let moves = reclassify(&args.archive.archive, &rules, progress.as_ref(), &stop)?;
    if args.archive.json {
        output::json(&moves)?;
    } else {
        print_moves(&moves, context)?;
        if moves.moved + moves.rescored > 0 {
            let mut out = std::io::stdout().lock();
            let hint = context.pick("to take it back:", "撤销：");
            writeln!(out, "{hint} dossier reclassify --undo --archive {}", args.archive.archive.display())?;
        }
    }
    Ok(if stop.is_asked() { Exit::Interrupted } else { Exit::Complete })
}

fn undo(args: &ReclassifyArgs, context: Context) -> Result<Exit, CliError> {
    let restored = undo_reclassify(&args.archive.archive)?;
    if args.archive.json {
        output::json(&json!({ "restored": restored }))?;
        return Ok(Exit::Complete);
    }
    let mut out = std::io::stdout().lock();
    match restored {
        Some(count) => {
            writeln!(out, "{count} {}", context.pick("items have their former categories", "件恢复了原分类"))?
        }
        None => writeln!(out, "{}", context.pick("there is nothing to take back", "没有可撤销的重新分类"))?,
    }
    Ok(Exit::Complete)
}
