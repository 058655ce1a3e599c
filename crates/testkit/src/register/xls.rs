//! A minimal BIFF8 writer ([MS-XLS]): shared strings, numbers, dates, merged cells, in an OLE
//! container. Enough for calamine, LibreOffice and Excel to read.

use std::collections::HashMap;
use std::io::{Cursor, Write as _};
use std::time::SystemTime;

use super::{Cell, Merge, Sheet};
use crate::{Error, Result};

const BOF: u16 = 0x0809;
const EOF: u16 = 0x000a;
const CODEPAGE: u16 = 0x0042;
const WINDOW1: u16 = 0x003d;
const FONT: u16 = 0x0031;
const XF: u16 = 0x00e0;
const STYLE: u16 = 0x0293;
const BOUNDSHEET: u16 = 0x0085;
const SST: u16 = 0x00fc;
const CONTINUE: u16 = 0x003c;
const DIMENSIONS: u16 = 0x0200;
const LABELSST: u16 = 0x00fd;
const NUMBER: u16 = 0x0203;
const MERGECELLS: u16 = 0x00e5;
const WINDOW2: u16 = 0x023e;

/// The cell formats: fifteen for styles, then the general one and the one for dates.
const GENERAL: u16 = 15;
const DATE: u16 = 16;
/// No record is longer than this.
const RECORD: usize = 8224;

pub(super) fn write(sheets: &[Sheet]) -> Result<Vec<u8>> {
    let stream = workbook(sheets)?;
    container(&stream).map_err(|cause| Error::encode("an xls file", cause))
}

/// The OLE container; its times are zero so that equal registers are equal files.
fn container(stream: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut file = cfb::CompoundFile::create_with_version(cfb::Version::V3, Cursor::new(Vec::new()))?;
    file.create_stream("/Workbook")?.write_all(stream)?;
    file.set_created_time("/", SystemTime::UNIX_EPOCH)?;
    file.set_modified_time("/", SystemTime::UNIX_EPOCH)?;
    file.flush()?;
    Ok(file.into_inner().into_inner())
}

/// The strings of a workbook, each stored once.
#[derive(Default)]
struct Strings {
    index: HashMap<String, u32>,
    order: Vec<String>,
    uses: u32,
}

impl Strings {
    fn intern(&mut self, text: &str) -> u32 {
        self.uses += 1;
        let next = self.order.len() as u32;
        let at = *self.index.entry(text.to_owned()).or_insert(next);
        if at == next {
            self.order.push(text.to_owned());
        }
        at
    }

    /// The SST record and its continuations; no string is split between them.
    fn records(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        let mut kind = SST;
        let mut body = [self.uses.to_le_bytes(), (self.order.len() as u32).to_le_bytes()].concat();
        for text in &self.order {
            let string = unicode_string(text);
            if body.len() + string.len() > RECORD {
                record(&mut bytes, kind, &body);
                kind = CONTINUE;
                body.clear();
            }
            body.extend(string);
        }
        record(&mut bytes, kind, &body);
        bytes
    }
}

fn workbook(sheets: &[Sheet]) -> Result<Vec<u8>> {
    let mut strings = Strings::default();
    let pages: Result<Vec<Vec<u8>>> = sheets.iter().map(|sheet| worksheet(sheet, &mut strings)).collect();
    let pages = pages?;
    let mut globals = preamble();
    let bounds: usize = sheets.iter().map(|sheet| bound_sheet(&sheet.name, 0).len()).sum();
    let table = strings.records();
    // Each sheet begins after the globals, which end with an empty EOF record.
    let mut start = globals.len() + bounds + table.len() + 4;
    for (sheet, page) in sheets.iter().zip(&pages) {
        globals.extend(bound_sheet(&sheet.name, start as u32));
        start += page.len();
    }
    globals.extend(table);
    record(&mut globals, EOF, &[]);
    globals.extend(pages.concat());
    Ok(globals)
}

fn preamble() -> Vec<u8> {
    let mut bytes = Vec::new();
    record(&mut bytes, BOF, &bof(0x0005));
    record(&mut bytes, CODEPAGE, &1200_u16.to_le_bytes());
    record(&mut bytes, WINDOW1, &words(&[0, 0, 0x3000, 0x2000, 0x0038, 0, 0, 1, 600]));
    for _ in 0..5 {
        record(&mut bytes, FONT, &font());
    }
    for at in 0..=DATE {
        record(&mut bytes, XF, &extended_format(at));
    }
    // The built-in style Normal.
    record(&mut bytes, STYLE, &[0x00, 0x80, 0x00, 0xff]);
    bytes
}

fn worksheet(sheet: &Sheet, strings: &mut Strings) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    record(&mut bytes, BOF, &bof(0x0010));
    let width = sheet.rows.iter().map(Vec::len).max().unwrap_or(0) as u16;
    let mut dimensions = [0_u32.to_le_bytes(), (sheet.rows.len() as u32).to_le_bytes()].concat();
    dimensions.extend(words(&[0, width, 0]));
    record(&mut bytes, DIMENSIONS, &dimensions);
    for (row, cells) in sheet.rows.iter().enumerate() {
        let row = u16::try_from(row).map_err(|cause| Error::encode("an xls file", cause))?;
        for (column, cell) in (0..).zip(cells) {
            write_cell(&mut bytes, row, column, cell, strings);
        }
    }
    record(&mut bytes, WINDOW2, &words(&[0x06b6, 0, 0, 0x0040, 0, 0, 0, 0, 0]));
    if !sheet.merges.is_empty() {
        record(&mut bytes, MERGECELLS, &merged(&sheet.merges));
    }
    record(&mut bytes, EOF, &[]);
    Ok(bytes)
}

fn write_cell(bytes: &mut Vec<u8>, row: u16, column: u16, cell: &Cell, strings: &mut Strings) {
    let number = |bytes: &mut Vec<u8>, format: u16, number: f64| {
        let mut body = words(&[row, column, format]);
        body.extend(number.to_le_bytes());
        record(bytes, NUMBER, &body);
    };
    match cell {
        Cell::Empty => {}
        Cell::Number(value) => number(bytes, GENERAL, *value),
        Cell::Date(days) => number(bytes, DATE, *days),
        Cell::Text(text) => {
            let mut body = words(&[row, column, GENERAL]);
            body.extend(strings.intern(text).to_le_bytes());
            record(bytes, LABELSST, &body);
        }
    }
}

fn merged(merges: &[Merge]) -> Vec<u8> {
    let mut body = words(&[merges.len() as u16]);
    for merge in merges {
        body.extend(words(&[merge.top as u16, merge.bottom as u16, merge.left, merge.right]));
    }
    body
}

fn record(bytes: &mut Vec<u8>, kind: u16, body: &[u8]) {
    bytes.extend(words(&[kind, body.len() as u16]));
    bytes.extend(body);
}

fn words(words: &[u16]) -> Vec<u8> {
    words.iter().flat_map(|word| word.to_le_bytes()).collect()
}

/// BIFF8, made by Excel 97 or later.
fn bof(kind: u16) -> Vec<u8> {
    words(&[0x0600, kind, 0x0dbb, 0x07cc, 0x0041, 0, 0x0006, 0])
}

/// Song at 10 points.
fn font() -> Vec<u8> {
    let mut body = words(&[200, 0, 0x7fff, 400, 0, 0, 0x8600]);
    body.extend(short_string("宋体"));
    body
}

fn extended_format(at: u16) -> Vec<u8> {
    // Number format 14 is the system's short date. Style formats have the flags 0xfff5.
    let number_format = if at == DATE { 14 } else { 0 };
    let kind = if at < GENERAL { 0xfff5 } else { 0x0001 };
    words(&[0, number_format, kind, 0x0020, 0, 0, 0, 0, 0, 0x20c0])
}

fn bound_sheet(name: &str, start: u32) -> Vec<u8> {
    let mut body = start.to_le_bytes().to_vec();
    body.extend([0, 0]);
    body.extend(short_string(name));
    let mut bytes = Vec::new();
    record(&mut bytes, BOUNDSHEET, &body);
    bytes
}

/// A string with one byte of length, in UTF-16.
fn short_string(text: &str) -> Vec<u8> {
    let units: Vec<u16> = text.encode_utf16().collect();
    let mut bytes = vec![units.len() as u8, 1];
    bytes.extend(words(&units));
    bytes
}

/// A string with two bytes of length, in UTF-16.
fn unicode_string(text: &str) -> Vec<u8> {
    let units: Vec<u16> = text.encode_utf16().collect();
    let mut bytes = words(&[units.len() as u16]);
    bytes.push(1);
    bytes.extend(words(&units));
    bytes
}
