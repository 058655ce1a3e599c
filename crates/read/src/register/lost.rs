//! What a workbook has that its cells do not tell, noted.

use std::io::{self, BufRead};
use std::path::Path;

use dossier_model::{Fault, FaultKind, NoteKind};

use super::Rows;
use crate::package::Package;

/// How a workbook's styles say that text is struck through.
const STRIKE: &[u8] = b"<strike";
/// …or that it is not, though its parent's is.
const UNSTRUCK: &[u8] = b" val=\"0\"";
/// How a formula ends, and what follows it where nobody has reckoned its value.
const FORMULA: &[u8] = b"</f>";
const NO_VALUE: [&[u8]; 4] = [b"</c>", b"<v></v>", b"<v/>", b"<v />"];
/// The longest of these together.
const LONGEST: usize = FORMULA.len() + 7;
/// Where xlsx keeps its sheets and its styles.
const SHEETS: &str = "xl/worksheets/";
const STYLES: &str = "xl/styles.xml";

/// Notes the pictures in `folder` of a workbook in a package, and of xlsx the cells that are struck
/// through and the formulas without a value.
pub(super) fn lost_parts(
    path: &Path,
    folder: &str,
    is_xlsx: bool,
    rows: &mut Rows<'_, '_>,
) -> Result<(), Fault> {
    let mut package = Package::open(path)?;
    let pictures = package.names().filter(|name| name.starts_with(folder)).count();
    if pictures > 0 {
        rows.notes.push(NoteKind::Pictures.of(pictures));
    }
    if !is_xlsx {
        return Ok(());
    }
    if package.has(STYLES) {
        let styles = package.bytes(STYLES)?;
        let strikes = |at: &[u8]| at.starts_with(STRIKE) && !at[STRIKE.len()..].starts_with(UNSTRUCK);
        if (0..styles.len()).any(|at| strikes(&styles[at..])) {
            rows.notes.push(NoteKind::StruckThrough.of(""));
        }
    }
    let sheets: Vec<String> = package.names().filter(|name| name.starts_with(SHEETS)).collect();
    let mut formulas = 0;
    for sheet in sheets.iter().filter(|name| name.ends_with(".xml")) {
        formulas +=
            uncomputed(package.part(sheet)?).map_err(|error| Fault::new(FaultKind::Damaged, error))?;
    }
    if formulas > 0 {
        rows.notes.push(NoteKind::Uncomputed.of(formulas));
    }
    Ok(())
}

/// How many formulas of a sheet have no value: programs that write workbooks without reckoning leave
/// that to whoever opens them.
fn uncomputed(mut sheet: impl BufRead) -> io::Result<u64> {
    let mut count = 0;
    let mut held: Vec<u8> = Vec::new();
    loop {
        let chunk = sheet.fill_buf()?;
        let length = chunk.len();
        held.extend_from_slice(chunk);
        sheet.consume(length);
        let last = length == 0;
        // What may go on in the next piece is looked at with it.
        let end = if last { held.len() } else { held.len().saturating_sub(LONGEST) };
        for at in 0..end {
            if held[at] == b'<' && held[at..].starts_with(FORMULA) {
                let after = &held[at + FORMULA.len()..];
                count += u64::from(NO_VALUE.iter().any(|none| after.starts_with(none)));
            }
        }
        if last {
            return Ok(count);
        }
        held.drain(..end);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formulas_that_nobody_has_reckoned_are_counted() {
        let sheet = b"<c r=\"A1\"><f>SUM(B1)</f></c><c><f>B1</f><v></v></c><c><f>B1</f><v>3</v></c><c><f>B1</f><v /></c>";
        for piece in [1, 7, 64, 4096] {
            let pieces = io::BufReader::with_capacity(piece, &sheet[..]);
            assert_eq!(uncomputed(pieces).unwrap(), 3, "in pieces of {piece}");
        }
    }
}
