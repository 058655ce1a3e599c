//! What fields and axes are called, which of them lists show, and how fields are masked.

use dossier_model::{Item, Mask, MaskKind, Sensitive, TextMask};
use serde::{Deserialize, Serialize};

use crate::{Archive, ArchiveError, FieldLabel};

/// The values that are looked up for lists, the first field that has one.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Summary {
    /// Fields of the date.
    pub date: Vec<String>,
    /// Fields of who wrote it.
    pub petitioner: Vec<String>,
    /// The axis of classification that says what an item is about.
    #[serde(default)]
    pub axis: String,
    /// Fields of the place.
    pub region: Vec<String>,
    /// Fields of what the writer asks for.
    #[serde(default)]
    pub demand: Vec<String>,
    /// Fields that tell who wrote.
    #[serde(default)]
    pub person: Vec<String>,
    /// Fields of what was done and answered.
    #[serde(default)]
    pub answer: Vec<String>,
    /// Fields that say that a letter is anonymous.
    #[serde(default)]
    pub anonymous: Vec<String>,
    /// Values of those fields that say that it is not.
    #[serde(default)]
    pub no: Vec<String>,
    /// Names for nobody in particular.
    #[serde(default)]
    pub nobody: Vec<String>,
    /// Fields whose values are counted beside a search.
    #[serde(default)]
    pub facets: Vec<String>,
    /// Fields of the number that names an item.
    #[serde(default)]
    pub number: Vec<String>,
    /// The axes of classification, which are counted too.
    #[serde(default)]
    pub axes: Vec<AxisLabel>,
}

/// What an axis of classification is called.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AxisLabel {
    /// The canonical name.
    pub name: String,
    /// In Chinese.
    pub zh: String,
    /// In English.
    pub en: String,
}

/// How the fields are masked.
pub struct Labels {
    labels: Vec<FieldLabel>,
    pub(super) summary: Summary,
}

impl Labels {
    /// The value of the first of some fields that has one, as a reader at level `mask` may see it.
    pub(super) fn shown(&self, item: &Item, names: &[String], mask: Mask) -> Option<String> {
        names.iter().find_map(|name| Some(item.best(name)?.value.masked(self.kind(name), mask)))
    }

    /// The path of an item's primary category on the axis that says what it is about.
    pub(super) fn about(&self, item: &Item) -> Vec<String> {
        let mut decided = item.classification.decided.iter();
        let about = decided.find(|category| category.axis == self.summary.axis);
        about.map(|category| category.path.clone()).unwrap_or_default()
    }

    /// An item's title as a reader at level `mask` may see it.
    pub fn masked_title(&self, item: &Item, mask: Mask) -> String {
        self.text_mask(&item.title, item, mask).apply(&item.title)
    }

    /// How a field is masked; one that the archive does not know, as running text.
    pub fn kind(&self, name: &str) -> MaskKind {
        self.labels.iter().find(|label| label.name == name).map_or(MaskKind::Text, |label| label.mask)
    }

    /// The mask of a running text: the personal values of the item wherever they stand in it.
    pub fn text_mask(&self, text: &str, item: &Item, mask: Mask) -> TextMask {
        let values = self.values(item).map(|(value, kind)| (value.reveal(), kind));
        TextMask::of_text(text, mask, values)
    }

    /// A file's name without the persons that an item of it names: scans are often called by them.
    /// Years and archive numbers stay, which a mask of running text would take for telephone numbers.
    pub(super) fn mask_name(&self, name: String, item: &Item, mask: Mask) -> String {
        let personal = self.values(item).filter(|(value, kind)| {
            !matches!(kind, MaskKind::Open | MaskKind::Text) && !value.reveal().trim().is_empty()
        });
        personal.fold(name, |name, (value, kind)| name.replace(value.reveal(), &value.masked(kind, mask)))
    }

    /// All that an item's fields say, and said before they were put right.
    fn values<'a>(&'a self, item: &'a Item) -> impl Iterator<Item = (&'a Sensitive, MaskKind)> {
        let said = item.fields.iter().flat_map(|(name, values)| {
            let kind = self.kind(name);
            values.iter().flat_map(|value| [&value.value, &value.raw]).map(move |value| (value, kind))
        });
        let before = item.replaced.iter().flat_map(|(name, values)| {
            let kind = self.kind(name);
            values.iter().map(move |value| (value, kind))
        });
        said.chain(before)
    }
}

impl Archive {
    /// How the fields are masked.
    ///
    /// # Errors
    /// What the catalog says.
    pub fn labels(&self) -> Result<Labels, ArchiveError> {
        Ok(Labels { labels: self.catalog.field_labels()?, summary: self.catalog.summary()? })
    }
}
