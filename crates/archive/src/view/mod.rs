//! What people and scripts are shown of an item, masked.

mod labels;
mod names;
mod person;
mod search;
mod show;
mod similar;
mod snippet;

use dossier_model::{Item, Locator, Sha256, SourceRef};
use serde::Serialize;

use names::FileNames;

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
    /// Whether the file has another content by now, and no file has this any more.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub former: bool,
}

/// Where an item comes from.
fn sources(item: &Item, names: &FileNames) -> Vec<SourceView> {
    let view = |at: &SourceRef| {
        let file = names.of(at.source);
        let (sha256, former) = (at.source, names.is_former(at.source));
        let blank = SourceView { file, sha256, page: None, pages: None, sheet: None, row: None, former };
        match &at.locator {
            Locator::Page(page) => SourceView { page: Some(*page), pages: Some(at.extent), ..blank },
            Locator::Row { sheet, row } => {
                SourceView { sheet: Some(sheet.clone()), row: Some(*row), ..blank }
            }
        }
    };
    item.sources.iter().map(view).collect()
}
