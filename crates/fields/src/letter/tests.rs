//! The petitions' patterns on invented letters: exact values, each with its place.

use std::path::Path;

use dossier_model::{Fields, ItemText, LayerJudgement, Locator, PageContent, PageState, Place, Sha256};
use dossier_pipeline::Pipeline;

use super::LetterReader;
use crate::text::slice;

fn reader() -> LetterReader {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../pipelines/petitions");
    LetterReader::new(&Pipeline::load(&folder).unwrap()).unwrap()
}

fn pages(texts: &[&str]) -> (ItemText, Vec<PageContent>) {
    let mut text = ItemText::default();
    let mut pages = Vec::new();
    for (number, page) in (1..).zip(texts) {
        text.push(page, Sha256::of(b"letter"), Locator::Page(number), true);
        pages.push(PageContent {
            number,
            width: 1000,
            height: 1400,
            dpi: 150.0,
            rotation: 0,
            state: PageState::Recognised,
            layer: LayerJudgement::Absent,
            text: (*page).to_owned(),
            words: Vec::new(),
        });
    }
    (text, pages)
}

fn read(texts: &[&str]) -> Fields {
    let (text, pages) = pages(texts);
    reader().read(&text, &pages)
}

fn of(fields: &Fields, field: &str) -> Vec<String> {
    fields.get(field).into_iter().flatten().map(|value| value.value.reveal().to_owned()).collect()
}

/// The first value of a field in a letter of one page.
fn best(letter: &str, field: &str) -> Option<String> {
    of(&read(&[letter]), field).first().cloned()
}
