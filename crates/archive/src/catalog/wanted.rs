//! Files and folders that somebody asked to be recognised first.

use rusqlite::params;

use super::Catalog;
use crate::ArchiveError;

impl Catalog {
    /// Asks for what is at a path to be recognised first.
    ///
    /// # Errors
    /// What the catalog says.
    pub fn want(&self, path: &str, (at, user): (u64, &str)) -> Result<(), ArchiveError> {
        self.db
            .prepare_cached("INSERT OR IGNORE INTO wanted VALUES (?1, ?2, ?3)")?
            .execute(params![path, at as i64, user])?;
        Ok(())
    }

    /// Nobody asks for a path any more, or it has been read; whether somebody had.
    ///
    /// # Errors
    /// What the catalog says.
    pub fn want_no_more(&self, path: &str) -> Result<bool, ArchiveError> {
        Ok(self.db.prepare_cached("DELETE FROM wanted WHERE path = ?1")?.execute([path])? > 0)
    }

    /// All that is asked for, what was asked for first before the rest.
    ///
    /// # Errors
    /// What the catalog says.
    pub fn wanted(&self) -> Result<Vec<String>, ArchiveError> {
        let mut statement = self.db.prepare("SELECT path FROM wanted ORDER BY at, path")?;
        let paths = statement.query_map([], |row| row.get(0))?;
        Ok(paths.collect::<Result<_, _>>()?)
    }
}
