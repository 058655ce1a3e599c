//! Files that could not be taken in, or were left out.

use std::collections::HashSet;

use dossier_model::Fault;
use rusqlite::params;

use super::Catalog;
use crate::ArchiveError;

/// That an entry `latest` is the last of its path, and one of trouble; as the index has it.
pub(super) const LAST_TROUBLE: &str = "latest.outcome IN ('quarantined', 'released', 'ignored')
  AND NOT EXISTS (SELECT 1 FROM run_input AS later WHERE later.path = latest.path
    AND later.run > latest.run AND later.outcome IS NOT NULL)";

impl Catalog {
    /// The paths whose last outcome is another than that their file is in the archive: when such a
    /// file is as it was once, that is news.
    ///
    /// # Errors
    /// What the catalog says.
    pub fn troubled_paths(&self) -> Result<HashSet<String>, ArchiveError> {
        let mut statement =
            self.db.prepare(&format!("SELECT path FROM run_input AS latest WHERE {LAST_TROUBLE}"))?;
        let found = statement.query_map([], |row| row.get(0))?;
        Ok(found.collect::<Result<_, _>>()?)
    }

    /// The files of a run that could not be taken in, by path.
    ///
    /// # Errors
    /// What the catalog says.
    pub fn quarantined(&self, run: i64) -> Result<Vec<(String, Fault)>, ArchiveError> {
        self.faulty(run, "quarantined")
    }

    /// The files of a run that could not be taken in and that somebody has accepted as lost, by
    /// path.
    ///
    /// # Errors
    /// What the catalog says.
    pub fn released_in(&self, run: i64) -> Result<Vec<(String, Fault)>, ArchiveError> {
        self.faulty(run, "released")
    }

    fn faulty(&self, run: i64, outcome: &str) -> Result<Vec<(String, Fault)>, ArchiveError> {
        let mut statement = self.db.prepare_cached(
            "SELECT path, reason FROM run_input WHERE run = ?1 AND outcome = ?2 ORDER BY path",
        )?;
        let mut rows = statement.query(params![run, outcome])?;
        let mut found = Vec::new();
        while let Some(row) = rows.next()? {
            let reason: String = row.get(1)?;
            found.push((row.get(0)?, serde_json::from_str(&reason)?));
        }
        Ok(found)
    }
}
