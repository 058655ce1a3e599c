//! Looking at a catalog without leaving a trace, for plans that touch nothing.

use std::path::Path;
use std::time::Duration;

use rusqlite::{Connection, OpenFlags};

use super::{Catalog, FORMAT};
use crate::ArchiveError;

impl Catalog {
    /// The catalog of the archive at `root`, to be looked at only; an empty one if there is no
    /// archive. Nothing is written beside it, unless a run is writing or was killed: then SQLite's
    /// own working files are there already.
    ///
    /// # Errors
    /// `Newer`, or what the catalog says.
    pub fn look(root: &Path) -> Result<Catalog, ArchiveError> {
        let path = root.join(crate::folder::CATALOG);
        if !path.is_file() { Catalog::blank() } else { Catalog::look_at(&path) }
    }

    /// The catalog in this file, to be looked at only.
    ///
    /// # Errors
    /// As for [`Catalog::look`].
    pub(crate) fn look_at(path: &Path) -> Result<Catalog, ArchiveError> {
        let work = path.with_extension("sqlite-wal");
        let at_rest = std::fs::metadata(&work).map_or(true, |file| file.len() == 0);
        let mode = if at_rest { "immutable=1" } else { "mode=ro" };
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_URI;
        let db = Connection::open_with_flags(format!("file:{}?{mode}", escaped(path)), flags)?;
        db.busy_timeout(Duration::from_secs(30))?;
        let catalog = Catalog::on(db);
        match catalog.meta("format")?.and_then(|format| format.parse().ok()).unwrap_or(u32::MAX) {
            found if found > FORMAT => {
                Err(ArchiveError::Newer { path: path.to_owned(), found, known: FORMAT })
            }
            _ => Ok(catalog),
        }
    }

    /// A catalog that knows nothing, in memory.
    fn blank() -> Result<Catalog, ArchiveError> {
        let db = Connection::open_in_memory()?;
        db.execute_batch(include_str!("schema.sql"))?;
        db.execute("INSERT INTO meta VALUES ('format', '1')", [])?;
        let catalog = Catalog::on(db);
        catalog.lead_on(1)?;
        Ok(catalog)
    }

    /// The paths below a folder, or the path itself, at which something was seen, in order.
    ///
    /// # Errors
    /// What the catalog says.
    pub fn paths_below(&self, root: &str) -> Result<Vec<String>, ArchiveError> {
        let below = format!("{}/", root.trim_end_matches('/'));
        // The character after the slash ends the range of what begins with the folder's name.
        let end = format!("{}0", root.trim_end_matches('/'));
        let mut statement = self.db.prepare(
            "SELECT path FROM source_path WHERE path = ?1 OR path >= ?2 AND path < ?3 ORDER BY path",
        )?;
        let found = statement.query_map([root, &below, &end], |row| row.get(0))?;
        Ok(found.collect::<Result<_, _>>()?)
    }
}

/// A path as part of a URI (sqlite.org/uri.html).
fn escaped(path: &Path) -> String {
    path.to_string_lossy().replace('%', "%25").replace('?', "%3f").replace('#', "%23")
}
