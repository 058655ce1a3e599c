//! What a register's columns mean: by what people have said, by the pipeline's headers, by headers
//! that end like one of these, or by the values themselves.

use std::collections::HashMap;

use dossier_model::{CellKind, RowContent, fold_text};
use dossier_pipeline::{FieldKind, FieldSpec, Pipeline, RegisterSpec};

use super::layout::header_key;
use crate::values::{check_id_no, clean, parse_date, parse_phone};

/// How the meaning of a column was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum How {
    /// Somebody has said so of this register.
    Saved,
    /// The pipeline knows the header.
    Known,
    /// The header ends with one that the pipeline knows.
    Likely,
    /// The values are what only such a field has.
    Values,
}

impl How {
    /// The name that scripts see.
    pub fn name(self) -> &'static str {
        match self {
            How::Saved => "saved",
            How::Known => "known",
            How::Likely => "likely",
            How::Values => "values",
        }
    }
}

/// What a column means.
#[derive(Clone, Debug, PartialEq)]
pub struct Column {
    /// The field.
    pub field: String,
    pub(super) kind: FieldKind,
    /// The header as written.
    pub header: String,
    /// How this was found.
    pub how: How,
    /// How sure it is, 0 to 1.
    pub confidence: f32,
    /// Its rank among the field's headers: of several columns of a field, the first counts first.
    pub(super) rank: usize,
}

impl Column {
    pub(super) fn is_date(&self) -> bool {
        self.kind == FieldKind::Date
    }
}

/// A header that ends with a known one is believed so far.
const LIKELY: f32 = 0.7;
/// Such a header has this many characters more at most.
const LONGER: usize = 8;
/// A known header that is shorter says too little to be the end of another.
const ENDING: usize = 2;
/// So many values tell what a column is.
const VOTES: usize = 5;
/// A column whose values are all of a kind is believed so far.
const VOTED: f32 = 0.8;
/// At least this share of them must be of the kind.
const MAJORITY: f32 = 0.8;

/// The pipeline's headers and what else it says of columns.
pub(super) struct Mapper {
    headers: HashMap<String, (FieldSpec, usize)>,
    fields: HashMap<String, FieldSpec>,
    spec: RegisterSpec,
}

impl Mapper {
    pub fn new(pipeline: &Pipeline) -> Mapper {
        let mut headers = HashMap::new();
        for field in &pipeline.fields {
            for (rank, header) in field.headers.iter().enumerate() {
                headers.insert(header_key(header), (field.clone(), rank));
            }
        }
        let fields = pipeline.fields.iter().map(|field| (field.name.clone(), field.clone())).collect();
        Mapper { headers, fields, spec: pipeline.manifest.register.clone() }
    }

    /// The column of a header that the pipeline knows.
    pub fn known(&self, header: &str) -> Option<Column> {
        let (field, rank) = self.headers.get(&header_key(header))?;
        Some(self.column(field, header, How::Known, 1.0, *rank))
    }

    /// The column that somebody has said a header to be.
    pub fn saved(&self, header: &str, field: &str) -> Option<Column> {
        Some(self.column(self.fields.get(field)?, header, How::Saved, 1.0, 0))
    }

    /// What a header that the pipeline does not know may mean, as its words and the values below it
    /// say.
    pub fn guessed(&self, header: &str, column: u32, below: &[RowContent]) -> Option<Column> {
        let key = header_key(header);
        // Columns about officials are not about the petitioner, whatever they hold.
        if self.spec.others.iter().any(|word| key.contains(&fold_text(word))) {
            return None;
        }
        let values: Vec<(&str, CellKind)> = below
            .iter()
            .filter_map(|row| row.cell(column))
            .map(|cell| (cell.text.as_str(), cell.kind))
            .collect();
        self.likely(header, &key, &values).or_else(|| self.by_values(header, &values))
    }

    /// The column of a header that says just that it is a date, if its values are dates.
    pub fn plain_date(&self, header: &str, column: u32, below: &[RowContent]) -> Option<Column> {
        let key = header_key(header);
        let plain = &self.spec.plain_dates;
        let field = self.fields.get(plain.field.as_deref()?)?;
        let cells = below.iter().filter_map(|row| row.cell(column));
        let values: Vec<(&str, CellKind)> = cells.map(|cell| (cell.text.as_str(), cell.kind)).collect();
        let says_so = plain.headers.iter().any(|header| header_key(header) == key);
        let agrees = says_so && share(&values, FieldKind::Date) >= MAJORITY;
        agrees.then(|| self.column(field, header, How::Likely, LIKELY, 2 * field.headers.len()))
    }

    fn likely(&self, header: &str, key: &str, values: &[(&str, CellKind)]) -> Option<Column> {
        let length = key.chars().count();
        let ends = |known: &&String| {
            let known_length = known.chars().count();
            known_length >= ENDING && known_length + LONGER >= length && key.ends_with(known.as_str())
        };
        let longest = self.headers.keys().filter(ends).max_by_key(|known| (known.chars().count(), *known))?;
        let (field, rank) = self.headers.get(longest)?;
        // Where the kind of value can be told, the values must agree.
        let agrees = match field.kind {
            FieldKind::Date | FieldKind::IdNo | FieldKind::Phone => share(values, field.kind) >= MAJORITY,
            FieldKind::Code => false,
            _ => true,
        };
        // Behind all columns that are known.
        agrees.then(|| self.column(field, header, How::Likely, LIKELY, rank + field.headers.len()))
    }

    fn by_values(&self, header: &str, values: &[(&str, CellKind)]) -> Option<Column> {
        if values.len() < VOTES {
            return None;
        }
        let tellable = [(FieldKind::IdNo, &self.spec.id_numbers), (FieldKind::Phone, &self.spec.phones)];
        tellable.into_iter().find_map(|(kind, name)| {
            let field = self.fields.get(name.as_deref()?)?;
            let share = share(values, kind);
            let rank = 2 * field.headers.len();
            (share >= MAJORITY).then(|| self.column(field, header, How::Values, share * VOTED, rank))
        })
    }

    fn column(&self, field: &FieldSpec, header: &str, how: How, confidence: f32, rank: usize) -> Column {
        Column { field: field.name.clone(), kind: field.kind, header: clean(header), how, confidence, rank }
    }
}

/// The share of values that are of a kind, 0 to 1; none where there are no values.
fn share(values: &[(&str, CellKind)], kind: FieldKind) -> f32 {
    let is = |(text, cell): &&(&str, CellKind)| match kind {
        FieldKind::IdNo => check_id_no(text.trim()).is_ok(),
        FieldKind::Phone => parse_phone(text.trim()).is_some(),
        FieldKind::Date => *cell == CellKind::Date || parse_date(text).is_some(),
        _ => true,
    };
    values.iter().filter(is).count() as f32 / values.len().max(1) as f32
}
