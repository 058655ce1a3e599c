//! Dates: with 年, 月 and 日, or with points, strokes or slashes between their parts.

use super::Said;
use super::number::{digit, small};

/// A year of two digits is taken for one of the twentieth century from here on: smaller ones may
/// as well be days or months.
const UNAMBIGUOUS: u32 = 32;

/// What the date at `at` says: its year, its month, its day, as far as it goes.
pub(super) fn said(chars: &[char], at: usize) -> Option<(usize, Vec<Said>)> {
    if at > 0 && (chars[at - 1].is_ascii_digit() && chars[at].is_ascii_digit()) {
        return None;
    }
    chinese(chars, at).or_else(|| western(chars, at))
}

/// `1987年3月5日`, `八七年三月`, `3月5日`.
fn chinese(chars: &[char], at: usize) -> Option<(usize, Vec<Said>)> {
    let part = |from: usize, units: &[char]| -> Option<(usize, usize)> {
        let length = chars[from..].iter().take(5).position(|c| units.contains(c))?;
        (length > 0).then_some((from + length, from + length + 1))
    };
    let mut said = Vec::new();
    let mut from = at;
    let mut year = None;
    if let Some((end, next)) = part(at, &['年']) {
        let (value, short) = year_of(&chars[at..end])?;
        if short && part(next, &['月']).is_none() {
            return None;
        }
        if !short {
            said.push(Said::new(at..end, format_args!("n{}", u64::from(value) * 10_000)));
        }
        said.push(Said::new(at..next, format_args!("d{value:04}")));
        (year, from) = (Some(value), next);
    }
    let Some((end, next)) = part(from, &['月']) else { return year.map(|_| (from, said)) };
    let Some(month) = small(chars, from..end).filter(|month| (1..=12).contains(month)) else {
        return year.map(|_| (from, said));
    };
    if let Some(year) = year {
        said.push(Said::new(at..next, format_args!("d{year:04}{month:02}")));
    }
    let day = part(next, &['日', '号']).and_then(|(end, after)| Some((small(chars, next..end)?, after)));
    match day.filter(|(day, _)| (1..=31).contains(day)) {
        Some((day, after)) => {
            said.push(Said::new(from..after, format_args!("d{month:02}{day:02}")));
            if let Some(year) = year {
                said.push(Said::new(at..after, format_args!("d{year:04}{month:02}{day:02}")));
            }
            Some((after, said))
        }
        None => year.map(|_| (next, said)),
    }
}

/// A year, and whether it is said in two digits.
fn year_of(digits: &[char]) -> Option<(u32, bool)> {
    if !matches!(digits.len(), 2 | 4) {
        return None;
    }
    let value = digits.iter().try_fold(0, |value, c| Some(value * 10 + digit(*c)? as u32))?;
    match (digits.len(), value) {
        (4, 1800..2200) => Some((value, false)),
        (2, 0..30) => Some((2000 + value, true)),
        (2, _) => Some((1900 + value, true)),
        _ => None,
    }
}

/// `1987-03-05`, `1987.3`, `87/3/5`.
fn western(chars: &[char], at: usize) -> Option<(usize, Vec<Said>)> {
    let digits =
        |from: usize| chars[from.min(chars.len())..].iter().take_while(|c| c.is_ascii_digit()).count();
    let length = digits(at);
    let (year, short) = year_of(&chars[at..at + length])?;
    let mark = *chars.get(at + length).filter(|c| matches!(c, '-' | '.' | '/'))?;
    if short && !(1900 + UNAMBIGUOUS..2000).contains(&year) || at > 0 && chars[at - 1] == mark {
        return None;
    }
    let from = at + length + 1;
    let month_end = from + digits(from);
    let month = part(chars, from, month_end, 12)?;
    let day_from = month_end + 1;
    let day_end = day_from + digits(day_from);
    let day = (chars.get(month_end) == Some(&mark)).then(|| part(chars, day_from, day_end, 31)).flatten();
    let end = if day.is_some() { day_end } else { month_end };
    if chars.get(end) == Some(&mark) && digits(end + 1) > 0 || short && day.is_none() {
        return None;
    }
    // `1999.5元` is an amount.
    if day.is_none() && mark == '.' && matches!(chars.get(end), Some('元' | '块' | '圆' | '万' | '亿')) {
        return None;
    }
    let mut said = vec![
        Said::new(at..at + length, format_args!("d{year:04}")),
        Said::new(at..month_end, format_args!("d{year:04}{month:02}")),
    ];
    if let Some(day) = day {
        said.push(Said::new(from..end, format_args!("d{month:02}{day:02}")));
        said.push(Said::new(at..end, format_args!("d{year:04}{month:02}{day:02}")));
    }
    Some((end, said))
}

/// A month or a day in one or two Arabic digits.
fn part(chars: &[char], from: usize, end: usize, most: u32) -> Option<u32> {
    let fits = (1..=2).contains(&end.saturating_sub(from));
    small(chars, from..end).filter(|value| fits && (1..=most).contains(value))
}
