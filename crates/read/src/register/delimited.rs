//! Delimited text in UTF-8, UTF-16 with a mark, or GB18030.
//!
//! UTF-8 and GB18030 are split as bytes and decoded field by field: no byte of a character of
//! either can be taken for a comma, a semicolon, a tab, a quote or a line break.

use std::fs::File;
use std::io::{BufReader, Cursor, Read};
use std::path::Path;

use csv::{ByteRecord, ReaderBuilder};
use dossier_model::{CellKind, Fault, FaultKind};
use encoding_rs::{Encoding, GB18030, UTF_8};

use super::{Rows, cell};

const DELIMITERS: [u8; 3] = [b',', b'\t', b';'];
/// How much of a file the encoding and the delimiter are judged by.
const SAMPLE: u64 = 1024 * 1024;
/// How much is read at once.
const CHUNK: usize = 64 * 1024;
/// How many bytes the encoding is guessed from, if it is not UTF-8.
const GUESSED: usize = 4 * 1024 * 1024;

/// Whether the start of a file looks like delimited text: no control bytes, and most records
/// have the same number of fields, at least two.
pub(crate) fn looks_delimited(head: &[u8]) -> bool {
    if Encoding::for_bom(head).is_some_and(|(encoding, _)| encoding != UTF_8) {
        return delimiter(
            &Encoding::for_bom(head).map_or(UTF_8, |(e, _)| e).decode(head).0.into_owned().into_bytes(),
        )
        .is_some();
    }
    let control = |byte: &u8| *byte < 0x20 && !matches!(byte, b'\t' | b'\n' | b'\r' | 0x0C);
    !head.iter().any(control) && delimiter(head).is_some()
}

pub(super) fn read(path: &Path, rows: &mut Rows<'_, '_>) -> Result<(), Fault> {
    let unreadable = |error| Fault::new(FaultKind::Unreadable, error);
    let mut sample = Vec::new();
    File::open(path).map_err(unreadable)?.take(SAMPLE).read_to_end(&mut sample).map_err(unreadable)?;
    if let Some((encoding, _)) = Encoding::for_bom(&sample).filter(|(encoding, _)| *encoding != UTF_8) {
        let bytes = std::fs::read(path).map_err(unreadable)?;
        let text = encoding.decode(&bytes).0.into_owned().into_bytes();
        return split(Cursor::new(&text), &text, UTF_8, rows);
    }
    let encoding = encoding_of(path).map_err(unreadable)?;
    let mut file = BufReader::new(File::open(path).map_err(unreadable)?);
    if let Some((_, mark)) = Encoding::for_bom(&sample) {
        file.read_exact(&mut vec![0; mark]).map_err(unreadable)?;
    }
    split(file, &sample, encoding, rows)
}

fn split(
    input: impl Read,
    sample: &[u8],
    encoding: &'static Encoding,
    rows: &mut Rows<'_, '_>,
) -> Result<(), Fault> {
    let delimiter = delimiter(sample)
        .ok_or_else(|| Fault::new(FaultKind::Damaged, "no delimiter divides it into columns"))?;
    let mut reader =
        ReaderBuilder::new().delimiter(delimiter).has_headers(false).flexible(true).from_reader(input);
    let mut record = ByteRecord::new();
    let mut number = 0;
    while reader.read_byte_record(&mut record).map_err(|error| Fault::new(FaultKind::Unreadable, error))? {
        number += 1;
        let cells = record
            .iter()
            .zip(0..)
            .filter_map(|(field, column)| {
                let text = encoding.decode_without_bom_handling(field).0.into_owned();
                cell(column, text, CellKind::Text)
            })
            .collect();
        rows.push("", number, cells)?;
    }
    Ok(())
}

/// UTF-8 if the whole file is, else what its bytes look most like; GBK and GB2312 are read as
/// GB18030, which contains them.
fn encoding_of(path: &Path) -> std::io::Result<&'static Encoding> {
    if is_utf8(File::open(path)?)? {
        return Ok(UTF_8);
    }
    let guessed = guess(File::open(path)?)?;
    Ok(if guessed == encoding_rs::GBK { GB18030 } else { guessed })
}

fn is_utf8(mut file: impl Read) -> std::io::Result<bool> {
    let mut decoder = UTF_8.new_decoder_without_bom_handling();
    let mut chunk = vec![0; CHUNK];
    let mut text = String::with_capacity(3 * CHUNK);
    loop {
        let read = file.read(&mut chunk)?;
        text.clear();
        let last = read == 0;
        let (result, _) = decoder.decode_to_string_without_replacement(&chunk[..read], &mut text, last);
        if !matches!(result, encoding_rs::DecoderResult::InputEmpty) {
            return Ok(false);
        }
        if last {
            return Ok(true);
        }
    }
}

/// What a file looks like from its first byte that is not ASCII on; guessing is slow, and the rest
/// of a large file would not change it.
fn guess(mut file: impl Read) -> std::io::Result<&'static Encoding> {
    let mut detector = chardetng::EncodingDetector::new(chardetng::Iso2022JpDetection::Deny);
    let mut chunk = vec![0; CHUNK];
    let mut fed = 0;
    loop {
        let read = file.read(&mut chunk)?;
        let bytes = &chunk[..read];
        if fed > 0 || read == 0 || !bytes.is_ascii() {
            fed += read;
            detector.feed(bytes, read == 0);
        }
        if read == 0 || fed >= GUESSED {
            return Ok(detector.guess(Some(b"cn"), chardetng::Utf8Detection::Deny));
        }
    }
}

/// The delimiter by which most of the sample's records get the same number of fields.
fn delimiter(sample: &[u8]) -> Option<u8> {
    let sample = &sample[..sample.len().min(64 * 1024)];
    DELIMITERS
        .into_iter()
        .filter_map(|delimiter| Some((columns(sample, delimiter)?, delimiter)))
        .max_by_key(|(columns, _)| *columns)
        .map(|(_, delimiter)| delimiter)
}

/// How many columns the records have, if most agree and have at least two.
fn columns(sample: &[u8], delimiter: u8) -> Option<usize> {
    let mut widths: Vec<usize> = ReaderBuilder::new()
        .delimiter(delimiter)
        .has_headers(false)
        .flexible(true)
        .from_reader(sample)
        .byte_records()
        .map_while(|record| record.ok())
        .map(|record| record.len())
        .collect();
    widths.sort_unstable();
    let common = *widths.get(widths.len() / 2)?;
    let agreeing = widths.iter().filter(|width| **width == common).count();
    (common > 1 && agreeing * 5 >= widths.len() * 3).then_some(common)
}

#[cfg(test)]
mod tests {
    use super::*;
    use dossier_pipeline::ReadLimits;

    use crate::FileKind;

    fn rows_of(bytes: &[u8]) -> Vec<Vec<String>> {
        let path = std::env::temp_dir().join(format!("dossier-csv-{}-{:p}", std::process::id(), bytes));
        std::fs::write(&path, bytes).unwrap();
        let mut rows = Vec::new();
        super::super::read_rows(&path, FileKind::Csv, &ReadLimits::default(), &mut |row| {
            rows.push(row.cells.into_iter().map(|cell| cell.text).collect());
            Ok(())
        })
        .unwrap();
        std::fs::remove_file(&path).unwrap();
        rows
    }

    #[test]
    fn reads_the_encodings_of_chinese_offices() {
        let text = "编号,姓名,内容\r\n1,甲乙,\"房屋拆迁，\n补偿未到\"\r\n2,丙丁,村道失修\r\n";
        let expected = [
            vec!["编号", "姓名", "内容"],
            vec!["1", "甲乙", "房屋拆迁，\n补偿未到"],
            vec!["2", "丙丁", "村道失修"],
        ];
        let utf16: Vec<u8> =
            [0xFF, 0xFE].into_iter().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect();
        let marked = [b"\xEF\xBB\xBF", text.as_bytes()].concat();
        for bytes in [text.as_bytes().to_vec(), GB18030.encode(text).0.into_owned(), utf16, marked] {
            assert_eq!(rows_of(&bytes), expected);
        }
    }

    #[test]
    fn the_encoding_shows_wherever_the_first_chinese_stands() {
        let late = "1,abc\n".repeat(200_000) + "2,房屋拆迁补偿未到，村道失修\n";
        for bytes in [late.clone().into_bytes(), GB18030.encode(&late).0.into_owned()] {
            let rows = rows_of(&bytes);
            assert_eq!(rows.last().map(|row| row[1].as_str()), Some("房屋拆迁补偿未到，村道失修"));
        }
    }

    #[test]
    fn tabs_and_semicolons_delimit_too() {
        assert_eq!(rows_of(b"a\tb,c\n1\t2\n"), [["a", "b,c"], ["1", "2"]]);
        assert_eq!(rows_of(b"a;b\n1;2\n"), [["a", "b"], ["1", "2"]]);
    }
}
