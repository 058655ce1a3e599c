//! Seals: digests of what is written, taken when it is written. SQLite finds a broken structure
//! but not a changed letter.
//!
//! Rows are sealed as they are stored: a format that stores them in another way takes the seals of
//! what it rewrites away, and the next run seals it anew.
//!
//! Sealed are the facts of a source, the units made of it with their keys, decisions, runs with
//! all that they put on record, and what the archive knows of itself. Items carry the digest of
//! their content already. What is changed all the time (paths, the pairing of units, what waits) has
//! no seal: there a changed byte makes a file be read again, or leads nowhere, and is found so.

use std::cell::RefCell;
use std::collections::HashMap;

use dossier_model::Sha256;
use rusqlite::OptionalExtension;
use rusqlite::types::ValueRef;
use sha2::Digest;

use super::{Catalog, Unit};
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
    /// An input accepted as lost; by its number.
    Release,
    /// A run; by its number.
    Run,
    /// That a run was taken back; by the run's number.
    Undo,
    /// What the archive knows of itself; by its key.
    Meta,
}

impl SealKind {
    pub const ALL: [SealKind; 7] = [
        SealKind::Source,
        SealKind::Units,
        SealKind::Decision,
        SealKind::Release,
        SealKind::Run,
        SealKind::Undo,
        SealKind::Meta,
    ];

    fn name(self) -> &'static str {
        match self {
            SealKind::Source => "source",
            SealKind::Units => "units",
            SealKind::Decision => "decision",
            SealKind::Release => "release",
            SealKind::Run => "run",
            SealKind::Undo => "undo",
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
            SealKind::Release => "SELECT CAST(id AS TEXT) FROM release ORDER BY id",
            SealKind::Undo => "SELECT CAST(run AS TEXT) FROM undo ORDER BY run",
            SealKind::Run => "SELECT CAST(id AS TEXT) FROM run WHERE finished IS NOT NULL ORDER BY id",
            // The format has to be known before there can be seals.
            SealKind::Meta => "SELECT key FROM meta WHERE key <> 'format' ORDER BY 1",
        }
    }

    /// The rows that are sealed, by `?1`.
    fn rows(self) -> &'static [&'static str] {
        match self {
            SealKind::Source => &[
                "SELECT kind, bytes, name, original, units, run FROM source_file WHERE sha256 = ?1",
                "SELECT page, fault FROM page_failure WHERE source = ?1 ORDER BY page",
                "SELECT place, sheet, number, extractor, content FROM part WHERE source = ?1 ORDER BY place",
                "SELECT kind, detail FROM source_note WHERE source = ?1 ORDER BY kind, detail",
            ],
            // Sealed one by one.
            SealKind::Units => &[],
            SealKind::Decision => &["SELECT at, user, source, unit, topic, content, withdraws FROM decision
                 WHERE id = CAST(?1 AS INTEGER)"],
            SealKind::Release => &["SELECT at, user, path, sha256, fault, reason FROM release
                 WHERE id = CAST(?1 AS INTEGER)"],
            SealKind::Undo => &["SELECT at, user, reason FROM undo WHERE run = CAST(?1 AS INTEGER)"],
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

/// The rows that a unit's digest covers: all but which item it belongs to.
const UNIT: &[&str] = &[
    "SELECT id, kind, place, own, digest, settled, run, content FROM unit WHERE id = ?1",
    "SELECT key, rank FROM unit_key WHERE unit = ?1 ORDER BY key",
];

/// What the archive knows of itself: the last format in which everything had its seal.
const SEALED: &str = "sealed";

/// The digest of a set of units, whatever order they come in: the exclusive or of theirs. The
/// units of a source lie scattered in the catalog, so each is taken while it is at hand.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct UnitSet {
    sum: [u8; 32],
    members: u64,
}

impl UnitSet {
    fn add(&mut self, digest: Sha256) {
        self.sum.iter_mut().zip(digest.bytes()).for_each(|(sum, byte)| *sum ^= byte);
        self.members += 1;
    }

    fn digest(&self) -> Sha256 {
        let mut pieces = Pieces::default();
        pieces.add(&self.sum);
        pieces.add(&self.members.to_le_bytes());
        pieces.finish()
    }
}

/// The units of sources that are being made.
pub(super) type UnitSeals = RefCell<HashMap<Sha256, UnitSet>>;

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
        self.set_seal(kind, id, self.digest_of(kind, id)?)
    }

    fn set_seal(&self, kind: SealKind, id: &str, digest: Sha256) -> Result<(), ArchiveError> {
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
        let now = super::FORMAT.to_string();
        if self.meta(SEALED)?.as_ref() == Some(&now) {
            return Ok(());
        }
        for kind in SealKind::ALL {
            for id in self.sealed_ids(kind)? {
                if self.seal_of(kind, &id)?.is_none() {
                    self.seal(kind, &id)?;
                }
            }
        }
        self.set_meta(SEALED, &now)
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
        if kind != SealKind::Units {
            return self.digest_of_rows(kind.rows(), id);
        }
        let mut set = UnitSet::default();
        let mut statement = self.db.prepare_cached("SELECT id FROM unit WHERE source = ?1")?;
        let mut units = statement.query([id])?;
        while let Some(row) = units.next()? {
            let unit: String = row.get(0)?;
            set.add(self.digest_of_rows(UNIT, &unit)?);
        }
        Ok(set.digest())
    }

    fn digest_of_rows(&self, queries: &[&str], id: &str) -> Result<Sha256, ArchiveError> {
        let mut pieces = Pieces::default();
        for sql in queries {
            let mut statement = self.db.prepare_cached(sql)?;
            let columns = statement.column_count();
            let mut rows = statement.query([id])?;
            while let Some(row) = rows.next()? {
                for column in 0..columns {
                    pieces.add_value(row.get_ref(column)?);
                }
            }
        }
        Ok(pieces.finish())
    }

    /// Begins the seal of a source's units: there are none.
    pub(super) fn begin_units_seal(&self, source: Sha256) {
        self.unit_seals.borrow_mut().insert(source, UnitSet::default());
    }

    /// Adds a unit that has just been written.
    pub(super) fn seal_unit(&self, unit: &Unit) -> Result<(), ArchiveError> {
        let digest = self.digest_of_rows(UNIT, &unit.id)?;
        if let Some(set) = self.unit_seals.borrow_mut().get_mut(&unit.source) {
            set.add(digest);
        }
        Ok(())
    }

    /// Ends the seal of a source's units.
    pub(super) fn end_units_seal(&self, source: Sha256) -> Result<(), ArchiveError> {
        let id = source.to_string();
        match self.unit_seals.borrow_mut().remove(&source) {
            Some(set) => self.set_seal(SealKind::Units, &id, set.digest()),
            None => self.seal(SealKind::Units, &id),
        }
    }

    /// The units of all sources that are `wanted`, in one pass through the catalog.
    ///
    /// # Errors
    /// What the catalog says.
    pub(crate) fn unit_sets(
        &self,
        wanted: impl Fn(&str) -> bool,
    ) -> Result<HashMap<String, UnitSet>, ArchiveError> {
        let mut sets: HashMap<String, UnitSet> = HashMap::new();
        let mut statement = self.db.prepare("SELECT id, source FROM unit ORDER BY id")?;
        let mut units = statement.query([])?;
        while let Some(row) = units.next()? {
            let (unit, source): (String, String) = (row.get(0)?, row.get(1)?);
            if !wanted(&source) {
                continue;
            }
            sets.entry(source).or_default().add(self.digest_of_rows(UNIT, &unit)?);
        }
        Ok(sets)
    }

    /// How the units of a source, as [`Catalog::unit_sets`] found them, stand to their seal.
    ///
    /// # Errors
    /// What the catalog says.
    pub(crate) fn units_sealed(&self, source: &str, set: UnitSet) -> Result<Sealed, ArchiveError> {
        Ok(match self.seal_of(SealKind::Units, source)? {
            None => Sealed::Unsealed,
            Some(seal) if seal == set.digest().to_string() => Sealed::Whole,
            Some(_) => Sealed::Broken,
        })
    }
}
