//! Tokens: one for each folded character.
//!
//! The text is folded before it comes here. A segment that does not run on from the one before
//! (a cell after a cell) is kept apart by [`BREAK`], which leaves a gap between the positions,
//! so that no phrase reaches across.

use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap};
use std::ops::Range;
use std::str::Chars;
use std::sync::Arc;

use dossier_model::{FieldValue, Item, ItemText, fold, fold_text};
use tantivy::Index;
use tantivy::tokenizer::{Token, TokenStream, Tokenizer};

use super::common::Common;
use super::notation;

/// The tokenizer of running text.
pub(super) const TEXT: &str = "dossier_characters";
/// The tokenizer of pairs of characters in running text.
pub(super) const PAIRS: &str = "dossier_pairs";
/// The tokenizer of field values.
pub(super) const FIELDS: &str = "dossier_field_characters";

/// Parts what must not be found as one phrase.
const BREAK: &str = "\u{1}";
/// Ends a field's name, in streams and in tokens.
const NAME_END: &str = "\u{2}";
/// Comes before a character that is another reading of the one before.
const SAME_PLACE: char = '\u{3}';
/// A run of at least so many bytes is not indexed both as text and as a field's value.
const LONG: usize = 120;
/// The gap between the positions on both sides of a break.
const GAP: usize = 100;

pub(super) fn register(index: &Index, common: &Arc<Common>) {
    index.tokenizers().register(TEXT, Characters { named: false });
    index.tokenizers().register(PAIRS, Pairs(Arc::clone(common)));
    index.tokenizers().register(FIELDS, Characters { named: true });
}

/// What is indexed of an item's text and of its fields.
#[derive(Default)]
pub(super) struct Streams {
    /// All of the text, for pairs.
    pub whole: String,
    /// What no field says as a whole: the rest is indexed as that field's value, and once is
    /// enough.
    pub rest: String,
    /// The fields' values, each with its field's name.
    pub fields: String,
    /// The fields that say a run as a whole.
    pub saying: BTreeSet<String>,
    /// Amounts, numbers and dates, as tokens of one notation.
    pub said: BTreeSet<String>,
}

impl Streams {
    pub fn of(item: &Item) -> Streams {
        let room = item.text.text.len() + 64;
        let mut streams = Streams {
            whole: String::with_capacity(room),
            fields: String::with_capacity(room),
            ..Streams::default()
        };
        // Long runs as they stand and folded: folding is dear, and values say the same again.
        let mut known: Vec<(Cow<'_, str>, Range<usize>)> = Vec::new();
        for (run, _) in runs_with_starts(&item.text) {
            let folded = fold(&run).chars;
            streams.said.extend(notation::said(&folded).into_iter().map(|said| said.token));
            let start = streams.whole.len();
            streams.whole.extend(&folded);
            let place = start..streams.whole.len();
            match field_saying(item, &run) {
                Some(field) => {
                    streams.saying.insert(field.to_owned());
                    known.push((run, place));
                }
                None => push_all(&mut streams.rest, &[&streams.whole[place], BREAK]),
            }
            streams.whole.push_str(BREAK);
        }
        for (name, values) in &item.fields {
            values.iter().for_each(|value| streams.add_value(name, value, &known));
        }
        streams
    }

    /// The value as normalised, and as it stood if that is something else.
    fn add_value(&mut self, name: &str, value: &FieldValue, known: &[(Cow<'_, str>, Range<usize>)]) {
        let whole = &self.whole;
        let folded = |text: &str| match known.iter().find(|(run, _)| run == text) {
            Some((_, place)) => Cow::Borrowed(&whole[place.clone()]),
            None => Cow::Owned(fold_text(text)),
        };
        let (said, raw) = (value.value.reveal(), value.raw.reveal());
        let normal = folded(said);
        push_all(&mut self.fields, &[name, NAME_END, &normal, BREAK]);
        if raw == said {
            return;
        }
        let raw = folded(raw);
        if raw != normal {
            push_all(&mut self.fields, &[name, NAME_END, &raw, BREAK]);
        }
    }
}

fn push_all(stream: &mut String, pieces: &[&str]) {
    pieces.iter().for_each(|piece| stream.push_str(piece));
}

/// The field with a value that is all of a run.
fn field_saying<'a>(item: &'a Item, run: &str) -> Option<&'a str> {
    if run.len() < LONG {
        return None;
    }
    let says = |value: &FieldValue| value.value.reveal() == run;
    item.fields.iter().find(|(_, values)| values.iter().any(says)).map(|(name, _)| name.as_str())
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
            stream.push_str(BREAK);
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

/// The segments of a text, those that run on joined, each with the offset of its first character
/// in the text.
pub(super) fn runs_with_starts(text: &ItemText) -> Vec<(Cow<'_, str>, u32)> {
    let mut runs: Vec<(Cow<'_, str>, u32)> = Vec::new();
    let mut rest = text.text.as_str();
    let mut at = 0;
    let mut next = |count: u32| {
        let end = rest.char_indices().nth(count as usize).map_or(rest.len(), |(end, _)| end);
        let (piece, after) = rest.split_at(end);
        rest = after;
        piece
    };
    for segment in &text.segments {
        next(segment.start - at);
        let piece = next(segment.end - segment.start);
        at = segment.end;
        match runs.last_mut().filter(|_| segment.continues) {
            Some((run, _)) => {
                let run = run.to_mut();
                run.push('\n');
                run.push_str(piece);
            }
            None => runs.push((Cow::Borrowed(piece), segment.start)),
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
