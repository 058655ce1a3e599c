//! What is found, beside a plain scan, and of pages that were recognised with errors.

use std::collections::HashSet;
use std::path::Path;

use dossier_archive::{Archive, ArchiveError, Classified, ItemRecord, Query, SearchOptions, item_id};
use dossier_model::{Item, ItemText, Locator, Sha256, TextAlternative, fold_text};
use dossier_testkit::bulk::BulkLetter;
use dossier_testkit::rng::Rng;

use crate::Result;
use crate::letters::{SEEDS, letters, substring};

/// How many substrings are compared with a plain scan.
const SUBSTRINGS: usize = 2000;
/// How many characters the plain scan may look at in all.
const SCAN: usize = 20_000_000_000;

/// Random substrings of 2 to 12 characters are found in just the letters that have them.
pub fn substrings(archive: &Archive, count: usize, size: usize) -> Result<()> {
    let texts: Vec<String> =
        letters(count).map(|l| format!("{}\u{1}{}", fold_text(&l.title), fold_text(&l.text))).collect();
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
pub fn pages(root: &Path, errors: f32) -> Result<()> {
    let archive = Archive::open_or_create(root)?;
    let by = Classified { rules: String::new(), at: 0 };
    let mut rng = Rng::named("errors");
    let letters: Vec<BulkLetter> = letters(RECOGNISED.0).collect();
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
                ..Item::default()
            };
            catalog.write_item(&letter.number, Some(&ItemRecord::of(&item)?), &by)?;
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
        let (mut wanted, mut found, mut right, mut first) = (0_usize, 0_usize, 0_usize, 0_usize);
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
            first += hits.iter().take(expected.len()).filter(|hit| expected.contains(&hit.id)).count();
        }
        println!(
            "{:.0} % of characters wrong, {name:<16} {:>5.1} % of the letters found, {:>5.1} % of what is found is right, {:>5.1} % of the first as many as there are",
            errors * 100.0,
            100.0 * right as f64 / wanted.max(1) as f64,
            100.0 * right as f64 / found.max(1) as f64,
            100.0 * first as f64 / wanted.max(1) as f64,
        );
    }
    Ok(())
}
