//! Items: what was made of the units, each version with its sequence number.

use std::borrow::Cow;

use dossier_model::{Item, Replaced, Sha256, SourceRef, short_hash};
use rusqlite::{OptionalExtension, params};
use serde::{Deserialize, Serialize};

use super::Catalog;
use super::content::Body;
use super::judged::Judged;
use crate::ArchiveError;

/// An item as the catalog holds it.
#[derive(Clone, Debug, PartialEq)]
pub struct ItemRow {
    /// The item.
    pub item: Item,
    /// Follows from its content.
    pub version: String,
    /// The number of its last change.
    pub sequence: u64,
    /// What classified it.
    pub classified: Classified,
}

/// What classified an item, and when.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Classified {
    /// The version of the rules.
    pub rules: String,
    /// Seconds since 1970-01-01 UTC.
    pub at: u64,
}

/// What writing an item changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WriteItem {
    /// It is new.
    Added,
    /// It has another content than before.
    Updated,
    /// It has the same content as before.
    Unchanged,
}

/// What the catalog keeps of an item, which takes longer to write down than to put on record.
pub struct ItemRecord {
    content: String,
    version: String,
}

impl ItemRecord {
    /// Writes an item down.
    ///
    /// # Errors
    /// `Json`.
    pub fn of(item: &Item) -> Result<ItemRecord, ArchiveError> {
        let content = to_content(item)?;
        Ok(ItemRecord { version: version_of(&content), content })
    }
}

impl Catalog {
    /// Writes what was made for an identity that was dirty: an item, or nothing, which takes the
    /// old one away.
    ///
    /// # Errors
    /// What the catalog says.
    pub fn write_item(
        &self,
        identity: &str,
        item: Option<&ItemRecord>,
        by: &Classified,
    ) -> Result<Option<WriteItem>, ArchiveError> {
        self.db.prepare_cached("DELETE FROM dirty WHERE identity = ?1")?.execute([identity])?;
        let id = item_id(identity);
        let before: Option<String> = self
            .db
            .prepare_cached("SELECT version FROM item WHERE id = ?1")?
            .query_row([&id], |row| row.get(0))
            .optional()?;
        self.db.prepare_cached("DELETE FROM withheld WHERE identity = ?1")?.execute([identity])?;
        let Some(ItemRecord { content, version }) = item else {
            self.take_away(&id)?;
            self.db.prepare_cached("DELETE FROM alias WHERE item = ?1")?.execute([&id])?;
            return Ok(None);
        };
        if before.as_ref() == Some(version) {
            return Ok(Some(WriteItem::Unchanged));
        }
        let sequence = self.change(&id)?;
        if before.is_some() {
            self.keep_before(&id, sequence)?;
        }
        self.db
            .prepare_cached("INSERT OR REPLACE INTO item VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)")?
            .execute(params![id, identity, version, sequence, content, by.rules, by.at as i64])?;
        Ok(Some(if before.is_some() { WriteItem::Updated } else { WriteItem::Added }))
    }

    /// Takes an item away, if it is there.
    pub(super) fn take_away(&self, id: &str) -> Result<(), ArchiveError> {
        if self.db.prepare_cached("SELECT 1 FROM item WHERE id = ?1")?.exists([id])? {
            let sequence = self.change(id)?;
            self.keep_before(id, sequence)?;
            self.db.prepare_cached("DELETE FROM item WHERE id = ?1")?.execute([id])?;
        }
        Ok(())
    }

    /// Makes `id` another name of the item `item`; an item that is there again is its own.
    ///
    /// # Errors
    /// What the catalog says.
    pub fn set_alias(&self, id: &str, item: &str) -> Result<(), ArchiveError> {
        if id != item {
            self.db.prepare_cached("INSERT OR REPLACE INTO alias VALUES (?1, ?2)")?.execute([id, item])?;
        }
        Ok(())
    }

    /// The item with this id, or a former one.
    ///
    /// # Errors
    /// `NoItem`, `Withdrawn` if an order withholds it, or what the catalog says.
    pub fn item(&self, id: &str) -> Result<ItemRow, ArchiveError> {
        match self.item_row(id)? {
            Some(item) => Ok(item),
            None => {
                let alias: Option<String> = self
                    .db
                    .prepare_cached("SELECT item FROM alias WHERE id = ?1")?
                    .query_row([id], |row| row.get(0))
                    .optional()?;
                let found = alias.map(|id| self.item_row(&id)).transpose()?.flatten();
                match found {
                    Some(item) => Ok(item),
                    None => Err(match self.tombstone(id)? {
                        Some(tombstone) => ArchiveError::Withdrawn(Box::new(tombstone)),
                        None => ArchiveError::NoItem(id.to_owned()),
                    }),
                }
            }
        }
    }

    pub(crate) fn item_row(&self, id: &str) -> Result<Option<ItemRow>, ArchiveError> {
        let mut statement = self.db.prepare_cached(&format!("SELECT {COLUMNS} FROM item WHERE id = ?1"))?;
        let mut rows = statement.query([id])?;
        rows.next()?.map(item_row).transpose()
    }

    /// Hands over all items in the order of their ids.
    ///
    /// # Errors
    /// What the catalog or `take` says.
    pub fn for_each_item<E: From<ArchiveError>>(
        &self,
        mut take: impl FnMut(ItemRow) -> Result<(), E>,
    ) -> Result<(), E> {
        let mut statement = self
            .db
            .prepare_cached(&format!("SELECT {COLUMNS} FROM item ORDER BY id"))
            .map_err(ArchiveError::from)?;
        let mut rows = statement.query([]).map_err(ArchiveError::from)?;
        while let Some(row) = rows.next().map_err(ArchiveError::from)? {
            take(item_row(row)?)?;
        }
        Ok(())
    }

    /// Hands over some items, `count` at most. They are of any time and place: ids follow from
    /// identities without likeness to them.
    pub(crate) fn sample(&self, count: usize, mut take: impl FnMut(ItemRow)) -> Result<(), ArchiveError> {
        let sql = format!("SELECT {COLUMNS} FROM item ORDER BY id LIMIT ?1");
        let mut statement = self.db.prepare_cached(&sql)?;
        let mut rows = statement.query([count as i64])?;
        while let Some(row) = rows.next()? {
            take(item_row(row)?);
        }
        Ok(())
    }

    /// How many items there are.
    ///
    /// # Errors
    /// What the catalog says.
    pub fn count_items(&self) -> Result<u64, ArchiveError> {
        let count: i64 = self.db.query_row("SELECT count(*) FROM item", [], |row| row.get(0))?;
        Ok(count as u64)
    }

    /// The number of the last change.
    ///
    /// # Errors
    /// What the catalog says.
    pub fn sequence(&self) -> Result<u64, ArchiveError> {
        let last: i64 =
            self.db.query_row("SELECT coalesce(max(sequence), 0) FROM change", [], |row| row.get(0))?;
        Ok(last as u64)
    }

    /// Hands over the items changed after `sequence` in the order of their last changes: that
    /// change's number, the id, and the item as it is now. One that is gone comes as nothing, once
    /// for each of its changes. However many there are, none are collected and sorted first.
    ///
    /// # Errors
    /// What the catalog or `take` says.
    pub fn for_each_change(
        &self,
        sequence: u64,
        mut take: impl FnMut(u64, &str, Option<ItemRow>) -> Result<(), ArchiveError>,
    ) -> Result<(), ArchiveError> {
        let mut statement = self.db.prepare_cached(&format!(
            "SELECT {COLUMNS}, changed, named
             FROM (SELECT sequence AS changed, item AS named FROM change WHERE sequence > ?1)
             LEFT JOIN item ON item.id = named
             WHERE item.id IS NULL OR sequence = changed ORDER BY changed"
        ))?;
        let mut rows = statement.query([sequence as i64])?;
        while let Some(row) = rows.next()? {
            let is_gone = row.get_ref("version")? == rusqlite::types::ValueRef::Null;
            let item = if is_gone { None } else { Some(item_row(row)?) };
            let id = row.get_ref("named")?.as_str().map_err(rusqlite::Error::from)?;
            take(row.get::<_, i64>("changed")? as u64, id, item)?;
        }
        Ok(())
    }

    pub(super) fn change(&self, id: &str) -> Result<i64, ArchiveError> {
        self.db.prepare_cached("INSERT INTO change (item) VALUES (?1)")?.execute([id])?;
        Ok(self.db.last_insert_rowid())
    }
}

/// The columns that [`item_row`] reads.
pub(super) const COLUMNS: &str = "version, sequence, content, rules, classified";

pub(super) fn item_row(row: &rusqlite::Row<'_>) -> Result<ItemRow, ArchiveError> {
    let content = row.get_ref(2)?.as_str().map_err(rusqlite::Error::from)?;
    let classified = Classified { rules: row.get(3)?, at: row.get::<_, i64>(4)? as u64 };
    Ok(ItemRow {
        item: from_content(content)?,
        version: row.get(0)?,
        sequence: row.get::<_, i64>(1)? as u64,
        classified,
    })
}

/// An item as its record says it.
#[derive(Serialize, Deserialize)]
struct Record<'a> {
    id: Cow<'a, str>,
    identity: Cow<'a, str>,
    title: Cow<'a, str>,
    #[serde(borrow)]
    body: Body<'a>,
    classification: Judged<'a>,
    sources: Cow<'a, [SourceRef]>,
    #[serde(default, skip_serializing_if = "is_none_replaced")]
    replaced: Cow<'a, Replaced>,
}

/// Whether nobody took a value out of a field, as of most letters.
fn is_none_replaced(replaced: &Replaced) -> bool {
    replaced.is_empty()
}

pub(super) fn to_content(item: &Item) -> Result<String, ArchiveError> {
    let record = Record {
        id: Cow::Borrowed(&item.id),
        identity: Cow::Borrowed(&item.identity),
        title: Cow::Borrowed(&item.title),
        body: Body::new(&item.text, &item.fields),
        classification: Judged::new(&item.classification),
        sources: Cow::Borrowed(&item.sources),
        replaced: Cow::Borrowed(&item.replaced),
    };
    Ok(serde_json::to_string(&record)?)
}

fn from_content(content: &str) -> Result<Item, ArchiveError> {
    let record: Record<'_> = serde_json::from_str(content)?;
    let (text, fields) = record.body.into_parts().ok_or(ArchiveError::Incoherent)?;
    Ok(Item {
        id: record.id.into_owned(),
        identity: record.identity.into_owned(),
        title: record.title.into_owned(),
        text,
        fields,
        classification: record.classification.into_classification().ok_or(ArchiveError::Incoherent)?,
        sources: record.sources.into_owned(),
        replaced: record.replaced.into_owned(),
    })
}

/// The version of an item follows from its content.
pub(super) fn version_of(content: &str) -> String {
    Sha256::of(content.as_bytes()).to_string()[..16].to_owned()
}

/// The id of the item with this identity: an opaque hash of what makes it the same petition from
/// run to run.
pub fn item_id(identity: &str) -> String {
    short_hash(&["item", identity])
}
