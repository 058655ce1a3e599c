//! What the index's terms are of, and the places that they have.
//!
//! The text is folded before it comes here (`index/streams.rs`). A segment that does not run on from the
//! one before (a cell after a cell) is kept apart by [`BREAK`], which leaves a gap between the
//! places, so that no phrase reaches across.

use super::common::Common;

/// Parts what must not be found as one phrase.
pub(super) const BREAK: char = '\u{1}';
/// Ends a field's name in terms.
const NAME_END: char = '\u{2}';
/// Comes before a character that is another reading of the one before.
pub(super) const SAME_PLACE: char = '\u{3}';
/// The gap between the places on both sides of a break.
pub(super) const GAP: u32 = 100;

/// The term of a counted value.
pub(super) fn facet_token(name: &str, value: &str) -> String {
    format!("{name}{NAME_END}{value}")
}

/// The name and the value of a counted value's term.
pub(super) fn facet_of(token: &str) -> Option<(&str, &str)> {
    token.split_once(NAME_END)
}

/// The term of one character of a field's value.
pub(super) fn field_token(name: &str, c: char) -> String {
    format!("{name}{NAME_END}{c}")
}

/// Each character of a text with its place.
pub(super) fn characters(text: &[char]) -> impl Iterator<Item = (char, u32)> {
    let (mut next, mut same_place) = (0_u32, false);
    text.iter().filter_map(move |c| match *c {
        BREAK => {
            next += GAP;
            None
        }
        SAME_PLACE => {
            same_place = true;
            None
        }
        c => {
            let place = if std::mem::take(&mut same_place) { next.saturating_sub(1) } else { next };
            next = place + 1;
            Some((c, place))
        }
    })
}

/// Each pair of common characters in a row, as their numbers among the common ones.
pub(super) fn pairs(text: &[char], common: &Common) -> impl Iterator<Item = (u16, u16)> {
    let mut before = None;
    text.iter().filter_map(move |c| {
        let second = common.number(*c);
        std::mem::replace(&mut before, second).zip(second)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chars(text: &str) -> Vec<char> {
        text.chars().collect()
    }

    #[test]
    fn pairs_are_of_common_characters_side_by_side() {
        let common = Common::new(None);
        let text = chars("我们的\u{1}在\u{1}这里，有鹏了a1我们");
        let found = pairs(&text, &common);
        let found: Vec<String> = found
            .map(|(a, b)| [a, b].map(|number| common.characters()[number as usize]).iter().collect())
            .collect();
        assert_eq!(found, ["我们", "们的", "这里", "了a", "a1", "1我", "我们"]);
    }

    #[test]
    fn a_break_leaves_a_gap() {
        let text = chars("拆迁\u{1}a拆");
        let found: Vec<_> = characters(&text).collect();
        assert_eq!(found, [('拆', 0), ('迁', 1), ('a', 102), ('拆', 103)]);
    }

    #[test]
    fn another_reading_stands_at_the_same_place() {
        let text = chars("折\u{3}拆迁");
        let found: Vec<_> = characters(&text).collect();
        assert_eq!(found, [('折', 0), ('拆', 0), ('迁', 1)]);
    }
}
