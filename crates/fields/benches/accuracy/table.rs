//! The table in Markdown, and its place in the documentation.

use std::path::Path;

use crate::Failure;
use crate::score::{Count, Scores};

/// Precision, recall and F1 of each field, in each set of letters.
pub fn of(columns: &[Scores], zh: bool) -> String {
    let head = if zh { "| 字段 |" } else { "| field |" };
    let three =
        if zh { " 件 | 精确率 | 召回率 | F1 |" } else { " stated | precision | recall | F1 |" };
    let mut text =
        format!("{head}{}\n|---|{}\n", three.repeat(columns.len()), "---:|".repeat(4 * columns.len()));
    for field in columns.iter().flat_map(|column| column.fields.keys()).take(fields(columns)) {
        row(
            &mut text,
            &format!("`{field}`"),
            columns.iter().map(|column| column.fields.get(field).copied().unwrap_or_default()),
        );
    }
    let all = if zh { "**全部（微平均）**" } else { "**all (micro)**" };
    row(&mut text, all, columns.iter().map(Scores::total));
    text
}

fn fields(columns: &[Scores]) -> usize {
    columns.first().map_or(0, |column| column.fields.len())
}

fn row(text: &mut String, title: &str, counts: impl Iterator<Item = Count>) {
    let number = |share: Option<f64>| share.map_or("–".to_owned(), |share| format!("{share:.3}"));
    *text += &format!("| {title} |");
    for count in counts {
        let stated = count.right + count.missed;
        let (precision, recall, f1) = (number(count.precision()), number(count.recall()), number(count.f1()));
        *text += &format!(" {stated} | {precision} | {recall} | {f1} |");
    }
    text.push('\n');
}

/// Puts the table between its marks in the documentation.
pub fn write(docs: &Path, columns: &[Scores]) -> Result<(), Failure> {
    for (file, zh) in [("fields.md", false), ("fields.zh-CN.md", true)] {
        let path = docs.join(file);
        let text = std::fs::read_to_string(&path)?;
        let (open, close) = ("<!-- accuracy -->", "<!-- /accuracy -->");
        let (before, rest) = text.split_once(open).ok_or_else(|| format!("no {open} in {file}"))?;
        let (_, after) = rest.split_once(close).ok_or_else(|| format!("no {close} in {file}"))?;
        let sets = columns.iter().map(|column| format!("{} ({})", column.title, column.letters));
        let sets = sets.collect::<Vec<_>>().join("; ");
        std::fs::write(&path, format!("{before}{open}\n{sets}\n\n{}{close}{after}", of(columns, zh)))?;
    }
    Ok(())
}
