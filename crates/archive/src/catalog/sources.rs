//! Facts: files, and where they were found.

use dossier_model::{FileKind, Sha256, Shape};
use rusqlite::{OptionalExtension, params};

use super::{Catalog, SealKind, digest_column};
use crate::ArchiveError;

/// How far the reading of a file has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SourceState {
    /// Not finished: a run that was cut off begins it again.
    Reading,
    /// All of it has been read, or is named as failed.
    Read,
}

/// A file by its content.
#[derive(Clone, Debug, PartialEq)]
pub struct SourceRecord {
    /// The content.
    pub sha256: Sha256,
    /// The name of a [`FileKind`].
    pub kind: String,
    /// Its size.
    pub bytes: u64,
    /// The path below the source that was given.
    pub name: String,
    /// The path below `originals/`.
    pub original: Option<String>,
    /// How far.
    pub state: SourceState,
    /// How many pages or rows it has.
    pub units: u64,
    /// The generation of runs that first took it in.
    pub run: i64,
}

impl SourceRecord {
    /// What the file is made of; `None` of a kind that only a later program knows.
    pub fn shape(&self) -> Option<Shape> {
        shape_of(&self.kind)
    }
}

/// What files of the kind with this name are made of.
pub(crate) fn shape_of(kind: &str) -> Option<Shape> {
    FileKind::named(kind).map(FileKind::shape)
}

/// What was last seen at a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PathRecord {
    /// The content.
    pub sha256: Sha256,
    /// Its size.
    pub bytes: u64,
    /// When it was last written, in nanoseconds since 1970.
    pub modified: i64,
}

impl Catalog {
    /// What was last seen at `path`.
    ///
    /// # Errors
    /// What the catalog says.
    pub fn path(&self, path: &str) -> Result<Option<PathRecord>, ArchiveError> {
        let mut statement =
            self.db.prepare_cached("SELECT sha256, bytes, modified FROM source_path WHERE path = ?1")?;
        let record = statement.query_row([path], |row| {
            Ok(PathRecord {
                sha256: digest_column(row, 0)?,
                bytes: row.get::<_, i64>(1)? as u64,
                modified: row.get(2)?,
            })
        });
        Ok(record.optional()?)
    }

    /// Remembers what is at `path`.
    ///
    /// # Errors
    /// What the catalog says.
    pub fn set_path(&self, path: &str, record: PathRecord) -> Result<(), ArchiveError> {
        let mut statement = self.db.prepare_cached(
            "INSERT INTO source_path VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT (path) DO UPDATE SET sha256 = ?2, bytes = ?3, modified = ?4",
        )?;
        statement.execute(params![path, record.sha256.to_string(), record.bytes as i64, record.modified])?;
        Ok(())
    }

    /// Everything known of a content.
    ///
    /// # Errors
    /// What the catalog says.
    pub fn source(&self, sha256: Sha256) -> Result<Option<SourceRecord>, ArchiveError> {
        let mut statement = self.db.prepare_cached(
            "SELECT kind, bytes, name, original, state, units, run FROM source_file WHERE sha256 = ?1",
        )?;
        let record = statement.query_row([sha256.to_string()], |row| {
            let state: String = row.get(4)?;
            Ok(SourceRecord {
                sha256,
                kind: row.get(0)?,
                bytes: row.get::<_, i64>(1)? as u64,
                name: row.get(2)?,
                original: row.get(3)?,
                state: if state == "read" { SourceState::Read } else { SourceState::Reading },
                units: row.get::<_, i64>(5)? as u64,
                run: row.get(6)?,
            })
        });
        Ok(record.optional()?)
    }

    /// The content whose digest begins so.
    ///
    /// # Errors
    /// What the catalog says.
    pub fn source_beginning(&self, digits: &str) -> Result<Option<SourceRecord>, ArchiveError> {
        let sql = "SELECT sha256 FROM source_file WHERE sha256 >= ?1 AND sha256 < ?1 || 'g' LIMIT 1";
        let found =
            self.db.prepare_cached(sql)?.query_row([digits], |row| digest_column(row, 0)).optional()?;
        found.map_or(Ok(None), |sha256| self.source(sha256))
    }

    /// Starts the reading of a content: what was read of it before, by a run that was cut off or
    /// by another extractor, goes, but for the pages in `known`.
    ///
    /// # Errors
    /// What the catalog says.
    pub fn begin_source(&self, record: &SourceRecord, known: &[u32]) -> Result<(), ArchiveError> {
        let sha256 = record.sha256.to_string();
        self.db
            .prepare_cached(
                "DELETE FROM part WHERE source = ?1
                 AND (sheet <> '' OR number NOT IN (SELECT value FROM json_each(?2)))",
            )?
            .execute(params![sha256, serde_json::to_string(known)?])?;
        self.db.prepare_cached("DELETE FROM page_failure WHERE source = ?1")?.execute([&sha256])?;
        self.db.prepare_cached("DELETE FROM source_note WHERE source = ?1")?.execute([&sha256])?;
        self.db
            .prepare_cached(
                "INSERT INTO source_file VALUES (?1, ?2, ?3, ?4, ?5, 'reading', 0, ?6, '')
                 ON CONFLICT (sha256) DO UPDATE SET state = 'reading'",
            )?
            .execute(params![
                sha256,
                record.kind,
                record.bytes as i64,
                record.name,
                record.original,
                record.run
            ])?;
        Ok(())
    }

    /// Remembers by what a content is divided, as whoever took it in said.
    ///
    /// # Errors
    /// What the catalog says.
    pub fn set_split(&self, sha256: Sha256, split: &str) -> Result<(), ArchiveError> {
        self.db
            .prepare_cached("INSERT OR REPLACE INTO source_split VALUES (?1, ?2)")?
            .execute([&sha256.to_string(), split])?;
        Ok(())
    }

    /// By what a content is divided, if anybody said so.
    ///
    /// # Errors
    /// What the catalog says.
    pub fn split(&self, sha256: Sha256) -> Result<Option<String>, ArchiveError> {
        let mut statement = self.db.prepare_cached("SELECT split FROM source_split WHERE source = ?1")?;
        Ok(statement.query_row([sha256.to_string()], |row| row.get(0)).optional()?)
    }

    /// Remembers under which path below `originals/` a content is kept.
    ///
    /// # Errors
    /// What the catalog says.
    pub fn set_original(&self, sha256: Sha256, original: Option<&str>) -> Result<(), ArchiveError> {
        self.db
            .prepare_cached("UPDATE source_file SET original = ?2 WHERE sha256 = ?1")?
            .execute(params![sha256.to_string(), original])?;
        Ok(())
    }

    /// Forgets contents whose reading was cut off, but for those that are in the archive from before and
    /// those with pages read by an extractor that a pattern (`GLOB`) of `standing` fits: these are gone on with.
    ///
    /// # Errors
    /// What the catalog says.
    pub fn drop_unfinished_sources(&self, standing: &[String]) -> Result<(), ArchiveError> {
        let mut statement = self.db.prepare_cached(
            "SELECT sha256 FROM source_file WHERE state = 'reading'
             AND NOT EXISTS (SELECT 1 FROM unit WHERE unit.source = sha256)
             AND NOT EXISTS (SELECT 1 FROM part WHERE part.source = sha256
                             AND EXISTS (SELECT 1 FROM json_each(?1) WHERE extractor GLOB value))",
        )?;
        let unfinished =
            statement.query_map([serde_json::to_string(standing)?], |row| digest_column(row, 0))?;
        unfinished.collect::<Result<Vec<_>, _>>()?.into_iter().try_for_each(|sha256| self.drop_source(sha256))
    }

    /// Ends the reading of a content that has `units` pages or rows; what is derived from it has
    /// to be made again.
    ///
    /// # Errors
    /// What the catalog says.
    pub fn finish_source(&self, sha256: Sha256, units: u64) -> Result<(), ArchiveError> {
        self.db
            .prepare_cached(
                "UPDATE source_file SET state = 'read', units = ?2, derived = '' WHERE sha256 = ?1",
            )?
            .execute(params![sha256.to_string(), units as i64])?;
        self.seal(SealKind::Source, &sha256.to_string())
    }

    /// Forgets a content that could not be taken in.
    ///
    /// # Errors
    /// What the catalog says.
    pub fn drop_source(&self, sha256: Sha256) -> Result<(), ArchiveError> {
        let sha256 = sha256.to_string();
        for table in ["part", "page_failure", "source_note", "source_split", "division_note", "rejected_row"]
        {
            self.db.execute(&format!("DELETE FROM {table} WHERE source = ?1"), [&sha256])?;
        }
        self.db.execute("DELETE FROM source_file WHERE sha256 = ?1", [&sha256])?;
        Ok(())
    }

    /// The contents whose units were not made by `version`, in the order of the runs that
    /// brought them.
    ///
    /// # Errors
    /// What the catalog says.
    pub fn sources_to_derive(&self, version: &str) -> Result<Vec<Sha256>, ArchiveError> {
        let mut statement = self.db.prepare_cached(
            "SELECT sha256 FROM source_file WHERE state = 'read' AND derived <> ?1 ORDER BY run, sha256",
        )?;
        let found = statement.query_map([version], |row| digest_column(row, 0))?;
        Ok(found.collect::<Result<_, _>>()?)
    }

    /// The contents that have been read and have to be divided into units, whatever version divided the
    /// others.
    ///
    /// # Errors
    /// What the catalog says.
    pub fn sources_waiting(&self) -> Result<Vec<Sha256>, ArchiveError> {
        let mut statement = self.db.prepare_cached(
            "SELECT sha256 FROM source_file WHERE state = 'read' AND derived = '' ORDER BY sha256",
        )?;
        let found = statement.query_map([], |row| super::digest_column(row, 0))?;
        Ok(found.collect::<Result<_, _>>()?)
    }

    /// Whether a content that has been read has to be divided into units.
    ///
    /// # Errors
    /// What the catalog says.
    pub fn waits_for_derivation(&self, sha256: Sha256) -> Result<bool, ArchiveError> {
        let mut statement = self.db.prepare_cached(
            "SELECT 1 FROM source_file WHERE sha256 = ?1 AND state = 'read' AND derived = ''",
        )?;
        Ok(statement.exists([sha256.to_string()])?)
    }

    /// Whether a content's units were made by `version`.
    ///
    /// # Errors
    /// What the catalog says.
    pub fn is_derived(&self, sha256: Sha256, version: &str) -> Result<bool, ArchiveError> {
        let mut statement =
            self.db.prepare_cached("SELECT 1 FROM source_file WHERE sha256 = ?1 AND derived = ?2")?;
        Ok(statement.exists([&sha256.to_string(), version])?)
    }

    /// Remembers that a content's units were made by `version`.
    ///
    /// # Errors
    /// What the catalog says.
    pub fn set_derived(&self, sha256: Sha256, version: &str) -> Result<(), ArchiveError> {
        self.as_one(|| {
            self.db
                .prepare_cached("UPDATE source_file SET derived = ?2 WHERE sha256 = ?1")?
                .execute(params![sha256.to_string(), version])?;
            // Until they are all made, there is nothing to seal.
            if version.is_empty() { Ok(()) } else { self.end_units_seal(sha256) }
        })
    }

    /// The paths at which a content was seen, in order.
    ///
    /// # Errors
    /// What the catalog says.
    pub fn paths_of(&self, sha256: Sha256) -> Result<Vec<String>, ArchiveError> {
        let mut statement =
            self.db.prepare_cached("SELECT path FROM source_path WHERE sha256 = ?1 ORDER BY path")?;
        let paths = statement.query_map([sha256.to_string()], |row| row.get(0))?;
        Ok(paths.collect::<Result<_, _>>()?)
    }

    /// The contents with recognised pages of which some were read by an extractor that no pattern (`GLOB`) of
    /// `standing` fits, of runs that began before a moment, in seconds since 1970.
    ///
    /// # Errors
    /// What the catalog says.
    pub fn recognised_otherwise(
        &self,
        standing: &[String],
        before: u64,
    ) -> Result<Vec<Sha256>, ArchiveError> {
        let mut sources = self.db.prepare_cached(
            "SELECT sha256, kind FROM source_file JOIN run ON run.id = source_file.run
             WHERE state = 'read' AND run.started < ?1 ORDER BY sha256",
        )?;
        // What reads files says so alone; where pages are recognised, the recogniser stands after it.
        let mut others = self.db.prepare_cached(
            "SELECT 1 FROM part WHERE source = ?1 AND instr(extractor, '+') > 0
             AND NOT EXISTS (SELECT 1 FROM json_each(?2) WHERE extractor GLOB value) LIMIT 1",
        )?;
        let standing = serde_json::to_string(standing)?;
        let rows = sources.query_map([i64::try_from(before).unwrap_or(i64::MAX)], |row| {
            Ok((digest_column(row, 0)?, row.get::<_, String>(1)?))
        })?;
        let mut found = Vec::new();
        for row in rows {
            let (sha256, kind) = row?;
            let has_pages = FileKind::named(&kind).is_some_and(|kind| kind.shape() == Shape::Pages);
            if has_pages && others.exists(params![sha256.to_string(), standing])? {
                found.push(sha256);
            }
        }
        Ok(found)
    }

    /// The names of the files that had this content, without folders and extension.
    ///
    /// # Errors
    /// What the catalog says.
    pub fn file_stems(&self, sha256: Sha256) -> Result<Vec<String>, ArchiveError> {
        let mut stems = Vec::new();
        for path in self.paths_of(sha256)? {
            let stem = std::path::Path::new(&path).file_stem().unwrap_or_default();
            stems.push(stem.to_string_lossy().into_owned());
        }
        stems.dedup();
        Ok(stems)
    }

    /// Hands over the digest and the path of every kept original, by path.
    ///
    /// # Errors
    /// What the catalog or `take` says.
    pub fn for_each_original(
        &self,
        mut take: impl FnMut(Sha256, &str) -> Result<(), ArchiveError>,
    ) -> Result<(), ArchiveError> {
        let mut statement = self.db.prepare_cached(
            "SELECT sha256, original FROM source_file WHERE original IS NOT NULL ORDER BY original",
        )?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let name: String = row.get(1)?;
            take(digest_column(row, 0)?, &name)?;
        }
        Ok(())
    }
}
