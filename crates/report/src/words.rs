//! Times, durations and commands as people write them.

use std::path::Path;

use dossier_model::Lang;
use jiff::Timestamp;
use jiff::tz::TimeZone;

/// The local date and time of some seconds since 1970-01-01 UTC: `2026-03-01 02:00`.
pub fn when(seconds: u64) -> String {
    local(seconds, "%Y-%m-%d %H:%M")
}

/// The local date: `2026-03-01`.
pub fn day(seconds: u64) -> String {
    local(seconds, "%Y-%m-%d")
}

/// The moment at which a local day begins, in seconds since 1970-01-01 UTC, written `2026-03-01`.
pub fn midnight(day: &str) -> Option<u64> {
    let date: jiff::civil::Date = day.parse().ok()?;
    let midnight = TimeZone::system().to_timestamp(date.to_datetime(jiff::civil::Time::midnight())).ok()?;
    u64::try_from(midnight.as_second()).ok()
}

/// The local time of the day: `02:00`.
pub(crate) fn clock(seconds: u64) -> String {
    local(seconds, "%H:%M")
}

/// The local month and day: `03-01`.
pub(crate) fn short_day(seconds: u64) -> String {
    local(seconds, "%m-%d")
}

fn local(seconds: u64, format: &str) -> String {
    let timestamp = i64::try_from(seconds).ok().and_then(|seconds| Timestamp::from_second(seconds).ok());
    // A time that no calendar has comes from a damaged record: the number still says something.
    timestamp.map_or_else(
        || seconds.to_string(),
        |at| at.to_zoned_datetime(TimeZone::system()).strftime(format).to_string(),
    )
}

/// A duration in the two largest units that it has.
pub fn duration(seconds: f64, lang: Lang) -> String {
    let unit = |count: u64, en: &str, zh: &str| match lang {
        Lang::En => format!("{count} {en}"),
        Lang::Zh => format!("{count} {zh}"),
    };
    let whole = seconds.max(0.0).round() as u64;
    let (days, hours, minutes) = (whole / 86_400, whole / 3600 % 24, whole / 60 % 60);
    let (first, second) = match (days, hours, minutes) {
        (0, 0, 0) if seconds < 10.0 => return format!("{seconds:.1} {}", lang.pick("s", "秒")),
        (0, 0, 0) => return unit(whole, "s", "秒"),
        (0, 0, _) => (unit(minutes, "min", "分"), (whole % 60, "s", "秒")),
        (0, ..) => (unit(hours, "h", "小时"), (minutes, "min", "分")),
        _ => (unit(days, "d", "天"), (hours, "h", "小时")),
    };
    match second {
        (0, ..) => first,
        (count, en, zh) => format!("{first} {}", unit(count, en, zh)),
    }
}

/// What is said when `files` that had been taken in before were made into letters anew; nothing of none.
pub fn renewed(files: u64, lang: Lang) -> Option<String> {
    (files > 0).then(|| match lang {
        Lang::En => format!(
            "Dossier or the pipeline has changed: letters of files taken in before ({files}) were made anew \
             from what was read then, and nothing of them was recognised again"
        ),
        Lang::Zh => format!(
            "程序或流程配置已更新：此前收入的 {files} 个文件已按新版重新整理成件，沿用原有识别结果，没有重新识别"
        ),
    })
}

/// A path as a shell takes it.
pub fn quoted(path: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || matches!(c, '/' | '.' | '-' | '_' | ',' | '+' | '@' | '%');
    if !path.is_empty() && path.chars().all(plain) {
        return path.to_owned();
    }
    format!("'{}'", path.replace('\'', r"'\''"))
}

/// The command that tries a quarantined file again.
pub fn retry_command(path: &str, archive: &Path) -> String {
    let archive = std::path::absolute(archive).unwrap_or_else(|_| archive.to_owned());
    format!("dossier quarantine retry {} --archive {}", quoted(path), quoted(&archive.to_string_lossy()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_have_two_units() {
        for (seconds, words) in
            [(0.44, "0.4 s"), (42.0, "42 s"), (61.0, "1 min 1 s"), (3600.0, "1 h"), (93_700.0, "1 d 2 h")]
        {
            assert_eq!(duration(seconds, Lang::En), words);
        }
        assert_eq!(duration(75.0, Lang::Zh), "1 分 15 秒");
    }

    #[test]
    fn paths_are_quoted_where_a_shell_would_divide_them() {
        assert_eq!(quoted("/扫描/信1.pdf"), "/扫描/信1.pdf");
        assert_eq!(quoted("it's (1).pdf"), r"'it'\''s (1).pdf'");
    }
}
