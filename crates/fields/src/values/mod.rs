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

use dossier_model::CellKind;
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

/// The values that `source` says in a field of `kind`; `cell` is the kind of the spreadsheet cell
/// it stands in. A text that is not understood comes back cleaned, with a warning, never dropped.
pub fn values(source: &str, kind: FieldKind, cell: CellKind) -> Vec<Value> {
    match kind {
        FieldKind::Date => vec![date::value(source, cell)],
        FieldKind::IdNo => id_no::values(source, cell),
        FieldKind::Phone => phone::values(source),
        FieldKind::Name => person::values(source),
        FieldKind::Code => vec![Value::whole(source, compact(source))],
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
    fn cleaning_keeps_line_breaks_as_line_breaks() {
        assert_eq!(clean("\n\t\t\t 家住 \t\n\n 石桥\t镇　\n"), "家住\n石桥 镇");
    }

    #[test]
    fn pieces_know_where_they_stand() {
        let found = pieces("甲乙、 丙丁", |c| c == '、');
        assert_eq!(found, [("甲乙".to_owned(), (0, 2)), ("丙丁".to_owned(), (4, 6))]);
    }
}
