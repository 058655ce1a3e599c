//! Registers whatever they hold: the first byte says as what kind the rest is read.

#![no_main]

use std::io::Write;

use dossier_model::FileKind;
use dossier_pipeline::ReadLimits;
use dossier_read::register::read_rows;
use libfuzzer_sys::fuzz_target;

const KINDS: [FileKind; 4] = [FileKind::Dbf, FileKind::HtmlTable, FileKind::Xml2003, FileKind::Csv];

fuzz_target!(|input: &[u8]| {
    let Some((first, bytes)) = input.split_first() else { return };
    let kind = KINDS[usize::from(*first) % KINDS.len()];
    let Ok(mut file) = tempfile::NamedTempFile::new() else { return };
    if file.write_all(bytes).is_err() {
        return;
    }
    let limits = ReadLimits { rows: 10_000, ..ReadLimits::default() };
    // A fault is an answer; a panic, a hang or a gigabyte is not.
    drop(read_rows(file.path(), kind, &limits, &mut |_| Ok(())));
});
