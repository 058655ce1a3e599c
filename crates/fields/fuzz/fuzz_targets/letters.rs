//! Letters whatever they say, by the petitions' patterns: divided and read.

#![no_main]

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::LazyLock;

use dossier_fields::LetterReader;
use dossier_model::{ItemText, Locator, PageContent, Sha256};
use dossier_pipeline::{Pipeline, Split};
use libfuzzer_sys::fuzz_target;

static READER: LazyLock<LetterReader> = LazyLock::new(|| {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../pipelines/petitions");
    let pipeline = Pipeline::load(&folder).unwrap_or_else(|faults| panic!("{faults}"));
    LetterReader::new(&pipeline).unwrap_or_else(|error| panic!("{error}"))
});

fuzz_target!(|text: &str| {
    let mut item = ItemText::default();
    let mut pages = Vec::new();
    for (number, page) in (1..).zip(text.split('\u{c}')) {
        item.push(page, Sha256::of(b"letter"), Locator::Page(number), true);
        pages.push(PageContent::of_text(number, page));
    }
    READER.divide(&pages, Split::Auto, &BTreeMap::new());
    READER.read(&item, &pages);
});
