//! A letter is withdrawn by order.

use std::path::Path;

use dossier_archive::{Archive, AuditEvent, ItemRow};
use dossier_model::{Anchor, Verdict};

use crate::BatchError;
use crate::decide::{Decided, record};
use crate::reclassify::Rules;

/// Withdraws a letter by order: nothing of it is shown any more, and a tombstone stays that says who
/// ordered it, when and why. Its originals and what was read of them stay, so that the account stays
/// right and the order can be taken back.
///
/// # Errors
/// `NoItem`, or what the catalog or the index says.
pub fn withhold(root: &Path, rules: &Rules, id: &str, by: &str, reason: &str) -> Result<Decided, BatchError> {
    let archive = Archive::open(root)?;
    let ItemRow { item, .. } = archive.catalog.item(id)?;
    let said: Vec<(Anchor, Verdict)> = archive
        .catalog
        .units_of(&item.identity)?
        .iter()
        .map(|unit| {
            let verdict = Verdict::Withhold {
                by: by.to_owned(),
                item: item.id.clone(),
                extent: unit.at.extent,
                digest: unit.digest(),
            };
            (Anchor { source: unit.source, locator: unit.at.locator.clone() }, verdict)
        })
        .collect();
    let decided = record(archive, rules, &said, reason)?;
    let event = AuditEvent::Withhold {
        item: item.id,
        by: by.to_owned(),
        reason: reason.to_owned(),
        decisions: decided.decisions.clone(),
    };
    Archive::open(root)?.audit(event)?;
    Ok(decided)
}
