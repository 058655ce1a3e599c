//! `dossier-bulk COUNT FILE [SEED]`: a register of random letters, for benchmarks.

use std::fs::File;
use std::io::BufWriter;
use std::process::ExitCode;

use dossier_testkit::bulk::{Bulk, write_register};

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().collect();
    let (Some(Ok(count)), Some(path)) = (args.get(1).map(|count| count.parse()), args.get(2)) else {
        eprintln!("usage: dossier-bulk COUNT FILE.csv [SEED]");
        return ExitCode::from(2);
    };
    let seed = args.get(3).and_then(|seed| seed.parse().ok()).unwrap_or(1);
    let written =
        File::create(path).and_then(|file| write_register(BufWriter::new(file), Bulk::new(seed), count));
    match written {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{path}: {error}");
            ExitCode::FAILURE
        }
    }
}
