//! Units become items: a row and the letters that pair with it are one petition.

use std::mem;

use dossier_archive::{
    Archive, ArchiveError, Catalog, Classified, ItemRecord, KeptUnit, Unit, UnitKind, WriteItem, item_id,
    kill_point,
};
use dossier_model::{
    Classification, Decision, FieldValue, Fields, Item, ItemCounts, ItemText, Segment, Sensitive,
    TextAlternative, Verdict, amend_fields, fold_text,
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
        let kept = identities
            .iter()
            .map(|identity| catalog.kept_units_of(identity))
            .collect::<Result<Vec<_>, _>>()?;
        let read = |kept: Vec<KeptUnit>| kept.into_iter().map(KeptUnit::read).collect();
        let mut units: Vec<Vec<Unit>> =
            kept.into_par_iter().map(read).collect::<Result<_, ArchiveError>>()?;
        let decisions = decisions_of(catalog, identities.iter().map(String::as_str))?;
        let held: Vec<Option<i64>> = units.par_iter().map(|units| withheld.any_of(units)).collect();
        let items: Vec<Option<ItemRecord>> = identities
            .par_iter()
            .zip(units.par_iter_mut().zip(&decisions))
            .map(|(identity, (units, decisions))| item(identity, units, decisions, rules))
            .map(|item| item.as_ref().map(ItemRecord::of).transpose())
            .collect::<Result<_, ArchiveError>>()?;
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
    item: Option<&ItemRecord>,
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

/// The item that some units make, the row that counts first; superseded rows stay out. It takes the
/// units' texts and fields.
fn item(identity: &str, units: &mut [Unit], decisions: &[Decision], rules: &Rules) -> Option<Item> {
    let mut sources = Vec::new();
    let mut text = ItemText::default();
    let mut fields = Fields::new();
    for unit in current(units) {
        sources.push(unit.at.clone());
        let shift = append(&mut text, mem::take(&mut unit.text));
        merge(&mut fields, mem::take(&mut unit.fields), shift);
    }
    if sources.is_empty() {
        return None;
    }
    let replaced = amend_fields(&mut fields, decisions);
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
        sources,
        classification: Classification::default(),
        text,
        fields,
        replaced,
    };
    item.classification = rules.classify(&item, decisions);
    Some(item)
}

/// The row that counts, if there is one, then the letters.
fn current(units: &mut [Unit]) -> impl Iterator<Item = &mut Unit> {
    let mut rows = 0;
    units.iter_mut().filter(move |unit| match unit.kind {
        UnitKind::Letter => true,
        UnitKind::Row => {
            rows += 1;
            rows == 1
        }
    })
}

/// Appends a unit's text; returns by how much its offsets move.
fn append(text: &mut ItemText, mut unit: ItemText) -> u32 {
    // Of the sheets of a document one has the text of all.
    let Some(first) = unit.segments.first_mut() else { return 0 };
    // The first page of a letter does not go on from the row before it.
    first.continues = false;
    let Some(shift) = text.segments.last().map(|last| last.end + 1) else {
        *text = unit;
        return 0;
    };
    text.text.push('\n');
    text.text += &unit.text;
    let moved =
        |segment: Segment| Segment { start: segment.start + shift, end: segment.end + shift, ..segment };
    text.segments.extend(unit.segments.into_iter().map(moved));
    let moved = |other: TextAlternative| TextAlternative { at: other.at + shift, ..other };
    text.alternatives.extend(unit.alternatives.into_iter().map(moved));
    shift
}

/// Adds values; one that is there already gets the new evidence.
fn merge(fields: &mut Fields, more: Fields, shift: u32) {
    for (name, mut values) in more {
        let places = values.iter_mut().flat_map(|value| &mut value.evidence);
        places.for_each(|at| (at.start, at.end) = (at.start + shift, at.end + shift));
        let there = fields.entry(name).or_default();
        // Nearly always: there is nothing to compare with, and to fold costs most.
        if there.is_empty() && values.len() == 1 {
            *there = values;
            continue;
        }
        let folded = |value: &FieldValue| fold_text(value.value.reveal());
        let mut said: Vec<String> = there.iter().map(folded).collect();
        for value in values {
            let says = folded(&value);
            match said.iter().position(|other| *other == says) {
                Some(at) => {
                    there[at].confidence = there[at].confidence.max(value.confidence);
                    there[at].evidence.extend(value.evidence);
                }
                None => {
                    there.push(value);
                    said.push(says);
                }
            }
        }
    }
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

#[cfg(test)]
mod tests {
    use dossier_model::{Evidence, Locator, Place, ReviewState, Sha256};

    use super::*;

    fn text(pieces: &[&str]) -> ItemText {
        let mut text = ItemText::default();
        for (piece, page) in pieces.iter().zip(1..) {
            text.push(piece, Sha256::of(b"scan"), Locator::Page(page), true);
        }
        text.alternatives.push(TextAlternative { at: 1, reading: '字', probability: 0.25 });
        text
    }

    fn value(said: &str, confidence: f32, at: (u32, u32)) -> FieldValue {
        let place = Place::Page { page: 1, boxes: Vec::new() };
        FieldValue {
            value: Sensitive::new(said),
            raw: Sensitive::new(said),
            confidence,
            state: ReviewState::Machine,
            extractor: "test".to_owned(),
            warnings: Vec::new(),
            evidence: vec![Evidence { source: Sha256::of(b"scan"), place, start: at.0, end: at.1 }],
        }
    }

    #[test]
    fn texts_of_several_units_follow_each_other() {
        let mut whole = ItemText::default();
        assert_eq!(append(&mut whole, ItemText::default()), 0, "a sheet whose text another has");
        assert_eq!(append(&mut whole, text(&["一行"])), 0);
        assert_eq!(append(&mut whole, ItemText::default()), 0);
        assert_eq!(append(&mut whole, text(&["第一页", "第二页"])), 3);
        assert_eq!(whole.text, "一行\n第一页\n第二页");
        let segments = whole.segments.iter().map(|segment| (segment.start, segment.end, segment.continues));
        assert_eq!(segments.collect::<Vec<_>>(), [(0, 2, false), (3, 6, false), (7, 10, true)]);
        assert_eq!(whole.alternatives.iter().map(|other| other.at).collect::<Vec<_>>(), [1, 4]);
    }

    #[test]
    fn a_value_that_both_units_have_is_one_with_both_places() {
        let mut fields = Fields::new();
        let of_row = [("name".to_owned(), vec![value("钱守信", 0.5, (0, 3))])];
        merge(&mut fields, of_row.into(), 0);
        let of_letter = vec![value("钱 守信", 0.9, (2, 5)), value("他人", 0.4, (7, 9))];
        let more = [("name".to_owned(), of_letter), ("region".to_owned(), vec![value("县", 1.0, (1, 2))])];
        merge(&mut fields, more.into(), 10);
        let said = |value: &FieldValue| {
            let places: Vec<_> = value.evidence.iter().map(|at| (at.start, at.end)).collect();
            (value.value.reveal().to_owned(), value.confidence, places)
        };
        let names: Vec<_> = fields["name"].iter().map(said).collect();
        let both = ("钱守信".to_owned(), 0.9, vec![(0, 3), (12, 15)]);
        assert_eq!(names, [both, ("他人".to_owned(), 0.4, vec![(17, 19)])]);
        assert_eq!(
            fields["region"].iter().map(said).collect::<Vec<_>>(),
            [("县".to_owned(), 1.0, vec![(11, 12)])]
        );
    }
}
