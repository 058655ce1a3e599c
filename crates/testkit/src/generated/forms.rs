//! The sentence forms, and how one becomes a sentence and what that states.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::slots::Slots;
use super::{Era, Set};
use crate::rng::Rng;
use crate::{Error, Result};

/// Of each role every so-manieth form is held out.
const HELD_OUT: usize = 3;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    form: Vec<Form>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Form {
    role: String,
    #[serde(default)]
    eras: Vec<Era>,
    text: String,
    #[serde(default)]
    says: BTreeMap<String, String>,
    /// Whether it tells nothing of what happened, wherever it stands.
    #[serde(default)]
    aside: bool,
    /// Its number among its role's.
    #[serde(skip)]
    number: usize,
}

/// A sentence, and the fields with values that it states.
pub(super) struct Said {
    pub text: String,
    pub states: Vec<(String, String)>,
    /// Whether it tells nothing of what happened.
    pub aside: bool,
}

/// All forms.
pub(super) struct Forms(Vec<Form>);

impl Forms {
    pub(super) fn parse(source: &str) -> Result<Forms> {
        let file: File = toml::from_str(source).map_err(|cause| fault(&cause.to_string()))?;
        let mut numbers = BTreeMap::new();
        let numbered = file.form.into_iter().map(|form| {
            let next = numbers.entry(form.role.clone()).or_insert(0);
            *next += 1;
            Form { number: *next, ..form }
        });
        Ok(Forms(numbered.collect()))
    }

    pub(super) fn counts(&self) -> (usize, usize) {
        (self.0.len(), self.0.iter().filter(|form| form.set() == Set::HeldOut).count())
    }

    /// One of a role's forms; where none of the era is in the set, one of another era.
    pub(super) fn pick(&self, role: &str, set: Set, era: Era, rng: &mut Rng) -> Result<&Form> {
        let of_set: Vec<&Form> =
            self.0.iter().filter(|form| form.role == role && form.set() == set).collect();
        let of_era: Vec<&Form> = of_set.iter().copied().filter(|form| form.is_of(era)).collect();
        let forms = if of_era.is_empty() { of_set } else { of_era };
        rng.pick(&forms).copied().ok_or_else(|| fault(&format!("{role:?} has no form")))
    }
}

impl Form {
    fn set(&self) -> Set {
        if self.number.is_multiple_of(HELD_OUT) { Set::HeldOut } else { Set::Development }
    }

    fn is_of(&self, era: Era) -> bool {
        self.eras.is_empty() || self.eras.contains(&era)
    }

    /// The sentence with its slots filled, and what it states.
    pub(super) fn fill(&self, slots: &Slots) -> Result<Said> {
        let mut said = Said { text: String::new(), states: Vec::new(), aside: self.aside };
        said.states.extend(self.says.iter().map(|(field, value)| (field.clone(), value.clone())));
        let mut marked: Option<(&str, usize)> = None;
        let mut rest = self.text.as_str();
        while let Some(at) = rest.find(['{', '[', ']']) {
            let (before, after) = rest.split_at(at);
            said.text += before;
            let inside = &after[1..];
            rest = match &after[..1] {
                "{" => {
                    let (slot, after) = inside.split_once('}').ok_or_else(|| fault(&self.text))?;
                    let slot = slots.get(slot).ok_or_else(|| fault(&format!("{slot:?} is no slot")))?;
                    said.text += &slot.written;
                    said.states.extend(slot.says.iter().cloned());
                    after
                }
                "[" => {
                    let (field, after) = inside.split_once(':').ok_or_else(|| fault(&self.text))?;
                    marked = Some((field, said.text.len()));
                    after
                }
                _ => {
                    let (field, start) = marked.take().ok_or_else(|| fault(&self.text))?;
                    said.states.push((field.to_owned(), said.text[start..].to_owned()));
                    inside
                }
            };
        }
        said.text += rest;
        Ok(said)
    }
}

fn fault(cause: &str) -> Error {
    Error::text("sentences.toml", cause)
}
