//! Seals: digests of what is written, taken when it is written. SQLite finds a broken structure
//! but not a changed letter.
//!
//! Sealed are the facts of a source, the units made of it with their keys, decisions, runs with
//! all that they put on record, and what the archive knows of itself. Items carry the digest of
//! their content already. What is changed all the time (paths, the pairing of units, what waits) has
//! no seal: there a changed byte makes a file be read again, or leads nowhere, and is found so.

use dossier_model::Sha256;
use rusqlite::types::ValueRef;
use rusqlite::{OptionalExtension, Params};
use sha2::Digest;

use super::{Catalog, digest_column};
use crate::ArchiveError;

/// What has a seal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SealKind {
    /// What was read of a source; by its digest.
    Source,
    /// The units made of a source; by its digest.
    Units,
    /// A decision; by its number.
    Decision,
    /// A run; by its number.
    Run,
    /// What the archive knows of itself; by its key.
    Meta,
}

impl SealKind {
    pub const ALL: [SealKind; 5] =
        [SealKind::Source, SealKind::Units, SealKind::Decision, SealKind::Run, SealKind::Meta];

    fn name(self) -> &'static str {
        match self {
            SealKind::Source => "source",
            SealKind::Units => "units",
            SealKind::Decision => "decision",
            SealKind::Run => "run",
            SealKind::Meta => "meta",
        }
    }

    /// The ids of everything of this kind that is complete, and so has a seal.
    fn ids(self) -> &'static str {
        match self {
            SealKind::Source => "SELECT sha256 FROM source_file WHERE state = 'read' ORDER BY 1",
            SealKind::Units => {
                "SELECT sha256 FROM source_file WHERE state = 'read' AND derived <> '' ORDER BY 1"
            }
            SealKind::Decision => "SELECT CAST(id AS TEXT) FROM decision ORDER BY id",
            SealKind::Run => "SELECT CAST(id AS TEXT) FROM run WHERE finished IS NOT NULL ORDER BY id",
            // The format has to be known before there can be seals.
            SealKind::Meta => "SELECT key FROM meta WHERE key <> 'format' ORDER BY 1",
        }
    }

    /// The rows that are sealed as they stand, by `?1`; facts are sealed by what they say.
    fn rows(self) -> &'static [&'static str] {
        match self {
            SealKind::Source => &[],
            SealKind::Units => &[
                "SELECT id, kind, place, own, digest, settled, run, content FROM unit
                 WHERE source = ?1 ORDER BY id",
                "SELECT unit, key, rank FROM unit_key
                 WHERE unit IN (SELECT id FROM unit WHERE source = ?1) ORDER BY unit, key",
            ],
            SealKind::Decision => &["SELECT at, user, source, unit, topic, content, withdraws FROM decision
                 WHERE id = CAST(?1 AS INTEGER)"],
            SealKind::Run => &[
                "SELECT generation, version, started, finished, status, report FROM run
                 WHERE id = CAST(?1 AS INTEGER)",
                "SELECT path, outcome, sha256, reason FROM run_input
                 WHERE run = CAST(?1 AS INTEGER) ORDER BY path",
                "SELECT source, place, sheet, number, outcome, reason FROM row_outcome
                 WHERE run = CAST(?1 AS INTEGER) ORDER BY source, place",
            ],
            SealKind::Meta => &["SELECT value FROM meta WHERE key = ?1"],
        }
    }
}

/// How something stands to its seal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sealed {
    /// It is what it was.
    Whole,
    /// It is something else now.
    Broken,
    /// An earlier format had no seals: it gets one in the next run.
    Unsealed,
}

/// A digest that is fed piece by piece; each piece counts with its length.
#[derive(Default)]
struct Pieces(sha2::Sha256);

impl Pieces {
    fn add(&mut self, piece: &[u8]) {
        self.0.update((piece.len() as u64).to_le_bytes());
        self.0.update(piece);
    }

    fn add_value(&mut self, value: ValueRef<'_>) {
        match value {
            ValueRef::Null => self.0.update(u64::MAX.to_le_bytes()),
            ValueRef::Integer(number) => self.add(&number.to_le_bytes()),
            ValueRef::Real(number) => self.add(&number.to_le_bytes()),
            ValueRef::Text(bytes) | ValueRef::Blob(bytes) => self.add(bytes),
        }
    }

    fn finish(self) -> Sha256 {
        Sha256::from_bytes(self.0.finalize().into())
    }
}

impl Catalog {
    /// Seals something as it is now.
    ///
    /// # Errors
    /// What the catalog says.
    pub(super) fn seal(&self, kind: SealKind, id: &str) -> Result<(), ArchiveError> {
        let digest = self.digest_of(kind, id)?;
        self.db.prepare_cached("INSERT OR REPLACE INTO seal VALUES (?1, ?2, ?3)")?.execute([
            kind.name(),
            id,
            &digest.to_string(),
        ])?;
        Ok(())
    }

    /// Seals what an earlier format left without a seal.
    ///
    /// # Errors
    /// What the catalog says.
    pub fn seal_unsealed(&self) -> Result<(), ArchiveError> {
        for kind in SealKind::ALL {
            for id in self.sealed_ids(kind)? {
                if self.seal_of(kind, &id)?.is_none() {
                    self.seal(kind, &id)?;
                }
            }
        }
        Ok(())
    }

    /// The ids of everything of a kind that should have a seal, in order.
    ///
    /// # Errors
    /// What the catalog says.
    pub(crate) fn sealed_ids(&self, kind: SealKind) -> Result<Vec<String>, ArchiveError> {
        let mut statement = self.db.prepare(kind.ids())?;
        let found = statement.query_map([], |row| row.get(0))?;
        Ok(found.collect::<Result<_, _>>()?)
    }

    /// How something stands to its seal.
    ///
    /// # Errors
    /// What the catalog says; also when it cannot be read at all.
    pub(crate) fn sealed(&self, kind: SealKind, id: &str) -> Result<Sealed, ArchiveError> {
        Ok(match self.seal_of(kind, id)? {
            None => Sealed::Unsealed,
            Some(seal) if seal == self.digest_of(kind, id)?.to_string() => Sealed::Whole,
            Some(_) => Sealed::Broken,
        })
    }

    fn seal_of(&self, kind: SealKind, id: &str) -> Result<Option<String>, ArchiveError> {
        let mut statement = self.db.prepare_cached("SELECT digest FROM seal WHERE kind = ?1 AND id = ?2")?;
        Ok(statement.query_row([kind.name(), id], |row| row.get(0)).optional()?)
    }

    fn digest_of(&self, kind: SealKind, id: &str) -> Result<Sha256, ArchiveError> {
        let mut pieces = Pieces::default();
        if kind == SealKind::Source {
            self.add_facts(id, &mut pieces)?;
        }
        for sql in kind.rows() {
            self.add_rows(sql, [id], &mut pieces)?;
        }
        Ok(pieces.finish())
    }

    fn add_rows(&self, sql: &str, id: impl Params, pieces: &mut Pieces) -> Result<(), ArchiveError> {
        let mut statement = self.db.prepare_cached(sql)?;
        let columns = statement.column_count();
        let mut rows = statement.query(id)?;
        while let Some(row) = rows.next()? {
            for column in 0..columns {
                pieces.add_value(row.get_ref(column)?);
            }
        }
        Ok(())
    }

    /// What the facts of a source say, whatever form the catalog keeps them in.
    fn add_facts(&self, source: &str, pieces: &mut Pieces) -> Result<(), ArchiveError> {
        let mut statement = self.db.prepare_cached("SELECT sha256 FROM source_file WHERE sha256 = ?1")?;
        let Some(sha256) = statement.query_row([source], |row| digest_column(row, 0)).optional()? else {
            return Ok(());
        };
        if let Some(source) = self.source(sha256)? {
            let about =
                (&source.kind, source.bytes, &source.name, &source.original, source.units, source.run);
            pieces.add(&serde_json::to_vec(&about)?);
        }
        for failure in self.page_failures(sha256)? {
            pieces.add(&serde_json::to_vec(&(failure.page, &failure.fault))?);
        }
        self.add_rows(
            "SELECT place, sheet, number FROM part WHERE source = ?1 ORDER BY place",
            [source],
            pieces,
        )?;
        self.for_each_part::<ArchiveError>(sha256, |part, place| {
            pieces.add(&serde_json::to_vec(&(place, &part.extractor, &part.content))?);
            Ok(())
        })
    }
}
