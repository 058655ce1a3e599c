//! What a reader is expected to find in a sample: the schema of `NAME.EXT.expected.json`, which
//! stands beside every input.
//!
//! A scan's expectation says for each page its state, how its text layer is judged and its text,
//! and for each letter its pages, fields, categories and the register row of the same petition.
//! A register's expectation has the account of its rows and each row's fields. Dates are EDTF,
//! telephones digits only; other values stand as written. Pages and rows count from 1, over all
//! sheets of a register in order for the counts, and within the sheet for `row`.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// Values by canonical field name.
pub type FieldValues = BTreeMap<String, Vec<String>>;

/// What is expected of one input.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Expectation {
    /// Of a PDF.
    Scan(ScanExpectation),
    /// Of a register.
    Register(RegisterExpectation),
}

/// What is expected of a PDF.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ScanExpectation {
    /// Every page in order.
    pub pages: Vec<PageExpectation>,
    /// Every letter in order.
    pub letters: Vec<LetterExpectation>,
}

/// What is expected of a page.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PageExpectation {
    /// From 1.
    pub number: u32,
    /// How its text comes about: `recognised`, `text_layer` or `blank`.
    pub state: PageState,
    /// How its text layer is judged: `absent`, `believed` or `garbled`.
    pub layer: LayerState,
    /// Its text as printed: lines joined by line breaks in reading order, cells of a table row
    /// by blanks. Round seals and thumb prints are not text.
    pub text: String,
}

/// How a page's text comes about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PageState {
    /// From the image.
    Recognised,
    /// From the file's own text.
    TextLayer,
    /// It has none.
    Blank,
}

/// How a page's own text is judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LayerState {
    /// There is none.
    Absent,
    /// Plausible.
    Believed,
    /// Not what is drawn.
    Garbled,
}

/// What is expected of a letter.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LetterExpectation {
    /// The page it begins on, from 1.
    pub first_page: u32,
    /// How many pages it has, blank ones included.
    pub pages: u32,
    /// What it states; fields that it does not state are left out.
    pub fields: FieldValues,
    /// Its content categories as paths of names, primary first.
    pub categories: Vec<Vec<String>>,
    /// The register row of the same petition, if there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pairs_with: Option<RowRef>,
}

/// A row of a register.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RowRef {
    /// The register's path under the samples' folder.
    pub register: String,
    /// The sheet's name; empty for a CSV file.
    pub sheet: String,
    /// The row in the sheet, from 1.
    pub row: u32,
}

/// What is expected of a register.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RegisterExpectation {
    /// The account of its rows.
    pub rows: RowCounts,
    /// Its petitions.
    pub items: Vec<RowExpectation>,
}

/// The account of a register's rows; `seen` is the sum of the others.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RowCounts {
    /// All but the wholly blank ones.
    pub seen: u32,
    /// Titles, headers, column numbers, totals and signatures.
    pub not_data: u32,
    /// Petitions.
    pub archived: u32,
    /// Rows that repeat another row of the same number word for word.
    pub duplicate: u32,
}

/// What is expected of a row.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RowExpectation {
    /// The sheet's name; empty for a CSV file.
    pub sheet: String,
    /// The row in the sheet, from 1.
    pub row: u32,
    /// All mapped columns, normalised.
    pub fields: FieldValues,
    /// Fields whose value must carry a warning, such as an identity number that lost digits.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub doubtful: Vec<String>,
    /// The path of its content category.
    pub category: Vec<String>,
    /// The path of the scan of the same petition under the samples' folder, if there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pairs_with: Option<String>,
    /// Which letter of that scan, from 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub letter: Option<u32>,
}
