//! The index' own sums.

use super::SearchIndex;
use crate::ArchiveError;

impl SearchIndex {
    /// The files whose content is not what their sums say, by name.
    ///
    /// # Errors
    /// What the index says.
    pub(crate) fn damaged_files(&self) -> Result<Vec<String>, ArchiveError> {
        let damaged = self.in_order()?.validate_checksum()?;
        let mut names: Vec<String> = damaged.iter().map(|path| path.display().to_string()).collect();
        names.sort();
        Ok(names)
    }
}
