//! Names in the order in which people look for them, as texts that are compared byte by byte, and
//! regions by what they lie in.

use dossier_model::fold_text;
use pinyin::ToPinyin;

/// Figures are filled up to so many digits.
const DIGITS: usize = 20;

/// Han characters by their sound, as in a Chinese index; what sounds alike is still told apart.
pub(super) fn by_sound(name: &str) -> String {
    let mut sounds = String::new();
    for c in fold_text(name).chars() {
        if let Some(syllable) = c.to_pinyin() {
            sounds += syllable.plain();
        }
        sounds.push(c);
    }
    sounds
}

/// Figures by their value: 2 comes before 10.
pub(super) fn by_figures(number: &str) -> String {
    let mut ordered = String::new();
    let folded = fold_text(number);
    let mut rest = folded.as_str();
    while let Some(c) = rest.chars().next() {
        let digits = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        let length = if digits > 0 { digits } else { c.len_utf8() };
        let (piece, after) = rest.split_at(length);
        let piece = if digits > 0 { piece.trim_start_matches('0') } else { piece };
        let missing = if digits > 0 { DIGITS.saturating_sub(piece.len()) } else { 0 };
        ordered.extend(std::iter::repeat_n('0', missing));
        ordered += piece;
        rest = after;
    }
    ordered
}

/// What units of administration end with, apart from villages, of which there are too many to count.
const UNITS: [&str; 9] = ["省", "自治区", "市", "县", "区", "旗", "镇", "乡", "街道"];

/// A region and those that it lies in, the largest first: `清河市`, `清河市望川县`.
pub(super) fn levels(region: &str) -> Vec<&str> {
    let ends = region.char_indices().map(|(at, c)| at + c.len_utf8());
    let is_level = |end: &usize| {
        let level = &region[..*end];
        // A unit has a name: 市 by itself or at the beginning of one, as in 市中区, is none.
        *end == region.len() || UNITS.iter().any(|unit| level.ends_with(unit) && level.chars().count() > 2)
    };
    ends.filter(is_level).map(|end| &region[..end]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn regions_lie_in_others() {
        assert_eq!(levels("清河市望川县双河镇"), ["清河市", "清河市望川县", "清河市望川县双河镇"]);
        assert_eq!(levels("市中区文昌街道"), ["市中区", "市中区文昌街道"]);
        assert_eq!(levels("石桥"), ["石桥"]);
        assert!(levels("").is_empty());
    }

    #[test]
    fn figures_go_by_their_value_and_names_by_their_sound() {
        let mut numbers = ["信访〔2019〕10号", "信访〔2019〕9号", "信访〔2018〕100号", "A002", "A10", "A3"];
        numbers.sort_by_key(|number| by_figures(number));
        assert_eq!(
            numbers,
            ["A002", "A3", "A10", "信访〔2018〕100号", "信访〔2019〕9号", "信访〔2019〕10号"]
        );
        let mut names = ["石岭县", "安平县", "云州市", "望川县"];
        names.sort_by_key(|name| by_sound(name));
        assert_eq!(names, ["安平县", "石岭县", "望川县", "云州市"]);
    }
}
