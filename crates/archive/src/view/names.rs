//! Names of files without the persons that their letters name: scans are often called by them.

use std::collections::BTreeMap;

use dossier_model::{Item, Locator, Mask, Sha256};

use super::Labels;
use crate::{Archive, ArchiveError};

/// The names of the files that an item comes from, as a reader may see them, and whether it is no longer in
/// them.
pub(super) struct FileNames(BTreeMap<Sha256, (String, bool)>);

impl FileNames {
    /// The name of one of the files; of another its digest.
    pub fn of(&self, source: Sha256) -> String {
        self.0.get(&source).map_or_else(|| source.to_string(), |(name, _)| name.clone())
    }

    /// Whether the file has another content by now, and the item is not in that.
    pub fn is_former(&self, source: Sha256) -> bool {
        self.0.get(&source).is_some_and(|(_, former)| *former)
    }
}

impl Archive {
    /// A file's name as a reader at level `mask` may see it, without the persons that its letters name. Of a
    /// file that could not be taken in nothing is known, and its name stays; of one that holds a letter
    /// that was withdrawn not even the name is shown.
    ///
    /// # Errors
    /// What the catalog says.
    pub fn masked_name(
        &self,
        source: Sha256,
        name: &str,
        labels: &Labels,
        mask: Mask,
    ) -> Result<String, ArchiveError> {
        if self.catalog.holds_withheld(source)? {
            let extension = name.rsplit_once('.').map_or("", |(_, extension)| extension);
            return Ok(format!("{}….{extension}", &source.to_string()[..12]));
        }
        let letters = self.catalog.letters_of(source)?;
        Ok(letters.iter().fold(name.to_owned(), |name, letter| labels.mask_name(name, letter, mask)))
    }

    /// The names of an item's files. A register is not called by those who stand in it: its rows are not
    /// asked, but the item's own.
    pub(super) fn names_of(
        &self,
        item: &Item,
        labels: &Labels,
        mask: Mask,
    ) -> Result<FileNames, ArchiveError> {
        let mut names = BTreeMap::new();
        for at in &item.sources {
            let Some(record) = self.catalog.source(at.source)? else { continue };
            let name = match at.locator {
                _ if mask == Mask::None => record.name,
                Locator::Page(_) => self.masked_name(at.source, &record.name, labels, mask)?,
                Locator::Row { .. } => record.name,
            };
            let former =
                self.catalog.paths_of(at.source)?.is_empty() && !self.catalog.stands(&item.identity)?;
            names.insert(at.source, (labels.mask_name(name, item, mask), former));
        }
        Ok(FileNames(names))
    }
}
