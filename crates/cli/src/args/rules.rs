//! Arguments of what classifies.

use std::path::PathBuf;

use clap::Subcommand;

use super::{ArchiveArg, MaskOption};

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
    Explain(ExplainArgs),
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

/// What is explained: of `dossier rules explain` and `dossier fields explain`.
#[derive(Debug, clap::Args)]
pub struct ExplainArgs {
    /// A letter's id, or a text
    #[arg(value_name = "ID|TEXT")]
    pub what: String,
    /// The pipeline
    #[arg(long, default_value = "petitions", value_name = "PIPELINE")]
    pub pipeline: String,
    /// The archive that the id is from
    #[arg(long, env = "DOSSIER_ARCHIVE", value_name = "DIR")]
    pub archive: Option<PathBuf>,
    /// How much of personal data is hidden
    #[command(flatten)]
    pub mask: MaskOption,
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
