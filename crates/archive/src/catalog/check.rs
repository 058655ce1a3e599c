//! What can be asked of the catalog to find damage: SQLite's own check, references that lead
//! nowhere, and records whose content is not what it was.

use dossier_model::{FileKind, Sha256};

use super::{Catalog, digest_column, item_id};
use crate::ArchiveError;
use crate::catalog::items::version_of;

/// References between tables, each with what finds those that lead nowhere.
const REFERENCES: &[(&str, &str)] = &[
    (
        "part → source_file",
        "SELECT source || '#' || place AS key FROM part WHERE source NOT IN (SELECT sha256 FROM source_file)",
    ),
    (
        "page_failure → source_file",
        "SELECT source || '#' || page AS key FROM page_failure WHERE source NOT IN (SELECT sha256 FROM source_file)",
    ),
    ("unit → source_file", "SELECT id AS key FROM unit WHERE source NOT IN (SELECT sha256 FROM source_file)"),
    (
        "unit → item",
        "SELECT id AS key FROM unit WHERE identity NOT IN (SELECT identity FROM item)
         AND identity NOT IN (SELECT identity FROM dirty) AND identity NOT IN (SELECT identity FROM withheld)",
    ),
    (
        "item → unit",
        "SELECT id AS key FROM item WHERE identity NOT IN (SELECT identity FROM unit)
         AND identity NOT IN (SELECT identity FROM dirty)",
    ),
    ("unit_key → unit", "SELECT key FROM unit_key WHERE unit NOT IN (SELECT id FROM unit)"),
    (
        "alias → item",
        "SELECT id AS key FROM alias WHERE item NOT IN (SELECT id FROM item)
         AND item NOT IN (SELECT item FROM withheld)",
    ),
    (
        "withheld → decision",
        "SELECT identity AS key FROM withheld WHERE decision NOT IN (SELECT id FROM decision)",
    ),
    ("undo → run", "SELECT CAST(run AS TEXT) AS key FROM undo WHERE run NOT IN (SELECT id FROM run)"),
    (
        "reclassified → reclassification",
        "SELECT item AS key FROM reclassified WHERE reclassification NOT IN (SELECT id FROM reclassification)",
    ),
    ("run_input → run", "SELECT path AS key FROM run_input WHERE run NOT IN (SELECT id FROM run)"),
    (
        "row_outcome → run",
        "SELECT source || '#' || place AS key FROM row_outcome WHERE run NOT IN (SELECT id FROM run)",
    ),
];

/// References that lead nowhere.
pub(crate) struct Dangling {
    /// From which table to which.
    pub what: &'static str,
    /// How many.
    pub count: u64,
    /// The first of them.
    pub example: String,
}

impl Catalog {
    /// What SQLite finds wrong with the file; `quick` leaves out whether the indices agree.
    ///
    /// # Errors
    /// What the catalog says.
    pub(crate) fn integrity(&self, quick: bool) -> Result<Vec<String>, ArchiveError> {
        let sql = if quick { "PRAGMA quick_check" } else { "PRAGMA integrity_check" };
        let mut statement = self.db.prepare(sql)?;
        let lines = statement.query_map([], |row| row.get::<_, String>(0))?;
        let lines: Vec<String> = lines.collect::<Result<_, _>>()?;
        Ok(lines.into_iter().filter(|line| line != "ok").collect())
    }

    /// References that lead nowhere.
    ///
    /// # Errors
    /// What the catalog says.
    pub(crate) fn dangling(&self) -> Result<Vec<Dangling>, ArchiveError> {
        let mut found = Vec::new();
        for (what, sql) in REFERENCES {
            let sql = format!("SELECT count(*), min(key) FROM ({sql})");
            let (count, example) = self.db.query_row(&sql, [], |row| {
                Ok((row.get::<_, i64>(0)? as u64, row.get::<_, Option<String>>(1)?.unwrap_or_default()))
            })?;
            if count > 0 {
                found.push(Dangling { what, count, example });
            }
        }
        Ok(found)
    }

    /// The ids of all items, in order.
    ///
    /// # Errors
    /// What the catalog says.
    pub(crate) fn for_each_item_id(&self, mut take: impl FnMut(&str)) -> Result<(), ArchiveError> {
        let mut statement = self.db.prepare("SELECT id FROM item ORDER BY id")?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            take(row.get_ref(0)?.as_str().map_err(rusqlite::Error::from)?);
        }
        Ok(())
    }

    /// Hands over the id and version of every item, in the order of their ids.
    ///
    /// # Errors
    /// What the catalog says.
    pub(crate) fn for_each_item_version(&self, mut take: impl FnMut(&str, &str)) -> Result<(), ArchiveError> {
        let mut statement = self.db.prepare("SELECT id, version FROM item ORDER BY id")?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let text = |at: usize| row.get_ref(at)?.as_str().map_err(rusqlite::Error::from);
            take(text(0)?, text(1)?);
        }
        Ok(())
    }

    /// Whether an item is what its id and its version say.
    ///
    /// # Errors
    /// What the catalog says; also when the item cannot be read at all.
    pub(crate) fn item_is_whole(&self, id: &str) -> Result<bool, ArchiveError> {
        let Some(row) = self.item_row(id)? else { return Ok(false) };
        let (identity, content): (String, String) = self
            .db
            .prepare_cached("SELECT identity, content FROM item WHERE id = ?1")?
            .query_row([id], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(item_id(&identity) == id && row.item.id == id && version_of(&content) == row.version)
    }

    /// The contents that stay where they are, since no original of theirs is kept; what is in a
    /// container is kept, file by file.
    ///
    /// # Errors
    /// What the catalog says.
    pub(crate) fn referenced_sources(&self) -> Result<Vec<Sha256>, ArchiveError> {
        let mut statement = self.db.prepare(
            "SELECT sha256, kind FROM source_file WHERE original IS NULL AND state = 'read' ORDER BY sha256",
        )?;
        let found = statement.query_map([], |row| Ok((digest_column(row, 0)?, row.get::<_, String>(1)?)))?;
        let found = found.collect::<Result<Vec<_>, _>>()?;
        let stays = |(_, kind): &(Sha256, String)| !FileKind::named(kind).is_some_and(FileKind::is_container);
        Ok(found.into_iter().filter(stays).map(|(sha256, _)| sha256).collect())
    }
}
