//! Tables in Markdown, and their place in the documentation.

use std::fmt::Write;
use std::path::Path;

use dossier_testkit::trial::TUNED;

use crate::sums::{Run, Sums};
use crate::{Failure, reliability};

/// The table of a run.
pub fn of(run: &Run, zh: bool) -> String {
    let theirs = run.kinds.iter().any(|(_, _, theirs)| !theirs.is_empty());
    let mut text = head(zh, theirs);
    for (kind, ours, rapid) in &run.kinds {
        let (en, chinese) = kind.titles();
        row(&mut text, if zh { chinese } else { en }, ours, rapid);
    }
    let (ours, rapid) = run.total();
    row(&mut text, if zh { "**合计**" } else { "**all**" }, &ours, &rapid);
    text
}

fn head(zh: bool, theirs: bool) -> String {
    let ours = if zh {
        "| 页面 | 字错率 % | 不计次序 % | 号码日期金额全对 % | CPU 秒/页 | 页/分钟/核 |"
    } else {
        "| pages | character error % | order forgiven % | numbers exact % | CPU s a page | pages a minute and core |"
    };
    let rapid = if zh {
        " RapidOCR 字错率 % | 不计次序 % | 全对 % | CPU 秒/页 | 倍数 |"
    } else {
        " RapidOCR error % | order forgiven % | exact % | CPU s a page | ratio |"
    };
    let (rapid, columns) = if theirs { (rapid, 11) } else { ("", 6) };
    format!("{ours}{rapid}\n|---|{}\n", "---:|".repeat(columns - 1))
}

fn row(text: &mut String, title: &str, ours: &Sums, rapid: &Sums) {
    let percent = |errors: usize, sums: &Sums| 100.0 * errors as f64 / sums.found.characters.max(1) as f64;
    let half = |sums: &Sums| {
        let exact = sums.exact().map_or("–".to_owned(), |exact| format!("{:.1}", 100.0 * exact));
        let (errors, unordered) = (percent(sums.found.errors, sums), percent(sums.found.unordered, sums));
        format!("{errors:.2} | {unordered:.2} | {exact} | {:.2}", sums.seconds())
    };
    let rate = 60.0 / ours.seconds().max(1e-9);
    *text += &format!("| {title} | {} | {rate:.0} |", half(ours));
    if !rapid.is_empty() {
        *text += &format!(" {} | {:.1} |", half(rapid), rapid.seconds() / ours.seconds().max(1e-9));
    }
    text.push('\n');
}

/// The documentation that has tables, and whether it is Chinese.
pub const FILES: [(&str, bool); 2] = [("recognition.md", false), ("recognition.zh-CN.md", true)];

/// Writes tables and plot into the folder of the documentation.
pub fn write(docs: &Path, runs: &[Run]) -> Result<(), Failure> {
    for (file, zh) in FILES {
        let path = docs.join(file);
        let mut text = std::fs::read_to_string(&path)?;
        for run in runs {
            let seed = if run.seed == TUNED { "tuned" } else { "held-out" };
            text = with(&text, &format!("errors-{seed}"), &of(run, zh))?;
            text = with(&text, &format!("words-{seed}"), &reliability::table(run, zh))?;
        }
        std::fs::write(&path, text)?;
    }
    reliability::plot(&docs.join("reliability.svg"), runs)
}

/// The text with new content between `<!-- NAME -->` and `<!-- /NAME -->`.
pub fn with(text: &str, name: &str, content: &str) -> Result<String, Failure> {
    let (open, close) = (format!("<!-- {name} -->"), format!("<!-- /{name} -->"));
    let (before, rest) = text.split_once(&open).ok_or_else(|| format!("no {open} in the documentation"))?;
    let (_, after) = rest.split_once(&close).ok_or_else(|| format!("no {close} in the documentation"))?;
    let mut whole = String::new();
    write!(whole, "{before}{open}\n{content}{close}{after}")?;
    Ok(whole)
}
