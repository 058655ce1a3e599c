//! Delimited text in UTF-8, UTF-16 with a mark, or GB18030.
//!
//! UTF-8 and GB18030 are split as bytes and decoded field by field: no byte of a character of
//! either can be taken for a comma, a semicolon, a tab, a quote or a line break.

use std::fs::File;
use std::io::{BufReader, Read};
use std::path::Path;

use dossier_model::{CellKind, Fault, FaultKind};
use encoding_rs::{Encoding, UTF_8};

use super::records::{Records, widths};
use super::{Rows, cell};
use crate::encoding::{Utf8, encoding_of, marked};

const DELIMITERS: [u8; 3] = [b',', b'\t', b';'];
/// How much of a file the encoding and the delimiter are judged by.
const SAMPLE: u64 = 1024 * 1024;

/// A header stands among so many records, where hardly any others follow.
const FEW: usize = 4;

/// Whether some text looks delimited: most of its records, of which there are two at least, have
/// the same number of fields, at least two.
pub(crate) fn looks_delimited(text: &str) -> bool {
    delimiter(text.as_bytes()).is_some()
}

pub(super) fn read(path: &Path, rows: &mut Rows<'_, '_>) -> Result<(), Fault> {
    let unreadable = |error| Fault::new(FaultKind::Unreadable, error);
    let open = || File::open(path);
    let mut sample = Vec::new();
    open().map_err(unreadable)?.take(SAMPLE).read_to_end(&mut sample).map_err(unreadable)?;
    if let Some((encoding, _)) = marked(&sample).filter(|(encoding, _)| *encoding != UTF_8) {
        let text = encoding.decode(&sample).0.into_owned();
        let file = Utf8::new(open().map_err(unreadable)?, encoding);
        return split(file, text.as_bytes(), UTF_8, rows);
    }
    let encoding = encoding_of(open).map_err(unreadable)?;
    let mut file = BufReader::new(open().map_err(unreadable)?);
    if let Some((_, mark)) = marked(&sample) {
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
    let (delimiter, width) = delimiter(sample)
        .or_else(|| header_delimiter(sample))
        .ok_or_else(|| Fault::new(FaultKind::Damaged, "no delimiter divides it into columns"))?;
    let mut records = Records::new(input, delimiter, width);
    let mut number = 0;
    while let Some(record) = records.next().map_err(|error| Fault::new(FaultKind::Unreadable, error))? {
        number += 1;
        if record.stray {
            rows.strays.add(number);
        }
        let mut damaged = false;
        let cells = record
            .fields()
            .zip(0..)
            .filter_map(|(field, column)| {
                let (text, faults) = encoding.decode_without_bom_handling(&field);
                damaged |= faults;
                cell(column, text.into_owned(), CellKind::Text)
            })
            .collect();
        if damaged {
            rows.damaged.add(number);
        }
        rows.push("", number, cells)?;
    }
    Ok(())
}

/// The delimiter by which most of the sample's records get the same number of fields, and that number.
fn delimiter(sample: &[u8]) -> Option<(u8, usize)> {
    let sample = &sample[..sample.len().min(64 * 1024)];
    let by = |ended: bool| {
        DELIMITERS
            .into_iter()
            .filter_map(|delimiter| Some((delimiter, columns(sample, delimiter, ended)?)))
            .max_by_key(|(_, columns)| *columns)
    };
    // A quoted cell that is open at the end of a sample may go on behind it.
    by(false).or_else(|| by(true))
}

/// The delimiter that divides one of the first records most, where there are too few records to agree: a
/// month without letters has a register with nothing but a header.
fn header_delimiter(sample: &[u8]) -> Option<(u8, usize)> {
    let sample = &sample[..sample.len().min(64 * 1024)];
    DELIMITERS
        .into_iter()
        .filter_map(|delimiter| {
            Some((delimiter, widths(sample, delimiter, true).into_iter().take(FEW).max()?))
        })
        .filter(|(_, columns)| *columns > 1)
        .max_by_key(|(_, columns)| *columns)
}

/// How many columns the records have, if there are two records at least, most agree and have at
/// least two columns.
fn columns(sample: &[u8], delimiter: u8, ended: bool) -> Option<usize> {
    let mut widths = widths(sample, delimiter, ended);
    widths.sort_unstable();
    let common = *widths.get(widths.len() / 2)?;
    let agreeing = widths.iter().filter(|width| **width == common).count();
    (widths.len() > 1 && common > 1 && agreeing * 5 >= widths.len() * 3).then_some(common)
}

#[cfg(test)]
mod tests {
    use dossier_model::{FileKind, NoteKind};
    use dossier_pipeline::ReadLimits;
    use encoding_rs::GB18030;

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

    /// The note of a kind that a file has, if it has one.
    fn noted(name: &str, bytes: &[u8], kind: NoteKind) -> Option<String> {
        let path = std::env::temp_dir().join(format!("dossier-csv-{}-{name}", std::process::id()));
        std::fs::write(&path, bytes).unwrap();
        let read =
            super::super::read_rows(&path, FileKind::Csv, &ReadLimits::default(), &mut |_| Ok(())).unwrap();
        std::fs::remove_file(&path).unwrap();
        read.notes.into_iter().find(|note| note.kind == kind).map(|note| note.detail)
    }

    #[test]
    fn marks_that_quote_nothing_are_noted_by_their_rows() {
        let text = "编号,姓名,内容\n1,甲乙,\"房屋拆迁\n2,丙丁,村道失修\n3,戊己,\"低保\"被取消\n";
        assert_eq!(rows_of(text.as_bytes()).len(), 4);
        assert_eq!(noted("strays", text.as_bytes(), NoteKind::StrayQuotes).as_deref(), Some("2, 4"));
        let sound = "编号,姓名,内容\n1,甲乙,\"房屋\n拆迁\"\n2,丙丁,村道失修\n";
        assert_eq!(noted("sound", sound.as_bytes(), NoteKind::StrayQuotes), None);
    }

    #[test]
    fn a_damaged_byte_costs_its_row_a_character_and_is_noted() {
        let text: String = (1..=20).map(|row| format!("{row},赵大勇,村道失修三年，请查看\n")).collect();
        for encoding in [encoding_rs::UTF_8, GB18030] {
            let mut bytes = encoding.encode(&text).0.into_owned();
            let row = bytes.iter().enumerate().filter(|(_, byte)| **byte == b'\n').nth(6).unwrap().0 + 1;
            bytes[row + 3] = 0xFF;
            let rows = rows_of(&bytes);
            assert_eq!((rows.len(), rows[8][1].as_str()), (20, "赵大勇"), "{}", encoding.name());
            assert!(rows[7][1].contains(char::REPLACEMENT_CHARACTER), "{:?}", rows[7]);
            assert_eq!(noted("damaged", &bytes, NoteKind::DamagedRows).as_deref(), Some("8"));
        }
    }

    #[test]
    fn exported_errors_are_no_values() {
        let text = "编号,姓名,内容\n1,#REF!,村道失修\n2,丙丁,#N/A\n";
        assert_eq!(noted("errors", text.as_bytes(), NoteKind::ErrorCells).as_deref(), Some("B2, C3"));
    }
}
