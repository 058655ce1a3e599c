//! The account of a run in words: sums that anybody can check, and each thing that did not go in.

use std::io::Write;

use dossier_archive::row_fault;
use dossier_batch::{Report, Status};
use dossier_model::{ItemCounts, Lang};

use crate::error::CliError;
use crate::output::{Context, Style, lists};

/// Prints a run's account.
///
/// # Errors
/// `Output`.
pub fn print(report: &Report, context: Context) -> Result<(), CliError> {
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
    if let Some(left) = report.seconds_left {
        let words = context.pick("left at this pace", "照此速度，余下的还需");
        writeln!(out, "  {words}: {}", dossier_report::duration(left, context.lang))?;
    }
    if let Some(renewed) = dossier_report::renewed(report.renewed, context.lang) {
        writeln!(out, "  {renewed}")?;
    }
    troubles(&mut out, report, style, context)?;
    if report.status == Status::Complete && report.account.items.added + report.account.items.updated == 0 {
        writeln!(out, "{}", context.pick("Nothing has changed.", "没有变化。"))?;
    }
    Ok(())
}

/// The account as sums that anybody can check.
pub fn sums(report: &Report, context: Context) -> Vec<String> {
    let account = &report.account;
    let (files, pages, rows) = (&account.files, &account.pages, &account.rows);
    let word = |en, zh| context.pick(en, zh);
    let (unchanged, duplicate) = (word("unchanged", "未变"), word("duplicate", "重复"));
    let (archived, pending) = (word("archived", "入库"), word("pending", "待续"));
    let of_files = [
        (archived, files.archived),
        (unchanged, files.unchanged),
        (duplicate, files.duplicate),
        (word("quarantined", "隔离"), files.quarantined),
        (word("released", "已结"), files.released),
        (word("ignored", "忽略"), files.ignored),
        (pending, files.pending),
    ];
    let of_pages = [
        (word("text layer", "文字层"), pages.text_layer),
        (word("recognised", "识别"), pages.recognised),
        (word("transcript", "转录"), pages.transcript),
        (word("blank", "空白"), pages.blank),
        (word("illegible", "无法辨认"), pages.illegible),
        (unchanged, pages.unchanged),
        (duplicate, pages.duplicate),
        (word("failed", "失败"), pages.failed),
        (pending, pages.pending),
    ];
    let of_rows = [
        (archived, rows.archived),
        (unchanged, rows.unchanged),
        (duplicate, rows.duplicate),
        (word("rejected", "拒收"), rows.rejected),
        (word("not data", "非数据"), rows.not_data),
        (pending, rows.pending),
    ];
    vec![
        sum(context, word("files", "文件"), files.seen, &of_files),
        sum(context, word("pages", "页"), pages.seen, &of_pages),
        sum(context, word("rows", "行"), rows.seen, &of_rows),
        items(account.items, context.lang),
    ]
}

fn items(items: ItemCounts, lang: Lang) -> String {
    let ItemCounts { added, updated, unchanged } = items;
    match lang {
        Lang::En => format!("items: {added} added, {updated} updated, {unchanged} unchanged"),
        Lang::Zh => format!("件：新增 {added}，更新 {updated}，未变 {unchanged}"),
    }
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
            let why = fault(&row_fault(why));
            match context.lang {
                Lang::En => format!("{path} {sheet} row {row}: {why}"),
                Lang::Zh => format!("{path} {sheet} 第 {row} 行：{why}"),
            }
        })
        .collect();
    let notes =
        report.notes.iter().map(|(path, note)| format!("{path}: {}", note.text(context.lang))).collect();
    let listed = [
        (context.pick("Quarantined", "隔离的文件"), files),
        (context.pick("Failed pages", "失败的页"), pages),
        (context.pick("Rejected rows", "拒收的行"), rows),
        (context.pick("Noted", "提示"), notes),
    ];
    lists(out, listed, style, context)
}
