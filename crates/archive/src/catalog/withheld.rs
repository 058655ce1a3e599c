//! Letters withdrawn by order: their items are not made, and a tombstone says who, when and why.
//!
//! A decision withholds a unit at its place. It also holds for every unit that overlaps the place
//! when the file is divided in another way, and for every unit that says the same, so that the
//! letter does not come back with a register that is exported anew.

use std::collections::HashMap;

use dossier_model::{Decision, Locator, Sha256, Verdict};
use rusqlite::{OptionalExtension, params};
use serde::Serialize;

use super::{Catalog, Unit};
use crate::ArchiveError;

/// What stays of a letter that was withdrawn by order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Tombstone {
    /// The letter's id.
    pub item: String,
    /// The number of the decision on record.
    pub decision: i64,
    /// Who ordered it.
    pub by: String,
    /// Who carried it out: the system's name of the user.
    pub user: String,
    /// When, in seconds since 1970-01-01 UTC.
    pub at: u64,
    /// Why.
    pub reason: String,
}

/// What is withheld, each with the number of the decision.
#[derive(Debug, Default)]
pub struct Withheld {
    places: HashMap<(Sha256, Locator), i64>,
    digests: HashMap<String, i64>,
}

impl Withheld {
    /// The decision that withholds one of some units, and so the item that they make.
    pub fn any_of(&self, units: &[Unit]) -> Option<i64> {
        if self.places.is_empty() {
            return None;
        }
        units.iter().find_map(|unit| {
            let place = |locator| self.places.get(&(unit.source, locator));
            let at = places(&unit.at.locator, unit.at.extent).find_map(place);
            at.or_else(|| self.digests.get(&unit.digest())).copied()
        })
    }
}

/// Every place from `first` on: each page, or the one row.
fn places(first: &Locator, extent: u32) -> impl Iterator<Item = Locator> + use<> {
    let (pages, row) = match first {
        Locator::Page(page) => (*page..page + extent.max(1), None),
        row @ Locator::Row { .. } => (0..0, Some(row.clone())),
    };
    pages.map(Locator::Page).chain(row)
}

impl Catalog {
    /// What is withheld.
    ///
    /// # Errors
    /// What the catalog says.
    pub fn withheld(&self) -> Result<Withheld, ArchiveError> {
        let mut withheld = Withheld::default();
        for decision in self.decisions_about("withhold")? {
            let Verdict::Withhold { extent, digest, .. } = decision.verdict else { continue };
            for place in places(&decision.anchor.locator, extent) {
                withheld.places.insert((decision.anchor.source, place), decision.number);
            }
            withheld.digests.insert(digest, decision.number);
        }
        Ok(withheld)
    }

    /// Takes the item of an identity away, since a decision withholds it.
    ///
    /// # Errors
    /// What the catalog says.
    pub fn withhold(&self, identity: &str, decision: i64) -> Result<(), ArchiveError> {
        let id = super::item_id(identity);
        self.db.prepare_cached("DELETE FROM dirty WHERE identity = ?1")?.execute([identity])?;
        self.db
            .prepare_cached("INSERT OR REPLACE INTO withheld VALUES (?1, ?2, ?3)")?
            .execute(params![identity, id, decision])?;
        self.take_away(&id)
    }

    /// Whatever says just this has to be looked at again.
    pub(super) fn reconsider_saying(&self, digest: &str) -> Result<(), ArchiveError> {
        let sql = "INSERT OR IGNORE INTO dirty SELECT identity FROM unit WHERE digest = ?1";
        self.db.execute(sql, [digest])?;
        Ok(())
    }

    /// Whatever a decision withholds has to be looked at again.
    pub(super) fn reconsider_held_by(&self, decision: i64) -> Result<(), ArchiveError> {
        let sql = "INSERT OR IGNORE INTO dirty SELECT identity FROM withheld WHERE decision = ?1";
        self.db.execute(sql, [decision])?;
        Ok(())
    }

    /// What stays of the letter with this id, or a former one.
    ///
    /// # Errors
    /// What the catalog says.
    pub fn tombstone(&self, id: &str) -> Result<Option<Tombstone>, ArchiveError> {
        let found: Option<(String, i64)> = self
            .db
            .prepare_cached(
                "SELECT item, decision FROM withheld
                 WHERE item IN (?1, (SELECT item FROM alias WHERE id = ?1)) LIMIT 1",
            )?
            .query_row([id], |row| Ok((row.get(0)?, row.get(1)?)))
            .optional()?;
        let Some((item, number)) = found else { return Ok(None) };
        Ok(self.decision(number)?.and_then(|decision| tombstone_of(item, decision)))
    }

    /// What stays of all letters that are withdrawn by order.
    ///
    /// # Errors
    /// What the catalog says.
    pub fn tombstones(&self) -> Result<Vec<Tombstone>, ArchiveError> {
        let mut statement = self.db.prepare("SELECT item, decision FROM withheld ORDER BY decision, item")?;
        let found = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
        let mut tombstones = Vec::new();
        for (item, number) in found.collect::<Result<Vec<(String, i64)>, _>>()? {
            tombstones.extend(self.decision(number)?.and_then(|decision| tombstone_of(item, decision)));
        }
        Ok(tombstones)
    }

    /// Whether a letter of this content is withheld: then not even the file's name is shown.
    ///
    /// # Errors
    /// What the catalog says.
    pub fn holds_withheld(&self, sha256: Sha256) -> Result<bool, ArchiveError> {
        let mut statement = self
            .db
            .prepare_cached("SELECT 1 FROM unit JOIN withheld USING (identity) WHERE source = ?1 LIMIT 1")?;
        Ok(statement.exists([sha256.to_string()])?)
    }
}

fn tombstone_of(item: String, decision: Decision) -> Option<Tombstone> {
    let Verdict::Withhold { by, .. } = decision.verdict else { return None };
    Some(Tombstone {
        item,
        decision: decision.number,
        by,
        user: decision.user,
        at: decision.at,
        reason: decision.note,
    })
}
