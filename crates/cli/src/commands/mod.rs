//! One module for each command.

mod account;
pub mod backup;
pub mod correct;
pub mod digest;
pub mod doctor;
pub mod export;
pub mod index;
pub mod ingest;
pub mod models;
pub mod ocr;
pub mod person;
mod plan;
pub mod quarantine;
pub mod reclassify;
pub mod report;
pub mod rules;
pub mod runs;
pub mod search;
pub mod show;
pub mod similar;
pub mod status;
pub mod verify;
pub mod worker;
