//! Delimited text as records, of which one at a time is in memory.
//!
//! A quoted cell may span lines, so that one quotation mark too many would swallow all rows up to the
//! next. A mark therefore quotes only where it is closed before a delimiter or the end of a line, and
//! where what it spans does not read as rows of the register; else it stands for itself.

use std::borrow::Cow;
use std::io::{self, Read};
use std::ops::Range;

use memchr::{memchr, memchr_iter, memchr3};

const QUOTE: u8 = b'"';
/// How much is read at once, at least.
const CHUNK: usize = 64 * 1024;
/// A quoted cell that is longer has no end: memory is bounded by it.
const LONGEST: usize = 16 << 20;

/// The records of some delimited text; blank lines are none.
pub(super) struct Records<R> {
    input: R,
    delimiter: u8,
    /// How many fields a row of the register has; 0 where that is not known yet.
    width: usize,
    buffer: Vec<u8>,
    /// Where the next record begins in the buffer.
    next: usize,
    ended: bool,
}

/// One record.
pub(super) struct Record<'b> {
    bytes: &'b [u8],
    fields: Vec<Field>,
    /// Whether a quotation mark in it quotes nothing and stands for itself.
    pub stray: bool,
}

struct Field {
    /// Within quotation marks, if it has any.
    at: Range<usize>,
    quoted: bool,
}

/// What a scan found from the beginning of a record on.
struct Scanned {
    fields: Vec<Field>,
    end: usize,
    stray: bool,
    /// Whether a quoted cell spans lines.
    spans: bool,
}

/// How far a scan is to believe quotation marks.
#[derive(Clone, Copy, PartialEq)]
enum Trust {
    /// All that are closed, perhaps by what is still to be read.
    Open,
    /// All that are closed.
    Closed,
    /// Those that are closed on their line.
    Line,
}

impl<R: Read> Records<R> {
    pub fn new(input: R, delimiter: u8, width: usize) -> Records<R> {
        Records { input, delimiter, width, buffer: Vec::new(), next: 0, ended: false }
    }

    /// The next record; `None` at the end.
    ///
    /// # Errors
    /// What reading says.
    pub fn next(&mut self) -> io::Result<Option<Record<'_>>> {
        let scanned = loop {
            self.skip_blank_lines();
            if self.next == self.buffer.len() && self.ended {
                return Ok(None);
            }
            match self.scan() {
                Some(scanned) => break scanned,
                None => self.fill()?,
            }
        };
        let start = self.next;
        self.next += scanned.end;
        let bytes = &self.buffer[start..self.next];
        Ok(Some(Record { bytes, fields: scanned.fields, stray: scanned.stray }))
    }

    fn skip_blank_lines(&mut self) {
        let breaks = self.buffer[self.next..].iter().take_while(|byte| matches!(byte, b'\r' | b'\n'));
        self.next += breaks.count();
    }

    /// The record that begins here; `None` where its end is still to be read.
    fn scan(&self) -> Option<Scanned> {
        let bytes = &self.buffer[self.next..];
        let by = |trust| scan(bytes, self.delimiter, trust, self.ended);
        let without_end = || by(Trust::Closed).filter(|_| self.ended || bytes.len() > LONGEST);
        let scanned = by(Trust::Open).or_else(without_end)?;
        if scanned.spans && self.are_rows(&bytes[..scanned.end]) {
            return by(Trust::Line);
        }
        Some(scanned)
    }

    /// Reads at least as much again as is held, so that looking at a long record from its beginning
    /// again and again takes no longer than twice.
    fn fill(&mut self) -> io::Result<()> {
        self.buffer.drain(..self.next);
        self.next = 0;
        let more = CHUNK.max(self.buffer.len()) as u64;
        let read = self.input.by_ref().take(more).read_to_end(&mut self.buffer)?;
        self.ended = read == 0;
        Ok(())
    }

    /// Whether the lines of a record are rows by themselves, which one quotation mark at the beginning
    /// of a cell and one at the end of another would join: most have as many fields as the register,
    /// and begin with a number or a date like the first.
    fn are_rows(&self, record: &[u8]) -> bool {
        let mut lines = record.split(|byte| matches!(byte, b'\r' | b'\n')).filter(|line| !line.is_empty());
        let row = |line: &[u8]| {
            let scanned = scan(line, self.delimiter, Trust::Line, true)?;
            let first = &line[scanned.fields.first()?.at.clone()];
            (scanned.fields.len() == self.width).then(|| shape(first))
        };
        let Some(first) = lines.next().and_then(row).filter(|shape| shape.contains(&b'0')) else {
            return false;
        };
        let (mut rows, mut others) = (0, 0);
        for line in lines {
            let is_row = row(line).is_some_and(|shape| shape == first);
            *if is_row { &mut rows } else { &mut others } += 1;
        }
        rows > others
    }
}

impl Record<'_> {
    /// Its fields, doubled quotation marks in quoted ones made one.
    pub fn fields(&self) -> impl Iterator<Item = Cow<'_, [u8]>> {
        self.fields.iter().map(|field| {
            let bytes = &self.bytes[field.at.clone()];
            if field.quoted { undoubled(bytes) } else { Cow::Borrowed(bytes) }
        })
    }
}

/// How many fields each record at the beginning of a text has. A quoted cell that is not closed may go on
/// behind it, unless `ended`: its record counts as the first.
pub(super) fn widths(sample: &[u8], delimiter: u8, ended: bool) -> Vec<usize> {
    let trust = if ended { Trust::Closed } else { Trust::Open };
    let mut widths = Vec::new();
    let mut rest = sample;
    while let [first, after @ ..] = rest {
        if matches!(first, b'\r' | b'\n') {
            rest = after;
            continue;
        }
        let Some(scanned) = scan(rest, delimiter, trust, true) else {
            widths.extend(widths.first().copied());
            break;
        };
        widths.push(scanned.fields.len());
        rest = &rest[scanned.end..];
    }
    widths
}

/// The record at the beginning of some bytes; `None` where its end is not among them and more may come.
fn scan(bytes: &[u8], delimiter: u8, trust: Trust, ended: bool) -> Option<Scanned> {
    let mut scanned = Scanned { fields: Vec::new(), end: 0, stray: false, spans: false };
    let mut at = 0;
    loop {
        let mut found = None;
        if bytes.get(at) == Some(&QUOTE) {
            match closing(bytes, at, delimiter, ended) {
                Closing::At(end, next) => {
                    let spans = bytes[at..end].iter().any(|byte| matches!(byte, b'\r' | b'\n'));
                    if !spans || trust != Trust::Line {
                        scanned.spans |= spans;
                        found = Some((Field { at: at + 1..end, quoted: true }, next));
                    }
                }
                Closing::Unknown if trust == Trust::Open => return None,
                Closing::Unknown | Closing::None => {}
            }
            scanned.stray |= found.is_none();
        }
        let (field, next) = match found {
            Some(found) => found,
            None => {
                let next = memchr3(delimiter, b'\r', b'\n', &bytes[at..]).map(|length| at + length);
                let end = next.or(ended.then_some(bytes.len()))?;
                (Field { at: at..end, quoted: false }, end)
            }
        };
        scanned.fields.push(field);
        if bytes.get(next) != Some(&delimiter) {
            scanned.end = next;
            return Some(scanned);
        }
        at = next + 1;
    }
}

/// Where a quoted cell ends.
enum Closing {
    /// At its closing mark, and where what follows stands: a delimiter, a line's end or the text's.
    At(usize, usize),
    /// That is still to be read, if it is.
    Unknown,
    /// Nowhere: other text follows its closing mark.
    None,
}

/// Where the cell that is quoted from `open` on ends.
fn closing(bytes: &[u8], open: usize, delimiter: u8, ended: bool) -> Closing {
    let mut at = open + 1;
    while let Some(length) = memchr(QUOTE, &bytes[at..]) {
        let end = at + length;
        if bytes.get(end + 1) == Some(&QUOTE) {
            at = end + 2;
            continue;
        }
        let blanks = bytes[end + 1..].iter().take_while(|byte| **byte == b' ').count();
        let next = end + 1 + blanks;
        return match bytes.get(next) {
            Some(byte) if *byte == delimiter || matches!(byte, b'\r' | b'\n') => Closing::At(end, next),
            Some(_) => Closing::None,
            None if ended => Closing::At(end, next),
            None => Closing::Unknown,
        };
    }
    Closing::Unknown
}

fn undoubled(bytes: &[u8]) -> Cow<'_, [u8]> {
    if memchr(QUOTE, bytes).is_none() {
        return Cow::Borrowed(bytes);
    }
    let mut text = Vec::with_capacity(bytes.len());
    let mut start = 0;
    for second in memchr_iter(QUOTE, bytes).skip(1).step_by(2) {
        text.extend_from_slice(&bytes[start..second]);
        start = second + 1;
    }
    text.extend_from_slice(&bytes[start..]);
    Cow::Owned(text)
}

/// What a cell looks like: figures are `0`, letters of any script `a`, one for as many as there are.
fn shape(cell: &[u8]) -> Vec<u8> {
    let kind = |byte: &u8| match byte {
        b'0'..=b'9' => b'0',
        byte if byte.is_ascii_alphabetic() || !byte.is_ascii() => b'a',
        byte => *byte,
    };
    let mut shape: Vec<u8> = cell.iter().map(kind).collect();
    shape.dedup();
    shape
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The records, each as its fields, and which have a mark that quotes nothing.
    fn records(text: &str, width: usize) -> (Vec<Vec<String>>, Vec<usize>) {
        let mut records = Records::new(text.as_bytes(), b',', width);
        let (mut all, mut strays) = (Vec::new(), Vec::new());
        while let Some(record) = records.next().unwrap() {
            all.push(record.fields().map(|field| String::from_utf8_lossy(&field).into_owned()).collect());
            strays.extend(record.stray.then_some(all.len()));
        }
        (all, strays)
    }

    fn rows(from: usize, to: usize) -> String {
        (from..=to).map(|row| format!("测{row:03},赵大勇,村道失修{row}年,2018-03-{row:02}\n")).collect()
    }

    #[test]
    fn a_mark_that_nothing_closes_swallows_no_rows() {
        let stray = "测005,孙有田,\"低保被取消,2018-03-05\n";
        for last in
            ["测015,钱守信,所谓\"样板路\"坏了,2018-03-15\n", "测015,钱守信,\"样板路,坏了\",2018-03-15\n"]
        {
            let text = rows(1, 4) + stray + &rows(6, 14) + last + &rows(16, 20);
            let (all, strays) = records(&text, 4);
            assert_eq!((all.len(), strays), (20, vec![5]));
            assert_eq!(all[4], ["测005", "孙有田", "\"低保被取消", "2018-03-05"]);
            assert_eq!(all[14][3], "2018-03-15");
        }
        let (all, strays) = records(&(rows(1, 1) + stray + &rows(3, 5)), 4);
        assert_eq!((all.len(), strays), (5, vec![2]), "open at the end");
    }

    #[test]
    fn two_marks_that_enclose_rows_quote_nothing() {
        let text = rows(1, 1)
            + "测002,孙有田,\"低保,2018-03-02\n"
            + &rows(3, 5)
            + "测006,钱守信,砖厂\",2018-03-06\n";
        let (all, strays) = records(&text, 4);
        assert_eq!((all.len(), strays), (6, vec![2]));
        assert_eq!(all[5], ["测006", "钱守信", "砖厂\"", "2018-03-06"]);
    }

    #[test]
    fn quoted_cells_may_have_lines_delimiters_and_marks() {
        let cell =
            "反映,一,二\r\n\n1,2,3,4\n所谓\"样板路\",坏了\n\"".to_owned() + &"村道,失修。\n".repeat(40_000);
        let quoted = format!("测001,\"{}\",\"\",甲\r\n", cell.replace('"', "\"\""));
        let (all, strays) = records(&(quoted + "\n\n测002,\"乙\" ,丙,丁"), 4);
        assert_eq!(all[0], ["测001", &cell, "", "甲"]);
        assert_eq!(all[1], ["测002", "乙", "丙", "丁"]);
        assert_eq!((all.len(), strays), (2, vec![]));
    }

    #[test]
    fn text_behind_a_closing_mark_is_taken_as_it_stands() {
        assert_eq!(records("1,\"样板路\"坏了,\"二\"\n", 3).0, [["1", "\"样板路\"坏了", "二"]]);
        assert_eq!(records("1,\"\"样板路\",二\n2,三,四\n", 3).0.len(), 2);
    }

    /// Whatever is well formed reads as the library reads it.
    #[test]
    fn well_formed_text_reads_as_any_reader_reads_it() {
        let mut numbers = dossier_testkit::rng::Rng::new(5);
        for _ in 0..500 {
            let mut writer = csv::WriterBuilder::new().flexible(true).from_writer(Vec::new());
            for _ in 0..1 + numbers.below(6) {
                let piece = |numbers: &mut dossier_testkit::rng::Rng| {
                    ["", "村", ",", "\"", "\n", "a b", "7", "\r\n", "\"\""][numbers.below(9)]
                };
                let cell = |numbers: &mut dossier_testkit::rng::Rng| -> String {
                    (0..numbers.below(5)).map(|_| piece(numbers)).collect()
                };
                let row: Vec<String> = (0..1 + numbers.below(4)).map(|_| cell(&mut numbers)).collect();
                writer.write_record(&row).unwrap();
            }
            let text = String::from_utf8(writer.into_inner().unwrap()).unwrap();
            let mut reader =
                csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.as_bytes());
            let expected: Vec<Vec<String>> =
                reader.records().map(|record| record.unwrap().iter().map(str::to_owned).collect()).collect();
            assert_eq!(records(&text, 0), (expected, vec![]), "{text:?}");
        }
    }
}
