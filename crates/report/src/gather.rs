//! Gathering what the report says, from the run on record and from the catalog.

use std::collections::{BTreeMap, BTreeSet};

use dossier_archive::{Archive, ItemRow, Labels, RunRecord, Summary, row_fault};
use dossier_batch::{Report, SlowFile};
use dossier_model::{Lang, Locator, Mask, PageState, Sensitive, Sha256};

use crate::ReportError;
use crate::morning::{
    Intake, LonePage, Morning, NotedFile, PageTrouble, ReleasedFile, RowTrouble, Share, Trouble,
    UnpairedLetter, UnsurePage,
};
use crate::region::{county, fullest};
use crate::words::retry_command;

/// How many former runs a run is held against.
const FORMER: u32 = 8;
/// A page whose words are less sure than this on the average is one to look at.
const SURE: f32 = 0.8;
/// Reports are for officers.
const MASK: Mask = Mask::Internal;
/// Stands for what a place has below its county.
const BEYOND: char = '…';

/// The report of a run; of the last one that left a report, if none is named. Reasons and hints
/// are in `lang`.
///
/// # Errors
/// `NoRun`, `NoReport`, `Unreadable`, or what the archive says.
pub fn gather(archive: &Archive, run: Option<i64>, lang: Lang) -> Result<Morning, ReportError> {
    let (record, report) = on_record(archive, run)?;
    let catalog = &archive.catalog;
    let labels = archive.labels()?;
    let came = Came::of(archive, record.generation)?;
    let (illegible_pages, unsure_pages) = pages_to_look_at(archive, record.id)?;
    Ok(Morning {
        run: record.id,
        status: report.status.name(),
        started: record.started,
        finished: record.finished.unwrap_or(record.started),
        seconds: report.seconds,
        seconds_left: report.seconds_left,
        archive: std::path::absolute(archive.root())
            .unwrap_or_else(|_| archive.root().to_owned())
            .display()
            .to_string(),
        items: catalog.count_items()?,
        renewed: report.renewed,
        account: report.account,
        unsettled: report.account.check().iter().map(ToString::to_string).collect(),
        categories: came.categories(),
        regions: came.regions(&labels),
        intake: came.intake,
        quarantined: quarantined(archive, &report, lang),
        released: released(&report, lang),
        slow_files: slow_files(archive, &report)?,
        failed_pages: failed_pages(archive, &report, lang)?,
        rejected_rows: rejected_rows(&report, lang),
        notes: notes(archive, &report, lang)?,
        illegible_pages,
        unsure_pages,
        unpaired_letters: unpaired_letters(archive, record.generation)?,
    })
}

/// The run, and what it left.
fn on_record(archive: &Archive, run: Option<i64>) -> Result<(RunRecord, Report), ReportError> {
    let record = match run {
        Some(run) => archive.catalog.run(run)?,
        None => archive
            .catalog
            .runs()?
            .into_iter()
            .find(|record| !record.report.is_empty())
            .ok_or(ReportError::NoRun)?,
    };
    let report = Report::of_record(&record.report)
        .map_err(|error| ReportError::Unreadable(record.id, error.to_string()))?
        .ok_or(ReportError::NoReport(record.id))?;
    Ok((record, report))
}

/// The items that came with this run and those before it.
struct Came {
    intake: Vec<Intake>,
    /// The items, with the generation each came with.
    items: Vec<(ItemRow, i64)>,
    summary: Summary,
    generation: i64,
}

impl Came {
    fn of(archive: &Archive, generation: i64) -> Result<Came, ReportError> {
        let catalog = &archive.catalog;
        let mut intake: Vec<Intake> = catalog
            .generations(generation, FORMER + 1)?
            .into_iter()
            .rev()
            .map(|(run, started)| Intake { run, started, items: 0 })
            .collect();
        let from = intake.first().map_or(generation, |first| first.run);
        let mut items = Vec::new();
        for (id, came) in catalog.items_that_came(from, generation)? {
            if let Some(run) = intake.iter_mut().find(|run| run.run == came) {
                run.items += 1;
            }
            items.push((catalog.item(&id)?, came));
        }
        Ok(Came { intake, items, summary: catalog.summary()?, generation })
    }

    /// How many items have each value: the most frequent first, and last those without any.
    fn shares(&self, values: impl Iterator<Item = Option<String>>) -> Vec<Share> {
        let former = (self.intake.len() - 1).max(1) as f64;
        let mut counts: BTreeMap<Option<String>, (u64, u64)> = BTreeMap::new();
        for ((_, came), value) in self.items.iter().zip(values) {
            let (now, before) = counts.entry(value).or_default();
            *if *came == self.generation { now } else { before } += 1;
        }
        let mut shares: Vec<Share> = counts
            .into_iter()
            .map(|(name, (now, before))| Share { name, now, before: before as f64 / former })
            .collect();
        shares.sort_by(|a, b| {
            let key = |share: &Share| (share.name.is_none(), std::cmp::Reverse(share.now));
            key(a).cmp(&key(b)).then(b.before.total_cmp(&a.before))
        });
        shares
    }

    fn categories(&self) -> Vec<Share> {
        self.shares(self.items.iter().map(|(row, _)| category(row, &self.summary)))
    }

    fn regions(&self, labels: &Labels) -> Vec<Share> {
        let places: Vec<Option<String>> =
            self.items.iter().map(|(row, _)| region(row, &self.summary, labels)).collect();
        let known: BTreeSet<String> = places.iter().flatten().cloned().collect();
        self.shares(places.into_iter().map(|place| place.map(|place| fullest(place, &known))))
    }
}

/// The first level of what an item is about.
fn category(row: &ItemRow, summary: &Summary) -> Option<String> {
    let decided = &row.item.classification.decided;
    decided.iter().find(|category| category.axis == summary.axis)?.path.first().cloned()
}

/// Where an item is about, as far as officers may see it: down to the county.
fn region(row: &ItemRow, summary: &Summary, labels: &Labels) -> Option<String> {
    summary.region.iter().find_map(|name| {
        // A mask hides a value that it would leave whole; with one character more than the county
        // the county stays.
        let longer = format!("{}{BEYOND}", row.item.best(name)?.value.reveal());
        let masked = Sensitive::new(longer).masked(labels.kind(name), MASK);
        county(masked.split(['*', BEYOND]).next().unwrap_or_default())
    })
}

fn quarantined(archive: &Archive, report: &Report, lang: Lang) -> Vec<Trouble> {
    let trouble = |(path, fault): &(String, dossier_model::Fault)| Trouble {
        path: path.clone(),
        kind: fault.kind,
        reason: fault.reason(lang),
        hint: fault.hint(lang).to_owned(),
        retry: retry_command(path, archive.root()),
    };
    report.quarantined.iter().map(trouble).collect()
}

fn released(report: &Report, lang: Lang) -> Vec<ReleasedFile> {
    let released = report.released.iter();
    released.map(|(path, fault)| ReleasedFile { path: path.clone(), reason: fault.reason(lang) }).collect()
}

fn notes(archive: &Archive, report: &Report, lang: Lang) -> Result<Vec<NotedFile>, ReportError> {
    let noted = report
        .notes
        .iter()
        .map(|(path, note)| Ok(NotedFile { path: name_of(archive, path)?, note: note.text(lang) }));
    noted.collect()
}

/// A file's path as a report says it.
fn name_of(archive: &Archive, path: &str) -> Result<String, ReportError> {
    match archive.catalog.path(path)? {
        Some(seen) => masked_name(archive, seen.sha256, path),
        None => Ok(path.to_owned()),
    }
}

fn slow_files(archive: &Archive, report: &Report) -> Result<Vec<SlowFile>, ReportError> {
    let named = report
        .slow_files
        .iter()
        .map(|slow| Ok(SlowFile { path: name_of(archive, &slow.path)?, ..slow.clone() }));
    named.collect()
}

fn failed_pages(archive: &Archive, report: &Report, lang: Lang) -> Result<Vec<PageTrouble>, ReportError> {
    let mut failed = Vec::new();
    for (path, failure) in &report.failed_pages {
        failed.push(PageTrouble {
            path: name_of(archive, path)?,
            page: failure.page,
            reason: failure.fault.reason(lang),
            hint: failure.fault.hint(lang).to_owned(),
        });
    }
    Ok(failed)
}

/// A file's name as a report says it.
fn masked_name(archive: &Archive, sha256: Sha256, name: &str) -> Result<String, ReportError> {
    Ok(archive.masked_name(sha256, name, &archive.labels()?, MASK)?)
}

fn rejected_rows(report: &Report, lang: Lang) -> Vec<RowTrouble> {
    let rejected = report.rejected_rows.iter().map(|(path, sheet, row, why)| {
        let fault = row_fault(why);
        RowTrouble {
            path: path.clone(),
            sheet: sheet.clone(),
            row: *row,
            reason: fault.reason(lang),
            hint: fault.hint(lang).to_owned(),
        }
    });
    rejected.collect()
}

/// The pages of a run that a person should look at: illegible ones, and unsure ones, the least
/// sure first.
fn pages_to_look_at(archive: &Archive, run: i64) -> Result<(Vec<LonePage>, Vec<UnsurePage>), ReportError> {
    let (mut illegible, mut unsure) = (Vec::new(), Vec::new());
    for (sha256, file, pages) in archive.catalog.documents_of(run)? {
        for number in 1..=u32::try_from(pages).unwrap_or(u32::MAX) {
            let Some(page) = archive.catalog.page(sha256, number)? else { continue };
            if page.state == PageState::Illegible {
                illegible.push(LonePage { file: masked_name(archive, sha256, &file)?, page: number });
            }
            if page.state != PageState::Recognised || page.words.is_empty() {
                continue;
            }
            let sum: f32 = page.words.iter().map(|word| word.confidence).sum();
            let confidence = sum / page.words.len() as f32;
            if confidence < SURE {
                let file = masked_name(archive, sha256, &file)?;
                unsure.push(UnsurePage { file, page: number, confidence });
            }
        }
    }
    unsure.sort_by(|a, b| a.confidence.total_cmp(&b.confidence));
    Ok((illegible, unsure))
}

fn unpaired_letters(archive: &Archive, generation: i64) -> Result<Vec<UnpairedLetter>, ReportError> {
    let labels = archive.labels()?;
    let mut letters = Vec::new();
    for letter in archive.catalog.lone_letters(generation)? {
        let item = archive.catalog.item(&dossier_archive::item_id(&letter.identity))?.item;
        let source = archive.catalog.source(letter.at.source)?;
        let file = source.map(|source| source.name).unwrap_or_default();
        letters.push(UnpairedLetter {
            title: labels.masked_title(&item, MASK),
            id: item.id,
            file: masked_name(archive, letter.at.source, &file)?,
            page: match letter.at.locator {
                Locator::Page(page) => page,
                Locator::Row { row, .. } => row,
            },
        });
    }
    Ok(letters)
}
