//! Inputs that somebody accepted as lost. Append-only, which the catalog itself sees to.

use dossier_model::{Fault, Sha256};
use rusqlite::params;

use super::{Catalog, SealKind};
use crate::ArchiveError;

impl Catalog {
    /// Accepts a file as lost, as it is now: of another content, or with another fault where it
    /// cannot be read, it is reported again.
    ///
    /// # Errors
    /// What the catalog says.
    pub fn release(
        &self,
        path: &str,
        sha256: Option<Sha256>,
        fault: &Fault,
        (at, user, reason): (u64, &str, &str),
    ) -> Result<(), ArchiveError> {
        self.db.execute(
            "INSERT INTO release (at, user, path, sha256, fault, reason) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            params![
                at as i64,
                user,
                path,
                sha256.map(|digest| digest.to_string()),
                serde_json::to_string(fault)?,
                reason
            ],
        )?;
        self.seal(SealKind::Release, &self.db.last_insert_rowid().to_string())
    }

    /// The fault of a file that was accepted as lost in just this content.
    ///
    /// # Errors
    /// What the catalog says.
    pub fn released(&self, path: &str, sha256: Sha256) -> Result<Option<Fault>, ArchiveError> {
        let mut statement = self.db.prepare_cached(
            "SELECT fault FROM release WHERE path = ?1 AND sha256 = ?2 ORDER BY id DESC LIMIT 1",
        )?;
        let mut rows = statement.query(params![path, sha256.to_string()])?;
        let Some(row) = rows.next()? else { return Ok(None) };
        Ok(Some(serde_json::from_str(row.get_ref(0)?.as_str().map_err(rusqlite::Error::from)?)?))
    }

    /// Whether a file was accepted as lost that cannot be read at all, for this very fault.
    ///
    /// # Errors
    /// What the catalog says.
    pub fn is_released_unread(&self, path: &str, fault: &Fault) -> Result<bool, ArchiveError> {
        let mut statement = self.db.prepare_cached(
            "SELECT 1 FROM release WHERE path = ?1 AND sha256 IS NULL AND fault = ?2 LIMIT 1",
        )?;
        Ok(statement.exists(params![path, serde_json::to_string(fault)?])?)
    }
}
