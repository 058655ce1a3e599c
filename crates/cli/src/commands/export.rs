//! `dossier export`: all items, one JSON object a line, in the order of their ids.

use std::io::{BufWriter, Write};

use dossier_archive::{Archive, AuditEvent};

use crate::args::{ExportArgs, FormatArg};
use crate::error::{CliError, Exit};
use crate::output::Context;

pub fn run(args: &ExportArgs, _: Context) -> Result<Exit, CliError> {
    let FormatArg::Jsonl = args.format;
    let archive = Archive::open(&args.archive.archive)?;
    let mask = args.mask.mask.into();
    archive.audit(AuditEvent::Export { mask })?;
    let mut out = BufWriter::new(std::io::stdout().lock());
    archive.export::<CliError>(mask, |item| {
        serde_json::to_writer(&mut out, &item)?;
        Ok(out.write_all(b"\n")?)
    })?;
    out.flush()?;
    Ok(Exit::Complete)
}
