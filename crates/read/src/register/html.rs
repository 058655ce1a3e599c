//! Tables of hypertext, as many systems export them under the name of a workbook. Each table is a
//! sheet; a table within a cell is a sheet of its own.

use std::collections::BTreeMap;
use std::path::Path;

use dossier_model::{Cell, CellKind, Fault, FaultKind};

use super::{Rows, cell};
use crate::hypertext::{self, Flow, Html};

/// A register has so many times more text in its cells than around its tables.
const OUTSIDE: usize = 4;
/// The most columns that a cell may span: as many as a workbook has.
const MAX_COLUMNS: u32 = 16_384;

/// Whether a hypertext may be a register: what a spreadsheet program wrote, or tables that hold nearly
/// all of its text, half of their rows with two cells or more.
pub(crate) fn looks_like_tables(html: &str) -> bool {
    let (mut rows, mut wide, mut cells, mut inside, mut outside) = (0, 0, 0, 0, 0);
    let mut in_cell = false;
    for token in hypertext::tokens(html) {
        match token {
            Html::Open(name, _) => match name.as_str() {
                "tr" => {
                    rows += 1;
                    cells = 0;
                }
                "td" | "th" => {
                    cells += 1;
                    wide += u32::from(cells == 2);
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
    rows > 0 && by_spreadsheet || rows > 1 && 2 * wide >= rows && inside > OUTSIDE * outside
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
    /// Whether a row has begun; cells may come without one.
    in_row: bool,
    cells: Vec<Cell>,
    /// The next column that may be free.
    column: u32,
    /// The cell that is being filled.
    cell: Option<Open>,
    /// What cells of earlier rows hold of the next ones, by column.
    below: BTreeMap<u32, Below>,
    /// What cells of this row will hold of the next ones.
    begun: Vec<(u32, Below)>,
}

/// A cell that is being filled.
struct Open {
    flow: Flow,
    /// How many columns and rows it takes.
    across: u32,
    down: u32,
}

/// A column that a cell of an earlier row reaches down into.
struct Below {
    /// For how many more rows.
    rows: u32,
    /// What the cell says, in its first column.
    text: String,
}

impl Table {
    fn begin_cell(&mut self, across: u32, down: u32) {
        while self.below.contains_key(&self.column) {
            self.column += 1;
        }
        self.cell = Some(Open { flow: Flow::default(), across, down });
    }

    fn end_cell(&mut self) {
        let Some(Open { flow, across, down }) = self.cell.take() else { return };
        let text = flow.text.trim().to_owned();
        let end = self.column.saturating_add(across).min(MAX_COLUMNS);
        if down > 1 {
            for column in self.column..end {
                let text = if column == self.column { text.clone() } else { String::new() };
                self.begun.push((column, Below { rows: down - 1, text }));
            }
        }
        if self.column < MAX_COLUMNS {
            self.cells.extend(cell(self.column, text, CellKind::Text));
        }
        self.column = end;
    }

    /// Ends the row; its cells, together with what reaches down into it. A row that says nothing of its
    /// own has none.
    fn end_row(&mut self) -> Vec<Cell> {
        self.end_cell();
        if !self.in_row && self.column == 0 {
            return Vec::new();
        }
        self.in_row = false;
        self.column = 0;
        self.row = self.row.saturating_add(1);
        let mut cells = std::mem::take(&mut self.cells);
        if !cells.is_empty() {
            let above = self.below.iter();
            cells.extend(above.filter_map(|(column, from)| cell(*column, from.text.clone(), CellKind::Text)));
            cells.sort_by_key(|cell| cell.column);
            cells.dedup_by_key(|cell| cell.column);
        }
        self.below.retain(|_, from| {
            from.rows -= 1;
            from.rows > 0
        });
        self.below.extend(self.begun.drain(..));
        cells
    }
}

impl Tables<'_, '_, '_> {
    fn take(&mut self, token: Html) -> Result<(), Fault> {
        match token {
            Html::Open(name, attributes) => match name.as_str() {
                "table" => self.begin_table(),
                "tr" => self.begin_row()?,
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
        if let Some(open) = self.open.last_mut().and_then(|table| table.cell.as_mut()) {
            change(&mut open.flow);
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

    fn begin_row(&mut self) -> Result<(), Fault> {
        self.end_row()?;
        if let Some(table) = self.open.last_mut() {
            table.in_row = true;
        }
        Ok(())
    }

    fn end_row(&mut self) -> Result<(), Fault> {
        let Some(table) = self.open.last_mut() else { return Ok(()) };
        let cells = table.end_row();
        self.rows.push(&table.sheet.to_string(), table.row, cells)
    }

    fn begin_cell(&mut self, attributes: &[(String, String)]) {
        let Some(table) = self.open.last_mut() else { return };
        let span = |name: &str| {
            let value =
                attributes.iter().find(|(key, _)| key == name).and_then(|(_, value)| value.parse().ok());
            value.unwrap_or(1_u32).clamp(1, MAX_COLUMNS)
        };
        table.end_cell();
        table.begin_cell(span("colspan"), span("rowspan"));
    }

    fn end_cell(&mut self) {
        if let Some(table) = self.open.last_mut() {
            table.end_cell();
        }
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
    fn what_reaches_down_holds_its_columns_whatever_it_says() {
        let texts = |html: &str| rows_of(html).into_iter().map(|(_, _, cells)| cells).collect::<Vec<_>>();
        assert_eq!(
            texts("<table><tr><td rowspan=2><td>a<tr><td>b</table>"),
            [["1a"], ["1b"]],
            "a blank cell"
        );
        assert_eq!(
            texts("<table><tr><td colspan=2 rowspan=2>a<td>b<tr><td>c</table>"),
            [["0a", "2b"], ["0a", "2c"]]
        );
        assert_eq!(
            texts("<table><tr><td rowspan=2>a<td>b<tr></tr><tr><td>c<td>d</table>"),
            [["0a", "1b"], ["0c", "1d"]],
            "a row of nothing"
        );
        assert_eq!(texts("<table><td>a<td>b<tr><td>c</table>"), [vec!["0a", "1b"], vec!["0c"]]);
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
