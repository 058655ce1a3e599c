//! Files that came with another content, and what the one before had and no current one has.

use dossier_model::Sha256;
use rusqlite::params;

use super::{Catalog, item_id};
use crate::ArchiveError;

/// A row that a register had under a number, and that no current register has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VanishedRow {
    /// Where the register is.
    pub path: String,
    /// The sheet of its former content; empty in a CSV.
    pub sheet: String,
    /// The row there.
    pub number: u32,
    /// The id of the letter, which stays.
    pub item: String,
}

impl Catalog {
    /// Notes which content a path had before, if it had another; what former generations of runs noted is
    /// forgotten.
    ///
    /// # Errors
    /// What the catalog says.
    pub fn note_replaced(&self, generation: i64, path: &str, now: Sha256) -> Result<(), ArchiveError> {
        self.db.prepare_cached("DELETE FROM replaced WHERE generation < ?1")?.execute([generation])?;
        self.db
            .prepare_cached(
                "INSERT OR IGNORE INTO replaced
                 SELECT ?1, path, sha256 FROM source_path WHERE path = ?2 AND sha256 <> ?3",
            )?
            .execute(params![generation, path, now.to_string()])?;
        Ok(())
    }

    /// Whether a file that is still what it was when it was taken in has a part of this identity.
    ///
    /// # Errors
    /// What the catalog says.
    pub fn stands(&self, identity: &str) -> Result<bool, ArchiveError> {
        let mut statement = self.db.prepare_cached(
            "SELECT 1 FROM unit JOIN source_path ON source_path.sha256 = unit.source
             WHERE unit.identity = ?1 LIMIT 1",
        )?;
        Ok(statement.exists([identity])?)
    }

    /// The rows that registers had before a generation of runs, and that no current register has, by path
    /// and in order. What has no number cannot be known again, and is not among them.
    ///
    /// # Errors
    /// What the catalog says.
    pub fn vanished_rows(&self, generation: i64) -> Result<Vec<VanishedRow>, ArchiveError> {
        let mut statement = self.db.prepare_cached(
            "SELECT path, part.sheet, part.number, unit.identity FROM replaced
             JOIN unit ON unit.source = before AND unit.kind = 'row' AND unit.own LIKE 'row:%'
             JOIN part ON part.source = before AND part.place = unit.place
             WHERE generation = ?1 AND NOT EXISTS (
               SELECT 1 FROM unit AS other JOIN source_path ON source_path.sha256 = other.source
               WHERE other.identity = unit.identity AND other.kind = 'row')
             ORDER BY path, unit.place",
        )?;
        let found = statement.query_map([generation], |row| {
            let identity: String = row.get(3)?;
            Ok(VanishedRow {
                path: row.get(0)?,
                sheet: row.get(1)?,
                number: row.get(2)?,
                item: item_id(&identity),
            })
        })?;
        Ok(found.collect::<Result<_, _>>()?)
    }
}
