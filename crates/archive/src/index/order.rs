//! Names in the order in which people look for them, as texts that are compared byte by byte.

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

#[cfg(test)]
mod tests {
    use super::*;

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
