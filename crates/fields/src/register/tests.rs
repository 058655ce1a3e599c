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
fn what_a_printed_page_adds_is_no_petition() {
    let rows = rows(
        "望川镇2018年3月来信登记表\n\
        信访编号|信访人|来信日期|反映内容|人数\n\
        测001|赵大勇|2018-03-02|村道失修|1\n\
        测002|孙有田|2018-03-05|合计三年的低保未发|2\n\
        本页小计||||3\n\
        第1页 共2页\n\
        望川镇2018年3月来信登记表\n\
        信访编号|信访人|来信日期|反映内容|人数\n\
        测003|钱守信|2018-03-09|砖厂欠薪|3\n\
        本月合计(件)||||6\n\
        ||第 2 页 共 2 页\n\
        注：以上数据截至3月31日\n\
        制表人：周玉兰",
    );
    let names: Vec<Option<NotData>> = read(&rows)
        .1
        .iter()
        .map(|reading| match reading {
            RowReading::NotData(why) => Some(*why),
            RowReading::Data { .. } => None,
        })
        .collect();
    use NotData::{Header, PageLine, Remark, Signature, Title, Totals};
    let expected = [
        Some(Title),
        Some(Header),
        None,
        None,
        Some(Totals),
        Some(PageLine),
        Some(Title),
        Some(Header),
        None,
        Some(Totals),
        Some(PageLine),
        Some(Remark),
        Some(Signature),
    ];
    assert_eq!(names, expected);
}

#[test]
fn a_petition_stays_one_whatever_words_it_has() {
    let rows = rows(
        "信访编号|信访人|来信日期|反映内容|备注\n\
        测001|赵大勇|2018-03-02|本月合计欠薪三千元|\n\
        本月合计|孙有田|2018-03-05|村道失修|\n\
        |||本页小计有误，请核对|\n\
        |||注：补偿款至今未发|\n\
        测005||||\n\
        ||||说明：已转办",
    );
    assert!(read(&rows).1[1..].iter().all(|reading| matches!(reading, RowReading::Data { .. })));
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

#[test]
fn a_date_that_says_nothing_further_is_the_letters_where_it_is_the_only_one() {
    let field = |text: &str| {
        let (layout, _) = read(&rows(text));
        layout.columns.get(&1).map(|column| (column.field.clone(), column.how))
    };
    let only = "信访编号|日期|信访人|反映内容\n测001|18.3.1|赵大勇|村道失修\n测002|18.3.5|孙有田|低保被取消";
    assert_eq!(field(only), Some(("letter_date".to_owned(), How::Likely)));
    assert_eq!(field(&only.replace("信访人", "登记日期")), None);
    assert_eq!(field(&only.replace("18.3.", "甲")), None);
}
