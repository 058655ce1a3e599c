//! `fields.toml`: the fields, how registers head them, and how they are masked.

use dossier_model::{Lang, MaskKind};
use serde::Deserialize;

/// What a field's values are; decides how they are normalised and checked, and what a column's
/// values say about its header.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FieldKind {
    /// Running text.
    #[default]
    Text,
    /// A date, perhaps with a time.
    Date,
    /// One or several people.
    Name,
    /// A resident identity number (GB 11643-1999).
    IdNo,
    /// One or several telephone numbers.
    Phone,
    /// A place, down to a house.
    Address,
    /// A place, down to a village.
    Region,
    /// A number that names something, never computed with.
    Code,
    /// A whole number.
    Count,
    /// An amount of money, in yuan.
    Amount,
    /// An area with its unit.
    Area,
}

/// One field.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FieldSpec {
    /// The canonical name.
    pub name: String,
    /// What officers call it in Chinese.
    pub zh: String,
    /// The same in English.
    pub en: String,
    /// What its values are.
    #[serde(default)]
    pub kind: FieldKind,
    /// How it is masked; by default as its kind asks.
    pub mask: Option<MaskKind>,
    /// How registers head its column; compared folded, without brackets and marks.
    #[serde(default)]
    pub headers: Vec<String>,
    /// The section of the form that begins with this field.
    pub section: Option<Section>,
}

/// A section of the form that a letter is shown as.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Section {
    /// Its heading in Chinese.
    pub zh: String,
    /// The same in English.
    pub en: String,
}

impl FieldSpec {
    /// How the field is masked.
    pub fn mask(&self) -> MaskKind {
        self.mask.unwrap_or(match self.kind {
            FieldKind::Name => MaskKind::Name,
            FieldKind::IdNo => MaskKind::IdNumber,
            FieldKind::Phone => MaskKind::Phone,
            FieldKind::Address | FieldKind::Region => MaskKind::Address,
            FieldKind::Text => MaskKind::Text,
            FieldKind::Date | FieldKind::Code | FieldKind::Count | FieldKind::Amount | FieldKind::Area => {
                MaskKind::Open
            }
        })
    }

    /// What it is called.
    pub fn label(&self, lang: Lang) -> &str {
        lang.pick(&self.en, &self.zh)
    }
}
