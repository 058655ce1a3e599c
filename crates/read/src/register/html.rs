//! Tables of hypertext, as many systems export them under the name of a workbook. Each table is a
//! sheet; a table within a cell is a sheet of its own.

use std::path::Path;

use dossier_model::{Cell, CellKind, Fault, FaultKind};

use super::{Rows, cell};
use crate::hypertext::{self, Flow, Html};

/// A register has so many times more text in its cells than around its tables.
const OUTSIDE: usize = 4;
/// The most columns that a cell may span: as many as a workbook has.
const MAX_COLUMNS: u32 = 16_384;

/// Whether a hypertext is a register: what a spreadsheet program wrote, or tables that hold nearly
/// all of its text in rows of two cells or more.
pub(crate) fn looks_like_tables(html: &str) -> bool {
    let (mut rows, mut cells, mut inside, mut outside) = (0, 0, 0, 0);
    let mut in_cell = false;
    for token in hypertext::tokens(html) {
        match token {
            Html::Open(name, _) => match name.as_str() {
                "tr" => rows += 1,
                "td" | "th" => {
                    cells += 1;
                    in_cell = true;
                }
                "table" => in_cell = false,
                _ => {}
            },
            Html::Close(name) if name == "td" || name == "th" || name == "table" => in_cell = false,
            Html::Close(_) => {}
            Html::Text(text) => {
                let length = text.chars().filter(|c| !c.is_whitespace()).count();
                *(if in_cell { &mut inside } else { &mut outside }) += length;
            }
        }
    }
    let by_spreadsheet = html.contains("urn:schemas-microsoft-com:office:excel");
    rows > 0 && by_spreadsheet || rows > 1 && cells >= 2 * rows && inside > OUTSIDE * outside
}

pub(super) fn read(path: &Path, rows: &mut Rows<'_, '_>) -> Result<(), Fault> {
    let bytes = std::fs::read(path).map_err(|error| Fault::new(FaultKind::Unreadable, error))?;
    let html = hypertext::decode(&bytes);
    let mut tables = Tables { rows, sheets: 0, open: Vec::new() };
    for token in hypertext::tokens(&html) {
        tables.take(token)?;
    }
    while !tables.open.is_empty() {
        tables.end_table()?;
    }
    Ok(())
}

/// The tables that are open, the innermost last.
struct Tables<'a, 'b, 'c> {
    rows: &'a mut Rows<'b, 'c>,
    sheets: u32,
    open: Vec<Table>,
}

#[derive(Default)]
struct Table {
    /// Its number in the file.
    sheet: u32,
    row: u32,
    cells: Vec<Cell>,
    /// The next free column.
    column: u32,
    /// The cell that is being filled.
    cell: Option<Flow>,
    span: u32,
    /// How many further rows a cell of an earlier one reaches down, by column, with what it says.
    below: Vec<(u32, Cell)>,
}

impl Tables<'_, '_, '_> {
    fn take(&mut self, token: Html) -> Result<(), Fault> {
        match token {
            Html::Open(name, attributes) => match name.as_str() {
                "table" => self.begin_table(),
                "tr" => self.end_row()?,
                "td" | "th" => self.begin_cell(&attributes),
                "br" | "p" | "div" | "li" => self.flow(Flow::line),
                _ => {}
            },
            Html::Close(name) => match name.as_str() {
                "table" => self.end_table()?,
                "tr" => self.end_row()?,
                "td" | "th" => self.end_cell(),
                "p" | "div" | "li" => self.flow(Flow::line),
                _ => {}
            },
            Html::Text(text) => self.flow(|flow| flow.words(&text)),
        }
        Ok(())
    }

    fn flow(&mut self, change: impl FnOnce(&mut Flow)) {
        if let Some(flow) = self.open.last_mut().and_then(|table| table.cell.as_mut()) {
            change(flow);
        }
    }

    fn begin_table(&mut self) {
        self.sheets += 1;
        self.open.push(Table { sheet: self.sheets, ..Table::default() });
    }

    fn end_table(&mut self) -> Result<(), Fault> {
        self.end_row()?;
        self.open.pop();
        Ok(())
    }

    fn begin_cell(&mut self, attributes: &[(String, String)]) {
        self.end_cell();
        let Some(table) = self.open.last_mut() else { return };
        let span = |name: &str| {
            let value =
                attributes.iter().find(|(key, _)| key == name).and_then(|(_, value)| value.parse().ok());
            value.unwrap_or(1_u32).clamp(1, MAX_COLUMNS)
        };
        while table.cells.iter().any(|cell| cell.column == table.column) {
            table.column += 1;
        }
        table.cell = Some(Flow::default());
        table.span = span("colspan");
        let down = span("rowspan");
        if down > 1 {
            let cell = Cell { column: table.column, text: String::new(), kind: CellKind::Text };
            table.below.push((down, cell));
        }
    }

    fn end_cell(&mut self) {
        let Some(table) = self.open.last_mut() else { return };
        let Some(flow) = table.cell.take() else { return };
        let text = flow.text.trim().to_owned();
        let column = table.column;
        // What reaches down is known when its text is.
        if let Some((_, below)) = table.below.last_mut().filter(|(_, below)| below.column == column) {
            below.text.clone_from(&text);
        }
        table.cells.extend(cell(column, text, CellKind::Text));
        table.column = (column + table.span).min(MAX_COLUMNS);
    }

    fn end_row(&mut self) -> Result<(), Fault> {
        self.end_cell();
        let Some(table) = self.open.last_mut() else { return Ok(()) };
        if table.column == 0 {
            return Ok(());
        }
        let mut cells = std::mem::take(&mut table.cells);
        table.column = 0;
        table.row += 1;
        table.below.retain_mut(|(left, _)| {
            *left -= 1;
            *left > 0
        });
        cells.sort_by_key(|cell| cell.column);
        cells.dedup_by_key(|cell| cell.column);
        // What reaches down fills its column before the next row's cells come.
        let down = table.below.iter().map(|(_, cell)| cell.clone()).filter(|cell| !cell.text.is_empty());
        table.cells.extend(down);
        self.rows.push(&table.sheet.to_string(), table.row, cells)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use dossier_model::FileKind;
    use dossier_pipeline::ReadLimits;

    fn rows_of(html: &str) -> Vec<(String, u32, Vec<String>)> {
        let path = std::env::temp_dir().join(format!("dossier-html-{}-{:p}", std::process::id(), html));
        std::fs::write(&path, html).unwrap();
        let mut rows = Vec::new();
        super::super::read_rows(&path, FileKind::HtmlTable, &ReadLimits::default(), &mut |row| {
            let cells = row.cells.iter().map(|cell| format!("{}{}", cell.column, cell.text)).collect();
            rows.push((row.sheet, row.number, cells));
            Ok(())
        })
        .unwrap();
        std::fs::remove_file(&path).unwrap();
        rows
    }

    #[test]
    fn spans_and_tag_soup_keep_their_columns() {
        let rows = rows_of(
            "<table><tr><th rowspan=2>镇<th colspan=2>信访人<tr><td>姓名<td>电话\
             <tr><td>石桥<td>赵<br>大勇<td>&nbsp;</table><table><tr><td>x</table>",
        );
        let row = |sheet: &str, number, cells: &[&str]| {
            (sheet.to_owned(), number, cells.iter().map(|cell| (*cell).to_owned()).collect::<Vec<_>>())
        };
        assert_eq!(
            rows,
            [
                row("1", 1, &["0镇", "1信访人"]),
                row("1", 2, &["0镇", "1姓名", "2电话"]),
                row("1", 3, &["0石桥", "1赵\n大勇"]),
                row("2", 1, &["0x"]),
            ]
        );
    }

    #[test]
    fn a_letter_in_hypertext_is_no_register() {
        assert!(looks_like_tables("<table><tr><td>a<td>b<tr><td>1<td>2</table>"));
        assert!(!looks_like_tables("<html><body><p>尊敬的领导：</p></body></html>"));
        assert!(!looks_like_tables("<table><tr><td>尊敬的领导：…</table>"));
        let attached =
            "<p>尊敬的领导：我村道路失修已有三年，请处理。</p><table><tr><td>a<td>b<tr><td>1<td>2</table>";
        assert!(!looks_like_tables(attached), "a letter with a table in it");
    }
}
