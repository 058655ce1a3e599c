//! An archive that grows: night after night, and while somebody searches.

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use dossier_archive::{Archive, Query, SearchOptions};

use crate::indexing::{empty, write};
use crate::letters::letters;
use crate::queries::{Times, ask, kinds};
use crate::{Result, cpu, folder_size, millis};

/// How many nights, and how many letters come each night.
const NIGHTS: (usize, usize) = (100, 1000);

/// Many small commits beside one large one.
pub fn many(root: &Path) -> Result<()> {
    let mut archive = empty(root)?;
    let mut coming = letters(NIGHTS.0 * NIGHTS.1);
    let before = cpu();
    for _ in 0..NIGHTS.0 {
        write(&archive, coming.by_ref().take(NIGHTS.1))?;
        archive.update_index()?;
    }
    let spent = (cpu() - before).as_secs_f64();
    println!("{} nights of {} letters, {spent:.0} s of processor time", NIGHTS.0, NIGHTS.1);
    let sample: Vec<_> = letters(20_000).collect();
    let grown = folder_size(&root.join("index"))?;
    let asked = kinds(&sample);
    let measured = |archive: &Archive| -> Result<Vec<Times>> {
        asked.iter().map(|(_, queries)| ask(archive, queries)).collect()
    };
    // Each is asked twice, and the second time counts: in the first the disk is read.
    measured(&archive)?;
    let after = measured(&archive)?;
    archive.rebuild_index(|_, _| {})?;
    measured(&archive)?;
    let fresh = measured(&archive)?;
    for (((kind, _), after), fresh) in asked.iter().zip(after).zip(fresh) {
        println!(
            "{kind:<22} p50 {:>6.1} ms, fresh {:>6.1} ({:.2} times)   p99 {:>6.1} ms, fresh {:>6.1} ({:.2} times)",
            after.spent_at(0.5),
            fresh.spent_at(0.5),
            after.spent_at(0.5) / fresh.spent_at(0.5),
            after.spent_at(0.99),
            fresh.spent_at(0.99),
            after.spent_at(0.99) / fresh.spent_at(0.99),
        );
    }
    let fresh = folder_size(&root.join("index"))?;
    println!("{:.2} times the size of a fresh index\n", grown as f64 / fresh as f64);
    Ok(())
}

/// How many letters there are before, and how many come while somebody searches.
const BESIDE: (usize, usize) = (10_000, 10_000);

/// Searching while letters are written and indexed: either side by itself, and both at once, in
/// two threads with two openings of the archive.
pub fn beside_a_run(root: &Path) -> Result<()> {
    let archive = empty(root)?;
    let mut coming = letters(BESIDE.0 + 2 * BESIDE.1);
    write(&archive, coming.by_ref().take(BESIDE.0))?;
    archive.update_index()?;
    let _lock = archive.lock()?;
    let sample: Vec<_> = letters(BESIDE.0).collect();
    let queries: Vec<String> = kinds(&sample).swap_remove(1).1;
    let started = Instant::now();
    nightly(&archive, coming.by_ref().take(BESIDE.1))?;
    let writing = started.elapsed();
    let alone = searching(root, &queries, || Ok(()))?;
    let mut beside = Duration::ZERO;
    let both = searching(root, &queries, || {
        let started = Instant::now();
        nightly(&archive, coming.by_ref())?;
        beside = started.elapsed();
        Ok(())
    })?;
    println!("searches a second: alone {alone:.0}, beside writing {both:.0} ({:.2} times)", both / alone);
    println!(
        "writing {} letters: alone {:.1} s, beside searching {:.1} s ({:.2} times)",
        BESIDE.1,
        writing.as_secs_f64(),
        beside.as_secs_f64(),
        millis(beside) / millis(writing),
    );
    Ok(())
}

/// Writes letters, a thousand a commit.
fn nightly(
    archive: &Archive,
    letters: impl Iterator<Item = dossier_testkit::bulk::BulkLetter>,
) -> Result<()> {
    let mut letters = letters.peekable();
    while letters.peek().is_some() {
        write(archive, letters.by_ref().take(NIGHTS.1))?;
        archive.update_index()?;
    }
    Ok(())
}

/// Searches in a second thread until `meanwhile` is done, at least five seconds; returns how many a
/// second. Now and then everything is asked for: an answer that is not of one commit would hold
/// something else than whole nights, or count other years than it holds letters.
fn searching(root: &Path, queries: &[String], meanwhile: impl FnOnce() -> Result<()>) -> Result<f64> {
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let search = scope.spawn(|| -> std::result::Result<(usize, f64), String> {
            let mut archive = Archive::open(root).map_err(|error| error.to_string())?;
            let started = Instant::now();
            let mut asked = 0;
            while !done.load(Ordering::Relaxed) || started.elapsed() < Duration::from_secs(5) {
                let query = Query::literal(&queries[asked % queries.len()]).map_err(|e| e.to_string())?;
                let options = SearchOptions { limit: 20, facets: true, ..SearchOptions::default() };
                archive.search(&query, options).map_err(|error| error.to_string())?;
                asked += 1;
                if asked % 100 == 0 {
                    // As the next command would find it.
                    archive = Archive::open(root).map_err(|error| error.to_string())?;
                    of_one_commit(&archive)?;
                }
            }
            Ok((asked, started.elapsed().as_secs_f64()))
        });
        let result = meanwhile();
        done.store(true, Ordering::Relaxed);
        let (asked, seconds) = search.join().map_err(|_| "the searching thread panicked")??;
        result?;
        Ok(asked as f64 / seconds)
    })
}

fn of_one_commit(archive: &Archive) -> std::result::Result<(), String> {
    let all = Query::parse("-\u{4DB5}", &[], &[]).map_err(|error| error.to_string())?;
    let options = SearchOptions { limit: 20, facets: true, ..SearchOptions::default() };
    let found = archive.search(&all, options).map_err(|error| error.to_string())?;
    let years = found.facets.as_ref().and_then(|facets| facets.get("year"));
    let counted: u64 = years.into_iter().flatten().map(|year| year.count).sum();
    let whole = found.total % NIGHTS.1 as u64 == 0 && counted == found.total;
    whole
        .then_some(())
        .ok_or_else(|| format!("{} letters, {counted} counted: not of one commit", found.total))
}
