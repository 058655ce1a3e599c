//! `letters.toml`: how fields are found in the running text of a letter, and where in a file one
//! letter ends and the next begins.

use serde::Deserialize;

/// A part of a letter.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Zone {
    /// All of it.
    #[default]
    Any,
    /// The lines before the salutation, and the salutation.
    Head,
    /// From the first line to the complimentary close.
    Body,
    /// The complimentary close and what follows: signature, date, address.
    Close,
}

/// One way in which a field is written.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PatternSpec {
    /// The pattern's name, unique in the file.
    pub id: String,
    /// The field it finds.
    pub field: String,
    /// Where it may stand.
    #[serde(default)]
    pub zone: Zone,
    /// A regular expression over the folded text whose group `value` is the value.
    pub regex: String,
    /// Whether the expression sees the letter line by line; otherwise the text runs on over line
    /// breaks.
    #[serde(default)]
    pub by_line: bool,
    /// How sure it is by itself, 0 to 1.
    pub confidence: f32,
    /// Whether the last match counts instead of the first.
    #[serde(default)]
    pub last: bool,
    /// Whether the value is believed only if another pattern finds the same one.
    #[serde(default)]
    pub second_cue: bool,
}

/// Where one letter ends and the next begins within a file.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Division {
    /// Regular expressions, each for the first lines of a page that begins a letter.
    pub begins: Vec<String>,
    /// Regular expressions, each for the last lines of a page that ends a letter.
    pub ends: Vec<String>,
    /// How many lines at either end of a page are looked at.
    pub lines: usize,
}

/// `letters.toml`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LetterSpec {
    /// A line that is a salutation, with which the body begins.
    pub salutation: String,
    /// A line that is a complimentary close, with which the body ends.
    pub close: String,
    /// A line by itself that is a letter's title.
    pub title: String,
    /// Surnames, compound ones too: what does not begin with one is no name.
    pub surnames: Vec<String>,
    /// Words that look like a name and are none.
    pub not_names: Vec<String>,
    /// Names for nobody in particular: whoever signs so stays anonymous.
    pub anonymous: Vec<String>,
    /// Dividing a file into letters.
    pub division: Division,
    /// The patterns, the surest of each field first.
    #[serde(rename = "pattern")]
    pub patterns: Vec<PatternSpec>,
}
