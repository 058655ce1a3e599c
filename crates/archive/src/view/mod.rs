//! What people and scripts are shown of an item, masked.

mod labels;
mod person;
mod search;
mod show;
mod similar;
mod snippet;

use dossier_model::{Item, Locator, Sha256};
use serde::Serialize;

use crate::{Archive, ArchiveError};

pub use labels::{AxisLabel, Labels, Summary};
pub use person::PersonLetter;
pub use search::{HitView, MatchView, SearchOptions, SearchView};
pub use show::{CandidateView, DecidedView, EvidenceView, ItemView, PageView, ValueView};
pub use similar::{SimilarView, body_of};

/// Where an item, or a part of it, comes from.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SourceView {
    /// The file's name below the source that was given.
    pub file: String,
    /// Its content.
    pub sha256: Sha256,
    /// The first page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub page: Option<u32>,
    /// How many pages.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pages: Option<u32>,
    /// The sheet.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sheet: Option<String>,
    /// The row.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub row: Option<u32>,
}

impl Archive {
    fn sources(&self, item: &Item) -> Result<Vec<SourceView>, ArchiveError> {
        item.sources
            .iter()
            .map(|at| {
                let file = self.file_name(at.source)?;
                let blank =
                    SourceView { file, sha256: at.source, page: None, pages: None, sheet: None, row: None };
                Ok(match &at.locator {
                    Locator::Page(page) => SourceView { page: Some(*page), pages: Some(at.extent), ..blank },
                    Locator::Row { sheet, row } => {
                        SourceView { sheet: Some(sheet.clone()), row: Some(*row), ..blank }
                    }
                })
            })
            .collect()
    }

    fn file_name(&self, source: Sha256) -> Result<String, ArchiveError> {
        Ok(self.catalog.source(source)?.map_or_else(|| source.to_string(), |record| record.name))
    }
}
