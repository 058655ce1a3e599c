//! Telephone numbers of mainland China: mobiles of 11 digits, landlines with area code, and the
//! short local numbers of old letters.

use super::{Value, compact, pieces};

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

pub(super) fn values(source: &str) -> Vec<Value> {
    let separates =
        |c: char| matches!(c, '、' | ',' | '，' | ';' | '；' | '/' | '／' | '\n' | ' ' | '　' | '\t' | '或');
    pieces(source, separates)
        .into_iter()
        .map(|(piece, span)| {
            // A spreadsheet's number may have become 13800000000.0.
            let number = piece.strip_suffix(".0").unwrap_or(&piece);
            // A label such as 家: before the number is not part of it.
            let number = number.rsplit([':', '：']).next().unwrap_or(number);
            match parse_phone(number) {
                Some(digits) => Value { span, ..Value::whole(&piece, digits) },
                None => {
                    Value { span, ..Value::whole(&piece, piece.clone()) }.doubtful(0.3, "not_a_phone_number")
                }
            }
        })
        .collect()
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
}
