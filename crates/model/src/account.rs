//! The account of a run: what became of every file, page and row.
//!
//! `seen` is counted where things come into sight, the rest where they are settled; that the two
//! agree is the first promise, so [`Account::check`] compares them and a run that fails it fails.

use serde::{Deserialize, Serialize};

/// What became of the files.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileCounts {
    /// Counted by the walker.
    pub seen: u64,
    /// New, and now in the archive.
    pub archived: u64,
    /// In the archive already, from the same path.
    pub unchanged: u64,
    /// In the archive already, from another path.
    pub duplicate: u64,
    /// Could not be taken in; each is named with its reason.
    pub quarantined: u64,
    /// Could not be taken in, and somebody has accepted that; each is named with its reason.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub released: u64,
    /// Left out by a named rule of the pipeline.
    pub ignored: u64,
    /// Left for the next run, because this one was interrupted; only then above zero.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub pending: u64,
}

/// What became of the pages.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PageCounts {
    /// As many as the documents say they have.
    pub seen: u64,
    /// Text taken from the file's own layer.
    pub text_layer: u64,
    /// Text recognised from the image.
    pub recognised: u64,
    /// Text taken from a transcript.
    pub transcript: u64,
    /// Nothing on them.
    pub blank: u64,
    /// Something on them, but no text that can be read; named for a person to look at.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub illegible: u64,
    /// In files that were in the archive already.
    pub unchanged: u64,
    /// In files that are in the archive under another path.
    pub duplicate: u64,
    /// Could not be read; each is named with its reason.
    pub failed: u64,
    /// Left for the next run, because this one was interrupted; only then above zero.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub pending: u64,
}

/// What became of the rows that are not wholly blank.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RowCounts {
    /// As many as the reader met.
    pub seen: u64,
    /// Now in the archive.
    pub archived: u64,
    /// In the archive already with the same content.
    pub unchanged: u64,
    /// The same identity and content as another row of this run, or in a duplicate file.
    pub duplicate: u64,
    /// Could not be understood; each is named with its reason.
    pub rejected: u64,
    /// Titles, headers, totals, signatures.
    pub not_data: u64,
    /// Left for the next run, because this one was interrupted; only then above zero.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub pending: u64,
}

/// What the run did to the items.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ItemCounts {
    /// New.
    pub added: u64,
    /// Changed.
    pub updated: u64,
    /// Derived again, with the same result.
    pub unchanged: u64,
}

/// The account of one run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    /// Files.
    pub files: FileCounts,
    /// Pages.
    pub pages: PageCounts,
    /// Rows.
    pub rows: RowCounts,
    /// Items.
    pub items: ItemCounts,
}

/// A sum that does not add up.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{what}: {seen} seen, but {settled} settled")]
pub struct Unsettled {
    /// `files`, `pages` or `rows`.
    pub what: &'static str,
    /// How many came into sight.
    pub seen: u64,
    /// How many have an outcome.
    pub settled: u64,
}

fn is_zero(count: &u64) -> bool {
    *count == 0
}

impl FileCounts {
    /// The sum of all outcomes.
    pub fn settled(&self) -> u64 {
        self.archived
            + self.unchanged
            + self.duplicate
            + self.quarantined
            + self.released
            + self.ignored
            + self.pending
    }
}

impl PageCounts {
    /// The sum of all outcomes.
    pub fn settled(&self) -> u64 {
        self.text_layer
            + self.recognised
            + self.transcript
            + self.blank
            + self.illegible
            + self.unchanged
            + self.duplicate
            + self.failed
            + self.pending
    }
}

impl RowCounts {
    /// The sum of all outcomes.
    pub fn settled(&self) -> u64 {
        self.archived + self.unchanged + self.duplicate + self.rejected + self.not_data + self.pending
    }
}

impl Account {
    /// Every sum that does not add up; empty when everything is accounted for.
    pub fn check(&self) -> Vec<Unsettled> {
        [
            ("files", self.files.seen, self.files.settled()),
            ("pages", self.pages.seen, self.pages.settled()),
            ("rows", self.rows.seen, self.rows.settled()),
        ]
        .into_iter()
        .filter(|(_, seen, settled)| seen != settled)
        .map(|(what, seen, settled)| Unsettled { what, seen, settled })
        .collect()
    }

    /// Puts down as pending what has no outcome yet, as when a run is interrupted.
    pub fn leave_pending(&mut self) {
        self.files.pending = self.files.seen.saturating_sub(self.files.settled());
        self.pages.pending = self.pages.seen.saturating_sub(self.pages.settled());
        self.rows.pending = self.rows.seen.saturating_sub(self.rows.settled());
    }

    /// Whether some input failed: the run is then partial.
    pub fn has_failures(&self) -> bool {
        self.files.quarantined + self.pages.failed + self.rows.rejected > 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_that_do_not_agree_are_named() {
        let rows = RowCounts { seen: 3, archived: 1, not_data: 1, ..RowCounts::default() };
        let mut account = Account { rows, ..Account::default() };
        assert_eq!(account.check(), [Unsettled { what: "rows", seen: 3, settled: 2 }]);
        account.rows.rejected = 1;
        assert_eq!(account.check(), []);
        assert!(account.has_failures());
    }
}
