//! What only the whole letter says: dates told from its own, and the century of a year of two digits.

use dossier_model::{FieldValue, Fields, Sensitive};
use dossier_pipeline::{FieldKind, Pipeline};

use crate::values::date::CENTURY;
use crate::values::relative::{RELATIVE, resolve};

/// The mark of a year whose century other dates have settled.
const SETTLED: &str = "century_from_other_dates";

/// Settles the dates of letters.
pub(super) struct Settler {
    /// The fields that hold dates.
    dates: Vec<String>,
    /// The fields that say when the letter was written, the best first.
    letter: Vec<String>,
}

impl Settler {
    pub(super) fn new(pipeline: &Pipeline) -> Settler {
        let dates = pipeline.fields.iter().filter(|field| field.kind == FieldKind::Date);
        Settler {
            dates: dates.map(|field| field.name.clone()).collect(),
            letter: pipeline.manifest.summary.date.clone(),
        }
    }

    pub(super) fn settle(&self, fields: &mut Fields) {
        self.centuries(fields);
        let Some(letter) = self.letter.iter().find_map(|field| first(fields, field)) else { return };
        let relative = |value: &&mut FieldValue| value.warnings.iter().any(|warning| warning == RELATIVE);
        for field in &self.dates {
            for value in fields.get_mut(field).into_iter().flatten().filter(relative) {
                if let Some(date) = resolve(value.value.reveal(), &letter) {
                    value.value = Sensitive::new(date);
                }
            }
        }
    }

    /// A year of two digits is of the century in which it is nearest to a date that says its own.
    fn centuries(&self, fields: &mut Fields) {
        let doubtful = |value: &FieldValue| value.warnings.iter().any(|warning| warning == CENTURY);
        let certain = |value: &&FieldValue| value.warnings.is_empty();
        let years = self.dates.iter().filter_map(|field| fields.get(field)).flatten().filter(certain);
        let Some(known) = years.filter_map(|value| year(value.value.reveal())).max() else { return };
        for field in &self.dates {
            for value in fields.get_mut(field).into_iter().flatten().filter(|value| doubtful(value)) {
                let Some(said) = year(value.value.reveal()) else { continue };
                let candidates = [said - 100, said, said + 100];
                let nearest = candidates.into_iter().min_by_key(|year| (known - year).abs()).unwrap_or(said);
                let date = value.value.reveal().replacen(&format!("{said:04}"), &format!("{nearest:04}"), 1);
                value.value = Sensitive::new(date);
                value.warnings = vec![SETTLED.to_owned()];
            }
        }
    }
}

fn first(fields: &Fields, field: &str) -> Option<String> {
    let value = fields.get(field)?.first()?.value.reveal();
    year(value).map(|_| value.to_owned())
}

fn year(date: &str) -> Option<i32> {
    date.get(..4)?.parse().ok()
}
