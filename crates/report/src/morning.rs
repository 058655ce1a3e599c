//! The morning report as data: nothing in it is above the mask for officers.

use dossier_batch::SlowFile;
use dossier_model::{Account, FaultKind};
use serde::Serialize;

/// What a run did, against former runs, and what asks for somebody's eyes.
#[derive(Clone, Debug, Serialize)]
pub struct Morning {
    /// The run.
    pub run: i64,
    /// `complete`, `partial`, `failed` or `interrupted`.
    pub status: &'static str,
    /// When it began, in seconds since 1970-01-01 UTC.
    pub started: u64,
    /// When it ended.
    pub finished: u64,
    /// How long it took.
    pub seconds: f64,
    /// How long the rest takes at this pace, in seconds, if the run was interrupted while it
    /// recognised.
    pub seconds_left: Option<f64>,
    /// The archive's folder.
    pub archive: String,
    /// How many items the archive has now.
    pub items: u64,
    /// How many files that had been taken in before were made into letters anew.
    pub renewed: u64,
    /// The sums.
    pub account: Account,
    /// The sums that do not agree, in words; none in a run that can be trusted.
    pub unsettled: Vec<String>,
    /// New items of the last runs, the earliest first; the last is this run's.
    pub intake: Vec<Intake>,
    /// What the new items are about.
    pub categories: Vec<Share>,
    /// Where they are about, down to the county.
    pub regions: Vec<Share>,
    /// Files that could not be taken in.
    pub quarantined: Vec<Trouble>,
    /// Files that could not be taken in, and somebody has accepted that: no trouble any more.
    pub released: Vec<ReleasedFile>,
    /// The files that took longest, the slowest first.
    pub slow_files: Vec<SlowFile>,
    /// Pages that could not be read.
    pub failed_pages: Vec<PageTrouble>,
    /// Rows that could not be understood.
    pub rejected_rows: Vec<RowTrouble>,
    /// What a person should know of files that went in, by path.
    pub notes: Vec<NotedFile>,
    /// Pages with something on them that is no text that can be read.
    pub illegible_pages: Vec<LonePage>,
    /// Pages whose recognition is unsure.
    pub unsure_pages: Vec<UnsurePage>,
    /// Letters that have found no row of a register.
    pub unpaired_letters: Vec<UnpairedLetter>,
}

/// The new items of one run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Intake {
    /// The first of the runs that were cut off before it, or itself.
    pub run: i64,
    /// When it began.
    pub started: u64,
    /// How many items it brought.
    pub items: u64,
}

/// How many of the new items have a value.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Share {
    /// The value; nothing for items that have none.
    pub name: Option<String>,
    /// In this run.
    pub now: u64,
    /// The mean of the former runs that are shown.
    pub before: f64,
}

/// A file that could not be taken in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Trouble {
    /// Where it is.
    pub path: String,
    /// The kind of fault.
    pub kind: FaultKind,
    /// Why.
    pub reason: String,
    /// What to do.
    pub hint: String,
    /// The command that tries it again.
    pub retry: String,
}

/// A file that somebody has accepted as lost.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ReleasedFile {
    /// Where it is.
    pub path: String,
    /// Why it could not be taken in.
    pub reason: String,
}

/// Something that a person should know of a file that went in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct NotedFile {
    /// Where it is.
    pub path: String,
    /// What is to be known.
    pub note: String,
}

/// A page that could not be read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PageTrouble {
    /// The file.
    pub path: String,
    /// From 1.
    pub page: u32,
    /// Why.
    pub reason: String,
    /// What to do.
    pub hint: String,
}

/// A row that could not be understood.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RowTrouble {
    /// The file.
    pub path: String,
    /// Its sheet.
    pub sheet: String,
    /// From 1.
    pub row: u32,
    /// Why.
    pub reason: String,
    /// What to do.
    pub hint: String,
}

/// A page that a person should look at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LonePage {
    /// The file, below the source that was given.
    pub file: String,
    /// From 1.
    pub page: u32,
}

/// A page whose recognition is unsure.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct UnsurePage {
    /// The file, below the source that was given.
    pub file: String,
    /// From 1.
    pub page: u32,
    /// The mean confidence of its words, 0 to 1.
    pub confidence: f32,
}

/// A letter that has found no row of a register.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct UnpairedLetter {
    /// Its id.
    pub id: String,
    /// Its title, masked for officers.
    pub title: String,
    /// The file, below the source that was given.
    pub file: String,
    /// The page it begins at.
    pub page: u32,
}

impl Morning {
    /// How many things ask for somebody's eyes.
    pub fn to_look_at(&self) -> usize {
        self.quarantined.len()
            + self.failed_pages.len()
            + self.rejected_rows.len()
            + self.illegible_pages.len()
            + self.unsure_pages.len()
    }
}
