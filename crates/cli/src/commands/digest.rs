//! `dossier digest`: what two archives are compared by.

use std::io::Write;

use dossier_archive::Archive;

use crate::args::ArchiveArg;
use crate::error::{CliError, Exit};
use crate::output::{Context, json};

pub fn run(args: &ArchiveArg, context: Context) -> Result<Exit, CliError> {
    let digest = Archive::open(&args.archive)?.digest()?;
    if args.json {
        json(&digest)?;
    } else {
        let mut out = std::io::stdout().lock();
        let items = context.pick("items", "件");
        let index = if digest.index_agrees {
            context.pick("the index agrees", "索引一致")
        } else {
            context.pick(
                "the index differs: run `dossier index rebuild`",
                "索引不一致：请运行 dossier index rebuild",
            )
        };
        writeln!(out, "{}  {} {items}  {index}", digest.digest, digest.items)?;
    }
    Ok(if digest.index_agrees { Exit::Complete } else { Exit::Partial })
}
