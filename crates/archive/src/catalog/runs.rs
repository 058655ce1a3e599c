//! Runs: every file that was seen, with what became of it.

use std::collections::HashMap;

use dossier_model::{Fault, FileCounts, RowCounts, Sha256, Shape};
use rusqlite::{OptionalExtension, params};

use super::sources::shape_of;
use super::{Catalog, SealKind, digest_column};
use crate::ArchiveError;

/// What became of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum InputOutcome {
    /// New, and taken in.
    Archived,
    /// Taken in before, from the same path.
    Unchanged,
    /// Taken in before, from another path.
    Duplicate,
    /// Not taken in.
    Quarantined(Fault),
    /// Not taken in, and accepted as lost by somebody.
    Released(Fault),
    /// Left out by this rule.
    Ignored(String),
}

/// What became of a row that was not archived as new.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RowOutcome {
    /// The same identity and content came in an earlier run.
    Unchanged,
    /// The same identity and content came before in this run.
    Duplicate,
    /// It could not be understood.
    Rejected,
    /// It is no petition.
    NotData,
}

impl RowOutcome {
    /// The name in the catalog.
    pub fn name(self) -> &'static str {
        match self {
            RowOutcome::Unchanged => "unchanged",
            RowOutcome::Duplicate => "duplicate",
            RowOutcome::Rejected => "rejected",
            RowOutcome::NotData => "not_data",
        }
    }
}

/// A content that a run saw.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContentCount {
    /// The content.
    pub sha256: Sha256,
    /// How many pages or rows it has.
    pub units: u64,
    /// What it is made of.
    pub shape: Option<Shape>,
    /// Where it was seen.
    pub path: String,
}

impl Catalog {
    /// Starts a run; returns its number and its generation, which is that of the run before if
    /// that one was cut off: what both bring counts as brought at the same time.
    ///
    /// # Errors
    /// What the catalog says.
    pub fn begin_run(&self, version: &str, started: u64) -> Result<(i64, i64), ArchiveError> {
        let cut_off: Option<i64> = self
            .db
            .prepare_cached(
                "SELECT generation FROM run WHERE id = (SELECT max(id) FROM run)
                 AND status IN ('running', 'interrupted')",
            )?
            .query_row([], |row| row.get(0))
            .optional()?;
        self.db.execute(
            "INSERT INTO run (generation, version, started, status, report)
             VALUES (coalesce(?1, (SELECT coalesce(max(id), 0) + 1 FROM run)), ?2, ?3, 'running', '')",
            params![cut_off, version, started as i64],
        )?;
        let run = self.db.last_insert_rowid();
        let generation =
            self.db.query_row("SELECT generation FROM run WHERE id = ?1", [run], |row| row.get(0))?;
        Ok((run, generation))
    }

    /// The generation of a run: the first of the runs that were cut off before it, or the run itself.
    ///
    /// # Errors
    /// `NoRun`, or what the catalog says.
    pub fn generation(&self, run: i64) -> Result<i64, ArchiveError> {
        let mut statement = self.db.prepare_cached("SELECT generation FROM run WHERE id = ?1")?;
        statement.query_row([run], |row| row.get(0)).optional()?.ok_or(ArchiveError::NoRun(run))
    }

    /// The generation of runs that brought the latest content of an item; 0 if none did.
    ///
    /// # Errors
    /// What the catalog says.
    pub(crate) fn brought_by(&self, identity: &str) -> Result<i64, ArchiveError> {
        let mut statement =
            self.db.prepare_cached("SELECT coalesce(max(run), 0) FROM unit WHERE identity = ?1")?;
        Ok(statement.query_row([identity], |row| row.get(0))?)
    }

    /// Ends a run.
    ///
    /// # Errors
    /// What the catalog says.
    pub fn finish_run(
        &self,
        run: i64,
        status: &str,
        report: &str,
        finished: u64,
    ) -> Result<(), ArchiveError> {
        self.as_one(|| {
            self.db.execute(
                "UPDATE run SET status = ?2, report = ?3, finished = ?4 WHERE id = ?1",
                params![run, status, report, finished as i64],
            )?;
            self.seal(SealKind::Run, &run.to_string())
        })
    }

    /// Notes a file that came into sight.
    ///
    /// # Errors
    /// What the catalog says.
    pub fn see_input(&self, run: i64, path: &str) -> Result<(), ArchiveError> {
        self.db
            .prepare_cached("INSERT INTO run_input (run, path) VALUES (?1, ?2)")?
            .execute(params![run, path])?;
        Ok(())
    }

    /// Notes what became of a file.
    ///
    /// # Errors
    /// What the catalog says.
    pub fn settle_input(
        &self,
        run: i64,
        path: &str,
        sha256: Option<Sha256>,
        outcome: &InputOutcome,
    ) -> Result<(), ArchiveError> {
        let (name, reason) = match outcome {
            InputOutcome::Archived => ("archived", None),
            InputOutcome::Unchanged => ("unchanged", None),
            InputOutcome::Duplicate => ("duplicate", None),
            InputOutcome::Quarantined(fault) => ("quarantined", Some(serde_json::to_string(fault)?)),
            InputOutcome::Released(fault) => ("released", Some(serde_json::to_string(fault)?)),
            InputOutcome::Ignored(rule) => ("ignored", Some(rule.clone())),
        };
        self.db
            .prepare_cached(
                "INSERT INTO run_input VALUES (?1, ?2, ?3, ?4, ?5)
                 ON CONFLICT (run, path) DO UPDATE SET outcome = ?3, sha256 = ?4, reason = ?5",
            )?
            .execute(params![run, path, name, sha256.map(|digest| digest.to_string()), reason])?;
        Ok(())
    }

    /// Notes what became of a row that was not archived as new.
    ///
    /// # Errors
    /// What the catalog says.
    pub fn settle_row(
        &self,
        run: i64,
        at: (Sha256, u64, &str, u32),
        outcome: RowOutcome,
        reason: &str,
    ) -> Result<(), ArchiveError> {
        let (source, place, sheet, number) = at;
        self.db
            .prepare_cached("INSERT OR REPLACE INTO row_outcome VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)")?
            .execute(params![run, source.to_string(), place as i64, sheet, number, outcome.name(), reason])?;
        Ok(())
    }

    /// The outcomes of a run's files, counted from its records; `seen` is left to the walker.
    ///
    /// # Errors
    /// What the catalog says.
    pub fn count_inputs(&self, run: i64) -> Result<FileCounts, ArchiveError> {
        let tally =
            self.tally("SELECT outcome, count(*) FROM run_input WHERE run = ?1 GROUP BY outcome", run)?;
        let count = |name: &str| tally.get(name).copied().unwrap_or(0);
        Ok(FileCounts {
            seen: 0,
            archived: count("archived"),
            unchanged: count("unchanged"),
            duplicate: count("duplicate"),
            quarantined: count("quarantined"),
            released: count("released"),
            ignored: count("ignored"),
            pending: 0,
        })
    }

    /// The rows of a run that were not archived as new, counted from its records.
    ///
    /// # Errors
    /// What the catalog says.
    pub fn count_rows(&self, run: i64) -> Result<RowCounts, ArchiveError> {
        let tally =
            self.tally("SELECT outcome, count(*) FROM row_outcome WHERE run = ?1 GROUP BY outcome", run)?;
        let count = |name: &str| tally.get(name).copied().unwrap_or(0);
        Ok(RowCounts {
            seen: 0,
            archived: 0,
            unchanged: count("unchanged"),
            duplicate: count("duplicate"),
            rejected: count("rejected"),
            not_data: count("not_data"),
            pending: 0,
        })
    }

    /// How many rows of the contents that a run archived became units.
    ///
    /// # Errors
    /// What the catalog says.
    pub fn count_row_units(&self, run: i64) -> Result<u64, ArchiveError> {
        let count: i64 = self.db.query_row(
            "SELECT count(*) FROM unit WHERE kind = 'row' AND source IN
               (SELECT sha256 FROM run_input WHERE run = ?1 AND outcome = 'archived')",
            [run],
            |row| row.get(0),
        )?;
        Ok(count as u64)
    }

    /// The contents of a run's files with this outcome, with how many pages or rows each has and
    /// whether it is a register; a content comes as often as it was found.
    ///
    /// # Errors
    /// What the catalog says.
    pub fn contents_with(&self, run: i64, outcome: &str) -> Result<Vec<ContentCount>, ArchiveError> {
        let mut statement = self.db.prepare_cached(
            "SELECT run_input.sha256, units, kind, path FROM run_input JOIN source_file USING (sha256)
             WHERE run_input.run = ?1 AND outcome = ?2 ORDER BY path",
        )?;
        let found = statement.query_map(params![run, outcome], |row| {
            let kind: String = row.get(2)?;
            Ok(ContentCount {
                sha256: digest_column(row, 0)?,
                units: row.get::<_, i64>(1)? as u64,
                shape: shape_of(&kind),
                path: row.get(3)?,
            })
        })?;
        Ok(found.collect::<Result<_, _>>()?)
    }

    /// The rows of a run that could not be understood: file, sheet, row and why; at most `limit`.
    ///
    /// # Errors
    /// What the catalog says.
    pub fn rejected_rows(
        &self,
        run: i64,
        limit: u32,
    ) -> Result<Vec<(String, String, u32, String)>, ArchiveError> {
        let mut statement = self.db.prepare_cached(
            "SELECT coalesce((SELECT name FROM source_file WHERE sha256 = source), source), sheet, number, reason
             FROM row_outcome WHERE run = ?1 AND outcome = 'rejected' ORDER BY source, place LIMIT ?2",
        )?;
        let found = statement
            .query_map(params![run, limit], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)))?;
        Ok(found.collect::<Result<_, _>>()?)
    }

    /// Whether a run archived this content as new.
    ///
    /// # Errors
    /// What the catalog says.
    pub fn archived_in(&self, run: i64, sha256: Sha256) -> Result<bool, ArchiveError> {
        let mut statement = self.db.prepare_cached(
            "SELECT 1 FROM run_input WHERE run = ?1 AND sha256 = ?2 AND outcome = 'archived' LIMIT 1",
        )?;
        Ok(statement.exists(params![run, sha256.to_string()])?)
    }

    fn tally(&self, sql: &str, run: i64) -> Result<HashMap<String, u64>, ArchiveError> {
        let mut statement = self.db.prepare_cached(sql)?;
        let counts = statement.query_map([run], |row| {
            let name: Option<String> = row.get(0)?;
            Ok((name.unwrap_or_default(), row.get::<_, i64>(1)? as u64))
        })?;
        Ok(counts.collect::<Result<_, _>>()?)
    }
}
