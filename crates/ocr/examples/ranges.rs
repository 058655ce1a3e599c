//! Measures the table of ranges for the quick reader anew, on trial pages of the tuned seed, and says
//! what is then to be pinned in `src/models/mod.rs`.
//!
//! `cargo run --release -p dossier-ocr --example ranges -- [PAGES] [TABLE]`, as
//! `3 crates/ocr/src/int8/reader.ranges`; without PAGES, what the table in use makes is told.

use std::path::Path;

use dossier_ocr::{Calibration, ModelStore};
use dossier_testkit::fonts::Fonts;
use dossier_testkit::trial::{self, Kind, TUNED};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let pages: usize = arguments.next().map_or(Ok(0), |pages| pages.parse())?;
    let mut fonts = Fonts::load()?;
    if let Some(folder) = std::env::var_os("DOSSIER_HAND_FONTS") {
        fonts = fonts.with_hands(Path::new(&folder))?;
    }
    let mut calibration = Calibration::new(&ModelStore::locate()?)?;
    for kind in Kind::ALL.into_iter().filter(|kind| *kind != Kind::Hand || fonts.have_hands()) {
        for number in 0..pages {
            let page = trial::page(kind, TUNED, number, &fonts)?;
            calibration.watch(&page.image, page.dpi)?;
        }
    }
    let table = match pages {
        0 => Calibration::TABLE.to_owned(),
        _ => calibration.table(),
    };
    if let Some(path) = arguments.next() {
        std::fs::write(path, &table)?;
    }
    let (bytes, sha256) = calibration.pin(&table)?;
    println!("bytes: {bytes},\nsha256: \"{sha256}\",");
    Ok(())
}
