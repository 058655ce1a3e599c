//! The arguments of `dossier registers`.

use std::path::PathBuf;

use clap::Subcommand;

/// `dossier registers`
#[derive(Debug, clap::Args)]
pub struct RegistersArgs {
    /// What to do
    #[command(subcommand)]
    pub command: RegistersCommand,
}

/// `dossier registers …`
#[derive(Debug, Subcommand)]
pub enum RegistersCommand {
    /// Say where a register's headers stand and what its columns mean, and why
    Inspect(RegisterArgs),
    /// Say what columns mean: it is kept with the pipeline and used for this register from now on
    Save(SaveArgs),
}

/// Which register.
#[derive(Debug, clap::Args)]
pub struct RegisterArgs {
    /// The register's file
    #[arg(value_name = "FILE")]
    pub workbook: PathBuf,
    /// The pipeline: a name such as `petitions`, or the path of its folder
    #[arg(long, default_value = "petitions", value_name = "PIPELINE")]
    pub pipeline: String,
    /// Machine-readable output
    #[arg(long)]
    pub json: bool,
}

/// `dossier registers save`
#[derive(Debug, clap::Args)]
pub struct SaveArgs {
    /// Which register
    #[command(flatten)]
    pub register: RegisterArgs,
    /// A column by its header, and its field by any of its names; `-` for none
    #[arg(long = "column", required = true, value_name = "HEADER=FIELD")]
    pub columns: Vec<String>,
}
