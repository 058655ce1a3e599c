//! Documents whatever they hold: sniffed, opened, every page read.

#![no_main]

use std::io::Write;

use dossier_pipeline::ReadLimits;
use dossier_read::{Document, sniff};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Ok(mut file) = tempfile::NamedTempFile::new() else { return };
    if file.write_all(bytes).is_err() {
        return;
    }
    let limits = ReadLimits { pages: 100, pixels: 1_000_000, ..ReadLimits::default() };
    let Ok(kind) = sniff(file.path()) else { return };
    let Ok(document) = Document::open(file.path(), kind, limits) else { return };
    for page in 1..=document.page_count() {
        drop(document.read_page(page, false));
    }
});
