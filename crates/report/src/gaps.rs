//! Numbers that are missing: of a row of numbers that differ only in their last figures, those that no
//! letter has. Loss happens before a file is ever seen.

use std::collections::{BTreeMap, BTreeSet};

use dossier_model::fold_text;
use serde::Serialize;

/// The most figures of a counting number; longer ones hold dates and codes before it.
const COUNTING: usize = 6;
/// How many figures count at the end of a longer number (18 figures: region, date, four to count).
const AT_END: usize = 4;
/// Fewer numbers than this are no row of numbers.
const ROW: usize = 3;

/// A row of numbers with what it lacks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Gaps {
    /// What stands before the counting figures, as folded.
    pub before: String,
    /// What stands after them.
    pub after: String,
    /// The first number that is there.
    pub first: u32,
    /// The last one.
    pub last: u32,
    /// How many are there.
    pub present: usize,
    /// The numbers that are missing, as ranges with both ends.
    pub missing: Vec<(u32, u32)>,
}

impl Gaps {
    /// How many numbers are missing.
    pub fn count(&self) -> u32 {
        self.missing.iter().map(|(from, to)| to - from + 1).sum()
    }
}

/// The rows of numbers that lack some, in their order. A row of which more is missing than there is
/// counts as none: its numbers were never given one after the other.
pub fn gaps(numbers: impl IntoIterator<Item = String>) -> Vec<Gaps> {
    let mut rows: BTreeMap<(String, String), BTreeSet<u32>> = BTreeMap::new();
    for number in numbers {
        if let Some((before, counting, after)) = parts(&number) {
            rows.entry((before, after)).or_default().insert(counting);
        }
    }
    rows.into_iter().filter_map(|((before, after), present)| lacking(before, after, &present)).collect()
}

fn lacking(before: String, after: String, present: &BTreeSet<u32>) -> Option<Gaps> {
    let (first, last) = (*present.first()?, *present.last()?);
    let span = (last - first) as usize + 1;
    if present.len() < ROW || span == present.len() || span > 2 * present.len() {
        return None;
    }
    let missing = present.iter().zip(present.iter().skip(1)).filter(|(a, b)| **b > **a + 1);
    let missing = missing.map(|(a, b)| (a + 1, b - 1)).collect();
    Some(Gaps { before, after, first, last, present: present.len(), missing })
}

/// What stands before the last figures of a number, these, and what follows.
fn parts(number: &str) -> Option<(String, u32, String)> {
    let folded: Vec<char> = fold_text(number).chars().collect();
    let end = folded.iter().rposition(char::is_ascii_digit)? + 1;
    let start = folded[..end].iter().rposition(|c| !c.is_ascii_digit()).map_or(0, |at| at + 1);
    let start = if end - start > COUNTING { end - AT_END } else { start };
    let text = |range: &[char]| range.iter().collect::<String>();
    let counting = text(&folded[start..end]).parse().ok()?;
    Some((text(&folded[..start]), counting, text(&folded[end..])))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(numbers: &[&str]) -> Vec<(String, Vec<(u32, u32)>)> {
        let gaps = gaps(numbers.iter().map(|number| (*number).to_owned()));
        gaps.into_iter().map(|gaps| (gaps.before + "#" + &gaps.after, gaps.missing)).collect()
    }

    #[test]
    fn what_is_missing_from_a_row_is_named() {
        let numbers = [
            "信〔2019〕1号",
            "信[2019]2号",
            "信〔2019〕５号",
            "信〔2019〕6号",
            "信〔2019〕8号",
            "信〔2018〕4号",
        ];
        assert_eq!(of(&numbers), [("信[2019]#号".to_owned(), vec![(3, 4), (7, 7)])]);
        let by_day = ["990121201902180001", "990121201902180002", "990121201902180004"];
        assert_eq!(of(&by_day), [("99012120190218#".to_owned(), vec![(3, 3)])]);
    }

    #[test]
    fn numbers_that_were_not_given_in_a_row_lack_nothing() {
        assert_eq!(of(&["甲1", "甲2", "甲3"]), []);
        assert_eq!(of(&["甲1", "甲500", "甲90000"]), []);
        assert_eq!(of(&["甲1", "甲3", "无号"]), [], "too few");
    }
}
