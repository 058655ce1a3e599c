//! Which words can be a person's name.

use std::collections::HashSet;

use aho_corasick::AhoCorasick;
use dossier_model::{fold_text, is_han};
use dossier_pipeline::LetterSpec;

use crate::values::{Value, values};

/// The pipeline's surnames, and its words that only look like names.
pub(super) struct Names {
    surnames: HashSet<String>,
    not_names: AhoCorasick,
}

/// A compound surname has so many characters.
const LONGEST_SURNAME: usize = 2;

impl Names {
    pub(super) fn new(spec: &LetterSpec) -> Result<Names, aho_corasick::BuildError> {
        let not_names = AhoCorasick::new(spec.not_names.iter().chain(&spec.anonymous))?;
        Ok(Names { surnames: spec.surnames.iter().cloned().collect(), not_names })
    }

    /// Whether a text can be a person's name: it begins with a surname, has two to four
    /// characters (as many as a compound surname allows), and is no word that only looks so.
    pub(super) fn is_name(&self, text: &str) -> bool {
        let folded = fold_text(text);
        let length = folded.chars().count();
        let begins = |count: &usize| {
            let end = folded.char_indices().nth(*count).map_or(folded.len(), |(at, _)| at);
            self.surnames.contains(&folded[..end])
        };
        let surname = (1..=LONGEST_SURNAME).rev().find(begins);
        surname.is_some_and(|surname| length > surname && length <= surname + 2)
            && folded.chars().all(|c| is_han(c) || c == '·')
            && !self.not_names.is_match(&folded)
    }

    /// The people that a text names, whether set apart by marks or by blanks.
    pub(super) fn people(&self, source: &str) -> Vec<Value> {
        let mut people = Vec::new();
        for (start, word) in words(source) {
            for mut value in values(&word, dossier_pipeline::FieldKind::Name, dossier_model::CellKind::Text) {
                value.span = (value.span.0 + start, value.span.1 + start);
                people.push(value);
            }
        }
        people.retain(|value| self.is_name(&value.text));
        people
    }
}

/// The words between blanks, each with its first character; one word where a blank stands beside
/// a single character, since it then sets a name wide.
fn words(source: &str) -> Vec<(u32, String)> {
    let mut words: Vec<(u32, String)> = Vec::new();
    let mut apart = true;
    for (at, c) in (0..).zip(source.chars()) {
        match words.last_mut() {
            _ if c.is_whitespace() => apart = true,
            Some((_, word)) if !apart => word.push(c),
            _ => {
                words.push((at, c.to_string()));
                apart = false;
            }
        }
    }
    if words.iter().any(|(_, word)| word.chars().count() < 2) {
        return vec![(0, source.to_owned())];
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blanks_set_people_apart_or_a_name_wide() {
        let texts = |text: &str| words(text).into_iter().map(|(_, word)| word).collect::<Vec<_>>();
        assert_eq!(texts("赵一一 钱二"), ["赵一一", "钱二"]);
        assert_eq!(texts("赵 一"), ["赵 一"]);
        assert_eq!(words("赵一一　钱二")[1].0, 4);
    }
}
