//! The report as a page that stands alone: style and charts are in it, and it asks for nothing
//! from anywhere.

use dossier_model::{Account, Lang};
use maud::{DOCTYPE, Markup, PreEscaped, html as page};

use crate::ReportError;
use crate::chart::{bars, columns, thousands};
use crate::morning::{Morning, Share};
use crate::style::CSS;
use crate::subject::status_words;
use crate::words::{clock, day, duration, when};

/// How many rows a table has at most; the JSON has all.
const ROWS: usize = 200;
/// How many values a chart shows; the rest is one bar.
const SHOWN: usize = 10;

/// The page.
///
/// # Errors
/// `Chart`.
pub fn html(morning: &Morning, lang: Lang) -> Result<String, ReportError> {
    let sheet = Sheet { morning, lang };
    let body = page! {
        (sheet.header())
        (sheet.figures())
        (sheet.alarm())
        (sheet.what_came()?)
        (sheet.account())
        (sheet.quarantined())
        (sheet.failed_pages())
        (sheet.rejected_rows())
        (sheet.pages_to_look_at())
        (sheet.unpaired())
        (sheet.footer())
    };
    let document = page! {
        (DOCTYPE)
        html lang=(lang.pick("en", "zh-CN")) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'";
                title { (sheet.title()) }
                style { (PreEscaped(CSS)) }
            }
            body { main { (body) } }
        }
    };
    Ok(document.into_string())
}

/// What came into sight, how many of it, and what became of them.
type Sum<'a> = (&'a str, u64, Vec<(&'a str, u64)>);

/// A report being written in a language.
struct Sheet<'a> {
    morning: &'a Morning,
    lang: Lang,
}

impl Sheet<'_> {
    fn say<'b>(&self, en: &'b str, zh: &'b str) -> &'b str {
        self.lang.pick(en, zh)
    }

    fn title(&self) -> String {
        format!("{} · {}", self.say("Dossier morning report", "卷宗晨报"), day(self.morning.finished))
    }

    fn header(&self) -> Markup {
        let morning = self.morning;
        let status = status_words(morning.status, self.lang);
        let (started, ended) = (when(morning.started), clock(morning.finished));
        let took = duration(morning.seconds, self.lang);
        page! {
            header {
                div.seal aria-hidden="true" { "卷" br; "宗" }
                div {
                    h1 { (self.title()) }
                    div.under {
                        (self.say("Run ", "第 ")) (morning.run) (self.say("", " 次运行")) " · "
                        @if morning.status == "complete" { (status) } @else { strong { (status) } }
                        " · " (started) "–" (ended) (self.say(", ", "，")) (took)
                    }
                }
            }
        }
    }

    fn figures(&self) -> Markup {
        let (account, look) = (&self.morning.account, self.morning.to_look_at() as u64);
        let new = account.items.added;
        let read = account.pages.text_layer + account.pages.recognised + account.pages.transcript;
        let figures = [
            (new, self.say("new letters", "新增（件）")),
            (account.items.updated, self.say("updated", "更新（件）")),
            (read, self.say("pages read", "读出（页）")),
            (account.rows.archived, self.say("rows archived", "登记（行）")),
        ];
        page! {
            div.figures {
                @for (number, name) in figures { div { b { (thousands(number)) } span { (name) } } }
                div.look[look > 0] { b { (thousands(look)) } span { (self.say("to look at", "需要处理")) } }
            }
        }
    }

    /// What would make the whole report worthless.
    fn alarm(&self) -> Markup {
        let morning = self.morning;
        page! {
            @if !morning.unsettled.is_empty() {
                div.alarm {
                    (self.say("The account does not add up: ", "账目不平："))
                    (morning.unsettled.join("; "))
                }
            } @else if morning.status == "interrupted" {
                div.alarm { (self.say(
                    "The run was interrupted; what is pending goes in with the next one.",
                    "运行被中断，待续部分由下一次运行完成。",
                )) }
            }
        }
    }

    fn what_came(&self) -> Result<Markup, ReportError> {
        let morning = self.morning;
        let former = morning.intake.len().saturating_sub(1);
        let all_before: u64 = morning.intake.iter().take(former).map(|run| run.items).sum();
        let now = morning.intake.last().map_or(0, |run| run.items);
        if now == 0 && all_before == 0 {
            return Ok(page! {
                h2 { (self.say("What came in", "收到的信件")) }
                p.well { (self.say("Nothing new.", "没有新件。")) }
            });
        }
        let key = page! {
            p.key {
                i {} (self.say("this run", "本次"))
                @if former > 0 {
                    i.former {}
                    @match self.lang {
                        Lang::En => { "mean of the " (former) " before" }
                        Lang::Zh => { "前 " (former) " 次平均" }
                    }
                }
            }
        };
        let chart = |heading: &str, shares: &[Share], none: &str| -> Result<Markup, ReportError> {
            let svg = bars(&self.named(shares, none))?;
            Ok(page! { section { h2 { (heading) } (PreEscaped(svg)) (key) } })
        };
        Ok(page! {
            div.two {
                (chart(self.say("By category", "按内容"), &morning.categories, self.say("undecided", "未定"))?)
                (chart(self.say("By region", "按地区"), &morning.regions, self.say("not stated", "未载明"))?)
            }
            @if former > 0 {
                h2 { (self.say("New letters, run by run", "历次新增件数")) }
                (PreEscaped(columns(&morning.intake)?))
            }
        })
    }

    /// The shares with their names: the first few, what is beyond them as one, and what has none.
    fn named(&self, shares: &[Share], none: &str) -> Vec<(String, Share)> {
        let (stated, unstated): (Vec<&Share>, Vec<&Share>) =
            shares.iter().partition(|share| share.name.is_some());
        let (first, rest) = stated.split_at(stated.len().min(SHOWN));
        let line = |share: &&Share| (share.name.clone().unwrap_or_else(|| none.to_owned()), (*share).clone());
        let others = (!rest.is_empty()).then(|| {
            let now = rest.iter().map(|share| share.now).sum();
            let before = rest.iter().map(|share| share.before).sum();
            (self.say("others", "其他").to_owned(), Share { name: None, now, before })
        });
        first.iter().map(line).chain(others).chain(unstated.iter().map(line)).collect()
    }

    fn account(&self) -> Markup {
        let Account { files, pages, rows, .. } = &self.morning.account;
        let say = |en, zh| self.say(en, zh);
        let (unchanged, duplicate) = (say("unchanged", "未变"), say("duplicate", "重复"));
        let (archived, pending) = (say("archived", "入库"), say("pending", "待续"));
        let sums: [Sum<'_>; 3] = [
            (
                say("Files", "文件"),
                files.seen,
                vec![
                    (archived, files.archived),
                    (unchanged, files.unchanged),
                    (duplicate, files.duplicate),
                    (say("quarantined", "隔离"), files.quarantined),
                    (say("ignored", "忽略"), files.ignored),
                    (pending, files.pending),
                ],
            ),
            (
                say("Pages", "页"),
                pages.seen,
                vec![
                    (say("text layer", "文字层"), pages.text_layer),
                    (say("recognised", "识别"), pages.recognised),
                    (say("transcript", "转录"), pages.transcript),
                    (say("blank", "空白"), pages.blank),
                    (say("illegible", "无法辨认"), pages.illegible),
                    (unchanged, pages.unchanged),
                    (duplicate, pages.duplicate),
                    (say("failed", "失败"), pages.failed),
                    (pending, pages.pending),
                ],
            ),
            (
                say("Rows", "行"),
                rows.seen,
                vec![
                    (archived, rows.archived),
                    (unchanged, rows.unchanged),
                    (duplicate, rows.duplicate),
                    (say("rejected", "拒收"), rows.rejected),
                    (say("not data", "非数据"), rows.not_data),
                    (pending, rows.pending),
                ],
            ),
        ];
        page! {
            h2 { (say("The account", "账目")) span.note { (say("seen = the sum of what became of it", "见到 = 各种去向之和")) } }
            table.sum {
                @for (name, seen, parts) in sums {
                    tr {
                        td { (name) }
                        td.number { (thousands(seen)) }
                        td.eq { "=" }
                        td {
                            @for (name, count) in parts.iter().filter(|(_, count)| *count > 0) {
                                em { (name) " " b { (thousands(*count)) } }
                            }
                            @if seen == 0 { span.zero { "0" } }
                        }
                    }
                }
            }
        }
    }

    fn heading(&self, name: &str, count: usize, note: &str) -> Markup {
        page! { h2 { (name) span.count { (count) } @if !note.is_empty() { span.note { (note) } } } }
    }

    fn more(&self, count: usize) -> Markup {
        page! {
            @if count > ROWS {
                p.well { "… " (count - ROWS) (self.say(" more, see --json", " 条未列，见 --json")) }
            }
        }
    }

    fn quarantined(&self) -> Markup {
        let list = &self.morning.quarantined;
        page! {
            (self.heading(self.say("Quarantined files", "隔离的文件"), list.len(), ""))
            @if list.is_empty() {
                p.well { (self.say("None.", "没有。")) }
            } @else {
                table {
                    tr { th { (self.say("file", "文件")) } th { (self.say("reason, and what to do", "原因与办法")) } }
                    @for trouble in list.iter().take(ROWS) {
                        tr {
                            td style="width:36%" { (file(&trouble.path)) }
                            td {
                                (trouble.reason)
                                span.hint { (trouble.hint) }
                                code { (trouble.retry) }
                            }
                        }
                    }
                }
                (self.more(list.len()))
            }
        }
    }

    fn failed_pages(&self) -> Markup {
        let list = &self.morning.failed_pages;
        page! {
            @if !list.is_empty() {
                (self.heading(self.say("Failed pages", "失败的页"), list.len(), ""))
                table {
                    tr {
                        th { (self.say("file", "文件")) }
                        th.number { (self.say("page", "页")) }
                        th { (self.say("reason, and what to do", "原因与办法")) }
                    }
                    @for trouble in list.iter().take(ROWS) {
                        tr {
                            td style="width:36%" { (file(&trouble.path)) }
                            td.number { (trouble.page) }
                            td { (trouble.reason) span.hint { (trouble.hint) } }
                        }
                    }
                }
                (self.more(list.len()))
            }
        }
    }

    fn rejected_rows(&self) -> Markup {
        let list = &self.morning.rejected_rows;
        page! {
            @if !list.is_empty() {
                (self.heading(self.say("Rejected rows", "拒收的行"), list.len(), ""))
                table {
                    tr {
                        th { (self.say("file", "文件")) }
                        th { (self.say("sheet", "工作表")) }
                        th.number { (self.say("row", "行")) }
                        th { (self.say("reason, and what to do", "原因与办法")) }
                    }
                    @for trouble in list.iter().take(ROWS) {
                        tr {
                            td style="width:30%" { (file(&trouble.path)) }
                            td { (trouble.sheet) }
                            td.number { (trouble.row) }
                            td { (trouble.reason) span.hint { (trouble.hint) } }
                        }
                    }
                }
                (self.more(list.len()))
            }
        }
    }

    fn pages_to_look_at(&self) -> Markup {
        let (illegible, unsure) = (&self.morning.illegible_pages, &self.morning.unsure_pages);
        let rows = illegible
            .iter()
            .map(|page| (&page.file, page.page, None))
            .chain(unsure.iter().map(|page| (&page.file, page.page, Some(page.confidence))));
        let count = illegible.len() + unsure.len();
        let note = self.say(
            "compare with the scan; correct with `dossier correct`",
            "请对照扫描件；用 dossier correct 更正",
        );
        page! {
            @if count > 0 {
                (self.heading(self.say("Pages to look at", "需要看的页"), count, note))
                table {
                    tr {
                        th { (self.say("file", "文件")) }
                        th.number { (self.say("page", "页")) }
                        th.number { (self.say("confidence", "可信程度")) }
                    }
                    @for (name, number, confidence) in rows.take(ROWS) {
                        tr {
                            td style="width:70%" { (file(name)) }
                            td.number { (number) }
                            td.number {
                                @match confidence {
                                    Some(confidence) => { (format!("{:.0} %", confidence * 100.0)) }
                                    None => { (self.say("illegible", "无法辨认")) }
                                }
                            }
                        }
                    }
                }
                (self.more(count))
            }
        }
    }

    fn unpaired(&self) -> Markup {
        let list = &self.morning.unpaired_letters;
        let note = self.say(
            "letters without a row in a register; pair with `dossier correct --belongs-to`",
            "没有对应登记行的信件；用 dossier correct --belongs-to 配对",
        );
        page! {
            @if !list.is_empty() {
                (self.heading(self.say("Unpaired letters", "未配对的信件"), list.len(), note))
                table {
                    tr {
                        th { (self.say("letter", "信件")) }
                        th { (self.say("file", "文件")) }
                        th.number { (self.say("page", "页")) }
                        th { (self.say("id", "编号")) }
                    }
                    @for letter in list.iter().take(ROWS) {
                        tr {
                            td style="width:42%" { (letter.title) }
                            td { (file(&letter.file)) }
                            td.number { (letter.page) }
                            td { (letter.id) }
                        }
                    }
                }
                (self.more(list.len()))
            }
        }
    }

    fn footer(&self) -> Markup {
        let morning = self.morning;
        page! {
            footer {
                (morning.archive) " · "
                @match self.lang {
                    Lang::En => { (thousands(morning.items)) " letters in the archive · personal data masked for officers · confidential" }
                    Lang::Zh => { "库内共 " (thousands(morning.items)) " 件 · 个人信息按内部级别遮盖 · 内部资料，注意保密" }
                }
            }
        }
    }
}

/// A file's name, and its folder below it.
fn file(path: &str) -> Markup {
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
    page! { (name) @if !folder.is_empty() { span.folder { (folder) "/" } } }
}
