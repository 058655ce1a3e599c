//! What a list of files declares: a register of them (移交清册), or the checksums that a program wrote
//! (the output of `sha256sum` and its like, a manifest of BagIt, RFC 8493).

use std::path::Path;

use dossier_fields::{LEAD_ROWS, RegisterReader, RowReading, SheetLayout};
use dossier_model::{Fault, FaultKind, Fields, FileKind, RowContent, Sha256, Shape};
use dossier_pipeline::Pipeline;
use dossier_read::{register::read_rows, sniff};

use super::checksum::Checksum;

/// A file as the list has it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Entry {
    /// Its name, with or without folders and extension.
    pub file: Option<String>,
    /// The archive number that it, or the folder of its sheets, is called by.
    pub number: Option<String>,
    /// How many pages it has.
    pub pages: Option<u64>,
    pub checksum: Option<Checksum>,
}

impl Entry {
    /// How the list calls it.
    pub fn name(&self) -> &str {
        self.file.as_deref().or(self.number.as_deref()).unwrap_or_default()
    }
}

/// Reads a list.
///
/// # Errors
/// What the reader says; `NoHeader` where nothing in it names a file.
pub(super) fn read(path: &Path, pipeline: &Pipeline) -> Result<Vec<Entry>, Fault> {
    let kind = sniff(path)?;
    let entries = match kind.shape() {
        Shape::Rows => rows(path, kind, pipeline)?,
        _ => {
            let bytes = std::fs::read(path).map_err(|error| Fault::new(FaultKind::Unreadable, error))?;
            sums(&String::from_utf8_lossy(&bytes)).unwrap_or_default()
        }
    };
    if entries.is_empty() {
        return Err(Fault::new(FaultKind::NoHeader, "nothing in it names a file"));
    }
    Ok(entries)
}

/// The lines of a list of checksums; `None` where a line is none.
fn sums(text: &str) -> Option<Vec<Entry>> {
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines
        .map(|line| {
            let (digits, file) = line.split_once([' ', '\t'])?;
            let file = file.trim_start().trim_start_matches('*').trim_start_matches("./");
            Some(Entry {
                file: Some(file.to_owned()),
                checksum: Some(Checksum::parse(digits)?),
                ..Entry::default()
            })
        })
        .collect()
}

fn rows(path: &Path, kind: FileKind, pipeline: &Pipeline) -> Result<Vec<Entry>, Fault> {
    let reader = RegisterReader::new(pipeline);
    let mut rows: Vec<RowContent> = Vec::new();
    read_rows(path, kind, &pipeline.manifest.limits, &mut |row| {
        rows.push(row);
        Ok(())
    })?;
    let mut entries = Vec::new();
    for sheet in rows.chunk_by(|a, b| a.sheet == b.sheet) {
        let lead = &sheet[..sheet.len().min(LEAD_ROWS)];
        let Some(SheetLayout::Table(layout)) = reader.layout(lead) else { continue };
        let mut sheet_reader = reader.sheet(layout, Sha256::of(b""));
        entries.extend(sheet.iter().filter_map(|row| match sheet_reader.read(row) {
            RowReading::Data { fields, .. } => entry(&fields, pipeline),
            RowReading::NotData(_) => None,
        }));
    }
    Ok(entries)
}

fn entry(fields: &Fields, pipeline: &Pipeline) -> Option<Entry> {
    let names = &pipeline.manifest.declared;
    let value = |names: &[String]| {
        let values = names.iter().filter_map(|name| fields.get(name)?.first());
        values.map(|value| value.value.reveal().trim().to_owned()).find(|value| !value.is_empty())
    };
    let entry = Entry {
        file: value(&names.file).map(|file| file.replace('\\', "/")),
        number: value(&names.number),
        pages: value(&names.pages).and_then(|pages| pages.parse().ok()),
        checksum: value(&names.checksum).and_then(|digits| Checksum::parse(&digits)),
    };
    (entry.file.is_some() || entry.number.is_some()).then_some(entry)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn checksums_as_programs_write_them() {
        let text = "# made by hand\n900150983cd24fb0d6963f7d28e17f72 *data/甲 一.pdf\r\n\
            BA7816BF8F01CFEA414140DE5DAE2223B00361A396177A9CB410FF61F20015AD  ./乙.pdf\n";
        let entries = sums(text).unwrap();
        assert_eq!(entries.iter().map(Entry::name).collect::<Vec<_>>(), ["data/甲 一.pdf", "乙.pdf"]);
        assert!(entries.iter().all(|entry| entry.checksum.is_some()));
        assert_eq!(sums("尊敬的领导：\n村口的桥断了"), None, "a letter is no list");
    }
}
