//! Letters and rows that no number pairs, but a name and a date do: proposed for a person to decide.
//!
//! A name alone is no reason: many people are called alike, and the same person writes again.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use dossier_archive::{Archive, ArchiveError, LoneUnit};
use dossier_model::{Item, fold_text};
use dossier_pipeline::Pipeline;
use serde::Serialize;

/// More proposals than this for one letter are none.
const MOST: usize = 3;

/// What speaks for a pair, the strongest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Because {
    /// The same person, and the same day in the letter and in the row.
    NameAndDay,
    /// The same person, and the same month.
    NameAndMonth,
}

/// A letter that may belong to a row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Proposal {
    /// The letter's item.
    pub letter: String,
    /// The row's.
    pub row: String,
    /// Why.
    pub because: Because,
}

/// A letter or a row, by what may pair it.
#[derive(Clone, Debug, Default)]
struct Known {
    names: BTreeSet<String>,
    /// Days and months, as EDTF.
    dates: BTreeSet<String>,
}

/// The pairs among letters and rows that belong to nothing else, as name and date propose them; of each
/// letter those with the strongest reason.
///
/// # Errors
/// What the catalog says.
pub fn proposals(
    archive: &Archive,
    pipeline: &Pipeline,
    letters: &[LoneUnit],
    rows: &[LoneUnit],
) -> Result<Vec<Proposal>, ArchiveError> {
    let items =
        |units: &'_ [LoneUnit]| -> BTreeSet<String> { units.iter().map(|unit| unit.item.clone()).collect() };
    let (letters, rows) = (items(letters), items(rows));
    let mut known: BTreeMap<String, Known> = BTreeMap::new();
    archive.catalog.for_each_item::<ArchiveError>(|row| {
        if letters.contains(&row.item.id) {
            known.insert(row.item.id.clone(), Known::of(&row.item, pipeline));
        }
        Ok(())
    })?;
    let mut matcher = Matcher::new(known);
    archive.catalog.for_each_item::<ArchiveError>(|row| {
        if rows.contains(&row.item.id) {
            matcher.row(&row.item.id, &Known::of(&row.item, pipeline));
        }
        Ok(())
    })?;
    Ok(matcher.proposals())
}

impl Known {
    fn of(item: &Item, pipeline: &Pipeline) -> Known {
        let manifest = &pipeline.manifest;
        let values = |names: &[String]| -> BTreeSet<String> {
            let values = names.iter().filter_map(|name| item.fields.get(name)).flatten();
            values.map(|value| fold_text(value.value.reveal())).filter(|value| !value.is_empty()).collect()
        };
        let mut dates = values(&manifest.summary.date);
        dates.extend(values(&manifest.identity.settled_by));
        Known { names: values(&manifest.summary.petitioner), dates }
    }
}

/// Holds rows against letters.
struct Matcher {
    letters: BTreeMap<String, Known>,
    by_name: HashMap<String, Vec<String>>,
    found: BTreeMap<String, Vec<(Because, String)>>,
}

impl Matcher {
    fn new(letters: BTreeMap<String, Known>) -> Matcher {
        let mut by_name: HashMap<String, Vec<String>> = HashMap::new();
        for (id, letter) in &letters {
            for name in &letter.names {
                by_name.entry(name.clone()).or_default().push(id.clone());
            }
        }
        Matcher { letters, by_name, found: BTreeMap::new() }
    }

    fn row(&mut self, id: &str, row: &Known) {
        let called = row.names.iter().filter_map(|name| self.by_name.get(name)).flatten();
        for letter in called.collect::<BTreeSet<_>>() {
            let because = self.letters.get(letter).and_then(|letter| because(&letter.dates, &row.dates));
            if let Some(because) = because {
                self.found.entry(letter.clone()).or_default().push((because, id.to_owned()));
            }
        }
    }

    fn proposals(self) -> Vec<Proposal> {
        let mut proposals = Vec::new();
        for (letter, mut rows) in self.found {
            rows.sort();
            let best = rows.first().map(|(because, _)| *because);
            rows.retain(|(because, _)| Some(*because) == best);
            if rows.len() <= MOST {
                let proposal = |(because, row)| Proposal { letter: letter.clone(), row, because };
                proposals.extend(rows.into_iter().map(proposal));
            }
        }
        proposals
    }
}

/// What a letter's and a row's dates have in common.
fn because(letter: &BTreeSet<String>, row: &BTreeSet<String>) -> Option<Because> {
    let common = |length: usize| {
        let cut = |dates: &BTreeSet<String>| -> BTreeSet<String> {
            dates
                .iter()
                .filter_map(|date| date.get(..length))
                .filter(|date| is_plain(date))
                .map(str::to_owned)
                .collect()
        };
        !cut(letter).is_disjoint(&cut(row))
    };
    if common("1986-09-20".len()) {
        return Some(Because::NameAndDay);
    }
    common("1986-09".len()).then_some(Because::NameAndMonth)
}

/// Whether a date has no unknown digits.
fn is_plain(date: &str) -> bool {
    date.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known(names: &[&str], dates: &[&str]) -> Known {
        let set = |values: &[&str]| values.iter().map(|value| (*value).to_owned()).collect();
        Known { names: set(names), dates: set(dates) }
    }

    fn proposed(letter: Known, rows: &[(&str, Known)]) -> Vec<(String, Because)> {
        let mut matcher = Matcher::new(BTreeMap::from([("letter".to_owned(), letter)]));
        rows.iter().for_each(|(id, row)| matcher.row(id, row));
        matcher.proposals().into_iter().map(|proposal| (proposal.row, proposal.because)).collect()
    }

    #[test]
    fn a_name_needs_a_date() {
        let letter = || known(&["钱守义"], &["2018-03-04"]);
        let day = ("day", known(&["钱守义", "孙有福"], &["2018-03-04", "2018-03-20"]));
        let month = ("month", known(&["钱守义"], &["2018-03-20"]));
        let year = ("year", known(&["钱守义"], &["2018-07-01"]));
        let other = ("other", known(&["周文启"], &["2018-03-04"]));
        let all = [day.clone(), month.clone(), year.clone(), other];
        assert_eq!(proposed(letter(), &all), [("day".to_owned(), Because::NameAndDay)], "the best alone");
        assert_eq!(proposed(letter(), &[month, year]), [("month".to_owned(), Because::NameAndMonth)]);
        assert_eq!(proposed(known(&["钱守义"], &["2018-XX-XX"]), &[day]), []);
    }

    #[test]
    fn too_many_of_one_name_are_none() {
        let rows: Vec<(String, Known)> =
            (0..4).map(|at| (at.to_string(), known(&["张伟"], &["2018-03-04"]))).collect();
        let rows: Vec<(&str, Known)> = rows.iter().map(|(id, row)| (id.as_str(), row.clone())).collect();
        assert_eq!(proposed(known(&["张伟"], &["2018-03-04"]), &rows), []);
        assert_eq!(proposed(known(&["张伟"], &["2018-03-04"]), &rows[..2]).len(), 2);
    }
}
