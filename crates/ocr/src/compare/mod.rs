//! How far a recognised text is from the truth: character error, the lines it is in, and whether
//! numbers that matter are exact.
//!
//! White space does not count, and neither do width and punctuation variants that folding unifies;
//! Han characters count as they are, so that a reading in the other script is an error. The
//! character error rate is the least number of insertions, deletions and replacements over the
//! number of characters of the truth (Levenshtein 1966).

mod align;
mod values;

use dossier_model::{fold_text, is_han};

use align::align;
pub use values::{Exactness, ValueKind};

/// The most steps that comparing two texts may take: lengths of 20,000 characters each.
const MOST_STEPS: usize = 400_000_000;

/// The texts are too long to be compared in one piece.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("texts of {truth} and {read} characters are too long to be compared in one piece")]
pub struct TooLong {
    /// Characters of the truth.
    pub truth: usize,
    /// Characters read.
    pub read: usize,
}

/// A recognised text held against the truth.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Comparison {
    /// Characters of the truth that count.
    pub characters: usize,
    /// Insertions, deletions and replacements.
    pub errors: usize,
    /// Characters wrong, missing or too many if their order did not matter: what is left of the
    /// errors when reading order is forgiven.
    pub unordered: usize,
    /// Each line of the truth that has any character, in order.
    pub lines: Vec<LineComparison>,
    /// The numbers that matter.
    pub values: Vec<Exactness>,
    /// For each character of the recognised text, white space included, whether it is right; white
    /// space always is.
    pub right: Vec<bool>,
}

/// A line of the truth, and what was read in its place.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LineComparison {
    /// The truth.
    pub truth: String,
    /// What was read.
    pub read: String,
    /// Insertions, deletions and replacements.
    pub errors: usize,
}

impl Comparison {
    /// The character error rate, 0 without any character.
    pub fn rate(&self) -> f64 {
        self.errors as f64 / self.characters.max(1) as f64
    }

    /// Adds the counts and lines of another comparison, as of the next page. `right` is left out,
    /// since it belongs to one text.
    pub fn add(&mut self, other: Comparison) {
        self.characters += other.characters;
        self.errors += other.errors;
        self.unordered += other.unordered;
        self.lines.extend(other.lines);
        for value in other.values {
            match self.values.iter_mut().find(|own| own.kind == value.kind) {
                Some(own) => own.add(value),
                None => self.values.push(value),
            }
        }
        self.right.clear();
    }

    /// The lines with errors, the worst first.
    pub fn worst(&self) -> Vec<&LineComparison> {
        let mut worst: Vec<&LineComparison> = self.lines.iter().filter(|line| line.errors > 0).collect();
        worst.sort_by_key(|line| std::cmp::Reverse(line.errors));
        worst
    }
}

/// A character that counts, and where it stands in its text, in characters.
#[derive(Clone, Copy)]
struct Letter {
    c: char,
    at: usize,
}

/// Compares a recognised text with the truth.
///
/// # Errors
/// [`TooLong`]; pages are compared one by one.
pub fn compare(truth: &str, read: &str) -> Result<Comparison, TooLong> {
    let (expected, found) = (letters(truth), letters(read));
    if expected.len().saturating_mul(found.len()) > MOST_STEPS {
        return Err(TooLong { truth: expected.len(), read: found.len() });
    }
    let steps = align(&expected, &found, |a, b| a.c == b.c);
    let mut lines = lines(truth);
    let starts: Vec<usize> = lines.iter().map(|(start, _)| *start).collect();
    let line_of = |at: usize| starts.partition_point(|start| *start <= at).saturating_sub(1);
    let mut right: Vec<bool> = read.chars().map(char::is_whitespace).collect();
    let (mut errors, mut line) = (0, 0);
    for step in steps {
        let (a, b) = (step.0.map(|at| expected[at]), step.1.map(|at| found[at]));
        if let Some(a) = a {
            line = line_of(a.at);
        }
        let same = matches!((a, b), (Some(a), Some(b)) if a.c == b.c);
        errors += usize::from(!same);
        if let Some((_, line)) = lines.get_mut(line) {
            line.errors += usize::from(!same);
            line.read.extend(b.map(|b| b.c));
        }
        if let Some(b) = b {
            right[b.at] = same;
        }
    }
    Ok(Comparison {
        characters: expected.len(),
        errors,
        unordered: unordered(&expected, &found),
        lines: lines.into_iter().map(|(_, line)| line).collect(),
        values: values::exactness(truth, read),
        right,
    })
}

/// The characters that count.
fn letters(text: &str) -> Vec<Letter> {
    let mut letters = Vec::new();
    for (at, c) in text.chars().enumerate().filter(|(_, c)| !c.is_whitespace()) {
        if is_han(c) && c != '〇' {
            letters.push(Letter { c, at });
        } else {
            letters.extend(fold_text(c.encode_utf8(&mut [0; 4])).chars().map(|c| Letter { c, at }));
        }
    }
    letters
}

/// The lines of a text that have any character, with where they start.
fn lines(text: &str) -> Vec<(usize, LineComparison)> {
    let mut at = 0;
    let mut lines = Vec::new();
    for line in text.split('\n') {
        if !line.trim().is_empty() {
            lines.push((at, LineComparison { truth: line.trim().to_owned(), ..Default::default() }));
        }
        at += line.chars().count() + 1;
    }
    lines
}

fn unordered(a: &[Letter], b: &[Letter]) -> usize {
    let sorted = |letters: &[Letter]| {
        let mut characters: Vec<char> = letters.iter().map(|letter| letter.c).collect();
        characters.sort_unstable();
        characters
    };
    let (x, y) = (sorted(a), sorted(b));
    let (mut i, mut j, mut shared) = (0, 0, 0);
    while let (Some(p), Some(q)) = (x.get(i), y.get(j)) {
        shared += usize::from(p == q);
        i += usize::from(p <= q);
        j += usize::from(q <= p);
    }
    x.len().max(y.len()) - shared
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_are_counted_in_their_lines() {
        let found = compare("拆迁 补偿\n\n3月5日", "折迁补\n3月15日。").unwrap();
        assert_eq!((found.characters, found.errors), (8, 4));
        let lines: Vec<(&str, &str, usize)> =
            found.lines.iter().map(|line| (&*line.truth, &*line.read, line.errors)).collect();
        assert_eq!(lines, [("拆迁 补偿", "折迁补", 2), ("3月5日", "3月15日。", 2)]);
        let right: String = found.right.iter().map(|right| if *right { '+' } else { '-' }).collect();
        assert_eq!(right.chars().count(), "折迁补\n3月15日。".chars().count());
        assert_eq!(&right[..1], "-");
        assert_eq!(&right[1..4], "+++");
    }

    #[test]
    fn width_and_punctuation_variants_are_no_errors_and_the_other_script_is_one() {
        assert_eq!(compare("二〇一九年，（ABC）", "二○一九年,(ＡＢＣ)").unwrap().errors, 0);
        assert_eq!(compare("宽带", "寬带").unwrap().errors, 1);
    }

    #[test]
    fn order_can_be_forgiven() {
        let found = compare("甲乙丙丁", "丙丁甲戊").unwrap();
        assert_eq!((found.errors, found.unordered), (4, 1));
    }

    #[test]
    fn nothing_read_is_all_wrong() {
        let found = compare("拆迁", "").unwrap();
        assert_eq!((found.errors, found.unordered, found.lines[0].errors), (2, 2, 2));
        assert_eq!(compare("", "").unwrap().rate(), 0.0);
    }
}
