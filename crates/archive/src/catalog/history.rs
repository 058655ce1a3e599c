//! What became of things over many runs: the runs themselves, what is still quarantined, what is
//! held, and what came in when.

use dossier_model::{Fault, Item, Locator, Sha256, Shape, SourceRef};
use rusqlite::{OptionalExtension, params};
use serde::Serialize;

use super::sources::shape_of;
use super::trouble::LAST_TROUBLE;
use super::{Catalog, UnitKind, digest_column};
use crate::ArchiveError;

/// A run as it is on record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunRecord {
    /// Its number.
    pub id: i64,
    /// The first of the runs that were cut off before it, or itself.
    pub generation: i64,
    /// When it began, in seconds since 1970-01-01 UTC.
    pub started: u64,
    /// When it ended; nothing while it goes on, and if it was killed.
    pub finished: Option<u64>,
    /// `running`, `complete`, `partial`, `failed` or `interrupted`.
    pub status: String,
    /// Its report as JSON; empty if it left none.
    pub report: String,
}

/// A file that could not be taken in when it was last seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Quarantined {
    /// Where it is, or was.
    pub path: String,
    /// Its content, if it could be read.
    pub sha256: Option<Sha256>,
    /// Why.
    pub fault: Fault,
    /// The run that quarantined it first, and when that began.
    pub first: (i64, u64),
    /// The last one, and when that began.
    pub last: (i64, u64),
}

/// How much of one kind is held.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Holding {
    /// `pdf`, `xlsx`, `xls` or `csv`.
    pub kind: String,
    /// Contents.
    pub files: u64,
    /// Their bytes.
    pub bytes: u64,
    /// Pages or rows.
    pub units: u64,
}

impl Holding {
    /// What files of this kind are made of; `None` of a kind that only a later program knows.
    pub fn shape(&self) -> Option<Shape> {
        shape_of(&self.kind)
    }
}

/// A letter that has found no row of a register.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoneLetter {
    /// The identity of its item.
    pub identity: String,
    /// Where it stands.
    pub at: SourceRef,
}

/// A letter without a row, or a row without a letter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoneUnit {
    /// The id of its item.
    pub item: String,
    /// The file it stands in, as a path below its source.
    pub file: String,
    /// Where in the file it begins.
    pub locator: Locator,
}

const RUN_COLUMNS: &str = "id, generation, started, finished, status, report";

fn run_record(row: &rusqlite::Row<'_>) -> rusqlite::Result<RunRecord> {
    Ok(RunRecord {
        id: row.get(0)?,
        generation: row.get(1)?,
        started: row.get::<_, i64>(2)? as u64,
        finished: row.get::<_, Option<i64>>(3)?.map(|at| at as u64),
        status: row.get(4)?,
        report: row.get(5)?,
    })
}

impl Catalog {
    /// All runs, the latest first.
    ///
    /// # Errors
    /// What the catalog says.
    pub fn runs(&self) -> Result<Vec<RunRecord>, ArchiveError> {
        let mut statement = self.db.prepare(&format!("SELECT {RUN_COLUMNS} FROM run ORDER BY id DESC"))?;
        let found = statement.query_map([], run_record)?;
        Ok(found.collect::<Result<_, _>>()?)
    }

    /// One run.
    ///
    /// # Errors
    /// `NoRun`, or what the catalog says.
    pub fn run(&self, id: i64) -> Result<RunRecord, ArchiveError> {
        let sql = format!("SELECT {RUN_COLUMNS} FROM run WHERE id = ?1");
        let found = self.db.prepare_cached(&sql)?.query_row([id], run_record).optional()?;
        found.ok_or(ArchiveError::NoRun(id))
    }

    /// How many files of a run have no outcome yet.
    ///
    /// # Errors
    /// What the catalog says.
    pub fn count_unsettled(&self, run: i64) -> Result<u64, ArchiveError> {
        let count: i64 = self.db.query_row(
            "SELECT count(*) FROM run_input WHERE run = ?1 AND outcome IS NULL",
            [run],
            |row| row.get(0),
        )?;
        Ok(count as u64)
    }

    /// The files whose last outcome is that they were quarantined, and that nobody has accepted as
    /// lost, by path.
    ///
    /// # Errors
    /// What the catalog says.
    pub fn quarantine(&self) -> Result<Vec<Quarantined>, ArchiveError> {
        let mut statement = self.db.prepare(&format!(
            "SELECT latest.path, latest.reason, first.id, first.started, last.id, last.started,
               latest.sha256
             FROM run_input AS latest
             JOIN run AS last ON last.id = latest.run
             JOIN run AS first ON first.id = (SELECT min(run) FROM run_input AS input
               WHERE input.path = latest.path AND input.outcome = 'quarantined')
             WHERE {LAST_TROUBLE} AND latest.outcome = 'quarantined' AND NOT EXISTS (SELECT 1 FROM release
               WHERE release.path = latest.path AND release.sha256 IS latest.sha256
               AND (release.sha256 IS NOT NULL OR release.fault = latest.reason))
             ORDER BY latest.path",
        ))?;
        let mut rows = statement.query([])?;
        let mut found = Vec::new();
        while let Some(row) = rows.next()? {
            let reason: String = row.get(1)?;
            found.push(Quarantined {
                path: row.get(0)?,
                sha256: match row.get_ref(6)? {
                    rusqlite::types::ValueRef::Null => None,
                    _ => Some(digest_column(row, 6)?),
                },
                fault: serde_json::from_str(&reason)?,
                first: (row.get(2)?, row.get::<_, i64>(3)? as u64),
                last: (row.get(4)?, row.get::<_, i64>(5)? as u64),
            });
        }
        Ok(found)
    }

    /// How much is held, by kind.
    ///
    /// # Errors
    /// What the catalog says.
    pub fn holdings(&self) -> Result<Vec<Holding>, ArchiveError> {
        let mut statement = self.db.prepare(
            "SELECT kind, count(*), sum(bytes), sum(units) FROM source_file
             WHERE state = 'read' GROUP BY kind ORDER BY kind",
        )?;
        let found = statement.query_map([], |row| {
            let count = |at: usize| row.get::<_, i64>(at).map(|count| count as u64);
            Ok(Holding { kind: row.get(0)?, files: count(1)?, bytes: count(2)?, units: count(3)? })
        })?;
        Ok(found.collect::<Result<_, _>>()?)
    }

    /// The last `limit` generations of runs up to `generation`, the latest first, each with when
    /// it began.
    ///
    /// # Errors
    /// What the catalog says.
    pub fn generations(&self, generation: i64, limit: u32) -> Result<Vec<(i64, u64)>, ArchiveError> {
        let mut statement = self.db.prepare(
            "SELECT generation, max(started) FROM run WHERE generation <= ?1
             GROUP BY generation ORDER BY generation DESC LIMIT ?2",
        )?;
        let found = statement
            .query_map(params![generation, limit], |row| Ok((row.get(0)?, row.get::<_, i64>(1)? as u64)))?;
        Ok(found.collect::<Result<_, _>>()?)
    }

    /// The items that first came in with the generations `from..=to`: id and generation.
    ///
    /// # Errors
    /// What the catalog says.
    pub fn items_that_came(&self, from: i64, to: i64) -> Result<Vec<(String, i64)>, ArchiveError> {
        let mut statement = self.db.prepare(
            "SELECT item.id, min(unit.run) AS came FROM unit JOIN item ON item.identity = unit.identity
             GROUP BY unit.identity HAVING came BETWEEN ?1 AND ?2 ORDER BY item.id",
        )?;
        let found = statement.query_map([from, to], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(found.collect::<Result<_, _>>()?)
    }

    /// The letters that a generation brought and that belong to no row of a register; nothing in
    /// an archive without registers.
    ///
    /// # Errors
    /// What the catalog says.
    pub fn lone_letters(&self, generation: i64) -> Result<Vec<LoneLetter>, ArchiveError> {
        let mut statement = self.db.prepare(
            "SELECT DISTINCT identity FROM unit WHERE kind = 'letter' AND run = ?1
             AND identity IN (SELECT identity FROM item)
             AND EXISTS (SELECT 1 FROM unit WHERE kind = 'row')
             AND NOT EXISTS (SELECT 1 FROM unit AS other
               WHERE other.identity = unit.identity AND other.kind = 'row') ORDER BY source, place",
        )?;
        let identities = statement.query_map([generation], |row| row.get::<_, String>(0))?;
        let mut found = Vec::new();
        for identity in identities.collect::<Result<Vec<_>, _>>()? {
            let first = self.units_of(&identity)?.into_iter().next();
            found.extend(first.map(|unit| LoneLetter { identity, at: unit.at }));
        }
        Ok(found)
    }

    /// All documents that are held, by name.
    ///
    /// # Errors
    /// What the catalog says.
    pub fn documents(&self) -> Result<Vec<(Sha256, String)>, ArchiveError> {
        let mut statement = self
            .db
            .prepare("SELECT sha256, name, kind FROM source_file WHERE state = 'read' ORDER BY name")?;
        let found = statement.query_map([], |row| {
            Ok((digest_column(row, 0)?, row.get::<_, String>(1)?, row.get::<_, String>(2)?))
        })?;
        let found = found.collect::<Result<Vec<_>, _>>()?;
        let of_pages = found.into_iter().filter(|(_, _, kind)| shape_of(kind) == Some(Shape::Pages));
        Ok(of_pages.map(|(sha256, name, _)| (sha256, name)).collect())
    }

    /// The units that belong to no unit of the other kind: letters without a row of a register, or rows
    /// without a letter; those of withdrawn items are left out.
    ///
    /// # Errors
    /// What the catalog says.
    pub fn lone_units(&self, kind: UnitKind) -> Result<Vec<LoneUnit>, ArchiveError> {
        let name = match kind {
            UnitKind::Letter => "letter",
            UnitKind::Row => "row",
        };
        let mut statement = self.db.prepare(
            "SELECT item.id, coalesce(source_file.name, ''), unit.place, coalesce(part.sheet, ''), part.number
             FROM unit JOIN item ON item.identity = unit.identity
             LEFT JOIN source_file ON source_file.sha256 = unit.source
             LEFT JOIN part ON part.source = unit.source AND part.place = unit.place
             WHERE unit.kind = ?1 AND NOT EXISTS (SELECT 1 FROM unit AS other
               WHERE other.identity = unit.identity AND other.kind <> ?1)
             GROUP BY unit.identity ORDER BY 2, unit.place",
        )?;
        let found = statement.query_map([name], |row| {
            let number: Option<u32> = row.get(4)?;
            let locator = match kind {
                UnitKind::Letter => Locator::Page(row.get(2)?),
                UnitKind::Row => Locator::Row { sheet: row.get(3)?, row: number.unwrap_or_default() },
            };
            Ok(LoneUnit { item: row.get(0)?, file: row.get(1)?, locator })
        })?;
        Ok(found.collect::<Result<_, _>>()?)
    }

    /// The items that letters on a content's pages are part of, in the order of their ids.
    ///
    /// # Errors
    /// What the catalog says.
    pub fn letters_of(&self, sha256: Sha256) -> Result<Vec<Item>, ArchiveError> {
        let mut statement = self.db.prepare_cached(
            "SELECT DISTINCT item.id FROM unit JOIN item ON item.identity = unit.identity
             WHERE unit.source = ?1 AND unit.kind = 'letter' ORDER BY item.id",
        )?;
        let ids = statement.query_map([sha256.to_string()], |row| row.get::<_, String>(0))?;
        let mut items = Vec::new();
        for id in ids.collect::<Result<Vec<_>, _>>()? {
            items.extend(self.item_row(&id)?.map(|row| row.item));
        }
        Ok(items)
    }

    /// The contents that a run archived and that are documents, with how many pages each has.
    ///
    /// # Errors
    /// What the catalog says.
    pub fn documents_of(&self, run: i64) -> Result<Vec<(Sha256, String, u64)>, ArchiveError> {
        let mut statement = self.db.prepare(
            "SELECT DISTINCT source_file.sha256, name, units, kind
             FROM run_input JOIN source_file USING (sha256)
             WHERE run_input.run = ?1 AND outcome = 'archived' ORDER BY name",
        )?;
        let found = statement.query_map([run], |row| {
            let document = (digest_column(row, 0)?, row.get(1)?, row.get::<_, i64>(2)? as u64);
            Ok((document, row.get::<_, String>(3)?))
        })?;
        let found = found.collect::<Result<Vec<_>, _>>()?;
        let of_pages = found.into_iter().filter(|(_, kind)| shape_of(kind) == Some(Shape::Pages));
        Ok(of_pages.map(|(document, _)| document).collect())
    }
}
