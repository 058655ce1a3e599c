//! What a passage of a record states, such as the cell of a register that tells the matter.

use dossier_model::{Evidence, Fields, ItemText};

use super::LetterReader;
use crate::text::slice;

impl LetterReader {
    /// The fields that the characters `at.start..at.end` of a record's text state, read as a letter; each
    /// value stands in the place of the passage.
    pub fn passage(&self, text: &ItemText, at: &Evidence) -> Fields {
        let passage = slice(&text.text, (at.start, at.end));
        let Some(segment) =
            text.segments.iter().find(|segment| segment.start <= at.start && at.start < segment.end)
        else {
            return Fields::new();
        };
        let mut alone = ItemText::default();
        alone.push(&passage, segment.source, segment.locator.clone(), false);
        let mut fields = self.read(&alone, &[]);
        for value in fields.values_mut().flatten() {
            value.evidence.iter_mut().for_each(|evidence| {
                evidence.start += at.start;
                evidence.end += at.start;
                evidence.place = at.place.clone();
            });
        }
        fields
    }
}
