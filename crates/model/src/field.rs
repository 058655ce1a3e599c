//! Field values, each with the evidence for it.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::{PixelBox, Sensitive, Sha256};

/// The values of an item by canonical field name; the first of each list is the best candidate.
pub type Fields = BTreeMap<String, Vec<FieldValue>>;

/// What a person has said of a value.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReviewState {
    /// Nobody has looked yet.
    #[default]
    Machine,
    /// A person found it right.
    Confirmed,
    /// A person put it right.
    Corrected,
    /// A person found it wrong.
    Rejected,
}

impl ReviewState {
    /// Whether nobody has looked yet.
    pub fn is_machine(&self) -> bool {
        *self == ReviewState::Machine
    }
}

/// Where a value stands in its file. Many values stand in one cell.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Place {
    /// On a page.
    Page {
        /// From 1.
        page: u32,
        /// The boxes of the words that hold the value.
        boxes: Vec<PixelBox>,
    },
    /// In a cell of a register.
    Cell {
        /// The sheet's name.
        sheet: Arc<str>,
        /// From 1.
        row: u32,
        /// The cell's name, such as `B7`.
        cell: Arc<str>,
        /// The header of its column.
        header: Arc<str>,
    },
}

/// Why a value is believed: where it was seen.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Evidence {
    /// The file it stands in.
    pub source: Sha256,
    /// Where in the file.
    #[serde(flatten)]
    pub place: Place,
    /// First character in the item's text, in Unicode characters from 0.
    pub start: u32,
    /// One past the last character.
    pub end: u32,
}

/// One candidate value of a field.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FieldValue {
    /// Normalised: dates as EDTF, phones as digits, text without stray white space.
    pub value: Sensitive,
    /// As it stands in the source.
    pub raw: Sensitive,
    /// How sure the extractor is, 0 to 1.
    pub confidence: f32,
    /// What a person said of it.
    pub state: ReviewState,
    /// The pattern or column mapping that made it.
    pub extractor: String,
    /// What is doubtful about it, such as a failed check digit; empty when nothing is.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<String>,
    /// Where it was seen.
    pub evidence: Vec<Evidence>,
}
