//! Arguments of what finds fields.

use clap::Subcommand;

use super::{ExplainArgs, PipelineArg};

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
    Explain(ExplainArgs),
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
