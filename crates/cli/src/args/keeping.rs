//! Arguments of what watches over runs and keeps archives.

use std::num::NonZero;
use std::path::PathBuf;

use clap::Subcommand;
use dossier_batch::Outdated;
use dossier_report::midnight;

use super::{ArchiveArg, OriginalsArg};

/// `dossier index`
#[derive(Debug, clap::Args)]
pub struct IndexArgs {
    /// What to do
    #[command(subcommand)]
    pub command: IndexCommand,
}

/// `dossier index …`
#[derive(Debug, Subcommand)]
pub enum IndexCommand {
    /// Make the index anew from the catalog
    Rebuild(ArchiveArg),
}

/// `dossier runs`
#[derive(Debug, clap::Args)]
pub struct RunsArgs {
    /// A run's number; by default all are listed
    #[arg(value_name = "RUN")]
    pub run: Option<i64>,
    /// The archive
    #[command(flatten)]
    pub archive: ArchiveArg,
}

/// `dossier run`
#[derive(Debug, clap::Args)]
pub struct RunArgs {
    /// The pipeline whose folder holds a `nightly.toml`, or the path of such a file
    #[arg(value_name = "PIPELINE")]
    pub job: String,
    /// Also outside the hours that the job allows
    #[arg(long)]
    pub now: bool,
    /// Stay and take in what arrives once it has settled
    #[arg(long, conflicts_with = "now")]
    pub watch: bool,
    /// In place of progress write events on standard error, one JSON object a line
    #[arg(long)]
    pub events: bool,
    /// Machine-readable output
    #[arg(long)]
    pub json: bool,
}

/// `dossier log`
#[derive(Debug, clap::Args)]
pub struct LogArgs {
    /// A run's number; by default the last
    #[arg(value_name = "RUN")]
    pub run: Option<i64>,
    /// The archive
    #[command(flatten)]
    pub archive: ArchiveArg,
}

/// `dossier want`
#[derive(Debug, clap::Args)]
pub struct WantArgs {
    /// Files, folders, or letters by their ids; without any, what is asked for is listed
    #[arg(value_name = "PATH|ID")]
    pub wanted: Vec<String>,
    /// They are not asked for any more
    #[arg(long, requires = "wanted")]
    pub no_more: bool,
    /// The archive
    #[command(flatten)]
    pub archive: ArchiveArg,
}

/// `dossier undo`
#[derive(Debug, clap::Args)]
pub struct UndoArgs {
    /// The run's number
    #[arg(value_name = "RUN")]
    pub run: i64,
    /// Why; stays on record
    #[arg(long, value_name = "TEXT", value_parser = said)]
    pub reason: String,
    /// The archive
    #[command(flatten)]
    pub archive: ArchiveArg,
    /// The pipeline, if it is not the installed one that made the archive
    #[arg(long, value_name = "PIPELINE")]
    pub pipeline: Option<String>,
}

/// `dossier withdraw`
#[derive(Debug, clap::Args)]
pub struct WithdrawArgs {
    /// The letter's id, as `search` prints it; without one, the tombstones are listed
    #[arg(value_name = "ID", requires = "by")]
    pub id: Option<String>,
    /// Who ordered it; stays on record
    #[arg(long, value_name = "WHO", requires = "id", requires = "reason", value_parser = said)]
    pub by: Option<String>,
    /// Why; stays on record
    #[arg(long, value_name = "WHY", requires = "id", value_parser = said)]
    pub reason: Option<String>,
    /// The archive
    #[command(flatten)]
    pub archive: ArchiveArg,
    /// The pipeline, if it is not the installed one that made the archive
    #[arg(long, value_name = "PIPELINE")]
    pub pipeline: Option<String>,
}

/// `dossier report`
#[derive(Debug, clap::Args)]
#[command(group = clap::ArgGroup::new("form").required(true).multiple(true).args(["html", "json", "subject"]))]
pub struct ReportArgs {
    /// A run's number; by default the last that left a report
    #[arg(value_name = "RUN")]
    pub run: Option<i64>,
    /// The archive
    #[command(flatten)]
    pub archive: ArchiveArg,
    /// Write a page that stands alone to this file
    #[arg(long, value_name = "FILE")]
    pub html: Option<PathBuf>,
    /// Print one line for a mail's subject
    #[arg(long)]
    pub subject: bool,
}

/// `dossier quarantine`
#[derive(Debug, clap::Args)]
pub struct QuarantineArgs {
    /// What to do
    #[command(subcommand)]
    pub command: QuarantineCommand,
}

/// `dossier quarantine …`
#[derive(Debug, Subcommand)]
pub enum QuarantineCommand {
    /// List the files that could not be taken in when they were last seen
    List(ArchiveArg),
    /// Show one: why, what to do, when it was first and last seen, how to try it again
    Show {
        /// Its path, or how its path ends
        #[arg(value_name = "PATH")]
        path: String,
        /// The archive
        #[command(flatten)]
        archive: ArchiveArg,
    },
    /// Ingest them again: those that are named, or all that are still there
    Retry(RetryArgs),
    /// Accept one as lost: it is counted and named as before, but no trouble any more
    Release {
        /// Its path, or how its path ends
        #[arg(value_name = "PATH")]
        path: String,
        /// Why; stays on record
        #[arg(long, value_name = "TEXT", value_parser = said)]
        reason: String,
        /// The archive
        #[command(flatten)]
        archive: ArchiveArg,
    },
}

/// `dossier quarantine retry`
#[derive(Debug, clap::Args)]
pub struct RetryArgs {
    /// Their paths, or how their paths end; by default all
    #[arg(value_name = "PATH")]
    pub paths: Vec<String>,
    /// How they are taken in
    #[command(flatten)]
    pub again: AgainArgs,
}

/// `dossier retry`
#[derive(Debug, clap::Args)]
pub struct TryAgainArgs {
    /// Instead, recognise again the pages that other models or an older program recognised: `installed` for
    /// all of them, or a date for those of runs before it
    #[arg(long, value_name = "installed|DATE", value_parser = older_than, conflicts_with = "paths")]
    pub ocr_older_than: Option<Outdated>,
    /// What could not be taken in
    #[command(flatten)]
    pub retry: RetryArgs,
}

fn older_than(text: &str) -> Result<Outdated, String> {
    if text == "installed" {
        return Ok(Outdated::Any);
    }
    midnight(text).map(Outdated::Before).ok_or_else(|| {
        "write `installed`, or a date such as 2026-03-01 · 请写作 installed，或日期如 2026-03-01".to_owned()
    })
}

/// How files are taken in again.
#[derive(Debug, clap::Args)]
pub struct AgainArgs {
    /// The archive
    #[command(flatten)]
    pub archive: ArchiveArg,
    /// The pipeline, if it is not the installed one that made the archive
    #[arg(long, value_name = "PIPELINE")]
    pub pipeline: Option<String>,
    /// How originals are kept
    #[arg(long, value_enum, default_value = "copy", value_name = "HOW")]
    pub originals: OriginalsArg,
    /// How many worker processes; by default one for each core
    #[arg(long, value_name = "N")]
    pub workers: Option<NonZero<usize>>,
}

/// `dossier verify`
#[derive(Debug, clap::Args)]
pub struct VerifyArgs {
    /// The archive
    #[command(flatten)]
    pub archive: ArchiveArg,
    /// Read only one in N originals and facts: each day another part, so that N days cover all
    #[arg(long, value_name = "1/N", value_parser = one_in)]
    pub sample: Option<NonZero<u64>>,
}

/// What has to be said, and cannot be left blank.
pub(super) fn said(text: &str) -> Result<String, String> {
    match text.trim() {
        "" => Err("this stays on record: say it · 此项须记录在案，请填写".to_owned()),
        said => Ok(said.to_owned()),
    }
}

fn one_in(text: &str) -> Result<NonZero<u64>, String> {
    let number = text.strip_prefix("1/").unwrap_or(text).parse();
    number.map_err(|_| "write 1/N, such as 1/30 · 请写作 1/N，如 1/30".to_owned())
}

/// `dossier backup`
#[derive(Debug, clap::Args)]
pub struct BackupArgs {
    /// The archive
    #[command(flatten)]
    pub archive: ArchiveArg,
    /// The backup's folder: a new one, or that of a former backup
    #[arg(long, value_name = "DIR")]
    pub to: PathBuf,
    /// Afterwards read only one in N originals of the backup: each day another part
    #[arg(long, value_name = "1/N", value_parser = one_in)]
    pub sample: Option<NonZero<u64>>,
}

/// `dossier restore`
#[derive(Debug, clap::Args)]
pub struct RestoreArgs {
    /// The backup's folder
    #[arg(long = "from", value_name = "DIR")]
    pub backup: PathBuf,
    /// The archive
    #[command(flatten)]
    pub archive: ArchiveArg,
}

/// `dossier audit`
#[derive(Debug, clap::Args)]
pub struct AuditArgs {
    /// What to do
    #[command(subcommand)]
    pub command: AuditCommand,
}

/// `dossier audit …`
#[derive(Debug, Subcommand)]
pub enum AuditCommand {
    /// Follow the trail's chain and name the first broken line
    Verify(ArchiveArg),
}
