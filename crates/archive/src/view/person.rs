//! "Has this person written before?": a person's signed letters and what was answered. It is put
//! together when somebody asks and has a reason; nothing about the person is kept.

use std::collections::BTreeMap;

use dossier_model::{Item, Mask, fold_text};
use serde::Serialize;

use super::Labels;
use crate::{Archive, ArchiveError, Order, Query, SearchOptions};

/// How many letters are looked at.
const MOST: usize = 1000;

/// A signed letter of a person.
#[derive(Clone, Debug, Serialize)]
pub struct PersonLetter {
    /// Its id.
    pub id: String,
    /// One line to recognise it by.
    pub title: String,
    /// Its date (EDTF).
    pub date: Option<String>,
    /// Where it is about.
    pub region: Option<String>,
    /// The path of its primary category.
    pub category: Vec<String>,
    /// What the letter says of its writer, by field, masked: people of one name are told apart
    /// by it.
    pub writer: BTreeMap<String, String>,
    /// What was done and answered, by field, masked.
    pub answer: BTreeMap<String, String>,
}

impl Archive {
    /// The signed letters of whoever has this name, identity number or telephone, the oldest
    /// first. Anonymous letters are never among them, whatever number they give.
    ///
    /// # Errors
    /// What the catalog or the index says.
    pub fn person(&self, who: &str, mask: Mask) -> Result<Vec<PersonLetter>, ArchiveError> {
        let labels = self.labels()?;
        let wanted = fold_text(who.trim());
        let mut letters: Vec<PersonLetter> = Vec::new();
        if wanted.is_empty() {
            return Ok(letters);
        }
        let query = Query::of_fields(&labels.summary.person, &wanted);
        let options = SearchOptions { limit: MOST, order: Order::Oldest, mask, facets: false };
        let (_, rows) = self.rows(&query, &labels.summary, options)?;
        for (_, row) in rows {
            if is_signed(&row.item, &labels) && is_by(&row.item, &labels, &wanted) {
                letters.push(letter(&row.item, &labels, mask));
            }
        }
        letters.sort_by(|a, b| (&a.date, &a.id).cmp(&(&b.date, &b.id)));
        Ok(letters)
    }
}

fn letter(item: &Item, labels: &Labels, mask: Mask) -> PersonLetter {
    let said = |names: &[String]| {
        let named = names
            .iter()
            .filter_map(|name| Some((name.clone(), labels.shown(item, std::slice::from_ref(name), mask)?)));
        named.collect()
    };
    PersonLetter {
        id: item.id.clone(),
        title: labels.masked_title(item, mask),
        date: labels.shown(item, &labels.summary.date, mask),
        region: labels.shown(item, &labels.summary.region, mask),
        category: labels.about(item),
        writer: said(&labels.summary.person),
        answer: said(&labels.summary.answer),
    }
}

/// Whether somebody in particular signed, and no field says otherwise.
fn is_signed(item: &Item, labels: &Labels) -> bool {
    let summary = &labels.summary;
    let says_so = summary.anonymous.iter().any(|name| {
        item.best(name).is_some_and(|value| {
            !summary.no.iter().any(|no| fold_text(no) == fold_text(value.value.reveal()))
        })
    });
    let names = summary.petitioner.iter().filter_map(|name| item.best(name));
    let named = names.filter(|name| {
        let name = fold_text(name.value.reveal());
        !summary.nobody.iter().any(|nobody| name.contains(&fold_text(nobody)))
    });
    !says_so && named.count() > 0
}

/// Whether a field that tells who wrote has just this value.
fn is_by(item: &Item, labels: &Labels, wanted: &str) -> bool {
    let values = labels.summary.person.iter().filter_map(|name| item.fields.get(name)).flatten();
    values.into_iter().any(|value| fold_text(value.value.reveal()) == wanted)
}
