//! Applying rules anew to what is in the archive, without reading or recognising again.

use std::collections::BTreeMap;
use std::path::Path;

use dossier_archive::{Archive, ArchiveError, AuditEvent, Classified, ItemRow};
use dossier_fields::RecordReader;
use dossier_model::{Classification, Decision, Item, Mask, amend_classification};
use dossier_pipeline::Pipeline;
use dossier_rules::Classifier;
use rayon::prelude::*;
use serde::Serialize;

use crate::compose::year_of;
use crate::decide::decisions_of;
use crate::prepare::belongs;
use crate::progress::{Progress, Stage};
use crate::system::now;
use crate::{BatchError, Stop};

/// How many items are classified between two looks at the stop sign.
const CHUNK: u32 = 2000;
/// How many examples of each move are kept.
const EXAMPLES: usize = 5;

/// A pipeline that is ready to classify.
pub struct Rules {
    /// The pipeline.
    pub pipeline: Pipeline,
    /// Its rules.
    pub classifier: Classifier,
    /// What looks at records as wholes.
    pub(crate) records: RecordReader,
}

/// What applying rules does, or would do, to an archive.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Moves {
    /// How many items there are.
    pub items: u64,
    /// How many get another category on some axis.
    pub moved: u64,
    /// How many keep their categories and get other scores or reasons.
    pub rescored: u64,
    /// The moves, by axis and by where from and to; nothing stands for undecided.
    pub moves: Vec<Move>,
}

/// Some items that move the same way.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Move {
    /// The axis.
    pub axis: String,
    /// The primary category before; empty if it was undecided.
    pub from: Vec<String>,
    /// The primary category after.
    pub to: Vec<String>,
    /// How many.
    pub count: u64,
    /// The ids and masked titles of some.
    pub examples: Vec<(String, String)>,
}

impl Rules {
    /// The rules of a pipeline, by its name or its folder.
    ///
    /// # Errors
    /// `NoPipeline`, `Pipeline` or `Compile`.
    pub fn load(pipeline: &str) -> Result<Rules, BatchError> {
        let pipeline = Pipeline::load(&dossier_pipeline::locate(pipeline)?)?;
        let classifier =
            Classifier::new(&pipeline).map_err(|error| BatchError::Compile(error.to_string()))?;
        let records = RecordReader::new(&pipeline);
        Ok(Rules { pipeline, classifier, records })
    }

    /// The version of the rules: their files' and the code's that runs them.
    pub fn version(&self) -> String {
        format!("{}.{}", self.pipeline.rules_version, dossier_rules::REVISION)
    }

    /// Classifies an item; what people decided about it stands.
    pub fn classify(&self, item: &Item, decisions: &[Decision]) -> Classification {
        let year = year_of(&item.fields, &self.pipeline.manifest.summary);
        let mut found = self.classifier.by_rules(&item.text, &item.fields, year);
        amend_classification(&mut found, decisions);
        self.classifier.follow(&mut found, &item.text, &item.fields);
        found
    }

    /// The version of everything that units are made by: the pipeline's and the code's.
    pub(crate) fn derived_version(&self) -> String {
        format!("{}.{}", self.pipeline.version, crate::derive::REVISION)
    }

    pub(crate) fn now(&self) -> Classified {
        Classified { rules: self.version(), at: now() }
    }
}

/// What applying `rules` to the archive would do; nothing is changed.
///
/// # Errors
/// What the catalog says.
pub fn compare(
    root: &Path,
    rules: &Rules,
    progress: &dyn Progress,
    stop: &Stop,
) -> Result<Moves, BatchError> {
    let archive = Archive::open(root)?;
    each_change(&archive, rules, progress, stop, |_| Ok(()))
}

/// Applies `rules` to the archive; what was decided before is kept.
///
/// # Errors
/// `OtherPipeline`, `Busy`, or what the catalog or the index says.
pub fn reclassify(
    root: &Path,
    rules: &Rules,
    progress: &dyn Progress,
    stop: &Stop,
) -> Result<Moves, BatchError> {
    let archive = Archive::open(root)?;
    belongs(&archive.catalog, root, rules)?;
    let _lock = archive.lock()?;
    let moves = apply(&archive, rules, progress, stop)?;
    archive.audit(AuditEvent::Reclassify { rules: rules.version(), moved: moves.moved })?;
    progress.begin(Stage::Index, 0);
    archive.update_index()?;
    progress.end();
    Ok(moves)
}

/// Takes the last reclassification back; returns how many items moved back, or nothing if there
/// is none to take back.
///
/// # Errors
/// `Busy`, or what the catalog or the index says.
pub fn undo_reclassify(root: &Path) -> Result<Option<u64>, BatchError> {
    let archive = Archive::open(root)?;
    let _lock = archive.lock()?;
    let restored = archive.catalog.together::<_, ArchiveError>(|catalog| catalog.undo_reclassification())?;
    if let Some(moved) = restored {
        archive.audit(AuditEvent::UndoReclassify { moved })?;
        archive.update_index()?;
    }
    Ok(restored)
}

/// Applies the rules as part of a run that holds the lock.
pub(crate) fn apply(
    archive: &Archive,
    rules: &Rules,
    progress: &dyn Progress,
    stop: &Stop,
) -> Result<Moves, BatchError> {
    let catalog = &archive.catalog;
    let by = rules.now();
    let number = catalog.begin_reclassification(&by)?;
    let moves = each_change(archive, rules, progress, stop, |changed| {
        Ok(catalog.together::<_, ArchiveError>(|catalog| {
            changed.iter().try_for_each(|(row, new)| catalog.reclassify_item(number, row, new, &by))
        })?)
    })?;
    if !stop.is_asked() {
        catalog.set_rules_version(&by.rules)?;
    }
    Ok(moves)
}

/// Classifies all items and hands over those whose classification changes, chunk by chunk.
fn each_change(
    archive: &Archive,
    rules: &Rules,
    progress: &dyn Progress,
    stop: &Stop,
    mut take: impl FnMut(&[(ItemRow, Classification)]) -> Result<(), BatchError>,
) -> Result<Moves, BatchError> {
    progress.begin(Stage::Compose, archive.catalog.count_items()?);
    let labels = archive.labels()?;
    let mut tally = Tally::default();
    let mut after = String::new();
    while !stop.is_asked() {
        let rows = archive.catalog.items_after(&after, CHUNK)?;
        let Some(last) = rows.last() else { break };
        after.clone_from(&last.item.id);
        tally.items += rows.len() as u64;
        progress.advance(rows.len() as u64);
        let decisions = decisions_of(&archive.catalog, rows.iter().map(|row| row.item.identity.as_str()))?;
        let new: Vec<Classification> = rows
            .par_iter()
            .zip(&decisions)
            .map(|(row, decisions)| rules.classify(&row.item, decisions))
            .collect();
        let changed: Vec<_> =
            rows.into_iter().zip(new).filter(|(row, new)| row.item.classification != *new).collect();
        for (row, new) in &changed {
            tally.count(&row.item, new, || labels.masked_title(&row.item, Mask::Internal));
        }
        take(&changed)?;
    }
    progress.end();
    Ok(tally.finish())
}

/// The axis, and where from and to.
type Step = (String, Vec<String>, Vec<String>);

#[derive(Default)]
struct Tally {
    items: u64,
    moved: u64,
    rescored: u64,
    moves: BTreeMap<Step, (u64, Vec<(String, String)>)>,
}

impl Tally {
    fn count(&mut self, item: &Item, new: &Classification, title: impl Fn() -> String) {
        let before = primaries(&item.classification);
        let after = primaries(new);
        let axes: std::collections::BTreeSet<&str> = before.keys().chain(after.keys()).copied().collect();
        let mut moved = false;
        for axis in axes {
            let path = |primaries: &BTreeMap<&str, &[String]>| {
                primaries.get(axis).map(|p| p.to_vec()).unwrap_or_default()
            };
            let (from, to) = (path(&before), path(&after));
            if from == to {
                continue;
            }
            moved = true;
            let (count, examples) = self.moves.entry((axis.to_owned(), from, to)).or_default();
            *count += 1;
            if examples.len() < EXAMPLES {
                examples.push((item.id.clone(), title()));
            }
        }
        if moved { self.moved += 1 } else { self.rescored += 1 }
    }

    fn finish(self) -> Moves {
        let mut moves: Vec<Move> = self
            .moves
            .into_iter()
            .map(|((axis, from, to), (count, examples))| Move { axis, from, to, count, examples })
            .collect();
        moves.sort_by_key(|step| std::cmp::Reverse(step.count));
        Moves { items: self.items, moved: self.moved, rescored: self.rescored, moves }
    }
}

/// The primary category of each axis.
fn primaries(classification: &Classification) -> BTreeMap<&str, &[String]> {
    let mut primaries = BTreeMap::new();
    for category in &classification.decided {
        primaries.entry(category.axis.as_str()).or_insert(category.path.as_slice());
    }
    primaries
}
