//! The report of a run: its account, and each thing that did not go in, with its reason.

use dossier_archive::{PageFailure, row_fault};
use dossier_model::{Account, Fault, FaultKind, Lang, Note};
use serde::{Deserialize, Serialize};
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

    fn named(name: &str) -> Option<Status> {
        [Status::Complete, Status::Partial, Status::Failed, Status::Interrupted]
            .into_iter()
            .find(|status| status.name() == name)
    }
}

/// A file that took long to read.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SlowFile {
    /// Where it is.
    pub path: String,
    /// How long.
    pub seconds: f64,
    /// How many pages or rows it has; 0 if that is not known.
    pub units: u64,
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
    /// Files that could not be taken in, and somebody has accepted that, by path.
    pub released: Vec<(String, Fault)>,
    /// Pages that could not be read, in files that were taken in.
    pub failed_pages: Vec<(String, PageFailure)>,
    /// Rows that could not be understood: file, sheet, row and why; the first thousand.
    pub rejected_rows: Vec<(String, String, u32, String)>,
    /// The files that took longest, the slowest first.
    pub slow_files: Vec<SlowFile>,
    /// How many files that had been taken in before were made into letters anew from what was read then,
    /// since Dossier or the pipeline has changed.
    pub renewed: u64,
    /// What a person should know of files that were taken in, by path; the first thousand.
    pub notes: Vec<(String, Note)>,
    /// How long the rest takes at this pace, in seconds, if the run was interrupted while it
    /// recognised.
    pub seconds_left: Option<f64>,
    /// How long it took.
    pub seconds: f64,
    /// The peak of resident memory in bytes: this process and all workers together.
    pub peak_memory: u64,
}

impl Report {
    /// The report as scripts read it; reasons and hints in `lang`.
    pub fn json(&self, lang: Lang) -> Value {
        let words = |fault: &Fault| (fault.reason(lang), fault.hint(lang));
        let file = |(path, fault): &(String, Fault)| {
            let (reason, hint) = words(fault);
            json!({ "path": path, "kind": fault.kind, "detail": fault.detail, "reason": reason, "hint": hint })
        };
        let (quarantined, released) = (self.quarantined.iter().map(file), self.released.iter().map(file));
        let failed = self.failed_pages.iter().map(|(path, failure)| {
            let (reason, hint) = words(&failure.fault);
            json!({ "path": path, "page": failure.page, "kind": failure.fault.kind,
                "detail": failure.fault.detail, "reason": reason, "hint": hint })
        });
        let rejected = self.rejected_rows.iter().map(|(path, sheet, row, reason)| {
            let fault = row_fault(reason);
            let (says, hint) = words(&fault);
            json!({ "path": path, "sheet": sheet, "row": row, "kind": fault.kind, "detail": reason,
                "reason": says, "hint": hint })
        });
        let notes = self.notes.iter().map(|(path, note)| {
            json!({ "path": path, "kind": note.kind, "detail": note.detail, "text": note.text(lang) })
        });
        json!({
            "run": self.run,
            "status": self.status.name(),
            "files": self.account.files,
            "pages": self.account.pages,
            "rows": self.account.rows,
            "items": self.account.items,
            "quarantined": quarantined.collect::<Vec<_>>(),
            "released": released.collect::<Vec<_>>(),
            "failed_pages": failed.collect::<Vec<_>>(),
            "rejected_rows": rejected.collect::<Vec<_>>(),
            "notes": notes.collect::<Vec<_>>(),
            "slow_files": self.slow_files,
            "renewed_files": self.renewed,
            "seconds_left": self.seconds_left,
            "seconds": (self.seconds * 1000.0).round() / 1000.0,
            "peak_memory_bytes": self.peak_memory,
        })
    }
}

/// A report as [`Report::json`] wrote it.
#[derive(Deserialize)]
struct OnRecord {
    run: i64,
    status: String,
    #[serde(flatten)]
    account: Account,
    quarantined: Vec<Trouble>,
    #[serde(default)]
    released: Vec<Trouble>,
    #[serde(default)]
    slow_files: Vec<SlowFile>,
    #[serde(default)]
    renewed_files: u64,
    #[serde(default)]
    seconds_left: Option<f64>,
    failed_pages: Vec<Trouble>,
    rejected_rows: Vec<Trouble>,
    #[serde(default)]
    notes: Vec<Noted>,
    seconds: f64,
    peak_memory_bytes: u64,
}

#[derive(Deserialize)]
struct Noted {
    path: String,
    #[serde(flatten)]
    note: Note,
}

#[derive(Deserialize)]
struct Trouble {
    path: String,
    #[serde(default)]
    kind: Option<FaultKind>,
    #[serde(default)]
    detail: String,
    #[serde(default)]
    page: u32,
    #[serde(default)]
    sheet: String,
    #[serde(default)]
    row: u32,
}

impl Trouble {
    fn into_file(self) -> (String, Fault) {
        let fault = self.fault();
        (self.path, fault)
    }

    fn fault(&self) -> Fault {
        Fault::new(self.kind.unwrap_or(FaultKind::Damaged), &self.detail)
    }
}

impl Report {
    /// The report of a run that is on record; `None` if it left none.
    ///
    /// # Errors
    /// What is on record cannot be read.
    pub fn of_record(json: &str) -> Result<Option<Report>, serde_json::Error> {
        if json.is_empty() {
            return Ok(None);
        }
        let on_record: OnRecord = serde_json::from_str(json)?;
        let pages = on_record.failed_pages.into_iter().map(|trouble| {
            let failure = PageFailure { page: trouble.page, fault: trouble.fault() };
            (trouble.path, failure)
        });
        let rows = on_record.rejected_rows.into_iter();
        Ok(Some(Report {
            run: on_record.run,
            status: Status::named(&on_record.status).unwrap_or(Status::Failed),
            account: on_record.account,
            quarantined: on_record.quarantined.into_iter().map(Trouble::into_file).collect(),
            released: on_record.released.into_iter().map(Trouble::into_file).collect(),
            slow_files: on_record.slow_files,
            renewed: on_record.renewed_files,
            seconds_left: on_record.seconds_left,
            failed_pages: pages.collect(),
            rejected_rows: rows.map(|row| (row.path, row.sheet, row.row, row.detail)).collect(),
            notes: on_record.notes.into_iter().map(|noted| (noted.path, noted.note)).collect(),
            seconds: on_record.seconds,
            peak_memory: on_record.peak_memory_bytes,
        }))
    }
}
