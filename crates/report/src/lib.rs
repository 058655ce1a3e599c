//! What people are told in the morning: what came in, what it was like against former nights, and
//! what asks for somebody's eyes.
//!
//! ```text
//! run on record, catalog ──gather──▶ Morning (data, masked) ──▶ JSON │ HTML that stands alone │ one line
//! ```

mod chart;
mod error;
mod gaps;
mod gather;
mod html;
mod morning;
mod proposals;
mod region;
mod scans;
mod style;
mod subject;
mod words;

pub use error::ReportError;
pub use gaps::{Gaps, gaps};
pub use gather::gather;
pub use html::html;
pub use morning::{
    Intake, LonePage, Morning, NotedFile, PageTrouble, ReleasedFile, RowTrouble, Share, Trouble,
    UnpairedLetter, UnsurePage,
};
pub use proposals::{Because, Proposal, proposals};
pub use scans::{PoorScan, ScanFault, poor_scans};
pub use subject::subject;
pub use words::{day, duration, midnight, quoted, renewed, retry_command, when};
