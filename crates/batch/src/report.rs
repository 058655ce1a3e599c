//! The report of a run: its account, and each thing that did not go in, with its reason.

use dossier_archive::PageFailure;
use dossier_model::{Account, Fault, FaultKind, Lang};
use serde_json::{Value, json};

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// All that came into sight is in the archive or was left out by a rule.
    Complete,
    /// Something was quarantined or rejected, or failed.
    Partial,
    /// The account does not add up.
    Failed,
    /// It was asked to stop.
    Interrupted,
}

impl Status {
    /// The name that scripts see.
    pub fn name(self) -> &'static str {
        match self {
            Status::Complete => "complete",
            Status::Partial => "partial",
            Status::Failed => "failed",
            Status::Interrupted => "interrupted",
        }
    }
}

/// What a run did.
#[derive(Clone, Debug)]
pub struct Report {
    /// Its number.
    pub run: i64,
    /// How it ended.
    pub status: Status,
    /// The sums.
    pub account: Account,
    /// Files that could not be taken in, by path.
    pub quarantined: Vec<(String, Fault)>,
    /// Pages that could not be read, in files that were taken in.
    pub failed_pages: Vec<(String, PageFailure)>,
    /// Rows that could not be understood: file, sheet, row and why; the first thousand.
    pub rejected_rows: Vec<(String, String, u32, String)>,
    /// How long it took.
    pub seconds: f64,
    /// The peak of resident memory in bytes: this process and all workers together.
    pub peak_memory: u64,
}

impl Report {
    /// Why a row was rejected, from the reason on record.
    pub fn row_fault(reason: &str) -> Fault {
        match reason {
            "no_header" => Fault::new(FaultKind::NoHeader, ""),
            other => Fault::new(FaultKind::Damaged, other),
        }
    }

    /// The report as scripts read it; reasons and hints in `lang`.
    pub fn json(&self, lang: Lang) -> Value {
        let words = |fault: &Fault| (fault.reason(lang), fault.hint(lang));
        let quarantined = self.quarantined.iter().map(|(path, fault)| {
            let (reason, hint) = words(fault);
            json!({ "path": path, "kind": fault.kind, "reason": reason, "hint": hint })
        });
        let failed = self.failed_pages.iter().map(|(path, failure)| {
            let (reason, hint) = words(&failure.fault);
            json!({ "path": path, "page": failure.page, "kind": failure.fault.kind, "reason": reason, "hint": hint })
        });
        let rejected = self.rejected_rows.iter().map(|(path, sheet, row, reason)| {
            let (reason, hint) = words(&Report::row_fault(reason));
            json!({ "path": path, "sheet": sheet, "row": row, "reason": reason, "hint": hint })
        });
        json!({
            "run": self.run,
            "status": self.status.name(),
            "files": self.account.files,
            "pages": self.account.pages,
            "rows": self.account.rows,
            "items": self.account.items,
            "quarantined": quarantined.collect::<Vec<_>>(),
            "failed_pages": failed.collect::<Vec<_>>(),
            "rejected_rows": rejected.collect::<Vec<_>>(),
            "seconds": (self.seconds * 1000.0).round() / 1000.0,
            "peak_memory_bytes": self.peak_memory,
        })
    }
}
