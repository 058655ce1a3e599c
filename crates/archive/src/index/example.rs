//! Values as tests need them.

use dossier_model::{Evidence, FieldValue, Place, ReviewState, Sensitive, Sha256};

/// A value that was seen where `raw` first stands in the text.
pub(super) fn seen(text: &str, said: &str, raw: &str) -> FieldValue {
    let before = text.find(raw).unwrap_or_default();
    let start = text[..before].chars().count() as u32;
    let place = Place::Cell { sheet: "".into(), row: 1, cell: "".into(), header: "".into() };
    let end = start + raw.chars().count() as u32;
    FieldValue {
        value: Sensitive::new(said),
        raw: Sensitive::new(raw),
        confidence: 1.0,
        state: ReviewState::Machine,
        extractor: String::new(),
        warnings: Vec::new(),
        evidence: vec![Evidence { source: Sha256::of(b""), place, start, end }],
    }
}
