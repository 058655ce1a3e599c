//! Applying rules anew, and undoing it.

use dossier_model::{Classification, amend_classification};
use rusqlite::{OptionalExtension, params};

use super::items::{COLUMNS, item_row, to_content, version_of};
use super::{Catalog, Classified, ItemRow};
use crate::ArchiveError;

impl Catalog {
    /// The version of the rules that the archive's items are classified by; nothing while there
    /// are none.
    ///
    /// # Errors
    /// What the catalog says.
    pub fn rules_version(&self) -> Result<Option<String>, ArchiveError> {
        self.meta("rules")
    }

    /// Remembers the version of the rules that the archive's items are classified by.
    ///
    /// # Errors
    /// What the catalog says.
    pub fn set_rules_version(&self, version: &str) -> Result<(), ArchiveError> {
        self.set_meta("rules", version)
    }

    /// Up to `limit` items after the id `after`, in the order of their ids.
    ///
    /// # Errors
    /// What the catalog says.
    pub fn items_after(&self, after: &str, limit: u32) -> Result<Vec<ItemRow>, ArchiveError> {
        let sql = format!("SELECT {COLUMNS} FROM item WHERE id > ?1 ORDER BY id LIMIT ?2");
        let mut statement = self.db.prepare_cached(&sql)?;
        let mut rows = statement.query(params![after, limit])?;
        let mut items = Vec::new();
        while let Some(row) = rows.next()? {
            items.push(item_row(row)?);
        }
        Ok(items)
    }

    /// Begins to apply rules anew; returns its number.
    ///
    /// # Errors
    /// What the catalog says.
    pub fn begin_reclassification(&self, by: &Classified) -> Result<i64, ArchiveError> {
        let before = self.rules_version()?.unwrap_or_default();
        self.db.execute(
            "INSERT INTO reclassification (rules, before, at) VALUES (?1, ?2, ?3)",
            params![by.rules, before, by.at as i64],
        )?;
        Ok(self.db.last_insert_rowid())
    }

    /// Gives an item another classification and keeps the one before.
    ///
    /// # Errors
    /// What the catalog says.
    pub fn reclassify_item(
        &self,
        reclassification: i64,
        row: &ItemRow,
        classification: &Classification,
        by: &Classified,
    ) -> Result<(), ArchiveError> {
        let before = serde_json::to_string(&row.item.classification)?;
        self.db.prepare_cached("INSERT OR IGNORE INTO reclassified VALUES (?1, ?2, ?3, ?4, ?5)")?.execute(
            params![reclassification, row.item.id, before, row.classified.rules, row.classified.at as i64],
        )?;
        self.set_classification(row, classification, by)
    }

    fn set_classification(
        &self,
        row: &ItemRow,
        classification: &Classification,
        by: &Classified,
    ) -> Result<(), ArchiveError> {
        let mut item = row.item.clone();
        item.classification = classification.clone();
        let content = to_content(&item)?;
        let sequence = self.change(&item.id)?;
        self.keep_before(&item.id, sequence)?;
        self.db
            .prepare_cached(
                "UPDATE item SET version = ?2, sequence = ?3, content = ?4, rules = ?5, classified = ?6
                 WHERE id = ?1",
            )?
            .execute(params![item.id, version_of(&content), sequence, content, by.rules, by.at as i64])?;
        Ok(())
    }

    /// Takes the last reclassification back that has not been taken back; returns how many items
    /// have their former classification again, or nothing if there is none to take back. Items
    /// that have gone since stay gone.
    ///
    /// # Errors
    /// What the catalog says.
    pub fn undo_reclassification(&self) -> Result<Option<u64>, ArchiveError> {
        let last: Option<(i64, String)> = self
            .db
            .query_row(
                "SELECT id, before FROM reclassification WHERE undone = 0 ORDER BY id DESC LIMIT 1",
                [],
                |row| Ok((row.get(0)?, row.get(1)?)),
            )
            .optional()?;
        let Some((number, rules)) = last else { return Ok(None) };
        let mut statement = self.db.prepare_cached(
            "SELECT item, before, rules, classified FROM reclassified WHERE reclassification = ?1 ORDER BY item",
        )?;
        let mut rows = statement.query([number])?;
        let mut restored = 0;
        while let Some(row) = rows.next()? {
            let (id, before): (String, String) = (row.get(0)?, row.get(1)?);
            let by = Classified { rules: row.get(2)?, at: row.get::<_, i64>(3)? as u64 };
            if let Some(item) = self.item_row(&id)? {
                let mut before = serde_json::from_str(&before)?;
                amend_classification(&mut before, &self.decisions_of(&item.item.identity)?);
                self.set_classification(&item, &before, &by)?;
                restored += 1;
            }
        }
        self.db.execute("UPDATE reclassification SET undone = 1 WHERE id = ?1", [number])?;
        self.set_rules_version(&rules)?;
        Ok(Some(restored))
    }
}
