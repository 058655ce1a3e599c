//! What a person should know of files that went in.

use dossier_model::{Note, Sha256};
use rusqlite::params;

use super::Catalog;
use crate::ArchiveError;

impl Catalog {
    /// Puts a note on record; the same one twice is one.
    ///
    /// # Errors
    /// What the catalog says.
    pub fn put_note(&self, sha256: Sha256, note: &Note) -> Result<(), ArchiveError> {
        let kind = serde_json::to_value(note.kind)?;
        self.db.prepare_cached("INSERT OR IGNORE INTO source_note VALUES (?1, ?2, ?3)")?.execute(params![
            sha256.to_string(),
            kind.as_str(),
            note.detail
        ])?;
        Ok(())
    }

    /// The notes on the files that a run archived, with their paths; at most `limit`.
    ///
    /// # Errors
    /// What the catalog says.
    pub fn notes_of(&self, run: i64, limit: u32) -> Result<Vec<(String, Note)>, ArchiveError> {
        let mut statement = self.db.prepare_cached(
            "SELECT path, kind, detail FROM run_input JOIN source_note ON source = sha256
             WHERE run = ?1 AND outcome = 'archived' ORDER BY path, kind, detail LIMIT ?2",
        )?;
        let found = statement.query_map(params![run, limit], |row| {
            Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?, row.get::<_, String>(2)?))
        })?;
        let found = found.collect::<Result<Vec<_>, _>>()?;
        let notes = found.into_iter().map(|(path, kind, detail)| {
            let kind = serde_json::from_value(serde_json::Value::String(kind))?;
            Ok((path, Note { kind, detail }))
        });
        notes.collect()
    }
}
