//! Whole numbers, written in Arabic or in Chinese numerals.

use super::{Value, compact};

/// What is counted, behind its number.
const UNITS: [&str; 8] = ["人次", "人", "名", "位", "岁", "次", "页", "件"];
/// Say that there are some more.
const MORE: [char; 3] = ['余', '多', '几'];
/// …or that nobody has counted.
const ABOUT: [char; 2] = ['约', '近'];
/// The mark of a number that is at least so many, or about as many.
const ABOUT_SO_MANY: &str = "about_so_many";

/// A number in Arabic digits where the text is nothing but a number, with what it counts; else as it
/// stands.
pub(super) fn value(source: &str) -> Value {
    let text = compact(source);
    let unit = UNITS.iter().find_map(|unit| text.strip_suffix(unit));
    let counted = unit.unwrap_or(&text);
    let plain = counted.trim_end_matches(MORE).trim_start_matches(ABOUT);
    let digits = || plain.parse::<u32>().ok().filter(|_| unit.is_some() || plain != text);
    match chinese(plain).or_else(digits) {
        Some(number) if plain == counted => Value::whole(source, number.to_string()),
        Some(number) => Value::whole(source, number.to_string()).doubtful(0.8, ABOUT_SO_MANY),
        None => Value::whole(source, text),
    }
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
            ("012", "012"),
            ("12人", "12"),
            ("三人", "3"),
            ("2人次", "2"),
            ("张三人", "张三人"),
            ("", ""),
        ] {
            assert_eq!(value(text).text, expected, "{text}");
        }
    }

    #[test]
    fn some_more_are_at_least_so_many() {
        for (text, expected) in [("十余人", "10"), ("30多人", "30"), ("约二十名", "20"), ("近百人", "100")]
        {
            let found = value(text);
            assert_eq!(
                (found.text.as_str(), found.warnings.as_slice()),
                (expected, &[ABOUT_SO_MANY.to_owned()][..])
            );
        }
    }
}
