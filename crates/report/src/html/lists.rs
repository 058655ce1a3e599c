//! What asks for somebody's eyes, each with its reason and what to do.

use maud::{Markup, html as page};

use super::Sheet;
use crate::words::duration;

/// How many rows a table has at most; the JSON has all.
const ROWS: usize = 200;

impl Sheet<'_> {
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

    pub(super) fn quarantined(&self) -> Markup {
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

    pub(super) fn failed_pages(&self) -> Markup {
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

    pub(super) fn rejected_rows(&self) -> Markup {
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

    pub(super) fn notes(&self) -> Markup {
        let list = &self.morning.notes;
        page! {
            @if !list.is_empty() {
                (self.heading(self.say("Noted", "提示"), list.len(), ""))
                table {
                    tr {
                        th { (self.say("file", "文件")) }
                        th { (self.say("what to know of it", "须知")) }
                    }
                    @for noted in list.iter().take(ROWS) {
                        tr { td style="width:36%" { (file(&noted.path)) } td { (noted.note) } }
                    }
                }
                (self.more(list.len()))
            }
        }
    }

    pub(super) fn pages_to_look_at(&self) -> Markup {
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
                                    Some(confidence) => { (format!("{} %", (confidence * 100.0).floor())) }
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

    pub(super) fn released(&self) -> Markup {
        let list = &self.morning.released;
        let note = self.say("accepted as lost; counted, and no trouble", "已认定无法补救，照常计数");
        page! {
            @if !list.is_empty() {
                (self.heading(self.say("Released files", "已结的文件"), list.len(), note))
                table {
                    tr { th { (self.say("file", "文件")) } th { (self.say("reason", "原因")) } }
                    @for released in list.iter().take(ROWS) {
                        tr { td style="width:36%" { (file(&released.path)) } td { (released.reason) } }
                    }
                }
                (self.more(list.len()))
            }
        }
    }

    pub(super) fn slow(&self) -> Markup {
        let list = &self.morning.slow_files;
        page! {
            @if !list.is_empty() {
                (self.heading(self.say("Slow files", "耗时的文件"), list.len(), ""))
                table {
                    tr {
                        th { (self.say("file", "文件")) }
                        th.number { (self.say("pages or rows", "页或行")) }
                        th.number { (self.say("took", "用时")) }
                    }
                    @for slow in list {
                        tr {
                            td style="width:60%" { (file(&slow.path)) }
                            td.number { (slow.units) }
                            td.number { (duration(slow.seconds, self.lang)) }
                        }
                    }
                }
            }
        }
    }

    pub(super) fn unpaired(&self) -> Markup {
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
}

/// A file's name, and its folder below it.
fn file(path: &str) -> Markup {
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
    page! { (name) @if !folder.is_empty() { span.folder { (folder) "/" } } }
}
