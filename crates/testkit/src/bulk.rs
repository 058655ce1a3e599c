//! Random letters in any number, for benchmarks: nothing they say means anything, but characters
//! and words come as often as in a language, so that an index has to do with them what it has to
//! do with letters.

use std::io::{self, Write};

use dossier_model::COMMON_HAN;

use crate::rng::Rng;

/// How many words there are.
const WORDS: usize = 30_000;
/// How flat the law is at its beginning: so that the commonest pair of characters is about one in
/// 200, as it is in real messages (one in 240, in 1.3 million characters).
const FLAT: f32 = 20.0;
/// How long a letter is, in characters.
const LENGTH: (f32, f32) = (300.0, 1500.0);
/// Surnames of people nobody is: the given names are drawn from all characters.
const SURNAMES: [char; 12] = ['钱', '孙', '周', '吴', '郑', '冯', '陈', '褚', '卫', '蒋', '沈', '韩'];
/// Invented counties.
const COUNTIES: [&str; 6] =
    ["清河市望川县", "清河市青禾县", "清河市临溪区", "云州市石岭县", "云州市南浦县", "云州市东关区"];
/// The first year, and how many there are.
const YEARS: (usize, usize) = (1978, 46);

/// A random letter as a row of a register.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BulkLetter {
    /// Its petition number.
    pub number: String,
    /// Who wrote it.
    pub name: String,
    /// `2019-03-12`.
    pub date: String,
    /// City and county.
    pub region: String,
    /// One line.
    pub title: String,
    /// What it says.
    pub text: String,
}

/// Writes random letters, the same for the same seed.
#[derive(Clone, Debug)]
pub struct Bulk {
    characters: Vec<char>,
    words: Vec<String>,
    rng: Rng,
    written: usize,
}

impl Bulk {
    /// Letters of their own for each seed, in a vocabulary that is always the same.
    pub fn new(seed: u64) -> Bulk {
        let mut rng = Rng::named("vocabulary");
        let characters = by_frequency(&mut rng);
        let word = |rng: &mut Rng| {
            let length = match rng.unit() {
                x if x < 0.1 => 1,
                x if x < 0.8 => 2,
                x if x < 0.92 => 3,
                _ => 4,
            };
            (0..length).filter_map(|_| characters.get(zipf(rng, characters.len()))).collect()
        };
        let words = (0..WORDS).map(|_| word(&mut rng)).collect();
        Bulk { characters, words, rng: Rng::new(seed), written: 0 }
    }

    fn word(&mut self) -> &str {
        let at = zipf(&mut self.rng, self.words.len());
        self.words.get(at).map_or("", String::as_str)
    }

    /// Sentences of words, about `length` characters long.
    fn text(&mut self, length: usize) -> String {
        let mut text = String::new();
        let (mut written, mut since) = (0, 0);
        while written < length {
            let word = self.word().to_owned();
            written += word.chars().count();
            since += 1;
            text += &word;
            if since > 4 && self.rng.unit() < 0.3 {
                since = 0;
                text.push(*self.rng.pick(&['，', '，', '，', '。', '；']).unwrap_or(&'，'));
                written += 1;
            }
        }
        text + "。"
    }

    fn name(&mut self) -> String {
        let surname = *self.rng.pick(&SURNAMES).unwrap_or(&'钱');
        let given: Vec<char> = (0..1 + self.rng.below(2))
            .filter_map(|_| self.characters.get(self.rng.below(self.characters.len())).copied())
            .collect();
        std::iter::once(surname).chain(given).collect()
    }
}

impl Iterator for Bulk {
    type Item = BulkLetter;

    fn next(&mut self) -> Option<BulkLetter> {
        self.written += 1;
        let year = YEARS.0 + self.rng.below(YEARS.1);
        let date = format!("{year}-{:02}-{:02}", 1 + self.rng.below(12), 1 + self.rng.below(28));
        let length = self.rng.range(LENGTH.0, LENGTH.1) as usize;
        Some(BulkLetter {
            number: format!("B{:08}", self.written),
            name: self.name(),
            date,
            region: (*self.rng.pick(&COUNTIES).unwrap_or(&"")).to_owned(),
            title: self.text(12).trim_end_matches('。').to_owned(),
            text: self.text(length),
        })
    }
}

/// Writes `count` letters as a register in CSV (UTF-8).
///
/// # Errors
/// What `output` says.
pub fn write_register(mut output: impl Write, letters: Bulk, count: usize) -> io::Result<()> {
    writeln!(output, "信访编号,信访人,来信日期,属地,标题,信访内容")?;
    for letter in letters.take(count) {
        let BulkLetter { number, name, date, region, title, text } = letter;
        writeln!(output, "{number},{name},{date},{region},{title},{text}")?;
    }
    output.flush()
}

/// A rank below `count` by the law of Zipf and Mandelbrot, 1 / (rank + [`FLAT`]), by inverting the
/// logarithm that its sum is close to.
fn zipf(rng: &mut Rng, count: usize) -> usize {
    let rank = FLAT * ((count as f32 + FLAT) / FLAT).powf(rng.unit()) - FLAT;
    (rank as usize).min(count.saturating_sub(1))
}

/// All characters, those first that are the commonest in Chinese too.
fn by_frequency(rng: &mut Rng) -> Vec<char> {
    let mut rest = common_characters();
    rest.retain(|c| !COMMON_HAN.contains(*c));
    for at in (1..rest.len()).rev() {
        rest.swap(at, rng.below(at + 1));
    }
    COMMON_HAN.chars().chain(rest).collect()
}

/// The 3,755 characters of level 1 of GB 2312-80.
pub(crate) fn common_characters() -> Vec<char> {
    let bytes: Vec<u8> =
        (0xB0..=0xD7).flat_map(|row| (0xA1..=0xFE).flat_map(move |cell| [row, cell])).collect();
    let (text, ..) = encoding_rs::GBK.decode(&bytes);
    text.chars().filter(|c| ('\u{4E00}'..='\u{9FFF}').contains(c)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_are_the_same_for_the_same_seed_and_of_a_natural_distribution() {
        assert_eq!(common_characters().len(), 3755);
        let letters: Vec<BulkLetter> = Bulk::new(7).take(200).collect();
        assert_eq!(letters, Bulk::new(7).take(200).collect::<Vec<_>>());
        assert_ne!(letters, Bulk::new(8).take(200).collect::<Vec<_>>());
        let lengths: Vec<usize> = letters.iter().map(|letter| letter.text.chars().count()).collect();
        assert!(lengths.iter().all(|length| (300..1510).contains(length)), "{lengths:?}");
        let all: String = letters.iter().map(|letter| letter.text.as_str()).collect();
        let mut counts = std::collections::HashMap::new();
        all.chars().for_each(|c| *counts.entry(c).or_insert(0_u32) += 1);
        assert!(counts.len() > 3000, "many characters occur: {}", counts.len());
        let most = *counts.values().max().unwrap();
        assert!(most as usize > all.chars().count() / 100, "some are common: {most}");
    }
}
