//! What SQL cannot do to lead a catalog from one format to the next.

use dossier_model::{Fields, Item, ItemText, SourceRef};
use rusqlite::params;
use serde::Deserialize;

use super::items::version_of;
use super::{Catalog, items, units};
use crate::ArchiveError;

/// A unit's content as format 2 kept it.
#[derive(Deserialize)]
struct UnitOfFormat2 {
    at: SourceRef,
    text: ItemText,
    fields: Fields,
}

impl Catalog {
    /// To format 3: the contents of units and items say each thing once.
    pub(super) fn keep_contents_once(&self) -> Result<(), ArchiveError> {
        self.each_row("unit", |row, content| {
            let UnitOfFormat2 { at, text, fields } = serde_json::from_str(content)?;
            let content = units::to_content(&at, &text, &fields)?;
            self.db
                .prepare_cached("UPDATE unit SET content = ?2 WHERE rowid = ?1")?
                .execute(params![row, content])?;
            Ok(())
        })?;
        self.each_row("item", |row, content| {
            let item: Item = serde_json::from_str(content)?;
            let content = items::to_content(&item)?;
            self.db
                .prepare_cached("UPDATE item SET content = ?2, version = ?3 WHERE rowid = ?1")?
                .execute(params![row, content, version_of(&content)])?;
            Ok(())
        })
    }

    /// Hands over the contents of a table, row by row.
    fn each_row(
        &self,
        table: &str,
        mut take: impl FnMut(i64, &str) -> Result<(), ArchiveError>,
    ) -> Result<(), ArchiveError> {
        let sql = format!("SELECT rowid, content FROM {table} WHERE rowid > ?1 ORDER BY rowid LIMIT 1");
        let mut after = 0;
        loop {
            let mut statement = self.db.prepare_cached(&sql)?;
            let mut rows = statement.query([after])?;
            let Some(row) = rows.next()? else { return Ok(()) };
            let content: String = row.get(1)?;
            after = row.get(0)?;
            take(after, &content)?;
        }
    }
}
