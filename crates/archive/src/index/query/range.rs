//! Ranges of numbers and dates.

use dossier_model::fold_text;

/// What a number of four digits is taken for.
const YEARS: std::ops::Range<i64> = 1000..2200;

/// The ends of a range; an empty end is open. Nothing if it is no range.
pub(super) fn range(value: &str) -> Option<(&str, &str)> {
    if let Some((from, to)) = value.split_once("..").or_else(|| value.split_once(['至', '～'])) {
        return Some((from, to));
    }
    if let Some((from, to)) = value.split_once('-').filter(|(from, to)| is_year(from) && is_year(to)) {
        return Some((from, to));
    }
    for (sign, low) in [(">=", true), ("<=", false), (">", true), ("<", false), ("≥", true), ("≤", false)]
    {
        if let Some(end) = value.strip_prefix(sign) {
            return Some(if low { (end, "") } else { ("", end) });
        }
    }
    None
}

fn is_year(text: &str) -> bool {
    text.len() == 4 && text.parse::<u32>().is_ok_and(|year| YEARS.contains(&i64::from(year)))
}

/// One end of a range as a number: a date as year, month and day in digits, with what is not said
/// as low or as high as can be. `Some(None)` for an open end, `None` for what is no number.
pub(super) fn bound(text: &str, high: bool) -> Option<Option<i64>> {
    if text.is_empty() {
        return Some(None);
    }
    let folded = fold_text(text);
    let mut parts = folded.split(['-', '/', '.', '年', '月', '日']).filter(|part| !part.is_empty());
    let first: i64 = parts.next()?.parse().ok()?;
    let rest: Vec<i64> = parts.map(str::parse).collect::<Result<_, _>>().ok()?;
    let looks_like_year = YEARS.contains(&first) || !rest.is_empty();
    if !looks_like_year {
        return Some(Some(first));
    }
    let is_date = rest.len() <= 2
        && rest.first().is_none_or(|month| (1..=12).contains(month))
        && rest.get(1).is_none_or(|day| (1..=31).contains(day));
    if !is_date {
        return None;
    }
    let open = if high { 99 } else { 0 };
    let month = rest.first().copied().unwrap_or(open);
    let day = rest.get(1).copied().unwrap_or(open);
    Some(Some(first * 10_000 + month * 100 + day))
}
