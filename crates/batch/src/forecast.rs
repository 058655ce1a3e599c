//! What a run would do: planned as a run plans, and nothing is touched.

use std::collections::HashSet;
use std::path::PathBuf;

use dossier_archive::{Catalog, InputOutcome};
use dossier_fields::RegisterReader;
use dossier_model::{Fault, Shape};

use crate::plan::{Job, Planner};
use crate::prepare::belongs;
use crate::progress::Progress;
use crate::recognition::OcrMode;
use crate::report::Report;
use crate::walk::{Seen, apart, container_of, path_text, walk};
use crate::worker::has_model;
use crate::{BatchError, Ingest, Rules, Stop};

/// A file that would be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ToRead {
    /// Where it is.
    pub path: String,
    /// Its size.
    pub bytes: u64,
}

/// What a run would do.
#[derive(Clone, Debug, Default)]
pub struct Forecast {
    /// Files in sight.
    pub seen: u64,
    /// Files that no run has taken in from their paths.
    pub new: Vec<ToRead>,
    /// Files with another content than before at the same path.
    pub changed: Vec<ToRead>,
    /// Of the new and changed ones, those that were quarantined when they were last seen.
    pub again: u64,
    /// Files that are what they were.
    pub unchanged: u64,
    /// Files whose content is known from another path, or stands elsewhere in these sources.
    pub duplicate: u64,
    /// Files that could not be taken in, as far as that shows without reading them whole.
    pub quarantined: Vec<(String, Fault)>,
    /// Files that could not be taken in, and somebody has accepted that.
    pub released: u64,
    /// Files that a rule leaves out.
    pub ignored: u64,
    /// Paths below these sources at which something was seen, and now nothing is.
    pub gone: Vec<String>,
    /// How much there is to read, as the archive's past tells.
    pub estimate: Estimate,
}

/// How much there is to read; nothing where the archive has no past to tell it from.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Estimate {
    /// Bytes of documents and registers to be read; known.
    pub bytes: u64,
    /// Pages, by the size of pages so far.
    pub pages: Option<u64>,
    /// Rows, by the size of rows so far.
    pub rows: Option<u64>,
    /// Seconds, by the speed of past runs.
    pub seconds: Option<f64>,
}

impl Forecast {
    /// How many files would be read.
    pub fn to_read(&self) -> usize {
        self.new.len() + self.changed.len()
    }
}

impl Ingest {
    /// Says what [`Ingest::run`] would do, and touches nothing.
    ///
    /// # Errors
    /// What would keep a run from starting, but for a lock that another run holds.
    pub fn forecast(&self, progress: &dyn Progress, stop: &Stop) -> Result<Forecast, BatchError> {
        let rules = Rules::load(&self.pipeline)?;
        let catalog = Catalog::look(&self.archive)?;
        belongs(&catalog, &self.archive, &rules)?;
        apart(&self.archive, &self.sources)?;
        progress.begin(crate::progress::Stage::Walk, 0);
        let files = walk(&self.sources, |_| {})?;
        let mut forecast = Forecast { seen: files.len() as u64, ..Forecast::default() };
        let here: HashSet<String> = files.iter().map(|file| file.key.clone()).collect();
        forecast.gone = gone(&catalog, &self.sources, &here)?;
        let manifest = &rules.pipeline.manifest;
        let registers = RegisterReader::new(&rules.pipeline);
        let planner = Planner {
            ignore: &manifest.ignore,
            limits: &manifest.limits,
            registers: &registers,
            catalog: &catalog,
            may_recognise: self.ocr != OcrMode::Never,
            has_models: has_model(&manifest.recognition),
            again: self.to_recognise_again(&catalog, &manifest.recognition)?,
            progress,
            stop,
            spool: None,
        };
        let planned = planner.plan(files)?;
        forecast.seen += planned.members;
        forecast.unchanged = planned.unchanged.files;
        for (file, _, outcome) in planned.settled {
            match outcome {
                InputOutcome::Unchanged | InputOutcome::Archived => forecast.unchanged += 1,
                InputOutcome::Duplicate => forecast.duplicate += 1,
                InputOutcome::Released(_) => forecast.released += 1,
                InputOutcome::Ignored(_) => forecast.ignored += 1,
                InputOutcome::Quarantined(fault) => forecast.quarantined.push((file.key, fault)),
            }
        }
        forecast.duplicate += planned.copies.len() as u64;
        forecast.sort_jobs(&planned.jobs, &catalog)?;
        forecast.sort_packed(planned.packed, &catalog)?;
        forecast.estimate = estimate(&planned.jobs, &catalog)?;
        progress.end();
        Ok(forecast)
    }
}

impl Forecast {
    fn sort_jobs(&mut self, jobs: &[Job], catalog: &Catalog) -> Result<(), BatchError> {
        let before: HashSet<String> = catalog.quarantine()?.into_iter().map(|entry| entry.path).collect();
        for job in jobs {
            let to_read = ToRead { path: job.seen.key.clone(), bytes: job.stat.0 };
            self.again += u64::from(before.contains(&to_read.path));
            self.sort(to_read, catalog)?;
        }
        Ok(())
    }

    /// Files within files count as files to be read, whatever they turn out to be.
    fn sort_packed(&mut self, packed: Vec<Seen>, catalog: &Catalog) -> Result<(), BatchError> {
        packed.into_iter().try_for_each(|member| {
            let bytes = member.stat.map_or(0, |(bytes, _)| bytes);
            self.sort(ToRead { path: member.key, bytes }, catalog)
        })
    }

    fn sort(&mut self, to_read: ToRead, catalog: &Catalog) -> Result<(), BatchError> {
        match catalog.path(&to_read.path)? {
            Some(_) => self.changed.push(to_read),
            None => self.new.push(to_read),
        }
        Ok(())
    }
}

fn gone(catalog: &Catalog, sources: &[PathBuf], here: &HashSet<String>) -> Result<Vec<String>, BatchError> {
    let mut gone = Vec::new();
    // What stood within a file goes with it.
    let is_here = |path: &str| here.contains(path) || here.contains(container_of(path));
    for source in sources {
        let root = std::path::absolute(source)
            .map_err(|error| BatchError::NoSource { path: source.clone(), error })?;
        gone.extend(catalog.paths_below(&path_text(&root))?.into_iter().filter(|path| !is_here(path)));
    }
    gone.sort();
    gone.dedup();
    Ok(gone)
}

/// By the past: how many pages and rows a byte makes, and how long each takes.
fn estimate(jobs: &[Job], catalog: &Catalog) -> Result<Estimate, BatchError> {
    let sizes = |documents: bool| {
        let of_kind = jobs.iter().filter(|job| (job.kind.shape() == Shape::Pages) == documents);
        of_kind.map(|job| job.stat.0).sum::<u64>()
    };
    let (documents, registers) = (sizes(true), sizes(false));
    let mut held = [(0, 0); 2];
    for holding in catalog.holdings()? {
        let (bytes, units) = &mut held[usize::from(holding.shape() != Some(Shape::Pages))];
        *bytes += holding.bytes;
        *units += holding.units;
    }
    let units = |size: u64, (bytes, units): (u64, u64)| {
        let known = size == 0 || bytes > 0;
        known.then(|| (size as f64 * units as f64 / bytes.max(1) as f64).ceil() as u64)
    };
    let (pages, rows) = (units(documents, held[0]), units(registers, held[1]));
    let speed = Speed::of(catalog)?;
    let seconds = match (pages, rows) {
        (Some(pages), Some(rows)) => speed.seconds(pages, rows),
        _ => None,
    };
    Ok(Estimate { bytes: documents + registers, pages, rows, seconds })
}

/// How long pages and rows took in past runs, in seconds.
struct Speed {
    page: Option<f64>,
    row: Option<f64>,
}

impl Speed {
    /// A page is so much slower than a row that rows count only in runs without pages.
    fn of(catalog: &Catalog) -> Result<Speed, BatchError> {
        let (mut with_pages, mut rows_only) = ((0.0, 0), (0.0, 0));
        for run in catalog.runs()? {
            // A report that cannot be read tells nothing; `verify` names it.
            let Ok(Some(report)) = Report::of_record(&run.report) else { continue };
            let pages = report.account.pages.recognised + report.account.pages.text_layer;
            let rows = report.account.rows.archived;
            let (sum, count) = if pages > 0 { (&mut with_pages, pages) } else { (&mut rows_only, rows) };
            if count > 0 {
                sum.0 += report.seconds;
                sum.1 += count;
            }
        }
        let each = |(seconds, count): (f64, u64)| (count > 0).then(|| seconds / count as f64);
        Ok(Speed { page: each(with_pages), row: each(rows_only) })
    }

    fn seconds(&self, pages: u64, rows: u64) -> Option<f64> {
        let of_pages = if pages == 0 { Some(0.0) } else { self.page.map(|each| each * pages as f64) };
        let of_rows = if rows == 0 { Some(0.0) } else { self.row.map(|each| each * rows as f64) };
        match (of_pages, of_rows) {
            // Beside pages, rows take next to nothing.
            (Some(seconds), None) if pages > 0 => Some(seconds),
            (Some(pages), Some(rows)) => Some(pages + rows),
            _ => None,
        }
    }
}
