//! `letters.toml`: how fields are found in the running text of a letter, and where in a file one
//! letter ends and the next begins.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::Division;

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
    /// What stands between the salutation and the complimentary close.
    Matter,
}

/// A value written in another of its forms: what `regex` matches becomes `to`, in which `$1` is the
/// expression's first group.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rewrite {
    /// A regular expression over the normalised value.
    pub regex: String,
    /// What takes its place.
    pub to: String,
}

/// One way in which a field is written.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PatternSpec {
    /// The pattern's name, unique in the file.
    pub id: String,
    /// The field it finds.
    pub field: String,
    /// Fields that the same characters speak of as well, such as the region of an address.
    #[serde(default)]
    pub also: Vec<String>,
    /// The kinds of document it holds for; all of them when there is none.
    #[serde(default)]
    pub kinds: Vec<String>,
    /// Where it may stand.
    #[serde(default)]
    pub zone: Zone,
    /// A regular expression over the folded text whose group `value` is the value.
    pub regex: String,
    /// Whether the expression sees the letter line by line; otherwise the text runs on over line
    /// breaks.
    #[serde(default)]
    pub by_line: bool,
    /// Whether the expression sees one sentence at a time, and its value runs to the sentence's end.
    #[serde(default)]
    pub by_sentence: bool,
    /// In how many lines the value may be broken: the expression sees each line, and each line
    /// joined with those that follow it. 0 when it sees the text as it is.
    #[serde(default)]
    pub join_lines: usize,
    /// With `by_sentence`: how an item of a list begins. Where the value has one, the sentences
    /// after it that begin so are values too.
    pub continued: Option<String>,
    /// What must not stand just before the value.
    pub not_after: Option<String>,
    /// What the value, folded, must not match.
    pub exclude: Option<String>,
    /// The value, whatever the words that say it.
    pub says: Option<String>,
    /// How the value is put into its normal form.
    pub rewrite: Option<Rewrite>,
    /// Fields that have the better claim to the same characters.
    #[serde(default)]
    pub yields_to: Vec<String>,
    /// Fields of which no value may stand: who has signed is not anonymous.
    #[serde(default)]
    pub unless: Vec<String>,
    /// How sure it is by itself, 0 to 1.
    pub confidence: f32,
    /// Whether only the first match counts.
    #[serde(default)]
    pub first: bool,
    /// Whether only the last match counts.
    #[serde(default)]
    pub last: bool,
    /// Whether the value is believed only if another pattern finds the same one.
    #[serde(default)]
    pub second_cue: bool,
}

/// A kind of document that is told by its head.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KindSpec {
    /// The name by which patterns refer to it.
    pub id: String,
    /// What such a document is called; nothing for a kind that only patterns know.
    pub says: Option<String>,
    /// A regular expression over one of its first lines.
    pub regex: String,
    /// A document of more lines is none of it.
    pub lines_at_most: Option<usize>,
}

/// Forms: labels with their values, several to a line, set apart by blanks.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FormSpec {
    /// A text with fewer labels than this is no form.
    pub labels_at_least: usize,
    /// How sure a labelled value is, 0 to 1.
    pub confidence: f32,
    /// The labels of each field.
    pub labels: BTreeMap<String, Vec<String>>,
    /// Fields that a labelled value speaks of as well.
    #[serde(default)]
    pub also: BTreeMap<String, Vec<String>>,
    /// Labels of no field, with which a value ends all the same.
    #[serde(default)]
    pub other: Vec<String>,
}

/// Tables of people, a person a line, below a line that names the columns.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TableSpec {
    /// The table's name, unique in the file.
    pub id: String,
    /// A regular expression for the line that names the columns.
    pub header: String,
    /// A regular expression for each field, over one row; its group `value` is the value.
    pub cells: BTreeMap<String, String>,
    /// The field without which a line is no row.
    pub needs: String,
    /// How sure a value is, 0 to 1.
    pub confidence: f32,
}

/// What a letter tells: of one of its zones, what remains when all that is told otherwise is taken out.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NarrativeSpec {
    /// The field that each unbroken passage is a value of.
    pub field: String,
    /// Where it stands.
    #[serde(default)]
    pub zone: Zone,
    /// Kinds of document that tell nothing of the sort.
    #[serde(default)]
    pub not_kinds: Vec<String>,
    /// Fields whose values are no part of it.
    pub without: Vec<String>,
    /// Fields by which the writer is introduced: a sentence's first clauses that hold their values are no
    /// part of it.
    pub introduced_by: Vec<String>,
    /// Regular expressions over a clause that introduces the writer, or leads over to what is told.
    pub introduction: Vec<String>,
    /// Fields whose values stand in sentences that tell nothing.
    #[serde(default)]
    pub apart_by: Vec<String>,
    /// Regular expressions over a sentence, or what the introduction leaves of it, that tells nothing.
    pub apart: Vec<String>,
    /// A passage of fewer characters tells nothing.
    pub characters_at_least: usize,
    /// How sure a passage is, 0 to 1.
    pub confidence: f32,
}

/// `letters.toml`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LetterSpec {
    /// A line that is a salutation, with which the body begins.
    pub salutation: String,
    /// A line that is a complimentary close, with which the body ends.
    pub close: String,
    /// A line near the end with which the close begins where no complimentary close is found.
    pub signature: Option<String>,
    /// How many lines the head has where there is no salutation.
    pub head_lines: usize,
    /// Lines at the top or foot of a page that are no part of the letter, such as page numbers.
    #[serde(default)]
    pub furniture: Vec<String>,
    /// The first and the last year of the letters: a year of two digits, or of the sixty-year cycle, is
    /// one of them.
    pub years: Option<[i32; 2]>,
    /// Surnames, compound ones too: what does not begin with one is no name.
    pub surnames: Vec<String>,
    /// Words that look like a name and are none.
    pub not_names: Vec<String>,
    /// Names for nobody in particular: whoever signs so stays anonymous.
    pub anonymous: Vec<String>,
    /// Dividing a file into letters.
    pub division: Division,
    /// The field that gets the name of the document's kind.
    pub kind_field: Option<String>,
    /// The kinds of document; the first with a name that fits is the document's.
    #[serde(default, rename = "kind")]
    pub kinds: Vec<KindSpec>,
    /// Forms.
    #[serde(default)]
    pub form: FormSpec,
    /// Tables of people.
    #[serde(default, rename = "table")]
    pub tables: Vec<TableSpec>,
    /// What a letter tells, where the pipeline has a field for that.
    pub narrative: Option<NarrativeSpec>,
    /// The patterns, the surest of each field first.
    #[serde(rename = "pattern")]
    pub patterns: Vec<PatternSpec>,
}
