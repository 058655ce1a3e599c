//! One module for each command.

use dossier_batch::BatchError;
use dossier_pipeline::{Pipeline, locate};

use crate::error::CliError;

mod account;
pub mod backup;
pub mod correct;
mod declared;
pub mod digest;
pub mod doctor;
mod doubts;
mod explained;
pub mod export;
pub mod fields;
pub mod index;
pub mod ingest;
pub mod log;
mod missing;
pub mod models;
pub mod night;
pub mod ocr;
pub mod person;
mod plan;
pub mod quarantine;
pub mod reclassify;
pub mod registers;
pub mod report;
pub mod retry;
pub mod rules;
pub mod runs;
pub mod search;
pub mod show;
pub mod similar;
pub mod status;
pub mod undo;
pub mod verify;
pub mod want;
pub mod withdraw;
pub mod worker;

/// The pipeline of this name, or in this folder.
///
/// # Errors
/// `NoPipeline`, or faults of its files.
fn load_pipeline(name: &str) -> Result<Pipeline, CliError> {
    let folder = locate(name).map_err(BatchError::from)?;
    Ok(Pipeline::load(&folder).map_err(BatchError::from)?)
}
