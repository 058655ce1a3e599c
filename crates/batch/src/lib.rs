//! A run: walk, plan, read, derive, compose, reconcile, report.
//!
//! ```text
//! walk ──▶ Seen ──plan──▶ Job ──pool of workers──▶ Said ──commit──▶ parts (facts)
//!      parts ──derive──▶ units ──pair, compose──▶ items ──▶ index
//!      what was seen + what is on record ──▶ Account ──▶ Report
//! ```
//!
//! Everything a run writes is either a fact, kept as it is heard, or derived from facts and made
//! again when something is missing: a run that was killed simply goes on with the next one.

mod account;
mod backlog;
mod commit;
mod compose;
mod convert;
mod decide;
mod declared;
mod derive;
mod enclosed;
mod ending;
mod error;
mod forecast;
mod guard;
mod inspect;
mod kind;
mod labelled;
mod log;
mod outdated;
mod plan;
mod pool;
mod prepare;
pub mod progress;
pub mod protocol;
mod reading;
mod reclassify;
mod recognition;
mod report;
mod rows;
mod run;
mod sheets;
mod spot;
mod stop;
mod system;
mod transcripts;
mod undo;
mod walk;
mod withhold;
pub mod worker;

pub use compose::year_of;
pub use decide::{Correction, Decided, DecisionError, decide, withdraw};
pub use declared::{Declared, Difference, Differing, compare_declared};
pub use dossier_fields::{Column, How, Layout};
pub use enclosed::outermost;
pub use error::BatchError;
pub use forecast::{Estimate, Forecast, ToRead};
pub use inspect::{RegisterSummary, SheetSummary, inspect};
pub use labelled::{LabelledRow, read_labelled};
pub use log::read_log;
pub use outdated::{Outdated, outdated};
pub use reclassify::{Move, Moves, Rules, compare, reclassify, undo_reclassify};
pub use recognition::OcrMode;
pub use report::{Report, SlowFile, Status};
pub use run::Ingest;
pub use stop::Stop;
pub use transcripts::transcript_beside;
pub use undo::undo;
pub use walk::{InSight, look};
pub use withhold::withhold;
