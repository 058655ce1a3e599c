//! Values of one record that must agree.

use dossier_model::Fields;
use dossier_pipeline::{CountSpec, CurrencySpec, PersonSpec};

use super::{mark, text, year};
use crate::values::check_id_no;

/// Marks dates that are before what they follow: `before:letter_date`.
pub(super) fn order(fields: &mut Fields, order: &[String]) {
    let dates: Vec<(&String, String)> =
        order.iter().filter_map(|field| Some((field, plain(text(fields, field)?)?))).collect();
    for (at, (field, date)) in dates.iter().enumerate() {
        let earlier = dates[..at].iter().rev().find(|(_, earlier)| is_before(date, earlier));
        if let Some((earlier, _)) = earlier {
            mark(fields, field, format!("before:{earlier}"));
        }
    }
}

/// A date by year, month and day, as far as they are told; nothing where the year is not.
fn plain(date: &str) -> Option<String> {
    let first = date.split('/').next()?;
    let parts = first.split('-').take_while(|part| part.bytes().all(|byte| byte.is_ascii_digit()));
    let told: Vec<&str> = parts.collect();
    (told.first()?.len() == 4).then(|| told.join("-"))
}

/// Whether a date is certainly before another: by what both tell.
fn is_before(date: &str, other: &str) -> bool {
    let common = date.len().min(other.len());
    date[..common] < other[..common]
}

/// Marks age, birth date and sex that differ from what the identity number says. Of several numbers
/// nobody knows whose they are.
pub(super) fn person(fields: &mut Fields, spec: &PersonSpec) {
    let at = year(fields, &spec.at);
    let age = text(fields, &spec.age).and_then(|age| age.parse::<i32>().ok());
    let known = identity(fields, spec);
    let born = known.as_ref().map(|(birth, _)| birth.clone());
    if let (Some((birth, sex)), Some(at)) = (&known, at) {
        let years = birth.get(..4).and_then(|year| year.parse::<i32>().ok()).map(|birth| at - birth);
        if years.is_some_and(|years| !(0..=120).contains(&years)) {
            mark(fields, &spec.id_no, "age_cannot_be".to_owned());
        }
        if age.zip(years).is_some_and(|(said, years)| (said - years).abs() > spec.tolerance) {
            mark(fields, &spec.age, format!("differs_from:{}", spec.id_no));
        }
        if text(fields, &spec.sex).is_some_and(|said| said != sex) {
            mark(fields, &spec.sex, format!("differs_from:{}", spec.id_no));
        }
    }
    let said = text(fields, &spec.birth_date).and_then(plain);
    if born.zip(said.clone()).is_some_and(|(born, said)| !born.starts_with(&said)) {
        mark(fields, &spec.birth_date, format!("differs_from:{}", spec.id_no));
    }
    let years =
        said.and_then(|said| said.get(..4)?.parse::<i32>().ok()).zip(at).map(|(birth, at)| at - birth);
    if age.zip(years).is_some_and(|(age, years)| (age - years).abs() > spec.tolerance) {
        mark(fields, &spec.age, format!("differs_from:{}", spec.birth_date));
    }
}

/// The birth date and the sex that the record's only identity number says (GB 11643-1999: the third digit
/// of the sequence is odd for men).
fn identity(fields: &Fields, spec: &PersonSpec) -> Option<(String, String)> {
    let [number] = fields.get(&spec.id_no)?.as_slice() else { return None };
    let number = number.value.reveal();
    check_id_no(number).ok()?;
    let (birth, sequence) = match number.len() {
        18 => (number[6..14].to_owned(), number[14..17].to_owned()),
        _ => (format!("19{}", &number[6..12]), number[12..15].to_owned()),
    };
    let odd = sequence.bytes().last().is_some_and(|digit| digit % 2 == 1);
    let [man, woman] = &spec.sexes;
    let birth = format!("{}-{}-{}", &birth[..4], &birth[4..6], &birth[6..8]);
    Some((birth, if odd { man.clone() } else { woman.clone() }))
}

/// Marks a number of people below the number of those that are named.
pub(super) fn count(fields: &mut Fields, spec: &CountSpec) {
    let named: usize = spec.named.iter().filter_map(|field| fields.get(field)).map(Vec::len).sum();
    let said = text(fields, &spec.count).and_then(|count| count.parse::<usize>().ok());
    if said.is_some_and(|said| said < named) {
        mark(fields, &spec.count, format!("fewer_than_named:{named}"));
    }
}

/// Marks amounts that may be in the currency before a change; nothing is converted.
pub(super) fn currency(fields: &mut Fields, spec: &CurrencySpec) {
    let date = spec.at.iter().find_map(|field| plain(text(fields, field)?));
    if !date.is_some_and(|date| is_before(&date, &spec.before)) {
        return;
    }
    for field in &spec.amounts {
        let values = fields.get_mut(field).into_iter().flatten();
        values.for_each(|value| value.warnings.push("old_currency".to_owned()));
    }
}
