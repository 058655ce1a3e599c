//! Whole numbers, written in Arabic or in Chinese numerals.

use super::{Value, compact};

/// A number in Arabic digits where the text is nothing but a Chinese numeral; else as it stands.
pub(super) fn value(source: &str) -> Value {
    let text = compact(source);
    let number = chinese(&text).map(|number| number.to_string());
    Value::whole(source, number.unwrap_or(text))
}

/// 十二, 四十六, 一百零三, 两千; `None` where anything else stands.
fn chinese(text: &str) -> Option<u32> {
    let mut total = 0_u32;
    let mut pending = None;
    for c in text.chars() {
        let unit = match c {
            '十' => 10,
            '百' => 100,
            '千' => 1000,
            _ => {
                // Two digits in a row, as in 二〇: not a numeral of units.
                let digit = "零一二三四五六七八九".chars().position(|known| known == c);
                let digit = if c == '两' { Some(2) } else { digit };
                if pending.filter(|digit| *digit > 0).is_some() {
                    return None;
                }
                pending = Some(u32::try_from(digit?).ok()?);
                continue;
            }
        };
        total = total.checked_add(pending.take().filter(|digit| *digit > 0).unwrap_or(1) * unit)?;
    }
    (!text.is_empty()).then(|| total.checked_add(pending.unwrap_or(0))).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chinese_numerals_become_digits_and_others_stay() {
        for (text, expected) in [
            ("十二", "12"),
            ("四十六", "46"),
            ("一百零三", "103"),
            ("两千", "2000"),
            ("三", "3"),
            ("12", "12"),
            ("二三", "二三"),
            ("12人", "12人"),
            ("", ""),
        ] {
            assert_eq!(value(text).text, expected, "{text}");
        }
    }
}
