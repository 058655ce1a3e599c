//! What a person should know of files that went in, and of how they were divided.

use dossier_model::{Note, Sha256};
use rusqlite::{Params, Row, params};

use super::Catalog;
use crate::ArchiveError;

impl Catalog {
    /// Puts a note on a file on record; the same one twice is one.
    ///
    /// # Errors
    /// What the catalog says.
    pub fn put_note(&self, sha256: Sha256, note: &Note) -> Result<(), ArchiveError> {
        self.insert_note("INSERT OR IGNORE INTO source_note VALUES (?1, ?2, ?3)", sha256, note)
    }

    /// Puts a note on how a file was divided on record; it goes when the file is divided anew.
    ///
    /// # Errors
    /// What the catalog says.
    pub fn put_division_note(&self, sha256: Sha256, note: &Note) -> Result<(), ArchiveError> {
        self.insert_note("INSERT OR IGNORE INTO division_note VALUES (?1, ?2, ?3)", sha256, note)
    }

    fn insert_note(&self, sql: &str, sha256: Sha256, note: &Note) -> Result<(), ArchiveError> {
        let kind = serde_json::to_value(note.kind)?;
        let values = params![sha256.to_string(), kind.as_str(), note.detail];
        self.db.prepare_cached(sql)?.execute(values)?;
        Ok(())
    }

    /// The notes on the files that a run archived, with their paths; at most `limit`.
    ///
    /// # Errors
    /// What the catalog says.
    pub fn notes_of(&self, run: i64, limit: u32) -> Result<Vec<(String, Note)>, ArchiveError> {
        self.notes_where(
            "SELECT path, kind, detail FROM run_input JOIN source_note ON source = sha256
               WHERE run = ?1 AND outcome = 'archived'
             UNION ALL
             SELECT path, kind, detail FROM run_input JOIN division_note ON source = sha256
               WHERE run = ?1 AND outcome = 'archived'
             ORDER BY path, kind, detail LIMIT ?2",
            params![run, limit],
        )
    }

    /// The notes on how files were divided, with the files' names: what a person should look at.
    ///
    /// # Errors
    /// What the catalog says.
    pub fn division_notes(&self) -> Result<Vec<(String, Note)>, ArchiveError> {
        self.notes_where(
            "SELECT name, note.kind, detail FROM division_note AS note JOIN source_file ON source = sha256
             ORDER BY name, note.kind, detail",
            [],
        )
    }

    fn notes_where(&self, sql: &str, params: impl Params) -> Result<Vec<(String, Note)>, ArchiveError> {
        let mut statement = self.db.prepare_cached(sql)?;
        let column = |row: &Row<'_>| Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?, row.get(2)?));
        let found = statement.query_map(params, column)?.collect::<Result<Vec<_>, _>>()?;
        let notes = found.into_iter().map(|(path, kind, detail)| {
            let kind = serde_json::from_value(serde_json::Value::String(kind))?;
            Ok((path, Note { kind, detail }))
        });
        notes.collect()
    }
}
