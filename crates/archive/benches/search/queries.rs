//! How long queries take.

use std::time::{Duration, Instant};

use dossier_archive::{Archive, Query, SearchOptions};
use dossier_testkit::bulk::BulkLetter;
use dossier_testkit::rng::Rng;

use crate::letters::{SEEDS, letters, substring};
use crate::{Result, cpu, millis};

/// How many queries of each kind.
const QUERIES: usize = 200;

/// How long each of some queries took, by the clock and of the processor's time, each in order, and
/// how many hits they had in all. On a machine that others use too, the processor's time tells more.
pub struct Times {
    clock: Vec<Duration>,
    processor: Vec<Duration>,
    total: u64,
}

impl Times {
    /// The time by the clock that this share of the queries keeps to, in milliseconds.
    pub fn at(&self, share: f64) -> f64 {
        at(&self.clock, share)
    }

    /// The same of the processor's time.
    pub fn spent_at(&self, share: f64) -> f64 {
        at(&self.processor, share)
    }
}

fn at(times: &[Duration], share: f64) -> f64 {
    let at = (times.len().saturating_sub(1) as f64 * share) as usize;
    times.get(at).copied().map_or(0.0, millis)
}

/// How long queries of each kind take.
pub fn latencies(archive: &Archive, count: usize) -> Result<()> {
    let letters: Vec<BulkLetter> = letters(count.min(20_000)).collect();
    for (kind, queries) in kinds(&letters) {
        let times = ask(archive, &queries)?;
        let hits = times.total / queries.len().max(1) as u64;
        let [half, most] = [0.5, 0.99].map(|share| (times.at(share), times.spent_at(share)));
        println!(
            "{kind:<22} p50 {:>6.1} ms ({:.1} of CPU)   p99 {:>6.1} ms ({:.1})   {hits:>7} hits on average",
            half.0, half.1, most.0, most.1,
        );
    }
    Ok(())
}

/// Asks with counts, facets, snippets and the first 20 hits.
pub fn ask(archive: &Archive, queries: &[String]) -> Result<Times> {
    let labels = archive.catalog.field_labels()?;
    let facets = archive.facet_names()?;
    let mut asked = Times { clock: Vec::new(), processor: Vec::new(), total: 0 };
    for query in queries {
        let query = Query::parse(query, &labels, &facets)?;
        let (started, before) = (Instant::now(), cpu());
        let options = SearchOptions { limit: 20, facets: true, ..SearchOptions::default() };
        let found = archive.search(&query, options)?;
        asked.clock.push(started.elapsed());
        asked.processor.push(cpu() - before);
        asked.total += found.total;
    }
    asked.clock.sort_unstable();
    asked.processor.sort_unstable();
    Ok(asked)
}

/// Queries by kind.
pub fn kinds(letters: &[BulkLetter]) -> Vec<(&'static str, Vec<String>)> {
    let mut rng = Rng::new(SEEDS.1);
    let mut phrase = |length: usize| -> String {
        loop {
            let Some(letter) = rng.pick(letters) else { return String::new() };
            let piece = substring(&letter.text, length, &mut rng);
            if let Some(piece) = piece.filter(|piece| !piece.contains(['，', '。', '；'])) {
                return piece;
            }
        }
    };
    let mut some = |length: usize| (0..QUERIES).map(|_| phrase(length)).collect::<Vec<_>>();
    let words = some(2);
    let four = some(4);
    let long = some(5);
    let pairs = some(2).into_iter().zip(&words).map(|(a, b)| format!("{a} {b} date:1990..2005")).collect();
    let alternatives = some(2).into_iter().zip(&four).map(|(a, b)| format!("({a} OR {b}) -的")).collect();
    let names =
        letters.iter().take(QUERIES).map(|letter| format!("petitioner_name:{}", letter.name)).collect();
    let tolerant = four.iter().map(|phrase| format!("{phrase}~")).collect();
    vec![
        ("two characters", words),
        ("four characters", four),
        ("five characters", long),
        ("two words and a range", pairs),
        ("either, but not", alternatives),
        ("a name", names),
        ("tolerant", tolerant),
    ]
}
