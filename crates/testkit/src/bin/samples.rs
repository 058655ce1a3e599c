//! `dossier-samples DIR` writes all samples and their expectations under DIR.

use std::path::Path;
use std::process::ExitCode;

use dossier_testkit::fonts::Fonts;
use dossier_testkit::samples;

fn main() -> ExitCode {
    let [_, folder] = &std::env::args().collect::<Vec<_>>()[..] else {
        eprintln!("usage: dossier-samples DIR");
        return ExitCode::from(2);
    };
    match make(Path::new(folder)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("dossier-samples: {error}");
            ExitCode::FAILURE
        }
    }
}

fn make(folder: &Path) -> dossier_testkit::Result<()> {
    let fonts = Fonts::load()?;
    let all = samples::build(&fonts, |sample| {
        println!("{:>5} KB  {}", sample.bytes.len().div_ceil(1024), sample.path);
    })?;
    for sample in &all {
        samples::write(sample, folder)?;
    }
    let bytes: usize = all.iter().map(|sample| sample.bytes.len()).sum();
    println!("{:>5} KB  {} files", bytes.div_ceil(1024), all.len());
    Ok(())
}
