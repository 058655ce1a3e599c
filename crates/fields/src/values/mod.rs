//! Values: what a text in a field of some kind says, normalised, and what is doubtful about it.

mod count;
pub(crate) mod date;
mod id_no;
mod lunar;
mod measure;
mod numeral;
mod person;
mod phone;
mod place;
pub(crate) mod relative;

use dossier_model::{CellKind, FieldValue};
use dossier_pipeline::FieldKind;

pub use date::parse_date;
pub use id_no::{IdFault, check_id_no};
pub use phone::parse_phone;
pub use place::{county_of, region_of};

/// A normalised value.
#[derive(Clone, Debug, PartialEq)]
pub struct Value {
    /// Normalised.
    pub text: String,
    /// The characters `start..end` of the source text that say it.
    pub span: (u32, u32),
    /// 0 to 1: below 1 when the notation leaves room for doubt.
    pub confidence: f32,
    /// What is doubtful about it.
    pub warnings: Vec<String>,
}

impl Value {
    fn whole(source: &str, text: String) -> Value {
        Value { text, span: (0, source.chars().count() as u32), confidence: 1.0, warnings: Vec::new() }
    }

    fn doubtful(mut self, confidence: f32, warning: &str) -> Value {
        self.confidence = confidence;
        self.warnings.push(warning.to_owned());
        self
    }
}

/// The doubt about a number of which a spreadsheet has not kept all digits.
pub const DIGITS_LOST: &str = "digits_lost_in_spreadsheet";
/// How a person tells a spreadsheet that a number is text; some programs write it out.
const TEXT_MARKS: [char; 4] = ['\'', '’', '‘', '`'];
/// A spreadsheet keeps so many digits of a number and puts noughts for the others.
const DIGITS_KEPT: usize = 15;

/// Whether a value names nothing, since a spreadsheet has lost some of its digits: others may have become
/// the same.
pub fn names_nothing(value: &FieldValue) -> bool {
    value.warnings.iter().any(|warning| warning == DIGITS_LOST)
}

/// Whether a number that names something has lost digits in a spreadsheet.
fn digits_are_lost(source: &str, cell: CellKind) -> bool {
    let digits = || source.chars().filter(char::is_ascii_digit).count();
    let scientific = || {
        let folded = source.trim().to_ascii_lowercase();
        folded.split_once("e+").is_some_and(|(figure, power)| {
            figure.parse::<f64>().is_ok()
                && !power.is_empty()
                && power.bytes().all(|byte| byte.is_ascii_digit())
        })
    };
    let whole = cell == CellKind::Number && !source.contains('.');
    whole && digits() > DIGITS_KEPT || source.contains('+') && scientific()
}

/// The doubt about a value with characters that could not be read.
const DAMAGED: &str = "characters_damaged";

/// The values that `source` says in a field of `kind`; `cell` is the kind of the spreadsheet cell
/// it stands in. A text that is not understood comes back cleaned, with a warning, never dropped.
pub fn values(source: &str, kind: FieldKind, cell: CellKind) -> Vec<Value> {
    let mut found = of_kind(source, kind, cell);
    if source.contains(char::REPLACEMENT_CHARACTER) {
        let damaged = found.iter_mut().filter(|value| value.text.contains(char::REPLACEMENT_CHARACTER));
        damaged.for_each(|value| *value = value.clone().doubtful(value.confidence.min(0.5), DAMAGED));
    }
    found
}

fn of_kind(source: &str, kind: FieldKind, cell: CellKind) -> Vec<Value> {
    let reckons = matches!(kind, FieldKind::Date | FieldKind::Count | FieldKind::Amount | FieldKind::Area);
    if !reckons && digits_are_lost(source, cell) {
        return vec![Value::whole(source, compact(source)).doubtful(0.1, DIGITS_LOST)];
    }
    match kind {
        FieldKind::Date => vec![date::value(source, cell)],
        FieldKind::IdNo => id_no::values(source),
        FieldKind::Phone => phone::values(source),
        FieldKind::Name => person::values(source),
        FieldKind::Code => {
            let code = compact(source);
            vec![Value::whole(source, code.trim_start_matches(TEXT_MARKS).to_owned())]
        }
        FieldKind::Count => vec![count::value(source)],
        FieldKind::Amount => vec![measure::amount(source)],
        FieldKind::Area => vec![measure::area(source)],
        FieldKind::Text | FieldKind::Address | FieldKind::Region => {
            vec![Value::whole(source, clean(source))]
        }
    }
}

/// White space at the ends removed, runs of it within made one line break, if they hold one, or
/// one blank: a line break must stay one, since folding joins digits across it.
pub fn clean(text: &str) -> String {
    let is_blank = |c: char| c.is_whitespace() || c == '\u{FEFF}' || c == '\u{200B}';
    let mut cleaned = String::with_capacity(text.len());
    let mut rest = text;
    let mut gap = ' ';
    while !rest.is_empty() {
        let (word, after) = rest.split_at(rest.find(is_blank).unwrap_or(rest.len()));
        if !word.is_empty() {
            cleaned.extend(Some(gap).filter(|_| !cleaned.is_empty()));
            cleaned.push_str(word);
        }
        let blanks;
        (blanks, rest) = after.split_at(after.find(|c| !is_blank(c)).unwrap_or(after.len()));
        gap = if blanks.contains('\n') { '\n' } else { ' ' };
    }
    cleaned
}

/// All white space removed and full-width characters made half-width, for numbers and codes.
fn compact(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace()).map(half_width).collect()
}

fn half_width(c: char) -> char {
    match c {
        '！'..='～' => char::from_u32(c as u32 - 0xFEE0).unwrap_or(c),
        _ => c,
    }
}

/// The pieces of a text between separators, each with its characters `start..end`.
fn pieces(text: &str, separates: impl Fn(char) -> bool) -> Vec<(String, (u32, u32))> {
    let mut found = Vec::new();
    let mut piece = String::new();
    let mut start = 0;
    let ended = text.chars().map(Some).chain([None]);
    for (at, c) in (0..).zip(ended) {
        if c.is_none_or(&separates) {
            let trimmed = piece.trim();
            if !trimmed.is_empty() {
                let lead = piece.chars().take_while(|c| c.is_whitespace()).count() as u32;
                let length = trimmed.chars().count() as u32;
                found.push((trimmed.to_owned(), (start + lead, start + lead + length)));
            }
            piece.clear();
            start = at + 1;
        } else {
            piece.extend(c);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_lost_in_a_spreadsheet_are_flagged_and_never_repaired() {
        for kind in [FieldKind::IdNo, FieldKind::Code, FieldKind::Phone, FieldKind::Text] {
            let lost = values("990102202104120000", kind, CellKind::Number);
            assert_eq!((lost.len(), lost[0].text.as_str()), (1, "990102202104120000"));
            assert_eq!(lost[0].warnings, [DIGITS_LOST], "{kind:?}");
            assert_eq!(values("9.9E+17", kind, CellKind::Text)[0].warnings, [DIGITS_LOST], "{kind:?}");
        }
        for (text, cell) in [("990102202104120011", CellKind::Text), ("990102202104120", CellKind::Number)] {
            let kept = values(text, FieldKind::Code, cell);
            assert_eq!((kept[0].text.as_str(), kept[0].confidence), (text, 1.0));
        }
        assert_eq!(values("'00012", FieldKind::Code, CellKind::Text)[0].text, "00012");
    }

    #[test]
    fn cleaning_keeps_line_breaks_as_line_breaks() {
        assert_eq!(clean("\n\t\t\t 家住 \t\n\n 石桥\t镇　\n"), "家住\n石桥 镇");
    }

    #[test]
    fn pieces_know_where_they_stand() {
        let found = pieces("甲乙、 丙丁", |c| c == '、');
        assert_eq!(found, [("甲乙".to_owned(), (0, 2)), ("丙丁".to_owned(), (4, 6))]);
    }
}
