//! Making the index, and opening it.

use std::fs::File;
use std::path::Path;
use std::process::Command;
use std::time::Instant;

use dossier_archive::{Archive, ArchiveError, Classified, ItemRecord, Query, SearchOptions, Summary};
use dossier_testkit::bulk::BulkLetter;
use rustix::fs::{Advice, fadvise};

use crate::letters::{item, labels, letters};
use crate::{Result, cpu, folder_size, millis, print_indexing};

/// The archive of so many letters, made unless it is there.
pub fn archive(root: &Path, count: usize) -> Result<Archive> {
    if root.exists() {
        return Ok(Archive::open(root)?);
    }
    let archive = empty(root)?;
    write(&archive, letters(count))?;
    archive.update_index()?;
    Ok(archive)
}

/// An archive with nothing in it.
pub fn empty(root: &Path) -> Result<Archive> {
    let archive = Archive::open_or_create(root)?;
    archive.catalog.set_field_labels(&labels())?;
    archive.catalog.set_summary(&Summary {
        date: vec!["letter_date".to_owned()],
        petitioner: vec!["petitioner_name".to_owned()],
        region: vec!["region".to_owned()],
        facets: vec!["region".to_owned()],
        ..Summary::default()
    })?;
    Ok(archive)
}

/// Writes letters into the catalog.
pub fn write(archive: &Archive, letters: impl Iterator<Item = BulkLetter>) -> Result<()> {
    let by = Classified { rules: String::new(), at: 0 };
    let mut letters = letters.peekable();
    while letters.peek().is_some() {
        archive.catalog.together::<_, ArchiveError>(|catalog| {
            for letter in letters.by_ref().take(1000) {
                let item = item(letter);
                catalog.write_item(&item.identity.clone(), Some(&ItemRecord::of(&item)?), &by)?;
            }
            Ok(())
        })?;
    }
    Ok(())
}

/// The index anew from the catalog.
pub fn again(archive: &mut Archive, count: usize, size: usize) -> Result<()> {
    let (started, before) = (Instant::now(), cpu());
    archive.rebuild_index(|_, _| {})?;
    let (wall, spent) = (started.elapsed(), cpu() - before);
    let bytes = folder_size(&archive.root().join("index"))?;
    print_indexing("dossier", count, spent, wall, bytes, size);
    Ok(())
}

/// Opening and the first query in a process of its own, nothing of the archive being in memory.
pub fn opening(root: &Path) -> Result<()> {
    let answer =
        Command::new(std::env::current_exe()?).env("DOSSIER_BENCH_ARCHIVE", root).arg("opened").output()?;
    print!("{}", String::from_utf8_lossy(&answer.stdout));
    // Whatever is measured next has the index in memory again.
    for entry in std::fs::read_dir(root.join("index"))? {
        std::io::copy(&mut File::open(entry?.path())?, &mut std::io::sink())?;
    }
    Ok(())
}

/// What [`opening`] does in the process of its own.
pub fn opened(root: &Path) -> Result<()> {
    for folder in [root.to_owned(), root.join("index")] {
        for entry in std::fs::read_dir(folder)? {
            let path = entry?.path();
            if path.is_file() {
                fadvise(File::open(path)?, 0, None, Advice::DontNeed)?;
            }
        }
    }
    let before = resident()?;
    let started = Instant::now();
    let archive = Archive::open(root)?;
    let opening = millis(started.elapsed());
    let held = (resident()? - before) / 1024.0;
    let started = Instant::now();
    let query = Query::parse("村道 date:1990..2005", &[], &[])?;
    let options = SearchOptions { limit: 20, facets: true, ..SearchOptions::default() };
    let found = archive.search(&query, options)?;
    println!(
        "opening cold {opening:.0} ms, {held:.0} MiB; first query {:.0} ms, {} found, {:.0} MiB",
        millis(started.elapsed()),
        found.total,
        (resident()? - before) / 1024.0
    );
    Ok(())
}

/// KiB of this process in memory.
fn resident() -> Result<f64> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kib = line.and_then(|line| line.split_whitespace().next()).ok_or("no VmRSS")?;
    Ok(kib.parse()?)
}
