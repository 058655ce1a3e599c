//! Numbers with a fraction, in Arabic, Chinese or capital numerals, or in a mixture such as 3万5千.

use dossier_model::{han_digit, han_multiplier};

/// Fractions are counted in ten-thousandths.
const ONE: u64 = 10_000;

/// A number of zero or more, exact to four places.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Decimal(u64);

impl Decimal {
    pub(super) fn plus(self, other: Decimal) -> Option<Decimal> {
        self.0.checked_add(other.0).map(Decimal)
    }

    /// So many tenths, hundredths, …
    pub(super) fn per(self, parts: u64) -> Decimal {
        Decimal(self.0 / parts.max(1))
    }
}

impl std::fmt::Display for Decimal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let fraction = format!("{:04}", self.0 % ONE);
        match fraction.trim_end_matches('0') {
            "" => write!(f, "{}", self.0 / ONE),
            fraction => write!(f, "{}.{fraction}", self.0 / ONE),
        }
    }
}

/// The number that a text says; `None` when it says anything else.
pub(super) fn parse(text: &str) -> Option<Decimal> {
    let mut reading = Reading::default();
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let length =
            rest.find(|c: char| !(c.is_ascii_digit() || matches!(c, '.' | ','))).unwrap_or(rest.len());
        if length > 0 {
            reading.number(arabic(&rest[..length])?)?;
            rest = &rest[length..];
        } else {
            reading.character(c)?;
            rest = &rest[c.len_utf8()..];
        }
    }
    reading.end()
}

/// `35,000` and `3.5`.
fn arabic(text: &str) -> Option<u64> {
    let plain = text.replace(',', "");
    let (whole, fraction) = plain.split_once('.').unwrap_or((&plain, ""));
    if fraction.len() > 4 {
        return None;
    }
    let whole: u64 = whole.parse().ok()?;
    let fraction: u64 = format!("{fraction:0<4}").parse().ok()?;
    whole.checked_mul(ONE)?.checked_add(fraction)
}

#[derive(Default)]
struct Reading {
    /// Below the next 万 or 亿.
    section: u64,
    total: u64,
    /// The last 万 or 亿.
    big: u64,
    pending: Option<u64>,
    /// Digits in a row, as in 二〇一九.
    row: bool,
    /// The last unit, where nothing but a digit has followed it: 三千五 is 3500.
    unit: u64,
    any: bool,
}

impl Reading {
    fn number(&mut self, number: u64) -> Option<()> {
        self.any = true;
        self.unit = 0;
        self.pending.replace(number).is_none().then_some(())
    }

    fn character(&mut self, c: char) -> Option<()> {
        self.any = true;
        if let Some(digit) = digit(c) {
            self.row = self.pending.is_some();
            let before = self.pending.unwrap_or(0);
            self.unit = if digit == 0 || self.row { 0 } else { self.unit };
            self.pending = Some(before.checked_mul(10)?.checked_add(digit * ONE)?);
            return Some(());
        }
        let unit = han_multiplier(c)?;
        if self.row {
            return None;
        }
        if unit < 10_000 {
            // 零 before a digit is no digit of its own.
            let count = self.pending.take().filter(|count| *count > 0).unwrap_or(ONE);
            self.section = self.section.checked_add(count.checked_mul(unit)?)?;
        } else {
            let section = self.section.checked_add(self.pending.take().unwrap_or(0))?;
            // 二千万 after 一亿 is added to it; 亿 after 三万 multiplies that.
            self.total = if self.big > unit {
                self.total.checked_add(section.checked_mul(unit)?)?
            } else {
                self.total.checked_add(section)?.checked_mul(unit)?
            };
            (self.section, self.big) = (0, unit);
        }
        self.unit = unit;
        Some(())
    }

    fn end(self) -> Option<Decimal> {
        let last = self.pending.unwrap_or(0);
        let last = if self.unit >= 100 { last.checked_mul(self.unit / 10)? } else { last };
        let sum = self.total.checked_add(self.section)?.checked_add(last)?;
        self.any.then_some(Decimal(sum))
    }
}

/// A digit of a sum, whose capitals have variants.
fn digit(c: char) -> Option<u64> {
    han_digit(c).or(match c {
        '弍' => Some(2),
        '叄' | '参' => Some(3),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numerals_of_every_kind() {
        for (text, expected) in [
            ("35000", "35000"),
            ("35,000.50", "35000.5"),
            ("3.5万", "35000"),
            ("3万5千", "35000"),
            ("三万五千", "35000"),
            ("三万五", "35000"),
            ("叁万伍仟", "35000"),
            ("贰拾", "20"),
            ("一千零五", "1005"),
            ("一百二十", "120"),
            ("两万三千", "23000"),
            ("十", "10"),
            ("二〇一九", "2019"),
            ("一亿二千万", "120000000"),
            ("0.8", "0.8"),
        ] {
            assert_eq!(parse(text).map(|number| number.to_string()).as_deref(), Some(expected), "{text}");
        }
        for text in ["", "三个", "万事", "1.2.3", "99999999999999999999"] {
            assert!(parse(text).is_none(), "{text}");
        }
    }
}
