//! `dossier status`: how the archive stands, on one screen.

use std::io::Write;

use dossier_archive::{Archive, Holding, Quarantined, RunRecord, Unread};
use dossier_model::{Lang, Shape};
use dossier_report::when;
use indicatif::HumanBytes;
use serde_json::json;

use super::missing;
use super::quarantine::of_it;
use super::runs::{report_of, state_of, state_words};
use crate::args::{ArchiveArg, StatusArgs};
use crate::error::{CliError, Exit};
use crate::output::{self, Context, Style};

/// How many quarantined files are named.
const LISTED: usize = 5;

/// What there is to say.
struct Standing {
    items: u64,
    holdings: Vec<Holding>,
    last: Option<(RunRecord, String)>,
    quarantine: Vec<Quarantined>,
    /// What could not be read of files that were taken in.
    unread: Vec<Unread>,
    /// Items to be made, and files of a cut-off run without outcome.
    dirty: u64,
    waiting: u64,
    busy: bool,
}

pub fn run(args: &StatusArgs, context: Context) -> Result<Exit, CliError> {
    let StatusArgs { archive: ArchiveArg { archive: root, json }, orphans, gaps, declared, scans, review } =
        args;
    let archive = Archive::open(root)?;
    if let Some(list) = declared {
        return super::declared::run(&archive, list, *json, context);
    }
    let wanted = if *orphans {
        missing::orphans
    } else if *gaps {
        missing::numbers
    } else if *scans {
        missing::good_scans
    } else if *review {
        missing::divisions
    } else {
        return standing(&archive, root, *json, context);
    };
    wanted(&archive, *json, context)?;
    Ok(Exit::Complete)
}

fn standing(
    archive: &Archive,
    root: &std::path::Path,
    json: bool,
    context: Context,
) -> Result<Exit, CliError> {
    let standing = look(archive)?;
    let sums =
        standing.unread.iter().fold((0, 0), |(pages, rows), file| (pages + file.pages, rows + file.rows));
    if json {
        let last = standing.last.as_ref().map(|(record, state)| {
            json!({ "run": record.id, "status": state, "started": record.started, "finished": record.finished })
        });
        output::json(&json!({
            "items": standing.items,
            "sources": standing.holdings,
            "last_run": last,
            "quarantined": standing.quarantine.len(),
            "unread": { "files": standing.unread.len(), "pages": sums.0, "rows": sums.1 },
            "dirty": standing.dirty,
            "waiting": standing.waiting,
            "busy": standing.busy,
        }))?;
    } else {
        print(&standing, root, context)?;
    }
    Ok(Exit::Complete)
}

fn look(archive: &Archive) -> Result<Standing, CliError> {
    let catalog = &archive.catalog;
    let last = catalog.runs()?.into_iter().next();
    let unfinished = last.as_ref().filter(|run| matches!(run.status.as_str(), "running" | "interrupted"));
    let waiting = unfinished.map(|run| catalog.count_unsettled(run.id)).transpose()?.unwrap_or(0);
    Ok(Standing {
        items: catalog.count_items()?,
        holdings: catalog.holdings()?,
        last: last.map(|record| {
            let state = state_of(&record, archive, true);
            (record, state)
        }),
        quarantine: catalog.quarantine()?,
        unread: catalog.unread()?,
        dirty: catalog.count_dirty()?,
        waiting,
        busy: archive.lock().is_err(),
    })
}

fn print(standing: &Standing, root: &std::path::Path, context: Context) -> Result<(), CliError> {
    let mut out = std::io::stdout().lock();
    let word = |en, zh| context.pick(en, zh);
    let style = Style::of_stdout();
    let items = standing.items;
    let headline = match context.lang {
        Lang::En => format!("{}: {items} letters", root.display()),
        Lang::Zh => format!("{}：{items} 件", root.display()),
    };
    writeln!(out, "{}", style.bold(&headline))?;
    for holding in &standing.holdings {
        let Holding { kind, files, bytes, units } = holding;
        let unit = match holding.shape() {
            Some(Shape::Pages) => word("pages", "页"),
            Some(Shape::Files) => word("files in it", "个内含文件"),
            Some(Shape::Rows) | None => word("rows", "行"),
        };
        writeln!(
            out,
            "  {kind:<5} {files} {}, {units} {unit}, {}",
            word("files", "个文件"),
            HumanBytes(*bytes)
        )?;
    }
    match &standing.last {
        None => writeln!(out, "{}", word("no run yet", "还没有运行"))?,
        Some((record, state)) => {
            let state = state_words(state, context);
            let began = when(record.started);
            let line = match context.lang {
                Lang::En => format!("last run: {}, {began}, {state}", record.id),
                Lang::Zh => format!("上次运行：第 {} 次，{began}，{state}", record.id),
            };
            writeln!(out, "{line}")?;
            if let Some(report) = report_of(record)? {
                for line in super::account::sums(&report, context) {
                    writeln!(out, "  {line}")?;
                }
            }
        }
    }
    writeln!(out, "{}: {}", word("quarantined now", "当前隔离"), standing.quarantine.len())?;
    for entry in standing.quarantine.iter().take(LISTED) {
        writeln!(out, "  {}: {}", entry.path, entry.fault.reason(context.lang))?;
    }
    for unread in standing.unread.iter().take(LISTED) {
        writeln!(out, "  {}: {}", unread.path, of_it((unread.pages, unread.rows), context))?;
    }
    if standing.quarantine.len().max(standing.unread.len()) > LISTED {
        writeln!(out, "  … {}", word("all: dossier quarantine list", "全部：dossier quarantine list"))?;
    }
    waiting(&mut out, standing, context)
}

fn waiting(out: &mut impl Write, standing: &Standing, context: Context) -> Result<(), CliError> {
    let (dirty, files) = (standing.dirty, standing.waiting);
    let line = match (dirty + files, context.lang) {
        (0, Lang::En) => "waiting: nothing".to_owned(),
        (0, Lang::Zh) => "待办：无".to_owned(),
        (_, Lang::En) => {
            format!("waiting: {files} files to read, {dirty} letters to make; ingest again to go on")
        }
        (_, Lang::Zh) => format!("待办：待读文件 {files} 个，待生成 {dirty} 件；再次导入即可继续"),
    };
    writeln!(out, "{line}")?;
    if standing.busy {
        writeln!(out, "{}", context.pick("a run is going on", "有运行正在进行"))?;
    }
    Ok(())
}
