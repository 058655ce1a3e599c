//! Seals: digests of facts and decisions, taken when they are written. SQLite finds a broken
//! structure but not a changed letter; items and units carry the digest of their content already.

use dossier_model::Sha256;
use rusqlite::{OptionalExtension, params};
use sha2::Digest;

use super::{Catalog, digest_column};
use crate::ArchiveError;

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

    fn finish(self) -> Sha256 {
        Sha256::from_bytes(self.0.finalize().into())
    }
}

impl Catalog {
    /// Seals everything that is known of a content that has been read.
    ///
    /// # Errors
    /// What the catalog says.
    pub(super) fn seal_source(&self, sha256: Sha256) -> Result<(), ArchiveError> {
        let digest = self.digest_of_source(sha256)?;
        self.set_seal("source", &sha256.to_string(), digest)
    }

    /// Seals a decision.
    ///
    /// # Errors
    /// What the catalog says.
    pub(super) fn seal_decision(&self, number: i64) -> Result<(), ArchiveError> {
        let digest = self.digest_of_decision(number)?;
        self.set_seal("decision", &number.to_string(), digest)
    }

    /// Seals what an earlier format left without a seal.
    ///
    /// # Errors
    /// What the catalog says.
    pub fn seal_unsealed(&self) -> Result<(), ArchiveError> {
        let mut sources = self.db.prepare_cached(
            "SELECT sha256 FROM source_file WHERE state = 'read'
             AND NOT EXISTS (SELECT 1 FROM seal WHERE kind = 'source' AND id = sha256)",
        )?;
        let unsealed = sources.query_map([], |row| digest_column(row, 0))?;
        for sha256 in unsealed.collect::<Result<Vec<_>, _>>()? {
            self.seal_source(sha256)?;
        }
        let mut decisions = self.db.prepare_cached(
            "SELECT id FROM decision
             WHERE NOT EXISTS (SELECT 1 FROM seal WHERE kind = 'decision' AND seal.id = decision.id)",
        )?;
        let unsealed = decisions.query_map([], |row| row.get(0))?;
        unsealed.collect::<Result<Vec<i64>, _>>()?.into_iter().try_for_each(|id| self.seal_decision(id))
    }

    /// How the facts of a content stand to their seal.
    ///
    /// # Errors
    /// What the catalog says; also when a fact cannot be read at all.
    pub(crate) fn source_sealed(&self, sha256: Sha256) -> Result<Sealed, ArchiveError> {
        self.sealed("source", &sha256.to_string(), || self.digest_of_source(sha256))
    }

    /// How a decision stands to its seal.
    ///
    /// # Errors
    /// What the catalog says.
    pub(crate) fn decision_sealed(&self, number: i64) -> Result<Sealed, ArchiveError> {
        self.sealed("decision", &number.to_string(), || self.digest_of_decision(number))
    }

    fn sealed(
        &self,
        kind: &str,
        id: &str,
        digest: impl FnOnce() -> Result<Sha256, ArchiveError>,
    ) -> Result<Sealed, ArchiveError> {
        let mut statement = self.db.prepare_cached("SELECT digest FROM seal WHERE kind = ?1 AND id = ?2")?;
        let seal: Option<String> = statement.query_row([kind, id], |row| row.get(0)).optional()?;
        Ok(match seal {
            None => Sealed::Unsealed,
            Some(seal) if seal == digest()?.to_string() => Sealed::Whole,
            Some(_) => Sealed::Broken,
        })
    }

    fn set_seal(&self, kind: &str, id: &str, digest: Sha256) -> Result<(), ArchiveError> {
        self.db.prepare_cached("INSERT OR REPLACE INTO seal VALUES (?1, ?2, ?3)")?.execute([
            kind,
            id,
            &digest.to_string(),
        ])?;
        Ok(())
    }

    /// The digest of what facts say, whatever form the catalog keeps them in.
    fn digest_of_source(&self, sha256: Sha256) -> Result<Sha256, ArchiveError> {
        let mut pieces = Pieces::default();
        if let Some(source) = self.source(sha256)? {
            let about = (&source.kind, source.bytes, &source.name, &source.original, source.units);
            pieces.add(&serde_json::to_vec(&about)?);
        }
        for failure in self.page_failures(sha256)? {
            pieces.add(&serde_json::to_vec(&(failure.page, &failure.fault))?);
        }
        self.for_each_part::<ArchiveError>(sha256, |part, place| {
            pieces.add(&serde_json::to_vec(&(place, &part.extractor, &part.content))?);
            Ok(())
        })?;
        Ok(pieces.finish())
    }

    fn digest_of_decision(&self, number: i64) -> Result<Sha256, ArchiveError> {
        let mut statement = self.db.prepare_cached(
            "SELECT at, user, source, unit, topic, content, withdraws FROM decision WHERE id = ?1",
        )?;
        let json = statement.query_row(params![number], |row| {
            let (at, user, source): (i64, String, String) = (row.get(0)?, row.get(1)?, row.get(2)?);
            let (unit, topic, content): (String, String, String) = (row.get(3)?, row.get(4)?, row.get(5)?);
            let withdraws: Option<i64> = row.get(6)?;
            Ok(serde_json::to_vec(&(at, user, source, unit, topic, content, withdraws)))
        })?;
        Ok(Sha256::of(&json?))
    }
}
