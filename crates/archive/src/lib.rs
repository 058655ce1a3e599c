//! The system of record: originals, catalog, search index and audit trail in one folder.
//!
//! ```text
//! ARCHIVE/
//!   catalog.sqlite     the truth: sources, parts, items, runs
//!   index/             tantivy, made from the catalog, can be thrown away
//!   originals/         the files as they came, with SHA256SUMS
//!   audit.jsonl        who looked at what and when; each line seals the one before
//!   audit.seal         the seal of the last line
//!   lock               held by the one run that may write
//! ```
//!
//! Opening brings the index up to the catalog: each change of an item has a sequence number, and
//! the index knows the last one it holds.

mod audit;
mod backup;
mod catalog;
mod digest;
mod durable;
mod error;
mod folder;
mod index;
mod kill;
mod originals;
mod verify;
mod view;

pub use audit::{AuditEntry, AuditEvent, now, user};
pub use backup::{Copied, CopyCounts};
pub use catalog::{
    Catalog, Classified, ContentCount, FieldLabel, Holding, InputOutcome, ItemRecord, ItemRow, KeptUnit,
    KnownPath, LoneLetter, LoneUnit, PageFailure, PathRecord, Quarantined, RowOutcome, RunRecord,
    SavedSearch, SourceRecord, SourceState, Tombstone, Undone, Unit, UnitKind, UnitRecord, Unread,
    VanishedRow, Withheld, WriteItem, item_id, row_fault, unit_id,
};
pub use digest::ArchiveDigest;
pub use error::ArchiveError;
pub use folder::{Archive, RunLock};
pub use index::{FacetCount, FacetName, Facets, Order, Query, QueryError, QueryFault, SearchIndex};
pub use kill::{KILL_POINTS, kill_point};
pub use originals::{NotKept, OriginalsMode, hash_file};
pub use verify::{
    Checked, Damage, Sample, TrailCheck, TrailFlaw, Verification, VerifyStep, Watch, verify, verify_trail,
};
pub use view::{
    AxisLabel, CandidateView, DecidedView, EvidenceView, HitView, ItemView, Labels, MatchView, PageView,
    PersonLetter, SearchOptions, SearchView, SimilarView, SourceView, Summary, ValueView, body_of,
};
