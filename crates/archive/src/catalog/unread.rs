//! What could not be read of files that were taken in: pages that failed, and rows that no header
//! explains. It stays trouble until it is read, or somebody accepts it as lost.

use std::collections::HashSet;

use dossier_model::{Fault, FaultKind, Sha256};
use rusqlite::params;

use super::{Catalog, digest_column};
use crate::ArchiveError;

/// What could not be read of a file that was taken in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unread {
    /// Where it is, or was.
    pub path: String,
    /// Its content.
    pub sha256: Sha256,
    /// How many of its pages.
    pub pages: u64,
    /// How many of its rows.
    pub rows: u64,
    /// Why: of the first page or row.
    pub fault: Fault,
}

/// Why a row could not be understood, from the reason on record.
pub fn row_fault(reason: &str) -> Fault {
    match reason {
        "no_header" => Fault::new(FaultKind::NoHeader, ""),
        other => Fault::new(FaultKind::Damaged, other),
    }
}

impl Catalog {
    /// Notes that a row could not be understood, until its content's units are made anew.
    ///
    /// # Errors
    /// What the catalog says.
    pub fn reject_row(&self, at: (Sha256, u64, &str, u32), reason: &str) -> Result<(), ArchiveError> {
        let (source, place, sheet, number) = at;
        self.db
            .prepare_cached("INSERT OR REPLACE INTO rejected_row VALUES (?1, ?2, ?3, ?4, ?5)")?
            .execute(params![source.to_string(), place as i64, sheet, number, reason])?;
        Ok(())
    }

    /// The contents of which something could not be read.
    ///
    /// # Errors
    /// What the catalog says.
    pub fn not_wholly_read(&self) -> Result<HashSet<Sha256>, ArchiveError> {
        let sql = "SELECT source FROM page_failure UNION SELECT source FROM rejected_row";
        let mut statement = self.db.prepare(sql)?;
        let found = statement.query_map([], |row| digest_column(row, 0))?;
        Ok(found.collect::<Result<_, _>>()?)
    }

    /// What could not be read of the content at a path, and nobody has accepted as lost.
    ///
    /// # Errors
    /// What the catalog says.
    pub fn unread_at(&self, path: &str, sha256: Sha256) -> Result<Option<Unread>, ArchiveError> {
        let failures = self.page_failures(sha256)?;
        let first = self.rejected_rows_of(sha256, 1)?;
        let of_page = failures.first().map(|failure| failure.fault.clone());
        let fault = of_page.or_else(|| first.first().map(|(_, _, reason)| row_fault(reason)));
        let Some(fault) = fault else { return Ok(None) };
        if self.released(path, sha256)?.is_some() {
            return Ok(None);
        }
        let mut statement = self.db.prepare_cached("SELECT count(*) FROM rejected_row WHERE source = ?1")?;
        let rows: i64 = statement.query_row([sha256.to_string()], |row| row.get(0))?;
        let (path, pages) = (path.to_owned(), failures.len() as u64);
        Ok(Some(Unread { path, sha256, pages, rows: rows as u64, fault }))
    }

    /// What could not be read, file by file, and nobody has accepted as lost.
    ///
    /// # Errors
    /// What the catalog says.
    pub fn unread(&self) -> Result<Vec<Unread>, ArchiveError> {
        let mut found = Vec::new();
        for sha256 in self.not_wholly_read()? {
            for path in self.paths_of(sha256)? {
                found.extend(self.unread_at(&path, sha256)?);
            }
        }
        found.sort_by(|a, b| a.path.cmp(&b.path));
        Ok(found)
    }

    /// The rows of a content that could not be understood: sheet, row and why; at most `limit`.
    ///
    /// # Errors
    /// What the catalog says.
    pub fn rejected_rows_of(
        &self,
        sha256: Sha256,
        limit: u32,
    ) -> Result<Vec<(String, u32, String)>, ArchiveError> {
        let mut statement = self.db.prepare_cached(
            "SELECT sheet, number, reason FROM rejected_row WHERE source = ?1 ORDER BY place LIMIT ?2",
        )?;
        let found = statement.query_map(params![sha256.to_string(), limit], |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?))
        })?;
        Ok(found.collect::<Result<_, _>>()?)
    }
}
