//! What items said before their last changes, kept until the search index holds those changes.

use rusqlite::params;

use super::items::{COLUMNS, item_row};
use super::{Catalog, ItemRow};
use crate::ArchiveError;

impl Catalog {
    /// Keeps an item as it is, before it is changed or taken away.
    pub(super) fn keep_before(&self, id: &str, until: i64) -> Result<(), ArchiveError> {
        self.db
            .prepare_cached(
                "INSERT OR REPLACE INTO item_before
                 SELECT id, version, ?2, content, rules, classified, sequence FROM item WHERE id = ?1",
            )?
            .execute(params![id, until])?;
        Ok(())
    }

    /// An item in the version that the search index holds; nothing if that version is forgotten,
    /// since the index has gone on.
    pub(crate) fn item_in_version(&self, id: &str, version: &str) -> Result<Option<ItemRow>, ArchiveError> {
        let sql = format!(
            "SELECT {COLUMNS} FROM item WHERE id = ?1 AND version = ?2
             UNION ALL SELECT {COLUMNS} FROM item_before WHERE id = ?1 AND version = ?2 LIMIT 1"
        );
        let mut statement = self.db.prepare_cached(&sql)?;
        let mut rows = statement.query([id, version])?;
        rows.next()?.map(item_row).transpose()
    }

    /// Forgets what the index has gone past, which holds all changes up to `sequence`.
    pub(crate) fn forget_before(&self, sequence: u64) -> Result<(), ArchiveError> {
        self.db.execute("DELETE FROM item_before WHERE until <= ?1", [sequence as i64])?;
        Ok(())
    }
}
