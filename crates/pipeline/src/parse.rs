//! Parsing a TOML file so that all its faults come at once, each with its line and, for a
//! misspelt key, with what was probably meant.

use std::ops::Range;

use dossier_model::edit_distance;
use serde::de::DeserializeOwned;
use toml::Spanned;
use toml::de::{DeTable, DeValue, Error};

/// So many misspelt keys are named; a file with more has other troubles.
const MAX_FAULTS: usize = 50;

/// Parses `text`; each fault begins with its line.
pub(crate) fn parse<T: DeserializeOwned>(text: &str) -> (Option<T>, Vec<String>) {
    let mut text = text.to_owned();
    let mut faults = Vec::new();
    while faults.len() < MAX_FAULTS {
        let error = match toml::from_str(&text) {
            Ok(value) => return (Some(value), faults),
            Err(error) => error,
        };
        faults.push(in_words(&text, &error));
        // Without the key that is not known the rest can be looked at.
        match error.span().and_then(|span| unknown_entry(&text, &error, span)) {
            Some(entry) => blank_out(&mut text, entry),
            None => return (None, faults),
        }
    }
    (None, faults)
}

/// The line, from 1, of a byte of the text.
pub(crate) fn line_of(text: &str, at: usize) -> usize {
    text.as_bytes()[..at.min(text.len())].iter().filter(|byte| **byte == b'\n').count() + 1
}

fn in_words(text: &str, error: &Error) -> String {
    let line = error.span().map(|span| format!("line {}: ", line_of(text, span.start)));
    let message = error.message();
    let line = line.unwrap_or_default();
    match suggestion(message) {
        Some((unknown, known)) => format!("{line}unknown key `{unknown}`: did you mean `{known}`?"),
        None => format!("{line}{message}"),
    }
}

/// The unknown key of a message and the known one that is most like it.
fn suggestion(message: &str) -> Option<(&str, &str)> {
    let mut names = message.strip_prefix("unknown field ")?.split('`').skip(1).step_by(2);
    let unknown = names.next()?;
    let nearest = names.min_by_key(|known| distance(unknown, known))?;
    (distance(unknown, nearest) * 2 <= unknown.len().max(4)).then_some((unknown, nearest))
}

/// How far two names are apart, in characters.
pub(crate) fn distance(a: &str, b: &str) -> usize {
    edit_distance(&a.chars().collect::<Vec<_>>(), &b.chars().collect::<Vec<_>>())
}

/// From the key to the end of its value.
fn unknown_entry(text: &str, error: &Error, key: Range<usize>) -> Option<Range<usize>> {
    if !error.message().starts_with("unknown field") {
        return None;
    }
    if let Some(section) = section_headed(text, key.start) {
        return Some(section);
    }
    let table = DeTable::parse(text).ok()?;
    let value = value_end(table.get_ref(), key.start)?;
    Some(key.start..value)
}

/// From the header that a key stands in to the next header; nothing if it stands in none.
fn section_headed(text: &str, key: usize) -> Option<Range<usize>> {
    let start = text[..key].rfind('\n').map_or(0, |end| end + 1);
    let before = text[start..key].trim_start();
    let is_header = before.starts_with('[') && !before.contains(['{', ',', '"']);
    let next = text[key..].find("\n[").map_or(text.len(), |at| key + at);
    is_header.then_some(start..next)
}

/// Where the value ends whose key begins at `key`.
fn value_end(table: &DeTable<'_>, key: usize) -> Option<usize> {
    table.iter().find_map(
        |(name, value)| {
            if name.span().start == key { Some(value.span().end) } else { within(value, key) }
        },
    )
}

fn within(value: &Spanned<DeValue<'_>>, key: usize) -> Option<usize> {
    match value.get_ref() {
        DeValue::Table(table) => value_end(table, key),
        DeValue::Array(values) => values.iter().find_map(|value| within(value, key)),
        _ => None,
    }
}

/// Blanks an entry out and keeps its line breaks; an entry of an inline table takes the comma
/// after it along.
fn blank_out(text: &mut String, entry: Range<usize>) {
    let after = text[entry.end..].trim_start_matches([' ', '\t']);
    let end = if after.starts_with(',') { text.len() - after.len() + 1 } else { entry.end };
    let blank: String = text[entry.start..end].chars().map(|c| if c == '\n' { '\n' } else { ' ' }).collect();
    text.replace_range(entry.start..end, &blank);
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Rule {
        weight: f32,
        #[serde(default)]
        near: Vec<Near>,
    }

    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Near {
        within: usize,
    }

    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct File {
        rule: Vec<Rule>,
    }

    #[test]
    fn all_misspelt_keys_are_named_at_once() {
        let text = "[[rule]]\nweight = 1.0\nwieght = [\n  2,\n]\n\n[[rule]]\nweight = 2.0\nnear = [{ witin = 1, within = 2 }]\nxyz = 1\n";
        let (file, faults) = parse::<File>(text);
        assert_eq!(
            faults,
            [
                "line 3: unknown key `wieght`: did you mean `weight`?",
                "line 9: unknown key `witin`: did you mean `within`?",
                "line 10: unknown field `xyz`, expected `weight` or `near`",
            ]
        );
        let rules = file.unwrap().rule;
        assert_eq!(rules[1], Rule { weight: 2.0, near: vec![Near { within: 2 }] });
    }

    #[test]
    fn a_section_that_is_not_known_is_passed_over_whole() {
        let text = "[[ruel]]\nweight = 'x'\n\n[[rule]]\nweight = 1.0\n[rule.naer.x]\nwithin = 2\n";
        let (file, faults) = parse::<File>(text);
        assert_eq!(
            faults,
            [
                "line 1: unknown key `ruel`: did you mean `rule`?",
                "line 6: unknown key `naer`: did you mean `near`?",
            ]
        );
        assert_eq!(file.unwrap().rule, [Rule { weight: 1.0, near: Vec::new() }]);
    }

    #[test]
    fn other_faults_have_their_line() {
        let (file, faults) = parse::<File>("[[rule]]\nweight = \"heavy\"\n");
        assert_eq!(file, None);
        assert!(faults[0].starts_with("line 2: invalid type"), "{faults:?}");
    }
}
