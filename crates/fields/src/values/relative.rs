//! Dates told from the letter's own: 去年三月, 前年, 本月5日.

use dossier_model::fold_text;

use super::date::{days_of, from_days, parse_date};

/// The mark of a date that has been, or is still to be, told from another.
pub(crate) const RELATIVE: &str = "told_from_the_letter_date";

/// Words with the years that they go on, the longest first.
const YEARS: [(&str, i32); 8] = [
    ("大前年", -3),
    ("前年", -2),
    ("去年", -1),
    ("上年", -1),
    ("今年", 0),
    ("本年", 0),
    ("明年", 1),
    ("来年", 1),
];
const MONTHS: [(&str, i32); 5] = [("上个月", -1), ("上月", -1), ("这个月", 0), ("本月", 0), ("下月", 1)];

const DAYS: [(&str, i64); 7] =
    [("大前天", -3), ("前天", -2), ("昨天", -1), ("昨日", -1), ("昨晚", -1), ("今天", 0), ("今日", 0)];

/// Whether a text says a date from another one.
pub(crate) fn is_relative(text: &str) -> bool {
    let folded = fold_text(text);
    let days = DAYS.iter().map(|(word, _)| word);
    YEARS.iter().chain(&MONTHS).map(|(word, _)| word).chain(days).any(|word| folded.starts_with(word))
}

/// The date that `text` says in a letter of the date `letter` (EDTF).
pub(crate) fn resolve(text: &str, letter: &str) -> Option<String> {
    let folded = fold_text(text);
    let mut parts = letter.split('-').map(str::parse::<i32>);
    let year = parts.next()?.ok()?;
    if let Some(day) = text.strip_prefix("XXXX-") {
        // A day without a year was the last of its kind before the letter.
        let own = letter.get(5..).unwrap_or_default();
        let common = own.len().min(day.len());
        let after = own.get(..common) < day.get(..common);
        return Some(format!("{:04}-{day}", year - i32::from(after)));
    }
    if let Some((word, years)) = YEARS.iter().find(|(word, _)| folded.starts_with(word)) {
        let rest = &folded[word.len()..];
        return parse_date(&format!("{}年{rest}", year + years)).map(|(date, _)| date);
    }
    let month = parts.next()?.ok()?;
    if let Some((_, days)) = DAYS.iter().find(|(word, _)| folded.starts_with(word)) {
        let day = u32::try_from(parts.next()?.ok()?).ok()?;
        return Some(from_days(days_of(year, u32::try_from(month).ok()?, day) + days));
    }
    let (word, months) = MONTHS.iter().find(|(word, _)| folded.starts_with(word))?;
    let count = year * 12 + month - 1 + months;
    let rest = &folded[word.len()..];
    parse_date(&format!("{}年{}月{rest}", count.div_euclid(12), count.rem_euclid(12) + 1))
        .map(|(date, _)| date)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn from_the_letters_date() {
        for (text, letter, expected) in [
            ("去年三月", "1986-05-02", Some("1985-03")),
            ("今年春节", "1986", Some("1986")),
            ("本月5日", "1986-05-02", Some("1986-05-05")),
            ("上月", "1986-01-02", Some("1985-12")),
            ("昨天", "1986-03-01", Some("1986-02-28")),
            ("前天下午", "2000-03-01", Some("2000-02-28")),
            ("昨天", "1986-03", None),
            ("去年腊月", "1986-05-02", Some("1986-01-10/1986-02-08")),
            ("XXXX-08-15", "1986-09-02", Some("1986-08-15")),
            ("XXXX-08-15", "1986-05-02", Some("1985-08-15")),
            ("XXXX-08-15", "1986", Some("1986-08-15")),
            ("XXXX-05-02", "1986-04", Some("1985-05-02")),
            ("去年三月", "XXXX-05-02", None),
            ("三月", "1986", None),
        ] {
            assert_eq!(resolve(text, letter).as_deref(), expected, "{text}");
        }
        assert!(is_relative("前年八月") && !is_relative("1986年"));
    }
}
