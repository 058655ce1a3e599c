//! `dossier backup` and `dossier restore`.

use std::io::Write;
use std::path::Path;

use dossier_archive::{Archive, Copied};
use dossier_model::Lang;
use indicatif::HumanBytes;
use serde_json::json;

use super::verify::{self, Bar, todays};
use crate::args::{BackupArgs, RestoreArgs};
use crate::error::{CliError, Exit};
use crate::output::{self, Context};

pub fn back_up(args: &BackupArgs, context: Context) -> Result<Exit, CliError> {
    let archive = Archive::open(&args.archive.archive)?;
    let mut bar = Bar::new(context);
    let sample = todays(args.sample);
    let copied = archive.back_up(&args.to, sample, &mut |step, done, total| bar.show(step, done, total))?;
    bar.end();
    tell(&copied, &args.to, (args.archive.json, args.sample.is_some()), context)
}

pub fn restore(args: &RestoreArgs, context: Context) -> Result<Exit, CliError> {
    let root = &args.archive.archive;
    let mut bar = Bar::new(context);
    let copied = Archive::restore(&args.backup, root, &mut |step, done, total| bar.show(step, done, total))?;
    bar.end();
    tell(&copied, root, (args.archive.json, false), context)
}

fn tell(
    copied: &Copied,
    to: &Path,
    (as_json, sampled): (bool, bool),
    context: Context,
) -> Result<Exit, CliError> {
    let Copied { counts, verification } = copied;
    if as_json {
        output::json(&json!({ "copied": counts, "verification": verify::as_json(verification, context) }))?;
    } else {
        let (to, size) = (to.display(), HumanBytes(counts.bytes));
        let words = match context.lang {
            Lang::En => {
                format!("{to}: {} originals copied ({size}), {} there already", counts.copied, counts.kept)
            }
            Lang::Zh => format!("{to}：复制原件 {} 个（{size}），已有 {} 个", counts.copied, counts.kept),
        };
        writeln!(std::io::stdout().lock(), "{words}")?;
        verify::print(verification, sampled, context)?;
    }
    Ok(verify::exit(verification.damages.is_empty()))
}
