//! Invented people: identity numbers with right check digits, telephones that nobody has.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::rng::Rng;
use crate::{Error, Result, texts};

/// Everybody and every place that the samples may name.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cast {
    /// Provinces.
    pub provinces: Vec<String>,
    /// Cities and prefectures.
    pub cities: Vec<String>,
    /// Counties and city districts.
    pub counties: Vec<String>,
    /// Townships, towns, streets, communes.
    pub townships: Vec<String>,
    /// Villages, communities, brigades.
    pub villages: Vec<String>,
    /// People by name.
    pub people: BTreeMap<String, Person>,
}

/// An invented person.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Person {
    /// Six digits beginning with 99, which is no province.
    pub region: String,
    /// `1951-08-09`.
    pub birth: String,
    /// The order number in the identity number; odd for men.
    pub seq: u16,
    /// As people write it; empty for those without.
    pub phone: String,
}

impl Cast {
    /// The cast of the samples.
    ///
    /// # Errors
    /// When `texts/people.toml` is faulty.
    pub fn load() -> Result<Cast> {
        toml::from_str(texts::PEOPLE).map_err(|cause| Error::text("people.toml", cause))
    }

    /// Replaces `{id:张三}`, `{id15:张三}`, `{phone:张三}`, `{digits:张三}` (the telephone
    /// without hyphens) and `{lost:张三}` (the identity number as a spreadsheet's number keeps
    /// it) by that person's.
    ///
    /// # Errors
    /// When a placeholder is unknown or names nobody of the cast.
    pub fn fill(&self, text: &str) -> Result<String> {
        let mut filled = String::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once('{') {
            let (inside, after) = after.split_once('}').ok_or_else(|| unfilled(rest))?;
            let (what, name) = inside.split_once(':').ok_or_else(|| unfilled(inside))?;
            let person = self.people.get(name).ok_or_else(|| unfilled(inside))?;
            filled.push_str(before);
            filled.push_str(&person.value(what).ok_or_else(|| unfilled(inside))?);
            rest = after;
        }
        filled.push_str(rest);
        Ok(filled)
    }

    /// What is left of an address, if that still names a place that is not of the cast.
    pub fn strange_place(&self, address: &str) -> Option<String> {
        const KINDS: [&str; 13] =
            ["省", "市", "县", "縣", "区", "區", "乡", "鄉", "镇", "公社", "大队", "村", "街道"];
        let places = [&self.provinces, &self.cities, &self.counties, &self.townships, &self.villages];
        let left = places
            .into_iter()
            .flatten()
            .fold(address.to_owned(), |left, place| left.replace(place.as_str(), ""));
        KINDS.iter().any(|kind| left.contains(kind)).then_some(left)
    }

    /// Fills the placeholders of a TOML text, leaving its inline tables alone.
    pub(crate) fn fill_toml(&self, text: &str) -> Result<String> {
        let is_table = |line: &str| line.trim_start().starts_with("stamp =") || line.starts_with("seal =");
        let lines: Result<Vec<String>> = text
            .lines()
            .map(|line| if is_table(line) { Ok(line.to_owned()) } else { self.fill(line) })
            .collect();
        Ok(lines?.join("\n"))
    }
}

fn unfilled(what: &str) -> Error {
    Error::text("people.toml", format!("nothing is known of {what:?}"))
}

impl Person {
    /// The identity number of 18 characters.
    pub fn id_no(&self) -> String {
        let body = format!("{}{}{:03}", self.region, self.birth.replace('-', ""), self.seq);
        let check = check_digit(&body);
        format!("{body}{check}")
    }

    /// The first-generation number of 15 digits: a year of two digits and no check digit.
    pub fn id15(&self) -> String {
        let birth = self.birth.replace('-', "");
        format!("{}{}{:03}", self.region, &birth[2..], self.seq)
    }

    fn value(&self, what: &str) -> Option<String> {
        Some(match what {
            "id" => self.id_no(),
            "id15" => self.id15(),
            "phone" => self.phone.clone(),
            "digits" => self.phone.replace('-', ""),
            // A double keeps 15 to 17 digits; Excel keeps 15 and shows zeros for the rest.
            "lost" => format!("{}000", &self.id_no()[..15]),
            _ => return None,
        })
    }
}

/// The check digit of an identity number's first 17 digits (GB 11643-1999, ISO 7064 MOD 11-2).
pub fn check_digit(body: &str) -> char {
    const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    const CHECKS: [char; 11] = ['1', '0', 'X', '9', '8', '7', '6', '5', '4', '3', '2'];
    let sum: u32 = body.bytes().zip(WEIGHTS).map(|(digit, weight)| u32::from(digit - b'0') * weight).sum();
    CHECKS[(sum % 11) as usize]
}

/// A made-up person for benchmarks: ordinary surname and given name, and a number of their own.
pub fn random(rng: &mut Rng) -> (String, Person) {
    const SURNAMES: &str = "周何贺孙刘罗田董汪卢邓许范潘谢彭杜冯蒋宋任郑丁方黄梁韩吴赵陈林徐高沈唐朱叶袁";
    const GIVEN: &str = "文玉春秀桂志国建海晓立金永家宝素丽明芳兰清平根生满水月冬爱莲芝田";
    let mut one = |from: &str| {
        let all: Vec<char> = from.chars().collect();
        rng.pick(&all).copied().unwrap_or('文')
    };
    let name: String = [one(SURNAMES), one(GIVEN), one(GIVEN)].iter().collect();
    let birth = format!("{}-{:02}-{:02}", 1940 + rng.below(60), 1 + rng.below(12), 1 + rng.below(28));
    let region = format!("9901{:02}", 1 + rng.below(40));
    let phone = format!("1990000{:04}", rng.below(10_000));
    (name, Person { region, birth, seq: rng.below(1000) as u16, phone })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn check_digits_are_the_standards() {
        assert_eq!(check_digit("11010519491231002"), 'X', "the standard's own example");
        let cast = Cast::load().unwrap();
        let ends: Vec<char> = cast.people.values().filter_map(|p| p.id_no().chars().last()).collect();
        assert!(ends.contains(&'X'), "one identity number of the cast ends in X");
    }

    #[test]
    fn nobody_can_have_these_numbers() {
        let cast = Cast::load().unwrap();
        let mut ids = std::collections::BTreeSet::new();
        for (name, person) in &cast.people {
            assert!(person.region.starts_with("99") && person.region.len() == 6, "{name}");
            let phone = &person.phone;
            assert!(phone.is_empty() || phone.starts_with("1990000") || phone.starts_with("000-"), "{name}");
            assert_eq!(person.id_no().len(), 18, "{name}");
            assert!(ids.insert(person.id_no()), "{name} shares a number");
        }
    }

    #[test]
    fn random_people_are_the_same_for_the_same_seed() {
        let draw = || random(&mut Rng::new(5)).1.id_no();
        assert_eq!(draw(), draw());
    }
}
