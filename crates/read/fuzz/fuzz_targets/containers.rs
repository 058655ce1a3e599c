//! Containers whatever they hold: opened, every file in them unpacked into nothing.

#![no_main]

use std::io::Write;

use dossier_model::FileKind;
use dossier_pipeline::ReadLimits;
use dossier_read::Container;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    let Some((first, bytes)) = input.split_first() else { return };
    let kind = if first % 2 == 0 { FileKind::Zip } else { FileKind::Mail };
    let Ok(mut file) = tempfile::NamedTempFile::new() else { return };
    if file.write_all(bytes).is_err() {
        return;
    }
    let limits = ReadLimits { members: 1000, unpacked_mib: 16, ..ReadLimits::default() };
    let Ok(mut container) = Container::open(file.path(), kind, &limits) else { return };
    for index in 0..container.members().len() {
        drop(container.unpack(index, &mut std::io::sink()));
    }
});
