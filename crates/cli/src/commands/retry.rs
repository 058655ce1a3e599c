//! `dossier retry`: files that are in the archive, or could not go in, are taken in again.

use std::io::Write;
use std::path::PathBuf;

use dossier_archive::Archive;
use dossier_batch::{Ingest, OcrMode, Outdated, Report, Stop, outdated, outermost, transcript_beside};
use dossier_ocr::ModelStore;
use serde_json::json;

use super::{account, load_pipeline, quarantine};
use crate::args::{AgainArgs, TryAgainArgs};
use crate::error::{CliError, Exit};
use crate::output::{self, Context};
use crate::progress::for_people;

pub fn run(args: &TryAgainArgs, context: Context) -> Result<Exit, CliError> {
    match args.ocr_older_than {
        Some(what) => recognise(what, &args.retry.again, context),
        None => quarantine::retry(&args.retry, context),
    }
}

/// Recognises again what is out of date, from the places where it was last seen.
fn recognise(what: Outdated, args: &AgainArgs, context: Context) -> Result<Exit, CliError> {
    let archive = Archive::open(&args.archive.archive)?;
    let made_by = archive.catalog.pipeline()?.unwrap_or_default();
    let spec = load_pipeline(args.pipeline.as_ref().unwrap_or(&made_by))?.manifest.recognition;
    // Without its model nothing could be done better.
    ModelStore::locate()?.model(&spec)?;
    let mut paths = Vec::new();
    for sha256 in outdated(&archive.catalog, what, &spec)? {
        let known = archive.catalog.paths_of(sha256)?;
        // One place of a content is enough.
        let place = known.iter().find(|path| is_there(outermost(path))).or_else(|| known.first());
        paths.extend(place.map(|path| outermost(path).to_owned()));
    }
    paths.sort_unstable();
    paths.dedup();
    // The run opens it itself.
    drop(archive);
    let paths: Vec<&str> = paths.iter().map(String::as_str).collect();
    take_in_again(args, &paths, Some(what), made_by, context)
}

/// Takes files in again and says what became of them, and which are no longer there.
pub fn take_in_again(
    args: &AgainArgs,
    paths: &[&str],
    again: Option<Outdated>,
    made_by: String,
    context: Context,
) -> Result<Exit, CliError> {
    let (there, gone): (Vec<&str>, Vec<&str>) = paths.iter().partition(|path| is_there(path));
    let report = if there.is_empty() { None } else { Some(ingest(args, &there, again, made_by, context)?) };
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

/// Whether something is at a path, be it a link to nothing.
pub fn is_there(path: &str) -> bool {
    std::fs::symlink_metadata(path).is_ok()
}

fn ingest(
    args: &AgainArgs,
    paths: &[&str],
    again: Option<Outdated>,
    made_by: String,
    context: Context,
) -> Result<Report, CliError> {
    let stop = Stop::default();
    stop.on_signals()?;
    let ingest = Ingest {
        pipeline: args.pipeline.clone().unwrap_or(made_by),
        only: None,
        ocr: OcrMode::Auto,
        again,
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
