//! Tokens: one for each folded character.
//!
//! The text is folded before it comes here (`index/streams.rs`). A segment that does not run on from the one before
//! (a cell after a cell) is kept apart by [`BREAK`], which leaves a gap between the positions,
//! so that no phrase reaches across.

use std::str::Chars;
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
pub(super) const BREAK: &str = "\u{1}";
/// Ends a field's name, in streams and in tokens.
pub(super) const NAME_END: &str = "\u{2}";
/// Comes before a character that is another reading of the one before.
pub(super) const SAME_PLACE: char = '\u{3}';
/// The gap between the positions on both sides of a break.
pub(super) const GAP: usize = 100;

pub(super) fn register(index: &Index, common: &Arc<Common>) {
    index.tokenizers().register(TEXT, Characters { named: false });
    index.tokenizers().register(PAIRS, Pairs(Arc::clone(common)));
    index.tokenizers().register(FIELDS, Characters { named: true });
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

#[derive(Clone)]
struct Characters {
    named: bool,
}

struct CharacterStream<'a> {
    text: &'a str,
    at: usize,
    named: bool,
    /// How many bytes of a token are its field's name with its end.
    prefix: usize,
    /// Whether the name of a value is to be read next.
    expects_name: bool,
    /// Whether the next character is another reading of the one before.
    same_place: bool,
    token: Token,
}

impl Tokenizer for Characters {
    type TokenStream<'a> = CharacterStream<'a>;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> CharacterStream<'a> {
        let token = Token { position: usize::MAX, ..Token::default() };
        CharacterStream {
            text,
            at: 0,
            named: self.named,
            prefix: 0,
            expects_name: self.named,
            same_place: false,
            token,
        }
    }
}

impl TokenStream for CharacterStream<'_> {
    fn advance(&mut self) -> bool {
        loop {
            if self.expects_name {
                let Some(length) = self.text[self.at..].find(NAME_END) else { return false };
                self.prefix = length + NAME_END.len();
                self.token.text.clear();
                self.token.text.push_str(&self.text[self.at..self.at + self.prefix]);
                self.at += self.prefix;
                self.expects_name = false;
            }
            let Some(c) = self.text[self.at..].chars().next() else { return false };
            let from = self.at;
            self.at += c.len_utf8();
            if c == '\u{1}' {
                self.token.position = self.token.position.wrapping_add(GAP);
                self.expects_name = self.named;
                continue;
            }
            if c == SAME_PLACE {
                self.same_place = true;
                continue;
            }
            if !std::mem::take(&mut self.same_place) {
                self.token.position = self.token.position.wrapping_add(1);
            }
            self.token.offset_from = from;
            self.token.offset_to = self.at;
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

/// Each pair of common characters in a row.
#[derive(Clone)]
struct Pairs(Arc<Common>);

struct PairStream<'a> {
    common: &'a Common,
    rest: Chars<'a>,
    /// The character before the next one, and whether it is common.
    before: (char, bool),
    token: Token,
}

impl Tokenizer for Pairs {
    type TokenStream<'a> = PairStream<'a>;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> PairStream<'a> {
        PairStream {
            common: &self.0,
            rest: text.chars(),
            before: (' ', false),
            token: Token { position: 0, ..Token::default() },
        }
    }
}

impl TokenStream for PairStream<'_> {
    fn advance(&mut self) -> bool {
        for c in self.rest.by_ref() {
            let (first, was_common) = std::mem::replace(&mut self.before, (c, self.common.has(c)));
            if was_common && self.before.1 {
                self.token.text.clear();
                self.token.text.push(first);
                self.token.text.push(c);
                return true;
            }
        }
        false
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

    #[test]
    fn pairs_are_of_common_characters_side_by_side() {
        let mut stream = Pairs(Arc::new(Common::new(None)));
        let mut stream = stream.token_stream("我们的\u{1}在\u{1}这里，有鹏了a1");
        let mut found = Vec::new();
        while stream.advance() {
            found.push(stream.token().text.clone());
        }
        assert_eq!(found, ["我们", "们的", "这里", "了a", "a1"]);
    }

    fn tokens(named: bool, text: &str) -> Vec<(usize, String)> {
        let mut tokenizer = Characters { named };
        let mut stream = tokenizer.token_stream(text);
        let mut found = Vec::new();
        while stream.advance() {
            found.push((stream.token().position, stream.token().text.clone()));
        }
        found
    }

    #[test]
    fn a_break_leaves_a_gap() {
        let found = tokens(false, "拆迁\u{1}a");
        assert_eq!(found, [(0, "拆".into()), (1, "迁".into()), (102, "a".into())]);
    }

    #[test]
    fn another_reading_stands_at_the_same_place() {
        let found = tokens(false, "折\u{3}拆迁");
        assert_eq!(found, [(0, "折".into()), (0, "拆".into()), (1, "迁".into())]);
    }

    #[test]
    fn field_tokens_carry_their_name() {
        let found = tokens(true, "name\u{2}甲\u{1}phone\u{2}1\u{1}");
        assert_eq!(found, [(0, field_token("name", '甲')), (102 - 1, field_token("phone", '1'))]);
    }
}
