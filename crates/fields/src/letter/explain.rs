//! Why the values of a letter are what they are: every value that was found, those that do not
//! stand too.

use dossier_model::{ItemText, PageContent, Sensitive};

use super::LetterReader;
use super::choose::{self, Group, MIN_CONFIDENCE, Verdict};

/// A value that was found, with what became of it.
#[derive(Clone, Debug)]
pub struct Explained {
    /// The field.
    pub field: String,
    /// Normalised.
    pub value: Sensitive,
    /// As it stands in the letter.
    pub raw: Sensitive,
    /// The patterns, labels and tables that found it.
    pub finders: Vec<String>,
    /// How sure they are together, 0 to 1.
    pub confidence: f32,
    /// What is doubtful about it.
    pub warnings: Vec<String>,
    /// The characters of the text where it stands, `start..end` each.
    pub places: Vec<(u32, u32)>,
    /// What became of it.
    pub verdict: Verdict,
}

impl LetterReader {
    /// Every value of every field of a letter: of each field those that stand, the best first, then
    /// those that do not.
    pub fn explain(&self, text: &ItemText, pages: &[PageContent]) -> Vec<Explained> {
        let letter = self.letter(text);
        let mut groups = self.choose(&letter);
        let barred = choose::barred(self.barred(&letter), &groups);
        groups.extend(barred);
        let mut explained: Vec<Explained> =
            groups.iter().filter_map(|group| explained(group, text, pages)).collect();
        explained.sort_by(|a, b| {
            (&a.field, a.verdict != Verdict::Kept).cmp(&(&b.field, b.verdict != Verdict::Kept))
        });
        explained
    }
}

fn explained(group: &Group<'_>, text: &ItemText, pages: &[PageContent]) -> Option<Explained> {
    let value = group.field_value(text, pages)?;
    let unsure = group.verdict == Verdict::Kept && value.confidence < MIN_CONFIDENCE;
    Some(Explained {
        field: group.field.to_owned(),
        value: value.value,
        raw: value.raw,
        finders: group.finders().into_iter().map(str::to_owned).collect(),
        confidence: value.confidence,
        warnings: value.warnings,
        places: group.candidates.iter().map(|candidate| candidate.span).collect(),
        verdict: if unsure { Verdict::Unsure } else { group.verdict.clone() },
    })
}
