//! Items: one letter, or one register row, or both; derived from parts.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{Classification, Fields, Locator, Sensitive, Sha256, Word};

/// A run of an item's text that comes from one page or one cell.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Segment {
    /// The file it comes from.
    pub source: Sha256,
    /// Its page or row.
    pub locator: Locator,
    /// First character in the item's text, from 0.
    pub start: u32,
    /// One past the last character.
    pub end: u32,
    /// Whether a sentence may run on from the segment before: pages do, cells do not.
    pub continues: bool,
}

/// Another reading of a character of an item's text.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TextAlternative {
    /// Which character of the text, from 0.
    pub at: u32,
    /// The runner-up.
    pub reading: char,
    /// Its probability, 0 to 1, as the recogniser gave it.
    pub probability: f32,
}

/// An item's text with the origin of each part of it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ItemText {
    /// The segments joined by `\n`.
    pub text: String,
    /// In order, without overlap.
    pub segments: Vec<Segment>,
    /// Other readings of characters that the recogniser was unsure of, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub alternatives: Vec<TextAlternative>,
}

impl ItemText {
    /// Appends a segment's text and returns the offset of its first character.
    pub fn push(&mut self, text: &str, source: Sha256, locator: Locator, continues: bool) -> u32 {
        let mut start = self.segments.last().map_or(0, |segment| segment.end);
        if !self.segments.is_empty() {
            self.text.push('\n');
            start += 1;
        }
        self.text.push_str(text);
        let end = start + text.chars().count() as u32;
        self.segments.push(Segment { source, locator, start, end, continues });
        start
    }

    /// Adds the runners-up of a page's words; `start` is where the page's text begins.
    pub fn add_alternatives(&mut self, words: &[Word], start: u32) {
        let of_word = |word: &Word| {
            let first = start + word.start;
            word.alternatives
                .iter()
                .map(move |other| TextAlternative {
                    at: first + other.at,
                    reading: other.reading,
                    probability: other.probability,
                })
                .collect::<Vec<_>>()
        };
        self.alternatives.extend(words.iter().flat_map(of_word));
    }

    /// The segment that holds the character at `offset`.
    pub fn segment_at(&self, offset: u32) -> Option<&Segment> {
        let after = self.segments.partition_point(|segment| segment.end <= offset);
        self.segments.get(after).filter(|segment| segment.start <= offset)
    }
}

/// A file, and the pages or the row of it, that an item was made from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourceRef {
    /// The file's content.
    pub source: Sha256,
    /// The first page, or the row.
    pub locator: Locator,
    /// How many pages; 1 for a row.
    pub extent: u32,
}

/// Values that a person took out of fields, by the field: the text may still say them, and they are
/// masked there as they were.
pub type Replaced = BTreeMap<String, Vec<Sensitive>>;

/// One petition as the archive knows it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Item {
    /// An opaque hash of the identity key.
    pub id: String,
    /// What makes it the same petition from run to run.
    pub identity: String,
    /// One line to recognise it by; in brackets where the archive supplied it.
    pub title: String,
    /// Its text.
    pub text: ItemText,
    /// Its field values.
    pub fields: Fields,
    /// What fields said before a person put them right.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub replaced: Replaced,
    /// Its categories.
    pub classification: Classification,
    /// Where it comes from.
    pub sources: Vec<SourceRef>,
}

impl Item {
    /// The normalised best value of a field.
    pub fn best(&self, field: &str) -> Option<&crate::FieldValue> {
        self.fields.get(field).and_then(|values| values.first())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn segments_know_their_characters() {
        let source = Sha256::of(b"x");
        let mut text = ItemText::default();
        assert_eq!(text.push("来信", source, Locator::Page(1), true), 0);
        assert_eq!(text.push("第二页", source, Locator::Page(2), true), 3);
        assert_eq!(text.text, "来信\n第二页");
        assert_eq!(text.segment_at(1).map(|s| s.locator.clone()), Some(Locator::Page(1)));
        assert_eq!(text.segment_at(2), None, "the line break between belongs to neither");
        assert_eq!(text.segment_at(5).map(|s| s.locator.clone()), Some(Locator::Page(2)));
        assert_eq!(text.segment_at(6), None);
    }
}
