//! Recognises page images and prints their text, each ended by a form feed, or their words; the
//! time each took goes to standard error.
//!
//! `cargo run --release -p dossier-ocr --example recognise -- [--words] DPI IMAGE…`

use std::time::Instant;

use dossier_ocr::{ModelStore, Recogniser};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments: Vec<String> = std::env::args().skip(1).collect();
    let words = arguments.first().is_some_and(|first| first == "--words");
    if words {
        arguments.remove(0);
    }
    let (dpi, images) = arguments.split_first().ok_or("usage: recognise [--words] DPI IMAGE…")?;
    let mut recogniser = Recogniser::load(&ModelStore::locate()?)?;
    for path in images {
        let image = image::open(path)?.into_rgb8();
        let start = Instant::now();
        let page = recogniser.recognise(&image, dpi.parse()?)?;
        eprintln!(
            "{path}: turned by {}, {} words, {:.2} s",
            page.rotation,
            page.words.len(),
            start.elapsed().as_secs_f32()
        );
        println!("{}\u{c}", page.text);
        for word in page.words.iter().filter(|_| words) {
            println!("{} {:?} {:.3} {:?}", word.text, word.bounds, word.confidence, word.alternatives);
        }
    }
    Ok(())
}
