//! Where a query's phrases stand in a text: what is highlighted is what was found.

use std::cell::OnceCell;
use std::collections::HashMap;
use std::ops::Range;

use dossier_model::{Fields, Folded, ItemText, fold, fold_text};

use super::near::variants;
use super::notation::{self, Said};
use super::query::{Node, Query};
use super::streams::runs_with_starts;

/// A place that matches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Found {
    /// Folded characters.
    pub place: Range<usize>,
    /// Whether it matches only by a runner-up, or with a character that differs.
    pub unsure: bool,
}

/// A text with what was read in it, as phrases are looked for in it.
pub(crate) struct Haystack<'a> {
    text: &'a ItemText,
    fields: &'a Fields,
    pub folded: Folded,
    /// For folded characters that the recogniser was unsure of, their folded runners-up.
    others: HashMap<usize, Vec<char>>,
    /// Amounts, numbers and dates with their places, once they are asked for.
    said: OnceCell<Vec<Said>>,
}

impl<'a> Haystack<'a> {
    pub fn new(text: &'a ItemText, fields: &'a Fields) -> Haystack<'a> {
        let folded = fold(&text.text);
        let mut others: HashMap<usize, Vec<char>> = HashMap::new();
        for other in &text.alternatives {
            let at = folded.origin.partition_point(|origin| *origin < other.at);
            if folded.origin.get(at) == Some(&other.at) {
                others.entry(at).or_default().extend(fold_text(&other.reading.to_string()).chars());
            }
        }
        Haystack { text, fields, folded, others, said: OnceCell::new() }
    }

    /// The places of the query's phrases that must be there, in order; of a query that only asks for
    /// fields those of their values, which are short for the most part and shown anyway.
    pub fn find(&self, query: &Query) -> Vec<Found> {
        let mut found = Vec::new();
        self.collect(&query.root, query.sure_only, &mut found);
        if found.is_empty() {
            self.collect_in_fields(&query.root, &mut found);
        }
        found.sort_by_key(|found| (found.place.start, found.place.end, found.unsure));
        found.dedup_by_key(|found| found.place.clone());
        found
    }

    fn collect(&self, node: &Node, sure_only: bool, found: &mut Vec<Found>) {
        match node {
            Node::And(nodes) | Node::Or(nodes) => {
                nodes.iter().for_each(|node| self.collect(node, sure_only, found));
            }
            Node::Text { folded, exact } => {
                self.phrase(folded, sure_only, found);
                if !exact {
                    self.notation(folded, found);
                }
            }
            Node::Nearly { folded } => {
                self.phrase(folded, sure_only, found);
                self.nearly(folded, found);
            }
            _ => {}
        }
    }

    fn collect_in_fields(&self, node: &Node, found: &mut Vec<Found>) {
        match node {
            Node::And(nodes) | Node::Or(nodes) => {
                nodes.iter().for_each(|node| self.collect_in_fields(node, found));
            }
            Node::Field { name, folded } => self.in_field(name, folded, found),
            _ => {}
        }
    }

    /// In the field's values where they stand in the text: the phrase, or the value as a whole where the
    /// text says the same in other characters.
    fn in_field(&self, name: &str, phrase: &str, found: &mut Vec<Found>) {
        let places = self.folded.find_all(&phrase.chars().collect::<Vec<char>>());
        let at = |offset: u32| self.folded.origin.partition_point(|origin| *origin < offset);
        for value in self.fields.get(name).into_iter().flatten() {
            for seen in &value.evidence {
                let whole = at(seen.start)..at(seen.end);
                let is_inside = |place: &&Range<usize>| whole.start <= place.start && place.end <= whole.end;
                let mut inside: Vec<Range<usize>> = places.iter().filter(is_inside).cloned().collect();
                if inside.is_empty() && fold_text(value.value.reveal()).contains(phrase) {
                    inside.push(whole);
                }
                found.extend(inside.into_iter().map(|place| Found { place, unsure: false }));
            }
        }
    }

    fn phrase(&self, phrase: &str, sure_only: bool, found: &mut Vec<Found>) {
        let phrase: Vec<char> = phrase.chars().collect();
        found.extend(self.folded.find_all(&phrase).into_iter().map(|place| Found { place, unsure: false }));
        if sure_only || self.others.is_empty() {
            return;
        }
        let reads = |at: usize, c: char| {
            self.folded.chars.get(at) == Some(&c)
                || self.others.get(&at).is_some_and(|others| others.contains(&c))
        };
        // A match by runners-up holds at least one of them.
        let mut starts: Vec<usize> = self
            .others
            .keys()
            .flat_map(|at| (0..phrase.len()).filter_map(move |back| at.checked_sub(back)))
            .collect();
        starts.sort_unstable();
        starts.dedup();
        for start in starts {
            if phrase.iter().enumerate().all(|(at, c)| reads(start + at, *c)) {
                found.push(Found { place: start..start + phrase.len(), unsure: true });
            }
        }
    }

    /// The same amount, number or date in whatever notation.
    fn notation(&self, word: &str, found: &mut Vec<Found>) {
        let Some(token) = notation::token(word) else { return };
        let said = self.said.get_or_init(|| said(self.text, &self.folded));
        let same = said.iter().filter(|said| said.token == token);
        let others = same.map(|said| Found { place: said.place.clone(), unsure: false });
        // Where the word itself stands as it was typed, that is highlighted.
        let others: Vec<Found> = others.filter(|other| !found.iter().any(|f| meet(f, other))).collect();
        found.extend(others);
    }

    fn nearly(&self, phrase: &str, found: &mut Vec<Found>) {
        let chars: Vec<char> = phrase.chars().collect();
        if chars.len() < 3 {
            return;
        }
        let placed = |variant: Vec<(usize, usize)>| -> Vec<(usize, char)> {
            variant.into_iter().map(|(at, which)| (at, chars[which])).collect()
        };
        let mut variants: Vec<Vec<(usize, char)>> = variants(chars.len()).into_iter().map(placed).collect();
        // The widest first: another character in a place before one that is missing.
        variants.sort_by_key(|variant| std::cmp::Reverse(variant.last().map_or(0, |(at, _)| *at)));
        for variant in variants {
            let (Some(first), Some(last)) = (variant.first(), variant.last()) else { continue };
            for start in 0..self.folded.chars.len() {
                let holds = |(at, c): &(usize, char)| self.folded.chars.get(start + at) == Some(c);
                let place = start..start + last.0 + 1;
                let known = || {
                    found.iter().any(|other| other.place.start < place.end && place.start < other.place.end)
                };
                if self.folded.chars[start] == first.1 && variant.iter().all(holds) && !known() {
                    found.push(Found { place, unsure: true });
                }
            }
        }
    }
}

fn meet(one: &Found, other: &Found) -> bool {
    one.place.start < other.place.end && other.place.start < one.place.end
}

/// What a text says in numbers, run by run as it is indexed, at places of the whole folded text.
fn said(text: &ItemText, folded: &Folded) -> Vec<Said> {
    let mut all = Vec::new();
    for (run, start) in runs_with_starts(text) {
        let piece = fold(&run);
        for Said { place, token } in notation::said(&piece.chars) {
            let (from, to) = piece.source_range(place);
            let at = |offset: u32| folded.origin.partition_point(|origin| *origin < start + offset);
            all.push(Said { place: at(from)..at(to), token });
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use dossier_model::{Locator, Sha256, TextAlternative};

    use super::super::example::seen;
    use super::*;

    fn found(text: &str, query: &str, alternatives: &[(u32, char)]) -> Vec<(String, bool)> {
        let mut item = ItemText::default();
        item.push(text, Sha256::of(b""), Locator::Page(1), true);
        item.alternatives = alternatives
            .iter()
            .map(|(at, reading)| TextAlternative { at: *at, reading: *reading, probability: 0.3 })
            .collect();
        let fields = Fields::new();
        let haystack = Haystack::new(&item, &fields);
        let query = Query::parse(query, &[], &[]).unwrap();
        let place = |found: Found| haystack.folded.chars[found.place].iter().collect();
        haystack.find(&query).into_iter().map(|found| (place(found.clone()), found.unsure)).collect()
    }

    #[test]
    fn places_are_those_of_the_phrase_and_of_nothing_else() {
        assert_eq!(found("拆 迁了，拆房，迁走", "拆迁", &[]), [("拆迁".into(), false)]);
        assert_eq!(found("拆迁补偿", "拆迁 -补偿", &[]), [("拆迁".into(), false)]);
        assert_eq!(found("折迁款未付", "拆迁款", &[(0, '拆')]), [("折迁款".into(), true)]);
        assert_eq!(found("米兰春天小区", "米兰春夭~", &[]), [("米兰春".into(), true)]);
        assert_eq!(found("石挢镇上坪村", "石桥镇~", &[]), [("石挢镇".into(), true)]);
        assert_eq!(found("石镇上坪村", "石桥镇~", &[]), [("石镇".into(), true)]);
    }

    #[test]
    fn what_a_field_is_asked_for_is_where_its_values_stand() {
        let text = "周某与周德厚于1987年3月5日来信";
        let fields = Fields::from([
            ("petitioner_name".to_owned(), vec![seen(text, "周德厚", "周德厚")]),
            ("letter_date".to_owned(), vec![seen(text, "1987-03-05", "1987年3月5日")]),
        ]);
        let mut item = ItemText::default();
        item.push(text, Sha256::of(b""), Locator::Page(1), true);
        let haystack = Haystack::new(&item, &fields);
        for (name, asked, stands) in [
            ("petitioner_name", "周", "周"),
            ("petitioner_name", "德厚", "德厚"),
            ("petitioner_name", "来信", ""),
            ("letter_date", "1987-03", "1987年3月5日"),
        ] {
            let found = haystack.find(&Query::of_fields(&[name.to_owned()], asked));
            let places = found.into_iter().flat_map(|found| haystack.folded.chars[found.place].to_vec());
            assert_eq!(places.collect::<String>(), stands, "{name}: {asked}");
        }
    }
}
