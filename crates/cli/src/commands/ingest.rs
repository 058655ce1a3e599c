//! `dossier ingest`: a run with its progress, and its account at the end.

use std::io::Write;

use dossier_batch::{Ingest, Report, Status, Stop};
use dossier_model::Lang;

use crate::args::IngestArgs;
use crate::error::{CliError, Exit};
use crate::output::{self, Context, Style};
use crate::progress::for_people;

/// How many of each kind of trouble are listed; the catalog and `--json` have all.
const LISTED: usize = 20;

pub fn run(args: &IngestArgs, context: Context) -> Result<Exit, CliError> {
    let stop = Stop::default();
    stop.on_signals()?;
    let ingest = Ingest {
        pipeline: args.pipeline.clone(),
        sources: args.sources.clone(),
        archive: args.archive.archive.clone(),
        originals: args.originals.into(),
        workers: args.workers,
        program: std::env::current_exe()?,
    };
    let progress = for_people(context);
    let report = ingest.run(progress.as_ref(), &stop)?;
    if args.archive.json {
        output::json(&report.json(context.lang))?;
    } else {
        print(&report, context)?;
    }
    Ok(report.status.into())
}

fn print(report: &Report, context: Context) -> Result<(), CliError> {
    let mut out = std::io::stdout().lock();
    let style = Style::of_stdout();
    let status = match report.status {
        Status::Complete => context.pick("complete", "完成"),
        Status::Partial => context.pick("done, but see below", "完成，但有问题，见下"),
        Status::Failed => context.pick("failed", "失败"),
        Status::Interrupted => context.pick("interrupted; run it again to go on", "已中断，再次运行即可继续"),
    };
    let run = context.pick("Run", "第");
    let times = context.pick("", " 次导入");
    writeln!(out, "{}", style.bold(&format!("{run} {}{times}: {status}", report.run)))?;
    for line in sums(report, context) {
        writeln!(out, "  {line}")?;
    }
    let memory = report.peak_memory as f64 / f64::from(1 << 20);
    let (took, peak) = (context.pick("took", "用时"), context.pick("peak memory", "内存峰值"));
    writeln!(out, "  {took} {:.1} s, {peak} {memory:.0} MiB", report.seconds)?;
    troubles(&mut out, report, style, context)?;
    if report.status == Status::Complete && report.account.items.added + report.account.items.updated == 0 {
        writeln!(out, "{}", context.pick("Nothing has changed.", "没有变化。"))?;
    }
    Ok(())
}

/// The account as sums that anybody can check.
fn sums(report: &Report, context: Context) -> Vec<String> {
    let account = &report.account;
    let (files, pages, rows, items) = (&account.files, &account.pages, &account.rows, &account.items);
    let (unchanged, duplicate) = (context.pick("unchanged", "未变"), context.pick("duplicate", "重复"));
    let (archived, pending) = (context.pick("archived", "入库"), context.pick("pending", "待续"));
    vec![
        sum(
            context,
            context.pick("files", "文件"),
            files.seen,
            &[
                (archived, files.archived),
                (unchanged, files.unchanged),
                (duplicate, files.duplicate),
                (context.pick("quarantined", "隔离"), files.quarantined),
                (context.pick("ignored", "忽略"), files.ignored),
                (pending, files.pending),
            ],
        ),
        sum(
            context,
            context.pick("pages", "页"),
            pages.seen,
            &[
                (context.pick("text layer", "文字层"), pages.text_layer),
                (context.pick("recognised", "识别"), pages.recognised),
                (context.pick("transcript", "转录"), pages.transcript),
                (context.pick("blank", "空白"), pages.blank),
                (context.pick("illegible", "无法辨认"), pages.illegible),
                (unchanged, pages.unchanged),
                (duplicate, pages.duplicate),
                (context.pick("failed", "失败"), pages.failed),
                (pending, pages.pending),
            ],
        ),
        sum(
            context,
            context.pick("rows", "行"),
            rows.seen,
            &[
                (archived, rows.archived),
                (unchanged, rows.unchanged),
                (duplicate, rows.duplicate),
                (context.pick("rejected", "拒收"), rows.rejected),
                (context.pick("not data", "非数据"), rows.not_data),
                (pending, rows.pending),
            ],
        ),
        match context.lang {
            Lang::En => format!(
                "items: {} added, {} updated, {} unchanged",
                items.added, items.updated, items.unchanged
            ),
            Lang::Zh => format!("件：新增 {}，更新 {}，未变 {}", items.added, items.updated, items.unchanged),
        },
    ]
}

/// `rows: 12 seen = 10 archived + 2 not data`; what is zero is left out.
fn sum(context: Context, what: &str, seen: u64, parts: &[(&str, u64)]) -> String {
    let parts: Vec<String> = parts
        .iter()
        .filter(|(_, count)| *count > 0)
        .map(|(name, count)| match context.lang {
            Lang::En => format!("{count} {name}"),
            Lang::Zh => format!("{name} {count}"),
        })
        .collect();
    let right = if parts.is_empty() { "0".to_owned() } else { parts.join(" + ") };
    match context.lang {
        Lang::En => format!("{what}: {seen} seen = {right}"),
        Lang::Zh => format!("{what}：见到 {seen} = {right}"),
    }
}

fn troubles(out: &mut impl Write, report: &Report, style: Style, context: Context) -> Result<(), CliError> {
    let fault = |fault: &dossier_model::Fault| {
        format!("{} — {}", fault.reason(context.lang), fault.hint(context.lang))
    };
    let files: Vec<String> =
        report.quarantined.iter().map(|(path, why)| format!("{path}: {}", fault(why))).collect();
    let pages: Vec<String> = report
        .failed_pages
        .iter()
        .map(|(path, failure)| match context.lang {
            Lang::En => format!("{path} p. {}: {}", failure.page, fault(&failure.fault)),
            Lang::Zh => format!("{path} 第 {} 页：{}", failure.page, fault(&failure.fault)),
        })
        .collect();
    let rows: Vec<String> = report
        .rejected_rows
        .iter()
        .map(|(path, sheet, row, why)| {
            let why = fault(&Report::row_fault(why));
            match context.lang {
                Lang::En => format!("{path} {sheet} row {row}: {why}"),
                Lang::Zh => format!("{path} {sheet} 第 {row} 行：{why}"),
            }
        })
        .collect();
    for (heading, list) in [
        (context.pick("Quarantined", "隔离的文件"), files),
        (context.pick("Failed pages", "失败的页"), pages),
        (context.pick("Rejected rows", "拒收的行"), rows),
    ] {
        if list.is_empty() {
            continue;
        }
        writeln!(out, "{}", style.bold(heading))?;
        for line in list.iter().take(LISTED) {
            writeln!(out, "  {line}")?;
        }
        if list.len() > LISTED {
            writeln!(
                out,
                "  … {} {}",
                list.len() - LISTED,
                context.pick("more, see --json", "条未列，见 --json")
            )?;
        }
    }
    Ok(())
}
