//! Taking a run back: the contents that it brought go, with all that was made of them. What people
//! decided of them stays on record and holds again if they come again.

use dossier_model::Sha256;
use rusqlite::params;

use super::{Catalog, SealKind, digest_column};
use crate::ArchiveError;

/// What taking a run back did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Undone {
    /// Contents that went.
    pub files: u64,
    /// Contents that the run read again and an earlier one had brought: they stay.
    pub kept: u64,
}

impl Catalog {
    /// Takes back what a run brought. The run stays on record, with its account. The items have
    /// to be made again; the originals go afterwards.
    ///
    /// # Errors
    /// `NoRun`, `UndoneAlready`, or what the catalog says.
    pub fn undo_run(&self, run: i64, (at, user, reason): (u64, &str, &str)) -> Result<Undone, ArchiveError> {
        let generation = self.run(run)?.generation;
        if self.is_undone(run)? {
            return Err(ArchiveError::UndoneAlready(run));
        }
        let mut statement = self.db.prepare(
            "SELECT DISTINCT source_file.sha256, source_file.run = ?2 FROM run_input
             JOIN source_file USING (sha256)
             WHERE run_input.run = ?1 AND outcome = 'archived' ORDER BY 1",
        )?;
        let brought =
            statement.query_map([run, generation], |row| Ok((digest_column(row, 0)?, row.get(1)?)))?;
        let mut done = Undone { files: 0, kept: 0 };
        for (sha256, came_with_it) in brought.collect::<Result<Vec<(Sha256, bool)>, _>>()? {
            if !came_with_it {
                done.kept += 1;
                continue;
            }
            self.db.execute(
                "INSERT INTO undone SELECT ?1, sha256, name, original FROM source_file WHERE sha256 = ?2",
                params![run, sha256.to_string()],
            )?;
            self.db.execute("DELETE FROM source_path WHERE sha256 = ?1", [sha256.to_string()])?;
            self.db.execute(
                "DELETE FROM seal WHERE kind IN ('source', 'units') AND id = ?1",
                [sha256.to_string()],
            )?;
            self.leave_other_sheets(sha256)?;
            self.drop_units(sha256)?;
            self.drop_source(sha256)?;
            done.files += 1;
        }
        self.db.execute("INSERT INTO undo VALUES (?1, ?2, ?3, ?4)", params![run, at as i64, user, reason])?;
        self.seal(SealKind::Undo, &run.to_string())?;
        Ok(done)
    }

    /// The other sheets of a document that one goes from make another letter.
    fn leave_other_sheets(&self, sha256: Sha256) -> Result<(), ArchiveError> {
        self.db
            .prepare_cached(
                "UPDATE source_file SET derived = '' WHERE sha256 IN
                   (SELECT source FROM unit WHERE source <> ?1 AND kind = 'letter'
                    AND own IN (SELECT own FROM unit WHERE source = ?1))",
            )?
            .execute([sha256.to_string()])?;
        Ok(())
    }

    /// Whether a run has been taken back.
    ///
    /// # Errors
    /// What the catalog says.
    pub fn is_undone(&self, run: i64) -> Result<bool, ArchiveError> {
        Ok(self.db.prepare_cached("SELECT 1 FROM undo WHERE run = ?1")?.exists([run])?)
    }

    /// Originals of runs that were taken back which may still lie below `originals/`, and which no
    /// content needs.
    ///
    /// # Errors
    /// What the catalog says.
    pub(crate) fn undone_originals(&self) -> Result<Vec<String>, ArchiveError> {
        let mut statement = self.db.prepare(
            "SELECT DISTINCT original FROM undone WHERE original IS NOT NULL
             AND original NOT IN (SELECT original FROM source_file WHERE original IS NOT NULL)",
        )?;
        let found = statement.query_map([], |row| row.get(0))?;
        Ok(found.collect::<Result<_, _>>()?)
    }

    /// All originals of runs that were taken back have been taken away.
    ///
    /// # Errors
    /// What the catalog says.
    pub(crate) fn forget_undone_originals(&self) -> Result<(), ArchiveError> {
        self.db.execute("UPDATE undone SET original = NULL WHERE original IS NOT NULL", [])?;
        Ok(())
    }
}
