//! The same phrases asked of others: SQLite's FTS5, ripgrep, Xapian.

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use dossier_archive::{Archive, Query, SearchOptions};
use dossier_testkit::bulk::BulkLetter;
use rusqlite::Connection;

use crate::letters::letters;
use crate::queries::kinds;
use crate::{Result, cpu, millis, print_indexing};

/// How many phrases ripgrep is asked: it reads everything for each.
const FEW: usize = 20;

/// The same words of two and phrases of four characters everywhere: the number of letters and the
/// first 20.
pub fn compare(archive: &Archive, folder: &Path, count: usize, size: usize) -> Result<()> {
    let fts = fts5(&folder.join("fts5.sqlite"), count, size)?;
    let sample: Vec<BulkLetter> = letters(count.min(20_000)).collect();
    let [words, phrases] = [0, 1].map(|kind| kinds(&sample).swap_remove(kind).1);
    let ours = median(&phrases, |phrase| {
        let options = SearchOptions { limit: 20, ..SearchOptions::default() };
        archive.search(&Query::literal(phrase)?, options)?;
        Ok(())
    })?;
    let two = median(&words, |phrase| {
        let options = SearchOptions { limit: 20, ..SearchOptions::default() };
        archive.search(&Query::literal(phrase)?, options)?;
        Ok(())
    })?;
    println!("dossier        {ours:>8.2} ms a phrase of four characters (median), {two:.2} ms a word of two");
    let theirs = median(&phrases, |phrase| ask_fts5(&fts, phrase))?;
    println!("FTS5 trigram   {theirs:>8.2} ms   ({:.1} times ours); finds no words of two", theirs / ours);
    ripgrep(&folder.join("letters"), &phrases[..phrases.len().min(FEW)], count, ours)?;
    xapian(&folder.join("xapian"), &phrases, (count, size), ours)?;
    println!();
    Ok(())
}

fn fts5(path: &Path, count: usize, size: usize) -> Result<Connection> {
    let db = Connection::open(path)?;
    db.execute_batch(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;
         CREATE VIRTUAL TABLE letter USING fts5(title, text, tokenize = 'trigram');",
    )?;
    let (mut wall, mut spent) = (Duration::ZERO, Duration::ZERO);
    let mut coming = letters(count).peekable();
    let transaction = db.unchecked_transaction()?;
    while coming.peek().is_some() {
        // The letters are made before, so that only the indexing is measured.
        let some: Vec<BulkLetter> = coming.by_ref().take(10_000).collect();
        let (started, before) = (Instant::now(), cpu());
        for letter in &some {
            transaction
                .prepare_cached("INSERT INTO letter VALUES (?1, ?2)")?
                .execute([&letter.title, &letter.text])?;
        }
        (wall, spent) = (wall + started.elapsed(), spent + (cpu() - before));
    }
    let (started, before) = (Instant::now(), cpu());
    transaction.commit()?;
    (wall, spent) = (wall + started.elapsed(), spent + (cpu() - before));
    print_indexing("FTS5 trigram", count, spent, wall, std::fs::metadata(path)?.len(), size);
    Ok(db)
}

fn ask_fts5(fts: &Connection, phrase: &str) -> Result<()> {
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
}

/// ripgrep over text files of a thousand letters each, a letter a line.
fn ripgrep(folder: &Path, phrases: &[String], count: usize, ours: f64) -> Result<()> {
    if Command::new("rg").arg("--version").output().is_err() {
        println!("ripgrep        not installed");
        return Ok(());
    }
    std::fs::create_dir(folder)?;
    let mut coming = letters(count).peekable();
    let mut number = 0;
    while coming.peek().is_some() {
        let mut file = std::io::BufWriter::new(std::fs::File::create(folder.join(format!("{number}.txt")))?);
        for letter in coming.by_ref().take(1000) {
            writeln!(file, "{} {}", letter.title, letter.text)?;
        }
        file.flush()?;
        number += 1;
    }
    let theirs = median(phrases, |phrase| {
        Command::new("rg").args(["--count", "--fixed-strings", "--", phrase]).arg(folder).output()?;
        Ok(())
    })?;
    println!("ripgrep        {theirs:>8.2} ms   ({:.1} times ours)", theirs / ours);
    Ok(std::fs::remove_dir_all(folder)?)
}

/// Xapian with its option for Chinese, by its Python module: a script reads the letters as lines,
/// says how long indexing took, and then answers phrase by phrase.
fn xapian(folder: &Path, phrases: &[String], (count, size): (usize, usize), ours: f64) -> Result<()> {
    let python = std::env::var("DOSSIER_XAPIAN_PYTHON").unwrap_or_else(|_| "/usr/bin/python3".to_owned());
    let there = Command::new(&python).args(["-c", "import xapian"]).stderr(Stdio::null()).status();
    if !there.is_ok_and(|status| status.success()) {
        println!("Xapian         not installed (Debian: python3-xapian)");
        return Ok(());
    }
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/search/xapian_peer.py");
    let mut child =
        Command::new(python).arg(script).arg(folder).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
    let mut input = std::io::BufWriter::new(child.stdin.take().ok_or("no input")?);
    for letter in letters(count) {
        writeln!(input, "{} {}", letter.title, letter.text)?;
    }
    writeln!(input)?;
    phrases.iter().try_for_each(|phrase| writeln!(input, "{phrase}"))?;
    drop(input);
    let answer = String::from_utf8(child.wait_with_output()?.stdout)?;
    let said: Vec<f64> = answer.split_whitespace().map(str::parse).collect::<std::result::Result<_, _>>()?;
    let [spent, wall, bytes, theirs] = said[..] else {
        return Err("xapian_peer.py said something else".into());
    };
    let [spent, wall] = [spent, wall].map(Duration::from_secs_f64);
    print_indexing("Xapian", count, spent, wall, bytes as u64, size);
    println!("Xapian         {theirs:>8.2} ms   ({:.1} times ours)", theirs / ours);
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
