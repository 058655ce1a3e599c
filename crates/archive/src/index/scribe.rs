//! From an item to what the index holds of it.

use std::collections::{BTreeMap, BTreeSet};

use dossier_model::{Item, MaskKind, fold_text};
use tantivy::TantivyDocument;
use tantivy::schema::OwnedValue;

use super::columns::Columns;
use super::segments::Entry;
use super::streams::Streams;
use super::{YEAR, order, query, sound, tokens};
use crate::{FieldLabel, ItemRow, Summary};

/// Writes down what the index holds of items.
pub(super) struct Scribe {
    pub columns: Columns,
    pub labels: Vec<FieldLabel>,
    pub summary: Summary,
}

impl Scribe {
    /// `run` is the run that brought the latest of the item.
    pub fn entry(&self, row: &ItemRow, run: i64) -> Entry {
        let mut streams = Streams::of(&row.item, &self.summary.demand);
        let values = self.values(row, run, std::mem::take(&mut streams.said));
        Entry { streams, values }
    }

    /// `said` is what the text says in any notation.
    fn values(&self, row: &ItemRow, run: i64, said: BTreeSet<String>) -> TantivyDocument {
        let columns = &self.columns;
        let item = &row.item;
        let mut document = TantivyDocument::default();
        document.add_text(columns.id, &item.id);
        document.add_text(columns.version, &row.version);
        for value in exact_values(item).chain(said) {
            document.add_text(columns.values, value);
        }
        for sound in self.sounds(item) {
            document.add_text(columns.sounds, sound);
        }
        for facet in self.facets(item) {
            document.add_text(columns.facets, facet);
        }
        document.add_object(columns.numbers, self.numbers(item));
        document.add_i64(columns.date, self.date(item).unwrap_or(0));
        let first =
            |names: &[String]| names.iter().find_map(|name| item.best(name)).map(|best| best.value.reveal());
        if let Some(region) = first(&self.summary.region) {
            document.add_text(columns.region, order::by_sound(region));
        }
        if let Some(number) = first(&self.summary.number) {
            document.add_text(columns.number, order::by_figures(number));
        }
        document.add_i64(columns.run, run);
        document.add_u64(columns.tie, u64::from_str_radix(&item.id, 16).unwrap_or(0));
        document
    }

    fn date(&self, item: &Item) -> Option<i64> {
        self.summary.date.iter().find_map(|name| digits_of_date(item.best(name)?.value.reveal()))
    }

    fn sounds(&self, item: &Item) -> Vec<String> {
        let names = self.labels.iter().filter(|label| label.mask == MaskKind::Name);
        let values = names.filter_map(|label| item.fields.get(&label.name)).flatten();
        let mut sounds: Vec<String> = values.flat_map(|value| sound::sounds(value.value.reveal())).collect();
        sounds.sort_unstable();
        sounds.dedup();
        sounds
    }

    /// The year, each level of each category, and the values of the counted fields, of regions with
    /// what they lie in.
    fn facets(&self, item: &Item) -> Vec<String> {
        let mut facets = Vec::new();
        if let Some(date) = self.date(item) {
            facets.push(tokens::facet_token(YEAR, &(date / 10_000).to_string()));
        }
        for category in &item.classification.decided {
            for level in 1..=category.path.len() {
                facets
                    .push(tokens::facet_token(&category.axis, &fold_text(&category.path[..level].join("/"))));
            }
        }
        for name in &self.summary.facets {
            let is_region = self.summary.region.contains(name);
            for value in item.fields.get(name).into_iter().flatten() {
                let value = fold_text(value.value.reveal());
                let levels = if is_region { order::levels(&value) } else { vec![value.as_str()] };
                facets.extend(levels.into_iter().map(|level| tokens::facet_token(name, level)));
            }
        }
        facets.sort_unstable();
        facets.dedup();
        facets
    }

    /// The numbers and dates of an item by field, and the date that lists show.
    fn numbers(&self, item: &Item) -> BTreeMap<String, OwnedValue> {
        let number = |text: &str| digits_of_date(text).or_else(|| leading_number(text));
        let mut numbers = BTreeMap::new();
        for label in self.labels.iter().filter(|label| label.number) {
            let value = item.best(&label.name).and_then(|value| number(value.value.reveal()));
            if let Some(value) = value {
                numbers.insert(label.name.clone(), OwnedValue::I64(value));
            }
        }
        if let Some(date) = self.date(item) {
            numbers.insert(query::DATE.to_owned(), OwnedValue::I64(date));
        }
        numbers
    }
}

/// A date in EDTF as the digits of year, month and day; what is not said is 0.
fn digits_of_date(text: &str) -> Option<i64> {
    let mut parts = text.split(['-', '~', '?']);
    let year = parts.next().filter(|year| year.len() == 4)?.parse::<i64>().ok()?;
    let mut part = || parts.next().and_then(|part| part.parse::<i64>().ok()).unwrap_or(0);
    let (month, day) = (part(), part());
    (year >= 1000).then_some(year * 10_000 + month * 100 + day)
}

fn leading_number(text: &str) -> Option<i64> {
    let digits: String = text.chars().take_while(char::is_ascii_digit).collect();
    digits.parse().ok()
}

/// Values that may stand in the text in another notation: numbers and dates as normalised.
fn exact_values(item: &Item) -> impl Iterator<Item = String> {
    let digits = |text: &str| text.chars().filter(char::is_ascii_digit).count() >= 3;
    let values = item.fields.values().flatten().map(|value| value.value.reveal());
    let texts = values.filter(move |text| text.chars().count() <= 40 && digits(text));
    texts.map(fold_text).collect::<BTreeSet<_>>().into_iter()
}
