//! The search index beside its peers, on the same random letters in one run.
//!
//! `cargo bench -p dossier-archive --bench search` takes 10,000 letters; `DOSSIER_BENCH_LETTERS`
//! says how many, `DOSSIER_BENCH_ARCHIVE` names an archive to ask instead of making one. Peers are
//! SQLite's FTS5 with its trigram tokenizer, which is always there, and ripgrep over the letters as
//! lines of a file, where `rg` is installed.

use std::collections::HashSet;
use std::error::Error;
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use dossier_archive::{
    Archive, ArchiveError, Classified, FieldLabel, Query, SearchOptions, Summary, item_id,
};
use dossier_model::{
    Classification, Evidence, FieldValue, Fields, Item, ItemText, Locator, MaskKind, Place, ReviewState,
    Sensitive, Sha256, TextAlternative, fold_text,
};
use dossier_testkit::bulk::{Bulk, BulkLetter};
use dossier_testkit::rng::Rng;
use rusqlite::Connection;
use rustix::time::{ClockId, clock_gettime};

type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// How many queries of each kind.
const QUERIES: usize = 200;
/// How many substrings are compared with a plain scan.
const SUBSTRINGS: usize = 2000;
/// How many characters the plain scan may look at in all.
const SCAN: usize = 20_000_000_000;
/// The seed of the letters, and of the queries.
const SEEDS: (u64, u64) = (1, 2);

fn main() -> Result<()> {
    let count = match std::env::var("DOSSIER_BENCH_LETTERS") {
        Ok(count) => count.parse()?,
        Err(_) => 10_000,
    };
    if let Ok(root) = std::env::var("DOSSIER_BENCH_ARCHIVE") {
        let started = Instant::now();
        let archive = Archive::open(Path::new(&root))?;
        println!("opening: {:.0} ms", millis(started.elapsed()));
        return latencies(&archive, count);
    }
    let folder = tempfile::tempdir()?;
    let size = Bulk::new(SEEDS.0).take(count).map(|letter| letter.text.len() + letter.title.len()).sum();
    println!("{count} letters, {:.1} MB of text\n", size as f64 / 1e6);
    let archive = index(folder.path(), count, size)?;
    let fts = fts5(&folder.path().join("fts5.sqlite"), count, size)?;
    let lines = folder.path().join("letters.txt");
    write_lines(&lines, count)?;
    println!();
    recall(&archive, count, size)?;
    println!();
    for errors in [0.1, 0.2] {
        recall_of_pages(&folder.path().join(format!("errors-{errors}")), errors)?;
    }
    println!();
    latencies(&archive, count)?;
    println!();
    peers(&archive, &fts, &lines, count)
}

/// Processor time of this process so far.
fn cpu() -> Duration {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    Duration::new(time.tv_sec as u64, time.tv_nsec as u32)
}

fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}

fn index(root: &Path, count: usize, size: usize) -> Result<Archive> {
    let archive = Archive::open_or_create(&root.join("archive"))?;
    archive.catalog.set_field_labels(&labels())?;
    archive.catalog.set_summary(&Summary {
        date: vec!["letter_date".to_owned()],
        petitioner: vec!["petitioner_name".to_owned()],
        region: vec!["region".to_owned()],
        facets: vec!["region".to_owned()],
        ..Summary::default()
    })?;
    let by = Classified { rules: String::new(), at: 0 };
    let mut letters = Bulk::new(SEEDS.0).take(count).peekable();
    while letters.peek().is_some() {
        archive.catalog.together::<_, ArchiveError>(|catalog| {
            for letter in letters.by_ref().take(1000) {
                let item = item(letter);
                catalog.write_item(&item.identity.clone(), Some(&item), &by)?;
            }
            Ok(())
        })?;
    }
    let (started, before) = (Instant::now(), cpu());
    archive.update_index()?;
    let (wall, spent) = (started.elapsed(), cpu() - before);
    let bytes = folder_size(&root.join("archive/index"))?;
    print_indexing("dossier", count, spent, wall, bytes, size);
    Ok(archive)
}

fn fts5(path: &Path, count: usize, size: usize) -> Result<Connection> {
    let db = Connection::open(path)?;
    db.execute_batch(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;
         CREATE VIRTUAL TABLE letter USING fts5(title, text, tokenize = 'trigram');",
    )?;
    // The letters are made before, so that only the indexing is measured.
    let letters: Vec<BulkLetter> = Bulk::new(SEEDS.0).take(count).collect();
    let (started, before) = (Instant::now(), cpu());
    let transaction = db.unchecked_transaction()?;
    for letter in &letters {
        transaction
            .prepare_cached("INSERT INTO letter VALUES (?1, ?2)")?
            .execute([&letter.title, &letter.text])?;
    }
    transaction.commit()?;
    let (wall, spent) = (started.elapsed(), cpu() - before);
    print_indexing("FTS5 trigram", count, spent, wall, std::fs::metadata(path)?.len(), size);
    Ok(db)
}

fn print_indexing(name: &str, count: usize, spent: Duration, wall: Duration, bytes: u64, size: usize) {
    println!(
        "{name:<14} indexing: {:>7.0} letters a CPU second, {:>6.1} s in all, {:.2} times the text's size",
        count as f64 / spent.as_secs_f64(),
        wall.as_secs_f64(),
        bytes as f64 / size as f64,
    );
}

/// Random substrings of 2 to 12 characters are found in just the letters that have them.
fn recall(archive: &Archive, count: usize, size: usize) -> Result<()> {
    let texts: Vec<String> = Bulk::new(SEEDS.0)
        .take(count)
        .map(|l| format!("{}\u{1}{}", fold_text(&l.title), fold_text(&l.text)))
        .collect();
    let tries = SUBSTRINGS.min(SCAN / size.max(1));
    let mut rng = Rng::new(SEEDS.1);
    let (mut wanted, mut missed, mut wrong) = (0_u64, 0_u64, 0_u64);
    for _ in 0..tries {
        let length = 2 + rng.below(11);
        let Some(phrase) = rng.pick(&texts).and_then(|text| substring(text, length, &mut rng)) else {
            continue;
        };
        let expected = texts.iter().filter(|text| text.contains(&phrase)).count() as u64;
        let options = SearchOptions { limit: 0, ..SearchOptions::default() };
        let found = archive.search(&Query::literal(&phrase)?, options)?.total;
        wanted += expected;
        missed += expected.saturating_sub(found);
        wrong += found.saturating_sub(expected);
    }
    println!(
        "{tries} random substrings, {wanted} letters that have them: {missed} missed, {wrong} wrongly found"
    );
    Ok(())
}

/// How many letters are recognised with errors, and how many phrases are looked for in them.
const RECOGNISED: (usize, usize) = (3000, 300);
/// In how many cases of an error the right character is a runner-up.
const RUNNER_UP: f32 = 0.7;

/// Phrases of four characters that the pages have are looked for in what a recogniser made of the
/// pages, which takes a share of the characters for another; it is unsure of every one of those.
fn recall_of_pages(root: &Path, errors: f32) -> Result<()> {
    let archive = Archive::open_or_create(root)?;
    let by = Classified { rules: String::new(), at: 0 };
    let mut rng = Rng::named("errors");
    let letters: Vec<BulkLetter> = Bulk::new(SEEDS.0).take(RECOGNISED.0).collect();
    let others: Vec<char> = letters.iter().flat_map(|letter| letter.text.chars()).step_by(97).collect();
    archive.catalog.together::<_, ArchiveError>(|catalog| {
        for letter in &letters {
            let mut text = ItemText::default();
            text.push(&letter.text, Sha256::of(b"bench"), Locator::Page(1), false);
            let mut read = String::new();
            for (at, c) in (0..).zip(letter.text.chars()) {
                let wrong = rng.unit() < errors && c.is_alphabetic();
                let other = *rng.pick(&others).unwrap_or(&c);
                if wrong && rng.unit() < RUNNER_UP {
                    text.alternatives.push(TextAlternative { at, reading: c, probability: 0.3 });
                }
                read.push(if wrong { other } else { c });
            }
            text.text = read;
            let item = Item {
                id: item_id(&letter.number),
                identity: letter.number.clone(),
                title: String::new(),
                text,
                fields: Fields::new(),
                classification: Classification::default(),
                sources: Vec::new(),
            };
            catalog.write_item(&letter.number, Some(&item), &by)?;
        }
        Ok(())
    })?;
    archive.update_index()?;
    let mut phrases = Vec::new();
    while phrases.len() < RECOGNISED.1 {
        let phrase = rng.pick(&letters).and_then(|letter| substring(&letter.text, 4, &mut rng));
        phrases.extend(phrase.filter(|phrase| phrase.chars().all(char::is_alphabetic)));
    }
    for (name, mark, sure) in [("exact", "", true), ("with runners-up", "", false), ("tolerant", "~", false)]
    {
        let (mut wanted, mut found, mut right) = (0_usize, 0_usize, 0_usize);
        for phrase in &phrases {
            let expected: HashSet<String> = letters
                .iter()
                .filter(|letter| letter.text.contains(phrase.as_str()))
                .map(|letter| item_id(&letter.number))
                .collect();
            let query = Query::parse(&format!("{phrase}{mark}"), &[], &[])?;
            let query = if sure { query.sure() } else { query };
            let options = SearchOptions { limit: RECOGNISED.0, ..SearchOptions::default() };
            let hits = archive.search(&query, options)?.hits;
            wanted += expected.len();
            found += hits.len();
            right += hits.iter().filter(|hit| expected.contains(&hit.id)).count();
        }
        println!(
            "{:.0} % of characters wrong, {name:<16} {:>5.1} % of the letters found, {:>5.1} % of what is found is right",
            errors * 100.0,
            100.0 * right as f64 / wanted.max(1) as f64,
            100.0 * right as f64 / found.max(1) as f64,
        );
    }
    Ok(())
}

/// Some characters of a text in a row, without a break between cells.
fn substring(text: &str, length: usize, rng: &mut Rng) -> Option<String> {
    let chars: Vec<char> = text.chars().collect();
    let start = rng.below(chars.len().saturating_sub(length));
    let piece: String = chars.get(start..start + length)?.iter().collect();
    (!piece.contains('\u{1}')).then_some(piece)
}

/// How long queries of each kind take, with counts, facets, snippets and the first 20 hits.
fn latencies(archive: &Archive, count: usize) -> Result<()> {
    let labels = archive.catalog.field_labels()?;
    let facets = archive.facet_names()?;
    let letters: Vec<BulkLetter> = Bulk::new(SEEDS.0).take(count.min(20_000)).collect();
    for (kind, queries) in kinds(&letters) {
        let mut times = Vec::with_capacity(queries.len());
        let mut total = 0;
        for query in &queries {
            let query = Query::parse(query, &labels, &facets)?;
            let started = Instant::now();
            let found = archive
                .search(&query, SearchOptions { limit: 20, facets: true, ..SearchOptions::default() })?;
            times.push(started.elapsed());
            total += found.total;
        }
        let hits = total / queries.len().max(1) as u64;
        times.sort_unstable();
        let at = |share: f64| millis(times[((times.len() - 1) as f64 * share) as usize]);
        println!("{kind:<22} p50 {:>7.1} ms   p99 {:>7.1} ms   {hits:>7} hits on average", at(0.5), at(0.99));
    }
    Ok(())
}

/// Queries by kind.
fn kinds(letters: &[BulkLetter]) -> Vec<(&'static str, Vec<String>)> {
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

/// The same phrases of four characters everywhere: the number of letters and the first 20.
fn peers(archive: &Archive, fts: &Connection, lines: &Path, count: usize) -> Result<()> {
    let letters: Vec<BulkLetter> = Bulk::new(SEEDS.0).take(count.min(20_000)).collect();
    let phrases = kinds(&letters).swap_remove(1).1;
    let ours = median(&phrases, |phrase| {
        let options = SearchOptions { limit: 20, ..SearchOptions::default() };
        archive.search(&Query::literal(phrase)?, options)?;
        Ok(())
    })?;
    println!("dossier        {ours:>8.2} ms a phrase of four characters (median)");
    let theirs = median(&phrases, |phrase| {
        let quoted = format!("\"{phrase}\"");
        let _count: i64 =
            fts.query_row("SELECT count(*) FROM letter WHERE letter MATCH ?1", [&quoted], |row| row.get(0))?;
        let mut statement = fts.prepare_cached(
            "SELECT rowid, snippet(letter, 1, '[', ']', '…', 20) FROM letter WHERE letter MATCH ?1
             ORDER BY rank LIMIT 20",
        )?;
        let mut rows = statement.query([&quoted])?;
        while let Some(row) = rows.next()? {
            let _snippet: String = row.get(1)?;
        }
        Ok(())
    })?;
    println!("FTS5 trigram   {theirs:>8.2} ms   ({:.1} times ours; cannot find words of two)", theirs / ours);
    if Command::new("rg").arg("--version").output().is_err() {
        println!("ripgrep        not installed");
        return Ok(());
    }
    let theirs = median(&phrases[..phrases.len().min(20)], |phrase| {
        Command::new("rg").args(["--count", "--fixed-strings", phrase]).arg(lines).output()?;
        Ok(())
    })?;
    println!("ripgrep        {theirs:>8.2} ms   ({:.1} times ours)", theirs / ours);
    Ok(())
}

fn median(phrases: &[String], mut ask: impl FnMut(&str) -> Result<()>) -> Result<f64> {
    let mut times = Vec::new();
    for phrase in phrases {
        let started = Instant::now();
        ask(phrase)?;
        times.push(started.elapsed());
    }
    times.sort_unstable();
    Ok(times.get(times.len() / 2).copied().map_or(0.0, millis))
}

fn write_lines(path: &Path, count: usize) -> Result<()> {
    let mut file = std::io::BufWriter::new(std::fs::File::create(path)?);
    let mut line = String::new();
    for letter in Bulk::new(SEEDS.0).take(count) {
        line.clear();
        writeln!(line, "{} {}", letter.title, letter.text)?;
        file.write_all(line.as_bytes())?;
    }
    Ok(file.flush()?)
}

fn folder_size(path: &Path) -> Result<u64> {
    let mut size = 0;
    for entry in std::fs::read_dir(path)? {
        size += entry?.metadata()?.len();
    }
    Ok(size)
}

fn labels() -> Vec<FieldLabel> {
    let label = |name: &str, mask: MaskKind, number: bool| FieldLabel {
        name: name.to_owned(),
        zh: name.to_owned(),
        en: name.to_owned(),
        mask,
        also: Vec::new(),
        exact: number,
        number,
    };
    vec![
        label("petitioner_name", MaskKind::Name, false),
        label("letter_date", MaskKind::Open, true),
        label("region", MaskKind::Open, false),
        label("title", MaskKind::Text, false),
        label("text", MaskKind::Text, false),
    ]
}

/// A letter as a run makes it from a register's row.
fn item(letter: BulkLetter) -> Item {
    let source = Sha256::of(b"bench");
    let identity = letter.number.clone();
    let locator = Locator::Row { sheet: String::new(), row: 1 };
    let mut text = ItemText::default();
    let mut fields = Fields::new();
    for (name, value) in [
        ("petitioner_name", &letter.name),
        ("letter_date", &letter.date),
        ("region", &letter.region),
        ("title", &letter.title),
        ("text", &letter.text),
    ] {
        let start = text.push(value, source, locator.clone(), false);
        let place =
            Place::Cell { sheet: String::new(), row: 1, cell: String::new(), header: name.to_owned() };
        let end = start + value.chars().count() as u32;
        let value = FieldValue {
            value: Sensitive::new(value.as_str()),
            raw: Sensitive::new(value.as_str()),
            confidence: 1.0,
            state: ReviewState::Machine,
            extractor: name.to_owned(),
            warnings: Vec::new(),
            evidence: vec![Evidence { source, place, start, end }],
        };
        fields.insert(name.to_owned(), vec![value]);
    }
    Item {
        id: item_id(&identity),
        identity,
        title: letter.title,
        text,
        fields,
        classification: Classification::default(),
        sources: Vec::new(),
    }
}
