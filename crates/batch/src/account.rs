//! Drawing up a run's account: what came into sight against what has an outcome on record.
//!
//! The two sides come from different places: files are counted by the walker and pages and rows
//! by the readers; outcomes are counted from the catalog's records. A file that is what it was is no
//! news and gets no record: it counts as unchanged because the catalog holds its path, size and time.

use dossier_archive::{Catalog, ContentCount, PageFailure, Unread};
use dossier_model::{Account, ItemCounts, PageCounts, RowCounts, Sha256, Shape};

use crate::BatchError;
use crate::commit::Seen;
use crate::plan::{Unchanged, Units};

/// What came into sight in a run, as it was counted on the way.
#[derive(Clone, Debug, Default)]
pub(crate) struct Sight {
    /// Counted by the walker.
    pub files: u64,
    /// Counted by the readers, in files that were read.
    pub parts: Seen,
    /// Held against the catalog and found as it was.
    pub unchanged: Unchanged,
    /// Unchanged files of which something could not be read, with their contents.
    pub unread: Vec<(String, Sha256)>,
}

/// The account of a run.
///
/// # Errors
/// What the catalog says.
pub(crate) fn draw_up(
    catalog: &Catalog,
    run: i64,
    sight: &Sight,
    unread: &[Unread],
    items: ItemCounts,
) -> Result<Account, BatchError> {
    let mut files = dossier_model::FileCounts { seen: sight.files, ..catalog.count_inputs(run)? };
    files.unchanged += sight.unchanged.files;
    let mut pages = read_pages(catalog, run)?;
    pages.failed += sight.parts.pages_failed;
    let mut rows = catalog.count_rows(run)?;
    rows.archived = catalog.count_row_units(run)?.saturating_sub(rows.unchanged + rows.duplicate);
    let recorded = known_units(catalog, run, "unchanged")?;
    let duplicate = known_units(catalog, run, "duplicate")?;
    let unrecorded = sight.unchanged.units;
    pages.unchanged = unrecorded.pages + recorded.pages;
    pages.duplicate = duplicate.pages;
    pages.seen = sight.parts.units.pages + pages.unchanged + pages.duplicate;
    let unchanged_rows = unrecorded.rows + recorded.rows;
    rows.unchanged += unchanged_rows;
    rows.duplicate += duplicate.rows;
    rows.seen = sight.parts.units.rows + unchanged_rows + duplicate.rows;
    // What could not be read in an unchanged file is no better for being known.
    for Unread { pages: failed, rows: rejected, .. } in unread {
        (pages.failed, pages.unchanged) = (pages.failed + failed, pages.unchanged.saturating_sub(*failed));
        (rows.rejected, rows.unchanged) =
            (rows.rejected + rejected, rows.unchanged.saturating_sub(*rejected));
    }
    Ok(Account { files, pages, rows: RowCounts { ..rows }, items })
}

/// What could not be read in unchanged files, and nobody has accepted as lost.
///
/// # Errors
/// What the catalog says.
pub(crate) fn unread(catalog: &Catalog, sight: &Sight) -> Result<Vec<Unread>, BatchError> {
    let unread = sight.unread.iter().map(|(path, sha256)| catalog.unread_at(path, *sha256));
    Ok(unread.filter_map(Result::transpose).collect::<Result<_, _>>()?)
}

/// Pages that could not be read, in the files that a run archived and in unchanged ones: path, page and
/// why.
///
/// # Errors
/// What the catalog says.
pub(crate) fn failed_pages(
    catalog: &Catalog,
    run: i64,
    unread: &[Unread],
) -> Result<Vec<(String, PageFailure)>, BatchError> {
    let archived = catalog.contents_with(run, "archived")?.into_iter().filter(of_pages);
    let archived = archived.map(|content| (content.path, content.sha256));
    let unread = unread.iter().map(|unread| (unread.path.clone(), unread.sha256));
    let mut failed = Vec::new();
    for (path, sha256) in archived.chain(unread) {
        let failures = catalog.page_failures(sha256)?;
        failed.extend(failures.into_iter().map(|failure| (path.clone(), failure)));
    }
    Ok(failed)
}

/// Rows that could not be understood, in the files that a run archived and in unchanged ones: file, sheet,
/// row and why; at most `limit`.
///
/// # Errors
/// What the catalog says.
pub(crate) fn rejected_rows(
    catalog: &Catalog,
    run: i64,
    unread: &[Unread],
    limit: u32,
) -> Result<Vec<(String, String, u32, String)>, BatchError> {
    let mut rejected = catalog.rejected_rows(run, limit)?;
    for Unread { path, sha256, .. } in unread {
        let name = catalog.source(*sha256)?.map_or_else(|| path.clone(), |source| source.name);
        let left = limit.saturating_sub(rejected.len() as u32);
        let rows = catalog.rejected_rows_of(*sha256, left)?.into_iter();
        rejected.extend(rows.map(|(sheet, row, why)| (name.clone(), sheet, row, why)));
    }
    Ok(rejected)
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

/// The units of the files that a run found to be in the archive already, by this outcome.
fn known_units(catalog: &Catalog, run: i64, outcome: &str) -> Result<Units, BatchError> {
    let mut units = Units::default();
    for content in catalog.contents_with(run, outcome)? {
        units.count(content.shape, content.units);
    }
    Ok(units)
}
