//! Tokens: one for each folded character.
//!
//! The text is folded before it comes here (`index/streams.rs`). A segment that does not run on from the
//! one before (a cell after a cell) is kept apart by [`BREAK`], which leaves a gap between the
//! positions, so that no phrase reaches across.
//!
//! The same character's tokens come one after the other: the library looks each token up in a table
//! far larger than what a processor has at hand, and the second time it is there.

use std::slice::Iter;
use std::sync::Arc;

use tantivy::Index;
use tantivy::tokenizer::{Token, TokenStream, Tokenizer};

use super::common::Common;

/// The tokenizer of running text.
pub(super) const TEXT: &str = "dossier_characters";
/// The tokenizer of pairs of characters in running text.
pub(super) const PAIRS: &str = "dossier_pairs";
/// The tokenizer of field values.
pub(super) const FIELDS: &str = "dossier_field_characters";
/// The tokenizer of where long values begin and end.
pub(super) const SPANS: &str = "dossier_spans";

/// Parts what must not be found as one phrase.
pub(super) const BREAK: char = '\u{1}';
/// Ends a field's name, in streams and in tokens.
pub(super) const NAME_END: &str = "\u{2}";
/// Comes before a character that is another reading of the one before.
pub(super) const SAME_PLACE: char = '\u{3}';
/// The gap between the positions on both sides of a break.
pub(super) const GAP: usize = 100;

pub(super) fn register(index: &Index, common: &Arc<Common>) {
    index.tokenizers().register(TEXT, Characters::default());
    index.tokenizers().register(PAIRS, Pairs { common: Arc::clone(common), pairs: Vec::new() });
    index.tokenizers().register(FIELDS, Named);
    index.tokenizers().register(SPANS, Spans);
}

/// The token of a counted value.
pub(super) fn facet_token(name: &str, value: &str) -> String {
    format!("{name}{NAME_END}{value}")
}

/// The name and the value of a counted value's token.
pub(super) fn facet_of(token: &str) -> Option<(&str, &str)> {
    token.split_once(NAME_END)
}

/// The token of one character of a field's value.
pub(super) fn field_token(name: &str, c: char) -> String {
    format!("{name}{NAME_END}{c}")
}

/// Each character of a text at its position.
#[derive(Clone, Default)]
struct Characters(Vec<Entry>);

/// A character above, and below its position or the character after it.
type Entry = u64;

fn entry(c: char, below: u32) -> Entry {
    Entry::from(u32::from(c)) << 32 | Entry::from(below)
}

impl Tokenizer for Characters {
    type TokenStream<'a> = Sorted<'a>;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> Sorted<'a> {
        self.0.clear();
        let (mut next, mut same_place) = (0, false);
        for c in text.chars() {
            match c {
                BREAK => next += GAP as u32,
                SAME_PLACE => same_place = true,
                c => {
                    let place = if std::mem::take(&mut same_place) { next.saturating_sub(1) } else { next };
                    self.0.push(entry(c, place));
                    next = place + 1;
                }
            }
        }
        self.0.sort_unstable();
        Sorted { rest: self.0.iter(), of_two: false, token: Token::default() }
    }
}

/// Each pair of common characters in a row, once.
#[derive(Clone)]
struct Pairs {
    common: Arc<Common>,
    pairs: Vec<Entry>,
}

impl Tokenizer for Pairs {
    type TokenStream<'a> = Sorted<'a>;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> Sorted<'a> {
        self.pairs.clear();
        let mut before = None;
        for c in text.chars() {
            let common = self.common.has(c).then_some(c);
            if let (Some(first), Some(second)) = (std::mem::replace(&mut before, common), common) {
                self.pairs.push(entry(first, u32::from(second)));
            }
        }
        self.pairs.sort_unstable();
        self.pairs.dedup();
        Sorted { rest: self.pairs.iter(), of_two: true, token: Token { position: 0, ..Token::default() } }
    }
}

/// Tokens in the order of their characters.
struct Sorted<'a> {
    rest: Iter<'a, Entry>,
    /// Whether a token is of two characters, and has no position.
    of_two: bool,
    token: Token,
}

impl TokenStream for Sorted<'_> {
    fn advance(&mut self) -> bool {
        let Some(entry) = self.rest.next() else { return false };
        let (above, below) = ((entry >> 32) as u32, *entry as u32);
        self.token.text.clear();
        self.token.text.extend(char::from_u32(above));
        if self.of_two {
            self.token.text.extend(char::from_u32(below));
        } else {
            self.token.position = below as usize;
        }
        true
    }

    fn token(&self) -> &Token {
        &self.token
    }

    fn token_mut(&mut self) -> &mut Token {
        &mut self.token
    }
}

/// Each character of fields' values, under its field's name.
#[derive(Clone)]
struct Named;

struct NamedStream<'a> {
    rest: &'a str,
    /// How many bytes of a token are its field's name with its end; none before a name is read.
    prefix: usize,
    token: Token,
}

impl Tokenizer for Named {
    type TokenStream<'a> = NamedStream<'a>;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> NamedStream<'a> {
        NamedStream { rest: text, prefix: 0, token: Token { position: usize::MAX, ..Token::default() } }
    }
}

impl TokenStream for NamedStream<'_> {
    fn advance(&mut self) -> bool {
        loop {
            if self.prefix == 0 {
                let Some(length) = self.rest.find(NAME_END) else { return false };
                let (name, rest) = self.rest.split_at(length + NAME_END.len());
                (self.prefix, self.rest) = (name.len(), rest);
                self.token.text.clear();
                self.token.text.push_str(name);
            }
            if let Some(rest) = self.rest.strip_prefix(BREAK) {
                (self.prefix, self.rest) = (0, rest);
                self.token.position = self.token.position.wrapping_add(GAP);
                continue;
            }
            let mut rest = self.rest.chars();
            let Some(c) = rest.next() else { return false };
            self.rest = rest.as_str();
            self.token.position = self.token.position.wrapping_add(1);
            self.token.text.truncate(self.prefix);
            self.token.text.push(c);
            return true;
        }
    }

    fn token(&self) -> &Token {
        &self.token
    }

    fn token_mut(&mut self) -> &mut Token {
        &mut self.token
    }
}

/// Where values begin and end: positions in the text, each under its field's name.
#[derive(Clone)]
struct Spans;

struct SpanStream<'a> {
    rest: &'a str,
    token: Token,
}

impl Tokenizer for Spans {
    type TokenStream<'a> = SpanStream<'a>;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> SpanStream<'a> {
        SpanStream { rest: text, token: Token::default() }
    }
}

impl TokenStream for SpanStream<'_> {
    fn advance(&mut self) -> bool {
        let Some((named, rest)) = self.rest.split_once(BREAK) else { return false };
        let Some((name, place)) = named.split_once(NAME_END) else { return false };
        let Ok(place) = place.parse() else { return false };
        self.rest = rest;
        self.token.position = place;
        self.token.text.clear();
        self.token.text.push_str(name);
        true
    }

    fn token(&self) -> &Token {
        &self.token
    }

    fn token_mut(&mut self) -> &mut Token {
        &mut self.token
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tokens(mut tokenizer: impl Tokenizer, text: &str) -> Vec<(usize, String)> {
        let mut stream = tokenizer.token_stream(text);
        let mut found = Vec::new();
        while stream.advance() {
            found.push((stream.token().position, stream.token().text.clone()));
        }
        found
    }

    #[test]
    fn pairs_are_of_common_characters_side_by_side_and_come_once() {
        let pairs = Pairs { common: Arc::new(Common::new(None)), pairs: Vec::new() };
        let found = tokens(pairs, "我们的\u{1}在\u{1}这里，有鹏了a1我们");
        let texts: Vec<&str> = found.iter().map(|(_, text)| text.as_str()).collect();
        assert_eq!(texts, ["1我", "a1", "了a", "们的", "我们", "这里"]);
    }

    #[test]
    fn a_break_leaves_a_gap() {
        let found = tokens(Characters::default(), "拆迁\u{1}a拆");
        let expected = [(102, "a"), (0, "拆"), (103, "拆"), (1, "迁")];
        assert_eq!(found, expected.map(|(place, c)| (place, c.to_owned())));
    }

    #[test]
    fn another_reading_stands_at_the_same_place() {
        let found = tokens(Characters::default(), "折\u{3}拆迁");
        assert_eq!(found, [(0, "折".into()), (0, "拆".into()), (1, "迁".into())]);
    }

    #[test]
    fn field_tokens_carry_their_name() {
        let found = tokens(Named, "name\u{2}甲\u{1}phone\u{2}1\u{1}");
        assert_eq!(found, [(0, field_token("name", '甲')), (102 - 1, field_token("phone", '1'))]);
    }

    #[test]
    fn long_values_begin_and_end_under_their_name() {
        let found = tokens(Spans, "facts\u{2}3\u{1}facts\u{2}48\u{1}");
        assert_eq!(found, [(3, "facts".into()), (48, "facts".into())]);
    }
}
