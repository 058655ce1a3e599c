//! `dossier ingest`: a run with its progress, and its account at the end; or only its plan.

use dossier_batch::{Ingest, Stop};

use super::account;
use crate::args::IngestArgs;
use crate::error::{CliError, Exit};
use crate::output::{self, Context};
use crate::progress::progress_of;

pub fn run(args: &IngestArgs, context: Context) -> Result<Exit, CliError> {
    let stop = Stop::default();
    stop.on_signals()?;
    let ingest = Ingest {
        again: None,
        pipeline: args.pipeline.clone(),
        sources: args.sources.clone(),
        only: None,
        ocr: args.ocr.into(),
        archive: args.archive.archive.clone(),
        originals: args.originals.into(),
        split: args.split,
        fonds: args.fonds.clone(),
        workers: args.workers,
        program: std::env::current_exe()?,
        log_days: Ingest::LOG_DAYS,
    };
    let progress = progress_of(args.events, context);
    if args.plan {
        let forecast = ingest.forecast(progress.as_ref(), &stop)?;
        if stop.is_asked() {
            return Ok(Exit::Interrupted);
        }
        super::plan::print(&forecast, args.archive.json, context)?;
        return Ok(Exit::Complete);
    }
    let report = ingest.run(progress.as_ref(), &stop)?;
    if args.archive.json {
        output::json(&report.json(context.lang))?;
    } else {
        account::print(&report, context)?;
    }
    Ok(report.status.into())
}
