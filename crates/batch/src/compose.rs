//! Units become items: a row and the letters that pair with it are one petition.

use dossier_archive::{
    Archive, ArchiveError, Catalog, Classified, Unit, UnitKind, WriteItem, item_id, kill_point,
};
use dossier_model::{
    Classification, Decision, FieldValue, Fields, Item, ItemCounts, ItemText, Sensitive, TextAlternative,
    Verdict, amend_fields, fold_text,
};
use dossier_pipeline::ManifestFields;
use rayon::prelude::*;

use crate::decide::decisions_of;
use crate::progress::{Progress, Stage};
use crate::reclassify::Rules;
use crate::{BatchError, Stop};

/// How many items are made between two looks at the stop sign.
const CHUNK: u32 = 512;
/// How many characters of the text a supplied title shows.
const SUPPLIED_TITLE: usize = 24;

/// Makes every item anew whose units have changed. An item that all came with `generation` and has
/// been made before is no update: it is still new.
///
/// # Errors
/// What the catalog says.
pub(crate) fn compose(
    archive: &Archive,
    rules: &Rules,
    generation: i64,
    progress: &dyn Progress,
    stop: &Stop,
) -> Result<ItemCounts, BatchError> {
    let catalog = &archive.catalog;
    catalog.together::<_, ArchiveError>(|catalog| catalog.pair_letters())?;
    progress.begin(Stage::Compose, catalog.count_dirty()?);
    let mut counts = ItemCounts::default();
    let by = rules.now();
    while !stop.is_asked() {
        let decided = catalog.last_decision()?;
        let withheld = catalog.withheld()?;
        let identities = catalog.dirty(CHUNK)?;
        if identities.is_empty() {
            break;
        }
        let units =
            identities.iter().map(|identity| catalog.units_of(identity)).collect::<Result<Vec<_>, _>>()?;
        let decisions = decisions_of(catalog, identities.iter().map(String::as_str))?;
        let held: Vec<Option<i64>> = units.par_iter().map(|units| withheld.any_of(units)).collect();
        let items: Vec<Option<Item>> = identities
            .par_iter()
            .zip(units.par_iter().zip(&decisions))
            .map(|(identity, (units, decisions))| item(identity, units, decisions, rules))
            .collect();
        let made = identities.iter().zip(&units).zip(items.iter().zip(&held));
        let written = catalog.together(|catalog| {
            // What a person says meanwhile must not be lost: then these are looked at once more.
            if !catalog.holds_since(decided)? {
                return Ok(false);
            }
            for ((identity, units), (item, held)) in made {
                match held {
                    Some(decision) => withhold(catalog, identity, units, *decision)?,
                    None => {
                        let is_new = units.iter().all(|unit| unit.run == generation);
                        let written = write(catalog, identity, units, item.as_ref(), &by)?;
                        count(&mut counts, written, is_new);
                    }
                }
            }
            kill_point("items.written");
            Ok::<_, ArchiveError>(true)
        })?;
        kill_point("items.committed");
        if written {
            progress.advance(identities.len() as u64);
        }
    }
    Ok(counts)
}

fn write(
    catalog: &Catalog,
    identity: &str,
    units: &[Unit],
    item: Option<&Item>,
    by: &Classified,
) -> Result<Option<WriteItem>, ArchiveError> {
    let written = catalog.write_item(identity, item, by)?;
    if item.is_some() {
        former_ids(catalog, identity, units)?;
    }
    Ok(written)
}

fn count(counts: &mut ItemCounts, written: Option<WriteItem>, is_new: bool) {
    match written {
        Some(WriteItem::Added) => counts.added += 1,
        Some(WriteItem::Updated) if !is_new => counts.updated += 1,
        Some(WriteItem::Unchanged) => counts.unchanged += 1,
        Some(WriteItem::Updated) | None => {}
    }
}

/// Of an item that is withdrawn by order a tombstone stays, under its former ids as well.
fn withhold(catalog: &Catalog, identity: &str, units: &[Unit], decision: i64) -> Result<(), ArchiveError> {
    catalog.withhold(identity, decision)?;
    former_ids(catalog, identity, units)
}

/// A letter that was an item of its own is still found under its former id.
fn former_ids(catalog: &Catalog, identity: &str, units: &[Unit]) -> Result<(), ArchiveError> {
    let mut former = units.iter().filter(|unit| unit.own != identity);
    former.try_for_each(|unit| catalog.set_alias(&item_id(&unit.own), &item_id(identity)))
}

/// The item that some units make, the row that counts first; superseded rows stay out.
fn item(identity: &str, units: &[Unit], decisions: &[Decision], rules: &Rules) -> Option<Item> {
    let mut rows = units.iter().filter(|unit| unit.kind == UnitKind::Row);
    let letters = units.iter().filter(|unit| unit.kind == UnitKind::Letter);
    let current: Vec<&Unit> = rows.next().into_iter().chain(letters).collect();
    if current.is_empty() {
        return None;
    }
    let mut text = ItemText::default();
    let mut fields = Fields::new();
    for unit in &current {
        let shift = append(&mut text, &unit.text);
        merge(&mut fields, &unit.fields, shift);
    }
    amend_fields(&mut fields, decisions);
    let decided = |field: &str| {
        decisions
            .iter()
            .any(|decision| matches!(&decision.verdict, Verdict::Field { name, .. } if name == field))
    };
    rules.records.complete(&mut fields, decided);
    let summary = &rules.pipeline.manifest.summary;
    let mut item = Item {
        id: item_id(identity),
        identity: identity.to_owned(),
        title: title(&fields, &text, summary),
        sources: current.iter().map(|unit| unit.at.clone()).collect(),
        classification: Classification::default(),
        text,
        fields,
    };
    item.classification = rules.classify(&item, decisions);
    Some(item)
}

/// Appends a unit's text; returns by how much its offsets move.
fn append(text: &mut ItemText, unit: &ItemText) -> u32 {
    let mut shift = None;
    let chars: Vec<char> = unit.text.chars().collect();
    for segment in &unit.segments {
        let piece: String = chars[segment.start as usize..segment.end as usize].iter().collect();
        // The first page of a letter does not go on from the row before it.
        let continues = segment.continues && shift.is_some();
        let start = text.push(&piece, segment.source, segment.locator.clone(), continues);
        shift.get_or_insert(start - segment.start);
    }
    let shift = shift.unwrap_or(0);
    let moved =
        unit.alternatives.iter().map(|other| TextAlternative { at: other.at + shift, ..other.clone() });
    text.alternatives.extend(moved);
    shift
}

/// Adds values; one that is there already gets the new evidence.
fn merge(fields: &mut Fields, more: &Fields, shift: u32) {
    for (name, values) in more {
        let there = fields.entry(name.clone()).or_default();
        for value in values {
            let value = moved(value, shift);
            let same =
                |other: &&mut FieldValue| fold_text(other.value.reveal()) == fold_text(value.value.reveal());
            match there.iter_mut().find(same) {
                Some(other) => {
                    other.confidence = other.confidence.max(value.confidence);
                    other.evidence.extend(value.evidence);
                }
                None => there.push(value),
            }
        }
    }
}

fn moved(value: &FieldValue, shift: u32) -> FieldValue {
    let mut value = value.clone();
    for evidence in &mut value.evidence {
        evidence.start += shift;
        evidence.end += shift;
    }
    value
}

/// The title that the item states, or one in brackets, as archivists supply it (DA/T 22).
fn title(fields: &Fields, text: &ItemText, summary: &ManifestFields) -> String {
    let stated = |names: &[String]| {
        names
            .iter()
            .find_map(|name| fields.get(name)?.first())
            .map(|value| &value.value)
            .map(Sensitive::reveal)
    };
    let line = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    if let Some(title) = stated(&summary.title) {
        return line(title);
    }
    let source = line(stated(&summary.text).unwrap_or(&text.text));
    let mut short: String = source.chars().take(SUPPLIED_TITLE).collect();
    if source.chars().count() > SUPPLIED_TITLE {
        short.push('…');
    }
    format!("[{short}]")
}

/// The year of an item, by the date that lists show.
pub fn year_of(fields: &Fields, summary: &ManifestFields) -> Option<i32> {
    summary.date.iter().find_map(|name| year(fields.get(name)?.first()?))
}

fn year(value: &FieldValue) -> Option<i32> {
    value.value.reveal().get(..4)?.parse().ok()
}
