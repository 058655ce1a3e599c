//! The old calendar: lunar months from 1900 to 2100, and the years of the sixty-year cycle.
//!
//! A month begins on the day of the new moon and has 29 or 30 days; seven years of nineteen have a
//! month more, which bears the number of the one before it (GB/T 33661-2017).

use super::date::from_days;

/// The first year of the table, and the day on which it begins: 1900-01-31, in days from 1970-01-01.
const FIRST: i32 = 1900;
const BEGINS: i64 = -25_537;

/// Of each year the month that is followed by a leap month of the same number, or 0, in the bits from
/// the seventeenth; below them a bit for each month as they follow each other, set where it has 30 days.
#[rustfmt::skip]
const YEARS: [u32; 201] = [
    0x816d2, 0x00752, 0x00ea5, 0x5164a, 0x0064b, 0x00a9b, 0x41556, 0x0056a, 0x00b59, 0x21752, // 1900
    0x00752, 0x61b25, 0x00b25, 0x00a4b, 0x514ab, 0x002ad, 0x0056b, 0x20b69, 0x00da9, 0x71d92, // 1910
    0x00e92, 0x00d25, 0x51a4d, 0x00a56, 0x002b6, 0x415b5, 0x006d4, 0x00ea9, 0x21e92, 0x00e92, // 1920
    0x60d26, 0x0052b, 0x00a57, 0x512d6, 0x00b5a, 0x006d4, 0x30ec9, 0x00749, 0x71693, 0x00a93, // 1930
    0x0052b, 0x60a5b, 0x00aad, 0x0056a, 0x41b55, 0x00ba4, 0x00b49, 0x21a93, 0x00a95, 0x7152d, // 1940
    0x00536, 0x00aad, 0x515aa, 0x005b2, 0x00da5, 0x31d4a, 0x00d4a, 0x80a95, 0x00a97, 0x00556, // 1950
    0x60ab5, 0x00ad5, 0x006d2, 0x40ea5, 0x00ea5, 0x0064a, 0x30c97, 0x00a9b, 0x7155a, 0x0056a, // 1960
    0x00b69, 0x51752, 0x00b52, 0x00b25, 0x4164b, 0x00a4b, 0x814ab, 0x002ad, 0x0056d, 0x60b69, // 1970
    0x00da9, 0x00d92, 0x41d25, 0x00d25, 0xa1a4d, 0x00a56, 0x002b6, 0x605b5, 0x006d5, 0x00ea9, // 1980
    0x51e92, 0x00e92, 0x00d26, 0x30a56, 0x00a57, 0x814d6, 0x003aa, 0x006d5, 0x516c9, 0x00749, // 1990
    0x00693, 0x4152b, 0x0052b, 0x00a5b, 0x2155a, 0x0056a, 0x71b55, 0x00ba4, 0x00b49, 0x51a93, // 2000
    0x00a95, 0x0052d, 0x40aad, 0x00ab5, 0x915aa, 0x005d2, 0x00da5, 0x61d4a, 0x00d4a, 0x00c95, // 2010
    0x4152e, 0x00556, 0x00ab5, 0x215b2, 0x006d2, 0x60ea5, 0x00725, 0x0064b, 0x50c97, 0x00cab, // 2020
    0x0055a, 0x30ad6, 0x00b69, 0xb1752, 0x00b52, 0x00b25, 0x61a4b, 0x00a4b, 0x004ab, 0x5055b, // 2030
    0x005ad, 0x00b6a, 0x21b52, 0x00d92, 0x71d25, 0x00d25, 0x00a55, 0x514ad, 0x004b6, 0x005b5, // 2040
    0x30daa, 0x00ec9, 0x81e92, 0x00e92, 0x00d26, 0x60a56, 0x00a57, 0x004d6, 0x406d5, 0x00755, // 2050
    0x00745, 0x30e93, 0x00693, 0x7152b, 0x0052b, 0x00a5b, 0x5155a, 0x0056a, 0x00b65, 0x4174a, // 2060
    0x00b4a, 0x81a95, 0x00a95, 0x0052d, 0x60aad, 0x00ab5, 0x005aa, 0x40ba5, 0x00da5, 0x00d4a, // 2070
    0x31c95, 0x00c96, 0x7194e, 0x00556, 0x00ab5, 0x515b2, 0x006d2, 0x00ea5, 0x40e4a, 0x0068b, // 2080
    0x80c97, 0x004ab, 0x0055b, 0x60ad6, 0x00b6a, 0x00752, 0x41725, 0x00b45, 0x00a8b, 0x2149b, // 2090
    0x004ab, // 2100
];

/// The first and the last day of a lunar month, as days from 1970-01-01; `None` where the year is not in
/// the table, or has no such month.
fn month(year: i32, month: u32, leap: bool) -> Option<(i64, i64)> {
    let at = usize::try_from(year - FIRST).ok()?;
    let own = *YEARS.get(at)?;
    let doubled = own >> 16;
    if !(1..=12).contains(&month) || leap && doubled != month {
        return None;
    }
    let before = month - 1 + u32::from(doubled > 0 && (month > doubled || leap));
    let days = |year: u32, months: u32| i64::from(29 * months + (year & ((1 << months) - 1)).count_ones());
    let years: i64 =
        YEARS[..at].iter().map(|year| days(*year & 0xffff, 12 + u32::from(year >> 16 > 0))).sum();
    let first = BEGINS + years + days(own & 0xffff, before);
    Some((first, first + 28 + i64::from(own >> before & 1)))
}

/// A day, or a whole month, of the old calendar in the new one, as EDTF: `1986-05-01`, or an interval
/// `1986-04-09/1986-05-08`. `None` where there is no such day, or before 1900 or after 2100.
pub(super) fn gregorian(year: i32, number: u32, leap: bool, day: Option<u32>) -> Option<String> {
    let (first, last) = month(year, number, leap)?;
    match day {
        None => Some(format!("{}/{}", from_days(first), from_days(last))),
        Some(day) => {
            let at = first + i64::from(day.checked_sub(1)?);
            (at <= last).then(|| from_days(at))
        }
    }
}

/// The years from 1900 to 2043 that a name of the sixty-year cycle, such as 丙寅, stands for; 甲子 was 1984.
pub(super) fn cycle_years(name: &str) -> Vec<i32> {
    let place = |names: &str, c: char| names.chars().position(|known| known == c);
    let mut chars = name.chars();
    let (Some(stem), Some(branch)) = (chars.next(), chars.next()) else { return Vec::new() };
    let (Some(stem), Some(branch)) = (place(STEMS, stem), place(BRANCHES, branch)) else { return Vec::new() };
    let is_named = |year: &i32| {
        (year - 4).rem_euclid(10) as usize == stem && (year - 4).rem_euclid(12) as usize == branch
    };
    (FIRST..=2043).filter(is_named).collect()
}

/// The ten stems and the twelve branches of the cycle.
pub(super) const STEMS: &str = "甲乙丙丁戊己庚辛壬癸";
pub(super) const BRANCHES: &str = "子丑寅卯辰巳午未申酉戌亥";

#[cfg(test)]
mod tests {
    use super::super::date::days_of;
    use super::*;

    #[test]
    fn days_of_the_old_calendar() {
        for (year, month, leap, day, expected) in [
            (1900, 1, false, 1, Some("1900-01-31")),
            (1949, 8, false, 10, Some("1949-10-01")),
            (1986, 3, false, 23, Some("1986-05-01")),
            (1995, 8, true, 1, Some("1995-09-25")),
            (2020, 5, false, 5, Some("2020-06-25")),
            (2024, 12, false, 30, None),
            (2024, 1, false, 1, Some("2024-02-10")),
            (2025, 1, false, 1, Some("2025-01-29")),
            (2100, 1, false, 1, Some("2100-02-09")),
            (1986, 3, true, 1, None),
            (1899, 3, false, 1, None),
            (1986, 13, false, 1, None),
        ] {
            assert_eq!(gregorian(year, month, leap, Some(day)).as_deref(), expected, "{year} {month} {day}");
        }
        assert_eq!(gregorian(1985, 12, false, None).as_deref(), Some("1986-01-10/1986-02-08"));
        assert_eq!(days_of(1900, 1, 31), BEGINS);
    }

    #[test]
    fn names_of_the_cycle() {
        assert_eq!(cycle_years("甲子"), [1924, 1984]);
        assert_eq!(cycle_years("丙寅"), [1926, 1986]);
        assert_eq!(cycle_years("庚子"), [1900, 1960, 2020]);
        assert!(cycle_years("甲丑").is_empty() && cycle_years("去年").is_empty());
    }
}
