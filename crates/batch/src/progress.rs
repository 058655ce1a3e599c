//! How far a run has come; whoever shows it to people implements [`Progress`].

use dossier_model::Fault;

/// What a run is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Walking through the sources; files come into sight.
    Walk,
    /// Comparing files with the archive.
    Check,
    /// Reading files.
    Read,
    /// Finding letters and fields in contents.
    Derive,
    /// Making items.
    Compose,
    /// Bringing the search index up to date.
    Index,
}

/// What has been read so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ReadSoFar {
    /// Files that are done.
    pub files: u64,
    /// Pages that were read or failed.
    pub pages: u64,
    /// Rows.
    pub rows: u64,
    /// Files that were quarantined and pages that failed.
    pub faults: u64,
}

/// Is told how far a run has come. A run calls it from one thread.
pub trait Progress {
    /// A stage begins; `total` is what it has to do, 0 when that is not known yet.
    fn begin(&self, stage: Stage, total: u64);
    /// So many more are done in the stage.
    fn advance(&self, by: u64);
    /// What the stage [`Stage::Read`] has done so far.
    fn read(&self, so_far: ReadSoFar);
    /// Something could not be taken in: the path, perhaps with a page, and why.
    fn fault(&self, what: &str, fault: &Fault);
    /// A remark for whoever looks, such as that a source is not there now.
    fn say(&self, remark: &str);
    /// All stages are over.
    fn end(&self);
}

/// Tells nobody.
#[derive(Clone, Copy, Debug, Default)]
pub struct Quiet;

impl Progress for Quiet {
    fn begin(&self, _: Stage, _: u64) {}
    fn advance(&self, _: u64) {}
    fn read(&self, _: ReadSoFar) {}
    fn fault(&self, _: &str, _: &Fault) {}
    fn say(&self, _: &str) {}
    fn end(&self) {}
}
