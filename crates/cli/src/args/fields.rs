//! Arguments of what finds fields.

use std::path::PathBuf;

use clap::Subcommand;

use super::{MaskOption, PipelineArg};

/// `dossier fields`
#[derive(Debug, clap::Args)]
pub struct FieldsArgs {
    /// What to do
    #[command(subcommand)]
    pub command: FieldsCommand,
}

/// `dossier fields …`
#[derive(Debug, Subcommand)]
pub enum FieldsCommand {
    /// Say of each value that was found in a letter, or a text, why it stands or does not
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
    /// Run the cases kept beside the patterns
    Test {
        /// The pipeline
        #[command(flatten)]
        pipeline: PipelineArg,
        /// Machine-readable output
        #[arg(long)]
        json: bool,
    },
}
