//! What only a whole record says: values that do not agree with each other, which are marked and never
//! rejected, and where the matter lies, with the place's code.

mod agree;
mod gazetteer;
mod region;

use dossier_model::{FieldValue, Fields};
use dossier_pipeline::{Pipeline, RecordSpec};

use region::Regions;

use crate::letter::settle::Settler;

/// Looks at records as wholes, as the pipeline's `records.toml` says.
pub struct RecordReader {
    spec: RecordSpec,
    settler: Settler,
    regions: Option<Regions>,
}

impl RecordReader {
    /// A reader for the pipeline's records.
    pub fn new(pipeline: &Pipeline) -> RecordReader {
        let regions = pipeline.records.region.as_ref().map(|spec| Regions::new(spec, &pipeline.places));
        RecordReader { spec: pipeline.records.clone(), settler: Settler::new(pipeline), regions }
    }

    /// Tells dates from the record's own, fills in where the matter lies, and marks values that do not agree. What `decided` says that a
    /// person has settled is left as it is, but for marks.
    pub fn complete(&self, fields: &mut Fields, decided: impl Fn(&str) -> bool) {
        // A row's own words know its date only together with its columns.
        self.settler.relative(fields);
        if let Some(regions) = &self.regions {
            regions.complete(fields, decided);
        }
        agree::order(fields, &self.spec.order);
        if let Some(person) = &self.spec.person {
            agree::person(fields, person);
        }
        if let Some(count) = &self.spec.count {
            agree::count(fields, count);
        }
        if let Some(currency) = &self.spec.currency {
            agree::currency(fields, currency);
        }
    }
}

/// The best value of a field.
fn best<'f>(fields: &'f Fields, field: &str) -> Option<&'f FieldValue> {
    fields.get(field)?.first()
}

/// The best value of a field as text.
fn text<'f>(fields: &'f Fields, field: &str) -> Option<&'f str> {
    best(fields, field).map(|value| value.value.reveal())
}

/// Marks the best value of a field.
fn mark(fields: &mut Fields, field: &str, warning: String) {
    if let Some(value) = fields.get_mut(field).and_then(|values| values.first_mut())
        && !value.warnings.contains(&warning)
    {
        value.warnings.push(warning);
    }
}

/// The year that the first of some dates says.
fn year(fields: &Fields, dates: &[String]) -> Option<i32> {
    dates.iter().find_map(|field| text(fields, field)?.get(..4)?.parse().ok())
}

#[cfg(test)]
mod tests;
