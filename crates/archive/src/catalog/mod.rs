//! The catalog: one SQLite file that anything can read for decades.

mod before;
mod check;
mod content;
mod decisions;
mod history;
mod items;
mod judged;
mod known;
mod look;
mod migrate;
mod notes;
mod parts;
mod reclassify;
mod release;
mod replaced;
mod runs;
mod saved;
mod seal;
mod sources;
mod trouble;
mod undo;
mod units;
mod unread;
mod wanted;
mod withheld;

use std::path::Path;
use std::time::Duration;

use dossier_model::MaskKind;
use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags, OptionalExtension, TransactionBehavior, params};
use serde::{Deserialize, Serialize};

use crate::{ArchiveError, Summary};

pub(crate) use check::Dangling;
pub use decisions::unit_id;
pub use history::{Holding, LoneLetter, LoneUnit, Quarantined, RunRecord};
pub use items::{Classified, ItemRecord, ItemRow, WriteItem, item_id};
pub use known::KnownPath;
pub use parts::PageFailure;
pub use replaced::VanishedRow;
pub use runs::{ContentCount, InputOutcome, RowOutcome};
pub use saved::SavedSearch;
pub(crate) use seal::{SealKind, Sealed};
pub use sources::{PathRecord, SourceRecord, SourceState};
pub use undo::Undone;
pub use units::{KeptUnit, Unit, UnitKind, UnitRecord};
pub use unread::{Unread, row_fault};
pub use withheld::{Tombstone, Withheld};

/// The format of the catalog; goes up with every change that an older program would not
/// understand.
pub const FORMAT: u32 = 1 + STEPS.len() as u32;

/// What leads from each format to the next, beginning with format 1.
const STEPS: &[Step] = &[
    Step { sql: include_str!("format2.sql"), then: |_| Ok(()) },
    Step { sql: include_str!("format3.sql"), then: Catalog::keep_contents_once },
    Step { sql: include_str!("format4.sql"), then: |_| Ok(()) },
    Step { sql: include_str!("format5.sql"), then: |_| Ok(()) },
    Step { sql: include_str!("format6.sql"), then: |_| Ok(()) },
    Step { sql: include_str!("format7.sql"), then: |_| Ok(()) },
    Step { sql: include_str!("format8.sql"), then: |_| Ok(()) },
    Step { sql: include_str!("format9.sql"), then: |_| Ok(()) },
    Step { sql: include_str!("format10.sql"), then: |_| Ok(()) },
    Step { sql: include_str!("format11.sql"), then: Catalog::reconsider_fields },
];

/// What leads from one format to the next.
struct Step {
    sql: &'static str,
    /// What SQL cannot do.
    then: fn(&Catalog) -> Result<(), ArchiveError>,
}

/// The catalog, open.
pub struct Catalog {
    pub(crate) db: Connection,
    /// The seals of sources whose units are being made.
    unit_seals: seal::UnitSeals,
}

/// What a field is called and how it is masked; kept in the catalog so that an archive can be
/// read without its pipeline.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldLabel {
    /// The canonical name.
    pub name: String,
    /// In Chinese.
    pub zh: String,
    /// In English.
    pub en: String,
    /// How it is masked.
    pub mask: MaskKind,
    /// What else it is called: how registers head its column.
    #[serde(default)]
    pub also: Vec<String>,
    /// Whether its values are numbers or dates that a search may write in another way.
    pub exact: bool,
    /// Whether its values are dates or counts, of which ranges can be asked for.
    #[serde(default)]
    pub number: bool,
    /// The heading of the form's section that begins with it, in Chinese and in English.
    #[serde(default)]
    pub section: Option<(String, String)>,
}

impl Catalog {
    pub(crate) fn create(path: &Path) -> Result<(), ArchiveError> {
        // Made under another name first: a catalog that exists is whole.
        let next = path.with_extension("next");
        if next.exists() {
            std::fs::remove_file(&next).map_err(ArchiveError::io(&next))?;
        }
        let db = Connection::open(&next)?;
        db.execute_batch(include_str!("schema.sql"))?;
        db.execute("INSERT INTO meta VALUES ('format', '1')", [])?;
        let catalog = Catalog::on(db);
        catalog.lead_on(1)?;
        catalog.db.close().map_err(|(_, error)| error)?;
        crate::kill_point("archive.made");
        crate::durable::put_in_place(&next, path)
    }

    fn on(db: Connection) -> Catalog {
        Catalog { db, unit_seals: seal::UnitSeals::default() }
    }

    pub(crate) fn open(path: &Path) -> Result<Catalog, ArchiveError> {
        let db = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
        db.busy_timeout(Duration::from_secs(30))?;
        db.pragma_update(None, "journal_mode", "WAL")?;
        db.pragma_update(None, "synchronous", "NORMAL")?;
        db.pragma_update(None, "cache_size", -32_768)?;
        // In pages: what is changed again and again goes from the log into the catalog less often.
        db.pragma_update(None, "wal_autocheckpoint", 4000)?;
        db.set_prepared_statement_cache_capacity(128);
        // No plan depends on a value: otherwise statements are prepared again for every one.
        db.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
        let catalog = Catalog::on(db);
        let found = catalog.meta("format")?.and_then(|format| format.parse().ok()).unwrap_or(u32::MAX);
        if found > FORMAT {
            let path = path.parent().unwrap_or(path).to_owned();
            return Err(ArchiveError::Newer { path, found, known: FORMAT });
        }
        catalog.lead_on(found)?;
        Ok(catalog)
    }

    /// Leads a catalog of the format `found` on to this program's, step by step.
    fn lead_on(&self, found: u32) -> Result<(), ArchiveError> {
        for (format, step) in (2..).zip(STEPS).filter(|(format, _)| *format > found) {
            let transaction = rusqlite::Transaction::new_unchecked(&self.db, TransactionBehavior::Immediate)?;
            // Another program may have taken the step meanwhile.
            if self.meta("format")?.and_then(|found| found.parse::<u32>().ok()) == Some(format - 1) {
                self.db.execute_batch(step.sql)?;
                (step.then)(self)?;
                self.set_meta("format", &format.to_string())?;
            }
            transaction.commit()?;
        }
        Ok(())
    }

    /// Does several things as one: all of them or none are kept, and nobody else writes meanwhile.
    ///
    /// # Errors
    /// What `work` says, after undoing.
    pub fn together<T, E: From<ArchiveError>>(
        &self,
        work: impl FnOnce(&Catalog) -> Result<T, E>,
    ) -> Result<T, E> {
        // Others wait from the first look on: what they write after it would make the first change fail.
        let transaction = rusqlite::Transaction::new_unchecked(&self.db, TransactionBehavior::Immediate);
        let transaction = transaction.map_err(ArchiveError::from)?;
        let done = work(self)?;
        transaction.commit().map_err(ArchiveError::from)?;
        Ok(done)
    }

    /// Waits until all that has been committed is on the disk. Commits themselves do not wait: a power
    /// cut takes the last of them away, but never an earlier one before a later one. So whatever
    /// else says that something has been committed comes after this.
    ///
    /// # Errors
    /// `Io`.
    pub(crate) fn settle(&self) -> Result<(), ArchiveError> {
        let Some(path) = self.db.path() else { return Ok(()) };
        let log = std::path::PathBuf::from(format!("{path}-wal"));
        let synced = std::fs::File::open(&log).and_then(|log| log.sync_data());
        match synced.and_then(|()| crate::durable::sync_name(&log)) {
            // What has been committed is in the catalog itself, which was synced before its log went.
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(()),
            synced => synced.map_err(ArchiveError::io(log)),
        }
    }

    /// Does what belongs together as one, also within [`Catalog::together`]: a program that is
    /// killed between a change and its seal leaves neither.
    fn as_one<T>(&self, work: impl FnOnce() -> Result<T, ArchiveError>) -> Result<T, ArchiveError> {
        self.db.prepare_cached("SAVEPOINT as_one")?.execute([])?;
        let done = work();
        if done.is_err() {
            self.db.prepare_cached("ROLLBACK TO as_one")?.execute([])?;
        }
        self.db.prepare_cached("RELEASE as_one")?.execute([])?;
        done
    }

    /// The fields' names and masks, as the last run's pipeline gave them.
    ///
    /// # Errors
    /// What the catalog says.
    pub fn field_labels(&self) -> Result<Vec<FieldLabel>, ArchiveError> {
        Ok(match self.meta("fields")? {
            Some(json) => serde_json::from_str(&json)?,
            None => Vec::new(),
        })
    }

    /// Remembers the fields' names and masks.
    ///
    /// # Errors
    /// What the catalog says.
    pub fn set_field_labels(&self, labels: &[FieldLabel]) -> Result<(), ArchiveError> {
        self.set_meta("fields", &serde_json::to_string(labels)?)
    }

    /// Which fields lists show.
    ///
    /// # Errors
    /// What the catalog says.
    pub fn summary(&self) -> Result<Summary, ArchiveError> {
        Ok(match self.meta("summary")? {
            Some(json) => serde_json::from_str(&json)?,
            None => Summary::default(),
        })
    }

    /// Remembers which fields lists show.
    ///
    /// # Errors
    /// What the catalog says.
    pub fn set_summary(&self, summary: &Summary) -> Result<(), ArchiveError> {
        self.set_meta("summary", &serde_json::to_string(summary)?)
    }

    /// The name of the pipeline that the archive belongs to.
    ///
    /// # Errors
    /// What the catalog says.
    pub fn pipeline(&self) -> Result<Option<String>, ArchiveError> {
        self.meta("pipeline")
    }

    /// Remembers the name of the pipeline that the archive belongs to.
    ///
    /// # Errors
    /// What the catalog says.
    pub fn set_pipeline(&self, name: &str) -> Result<(), ArchiveError> {
        self.set_meta("pipeline", name)
    }

    fn meta(&self, key: &str) -> Result<Option<String>, ArchiveError> {
        let mut statement = self.db.prepare_cached("SELECT value FROM meta WHERE key = ?1")?;
        Ok(statement.query_row([key], |row| row.get(0)).optional()?)
    }

    fn set_meta(&self, key: &str, value: &str) -> Result<(), ArchiveError> {
        self.as_one(|| {
            self.db.execute("INSERT OR REPLACE INTO meta VALUES (?1, ?2)", params![key, value])?;
            // The format is set while there is no place for seals yet.
            if key == "format" { Ok(()) } else { self.seal(SealKind::Meta, key) }
        })
    }
}

/// A digest as a column holds it.
fn digest_column(row: &rusqlite::Row<'_>, index: usize) -> rusqlite::Result<dossier_model::Sha256> {
    let text: String = row.get(index)?;
    text.parse().map_err(|error| {
        rusqlite::Error::FromSqlConversionFailure(index, rusqlite::types::Type::Text, Box::new(error))
    })
}
