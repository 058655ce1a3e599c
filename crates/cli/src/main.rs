//! The `dossier` command: arguments, progress, output and exit status; the work is done in the
//! crates below.

mod args;
mod commands;
mod error;
mod locale;
mod output;
mod progress;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::FromArgMatches;

use args::{Args, Command};
use error::{CliError, Exit};

#[global_allocator]
static MEMORY: dossier_memory::BySize = dossier_memory::BySize;

fn main() -> ExitCode {
    let lang = locale::lang_of(std::env::args_os().map(|arg| arg.to_string_lossy().into_owned()).skip(1));
    let matches = match locale::command(lang).try_get_matches_from(std::env::args_os().map(typed)) {
        Ok(matches) => matches,
        Err(error) => locale::exit(error, lang),
    };
    let args = match Args::from_arg_matches(&matches) {
        Ok(args) => args,
        Err(error) => error.exit(),
    };
    match run(&args, output::Context { lang, quiet: args.quiet }) {
        Ok(exit) => exit.into(),
        // Whoever reads the output has seen enough.
        Err(error) if error.is_broken_pipe() => Exit::Complete.into(),
        Err(error) => {
            eprintln!("{}", error.message(lang));
            error.exit().into()
        }
    }
}

/// What is typed for `search` as -补偿 is no option, but a word to be left out: its minus is written as the
/// query language has it too.
fn typed(arg: OsString) -> OsString {
    let excluded = arg.to_str().and_then(|arg| arg.strip_prefix('-'));
    match excluded.filter(|word| word.starts_with(|c: char| !c.is_ascii())) {
        Some(word) => format!("－{word}").into(),
        None => arg,
    }
}

fn run(args: &Args, context: output::Context) -> Result<Exit, CliError> {
    match &args.command {
        Command::Ingest(args) => commands::ingest::run(args, context),
        Command::Run(args) => commands::night::run(args, context),
        Command::Search(args) => commands::search::run(args, context),
        Command::Show(args) => commands::show::run(args, context),
        Command::Similar(args) => commands::similar::run(args, context),
        Command::Person(args) => commands::person::run(args, context),
        Command::Correct(args) => commands::correct::run(args, context),
        Command::Corrections(args) => commands::correct::list(args, context),
        Command::Export(args) => commands::export::run(args, context),
        Command::Index(args) => commands::index::run(args, context),
        Command::Digest(args) => commands::digest::run(args, context),
        Command::Status(args) => commands::status::run(args, context),
        Command::Runs(args) => commands::runs::run(args, context),
        Command::Log(args) => commands::log::run(args, context),
        Command::Want(args) => commands::want::run(args, context),
        Command::Undo(args) => commands::undo::run(args, context),
        Command::Withdraw(args) => commands::withdraw::run(args, context),
        Command::Report(args) => commands::report::run(args, context),
        Command::Quarantine(args) => commands::quarantine::run(args, context),
        Command::Retry(args) => commands::retry::run(args, context),
        Command::Backup(args) => commands::backup::back_up(args, context),
        Command::Restore(args) => commands::backup::restore(args, context),
        Command::Verify(args) => commands::verify::run(args, context),
        Command::Audit(args) => commands::verify::trail(args, context),
        Command::Fields(args) => commands::fields::run(args, context),
        Command::Rules(args) => commands::rules::run(args, context),
        Command::Reclassify(args) => commands::reclassify::run(args, context),
        Command::Ocr(args) => commands::ocr::run(args, context),
        Command::Models(args) => commands::models::run(args, context),
        Command::Registers(args) => commands::registers::run(args, context),
        Command::Doctor(args) => commands::doctor::run(args, context),
        Command::Worker(args) => commands::worker::run(args),
    }
}
