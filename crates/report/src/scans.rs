//! What whoever scanned can do better: each page with what is wrong with it, and its measure.

use dossier_archive::{Archive, ArchiveError};
use dossier_model::{Lang, PageContent, PageState, PartContent, Sha256, fold_text};
use serde::Serialize;

/// The least resolution of a scan, in pixels an inch (DA/T 31-2017), less what rounding loses.
const LEAST_DPI: f32 = 195.0;
/// Lines that are further from level, in degrees, should have been straightened.
const MOST_SKEW: f32 = 1.0;
/// More black than this share of the frame is a lid left open or a page laid askew.
const MOST_BORDER: f32 = 0.05;
/// Edges less steep than this are blurred: the samples' pages, faint and faxed ones too, have 0.22 and more.
const LEAST_SHARPNESS: f32 = 0.2;
/// So many words make a page on which sharpness can be told.
const ENOUGH_WORDS: usize = 60;
/// So many words at the edge may be a stamp or a page number; more are text that is cut.
const MOST_CUT: u32 = 2;
/// A page with less text than this, in characters, may say the same as the one before.
const LEAST_TEXT: usize = 30;

/// What may be wrong with a scan.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ScanFault {
    /// Fewer pixels an inch than the standard asks for.
    LowResolution,
    /// Lines are not level, in degrees.
    Skewed,
    /// The share of the frame that is black.
    BlackBorder,
    /// Edges are not steep, 0 to 1.
    Blurred,
    /// How many words reach the edge.
    CutEdge,
    /// By how many degrees it had to be turned.
    Turned,
    /// Nothing is on it.
    Blank,
    /// Something is on it that cannot be read.
    Illegible,
    /// It says the same as the page before.
    Doubled,
}

impl ScanFault {
    /// The fault in words.
    pub fn label(self, lang: Lang) -> &'static str {
        let (en, zh) = match self {
            ScanFault::LowResolution => ("low resolution, dpi", "分辨率低（dpi）"),
            ScanFault::Skewed => ("skewed, degrees", "倾斜（度）"),
            ScanFault::BlackBorder => ("black border, share", "黑边（占比）"),
            ScanFault::Blurred => ("blurred, sharpness", "模糊（锐度）"),
            ScanFault::CutEdge => ("text at the edge, words", "文字贴边（字数）"),
            ScanFault::Turned => ("turned, degrees", "方向不正（度）"),
            ScanFault::Blank => ("blank", "空白页"),
            ScanFault::Illegible => ("illegible", "无法辨认"),
            ScanFault::Doubled => ("the same as the page before", "与上一页重复"),
        };
        lang.pick(en, zh)
    }
}

/// A page with something wrong.
#[derive(Clone, Debug, Serialize)]
pub struct PoorScan {
    /// The file, as a path below its source.
    pub file: String,
    /// From 1.
    pub page: u32,
    /// What is wrong, each with its measure where it has one.
    pub faults: Vec<(ScanFault, Option<f32>)>,
}

/// Hands over the pages with something wrong, file by file; returns how many scanned pages there are.
///
/// # Errors
/// What the catalog says.
pub fn poor_scans(archive: &Archive, mut take: impl FnMut(PoorScan)) -> Result<u64, ArchiveError> {
    let mut scanned = 0;
    for (sha256, file) in archive.catalog.documents()? {
        scanned += of_file(archive, sha256, &file, &mut take)?;
    }
    Ok(scanned)
}

fn of_file(
    archive: &Archive,
    sha256: Sha256,
    file: &str,
    take: &mut impl FnMut(PoorScan),
) -> Result<u64, ArchiveError> {
    let mut scanned = 0;
    let mut before = String::new();
    archive.catalog.for_each_part::<ArchiveError>(sha256, |part, _| {
        let PartContent::Page(page) = part.content else { return Ok(()) };
        let text = fold_text(&page.text);
        let doubled = text.chars().count() >= LEAST_TEXT && text == before;
        before = text;
        let faults = faults(&page, doubled);
        scanned += u64::from(page.scan.is_some());
        if !faults.is_empty() {
            take(PoorScan { file: file.to_owned(), page: page.number, faults });
        }
        Ok(())
    })?;
    Ok(scanned)
}

fn faults(page: &PageContent, doubled: bool) -> Vec<(ScanFault, Option<f32>)> {
    let Some(scan) = page.scan else { return Vec::new() };
    let mut faults = Vec::new();
    let mut note = |is: bool, fault, measure| {
        if is {
            faults.push((fault, measure));
        }
    };
    note(page.state == PageState::Blank, ScanFault::Blank, None);
    note(page.state == PageState::Illegible, ScanFault::Illegible, None);
    note(scan.dpi < LEAST_DPI, ScanFault::LowResolution, Some(scan.dpi));
    note(scan.skew.is_some_and(|skew| skew.abs() > MOST_SKEW), ScanFault::Skewed, scan.skew);
    note(scan.border > MOST_BORDER, ScanFault::BlackBorder, Some(scan.border));
    // On a page with few words the steepest edges are not those of strokes.
    let blurred =
        page.words.len() >= ENOUGH_WORDS && scan.sharpness.is_some_and(|sharp| sharp < LEAST_SHARPNESS);
    note(blurred, ScanFault::Blurred, scan.sharpness);
    note(scan.cut_words > MOST_CUT, ScanFault::CutEdge, Some(scan.cut_words as f32));
    note(page.rotation != 0, ScanFault::Turned, Some(f32::from(page.rotation)));
    note(doubled, ScanFault::Doubled, None);
    faults
}
