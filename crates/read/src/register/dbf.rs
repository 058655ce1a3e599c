//! dBASE tables (levels III to 5 and FoxPro), as the registers of the nineties were kept in. The names
//! of the fields come out as the first row. Records that are marked as deleted do not count.

use std::fs::File;
use std::io::{BufReader, ErrorKind, Read};
use std::path::Path;

use calamine::{ExcelDateTime, ExcelDateTimeType};
use dossier_model::{Cell, CellKind, Fault, FaultKind, NoteKind};
use encoding_rs::GB18030;

use super::{Rows, cell, date_text};

const HEADER: usize = 32;
const DESCRIPTOR: usize = 32;
/// Ends the list of fields.
const TERMINATOR: u8 = 0x0D;
/// Marks a record as deleted.
const DELETED: u8 = b'*';

/// Whether the start of a file is the header of a table: a known version, a date that can be, lengths
/// that agree, and descriptors of fields up to the mark that ends their list.
pub(crate) fn looks_like_dbf(head: &[u8]) -> bool {
    let Some(header) = head.get(..HEADER) else { return false };
    let version = matches!(header[0], 0x02 | 0x03 | 0x30..=0x32 | 0x43 | 0x83 | 0x8B | 0xF5 | 0xFB);
    let date = (1..=12).contains(&header[2]) && (1..=31).contains(&header[3]);
    let (length, record) = (u16_at(header, 8), u16_at(header, 10));
    let list = head.get(HEADER..usize::from(length).min(head.len())).unwrap_or_default();
    let descriptors = list.chunks(DESCRIPTOR).take_while(|descriptor| descriptor[0] != TERMINATOR);
    let (mut fields, mut sane) = (0, true);
    for descriptor in descriptors {
        fields += 1;
        sane &= descriptor.get(11).is_none_or(|kind| KINDS.contains(kind)) && descriptor[0] > b' ';
    }
    version && date && sane && fields > 0 && usize::from(record) > fields
}

/// The types of fields.
const KINDS: &[u8] = b"CNFDLMIGPBTYVWQ@O+0";
/// The versions that FoxPro wrote.
const FOXPRO: std::ops::RangeInclusive<u8> = 0x30..=0x32;
/// Days from the beginning of the Julian period (a Monday in 4713 BC) to that of a workbook's count.
const WORKBOOK_EPOCH: f64 = 2_415_019.0;
const MILLISECONDS_A_DAY: f64 = 86_400_000.0;

struct Field {
    kind: u8,
    length: usize,
}

pub(super) fn read(path: &Path, rows: &mut Rows<'_, '_>) -> Result<(), Fault> {
    let mut file = BufReader::new(File::open(path).map_err(unreadable)?);
    let mut header = [0; HEADER];
    file.read_exact(&mut header).map_err(unreadable)?;
    let mut rest = vec![0; usize::from(u16_at(&header, 8)).saturating_sub(HEADER)];
    file.read_exact(&mut rest).map_err(unreadable)?;
    let (fields, names) = fields(&rest, FOXPRO.contains(&header[0]));
    let mut record = vec![0; usize::from(u16_at(&header, 10))];
    if fields.iter().map(|field| field.length).sum::<usize>() + 1 > record.len() {
        return Err(Fault::new(FaultKind::Damaged, "its fields are longer than its records"));
    }
    if fields.iter().any(|field| is_memo(field.kind)) {
        rows.notes.push(NoteKind::Memos.of(""));
    }
    rows.push("", 1, names)?;
    let stated = u32::from_le_bytes([header[4], header[5], header[6], header[7]]);
    for number in 0..stated {
        match file.read_exact(&mut record) {
            Ok(()) => {}
            Err(error) if error.kind() == ErrorKind::UnexpectedEof => {
                let what = format!("it ends after {number} of {stated} records");
                return Err(Fault::new(FaultKind::Damaged, what));
            }
            Err(error) => return Err(unreadable(error)),
        }
        if record[0] != DELETED {
            rows.push("", number.saturating_add(2), values(&fields, &record[1..]))?;
        }
    }
    Ok(())
}

fn fields(list: &[u8], foxpro: bool) -> (Vec<Field>, Vec<Cell>) {
    let mut fields = Vec::new();
    let mut names = Vec::new();
    for (descriptor, column) in list.chunks_exact(DESCRIPTOR).zip(0..) {
        if descriptor[0] == TERMINATOR {
            break;
        }
        let name = descriptor[..11].split(|byte| *byte == 0).next().unwrap_or_default();
        // Long texts use the byte for decimals as the high byte of their length.
        let high = if descriptor[11] == b'C' { usize::from(descriptor[17]) << 8 } else { 0 };
        // In FoxPro a B is a number, elsewhere it is a memo of bytes.
        let kind = if descriptor[11] == b'B' && !foxpro { b'M' } else { descriptor[11] };
        fields.push(Field { kind, length: usize::from(descriptor[16]) | high });
        names.extend(cell(column, text(name), CellKind::Text));
    }
    (fields, names)
}

fn values(fields: &[Field], record: &[u8]) -> Vec<Cell> {
    let mut rest = record;
    let mut cells = Vec::new();
    for (field, column) in fields.iter().zip(0..) {
        let (value, after) = rest.split_at(field.length);
        rest = after;
        let (text, kind) = match (field.kind, value) {
            (b'N' | b'F', _) => (text(value), CellKind::Number),
            (b'D', _) => (date(&text(value)), CellKind::Date),
            (b'L', _) => (logical(value), CellKind::Bool),
            (b'I', &[a, b, c, d]) => (i32::from_le_bytes([a, b, c, d]).to_string(), CellKind::Number),
            (b'B', &[a, b, c, d, e, f, g, h]) => {
                (f64::from_le_bytes([a, b, c, d, e, f, g, h]).to_string(), CellKind::Number)
            }
            (b'Y', &[a, b, c, d, e, f, g, h]) => {
                (currency(i64::from_le_bytes([a, b, c, d, e, f, g, h])), CellKind::Number)
            }
            (b'T' | b'@', &[a, b, c, d, e, f, g, h]) => {
                let (day, time) = (u32::from_le_bytes([a, b, c, d]), u32::from_le_bytes([e, f, g, h]));
                (moment(day, time), CellKind::Date)
            }
            (kind, _) if is_memo(kind) || kind == b'0' => continue,
            _ => (text(value), CellKind::Text),
        };
        cells.extend(cell(column, text.trim().to_owned(), kind));
    }
    cells
}

/// A memo stands in a file of its own, to which the table only points.
fn is_memo(kind: u8) -> bool {
    matches!(kind, b'M' | b'G' | b'P')
}

fn text(bytes: &[u8]) -> String {
    let text = std::str::from_utf8(bytes).map(str::to_owned);
    let text = text.unwrap_or_else(|_| GB18030.decode_without_bom_handling(bytes).0.into_owned());
    text.replace('\0', "").trim().to_owned()
}

/// `YYYYMMDD` as registers write it.
fn date(text: &str) -> String {
    let digits = text.len() == 8 && text.bytes().all(|byte| byte.is_ascii_digit());
    if digits { format!("{}-{}-{}", &text[..4], &text[4..6], &text[6..]) } else { text.to_owned() }
}

/// A day of the Julian period and milliseconds of it, as registers write it; nothing for no day.
fn moment(day: u32, milliseconds: u32) -> String {
    if day == 0 {
        return String::new();
    }
    let serial = f64::from(day) - WORKBOOK_EPOCH + f64::from(milliseconds) / MILLISECONDS_A_DAY;
    date_text(&ExcelDateTime::new(serial, ExcelDateTimeType::DateTime, false))
}

/// Ten-thousandths, as FoxPro keeps amounts.
fn currency(amount: i64) -> String {
    let (whole, part) = (amount.unsigned_abs() / 10_000, amount.unsigned_abs() % 10_000);
    let sign = if amount < 0 { "-" } else { "" };
    let text = format!("{sign}{whole}.{part:04}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

fn logical(value: &[u8]) -> String {
    match value.first() {
        Some(b'T' | b't' | b'Y' | b'y') => "是".to_owned(),
        Some(b'F' | b'f' | b'N' | b'n') => "否".to_owned(),
        _ => String::new(),
    }
}

fn u16_at(bytes: &[u8], at: usize) -> u16 {
    u16::from_le_bytes([bytes[at], bytes[at + 1]])
}

fn unreadable(error: std::io::Error) -> Fault {
    match error.kind() {
        ErrorKind::UnexpectedEof => Fault::new(FaultKind::Damaged, "it ends within its header"),
        _ => Fault::new(FaultKind::Unreadable, error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use dossier_model::FileKind;
    use dossier_pipeline::ReadLimits;

    /// A table of a name, a date and an amount.
    fn table(records: &[&str]) -> Vec<u8> {
        let fields = [("姓名", b'C', 8), ("来信日期", b'D', 8), ("人数", b'N', 4)];
        let mut bytes = vec![0x03, 98, 3, 4];
        bytes.extend((records.len() as u32).to_le_bytes());
        bytes.extend((HEADER as u16 + 3 * DESCRIPTOR as u16 + 1).to_le_bytes());
        bytes.extend(21_u16.to_le_bytes());
        bytes.resize(HEADER, 0);
        for (name, kind, length) in fields {
            let mut descriptor = GB18030.encode(name).0.into_owned();
            descriptor.resize(11, 0);
            descriptor.push(kind);
            descriptor.resize(16, 0);
            descriptor.push(length);
            descriptor.resize(DESCRIPTOR, 0);
            bytes.extend(descriptor);
        }
        bytes.push(TERMINATOR);
        for record in records {
            bytes.extend(GB18030.encode(record).0.as_ref());
        }
        bytes
    }

    fn rows_of(bytes: &[u8]) -> Result<Vec<String>, FaultKind> {
        let path = std::env::temp_dir().join(format!("dossier-dbf-{}-{:p}", std::process::id(), bytes));
        std::fs::write(&path, bytes).unwrap();
        let mut rows = Vec::new();
        let read = super::super::read_rows(&path, FileKind::Dbf, &ReadLimits::default(), &mut |row| {
            let cells: Vec<&str> = row.cells.iter().map(|cell| cell.text.as_str()).collect();
            rows.push(format!("{} {}", row.number, cells.join("|")));
            Ok(())
        });
        std::fs::remove_file(&path).unwrap();
        read.map(|_| rows).map_err(|fault| fault.kind)
    }

    #[test]
    fn records_come_out_below_the_names_of_their_fields() {
        let bytes = table(&[" 赵大勇  19980304  12", "*删去    19980305   1", " 孙有田          3   "]);
        assert!(looks_like_dbf(&bytes));
        assert_eq!(
            rows_of(&bytes).unwrap(),
            ["1 姓名|来信日期|人数", "2 赵大勇|1998-03-04|12", "4 孙有田|3"]
        );
        assert_eq!(rows_of(&bytes[..bytes.len() - 3]), Err(FaultKind::Damaged));
    }
    #[test]
    fn a_list_of_things_is_no_table() {
        let text =
            b"1\x01\x01\x01 a text that begins like a table's header, and no table: its lengths say nothing";
        assert!(!looks_like_dbf(text));
        let bytes = table(&[" 赵大勇  19980304  12"]);
        assert!(!looks_like_dbf(&[&bytes[..43], b"?", &bytes[44..]].concat()), "no such type");
    }

    #[test]
    fn what_foxpro_keeps_in_bytes_is_told_in_figures() {
        let mut bytes = vec![0x30, 98, 3, 4, 1, 0, 0, 0];
        bytes.extend((HEADER as u16 + 3 * DESCRIPTOR as u16 + 1).to_le_bytes());
        bytes.extend(25_u16.to_le_bytes());
        bytes.resize(HEADER, 0);
        for (name, kind) in [("T", b'T'), ("Y", b'Y'), ("B", b'B')] {
            let mut descriptor = name.as_bytes().to_vec();
            descriptor.resize(11, 0);
            descriptor.push(kind);
            descriptor.resize(16, 0);
            descriptor.push(8);
            descriptor.resize(DESCRIPTOR, 0);
            bytes.extend(descriptor);
        }
        bytes.extend([TERMINATOR, b' ']);
        // 2000-01-01, noon: day 2451545 of the Julian period.
        bytes.extend(2_451_545_u32.to_le_bytes());
        bytes.extend(43_200_000_u32.to_le_bytes());
        bytes.extend((-35_050_i64).to_le_bytes());
        bytes.extend(2.5_f64.to_le_bytes());
        assert!(looks_like_dbf(&bytes));
        assert_eq!(rows_of(&bytes).unwrap(), ["1 T|Y|B", "2 2000-01-01 12:00:00|-3.505|2.5"]);
    }
}
