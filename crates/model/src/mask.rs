//! Masks: the one place where personal data is hidden before it is shown.
//!
//! A mask replaces characters one for one, so that offsets into a masked text stay true. What is
//! kept follows domain practice: the first character of a name, three and four digits of a mobile
//! number, the last two characters of an ID number (its first six and last four would hide only
//! the birth date, which the letter often states), an address down to its county.

use std::fmt;
use std::ops::Range;

use serde::{Deserialize, Serialize};

/// How much of personal data a reader is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Mask {
    /// Everything; the look is put on the audit trail.
    None,
    /// For officers: enough to recognise, not enough to use.
    #[default]
    Internal,
    /// For the public: no names, region to the county.
    Public,
}

/// What kind of personal data a field holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MaskKind {
    /// Not personal by itself, but running text: what is personal in it is masked.
    Text,
    /// Never masked.
    Open,
    /// A person's name.
    Name,
    /// An identity document's number.
    IdNumber,
    /// A telephone number.
    Phone,
    /// A postal address.
    Address,
    /// An e-mail address.
    Email,
}

/// Text that may be personal. Its `Debug` shows only a length, and there is no `Display`:
/// whoever prints it must choose a mask.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Sensitive(String);

impl Sensitive {
    /// Wraps a text.
    pub fn new(text: impl Into<String>) -> Sensitive {
        Sensitive(text.into())
    }

    /// The text itself, for computing and storing; never for showing.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// The text as a reader at level `mask` may see it.
    pub fn masked(&self, kind: MaskKind, mask: Mask) -> String {
        TextMask::of_value(&self.0, kind, mask).apply(&self.0)
    }
}

impl fmt::Debug for Sensitive {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Sensitive({} characters)", self.0.chars().count())
    }
}

/// Which characters of one text are hidden.
#[derive(Clone, Debug, Default)]
pub struct TextMask {
    hidden: Vec<bool>,
}

impl TextMask {
    /// The mask of a single value.
    pub fn of_value(value: &str, kind: MaskKind, mask: Mask) -> TextMask {
        TextMask::of_text(value, mask, [(value, kind)])
    }

    /// The mask of a running text: the given personal values wherever they occur, and every
    /// run of digits that could be an ID or telephone number, and e-mail addresses.
    pub fn of_text<'a>(
        text: &str,
        mask: Mask,
        values: impl IntoIterator<Item = (&'a str, MaskKind)>,
    ) -> TextMask {
        let chars: Vec<char> = text.chars().collect();
        let mut hidden = vec![false; chars.len()];
        if mask == Mask::None {
            return TextMask { hidden };
        }
        let mut hide = |span: Range<usize>, kind: MaskKind| {
            let kept = kept_characters(&chars[span.clone()], kind, mask);
            for (at, keep) in span.zip(kept) {
                hidden[at] |= !keep;
            }
        };
        for (value, kind) in values {
            let value: Vec<char> = value.trim().chars().collect();
            if matches!(kind, MaskKind::Open | MaskKind::Text) || value.is_empty() {
                continue;
            }
            for span in occurrences(&chars, &value) {
                hide(span, kind);
            }
        }
        for (span, kind) in number_spans(&chars) {
            hide(span, kind);
        }
        for span in email_spans(&chars) {
            hide(span, MaskKind::Email);
        }
        TextMask { hidden }
    }

    /// The text with hidden characters replaced by `*`, one for one.
    pub fn apply(&self, text: &str) -> String {
        self.apply_at(text, 0)
    }

    /// The same for a piece of the text that begins at character `start`.
    pub fn apply_at(&self, piece: &str, start: usize) -> String {
        let hidden = |at: usize| self.hidden.get(start + at).copied().unwrap_or(false);
        piece
            .chars()
            .enumerate()
            .map(|(at, c)| if hidden(at) && !c.is_whitespace() { '*' } else { c })
            .collect()
    }
}

fn occurrences(chars: &[char], needle: &[char]) -> Vec<Range<usize>> {
    (0..(chars.len() + 1).saturating_sub(needle.len()))
        .filter(|&at| chars[at..].starts_with(needle))
        .map(|at| at..at + needle.len())
        .collect()
}

/// Which characters of a value stay visible.
fn kept_characters(value: &[char], kind: MaskKind, mask: Mask) -> Vec<bool> {
    let length = value.len();
    let keep = |front: usize, back: usize| -> Vec<bool> {
        let all_would_show = front + back >= length;
        (0..length).map(|at| !all_would_show && (at < front || at >= length - back)).collect()
    };
    let public = mask == Mask::Public;
    match kind {
        MaskKind::Text | MaskKind::Open => vec![true; length],
        MaskKind::Name if public => keep(0, 0),
        MaskKind::Name => keep(surname_length(value), 0),
        MaskKind::IdNumber => keep(0, if public { 0 } else { 2 }),
        MaskKind::Phone if public => keep(0, 0),
        MaskKind::Phone if value.first() == Some(&'0') => keep(3, 2),
        MaskKind::Phone => keep(3, 4),
        MaskKind::Address => keep(county_length(value), 0),
        MaskKind::Email => {
            let at = value.iter().position(|c| *c == '@').unwrap_or(length);
            keep(usize::from(!public), length - at)
        }
    }
}

/// Two characters for the compound surnames still in use, else one.
fn surname_length(name: &[char]) -> usize {
    const COMPOUND: &[&str] = &[
        "欧阳", "司马", "上官", "诸葛", "东方", "皇甫", "尉迟", "公孙", "慕容", "令狐", "司徒", "夏侯",
        "端木", "南宫", "西门", "独孤", "宇文", "长孙", "轩辕", "闻人",
    ];
    let begins = |surname: &&str| name.len() > 2 && surname.chars().eq(name[..2].iter().copied());
    if COMPOUND.iter().any(begins) { 2 } else { 1 }
}

/// The characters of an address down to its county, or its city where no county is named.
fn county_length(address: &[char]) -> usize {
    let last = |marks: &[char]| address.iter().take(15).rposition(|c| marks.contains(c));
    last(&['县', '縣', '区', '區', '旗'])
        .or_else(|| last(&['市', '州']))
        .or_else(|| last(&['省']))
        .map_or(0, |at| at + 1)
}

/// Runs of digits that look like ID numbers (15, or 17 and a digit or X) or telephone numbers
/// (7 to 12 digits), with the separators people put into them.
fn number_spans(chars: &[char]) -> Vec<(Range<usize>, MaskKind)> {
    let digit = |c: char| c.is_ascii_digit() || ('０'..='９').contains(&c);
    let mut spans = Vec::new();
    let mut at = 0;
    while at < chars.len() {
        if !digit(chars[at]) {
            at += 1;
            continue;
        }
        let (start, mut end, mut digits) = (at, at, 0);
        while at < chars.len()
            && (digit(chars[at])
                || (matches!(chars[at], ' ' | '-') && chars.get(at + 1).is_some_and(|c| digit(*c))))
        {
            if digit(chars[at]) {
                digits += 1;
                end = at + 1;
            }
            at += 1;
        }
        if digits == 17 && chars.get(end).is_some_and(|c| matches!(c, 'x' | 'X' | 'Ｘ' | '×')) {
            end += 1;
            digits = 18;
        }
        match digits {
            15 | 18 => spans.push((start..end, MaskKind::IdNumber)),
            7..=12 if !looks_like_date(&chars[start..end]) => spans.push((start..end, MaskKind::Phone)),
            _ => {}
        }
        at = at.max(end);
    }
    spans
}

/// `20190228`, `2019-02-28`: eight digits that begin like a year and hold a month and a day.
fn looks_like_date(run: &[char]) -> bool {
    let digits: String = run.iter().filter(|c| c.is_ascii_digit()).collect();
    let number = |range: Range<usize>| digits.get(range).and_then(|s| s.parse::<u32>().ok());
    digits.len() == 8
        && matches!(number(0..4), Some(1900..=2099))
        && matches!(number(4..6), Some(1..=12))
        && matches!(number(6..8), Some(1..=31))
}

fn email_spans(chars: &[char]) -> Vec<Range<usize>> {
    let part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-' | '+');
    let ats = chars.iter().enumerate().filter(|(_, c)| **c == '@').map(|(at, _)| at);
    ats.filter_map(|at| {
        let before = chars[..at].iter().rev().take_while(|c| part(**c)).count();
        let after = chars[at + 1..].iter().take_while(|c| part(**c)).count();
        (before > 0 && after > 2).then(|| at - before..at + 1 + after)
    })
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn masked(value: &str, kind: MaskKind, mask: Mask) -> String {
        Sensitive::new(value).masked(kind, mask)
    }

    #[test]
    fn values_are_masked_as_the_field_masks_them() {
        for (value, kind, internal, public) in [
            ("张建国", MaskKind::Name, "张**", "***"),
            ("欧阳建国", MaskKind::Name, "欧阳**", "****"),
            ("张", MaskKind::Name, "*", "*"),
            ("999901195606150017", MaskKind::IdNumber, "****************17", "******************"),
            ("13800138000", MaskKind::Phone, "138****8000", "***********"),
            ("0999-1234567", MaskKind::Phone, "099*******67", "************"),
            ("云岭省清河市东山县柳林镇", MaskKind::Address, "云岭省清河市东山县***", "云岭省清河市东山县***"),
            ("青禾縣第三鄉上坪村", MaskKind::Address, "青禾縣******", "青禾縣******"),
            ("wang@example.org", MaskKind::Email, "w***@example.org", "****@example.org"),
            ("2019-02-28", MaskKind::Open, "2019-02-28", "2019-02-28"),
        ] {
            assert_eq!(masked(value, kind, Mask::Internal), internal);
            assert_eq!(masked(value, kind, Mask::Public), public);
            assert_eq!(masked(value, kind, Mask::None), value);
        }
    }

    #[test]
    fn running_text_loses_names_and_numbers_but_keeps_its_length() {
        let text = "我叫张建国，电话138 0013 8000，身份证99990119560615001X，2019-02-28写。";
        let mask = TextMask::of_text(text, Mask::Internal, [("张建国", MaskKind::Name)]);
        let shown = mask.apply(text);
        assert_eq!(
            shown,
            "我叫张**，电话138 *****8000，身份证****************1X，2019-02-28写。"
                .replace("138 *****8000", "138 **** 8000")
        );
        assert_eq!(shown.chars().count(), text.chars().count());
        assert_eq!(mask.apply_at("张建国", 2), "张**");
    }

    #[test]
    fn sensitive_text_does_not_leak_through_debug() {
        assert_eq!(format!("{:?}", Sensitive::new("张建国")), "Sensitive(3 characters)");
    }
}
