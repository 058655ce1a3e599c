//! One line for a mail's subject: whether all is well, how much came, what to look at.

use dossier_model::Lang;

use crate::Morning;
use crate::words::day;

/// The line, without line breaks and without anything personal.
pub fn subject(morning: &Morning, lang: Lang) -> String {
    let items = morning.account.items;
    let counts = [
        (morning.quarantined.len(), "quarantined", "隔离", "个文件"),
        (morning.failed_pages.len(), "failed pages", "失败", "页"),
        (morning.rejected_rows.len(), "rejected rows", "拒收", "行"),
        (morning.illegible_pages.len() + morning.unsure_pages.len(), "pages to look at", "需看", "页"),
    ];
    let troubles = counts.iter().filter(|(count, ..)| *count > 0);
    let status = status_words(morning.status, lang);
    let date = day(morning.finished);
    match lang {
        Lang::En => {
            let troubles: Vec<String> = troubles.map(|(count, en, ..)| format!("{en} {count}")).collect();
            let tail = if troubles.is_empty() { String::new() } else { format!("; {}", troubles.join(", ")) };
            format!("Dossier {date}: {status}, {} new, {} updated{tail}", items.added, items.updated)
        }
        Lang::Zh => {
            let troubles: Vec<String> =
                troubles.map(|(count, _, zh, unit)| format!("{zh} {count} {unit}")).collect();
            let tail =
                if troubles.is_empty() { String::new() } else { format!("；{}", troubles.join("，")) };
            format!("卷宗 {date}：{status}，新增 {} 件，更新 {} 件{tail}", items.added, items.updated)
        }
    }
}

/// How a run ended, in words.
pub(crate) fn status_words(status: &str, lang: Lang) -> &'static str {
    let (en, zh) = match status {
        "complete" => ("complete", "完成"),
        "partial" => ("done, with troubles", "完成，但有问题"),
        "interrupted" => ("interrupted", "已中断"),
        _ => ("FAILED", "失败"),
    };
    lang.pick(en, zh)
}
