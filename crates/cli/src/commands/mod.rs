//! One module for each command.

mod account;
pub mod correct;
pub mod digest;
pub mod doctor;
pub mod export;
pub mod index;
pub mod ingest;
pub mod models;
pub mod reclassify;
pub mod rules;
pub mod search;
pub mod show;
pub mod verify;
pub mod worker;
