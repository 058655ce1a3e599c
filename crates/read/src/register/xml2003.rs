//! SpreadsheetML 2003, Excel's XML of that year, which many systems still export.

use std::fs::File;
use std::io::BufReader;
use std::path::Path;

use dossier_model::{Cell, CellKind, Fault, FaultKind};

use super::carried::Carried;
use super::{Rows, cell};
use crate::encoding::{Utf8, marked_or_guessed};
use crate::xml::{Element, Xml, walk};

pub(super) fn read(path: &Path, rows: &mut Rows<'_, '_>) -> Result<(), Fault> {
    let unreadable = |error| Fault::new(FaultKind::Unreadable, error);
    let encoding = marked_or_guessed(|| File::open(path)).map_err(unreadable)?;
    let file = File::open(path).map_err(unreadable)?;
    let mut sheet = Sheet::default();
    walk(BufReader::new(Utf8::new(file, encoding)), |event| match event {
        Xml::Open(element) => {
            sheet.open(&element);
            Ok(())
        }
        Xml::Text(text) => {
            if sheet.in_data {
                sheet.text.push_str(text);
            }
            Ok(())
        }
        Xml::Close(name) => sheet.close(name, rows),
    })
}

#[derive(Default)]
struct Sheet {
    name: String,
    row: u32,
    column: u32,
    /// How many columns and rows the cell takes beyond its own.
    across: u32,
    down: u32,
    in_data: bool,
    /// What somebody remarked on a cell is data too, but not the cell's.
    in_comment: bool,
    kind: CellKind,
    text: String,
    cells: Vec<Cell>,
    carried: Carried,
}

impl Sheet {
    fn open(&mut self, element: &Element<'_>) {
        let number = |name: &str| element.attribute(name).and_then(|value| value.parse::<u32>().ok());
        match element.name().as_str() {
            "Worksheet" => {
                self.name = element.attribute("Name").unwrap_or_default();
                self.row = 0;
                self.carried = Carried::default();
            }
            "Row" => {
                self.row = number("Index").unwrap_or(self.row.saturating_add(1));
                self.column = 0;
            }
            "Cell" => {
                self.column = number("Index").map_or(self.column, |index| index.saturating_sub(1));
                self.across = number("MergeAcross").unwrap_or_default();
                self.down = number("MergeDown").unwrap_or_default();
            }
            "Comment" => self.in_comment = true,
            "Data" if !self.in_comment => {
                self.in_data = true;
                self.kind = match element.attribute("Type").as_deref() {
                    Some("Number") => CellKind::Number,
                    Some("DateTime") => CellKind::Date,
                    Some("Boolean") => CellKind::Bool,
                    Some("Error") => CellKind::Error,
                    _ => CellKind::Text,
                };
            }
            _ => {}
        }
    }

    fn close(&mut self, name: &str, rows: &mut Rows<'_, '_>) -> Result<(), Fault> {
        match name {
            "Comment" => self.in_comment = false,
            "Data" if self.in_data => {
                self.in_data = false;
                let text = std::mem::take(&mut self.text);
                let text = if self.kind == CellKind::Date { date(&text) } else { text };
                let cell = cell(self.column, text, self.kind);
                if let Some(cell) = cell.clone().filter(|_| self.down > 0) {
                    self.carried.begin(self.row.saturating_add(self.down), cell);
                }
                self.cells.extend(cell);
            }
            "Cell" => self.column = self.column.saturating_add(1).saturating_add(self.across),
            "Row" => {
                let mut cells = std::mem::take(&mut self.cells);
                self.carried.complete(self.row, &mut cells);
                rows.push(&self.name, self.row, cells)?;
            }
            _ => {}
        }
        Ok(())
    }
}

/// `2024-03-04T00:00:00.000` as registers write it.
fn date(text: &str) -> String {
    let text = text.split('.').next().unwrap_or(text).replace('T', " ");
    text.strip_suffix(" 00:00:00").map(str::to_owned).unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use dossier_model::FileKind;
    use dossier_pipeline::ReadLimits;

    fn rows_of(name: &str, xml: &[u8]) -> Vec<String> {
        let path = std::env::temp_dir().join(format!("dossier-xml2003-{name}-{}", std::process::id()));
        std::fs::write(&path, xml).unwrap();
        let mut rows = Vec::new();
        super::super::read_rows(&path, FileKind::Xml2003, &ReadLimits::default(), &mut |row| {
            let cells: Vec<String> = row.cells.iter().map(|c| format!("{}{}", c.column, c.text)).collect();
            rows.push(format!("{} {} {}", row.sheet, row.number, cells.join("|")));
            Ok(())
        })
        .unwrap();
        std::fs::remove_file(&path).unwrap();
        rows
    }

    fn workbook(rows: &str) -> String {
        format!(
            r#"<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?>
            <Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"
             xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet"><Worksheet ss:Name="来信"><Table>
            {rows}</Table></Worksheet></Workbook>"#
        )
    }

    #[test]
    fn cells_stand_where_their_index_says() {
        let xml = workbook(
            r#"<Row><Cell ss:MergeAcross="1"><Data ss:Type="String">台账</Data></Cell><Cell><Data ss:Type="String">x</Data></Cell></Row>
            <Row ss:Index="4"><Cell ss:Index="2"><Data ss:Type="DateTime">2024-03-04T00:00:00.000</Data></Cell></Row>"#,
        );
        assert_eq!(rows_of("index", xml.as_bytes()), ["来信 1 0台账|2x", "来信 4 12024-03-04"]);
    }

    #[test]
    fn cells_reach_down_and_remarks_are_no_cells() {
        let xml = workbook(
            r#"<Row><Cell ss:MergeDown="1"><Data ss:Type="String">石桥镇</Data><Comment ss:Author="甲"><ss:Data>核对过</ss:Data></Comment></Cell><Cell><Data ss:Type="String">a</Data></Cell></Row>
            <Row><Cell ss:Index="2"><Data ss:Type="String">b</Data></Cell></Row>
            <Row><Cell ss:Index="2"><Data ss:Type="String">c</Data></Cell></Row>"#,
        );
        assert_eq!(rows_of("down", xml.as_bytes()), ["来信 1 0石桥镇|1a", "来信 2 0石桥镇|1b", "来信 3 1c"]);
    }

    #[test]
    fn a_mark_says_the_encoding() {
        let xml = workbook(r#"<Row><Cell><Data ss:Type="String">赵大勇</Data></Cell></Row>"#);
        let utf16: Vec<u8> =
            [0xFF, 0xFE].into_iter().chain(xml.encode_utf16().flat_map(u16::to_le_bytes)).collect();
        assert_eq!(rows_of("utf16", &utf16), ["来信 1 0赵大勇"]);
    }
}
