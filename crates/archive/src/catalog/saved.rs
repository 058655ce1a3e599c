//! Searches that somebody keeps under a name.

use rusqlite::{OptionalExtension, Row, params};
use serde::Serialize;

use super::Catalog;
use crate::ArchiveError;

/// A search under a name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SavedSearch {
    /// Its name.
    pub name: String,
    /// What was typed.
    pub query: String,
    /// Whether it is one exact phrase.
    pub literal: bool,
    /// Whether the recogniser's runners-up are left out.
    pub sure: bool,
    /// When it was saved, in seconds since 1970-01-01 UTC.
    pub saved: u64,
    /// Who saved it.
    pub user: String,
}

const COLUMNS: &str = "name, query, literal, sure, saved, user";

impl Catalog {
    /// Keeps a search, in place of the one of that name.
    ///
    /// # Errors
    /// What the catalog says.
    pub fn save_search(&self, search: &SavedSearch) -> Result<(), ArchiveError> {
        let SavedSearch { name, query, literal, sure, saved, user } = search;
        self.db
            .prepare_cached("INSERT OR REPLACE INTO saved_search VALUES (?1, ?2, ?3, ?4, ?5, ?6)")?
            .execute(params![name, query, literal, sure, *saved as i64, user])?;
        Ok(())
    }

    /// The search of this name.
    ///
    /// # Errors
    /// `NoSearch`, or what the catalog says.
    pub fn saved_search(&self, name: &str) -> Result<SavedSearch, ArchiveError> {
        let sql = format!("SELECT {COLUMNS} FROM saved_search WHERE name = ?1");
        let found = self.db.prepare_cached(&sql)?.query_row([name], saved_search).optional()?;
        found.ok_or_else(|| ArchiveError::NoSearch(name.to_owned()))
    }

    /// All of them, by name.
    ///
    /// # Errors
    /// What the catalog says.
    pub fn saved_searches(&self) -> Result<Vec<SavedSearch>, ArchiveError> {
        let mut statement = self.db.prepare(&format!("SELECT {COLUMNS} FROM saved_search ORDER BY name"))?;
        let found = statement.query_map([], saved_search)?;
        Ok(found.collect::<Result<_, _>>()?)
    }

    /// Forgets the search of this name.
    ///
    /// # Errors
    /// `NoSearch`, or what the catalog says.
    pub fn forget_search(&self, name: &str) -> Result<(), ArchiveError> {
        match self.db.execute("DELETE FROM saved_search WHERE name = ?1", [name])? {
            0 => Err(ArchiveError::NoSearch(name.to_owned())),
            _ => Ok(()),
        }
    }
}

fn saved_search(row: &Row<'_>) -> rusqlite::Result<SavedSearch> {
    Ok(SavedSearch {
        name: row.get(0)?,
        query: row.get(1)?,
        literal: row.get(2)?,
        sure: row.get(3)?,
        saved: row.get::<_, i64>(4)? as u64,
        user: row.get(5)?,
    })
}
