//! A register of 200,000 rows and 20 columns through the whole pipeline against `calamine` reading its
//! cells alone: target at most 600 MiB.
//!
//! `cargo bench --workspace --bench big_register`; `DOSSIER_ROWS` asks for another number of rows.

#![allow(clippy::expect_used)] // A benchmark may stop where it stands.

mod support;

use std::path::Path;

use calamine::{Reader, Xlsx, open_workbook};
use dossier_testkit::measure::{children_seconds, process_seconds};
use dossier_testkit::register::{Cell, Format, Sheet, write};
use serde_json::Value;

/// How many rows.
const ROWS: u32 = 200_000;
const HEADERS: [&str; 20] = [
    "信访编号",
    "信访人",
    "性别",
    "来信日期",
    "登记日期",
    "联系电话",
    "住址",
    "信访形式",
    "信访目的",
    "人数",
    "反映内容",
    "诉求",
    "内容分类",
    "责任单位",
    "承办单位",
    "办理方式",
    "办理结果",
    "办结日期",
    "满意度",
    "备注",
];

fn main() {
    let rows = std::env::var("DOSSIER_ROWS").ok().and_then(|rows| rows.parse().ok()).unwrap_or(ROWS);
    let place = tempfile::TempDir::new().expect("a temporary folder");
    let file = place.path().join("in/台账.xlsx");
    std::fs::create_dir_all(place.path().join("in")).expect("a folder");
    std::fs::write(&file, write(&[sheet(rows)], Format::Xlsx).expect("a workbook")).expect("a file");
    let before = process_seconds();
    let cells = read_alone(&file);
    let alone = process_seconds() - before;
    println!("{rows} rows, {cells} cells; calamine alone: {alone:.1} CPU s");
    let before = children_seconds();
    let (archived, memory) = ingest(&place.path().join("in"), &place.path().join("archive"));
    let whole = children_seconds() - before;
    assert_eq!(archived, u64::from(rows), "every row is archived");
    println!(
        "whole pipeline: {whole:.1} CPU s, {:.1} times as much, {:.0} rows a CPU second, {} MiB (target 600)",
        whole / alone,
        f64::from(rows) / whole,
        memory >> 20
    );
}

fn sheet(rows: u32) -> Sheet {
    let text = |text: String| Cell::Text(text);
    let header = HEADERS.iter().map(|header| text((*header).to_owned())).collect();
    let row = |n: u32| {
        vec![
            text(format!("信〔2024〕{n}号")),
            text("赵大勇".to_owned()),
            text(if n.is_multiple_of(2) { "男" } else { "女" }.to_owned()),
            Cell::Date(45_000.0 + f64::from(n % 600)),
            Cell::Date(45_002.0 + f64::from(n % 600)),
            text(format!("139{:08}", n % 100)),
            text(format!("石桥镇第{}村{}组", n % 97, n % 9)),
            text("来信".to_owned()),
            text("求决".to_owned()),
            Cell::Number(f64::from(n % 7 + 1)),
            text(format!("第{n}件：本村水渠失修已有{}年，秧苗旱死过半，请派人查看并修复。", n % 11 + 1)),
            text("请修好水渠，答复来信。".to_owned()),
            text("农村农业/水利水电".to_owned()),
            text("石桥镇政府".to_owned()),
            text("县水利局".to_owned()),
            text("转送".to_owned()),
            text(format!("第{n}件已经现场核实，列入今冬水利计划。")),
            Cell::Date(45_060.0 + f64::from(n % 600)),
            text("满意".to_owned()),
            Cell::Empty,
        ]
    };
    let rows = std::iter::once(header).chain((1..=rows).map(row)).collect();
    Sheet { name: "来信".to_owned(), rows, merges: Vec::new() }
}

/// Reads all cells as they stream, without keeping them; returns how many there are.
fn read_alone(file: &Path) -> u64 {
    let mut book: Xlsx<_> = open_workbook(file).expect("a workbook");
    let name = book.sheet_names().first().cloned().expect("a sheet");
    let mut cells = book.worksheet_cells_reader(&name).expect("cells");
    let mut count = 0;
    while let Some(cell) = cells.next_cell().expect("a cell") {
        std::hint::black_box(&cell);
        count += 1;
    }
    count
}

/// A run; how many rows it archived, and its peak of memory in bytes.
fn ingest(source: &Path, archive: &Path) -> (u64, u64) {
    let output = support::ingest(source, archive).output().expect("the program");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let report: Value = serde_json::from_slice(&output.stdout).expect("a report");
    let number = |value: &Value| value.as_u64().unwrap_or(0);
    (number(&report["rows"]["archived"]), number(&report["peak_memory_bytes"]))
}
