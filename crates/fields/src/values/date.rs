//! Dates in the notations of registers and letters, as EDTF (ISO 8601-2:2019).

use std::sync::LazyLock;

use dossier_model::{CellKind, fold_text};
use regex::Regex;

use super::lunar::{BRANCHES, STEMS, cycle_years, gregorian};
use super::relative::{RELATIVE, is_relative};
use super::{Value, clean};

/// The date that a text says, at the precision that it says: `2019-02-28`, `2022-08`, `1956`,
/// `XXXX-08-22`; with doubts as warnings. A month of the old calendar is an interval
/// (`1986-01-10/1986-02-08`), a year that is only named in the sixty-year cycle one of a set
/// (`[1926,1986]`). `None` when it says no date.
pub fn parse_date(text: &str) -> Option<(String, Vec<&'static str>)> {
    let folded = fold_text(text);
    match chinese(&folded) {
        Some(found) => found,
        None => named(&folded).or_else(|| western(&folded)).or_else(|| short(&folded)),
    }
}

/// The mark of a year of two digits.
pub(crate) const CENTURY: &str = "century_not_stated";
/// The mark of a year that is only named in the sixty-year cycle.
pub(crate) const CYCLE: &str = "cycle_year";
/// The mark of a date that was told in the old calendar.
const LUNAR: &str = "lunar_calendar";

/// Days from the spreadsheet epoch (1899-12-30) of the dates an archive can hold: 1920 to 2100.
const SERIALS: std::ops::Range<f64> = 7306.0..73051.0;

pub(super) fn value(source: &str, cell: CellKind) -> Value {
    let whole = |text: String| Value::whole(source, text);
    if cell == CellKind::Number {
        // A number cell that shows a year and a month: 2022.1 may be January or October.
        if let Some((year, month)) =
            source.trim().split_once('.').filter(|(y, m)| y.len() == 4 && m.len() <= 2)
            && let (Ok(y), Ok(m)) = (year.parse::<u32>(), month.parse::<u32>())
            && (1..=12).contains(&m)
            && (1900..2100).contains(&y)
        {
            let value = whole(format!("{y:04}-{m:02}"));
            let october = month == "1";
            return if october { value.doubtful(0.5, "october_may_have_lost_its_zero") } else { value };
        }
        if let Some(days) = source.trim().parse::<f64>().ok().filter(|days| SERIALS.contains(days)) {
            return whole(from_days(days as i64 - 25_569)).doubtful(0.9, "from_serial_number");
        }
    }
    if is_relative(source) {
        return whole(clean(source)).doubtful(0.8, RELATIVE);
    }
    match parse_date(source) {
        Some((date, warnings)) => {
            warnings.into_iter().fold(whole(date), |value, warning| value.doubtful(0.6, warning))
        }
        None => whole(clean(source)).doubtful(0.2, "not_a_date"),
    }
}

/// The date `days` after 1970-01-01 in the Gregorian calendar (H. Hinnant, "chrono-Compatible
/// Low-Level Date Algorithms", civil_from_days).
pub(super) fn from_days(days: i64) -> String {
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_index = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_index + 2) / 5 + 1;
    let month = if month_index < 10 { month_index + 3 } else { month_index - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    format!("{year:04}-{month:02}-{day:02}")
}

/// The days from 1970-01-01 to a date of the Gregorian calendar (days_from_civil, as above).
pub(super) fn days_of(year: i32, month: u32, day: u32) -> i64 {
    let year = i64::from(year) - i64::from(month <= 2);
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let month_index = i64::from(if month > 2 { month - 3 } else { month + 9 });
    let day_of_year = (153 * month_index + 2) / 5 + i64::from(day) - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}

/// The first date with 年, 月 or 日; `Some(None)` when what is written so is no date.
fn chinese(folded: &str) -> Option<Option<(String, Vec<&'static str>)>> {
    static DATE: LazyLock<Option<Regex>> = LazyLock::new(|| {
        Regex::new(&format!(
            "(?:(?P<era>民国)?{}年)?(?:{}月(?:份|初)?)?(?:{}[日号])?",
            part("y"),
            part("m"),
            part("d")
        ))
        .ok()
    });
    // Most cells write dates without any of these.
    if !folded.contains(['年', '月', '日', '号']) {
        return None;
    }
    if let Some(found) = old_calendar(folded) {
        return Some(found);
    }
    let found = DATE.as_ref()?.captures_iter(folded).find(|found| !found[0].is_empty())?;
    Some(chinese_date(&found))
}

const DIGIT: &str = "[0-9〇零一二三四五六七八九十廿卅元两正冬腊]";

fn part(name: &str) -> String {
    format!("(?P<{name}>{DIGIT}{{1,4}})")
}

/// A date in the old calendar, or with a year of the sixty-year cycle: 农历丙寅年三月廿三. `None` where
/// nothing says that it is one.
fn old_calendar(folded: &str) -> Option<Option<(String, Vec<&'static str>)>> {
    const NAMES: [&str; 5] = ["农历", "阴历", "旧历", "古历", "夏历"];
    static DATE: LazyLock<Option<Regex>> = LazyLock::new(|| {
        let name = format!("(?:{})", NAMES.join("|"));
        Regex::new(&format!(
            "(?:{name}[,:]?)?(?:(?P<era>民国)?{}年)?(?:[,(]?{name}[,:)]?)?(?:[,(]?(?P<c>[{STEMS}][{BRANCHES}])年[)]?)?(?:[,(]?{name})?\
             (?:(?P<leap>闰)?{}月(?:份|底)?(?:(?P<d>初?{DIGIT}{{1,3}})[日号]?)?)?",
            part("y"),
            part("m"),
        ))
        .ok()
    });
    let found = DATE
        .as_ref()?
        .captures_iter(folded)
        .find(|found| ["y", "c", "m"].into_iter().any(|part| found.name(part).is_some()))?;
    let month = found.name("m").map_or("", |month| month.as_str());
    let named = NAMES.iter().any(|word| folded.contains(word));
    let is_old = named
        || matches!(month, "正" | "冬" | "腊")
        || ["c", "leap"].into_iter().any(|part| found.name(part).is_some())
        || found.name("d").is_some_and(|day| day.as_str().starts_with('初'));
    is_old.then(|| old_date(&found))
}

/// What a date of the old calendar is in the new one. Of a year alone only its number is told, which
/// ends a month or two later than the new one's.
fn old_date(found: &regex::Captures<'_>) -> Option<(String, Vec<&'static str>)> {
    let mut warnings = vec![LUNAR];
    let years = match (found.name("y"), found.name("c")) {
        (Some(text), _) => {
            let text = text.as_str();
            vec![year(number(text)?, text, found.name("era").is_some(), &mut warnings)? as i32]
        }
        (None, Some(name)) => {
            warnings.push(CYCLE);
            cycle_years(name.as_str())
        }
        (None, None) => return None,
    };
    let month = in_range(found.name("m").map(|month| month.as_str()), 1..=12)?;
    let day = found.name("d").map(|day| day.as_str().trim_start_matches('初'));
    let day = in_range(day, 1..=30)?;
    let leap = found.name("leap").is_some();
    let date = |year: &i32| match month {
        // Outside the table only the year is told.
        Some(month) => gregorian(*year, month, leap, day).or((day.is_none()).then(|| format!("{year:04}"))),
        None => Some(format!("{year:04}")),
    };
    let dates: Vec<String> = years.iter().filter_map(date).collect();
    match dates.as_slice() {
        [] => None,
        [date] => Some((date.clone(), warnings)),
        several => Some((format!("[{}]", several.join(",")), warnings)),
    }
}

fn chinese_date(found: &regex::Captures<'_>) -> Option<(String, Vec<&'static str>)> {
    let part = |name: &str| found.name(name).map(|part| part.as_str());
    let mut warnings = Vec::new();
    let year = match part("y") {
        Some(text) => Some(year(number(text)?, text, part("era").is_some(), &mut warnings)?),
        None => None,
    };
    let month = in_range(part("m"), 1..=12)?;
    let day = in_range(part("d"), 1..=31)?;
    edtf(year, month, day).map(|date| (date, warnings))
}

/// A date with the English name of its month, the day before or behind it.
fn named(folded: &str) -> Option<(String, Vec<&'static str>)> {
    const MONTHS: [&str; 12] =
        ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
    static DATE: LazyLock<Option<Regex>> = LazyLock::new(|| {
        Regex::new(concat!(
            r"(?:\b(?P<before>\d{1,2})(?:st|nd|rd|th)?(?: of)?,? ?)?\b(?P<m>jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}\.?,?",
            r"(?: ?(?:the )?(?P<behind>\d{1,2})(?:st|nd|rd|th)?\b)?,? ?(?P<y>\d{4})\b",
        ))
        .ok()
    });
    // Its word boundaries are slow among Han characters, where no month's name is.
    if !folded.contains(|c: char| c.is_ascii_alphabetic()) {
        return None;
    }
    let found = DATE.as_ref()?.captures(folded)?;
    let month = (1..).zip(MONTHS).find(|(_, name)| *name == &found["m"])?.0;
    let day = found.name("before").or(found.name("behind"));
    let day = in_range(day.map(|day| day.as_str()), 1..=31)?;
    edtf(found["y"].parse().ok(), Some(month), day).map(|date| (date, Vec::new()))
}

fn western(folded: &str) -> Option<(String, Vec<&'static str>)> {
    static DATE: LazyLock<Option<Regex>> = LazyLock::new(|| {
        Regex::new(r"(?:^|\D)(?P<y>\d{4})(?:[-/.](?P<m>\d{1,2})(?:[-/.](?P<d>\d{1,2}))?)?(?:\D|$)").ok()
    });
    static COMPACT: LazyLock<Option<Regex>> =
        LazyLock::new(|| Regex::new(r"(?:^|\D)(?P<y>\d{4})(?P<m>\d{2})(?P<d>\d{2})(?:\D|$)").ok());
    let parts = |found: regex::Captures<'_>| {
        let year: u32 = found.name("y")?.as_str().parse().ok()?;
        let month = in_range(found.name("m").map(|m| m.as_str()), 1..=12)?;
        let day = in_range(found.name("d").map(|d| d.as_str()), 1..=31)?;
        (1800..2200).contains(&year).then(|| edtf(Some(year), month, day)).flatten()
    };
    let date = DATE.as_ref()?.captures(folded).and_then(parts);
    let date = date.or_else(|| COMPACT.as_ref()?.captures(folded).and_then(parts))?;
    Some((date, Vec::new()))
}

/// A text that is nothing but a date whose year has two digits: 18.3.1.
fn short(folded: &str) -> Option<(String, Vec<&'static str>)> {
    static DATE: LazyLock<Option<Regex>> = LazyLock::new(|| {
        Regex::new(r"^(?P<y>[0-9]{2})(?:\.(?P<m>[0-9]{1,2})\.|/(?P<m2>[0-9]{1,2})/|-(?P<m3>[0-9]{1,2})-)(?P<d>[0-9]{1,2})$").ok()
    });
    if folded.len() > "18.10.10".len() {
        return None;
    }
    let found = DATE.as_ref()?.captures(folded)?;
    let month = found.name("m").or(found.name("m2")).or(found.name("m3"));
    let mut warnings = Vec::new();
    let year = year(found["y"].parse().ok()?, &found["y"], false, &mut warnings);
    let month = in_range(month.map(|month| month.as_str()), 1..=12)?;
    let day = in_range(found.name("d").map(|day| day.as_str()), 1..=31)?;
    edtf(year, month, day).map(|date| (date, warnings))
}

/// A year of four digits as it is; of two, in the twentieth century unless that is still to come,
/// with a warning.
fn year(number: u32, text: &str, republic: bool, warnings: &mut Vec<&'static str>) -> Option<u32> {
    match (number, text.chars().count()) {
        (number, _) if republic => Some(1911 + number),
        (1800..2200, _) => Some(number),
        // The two digits may begin with a zero, as in 〇三年.
        (0..=99, 2) => {
            warnings.push(CENTURY);
            Some(if number < 30 { 2000 } else { 1900 } + number)
        }
        _ => None,
    }
}

/// `Some(None)` when there is no text, `None` when it is no number of the range.
fn in_range(text: Option<&str>, range: std::ops::RangeInclusive<u32>) -> Option<Option<u32>> {
    match text {
        None => Some(None),
        Some(text) => number(text).filter(|number| range.contains(number)).map(Some),
    }
}

fn edtf(year: Option<u32>, month: Option<u32>, day: Option<u32>) -> Option<String> {
    if let (Some(month), Some(day)) = (month, day)
        && day > days_in(year, month)
    {
        return None;
    }
    match (year, month, day) {
        (Some(year), Some(month), Some(day)) => Some(format!("{year:04}-{month:02}-{day:02}")),
        (Some(year), Some(month), None) => Some(format!("{year:04}-{month:02}")),
        (Some(year), None, None) => Some(format!("{year:04}")),
        (None, Some(month), Some(day)) => Some(format!("XXXX-{month:02}-{day:02}")),
        _ => None,
    }
}

/// The month's length; of a February whose year is not known, 29.
pub(super) fn days_in(year: Option<u32>, month: u32) -> u32 {
    let leap = year.is_none_or(|year| year % 4 == 0 && (year % 100 != 0 || year % 400 == 0));
    match month {
        2 if leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// The number that Chinese or Arabic digits say: 二〇一九, 十二, 廿三, 三十一, 元, 12.
fn number(text: &str) -> Option<u32> {
    let digits: Option<Vec<u32>> = text.chars().map(digit).collect();
    if let Some(digits) = digits {
        return Some(digits.into_iter().fold(0, |number, digit| number * 10 + digit));
    }
    let mut total = 0;
    let mut pending = None;
    for c in text.chars() {
        match c {
            '十' => total += pending.take().unwrap_or(1) * 10,
            '廿' => total += 20,
            '卅' => total += 30,
            '冬' => total += 11,
            '腊' => total += 12,
            _ => pending = Some(digit(c)?),
        }
    }
    Some(total + pending.unwrap_or(0))
}

fn digit(c: char) -> Option<u32> {
    Some(match c {
        '0'..='9' => c as u32 - '0' as u32,
        '〇' | '零' => 0,
        '一' | '元' | '正' => 1,
        '二' | '两' => 2,
        '三' => 3,
        '四' => 4,
        '五' => 5,
        '六' => 6,
        '七' => 7,
        '八' => 8,
        '九' => 9,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(text: &str) -> Option<String> {
        parse_date(text).map(|(date, _)| date)
    }

    #[test]
    fn a_year_of_two_digits_is_doubtful() {
        for text in ["18.3.1", "18/03/01", "18-3-1"] {
            assert_eq!(parse_date(text), Some(("2018-03-01".to_owned(), vec![CENTURY])), "{text}");
        }
        for text in ["18.13.1", "18.3/1", "18.3", "118.3.1", "18.3.1。第一条"] {
            assert_eq!(parse_date(text), None, "{text}");
        }
    }

    #[test]
    fn notations_of_registers_and_letters() {
        for (text, expected) in [
            ("2019/2/28 11:25:05", "2019-02-28"),
            ("2019-02-28 11:25:05", "2019-02-28"),
            ("2022.8", "2022-08"),
            ("2022.08.22", "2022-08-22"),
            ("20220822", "2022-08-22"),
            ("2022年8月", "2022-08"),
            ("2022 年 8 月 22 日", "2022-08-22"),
            ("８月２２日", "XXXX-08-22"),
            ("一九五六年三月五日", "1956-03-05"),
            ("二○○三年十二月卅一日", "2003-12-31"),
            ("二零二二年元月廿三日", "2022-01-23"),
            ("民国三十八年十月一日", "1949-10-01"),
            ("1956年", "1956"),
            ("5th March 1872", "1872-03-05"),
            ("Dec. 14, 1803", "1803-12-14"),
            ("the 2nd of June, 1798", "1798-06-02"),
            ("September 1840", "1840-09"),
            ("一九八〇年二月廿九日", "1980-02-29"),
        ] {
            assert_eq!(date(text).as_deref(), Some(expected), "{text}");
        }
    }

    #[test]
    fn the_old_calendar_is_told_in_the_new_one() {
        for (text, expected) in [
            ("1986年腊月二十", Some("1987-01-19")),
            ("一九八五年腊月", Some("1986-01-10/1986-02-08")),
            ("农历一九八六年三月廿三日", Some("1986-05-01")),
            ("1995年闰八月初一", Some("1995-09-25")),
            ("民国三十八年八月初十", Some("1949-10-01")),
            ("2020年(农历)五月初五", Some("2020-06-25")),
            ("一九八六年丙寅年正月", Some("1986-02-09/1986-03-09")),
            ("庚子年", Some("[1900,1960,2020]")),
            ("农历一九八六年", Some("1986")),
            ("农历三月廿三", None),
            ("1986年闰三月初一", None),
            ("甲丑年", None),
        ] {
            assert_eq!(date(text).as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn what_is_no_date_is_none() {
        for text in ["", "见附件", "2023年2月29日", "2019-13-01", "123456", "第3页"] {
            assert_eq!(date(text), None, "{text}");
        }
    }

    #[test]
    fn doubts_are_said() {
        let lunar = parse_date("一九八六年农历三月廿三").unwrap();
        assert_eq!(lunar, ("1986-05-01".to_owned(), vec!["lunar_calendar"]));
        let cycle = parse_date("农历丙寅年三月廿三").unwrap();
        assert_eq!(cycle, ("[1926-05-04,1986-05-01]".to_owned(), vec!["lunar_calendar", "cycle_year"]));
        assert_eq!(parse_date("五六年三月").unwrap(), ("1956-03".to_owned(), vec!["century_not_stated"]));
        let october = value("2022.1", CellKind::Number);
        assert_eq!((october.text.as_str(), october.warnings.len()), ("2022-01", 1));
        assert_eq!(value("44795", CellKind::Number).text, "2022-08-22");
        assert_eq!(value("不详", CellKind::Text).warnings, ["not_a_date"]);
    }
}
