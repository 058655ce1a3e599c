//! Amounts, numbers and dates in whatever notation: `3.5万元`, `三万五千元` and `35000元` are one.
//!
//! What is said is the same token whether it stands in a letter or in a query; the index, queries
//! and highlights all get their tokens here.

mod date;
mod number;
#[cfg(test)]
mod tests;

use std::ops::Range;

/// Begins every token, so that none is ever taken for a field's value.
const MARK: char = '\u{2}';

/// What a stretch of folded text says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Said {
    /// Folded characters.
    pub place: Range<usize>,
    pub token: String,
}

impl Said {
    fn new(place: Range<usize>, what: impl std::fmt::Display) -> Said {
        Said { place, token: format!("{MARK}{what}") }
    }
}

/// Everything that a folded text says in numbers, in order.
pub(super) fn said(chars: &[char]) -> Vec<Said> {
    let mut all = Vec::new();
    let mut at = 0;
    while at < chars.len() {
        if !number::may_begin(chars[at]) {
            at += 1;
            continue;
        }
        let found = date::said(chars, at).or_else(|| number::said(chars, at));
        at = match found {
            Some((end, said)) => {
                all.extend(said);
                end
            }
            None => number::run_end(chars, at),
        };
    }
    all
}

/// The token of a query's word that is an amount, a number or a date and nothing else.
pub(super) fn token(word: &str) -> Option<String> {
    let chars: Vec<char> = word.chars().collect();
    said(&chars).into_iter().rev().find(|said| said.place == (0..chars.len())).map(|said| said.token)
}
