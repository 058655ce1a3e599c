//! `dossier report`: the morning report of a run, as a page, as data, or as one line.

use std::io::Write;

use dossier_archive::{Archive, ArchiveError, AuditEvent};
use dossier_report::{gather, html, subject};

use crate::args::ReportArgs;
use crate::error::{CliError, Exit};
use crate::output::{self, Context};

pub fn run(args: &ReportArgs, context: Context) -> Result<Exit, CliError> {
    let archive = Archive::open(&args.archive.archive)?;
    let morning = gather(&archive, args.run, context.lang)?;
    archive.audit(AuditEvent::Report { run: morning.run })?;
    if let Some(path) = &args.html {
        let page = html(&morning, context.lang)?;
        std::fs::write(path, page).map_err(|error| ArchiveError::Io { path: path.clone(), error })?;
    }
    if args.archive.json {
        output::json(&morning)?;
    }
    if args.subject {
        writeln!(std::io::stdout().lock(), "{}", subject(&morning, context.lang))?;
    }
    Ok(Exit::Complete)
}
