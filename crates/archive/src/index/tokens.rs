//! Tokens: one for each folded character.
//!
//! The text is folded before it comes here. A segment that does not run on from the one before
//! (a cell after a cell) is kept apart by [`BREAK`], which leaves a gap between the positions,
//! so that no phrase reaches across.

use std::collections::{BTreeSet, HashMap};

use dossier_model::{FieldValue, Item, ItemText, fold, fold_text};
use tantivy::Index;
use tantivy::tokenizer::{Token, TokenStream, Tokenizer};

use super::notation;

/// The tokenizer of running text.
pub(super) const TEXT: &str = "dossier_characters";
/// The tokenizer of pairs of characters in running text.
pub(super) const PAIRS: &str = "dossier_pairs";
/// The tokenizer of field values.
pub(super) const FIELDS: &str = "dossier_field_characters";

/// Parts what must not be found as one phrase.
const BREAK: char = '\u{1}';
/// Ends a field's name, in streams and in tokens.
const NAME_END: char = '\u{2}';
/// Comes before a character that is another reading of the one before.
const SAME_PLACE: char = '\u{3}';
/// A run of at least so many bytes is not indexed both as text and as a field's value.
const LONG: usize = 120;
/// The gap between the positions on both sides of a break.
const GAP: usize = 100;

pub(super) fn register(index: &Index) {
    index.tokenizers().register(TEXT, Characters { named: false });
    index.tokenizers().register(PAIRS, Pairs);
    index.tokenizers().register(FIELDS, Characters { named: true });
}

/// What is indexed of an item's text.
#[derive(Default)]
pub(super) struct TextStreams {
    /// All of it, for pairs.
    pub whole: String,
    /// What no field says as a whole: the rest is indexed as that field's value, and once is
    /// enough.
    pub rest: String,
    /// The fields that say a run as a whole.
    pub fields: BTreeSet<String>,
    /// Amounts, numbers and dates, as tokens of one notation.
    pub said: BTreeSet<String>,
}

impl TextStreams {
    pub fn of(item: &Item) -> TextStreams {
        let mut streams = TextStreams::default();
        for (run, _) in runs_with_starts(&item.text) {
            let folded = fold(&run);
            streams.said.extend(notation::said(&folded.chars).into_iter().map(|said| said.token));
            let folded = folded.text();
            match field_saying(item, &run) {
                Some(field) => {
                    streams.fields.insert(field.to_owned());
                }
                None => {
                    streams.rest += &folded;
                    streams.rest.push(BREAK);
                }
            }
            streams.whole += &folded;
            streams.whole.push(BREAK);
        }
        streams
    }
}

/// The field with a value that is all of a run.
fn field_saying<'a>(item: &'a Item, run: &str) -> Option<&'a str> {
    if run.len() < LONG {
        return None;
    }
    let says = |value: &FieldValue| value.value.reveal() == run;
    item.fields.iter().find(|(_, values)| values.iter().any(says)).map(|(name, _)| name.as_str())
}

/// What is indexed of an item's fields.
pub(super) fn field_stream(item: &Item) -> String {
    let mut stream = String::new();
    for (name, values) in &item.fields {
        for value in values {
            let said = fold_text(value.value.reveal());
            let raw = fold_text(value.raw.reveal());
            for text in std::iter::once(&said).chain((raw != said).then_some(&raw)) {
                stream.push_str(name);
                stream.push(NAME_END);
                stream += text;
                stream.push(BREAK);
            }
        }
    }
    stream
}

/// What is indexed of an item's text together with the recogniser's runners-up: a runner-up
/// stands after the character it is another reading of, marked by [`SAME_PLACE`]. Nothing when
/// there are none.
pub(super) fn unsure_stream(text: &ItemText) -> Option<String> {
    if text.alternatives.is_empty() {
        return None;
    }
    let mut others: HashMap<u32, Vec<char>> = HashMap::new();
    for other in &text.alternatives {
        others.entry(other.at).or_default().extend(fold_text(&other.reading.to_string()).chars());
    }
    let mut stream = String::new();
    for (number, (run, start)) in runs_with_starts(text).into_iter().enumerate() {
        if number > 0 {
            stream.push(BREAK);
        }
        let folded = fold(&run);
        for (c, origin) in folded.chars.iter().zip(&folded.origin) {
            stream.push(*c);
            for other in others.get(&(origin + start)).into_iter().flatten() {
                stream.push(SAME_PLACE);
                stream.push(*other);
            }
        }
    }
    Some(stream)
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

/// Whether two characters in a row are a pair that is looked for: what stands on both sides of
/// a mark is not.
pub(super) fn is_pair(first: char, second: char) -> bool {
    first.is_alphanumeric() && second.is_alphanumeric()
}

/// The segments of a text, those that run on joined, each with the offset of its first character
/// in the text.
pub(super) fn runs_with_starts(text: &ItemText) -> Vec<(String, u32)> {
    let mut runs: Vec<(String, u32)> = Vec::new();
    let mut rest = text.text.chars();
    let mut at = 0;
    for segment in &text.segments {
        rest.by_ref().take((segment.start - at) as usize).for_each(drop);
        let piece: String = rest.by_ref().take((segment.end - segment.start) as usize).collect();
        at = segment.end;
        match runs.last_mut().filter(|_| segment.continues) {
            Some((run, _)) => {
                run.push('\n');
                run.push_str(&piece);
            }
            None => runs.push((piece, segment.start)),
        }
    }
    runs
}

#[derive(Clone)]
struct Characters {
    named: bool,
}

struct CharacterStream<'a> {
    text: &'a str,
    at: usize,
    named: bool,
    name: &'a str,
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
            name: "",
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
                self.name = &self.text[self.at..self.at + length];
                self.at += length + NAME_END.len_utf8();
                self.expects_name = false;
            }
            let Some(c) = self.text[self.at..].chars().next() else { return false };
            let from = self.at;
            self.at += c.len_utf8();
            if c == BREAK {
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
            self.token.text.clear();
            if self.named {
                self.token.text.push_str(self.name);
                self.token.text.push(NAME_END);
            }
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

/// Each pair of characters in a row.
#[derive(Clone)]
struct Pairs;

struct PairStream<'a> {
    text: &'a str,
    /// Where the next pair begins.
    at: usize,
    token: Token,
}

impl Tokenizer for Pairs {
    type TokenStream<'a> = PairStream<'a>;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> PairStream<'a> {
        PairStream { text, at: 0, token: Token { position: usize::MAX, ..Token::default() } }
    }
}

impl TokenStream for PairStream<'_> {
    fn advance(&mut self) -> bool {
        loop {
            let mut rest = self.text[self.at..].chars();
            let (Some(first), Some(second)) = (rest.next(), rest.next()) else { return false };
            let from = self.at;
            self.at += first.len_utf8();
            if !is_pair(first, second) {
                continue;
            }
            self.token.position = self.token.position.wrapping_add(1);
            self.token.offset_from = from;
            self.token.offset_to = self.at + second.len_utf8();
            self.token.text.clear();
            self.token.text.push(first);
            self.token.text.push(second);
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_do_not_reach_over_a_break_or_a_mark() {
        let mut stream = Pairs;
        let mut stream = stream.token_stream("甲乙丙\u{1}丁\u{1}戊己，庚");
        let mut found = Vec::new();
        while stream.advance() {
            found.push(stream.token().text.clone());
        }
        assert_eq!(found, ["甲乙", "乙丙", "戊己"]);
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
