//! Drawing up a run's account: what came into sight against what has an outcome on record.
//!
//! The two sides come from different places: files are counted by the walker and pages and rows
//! by the readers; outcomes are counted from the catalog's records. A file that is what it was is no
//! news and gets no record: it counts as unchanged because the catalog holds its path, size and time.

use dossier_archive::{Catalog, ContentCount, PageFailure};
use dossier_model::{Account, ItemCounts, PageCounts, RowCounts, Shape};

use crate::BatchError;
use crate::commit::Seen;
use crate::plan::Unchanged;

/// What came into sight in a run, as it was counted on the way.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Sight {
    /// Counted by the walker.
    pub files: u64,
    /// Counted by the readers, in files that were read.
    pub parts: Seen,
    /// Held against the catalog and found as it was.
    pub unchanged: Unchanged,
}

/// The account of a run.
///
/// # Errors
/// What the catalog says.
pub(crate) fn draw_up(
    catalog: &Catalog,
    run: i64,
    sight: &Sight,
    items: ItemCounts,
) -> Result<Account, BatchError> {
    let mut files = dossier_model::FileCounts { seen: sight.files, ..catalog.count_inputs(run)? };
    files.unchanged += sight.unchanged.files;
    let mut pages = read_pages(catalog, run)?;
    pages.failed += sight.parts.pages_failed;
    let mut rows = catalog.count_rows(run)?;
    rows.archived = catalog.count_row_units(run)?.saturating_sub(rows.unchanged + rows.duplicate);
    let known = known_units(catalog, run, sight.unchanged)?;
    pages.unchanged = known.unchanged_pages;
    pages.duplicate = known.duplicate_pages;
    pages.seen = sight.parts.pages + known.unchanged_pages + known.duplicate_pages;
    rows.unchanged += known.unchanged_rows;
    rows.duplicate += known.duplicate_rows;
    rows.seen = sight.parts.rows + known.unchanged_rows + known.duplicate_rows;
    Ok(Account { files, pages, rows: RowCounts { ..rows }, items })
}

/// Pages that could not be read, in the files that a run archived: path, page and why.
///
/// # Errors
/// What the catalog says.
pub(crate) fn failed_pages(catalog: &Catalog, run: i64) -> Result<Vec<(String, PageFailure)>, BatchError> {
    let mut failed = Vec::new();
    for content in catalog.contents_with(run, "archived")?.into_iter().filter(of_pages) {
        let failures = catalog.page_failures(content.sha256)?;
        failed.extend(failures.into_iter().map(|failure| (content.path.clone(), failure)));
    }
    Ok(failed)
}

fn read_pages(catalog: &Catalog, run: i64) -> Result<PageCounts, BatchError> {
    let mut pages = PageCounts::default();
    for content in catalog.contents_with(run, "archived")?.into_iter().filter(of_pages) {
        let states = catalog.count_pages(content.sha256, |_| true)?;
        let count = |state: &str| states.get(state).copied().unwrap_or(0);
        pages.text_layer += count("text_layer");
        pages.recognised += count("recognised");
        pages.transcript += count("transcript");
        pages.blank += count("blank");
        pages.illegible += count("illegible");
        pages.failed += catalog.page_failures(content.sha256)?.len() as u64;
    }
    Ok(pages)
}

fn of_pages(content: &ContentCount) -> bool {
    content.shape == Some(Shape::Pages)
}

#[derive(Default)]
struct KnownUnits {
    unchanged_pages: u64,
    unchanged_rows: u64,
    duplicate_pages: u64,
    duplicate_rows: u64,
}

fn known_units(catalog: &Catalog, run: i64, unchanged: Unchanged) -> Result<KnownUnits, BatchError> {
    let mut known = KnownUnits {
        unchanged_pages: unchanged.pages,
        unchanged_rows: unchanged.rows,
        ..KnownUnits::default()
    };
    for content in catalog.contents_with(run, "unchanged")? {
        match content.shape {
            Some(Shape::Pages) => known.unchanged_pages += content.units,
            Some(Shape::Rows) => known.unchanged_rows += content.units,
            Some(Shape::Files) | None => {}
        }
    }
    for content in catalog.contents_with(run, "duplicate")? {
        match content.shape {
            Some(Shape::Pages) => known.duplicate_pages += content.units,
            Some(Shape::Rows) => known.duplicate_rows += content.units,
            Some(Shape::Files) | None => {}
        }
    }
    Ok(known)
}
