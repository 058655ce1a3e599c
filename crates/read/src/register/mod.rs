//! Registers: every row that is not wholly blank, as it stands in the file.

mod carried;
mod dbf;
mod delimited;
mod html;
mod lost;
mod ods;
mod records;
mod stream;
mod xls;
mod xlsb;
mod xlsx;
mod xml2003;

use std::path::Path;

use calamine::Data;
use dossier_model::{Cell, CellKind, Fault, FaultKind, FileKind, Note, NoteKind, RowContent};

use crate::encoding::is_control;
pub(crate) use dbf::looks_like_dbf;
pub(crate) use delimited::looks_delimited;
pub(crate) use html::looks_like_tables;
use stream::CellStream;

use dossier_pipeline::ReadLimits;

/// Takes the rows one by one; an error stops the reading and comes out as it is.
pub type RowSink<'a> = dyn FnMut(RowContent) -> Result<(), Fault> + 'a;

/// What a register gave beside its rows.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RegisterRead {
    /// How many rows there were.
    pub rows: u64,
    /// What a person should know of it.
    pub notes: Vec<Note>,
}

/// Reads all sheets of a register in order and hands each row that is not wholly blank to `sink`. Memory is bounded by one row, except that xlsx keeps the
/// workbook's shared strings, xls one sheet, and ods and hypertext the whole file.
///
/// # Errors
/// `Encrypted`, `Damaged`, `Unreadable`, `TooLarge`, or what `sink` returned; the rows handed
/// over before stand.
pub fn read_rows(
    path: &Path,
    kind: FileKind,
    limits: &ReadLimits,
    sink: &mut RowSink<'_>,
) -> Result<RegisterRead, Fault> {
    let mut rows = Rows::new(limits.rows, sink);
    match kind {
        FileKind::Xlsx => xlsx::read(path, &mut rows)?,
        FileKind::Xlsb => xlsb::read(path, &mut rows)?,
        FileKind::Xls => xls::read(path, &mut rows)?,
        FileKind::Ods => ods::read(path, &mut rows)?,
        FileKind::Csv => delimited::read(path, &mut rows)?,
        FileKind::HtmlTable => html::read(path, &mut rows)?,
        FileKind::Xml2003 => xml2003::read(path, &mut rows)?,
        FileKind::Dbf => dbf::read(path, &mut rows)?,
        other => return Err(Fault::new(FaultKind::UnknownKind, format!("{} is no register", other.name()))),
    }
    if rows.seen == 0 {
        rows.notes.push(NoteKind::NoRows.of(""));
    }
    let noted = [
        (&rows.strays, NoteKind::StrayQuotes),
        (&rows.damaged, NoteKind::DamagedRows),
        (&rows.errors, NoteKind::ErrorCells),
    ];
    rows.notes.extend(noted.into_iter().filter_map(|(places, kind)| places.note(kind)));
    Ok(RegisterRead { rows: rows.seen, notes: rows.notes })
}

/// A note names so many places, and says how many there are.
const NAMED: u64 = 20;

/// Places that a note is about.
#[derive(Default)]
struct Places {
    named: Vec<String>,
    count: u64,
}

impl Places {
    fn add(&mut self, place: impl ToString) {
        self.count += 1;
        if self.count <= NAMED {
            self.named.push(place.to_string());
        }
    }

    /// The note, if there is any place.
    fn note(&self, kind: NoteKind) -> Option<Note> {
        let more = if self.count > NAMED { format!(" … ({})", self.count) } else { String::new() };
        (self.count > 0).then(|| kind.of(self.named.join(", ") + &more))
    }
}

/// Counts what goes to the sink and stops at the limit.
struct Rows<'a, 'b> {
    seen: u64,
    limit: u64,
    notes: Vec<Note>,
    /// The rows with a quotation mark that quotes nothing.
    strays: Places,
    /// The rows with bytes that are no characters.
    damaged: Places,
    /// The cells that hold errors.
    errors: Places,
    sink: &'a mut RowSink<'b>,
}

impl<'a, 'b> Rows<'a, 'b> {
    fn new(limit: u64, sink: &'a mut RowSink<'b>) -> Rows<'a, 'b> {
        let [strays, damaged, errors] = [(); 3].map(|()| Places::default());
        Rows { seen: 0, limit, notes: Vec::new(), strays, damaged, errors, sink }
    }
}

impl Rows<'_, '_> {
    fn push(&mut self, sheet: &str, number: u32, cells: Vec<Cell>) -> Result<(), Fault> {
        if cells.is_empty() {
            return Ok(());
        }
        if self.seen == self.limit {
            return Err(Fault::new(FaultKind::TooLarge, format!("more than {} rows", self.limit)));
        }
        self.seen += 1;
        for cell in cells.iter().filter(|cell| cell.kind == CellKind::Error) {
            let name = cell.name(number);
            self.errors.add(if sheet.is_empty() { name } else { format!("{sheet}!{name}") });
        }
        (self.sink)(RowContent { sheet: sheet.to_owned(), number, cells })
    }
}

/// The names of a workbook's sheets that hold cells, hidden ones too, in order; hidden ones are noted.
fn sheet_names(sheets: &[calamine::Sheet], rows: &mut Rows<'_, '_>) -> Vec<String> {
    let with_cells = sheets.iter().filter(|sheet| sheet.typ == calamine::SheetType::WorkSheet);
    with_cells
        .map(|sheet| {
            if sheet.visible != calamine::SheetVisible::Visible {
                rows.notes.push(NoteKind::HiddenSheet.of(&sheet.name));
            }
            sheet.name.clone()
        })
        .collect()
}

/// A sheet as cells in a rectangle.
fn push_range(sheet: &str, range: &calamine::Range<Data>, rows: &mut Rows<'_, '_>) -> Result<(), Fault> {
    let (top, left) = range.start().unwrap_or_default();
    for (values, row) in range.rows().zip(top..) {
        let cells = values.iter().zip(left..).filter_map(|(value, column)| {
            let (text, kind) = value_text(value.clone())?;
            cell(column, text, kind)
        });
        rows.push(sheet, row + 1, cells.collect())?;
    }
    Ok(())
}

/// What spreadsheet programs show where they could not reckon; exported, it is text.
const ERRORS: [&str; 8] = ["#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!", "#SPILL!"];

/// A cell with a value, unless its text is nothing but white space; stray control characters are no part
/// of it.
fn cell(column: u32, mut text: String, mut kind: CellKind) -> Option<Cell> {
    if text.starts_with('#') && ERRORS.contains(&text.trim_end()) {
        kind = CellKind::Error;
    }
    if text.contains(is_control) {
        text.retain(|character| !is_control(character));
    }
    (!text.trim().is_empty()).then_some(Cell { column, text, kind })
}

/// The text of a workbook's value; `None` where the cell is empty.
fn value_text(value: Data) -> Option<(String, CellKind)> {
    Some(match value {
        Data::Empty => return None,
        Data::String(text) => (text, CellKind::Text),
        Data::Int(number) => (number.to_string(), CellKind::Number),
        // `Display` writes the shortest digits that read back as the same number, never an exponent.
        Data::Float(number) => (number.to_string(), CellKind::Number),
        Data::Bool(value) => (value.to_string(), CellKind::Bool),
        Data::DateTime(moment) => (date_text(&moment), CellKind::Date),
        Data::DateTimeIso(text) => (text.replace('T', " "), CellKind::Date),
        Data::DurationIso(text) => (text, CellKind::Text),
        Data::Error(error) => (error.to_string(), CellKind::Error),
    })
}

/// `YYYY-MM-DD`, with ` hh:mm:ss` unless it is midnight; a bare time of day is `hh:mm:ss`.
fn date_text(moment: &calamine::ExcelDateTime) -> String {
    let (year, month, day, hour, minute, second, _) = moment.to_ymd_hms_milli();
    if moment.is_duration() {
        return moment.as_f64().to_string();
    }
    let time = format!("{hour:02}:{minute:02}:{second:02}");
    match (moment.as_f64() < 1.0, (hour, minute, second) == (0, 0, 0)) {
        (true, _) => time,
        (false, true) => format!("{year:04}-{month:02}-{day:02}"),
        (false, false) => format!("{year:04}-{month:02}-{day:02} {time}"),
    }
}
