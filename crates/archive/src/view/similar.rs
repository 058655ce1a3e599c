//! Earlier cases like this one, with what they share.

use std::collections::HashSet;
use std::ops::Range;

use dossier_model::{ItemText, Mask, fold};
use serde::Serialize;

use crate::{Archive, ArchiveError};

/// Phrases of at least so many folded characters count as shared.
const PHRASE: usize = 5;
/// So many of them are letters: of a date that both have nothing is learnt.
const LETTERS: usize = 4;
/// A cell with at least so many letters says something of the matter: a date and a time have none.
const SAYS: usize = 12;
/// How many of the shared phrases are shown, the longest.
const PHRASES: usize = 3;
/// A letter with a smaller share of the rarer words is not like this one.
const LEAST: f32 = 0.08;
/// Of two letters of which each says so much of the other, one is a copy.
const COPY: f32 = 0.8;
/// How many candidates are compared for each that is asked for.
const CANDIDATES: usize = 4;

/// A letter like another.
#[derive(Clone, Debug, Serialize)]
pub struct SimilarView {
    /// Its id.
    pub id: String,
    /// One line to recognise it by.
    pub title: String,
    /// Its date (EDTF).
    pub date: Option<String>,
    /// Where it is about.
    pub region: Option<String>,
    /// The path of its primary category.
    pub category: Vec<String>,
    /// The share of the other's rarer words that it has, 0 to 1.
    pub likeness: f32,
    /// The share of its text that stands in the other word for word, 0 to 1.
    pub shared: f32,
    /// Whether the two are nearly the same text.
    pub copy: bool,
    /// The longest phrases that both have.
    pub phrases: Vec<String>,
}

impl Archive {
    /// Up to `limit` letters like `text`, the most alike first, without the item `but`.
    ///
    /// # Errors
    /// What the catalog or the index says.
    pub fn similar(
        &self,
        text: &str,
        but: Option<&str>,
        limit: usize,
        mask: Mask,
    ) -> Result<Vec<SimilarView>, ArchiveError> {
        let labels = self.labels()?;
        let folded = fold(text).chars;
        let known: HashSet<&[char]> = folded.windows(PHRASE).collect();
        let mut found = Vec::new();
        for hit in self.index.similar(&folded, limit * CANDIDATES + 1)? {
            let row = self.catalog.item_in_version(&hit.id, &hit.version)?;
            let Some(item) = row.map(|row| row.item).filter(|item| Some(item.id.as_str()) != but) else {
                continue;
            };
            let theirs = fold(&item.text.text);
            let shared = shared(&theirs.chars, &known);
            let length: usize = shared.iter().map(Range::len).sum();
            let of = |whole: usize| (length as f32 / whole.max(1) as f32).min(1.0);
            let their_length = fold(&body_of(&item.text)).chars.len();
            if hit.score < LEAST && shared.is_empty() {
                continue;
            }
            let text_mask = labels.text_mask(&item.text.text, &item, mask);
            let mut longest = shared.clone();
            longest.sort_by_key(|range| (std::cmp::Reverse(range.len()), range.start));
            let chars: Vec<char> = item.text.text.chars().collect();
            let phrase = |range: Range<usize>| {
                let (start, end) = theirs.source_range(range);
                let phrase: String = chars[start as usize..end as usize].iter().collect();
                text_mask.apply_at(&phrase, start as usize)
            };
            found.push(SimilarView {
                id: item.id.clone(),
                title: labels.masked_title(&item, mask),
                date: labels.shown(&item, &labels.summary.date, mask),
                region: labels.shown(&item, &labels.summary.region, mask),
                category: labels.about(&item),
                likeness: hit.score,
                shared: of(their_length),
                copy: of(their_length) >= COPY && of(folded.len()) >= COPY,
                phrases: longest.into_iter().take(PHRASES).map(phrase).collect(),
            });
        }
        found.sort_by(|a, b| {
            let rank = |one: &SimilarView| one.likeness + one.shared;
            rank(b).total_cmp(&rank(a)).then_with(|| a.id.cmp(&b.id))
        });
        found.truncate(limit);
        Ok(found)
    }
}

/// What a letter says: of a row its longer cells, without numbers, names and dates.
pub fn body_of(text: &ItemText) -> String {
    let chars: Vec<char> = text.text.chars().collect();
    let cells = text.segments.iter().map(|segment| &chars[segment.start as usize..segment.end as usize]);
    let said: Vec<String> =
        cells.filter(|cell| letters(cell) >= SAYS).map(|cell| cell.iter().collect()).collect();
    if said.is_empty() { text.text.clone() } else { said.join("\n") }
}

fn letters(chars: &[char]) -> usize {
    chars.iter().filter(|c| c.is_alphabetic()).count()
}

/// The stretches of some characters all of whose phrases are known, from letter to letter.
fn shared(chars: &[char], known: &HashSet<&[char]>) -> Vec<Range<usize>> {
    let mut stretches: Vec<Range<usize>> = Vec::new();
    for (start, phrase) in chars.windows(PHRASE).enumerate() {
        if !known.contains(phrase) {
            continue;
        }
        let end = start + PHRASE;
        match stretches.last_mut() {
            Some(last) if last.end > start => last.end = end,
            _ => stretches.push(start..end),
        }
    }
    let trimmed = stretches.into_iter().filter_map(|stretch| {
        let first = chars[stretch.clone()].iter().position(|c| c.is_alphabetic())?;
        let last = chars[stretch.clone()].iter().rposition(|c| c.is_alphabetic())?;
        Some(stretch.start + first..stretch.start + last + 1)
    });
    trimmed.filter(|stretch| letters(&chars[stretch.clone()]) >= LETTERS).collect()
}

#[cfg(test)]
mod tests {
    use dossier_model::{Locator, Sha256};

    use super::*;

    fn said_by_both(ours: &str, theirs: &str) -> Vec<String> {
        let [ours, theirs] = [ours, theirs].map(|text| text.chars().collect::<Vec<char>>());
        let known: HashSet<&[char]> = ours.windows(PHRASE).collect();
        shared(&theirs, &known).into_iter().map(|range| theirs[range].iter().collect()).collect()
    }

    #[test]
    fn what_both_say_is_found_as_whole_stretches() {
        let (ours, theirs) =
            ("镇里修工业园征了我家的地，补偿款至今没有发到", "去年征了我家的地，钱没有，补偿款至今没有发");
        assert_eq!(said_by_both(ours, theirs), ["征了我家的地", "补偿款至今没有发"]);
    }

    #[test]
    fn of_a_date_that_both_have_nothing_is_learnt() {
        let (ours, theirs) =
            ("咨询退休年龄2019/12/14 15:20 身份证是72年的", "路灯坏了2019/12/14 15:41 身份证是72年的吗");
        assert_eq!(said_by_both(ours, theirs), ["身份证是72年的"]);
    }

    #[test]
    fn the_body_of_a_row_is_what_it_says_in_words() {
        let mut row = ItemText::default();
        let (source, at) = (Sha256::of(b"register"), Locator::Row { sheet: String::new(), row: 2 });
        for cell in ["188006", "2019-12-14 15:20:33", "路灯坏了三个月，老人孩子晚上不敢出门。"]
        {
            row.push(cell, source, at.clone(), false);
        }
        assert_eq!(body_of(&row), "路灯坏了三个月，老人孩子晚上不敢出门。");
    }
}
