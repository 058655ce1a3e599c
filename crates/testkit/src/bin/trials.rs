//! `dossier-trials DIR SEED COUNT [KIND…]` writes trial pages as PNG, with their truth beside them.

use std::path::Path;
use std::process::ExitCode;

use dossier_testkit::fonts::Fonts;
use dossier_testkit::trial::{self, Kind};

type Failure = Box<dyn std::error::Error>;

fn main() -> ExitCode {
    match make(&std::env::args().skip(1).collect::<Vec<_>>()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("dossier-trials: {error}");
            ExitCode::FAILURE
        }
    }
}

fn make(arguments: &[String]) -> Result<(), Failure> {
    let [folder, seed, count, kinds @ ..] = arguments else {
        return Err("usage: dossier-trials DIR SEED COUNT [KIND…]".into());
    };
    let wanted = |kind: &Kind| kinds.is_empty() || kinds.iter().any(|name| name == kind.name());
    let mut fonts = Fonts::load()?;
    if let Some(hands) = std::env::var_os("DOSSIER_HAND_FONTS") {
        fonts = fonts.with_hands(Path::new(&hands))?;
    }
    std::fs::create_dir_all(folder)?;
    for kind in Kind::ALL.into_iter().filter(wanted).filter(|kind| *kind != Kind::Hand || fonts.have_hands())
    {
        for number in 0..count.parse()? {
            let page = trial::page(kind, seed.parse()?, number, &fonts)?;
            let name = format!("{}-{number}", kind.name());
            page.image.save(Path::new(folder).join(format!("{name}.png")))?;
            std::fs::write(Path::new(folder).join(format!("{name}.txt")), page.truth)?;
        }
    }
    Ok(())
}
