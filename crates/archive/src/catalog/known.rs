//! What is known of many files at once, for a run that looks at all of them.

use std::collections::HashSet;

use dossier_model::{Fault, FileKind, Sha256};

use super::{Catalog, PathRecord, digest_column};
use crate::ArchiveError;

/// A path at which a content was seen that is in the archive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownPath {
    /// The path.
    pub path: String,
    /// What was seen there.
    pub record: PathRecord,
    /// How many pages or rows it has.
    pub units: u64,
    /// What it is; `None` of a kind that only a later program knows.
    pub kind: Option<FileKind>,
}

impl Catalog {
    /// The paths from `first` to `last` at which contents were seen that are in the archive, in
    /// their order.
    ///
    /// # Errors
    /// What the catalog says.
    pub fn known_paths(&self, first: &str, last: &str) -> Result<Vec<KnownPath>, ArchiveError> {
        let mut statement = self.db.prepare_cached(
            "SELECT path, sha256, source_path.bytes, modified, units, kind
             FROM source_path JOIN source_file USING (sha256)
             WHERE path BETWEEN ?1 AND ?2 AND state = 'read' ORDER BY path",
        )?;
        let found = statement.query_map([first, last], |row| {
            let kind = row.get_ref(5)?.as_str()?;
            Ok(KnownPath {
                path: row.get(0)?,
                record: PathRecord {
                    sha256: digest_column(row, 1)?,
                    bytes: row.get::<_, i64>(2)? as u64,
                    modified: row.get(3)?,
                },
                units: row.get::<_, i64>(4)? as u64,
                kind: FileKind::named(kind),
            })
        })?;
        Ok(found.collect::<Result<_, _>>()?)
    }

    /// The contents with pages that failed for a reason that `is_meant`.
    ///
    /// # Errors
    /// What the catalog says.
    pub fn sources_failed(&self, is_meant: impl Fn(&Fault) -> bool) -> Result<HashSet<Sha256>, ArchiveError> {
        let mut statement = self.db.prepare("SELECT source, fault FROM page_failure")?;
        let mut rows = statement.query([])?;
        let mut found = HashSet::new();
        while let Some(row) = rows.next()? {
            let fault = row.get_ref(1)?.as_str().map_err(rusqlite::Error::from)?;
            if is_meant(&serde_json::from_str(fault)?) {
                found.insert(digest_column(row, 0)?);
            }
        }
        Ok(found)
    }
}
