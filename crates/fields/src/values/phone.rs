//! Telephone numbers of mainland China: mobiles of 11 digits, landlines with area code, and the
//! short local numbers of old letters.

use super::{TEXT_MARKS, Value, compact, half_width, pieces};

/// The number in digits, a leading country code removed; an extension after `-` is kept. `None`
/// when it is no telephone number.
pub fn parse_phone(text: &str) -> Option<String> {
    let compact = compact(text);
    let plain = compact.trim_start_matches("+86").trim_start_matches("0086");
    if plain.chars().any(|c| !(c.is_ascii_digit() || matches!(c, '-' | '(' | ')' | '转' | '—' | '－'))) {
        return None;
    }
    let digits: String = plain.chars().filter(char::is_ascii_digit).collect();
    let plausible = match digits.as_bytes() {
        [b'1', b'3'..=b'9', rest @ ..] if rest.len() == 9 => true,
        [b'0', ..] => (10..=12).contains(&digits.len()) || plain.contains(['转', '-']) && digits.len() <= 18,
        [b'4' | b'8', b'0', b'0', ..] => digits.len() == 10,
        // Local numbers: three to eight digits.
        _ => (3..=8).contains(&digits.len()),
    };
    plausible.then_some(digits)
}

/// A number that is dialled as it stands, wherever one is, has so many digits at least.
const FULL: usize = 10;
/// Fewer digits beside others are a piece of a number rather than an old local one.
const LOCAL: usize = 7;
/// A number written with blanks has so many pieces at most: +86 139 0000 0001, or digits in pairs.
const PIECES: usize = 6;

pub(super) fn values(source: &str) -> Vec<Value> {
    let separates = |c: char| matches!(c, '、' | ',' | '，' | ';' | '；' | '/' | '／' | '\n' | '或');
    pieces(source, separates).into_iter().flat_map(|(piece, span)| between_blanks(&piece, span.0)).collect()
}

/// The numbers of a text that begins at the character `start`: blanks part them, or stand within one.
fn between_blanks(text: &str, start: u32) -> Vec<Value> {
    let words: Vec<(String, (u32, u32))> = pieces(text, |c| matches!(c, ' ' | '　' | '\t'));
    let is_piece = |(word, _): &&(String, (u32, u32))| {
        (1..LOCAL).contains(&number(word).chars().count()) && figures(word)
    };
    let torn = words.iter().filter(is_piece).count() > 1;
    let mut found = Vec::new();
    let mut rest = words.as_slice();
    while let [(word, span), ..] = rest {
        let (value, end, taken) = match joined(rest) {
            Some((digits, taken)) => (Value::whole(word, digits), rest[taken - 1].1.1, taken),
            None => (one(word, torn), span.1, 1),
        };
        found.push(Value { span: (start + span.0, start + end), ..value });
        rest = &rest[taken..];
    }
    found
}

/// The number that the first words say together, and how many they are: as many as make a full number,
/// of which none is one by itself.
fn joined(words: &[(String, (u32, u32))]) -> Option<(String, usize)> {
    let full = |text: &str| parse_phone(text).filter(|digits| digits.len() >= FULL);
    let words: Vec<&str> = words.iter().take(PIECES).map(|(word, _)| number(word)).collect();
    // Only the first has a label before it.
    let alone = words.iter().take_while(|word| full(word).is_none() && figures(word)).count();
    (2..=alone).rev().find_map(|count| Some((full(&words[..count].concat())?, count)))
}

/// What a word says by itself.
fn one(word: &str, torn: bool) -> Value {
    match parse_phone(number(word)) {
        Some(digits) if !torn || digits.len() >= LOCAL => Value::whole(word, digits),
        _ => Value::whole(word, word.to_owned()).doubtful(0.3, "not_a_phone_number"),
    }
}

/// A word without what is not part of the number: a label such as 家: before it, the mark by which a
/// spreadsheet is told that a number is text, or the fraction that it has made of one.
fn number(word: &str) -> &str {
    let number = word.strip_suffix(".0").unwrap_or(word);
    number.rsplit([':', '：']).next().unwrap_or(number).trim_start_matches(TEXT_MARKS)
}

fn figures(word: &str) -> bool {
    let is_mark = |c: char| matches!(c, '+' | '-' | '(' | ')' | '（' | '）');
    number(word).chars().all(|c| half_width(c).is_ascii_digit() || is_mark(c))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn several_in_a_cell() {
        let found: Vec<String> =
            values("19900001111、19900002222 家：0990-1234567").into_iter().map(|v| v.text).collect();
        assert_eq!(found, ["19900001111", "19900002222", "09901234567"]);
        assert_eq!(parse_phone("+86 199 0000 3333").as_deref(), Some("19900003333"));
        assert_eq!(parse_phone("2345"), Some("2345".to_owned()), "an old local number");
        assert_eq!(parse_phone("123456789012345678"), None);
        assert_eq!(values("无电话")[0].warnings, ["not_a_phone_number"]);
    }

    #[test]
    fn a_number_written_with_blanks_is_one() {
        let found = |text: &str| -> Vec<String> { values(text).into_iter().map(|v| v.text).collect() };
        assert_eq!(found("139 0000 0001"), ["13900000001"]);
        assert_eq!(found("+86 139 0000 0001"), ["13900000001"]);
        assert_eq!(found("139 0000 0001 13900000002"), ["13900000001", "13900000002"]);
        assert_eq!(found("手机：139　0000　0001、0990 1234567"), ["13900000001", "09901234567"]);
        assert_eq!(found("1234567 2345678"), ["1234567", "2345678"], "two local numbers");
        assert_eq!(values(" 139 0000 0001 ")[0].span, (1, 14));
        assert_eq!(found("'13900000001"), ["13900000001"]);
        for piece in values("139 0000 000") {
            assert_eq!(piece.warnings, ["not_a_phone_number"], "{piece:?}");
        }
    }
}
