//! The nightly job: nobody is asked anything, and in the morning somebody is told.
//!
//! ```text
//! nightly.toml ──hours──▶ run (batch) ──▶ report below reports/ ──▶ command, mailbox, webhook
//!      folder ──watch──▶ files that have settled ──▶ the same
//! ```

mod clock;
mod error;
mod job;
mod notify;
mod watch;

pub use error::NightError;
pub use job::{Ended, Night, find};
