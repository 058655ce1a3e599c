//! What a file is, where its bytes alone do not tell a register from a letter: a letter may have a comma
//! a line, and many a page of hypertext is laid out as a table.

use std::path::Path;

use dossier_fields::{LEAD_ROWS, RegisterReader, SheetLayout};
use dossier_model::{Fault, FaultKind, FileKind, RowContent};
use dossier_pipeline::ReadLimits;
use dossier_read::register::read_rows;
use dossier_read::sniff;

use crate::guard::guarded;

/// No letter has more bytes of text.
const SMALL: u64 = 4 << 20;
/// A register with nothing but a header, or a row below it, has so many rows with its titles.
const BARE: usize = 4;
/// Text that fell apart into more columns was meant to.
const COLUMNS: u32 = 4;
/// A table of hypertext with so few rows and no header is a page laid out.
const FEW_ROWS: usize = 12;
/// What ends a sentence.
const ENDS: [char; 4] = ['。', '！', '？', '；'];
/// What ends one in Latin letters, where a word stands before it.
const LATIN_ENDS: [char; 4] = ['.', '!', '?', ';'];
/// Fewer words between two commas are a name or a title rather than a part of a sentence.
const WORDS: usize = 4;

/// The kind of the file at `path`: what its content says, and a letter where that could be a register
/// but has neither a header nor labels.
///
/// # Errors
/// What the readers say; `Crashed` where one panics.
pub(crate) fn kind_of(
    path: &Path,
    registers: &RegisterReader,
    limits: &ReadLimits,
) -> Result<FileKind, Fault> {
    let kind = guarded(|| sniff(path))?;
    let letter = match kind {
        FileKind::Csv => FileKind::Text,
        FileKind::HtmlTable => FileKind::Html,
        FileKind::Text if is_bare_register(path, registers, limits) => return Ok(FileKind::Csv),
        other => return Ok(other),
    };
    let size = std::fs::metadata(path).map_err(|error| Fault::new(FaultKind::Unreadable, error))?.len();
    if size > SMALL {
        return Ok(kind);
    }
    // What cannot be read as a register is named by the worker that reads it.
    let sheets = guarded(|| first_rows(path, kind, limits)).unwrap_or_default();
    let is_register = sheets.is_empty() || sheets.iter().any(|sheet| registers.layout(sheet).is_some());
    let laid_out = kind == FileKind::HtmlTable && sheets.iter().map(Vec::len).sum::<usize>() <= FEW_ROWS;
    Ok(if !is_register && (laid_out || is_prose(sheets.iter().flatten())) { letter } else { kind })
}

/// Whether a text is a register with a header and a row at most: too little to look delimited, but what
/// a month without letters has.
fn is_bare_register(path: &Path, registers: &RegisterReader, limits: &ReadLimits) -> bool {
    let mut rows: Vec<RowContent> = Vec::new();
    let read = guarded(|| {
        read_rows(path, FileKind::Csv, limits, &mut |row| {
            rows.push(row);
            // Whatever has more is what it looks like.
            if rows.len() > BARE { Err(Fault::new(FaultKind::TooLarge, "")) } else { Ok(()) }
        })
    });
    let Some(SheetLayout::Table(layout)) = registers.layout(&rows).filter(|_| read.is_ok()) else {
        return false;
    };
    let header = rows.iter().find(|row| row.number == layout.header_row).map_or(0, |row| row.cells.len());
    let below: Vec<&RowContent> = rows.iter().filter(|row| row.number > layout.header_row).collect();
    2 * layout.columns.len() > header && below.len() <= 1 && below.iter().all(|row| row.cells.len() > 1)
}

/// The first rows of each sheet.
fn first_rows(path: &Path, kind: FileKind, limits: &ReadLimits) -> Result<Vec<Vec<RowContent>>, Fault> {
    let mut sheets: Vec<Vec<RowContent>> = Vec::new();
    read_rows(path, kind, limits, &mut |row| {
        match sheets.last_mut().filter(|sheet| sheet.iter().all(|other| other.sheet == row.sheet)) {
            Some(sheet) if sheet.len() < LEAD_ROWS => sheet.push(row),
            Some(_) => {}
            None => sheets.push(vec![row]),
        }
        Ok(())
    })?;
    Ok(sheets)
}

/// Whether rows read as sentences that were cut in pieces: few columns, of which the first does not
/// number or date them.
fn is_prose<'r>(rows: impl Iterator<Item = &'r RowContent> + Clone) -> bool {
    let count = |holds: &dyn Fn(&RowContent) -> bool| rows.clone().filter(|row| holds(row)).count();
    let all = count(&|_| true);
    let wide = count(&|row| row.cells.iter().any(|cell| cell.column >= COLUMNS));
    let numbered =
        count(&|row| row.cell(0).is_some_and(|cell| cell.text.chars().any(|c| c.is_ascii_digit())));
    let is_sentence = |row: &RowContent| row.cells.iter().any(|cell| has_sentence(&cell.text));
    // Short lines, such as a date and a signature, are many in a short letter.
    let length = |row: &RowContent| row.cells.iter().map(|cell| cell.text.chars().count()).sum::<usize>();
    let long: usize = rows.clone().filter(|row| is_sentence(row)).map(length).sum();
    let most = 3 * count(&is_sentence) >= all || 3 * long >= rows.clone().map(length).sum();
    wide == 0 && 2 * numbered < all && long > 0 && most
}

/// Whether a text holds the end of a sentence.
fn has_sentence(text: &str) -> bool {
    let latin = || {
        let words: Vec<&str> = text.split_whitespace().collect();
        let ends = |word: &&str| {
            let plain = word.trim_end_matches(LATIN_ENDS);
            plain.len() < word.len() && plain.chars().filter(|c| c.is_alphabetic()).count() > 1
        };
        words.len() >= WORDS && words.iter().any(ends)
    };
    text.contains(ENDS) || latin()
}

#[cfg(test)]
mod tests {
    use super::*;
    use dossier_pipeline::Pipeline;

    fn kind(name: &str, text: &str) -> FileKind {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../pipelines/petitions");
        let registers = RegisterReader::new(&Pipeline::load(&folder).unwrap());
        let file = tempfile::Builder::new().prefix(name).tempfile().unwrap();
        std::fs::write(file.path(), text).unwrap();
        kind_of(file.path(), &registers, &ReadLimits::default()).unwrap()
    }

    #[test]
    fn a_comma_a_line_makes_no_register() {
        let letter = "尊敬的领导,您好！\n我村道路失修,请处理。\n低保被取消,请核实。\n此致,敬礼！\n";
        assert_eq!(kind("letter", letter), FileKind::Text);
        assert_eq!(kind("register", "信访编号,信访人\n测001,赵大勇\n测002,孙有田\n"), FileKind::Csv);
        let english = "Marrowdale House, Thornby\nOctober 21st, 1811\nMy dear Cousin Lettice,\n\
                       Your mother is much recovered, and the children have kept to the garden all this week.\n\
                       Believe me, ever,\nYour affectionate cousin,\nAugusta Wynnlow\n";
        assert_eq!(kind("english", english), FileKind::Text);
        let addresses = "name,place\nA. Wynnlow,Thornby\nJ. Quillfeather,Port Ellery\n";
        assert_eq!(kind("addresses", addresses), FileKind::Csv);
        let unknown = "甲栏,乙栏\n2018-1,村道失修，请处理。\n2018-2,低保被取消。\n2018-3,砖厂欠薪。\n";
        assert_eq!(kind("unknown", unknown), FileKind::Csv, "a register whose header is not known is named");
    }

    #[test]
    fn a_register_without_rows_is_a_register() {
        assert_eq!(kind("bare", "信访编号,信访人,来信日期,信访内容\n"), FileKind::Csv);
        assert_eq!(kind("titled", "望川镇2018年2月来信登记表\n信访编号,信访人,信访内容\n"), FileKind::Csv);
        let long = "村道失修，请派人查看。".repeat(20_000);
        assert_eq!(kind("one", &format!("信访编号,信访人,信访内容\n测001,赵大勇,{long}\n")), FileKind::Csv);
        assert_eq!(
            kind("quoted", &format!("信访编号,信访人,信访内容\n测001,赵大勇,\"{long}\"\n")),
            FileKind::Csv
        );
        assert_eq!(kind("letter", "信访人,住址\n我村道路失修，请派人查看。\n"), FileKind::Text);
        assert_eq!(kind("form", "信访人,赵大勇,电话,13900000012\n"), FileKind::Text);
        assert_eq!(kind("short", "尊敬的领导,您好\n"), FileKind::Text);
    }

    #[test]
    fn a_page_laid_out_as_a_table_is_a_letter_and_a_form_is_a_register() {
        let page = "<table><tr><td>尊敬的领导<td>您好！<tr><td>我村道路失修<td>请处理。</table>";
        assert_eq!(kind("page", page), FileKind::Html);
        let form = "<table><tr><td>信访人<td>赵大勇<td>性别<td>男<tr><td>联系电话<td>13900000012\
                    <tr><td>住址<td>石桥镇柳树湾村<tr><td>反映内容<td>村道失修三年</table>";
        assert_eq!(kind("form", form), FileKind::HtmlTable);
    }
}
