//! A parsed query as the index runs it.

use std::ops::Bound;

use tantivy::Term;
use tantivy::query::{
    AllQuery, BooleanQuery, BoostQuery, EmptyQuery, Occur, PhraseQuery, Query as TantivyQuery, RangeQuery,
    TermQuery,
};
use tantivy::schema::{Field, IndexRecordOption};

use super::columns::Columns;
use super::query::{Node, Query};
use super::tokens::{facet_token, field_token};

/// How much more a phrase counts in the title, in the demand, and where words stand together.
const IN_TITLE: f32 = 3.0;
const IN_DEMAND: f32 = 1.5;
const TOGETHER: f32 = 2.0;
/// How much less it counts where the recogniser was unsure, or a character differs.
const UNSURE: f32 = 0.1;

type Compiled = Box<dyn TantivyQuery>;

pub(super) struct Compiler<'a> {
    pub columns: &'a Columns,
    /// The fields of what the writer asks for.
    pub demand: &'a [String],
    pub sure_only: bool,
}

impl Compiler<'_> {
    pub fn query(&self, query: &Query) -> Compiled {
        let root = self.node(&query.root);
        let Node::And(nodes) = &query.root else { return root };
        // Words that stand together in the text come first.
        let words: String = nodes
            .iter()
            .filter_map(|node| match node {
                Node::Text { folded, .. } => Some(folded.as_str()),
                _ => None,
            })
            .collect();
        let together = boosted(phrase(self.columns.text, &words, |c| c.to_string()), TOGETHER);
        Box::new(BooleanQuery::new(vec![(Occur::Must, root), (Occur::Should, together)]))
    }

    fn node(&self, node: &Node) -> Compiled {
        match node {
            Node::And(nodes) => self.and(nodes),
            Node::Or(nodes) => any(nodes.iter().map(|node| self.node(node)).collect()),
            Node::Not(_) => self.and(std::slice::from_ref(node)),
            Node::Text { folded, exact } => self.text(folded, *exact),
            Node::Nearly { folded } => self.nearly(folded),
            Node::Field { name, folded } => phrase(self.columns.fields, folded, |c| field_token(name, c)),
            Node::Range { name, from, to } => self.range(name, *from, *to),
            Node::Facet { name, value } => {
                term(Term::from_field_text(self.columns.facets, &facet_token(name, value)))
            }
            Node::Sound(sound) => term(Term::from_field_text(self.columns.sounds, sound)),
        }
    }

    /// All hold; a query of nothing but exceptions means everything else.
    fn and(&self, nodes: &[Node]) -> Compiled {
        let mut clauses: Vec<(Occur, Compiled)> = nodes
            .iter()
            .map(|node| match node {
                Node::Not(inner) => (Occur::MustNot, self.node(inner)),
                node => (Occur::Must, self.node(node)),
            })
            .collect();
        if clauses.iter().all(|(occur, _)| *occur == Occur::MustNot) {
            clauses.push((Occur::Must, Box::new(AllQuery)));
        }
        Box::new(BooleanQuery::new(clauses))
    }

    fn text(&self, folded: &str, exact: bool) -> Compiled {
        let plain = |field| phrase(field, folded, |c| c.to_string());
        let mut ways = vec![plain(self.columns.text), boosted(plain(self.columns.title), IN_TITLE)];
        for name in self.demand {
            ways.push(boosted(phrase(self.columns.fields, folded, |c| field_token(name, c)), IN_DEMAND));
        }
        if !exact {
            ways.push(term(Term::from_field_text(self.columns.values, folded)));
        }
        if !self.sure_only {
            ways.push(boosted(plain(self.columns.unsure), UNSURE));
        }
        any(ways)
    }

    /// The phrase, or the phrase with one character wrong, missing, or too many.
    fn nearly(&self, folded: &str) -> Compiled {
        let chars: Vec<char> = folded.chars().collect();
        let mut ways = vec![self.text(folded, true)];
        if chars.len() > 2 {
            let fields = [self.columns.text, self.columns.unsure];
            for field in fields.into_iter().take(if self.sure_only { 1 } else { 2 }) {
                ways.extend(
                    variants(&chars).into_iter().map(|places| boosted(spaced(field, &places), UNSURE)),
                );
            }
        }
        any(ways)
    }

    fn range(&self, name: &str, from: Option<i64>, to: Option<i64>) -> Compiled {
        let value = |value: i64| {
            let mut term = Term::from_field_json_path(self.columns.numbers, name, false);
            term.append_type_and_fast_value(value);
            term
        };
        let from = value(from.unwrap_or(0));
        let to = value(to.unwrap_or(i64::MAX / 4));
        Box::new(RangeQuery::new(Bound::Included(from), Bound::Included(to)))
    }
}

/// The characters of a phrase that stay, with their distances, for each way in which one
/// character of the text may differ: another in its place, none, or one too many.
pub(super) fn variants(chars: &[char]) -> Vec<Vec<(usize, char)>> {
    let placed = |skip: usize, shift: isize| -> Vec<(usize, char)> {
        let moved = |at: usize| if at > skip { at.saturating_add_signed(shift) } else { at };
        chars.iter().enumerate().filter(|(at, _)| *at != skip).map(|(at, c)| (moved(at), *c)).collect()
    };
    let mut variants: Vec<Vec<(usize, char)>> = Vec::new();
    for at in 0..chars.len() {
        variants.push(placed(at, 0));
        variants.push(placed(at, -1));
        if at > 0 {
            let wider = chars.iter().enumerate();
            variants.push(wider.map(|(place, c)| (place + usize::from(place >= at), *c)).collect());
        }
    }
    for variant in &mut variants {
        let first = variant.first().map_or(0, |(at, _)| *at);
        variant.iter_mut().for_each(|(at, _)| *at -= first);
    }
    variants.sort_unstable();
    variants.dedup();
    variants
}

fn spaced(field: Field, places: &[(usize, char)]) -> Compiled {
    let terms: Vec<(usize, Term)> =
        places.iter().map(|(at, c)| (*at, Term::from_field_text(field, &c.to_string()))).collect();
    match terms.len() {
        0 => Box::new(EmptyQuery),
        1 => {
            terms.into_iter().next().map_or_else(|| Box::new(EmptyQuery) as Compiled, |(_, only)| term(only))
        }
        _ => Box::new(PhraseQuery::new_with_offset(terms)),
    }
}

fn any(ways: Vec<Compiled>) -> Compiled {
    Box::new(BooleanQuery::new(ways.into_iter().map(|way| (Occur::Should, way)).collect()))
}

fn boosted(query: Compiled, boost: f32) -> Compiled {
    Box::new(BoostQuery::new(query, boost))
}

fn phrase(field: Field, folded: &str, token: impl Fn(char) -> String) -> Compiled {
    let mut terms: Vec<Term> = folded.chars().map(|c| Term::from_field_text(field, &token(c))).collect();
    match terms.len() {
        0 => Box::new(EmptyQuery),
        1 => term(terms.remove(0)),
        _ => Box::new(PhraseQuery::new(terms)),
    }
}

fn term(term: Term) -> Compiled {
    Box::new(TermQuery::new(term, IndexRecordOption::WithFreqs))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_character_may_differ() {
        let variants = variants(&['石', '桥', '镇']);
        for (what, places) in [
            ("another", vec![(0, '石'), (2, '镇')]),
            ("none", vec![(0, '石'), (1, '镇')]),
            ("one too many", vec![(0, '石'), (2, '桥'), (3, '镇')]),
            ("the first", vec![(0, '桥'), (1, '镇')]),
            ("the last", vec![(0, '石'), (1, '桥')]),
        ] {
            assert!(variants.contains(&places), "{what}: {variants:?}");
        }
    }
}
