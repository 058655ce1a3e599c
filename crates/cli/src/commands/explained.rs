//! What `fields explain` and `rules explain` have in common: an item or a text, and a place in it.

use std::path::Path;

use dossier_archive::{Archive, ArchiveError, AuditEvent, ItemRow};
use dossier_model::{ItemText, Mask, TextMask};

use crate::error::CliError;
use crate::output::Style;

/// How many characters around a place are shown.
const AROUND: usize = 8;

/// The item with this id, which goes into the audit trail; nothing when there is none, and the words are
/// a text.
///
/// # Errors
/// What the archive says.
pub fn item(id: &str, archive: &Path, mask: Mask) -> Result<Option<(Archive, ItemRow)>, CliError> {
    let archive = Archive::open(archive)?;
    let row = match archive.catalog.item(id) {
        Ok(row) => row,
        Err(ArchiveError::NoItem(_)) => return Ok(None),
        Err(error) => return Err(error.into()),
    };
    archive.audit(AuditEvent::Show { item: row.item.id.clone(), mask })?;
    Ok(Some((archive, row)))
}

/// What a text is called: its first line.
pub fn title_of(text: &str) -> String {
    text.lines().next().unwrap_or_default().to_owned()
}

/// The characters `from..to` of a text, masked, in one line.
pub fn piece(text: &ItemText, mask: &TextMask, from: usize, to: usize) -> String {
    let piece: String = text.text.chars().skip(from).take(to - from).collect();
    mask.apply_at(&piece, from).replace(['\n', '\t'], " ")
}

/// The characters `start..end` of a text with what stands around them.
pub fn in_place(text: &ItemText, mask: &TextMask, (start, end): (usize, usize), style: Style) -> String {
    let shown = |from: usize, to: usize| piece(text, mask, from, to);
    let before = shown(start.saturating_sub(AROUND), start);
    format!("…{before}{}{}…", style.found(&shown(start, end)), shown(end, end + AROUND))
}
