//! `dossier worker`: reads tasks on standard input until it ends.

use std::io::{stdin, stdout};

use crate::args::WorkerArgs;
use crate::error::{CliError, Exit};

pub fn run(args: &WorkerArgs) -> Result<Exit, CliError> {
    dossier_batch::worker::serve(stdin().lock(), stdout(), args.memory_mib, args.model.spec())?;
    Ok(Exit::Complete)
}
