//! Parts: immutable facts, what one extractor read at one place of one file.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{PageContent, RowContent, Sha256, short_hash};

/// A place in a file.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Locator {
    /// A page, from 1.
    Page(u32),
    /// A row of a sheet.
    Row {
        /// The sheet's name; empty where the format has none.
        sheet: String,
        /// From 1.
        row: u32,
    },
}

impl fmt::Display for Locator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Locator::Page(page) => write!(f, "page {page}"),
            Locator::Row { sheet, row } => write!(f, "row {row} of `{sheet}`"),
        }
    }
}

/// What was read at a place.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PartContent {
    /// A page of a document.
    Page(PageContent),
    /// A row of a register.
    Row(RowContent),
}

/// One fact: a place of a file, who read it, and what was read. Never changed, only superseded
/// by what another extractor version reads at the same place.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Part {
    /// The file's content.
    pub source: Sha256,
    /// The extractor's name and version: code, model hash, options.
    pub extractor: String,
    /// What was read.
    pub content: PartContent,
}

impl Part {
    /// Where in the file it was read.
    pub fn locator(&self) -> Locator {
        match &self.content {
            PartContent::Page(page) => Locator::Page(page.number),
            PartContent::Row(row) => Locator::Row { sheet: row.sheet.clone(), row: row.number },
        }
    }

    /// The part's id follows from its key alone: source, place and extractor.
    pub fn id(&self) -> String {
        short_hash(&["part", &self.source.to_string(), &self.locator().to_string(), &self.extractor])
    }
}
