//! How records kept segments and fields before places had a list of their own: by name, or as lists of
//! their parts. They are read, and no longer written.

use std::collections::BTreeMap;

use dossier_model::{Evidence, FieldValue, Fields, Locator, ReviewState, Segment, Sensitive, Sha256};
use serde::Deserialize;

use super::{At, Offsets};

pub(super) type Values = BTreeMap<String, Vec<Value>>;

#[derive(Deserialize)]
pub(super) struct Piece {
    file: usize,
    at: Locator,
    start: u32,
    end: u32,
    continues: bool,
}

#[derive(Deserialize)]
pub(super) struct Value {
    value: Option<String>,
    raw: Option<String>,
    confidence: f32,
    #[serde(default)]
    state: ReviewState,
    extractor: String,
    #[serde(default)]
    warnings: Vec<String>,
    evidence: Vec<Seen>,
}

#[derive(Deserialize)]
struct Seen {
    file: usize,
    at: At,
    start: u32,
    end: u32,
}

pub(super) fn segments(pieces: Vec<Piece>, files: &[Sha256]) -> Option<Vec<Segment>> {
    let segment = |Piece { file, at, start, end, continues }| {
        Some(Segment { source: *files.get(file)?, locator: at, start, end, continues })
    };
    pieces.into_iter().map(segment).collect()
}

pub(super) fn fields(values: Values, files: &[Sha256], text: &str, bytes: &Offsets) -> Option<Fields> {
    let field = |(name, values): (String, Vec<Value>)| {
        let values = values.into_iter().map(|value| value.field_value(files, text, bytes));
        Some((name, values.collect::<Option<_>>()?))
    };
    values.into_iter().map(field).collect()
}

impl Value {
    fn field_value(self, files: &[Sha256], text: &str, bytes: &Offsets) -> Option<FieldValue> {
        let Value { value, raw, confidence, state, extractor, warnings, evidence } = self;
        let seen = |Seen { file, at, start, end }| {
            Some(Evidence { source: *files.get(file)?, place: at.into_place(), start, end })
        };
        let evidence: Vec<Evidence> = evidence.into_iter().map(seen).collect::<Option<_>>()?;
        let said = match value {
            Some(said) => said,
            None => bytes.first(text, &evidence)?.to_owned(),
        };
        let raw = raw.unwrap_or_else(|| said.clone());
        let (value, raw) = (Sensitive::new(said), Sensitive::new(raw));
        Some(FieldValue { value, raw, confidence, state, extractor, warnings, evidence })
    }
}
