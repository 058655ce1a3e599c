//! Units: the letters and rows that parts were divided into, before they are paired.

use std::borrow::Cow;

use dossier_model::{Fields, ItemText, Sha256, SourceRef};
use rusqlite::{OptionalExtension, params};
use serde::{Deserialize, Serialize};
use sha2::Digest;

use super::Catalog;
use super::content::Body;
use crate::ArchiveError;

/// What a unit was made from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UnitKind {
    /// Pages of a document.
    Letter,
    /// A row of a register.
    Row,
}

/// A letter or a row.
#[derive(Clone, Debug, PartialEq)]
pub struct Unit {
    /// Follows from its place.
    pub id: String,
    /// The file.
    pub source: Sha256,
    /// What it was made from.
    pub kind: UnitKind,
    /// The order of its first part within the file.
    pub place: u64,
    /// The identity it has by itself.
    pub own: String,
    /// The keys it can be paired by, the strongest first.
    pub keys: Vec<String>,
    /// The date by which conflicts are settled.
    pub settled: String,
    /// The run that brought its file.
    pub run: i64,
    /// Where it stands.
    pub at: SourceRef,
    /// Its text.
    pub text: ItemText,
    /// Its fields.
    pub fields: Fields,
}

/// A unit's content as its record says it.
#[derive(Serialize, Deserialize)]
struct Content<'a> {
    at: Cow<'a, SourceRef>,
    #[serde(borrow)]
    body: Body<'a>,
}

pub(super) fn to_content(at: &SourceRef, text: &ItemText, fields: &Fields) -> Result<String, ArchiveError> {
    Ok(serde_json::to_string(&Content { at: Cow::Borrowed(at), body: Body::new(text, fields) })?)
}

/// A unit with what the catalog keeps of it, which takes longer to write down than to put on record.
pub struct UnitRecord {
    /// The unit.
    pub unit: Unit,
    digest: String,
    content: String,
}

impl UnitRecord {
    /// Writes a unit down. Its identity may still change, its place, text and fields may not.
    ///
    /// # Errors
    /// `Json`.
    pub fn new(unit: Unit) -> Result<UnitRecord, ArchiveError> {
        let content = to_content(&unit.at, &unit.text, &unit.fields)?;
        Ok(UnitRecord { digest: unit.digest(), content, unit })
    }

    /// The [digest](Unit::digest) of what the unit says.
    pub fn digest(&self) -> &str {
        &self.digest
    }
}

/// A unit as the catalog has it, its content not yet read.
pub struct KeptUnit {
    id: String,
    source: Sha256,
    kind: UnitKind,
    place: u64,
    own: String,
    settled: String,
    run: i64,
    content: String,
}

impl KeptUnit {
    /// The unit with all that it says.
    ///
    /// # Errors
    /// `Incoherent` or `Json`.
    pub fn read(self) -> Result<Unit, ArchiveError> {
        let KeptUnit { id, source, kind, place, own, settled, run, content } = self;
        let Content { at, body } = serde_json::from_str(&content)?;
        let (at, keys) = (at.into_owned(), Vec::new());
        let (text, fields) = body.into_parts().ok_or(ArchiveError::Incoherent)?;
        Ok(Unit { id, source, kind, place, own, keys, settled, run, at, text, fields })
    }
}

impl Unit {
    /// The digest of what the unit says, whatever place it stands at.
    pub fn digest(&self) -> String {
        let mut said = sha2::Sha256::new_with_prefix(&self.text.text);
        for (name, values) in &self.fields {
            for value in values {
                ["\0", name, "\0", value.value.reveal()].iter().for_each(|piece| said.update(piece));
            }
        }
        Sha256::from_bytes(said.finalize().into()).to_string()
    }
}

impl Catalog {
    /// Takes away the units of a content, what was noted of its division, and which of its rows could not
    /// be understood; the items they belonged to have to be made again.
    ///
    /// # Errors
    /// What the catalog says.
    pub fn drop_units(&self, sha256: Sha256) -> Result<(), ArchiveError> {
        let source = sha256.to_string();
        self.begin_units_seal(sha256);
        self.db
            .prepare_cached("INSERT OR IGNORE INTO dirty SELECT identity FROM unit WHERE source = ?1")?
            .execute([&source])?;
        self.db
            .prepare_cached(
                "UPDATE unit SET unpaired = 1 WHERE kind = 'letter' AND identity IN
                   (SELECT identity FROM unit WHERE source = ?1 AND kind = 'row')",
            )?
            .execute([&source])?;
        self.db
            .prepare_cached("DELETE FROM unit_key WHERE unit IN (SELECT id FROM unit WHERE source = ?1)")?
            .execute([&source])?;
        self.db.prepare_cached("DELETE FROM unit WHERE source = ?1")?.execute([&source])?;
        for derived in ["division_note", "rejected_row"] {
            let sql = format!("DELETE FROM {derived} WHERE source = ?1");
            self.db.prepare_cached(&sql)?.execute([&source])?;
        }
        Ok(())
    }

    /// Keeps a unit. Letters are paired later; a new row makes the letters with one of its keys
    /// look for their partner again.
    ///
    /// # Errors
    /// What the catalog says.
    pub fn put_unit(&self, record: &UnitRecord) -> Result<(), ArchiveError> {
        let UnitRecord { unit, digest, content } = record;
        let is_letter = unit.kind == UnitKind::Letter;
        self.db
            .prepare_cached(
                "INSERT OR REPLACE INTO unit VALUES (?1, ?2, ?3, ?4, ?5, ?5, ?6, ?7, ?8, ?9, ?10)",
            )?
            .execute(params![
                unit.id,
                unit.source.to_string(),
                if is_letter { "letter" } else { "row" },
                unit.place as i64,
                unit.own,
                is_letter,
                digest,
                unit.settled,
                unit.run,
                content
            ])?;
        let mut insert = self.db.prepare_cached("INSERT OR IGNORE INTO unit_key VALUES (?1, ?2, ?3)")?;
        for (rank, key) in unit.keys.iter().enumerate() {
            insert.execute(params![key, unit.id, rank as i64])?;
            if !is_letter {
                self.db
                    .prepare_cached(
                        "UPDATE unit SET unpaired = 1 WHERE kind = 'letter' AND id IN
                           (SELECT unit FROM unit_key WHERE key = ?1)",
                    )?
                    .execute([key])?;
            }
        }
        self.seal_unit(unit)?;
        self.mark_dirty(&unit.own)
    }

    /// What is known of a row with this identity and this content from another place: the last
    /// run that brought it.
    ///
    /// # Errors
    /// What the catalog says.
    pub fn same_row(
        &self,
        UnitRecord { unit, digest, .. }: &UnitRecord,
    ) -> Result<Option<i64>, ArchiveError> {
        let mut statement = self.db.prepare_cached(
            "SELECT max(run) FROM unit WHERE identity = ?1 AND kind = 'row' AND digest = ?2 AND id <> ?3",
        )?;
        Ok(statement.query_row(params![unit.own, digest, unit.id], |row| row.get(0)).optional()?.flatten())
    }

    /// The digest of the first row of a content with this identity.
    ///
    /// # Errors
    /// What the catalog says.
    pub fn row_digest(&self, source: Sha256, identity: &str) -> Result<Option<String>, ArchiveError> {
        let mut statement = self.db.prepare_cached(
            "SELECT digest FROM unit WHERE identity = ?1 AND source = ?2 AND kind = 'row' LIMIT 1",
        )?;
        Ok(statement.query_row(params![identity, source.to_string()], |row| row.get(0)).optional()?)
    }

    /// Looks for the partner of every letter that has none yet: the row that a person named, else
    /// the one identity whose rows have its strongest matching key. A letter that could belong to several stays by itself.
    ///
    /// # Errors
    /// What the catalog says.
    pub fn pair_letters(&self) -> Result<(), ArchiveError> {
        let unpaired: Vec<(String, String, String)> = self
            .db
            .prepare_cached("SELECT id, own, identity FROM unit WHERE unpaired")?
            .query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?
            .collect::<Result<_, _>>()?;
        for (id, own, before) in unpaired {
            let partner = match self.decided_partner(&id)? {
                Some(Some(row)) => self.identity_at(&row)?,
                Some(None) => None,
                None => self.partner(&id)?,
            };
            let identity = partner.unwrap_or_else(|| own.clone());
            self.db
                .prepare_cached("UPDATE unit SET unpaired = 0, identity = ?2 WHERE id = ?1")?
                .execute([&id, &identity])?;
            for identity in [&own, &before, &identity] {
                self.mark_dirty(identity)?;
            }
        }
        Ok(())
    }

    fn partner(&self, letter: &str) -> Result<Option<String>, ArchiveError> {
        let mut statement = self.db.prepare_cached(
            "SELECT mine.rank, unit.identity FROM unit_key AS mine
             JOIN unit_key AS theirs ON theirs.key = mine.key
             JOIN unit ON unit.id = theirs.unit AND unit.kind = 'row'
             WHERE mine.unit = ?1 ORDER BY mine.rank, unit.identity",
        )?;
        let found: Vec<(i64, String)> =
            statement.query_map([letter], |row| Ok((row.get(0)?, row.get(1)?)))?.collect::<Result<_, _>>()?;
        let Some((strongest, identity)) = found.first() else { return Ok(None) };
        let unique = found.iter().all(|(rank, other)| rank != strongest || other == identity);
        Ok(unique.then(|| identity.clone()))
    }

    /// Marks an identity whose item has to be made again.
    ///
    /// # Errors
    /// What the catalog says.
    pub fn mark_dirty(&self, identity: &str) -> Result<(), ArchiveError> {
        self.db.prepare_cached("INSERT OR IGNORE INTO dirty VALUES (?1)")?.execute([identity])?;
        Ok(())
    }

    /// Up to `limit` identities whose items have to be made again, in order.
    ///
    /// # Errors
    /// What the catalog says.
    pub fn dirty(&self, limit: u32) -> Result<Vec<String>, ArchiveError> {
        let mut statement =
            self.db.prepare_cached("SELECT identity FROM dirty ORDER BY identity LIMIT ?1")?;
        let found = statement.query_map([limit], |row| row.get(0))?;
        Ok(found.collect::<Result<_, _>>()?)
    }

    /// How many items have to be made again.
    ///
    /// # Errors
    /// What the catalog says.
    pub fn count_dirty(&self) -> Result<u64, ArchiveError> {
        let count: i64 = self.db.query_row("SELECT count(*) FROM dirty", [], |row| row.get(0))?;
        Ok(count as u64)
    }

    /// The units of an identity: the row that counts first, then superseded rows, then letters
    /// in the order of their pages.
    /// Of several rows what the latest run brought counts, then the latest register date, then
    /// the content's digest; of rows that say the same, the one that came first stands for all, so
    /// that a register exported anew changes only what it says otherwise.
    ///
    /// # Errors
    /// What the catalog says.
    pub fn units_of(&self, identity: &str) -> Result<Vec<Unit>, ArchiveError> {
        self.kept_units_of(identity)?.into_iter().map(KeptUnit::read).collect()
    }

    /// The same, for whoever reads the contents of many beside each other.
    ///
    /// # Errors
    /// What the catalog says.
    pub fn kept_units_of(&self, identity: &str) -> Result<Vec<KeptUnit>, ArchiveError> {
        let mut statement = self.db.prepare_cached(
            "SELECT id, source, kind, place, own, settled, run, content FROM unit WHERE identity = ?1
             ORDER BY kind = 'letter', max(run) OVER (PARTITION BY kind, digest) * (kind = 'row') DESC,
                      settled DESC, place * (kind = 'letter'), digest, run, source, place",
        )?;
        let mut rows = statement.query([identity])?;
        let mut units = Vec::new();
        while let Some(row) = rows.next()? {
            let kind: String = row.get(2)?;
            units.push(KeptUnit {
                id: row.get(0)?,
                source: super::digest_column(row, 1)?,
                kind: if kind == "row" { UnitKind::Row } else { UnitKind::Letter },
                place: row.get::<_, i64>(3)? as u64,
                own: row.get(4)?,
                settled: row.get(5)?,
                run: row.get(6)?,
                content: row.get(7)?,
            });
        }
        Ok(units)
    }
}
