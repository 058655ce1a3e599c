//! Facts: what was read at each place of a file, and what could not be.

use std::collections::HashMap;

use dossier_model::{Fault, Part, PartContent, Sha256};
use rusqlite::{OptionalExtension, params};

use super::Catalog;
use crate::ArchiveError;

/// A page that could not be read.
#[derive(Clone, Debug, PartialEq)]
pub struct PageFailure {
    /// From 1.
    pub page: u32,
    /// Why.
    pub fault: Fault,
}

impl Catalog {
    /// Keeps a part; `place` is its order within the file. A failure known for its page is over.
    ///
    /// # Errors
    /// What the catalog says.
    pub fn put_part(&self, part: &Part, place: u64) -> Result<(), ArchiveError> {
        let (sheet, number) = match &part.content {
            PartContent::Page(page) => ("", page.number),
            PartContent::Row(row) => (row.sheet.as_str(), row.number),
        };
        let source = part.source.to_string();
        self.db.prepare_cached("INSERT OR REPLACE INTO part VALUES (?1, ?2, ?3, ?4, ?5, ?6)")?.execute(
            params![
                source,
                sheet,
                number,
                place as i64,
                part.extractor,
                serde_json::to_string(&part.content)?
            ],
        )?;
        if matches!(part.content, PartContent::Page(_)) {
            self.db
                .prepare_cached("DELETE FROM page_failure WHERE source = ?1 AND page = ?2")?
                .execute(params![source, number])?;
        }
        Ok(())
    }

    /// Remembers that a page could not be read.
    ///
    /// # Errors
    /// What the catalog says.
    pub fn put_page_failure(&self, sha256: Sha256, failure: &PageFailure) -> Result<(), ArchiveError> {
        self.db
            .prepare_cached("INSERT OR REPLACE INTO page_failure VALUES (?1, ?2, ?3)")?
            .execute(params![sha256.to_string(), failure.page, serde_json::to_string(&failure.fault)?])?;
        Ok(())
    }

    /// The pages of a content that were read by an extractor that a pattern (`GLOB`) of `standing` fits, in
    /// order: which of several recognisers it was may not matter.
    ///
    /// # Errors
    /// What the catalog says.
    pub fn pages_by(&self, sha256: Sha256, standing: &[String]) -> Result<Vec<u32>, ArchiveError> {
        let mut statement = self.db.prepare_cached(
            "SELECT number FROM part WHERE source = ?1 AND sheet = ''
             AND EXISTS (SELECT 1 FROM json_each(?2) WHERE extractor GLOB value) ORDER BY number",
        )?;
        let standing = serde_json::to_string(standing)?;
        let pages = statement.query_map([sha256.to_string(), standing], |row| row.get(0))?;
        Ok(pages.collect::<Result<_, _>>()?)
    }

    /// How many pages of a content were read in each state (`text_layer`, `recognised`,
    /// `transcript`, `blank`), of those among `pages`.
    ///
    /// # Errors
    /// What the catalog says.
    pub fn count_pages(
        &self,
        sha256: Sha256,
        among: impl Fn(u32) -> bool,
    ) -> Result<HashMap<String, u64>, ArchiveError> {
        let mut statement = self.db.prepare_cached(
            "SELECT number, json_extract(content, '$.page.state') FROM part WHERE source = ?1 AND sheet = ''",
        )?;
        let mut rows = statement.query([sha256.to_string()])?;
        let mut counts = HashMap::new();
        while let Some(row) = rows.next()? {
            if among(row.get(0)?) {
                *counts.entry(row.get(1)?).or_insert(0) += 1;
            }
        }
        Ok(counts)
    }

    /// The pages of a content that could not be read, in order.
    ///
    /// # Errors
    /// What the catalog says.
    pub fn page_failures(&self, sha256: Sha256) -> Result<Vec<PageFailure>, ArchiveError> {
        let mut statement =
            self.db.prepare_cached("SELECT page, fault FROM page_failure WHERE source = ?1 ORDER BY page")?;
        let mut rows = statement.query([sha256.to_string()])?;
        let mut failures = Vec::new();
        while let Some(row) = rows.next()? {
            let fault: String = row.get(1)?;
            failures.push(PageFailure { page: row.get(0)?, fault: serde_json::from_str(&fault)? });
        }
        Ok(failures)
    }

    /// Hands over the parts of a content one by one, in the order of the file, with their places.
    ///
    /// # Errors
    /// What the catalog or `take` says.
    pub fn for_each_part<E: From<ArchiveError>>(
        &self,
        sha256: Sha256,
        mut take: impl FnMut(Part, u64) -> Result<(), E>,
    ) -> Result<(), E> {
        let mut statement = self
            .db
            .prepare_cached("SELECT place, extractor, content FROM part WHERE source = ?1 ORDER BY place")
            .map_err(ArchiveError::from)?;
        let mut rows = statement.query([sha256.to_string()]).map_err(ArchiveError::from)?;
        while let Some(row) = rows.next().map_err(ArchiveError::from)? {
            let (part, place) = part_of(sha256, row)?;
            take(part, place)?;
        }
        Ok(())
    }

    /// Up to `limit` parts of a content after the place `after`, in the order of the file, with
    /// their places.
    ///
    /// # Errors
    /// What the catalog says.
    pub fn parts_after(
        &self,
        sha256: Sha256,
        after: u64,
        limit: u32,
    ) -> Result<Vec<(Part, u64)>, ArchiveError> {
        let mut statement = self.db.prepare_cached(
            "SELECT place, extractor, content FROM part WHERE source = ?1 AND place > ?2
             ORDER BY place LIMIT ?3",
        )?;
        let mut rows = statement.query(params![sha256.to_string(), after as i64, limit])?;
        let mut parts = Vec::new();
        while let Some(row) = rows.next()? {
            parts.push(part_of(sha256, row)?);
        }
        Ok(parts)
    }

    /// One page of a content.
    ///
    /// # Errors
    /// What the catalog says.
    pub fn page(
        &self,
        sha256: Sha256,
        number: u32,
    ) -> Result<Option<dossier_model::PageContent>, ArchiveError> {
        let mut statement = self
            .db
            .prepare_cached("SELECT content FROM part WHERE source = ?1 AND place = ?2 AND sheet = ''")?;
        let json: Option<String> =
            statement.query_row(params![sha256.to_string(), number], |row| row.get(0)).optional()?;
        match json.map(|json| serde_json::from_str(&json)).transpose()? {
            Some(PartContent::Page(page)) => Ok(Some(page)),
            _ => Ok(None),
        }
    }
}

/// A part and its place, from the columns place, extractor and content.
fn part_of(source: Sha256, row: &rusqlite::Row<'_>) -> Result<(Part, u64), ArchiveError> {
    let content = row.get_ref(2)?.as_str().map_err(rusqlite::Error::from)?;
    let place: i64 = row.get(0)?;
    Ok((Part { source, extractor: row.get(1)?, content: serde_json::from_str(content)? }, place as u64))
}
