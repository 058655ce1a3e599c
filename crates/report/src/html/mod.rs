//! The report as a page that stands alone: style and charts are in it, and it asks for nothing
//! from anywhere.

mod came;
mod lists;

use dossier_model::{Account, Lang};
use maud::{DOCTYPE, Markup, PreEscaped, html as page};

use crate::ReportError;
use crate::chart::thousands;
use crate::morning::Morning;
use crate::style::CSS;
use crate::subject::status_words;
use crate::words::{clock, day, duration, renewed, when};

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
        (sheet.notes())
        (sheet.pages_to_look_at())
        (sheet.unpaired())
        (sheet.released())
        (sheet.slow())
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

/// How long the rest takes.
fn backlog(left: f64, seconds: f64, lang: Lang) -> String {
    let runs = (left / seconds.max(1.0)).ceil();
    match lang {
        Lang::En => {
            format!("At this pace the rest takes {}: {runs} more runs like this.", duration(left, lang))
        }
        Lang::Zh => format!("照此速度，余下的还需 {}，即 {runs} 次同样长的运行。", duration(left, lang)),
    }
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
                ))
                @if let Some(left) = morning.seconds_left {
                    " " (backlog(left, morning.seconds, self.lang))
                } }
            }
        }
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
                    (say("released", "已结"), files.released),
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
            @if let Some(renewed) = renewed(self.morning.renewed, self.lang) { p.well { (renewed) } }
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
