//! Numbers in which one wrong digit makes all of it wrong.

use std::sync::LazyLock;

use dossier_model::fold_text;
use regex::Regex;

/// A kind of number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ValueKind {
    /// An identity number of 18 characters (GB 11643-1999).
    Id,
    /// A mobile or landline number.
    Phone,
    /// A full date, in figures or in Chinese numerals.
    Date,
    /// An amount of money in figures.
    Amount,
}

impl ValueKind {
    /// All kinds.
    pub const ALL: [ValueKind; 4] = [ValueKind::Id, ValueKind::Phone, ValueKind::Date, ValueKind::Amount];

    fn pattern(self) -> &'static str {
        match self {
            ValueKind::Id => r"(?-u:\b)\d{17}[\dx](?-u:\b)",
            ValueKind::Phone => r"(?-u:\b)(?:1\d{10}|\d{3,4}-\d{7,8})(?-u:\b)",
            ValueKind::Date => {
                r"(?-u:\b)\d{4}年\d{1,2}月\d{1,2}日|[〇零一二三四五六七八九]{4}年[一二三四五六七八九十]{1,2}月[一二三四五六七八九十]{1,3}日"
            }
            ValueKind::Amount => r"(?-u:\b)\d[\d,]*(?:\.\d+)?万?元",
        }
    }
}

/// How many numbers of a kind the truth has, and how many of them were read without a fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Exactness {
    /// The kind.
    pub kind: ValueKind,
    /// How many there are.
    pub there: usize,
    /// How many are right.
    pub right: usize,
}

impl Exactness {
    pub(super) fn add(&mut self, other: Exactness) {
        self.there += other.there;
        self.right += other.right;
    }
}

/// Compares the numbers; a number that occurs twice has to be found twice.
pub(super) fn exactness(truth: &str, read: &str) -> Vec<Exactness> {
    static PATTERNS: LazyLock<Option<Vec<Regex>>> = LazyLock::new(|| {
        ValueKind::ALL.iter().map(|kind| Regex::new(kind.pattern())).collect::<Result<_, _>>().ok()
    });
    let Some(patterns) = &*PATTERNS else { return Vec::new() };
    // A number may be broken over lines; cells of a row stay apart.
    let (truth, read) = (joined(truth, '\n'), joined(&joined(read, '\n'), ' '));
    let of_kind = |(kind, pattern): (&ValueKind, &Regex)| {
        let mut rest = read.clone();
        let mut sum = Exactness { kind: *kind, there: 0, right: 0 };
        for found in pattern.find_iter(&truth) {
            let value = joined(found.as_str(), ' ');
            sum.there += 1;
            if rest.contains(&value) {
                sum.right += 1;
                rest = rest.replacen(&value, "\u{FFFC}", 1);
            }
        }
        sum
    };
    ValueKind::ALL.iter().zip(patterns).map(of_kind).collect()
}

/// The folded characters without a kind of white space.
fn joined(text: &str, without: char) -> String {
    let folded = |c: char| if c.is_whitespace() { c.to_string() } else { fold_text(&c.to_string()) };
    text.chars().filter(|c| *c != without).map(folded).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_right_or_wrong_as_a_whole() {
        let truth = "身份证号：99012119480519\n0224，电话：19900000311、000-2100417，2019年3月5日欠3200.5元";
        let read = "身份证号：990121194805190224，电话：19900000371、000-2100417，2019年3月5日欠3200.5元";
        let found: Vec<(ValueKind, usize, usize)> =
            exactness(truth, read).into_iter().map(|value| (value.kind, value.there, value.right)).collect();
        let expected = [
            (ValueKind::Id, 1, 1),
            (ValueKind::Phone, 2, 1),
            (ValueKind::Date, 1, 1),
            (ValueKind::Amount, 1, 1),
        ];
        assert_eq!(found, expected);
    }

    #[test]
    fn cells_of_a_row_are_numbers_of_their_own() {
        let row = "990121194805190224 19900000311 500元";
        let found = exactness(row, "99012119480519022419900000311500元");
        assert_eq!(
            found.iter().map(|value| (value.there, value.right)).collect::<Vec<_>>(),
            [(1, 1), (1, 1), (0, 0), (1, 1)]
        );
    }
}
