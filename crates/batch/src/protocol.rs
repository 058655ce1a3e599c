//! What a run and its workers say to each other: one JSON object a line.
//!
//! The run writes [`Task`]s to a worker's standard input; the worker answers each with [`Said`]
//! lines on its standard output, the last of them `end` or `fault`. A worker keeps no state from
//! one task to the next, so the same filter can be run by a cluster engine.

use std::ffi::OsString;
use std::time::Duration;

use dossier_model::{Fault, FileKind, Note, PageContent, RowContent};
use dossier_pipeline::{Converter, ReadLimits};
use serde::{Deserialize, Serialize};

use crate::recognition::Recognition;

/// Goes up with every change that an older partner would not understand.
pub const PROTOCOL: u32 = 6;
/// How often a worker at a task says that it is alive.
pub const HEARTBEAT: Duration = Duration::from_secs(5);

/// The longest line of a worker, in bytes: a page or batch of rows that says more is too large. The run
/// holds it in memory, and a page of a thousand words has some 80 KiB.
pub const LONGEST: usize = 64 << 20;

/// One file to read.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Task {
    /// Where it is.
    pub path: OsString,
    /// What it is.
    pub kind: FileKind,
    /// A transcript of it, whose text takes the place of recognition.
    pub transcript: Option<OsString>,
    /// What it may ask for.
    pub limits: ReadLimits,
    /// What converts it, if no reader takes it.
    pub convert: Option<Converter>,
    /// A folder for what a converter makes.
    pub scratch: OsString,
    /// The first page to read, from 1: a worker that takes over goes on after the page that was
    /// its predecessor's last.
    pub first_page: u32,
    /// Pages that need not be read, in order: what they say is on record.
    pub known: Vec<u32>,
    /// What is done with pages that have to be recognised.
    pub recognition: Recognition,
    /// Whether every page that is not blank has to be recognised.
    pub force: bool,
}

impl Task {
    /// The pages that are to be read, in a file of `pages`.
    pub fn pages(&self, pages: u32) -> impl Iterator<Item = u32> {
        (self.first_page..=pages).filter(|page| self.known.binary_search(page).is_err())
    }
}

/// What a worker says.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "said", rename_all = "snake_case")]
pub enum Said {
    /// The first line of all.
    Hello {
        /// [`PROTOCOL`].
        protocol: u32,
        /// Who reads: the reader's and the recogniser's version.
        extractor: String,
    },
    /// The document is open.
    Opened {
        /// How many pages it speaks of.
        pages: u32,
    },
    /// A page is being read: progress, and the culprit if nothing more is heard.
    Begin {
        /// From 1.
        page: u32,
    },
    /// The worker is at its task still; one that no longer says so is frozen.
    Alive,
    /// A page has been read.
    Page {
        /// What was read.
        content: PageContent,
        /// Who read it.
        extractor: String,
    },
    /// A page could not be read.
    PageFailed {
        /// From 1.
        page: u32,
        /// Why.
        fault: Fault,
    },
    /// Some rows have been read.
    Rows {
        /// In the order of the file.
        rows: Vec<RowContent>,
        /// Who read them.
        extractor: String,
    },
    /// What a person should know of the file.
    Note {
        /// What.
        note: Note,
    },
    /// The task is done.
    End {
        /// How many pages or rows the file has.
        units: u64,
        /// The worker's peak of resident memory, in bytes.
        peak_memory: u64,
    },
    /// The file is left for later, since this page has to be recognised; what was read counts for
    /// nothing.
    Deferred {
        /// From 1.
        page: u32,
    },
    /// The file cannot be read.
    Fault {
        /// Why.
        fault: Fault,
    },
}
