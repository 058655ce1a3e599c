//! What only the whole letter says: dates told from its own, and which of several years is meant by one
//! of two digits or of the sixty-year cycle.

use dossier_model::{FieldValue, Fields, Sensitive};
use dossier_pipeline::{FieldKind, Pipeline};

use crate::values::date::{CENTURY, CYCLE};
use crate::values::relative::{RELATIVE, resolve};

/// The mark of a year that other dates have settled.
const BY_OTHERS: &str = "century_from_other_dates";
/// The mark of a year that is the only one among those of the collection.
const BY_COLLECTION: &str = "century_from_collection";

/// Settles the dates of letters.
pub(crate) struct Settler {
    /// The fields that hold dates.
    dates: Vec<String>,
    /// The fields that say when the letter was written, the best first.
    letter: Vec<String>,
    /// The first and the last year of what the collection holds.
    years: Option<[i32; 2]>,
}

impl Settler {
    pub(crate) fn new(pipeline: &Pipeline) -> Settler {
        let dates = pipeline.fields.iter().filter(|field| field.kind == FieldKind::Date);
        Settler {
            dates: dates.map(|field| field.name.clone()).collect(),
            letter: pipeline.manifest.summary.date.clone(),
            years: pipeline.letters.years,
        }
    }

    pub(super) fn settle(&self, fields: &mut Fields) {
        self.years(fields);
        self.relative(fields);
    }

    /// Tells the dates that are told from the record's own.
    pub(crate) fn relative(&self, fields: &mut Fields) {
        let Some(letter) = self.letter.iter().find_map(|field| first(fields, field)) else { return };
        for field in &self.dates {
            fields.get_mut(field).into_iter().flatten().for_each(|value| tell(value, &letter));
        }
    }

    /// A doubtful year is the one nearest to a date that says its own, else the only one that the
    /// collection can hold; where neither settles it, all that it can be stand side by side.
    fn years(&self, fields: &mut Fields) {
        let certain = |value: &&FieldValue| value.warnings.is_empty();
        let dates = self.dates.iter().filter_map(|field| fields.get(field)).flatten().filter(certain);
        let known = dates.filter_map(|value| year(value.value.reveal())).max();
        for field in &self.dates {
            let Some(values) = fields.get_mut(field).filter(|values| values.iter().any(is_doubtful)) else {
                continue;
            };
            *values =
                std::mem::take(values).into_iter().flat_map(|value| self.settled(value, known)).collect();
        }
    }

    fn settled(&self, value: FieldValue, known: Option<i32>) -> Vec<FieldValue> {
        if !is_doubtful(&value) {
            return vec![value];
        }
        let mut dates = candidates(&value);
        if let Some(known) = known {
            dates.sort_by_key(|(year, _)| (known - year).abs());
            dates.truncate(1);
            return dates.into_iter().map(|(_, date)| told(&value, date, Some(BY_OTHERS))).collect();
        }
        if let Some([from, to]) = self.years
            && dates.iter().any(|(year, _)| (from..=to).contains(year))
        {
            dates.retain(|(year, _)| (from..=to).contains(year));
        }
        if let [(_, date)] = &dates[..] {
            return vec![told(&value, date.clone(), Some(BY_COLLECTION))];
        }
        let share = 1.0 / dates.len().max(1) as f32;
        let several = dates.into_iter().map(|(_, date)| told(&value, date, None));
        several.map(|other| FieldValue { confidence: value.confidence * share, ..other }).collect()
    }
}

/// Whether the year is one of several.
fn is_doubtful(value: &FieldValue) -> bool {
    value.warnings.iter().any(|warning| warning == CENTURY || warning == CYCLE)
}

/// The dates that a doubtful value can be, with their years, the latest first.
fn candidates(value: &FieldValue) -> Vec<(i32, String)> {
    let said = value.value.reveal();
    let mut dates: Vec<(i32, String)> = match said.strip_prefix('[').and_then(|set| set.strip_suffix(']')) {
        Some(set) => set.split(',').filter_map(|date| Some((year(date)?, date.to_owned()))).collect(),
        None => {
            let Some(year) = year(said) else { return vec![(0, said.to_owned())] };
            let others = [year - 100, year, year + 100].into_iter();
            others
                .map(|other| (other, said.replacen(&format!("{year:04}"), &format!("{other:04}"), 1)))
                .collect()
        }
    };
    dates.sort_by_key(|(year, _)| std::cmp::Reverse(*year));
    dates
}

/// A value with its year told, and how.
fn told(value: &FieldValue, date: String, by: Option<&str>) -> FieldValue {
    let mut told = FieldValue { value: Sensitive::new(date), ..value.clone() };
    if let Some(by) = by {
        told.warnings.retain(|warning| warning != CENTURY && warning != CYCLE);
        told.warnings.push(by.to_owned());
    }
    told
}

/// Tells a date from the record's own, where it is not told outright.
fn tell(value: &mut FieldValue, letter: &str) {
    let said = value.value.reveal();
    let untold = said.starts_with("XXXX-") || !said.starts_with(|c: char| c.is_ascii_digit() || c == '[');
    let marked = value.warnings.iter().any(|warning| warning == RELATIVE);
    if !untold || !marked && !said.starts_with("XXXX-") {
        return;
    }
    if let Some(date) = resolve(said, letter) {
        value.value = Sensitive::new(date);
        if !marked {
            value.warnings.push(RELATIVE.to_owned());
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
