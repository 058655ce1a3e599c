//! Decisions: what people said of parts. Append-only, which the catalog itself sees to.

use std::collections::BTreeMap;

use dossier_model::{Anchor, Decision, Locator, Sha256, Verdict, short_hash};
use rusqlite::{OptionalExtension, params};
use serde::{Deserialize, Serialize};

use super::{Catalog, SealKind};
use crate::ArchiveError;

/// What holds: not withdrawn, and the last of those about the same.
const HOLDS: &str = "NOT EXISTS (SELECT 1 FROM decision AS other WHERE other.withdraws = decision.id)
  AND withdraws IS NULL
  AND NOT EXISTS (SELECT 1 FROM decision AS later WHERE later.unit = decision.unit
    AND later.topic = decision.topic AND later.id > decision.id
    AND NOT EXISTS (SELECT 1 FROM decision AS other WHERE other.withdraws = later.id))";

#[derive(Serialize, Deserialize)]
struct Content {
    anchor: Anchor,
    verdict: Verdict,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    note: String,
}

/// The id of the unit that begins at an anchor.
pub fn unit_id(anchor: &Anchor) -> String {
    short_hash(&["unit", &anchor.source.to_string(), &anchor.locator.to_string()])
}

impl Catalog {
    /// Puts a verdict on record; returns its number.
    ///
    /// # Errors
    /// What the catalog says.
    pub fn decide(
        &self,
        anchor: &Anchor,
        verdict: &Verdict,
        (at, user, note): (u64, &str, &str),
    ) -> Result<i64, ArchiveError> {
        let content = Content { anchor: anchor.clone(), verdict: verdict.clone(), note: note.to_owned() };
        let withdraws = match verdict {
            Verdict::Withdraw { decision } => Some(*decision),
            _ => None,
        };
        self.db.execute(
            "INSERT INTO decision (at, user, source, unit, topic, content, withdraws)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            params![
                at as i64,
                user,
                anchor.source.to_string(),
                unit_id(anchor),
                verdict.topic(),
                serde_json::to_string(&content)?,
                withdraws
            ],
        )?;
        let number = self.db.last_insert_rowid();
        self.seal(SealKind::Decision, &number.to_string())?;
        Ok(number)
    }

    /// Whether anybody has decided anything.
    ///
    /// # Errors
    /// What the catalog says.
    pub fn has_decisions(&self) -> Result<bool, ArchiveError> {
        Ok(self.db.prepare_cached("SELECT 1 FROM decision LIMIT 1")?.exists([])?)
    }

    /// The number of the last decision; 0 if there is none.
    ///
    /// # Errors
    /// What the catalog says.
    pub fn last_decision(&self) -> Result<i64, ArchiveError> {
        let mut statement = self.db.prepare_cached("SELECT coalesce(max(id), 0) FROM decision")?;
        Ok(statement.query_row([], |row| row.get(0))?)
    }

    /// Whether nobody has decided anything since the decision with this number, nor can until what
    /// is being done together is done.
    ///
    /// # Errors
    /// What the catalog says.
    pub fn holds_since(&self, decision: i64) -> Result<bool, ArchiveError> {
        // To write, even nothing, keeps others from writing; to read first would not.
        self.db.prepare_cached("DELETE FROM dirty WHERE identity = ''")?.execute([])?;
        Ok(self.last_decision()? == decision)
    }

    /// The decisions that hold about the units of an identity, in their order.
    ///
    /// # Errors
    /// What the catalog says.
    pub fn decisions_of(&self, identity: &str) -> Result<Vec<Decision>, ArchiveError> {
        let units = "unit IN (SELECT id FROM unit WHERE identity = ?1)";
        self.decisions_where(&format!("{units} AND {HOLDS}"), &[&identity])
    }

    /// The decisions that hold about a topic, in their order.
    ///
    /// # Errors
    /// What the catalog says.
    pub(super) fn decisions_about(&self, topic: &str) -> Result<Vec<Decision>, ArchiveError> {
        self.decisions_where(&format!("topic = ?1 AND {HOLDS}"), &[&topic])
    }

    /// Where letters begin, and where they do not, on the pages of a content.
    ///
    /// # Errors
    /// What the catalog says.
    pub fn decided_beginnings(&self, source: Sha256) -> Result<BTreeMap<u32, bool>, ArchiveError> {
        let condition = format!("source = ?1 AND topic = 'begins' AND {HOLDS}");
        let decisions = self.decisions_where(&condition, &[&source.to_string()])?;
        let beginning = |decision: Decision| match (decision.anchor.locator, decision.verdict) {
            (Locator::Page(page), Verdict::Begins { begins }) => Some((page, begins)),
            _ => None,
        };
        Ok(decisions.into_iter().filter_map(beginning).collect())
    }

    /// The row that a person said the letter of this unit belongs to, or that it belongs to none;
    /// nothing if nobody said.
    pub(super) fn decided_partner(&self, unit: &str) -> Result<Option<Option<Anchor>>, ArchiveError> {
        let condition = format!("unit = ?1 AND topic = 'pair' AND {HOLDS}");
        let decisions = self.decisions_where(&condition, &[&unit])?;
        Ok(decisions.into_iter().find_map(|decision| match decision.verdict {
            Verdict::Pair { with } => Some(with),
            _ => None,
        }))
    }

    /// The decision about a topic that holds at an anchor.
    ///
    /// # Errors
    /// What the catalog says.
    pub fn decision_at(&self, anchor: &Anchor, topic: &str) -> Result<Option<Decision>, ArchiveError> {
        let unit = unit_id(anchor);
        let found =
            self.decisions_where(&format!("unit = ?1 AND topic = ?2 AND {HOLDS}"), &[&unit, &topic])?;
        Ok(found.into_iter().next())
    }

    /// All decisions, also those that no longer hold, with whether each holds.
    ///
    /// # Errors
    /// What the catalog says.
    pub fn all_decisions(&self) -> Result<Vec<(Decision, bool)>, ArchiveError> {
        let holding: Vec<i64> =
            self.decisions_where(HOLDS, &[])?.iter().map(|decision| decision.number).collect();
        let all = self.decisions_where("1", &[])?;
        Ok(all
            .into_iter()
            .map(|decision| {
                let holds = holding.binary_search(&decision.number).is_ok();
                (decision, holds)
            })
            .collect())
    }

    /// The decision with this number.
    ///
    /// # Errors
    /// What the catalog says.
    pub fn decision(&self, number: i64) -> Result<Option<Decision>, ArchiveError> {
        Ok(self.decisions_where("id = ?1", &[&number])?.into_iter().next())
    }

    fn decisions_where(
        &self,
        condition: &str,
        values: &[&dyn rusqlite::ToSql],
    ) -> Result<Vec<Decision>, ArchiveError> {
        let sql = format!("SELECT id, at, user, content FROM decision WHERE {condition} ORDER BY id");
        let mut statement = self.db.prepare_cached(&sql)?;
        let mut rows = statement.query(values)?;
        let mut found = Vec::new();
        while let Some(row) = rows.next()? {
            let content: String = row.get(3)?;
            let Content { anchor, verdict, note } = serde_json::from_str(&content)?;
            found.push(Decision {
                number: row.get(0)?,
                at: row.get::<_, i64>(1)? as u64,
                user: row.get(2)?,
                anchor,
                verdict,
                note,
            });
        }
        Ok(found)
    }

    /// The identity that the unit at an anchor belongs to; nothing if no unit begins there.
    ///
    /// # Errors
    /// What the catalog says.
    pub fn identity_at(&self, anchor: &Anchor) -> Result<Option<String>, ArchiveError> {
        Ok(self
            .db
            .prepare_cached("SELECT identity FROM unit WHERE id = ?1")?
            .query_row([unit_id(anchor)], |row| row.get(0))
            .optional()?)
    }

    /// Makes the items whose fields a person put right be made again.
    pub(super) fn reconsider_fields(&self) -> Result<(), ArchiveError> {
        for Decision { anchor, verdict, .. } in self.decisions_where("topic LIKE 'field %'", &[])? {
            self.reconsider(&anchor, &verdict)?;
        }
        Ok(())
    }

    /// Makes whatever depends on a verdict be made again: the item, the letter's partner, or how
    /// a file is divided.
    ///
    /// # Errors
    /// What the catalog says.
    pub fn reconsider(&self, anchor: &Anchor, verdict: &Verdict) -> Result<(), ArchiveError> {
        match verdict {
            Verdict::Begins { .. } => {
                self.db.execute(
                    "UPDATE source_file SET derived = '' WHERE sha256 = ?1",
                    [anchor.source.to_string()],
                )?;
            }
            Verdict::Pair { .. } => {
                self.db.execute("UPDATE unit SET unpaired = 1 WHERE id = ?1", [unit_id(anchor)])?;
            }
            Verdict::Field { .. } | Verdict::Category { .. } => {
                if let Some(identity) = self.identity_at(anchor)? {
                    self.mark_dirty(&identity)?;
                }
            }
            Verdict::Withhold { digest, .. } => {
                if let Some(identity) = self.identity_at(anchor)? {
                    self.mark_dirty(&identity)?;
                }
                self.reconsider_saying(digest)?;
            }
            Verdict::Withdraw { decision } => {
                self.reconsider_held_by(*decision)?;
                if let Some(withdrawn) = self.decision(*decision)? {
                    self.reconsider(&withdrawn.anchor, &withdrawn.verdict)?;
                }
            }
        }
        Ok(())
    }
}
