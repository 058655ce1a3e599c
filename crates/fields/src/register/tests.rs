//! Rows as registers have them, and what is read in them.

use super::*;

fn reader() -> RegisterReader {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../pipelines/petitions");
    RegisterReader::new(&Pipeline::load(&folder).unwrap_or_else(|faults| panic!("{faults}")))
}

/// Rows of a sheet, a line each, with `|` between cells.
fn rows(text: &str) -> Vec<RowContent> {
    let cells = |line: &str| -> Vec<Cell> {
        let cells = (0..).zip(line.split('|')).filter(|(_, text)| !text.is_empty());
        cells.map(|(column, text)| Cell { column, text: text.to_owned(), kind: CellKind::Text }).collect()
    };
    let rows = (1..).zip(text.lines());
    rows.map(|(number, line)| RowContent { sheet: String::new(), number, cells: cells(line) }).collect()
}

fn read(rows: &[RowContent]) -> (Layout, Vec<RowReading>) {
    let reader = reader();
    let Some(SheetLayout::Table(layout)) = reader.layout(rows) else { panic!("no table") };
    let mut sheet = reader.sheet(layout.clone(), Sha256::of(b""));
    (layout, rows.iter().map(|row| sheet.read(row)).collect())
}

#[test]
fn an_error_is_no_value() {
    let mut rows = rows("信访编号|信访人|住址|反映内容\n测001|#REF!|#VALUE!|村道失修");
    rows[1].cells[1].kind = CellKind::Error;
    rows[1].cells[2].kind = CellKind::Error;
    let (_, readings) = read(&rows);
    let RowReading::Data { text, fields } = &readings[1] else { panic!("{:?}", readings[1]) };
    assert_eq!(text.text, "测001\n村道失修");
    assert_eq!(fields.keys().collect::<Vec<_>>(), ["petition_no", "summary"]);
    let at = &fields["summary"][0].evidence[0];
    assert_eq!((at.start, at.end), (5, 9));
}
