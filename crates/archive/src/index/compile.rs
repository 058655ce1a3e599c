//! A parsed query as the index runs it.

use std::collections::BTreeSet;
use std::ops::Bound;
use std::sync::Arc;

use tantivy::query::{
    AllQuery, BooleanQuery, ConstScoreQuery, EmptyQuery, Occur, PhraseQuery, Query as TantivyQuery,
    RangeQuery, TermQuery,
};
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{Score, Term};

use super::any::{AnyQuery, WithoutQuery};
use super::columns::Columns;
use super::common::Common;
use super::inside::InsideQuery;
use super::near::{self, Half, variants};
use super::near_query::NearQuery;
use super::notation;
use super::query::{Node, Query};
use super::tokens::{facet_token, field_token};

/// What a phrase counts in the text, how much more in the title and in the demand, and where words
/// stand together.
const IN_TEXT: f32 = 1.0;
const IN_TITLE: f32 = 3.0;
const IN_DEMAND: f32 = 1.5;
const TOGETHER: f32 = 2.0;
/// What it counts where the recogniser was unsure, and where a character differs.
const UNSURE: f32 = 0.3;
const DIFFERS: f32 = 0.1;

type Compiled = Box<dyn TantivyQuery>;

pub(super) struct Compiler<'a> {
    pub columns: &'a Columns,
    /// Which characters are common in the index.
    pub common: &'a Common,
    /// The fields of what the writer asks for.
    pub demand: &'a [String],
    pub sure_only: bool,
}

impl Compiler<'_> {
    pub fn query(&self, query: &Query) -> Compiled {
        let found = self.found(query);
        let Some(run) = query.since else { return found };
        let from = Bound::Included(Term::from_field_i64(self.columns.run, run));
        let since: Compiled = scored(Box::new(RangeQuery::new(from, Bound::Unbounded)), 0.0);
        Box::new(BooleanQuery::new(vec![(Occur::Must, found), (Occur::Must, since)]))
    }

    fn found(&self, query: &Query) -> Compiled {
        let root = self.node(&query.root);
        let Node::And(nodes) = &query.root else { return root };
        // Words that stand together in the text come first.
        let words: Vec<&str> = nodes
            .iter()
            .filter_map(|node| match node {
                Node::Text { folded, .. } => Some(folded.as_str()),
                _ => None,
            })
            .collect();
        if words.len() < 2 {
            return root;
        }
        let together = scored(self.in_text(&words.concat()), TOGETHER);
        Box::new(BooleanQuery::new(vec![(Occur::Must, root), (Occur::Should, together)]))
    }

    fn node(&self, node: &Node) -> Compiled {
        match node {
            Node::And(nodes) => self.and(nodes),
            Node::Or(nodes) => any(nodes.iter().map(|node| self.node(node)).collect()),
            Node::Not(_) => self.and(std::slice::from_ref(node)),
            Node::Text { folded, exact } => self.text(folded, *exact),
            Node::Nearly { folded } => self.nearly(folded),
            Node::Field { name, folded } => scored(self.in_field(name, folded), IN_TEXT),
            Node::Range { name, from, to } => self.range(name, *from, *to),
            Node::Facet { name, value } => {
                term(Term::from_field_text(self.columns.facets, &facet_token(name, value)))
            }
            Node::Sound(sound) => scored(term(Term::from_field_text(self.columns.sounds, sound)), IN_TEXT),
        }
    }

    /// All hold; a query of nothing but exceptions means everything else.
    fn and(&self, nodes: &[Node]) -> Compiled {
        let mut clauses: Vec<Compiled> = nodes
            .iter()
            .map(|node| match node {
                Node::Not(inner) => Box::new(WithoutQuery(self.node(inner).into())),
                node => self.node(node),
            })
            .collect();
        if nodes.iter().all(|node| matches!(node, Node::Not(_))) {
            clauses.push(Box::new(AllQuery));
        }
        every(clauses)
    }

    fn text(&self, folded: &str, exact: bool) -> Compiled {
        let mut ways = vec![scored(self.in_text(folded), IN_TEXT)];
        ways.extend(self.where_it_counts_more(folded));
        if !exact {
            for value in std::iter::once(folded.to_owned()).chain(notation::token(folded)) {
                ways.push(scored(term(Term::from_field_text(self.columns.values, &value)), IN_TEXT));
            }
        }
        if !self.sure_only {
            ways.push(scored(phrase(self.columns.unsure, folded, |c| c.to_string()), UNSURE));
        }
        any(ways)
    }

    /// The phrase in the title, and in what the writer asks for.
    fn where_it_counts_more(&self, folded: &str) -> Vec<Compiled> {
        let in_title = phrase(self.columns.title, folded, |c| c.to_string());
        let in_demand = |name: &String| phrase(self.columns.fields, folded, |c| field_token(name, c));
        let demands = self.demand.iter().map(|name| scored(in_demand(name), IN_DEMAND));
        [scored(in_title, IN_TITLE)].into_iter().chain(demands).collect()
    }

    /// The text has these folded characters in a row.
    fn in_text(&self, folded: &str) -> Compiled {
        let chars: Vec<char> = folded.chars().collect();
        match chars.as_slice() {
            [first, second] => self.side_by_side(*first, *second),
            _ => self.at_places(&chars.into_iter().enumerate().collect::<Vec<_>>()),
        }
    }

    /// The text has these two characters in a row.
    pub fn side_by_side(&self, first: char, second: char) -> Compiled {
        if self.common.is_pair(first, second) {
            self.pair(first, second)
        } else {
            self.at_places(&[(0, first), (1, second)])
        }
    }

    /// The text has these characters at these distances; only what has all their pairs is looked at.
    fn at_places(&self, places: &[(usize, char)]) -> Compiled {
        let neighbours = places.windows(2).filter(|two| two[1].0 == two[0].0 + 1);
        let pairs = neighbours.map(|two| (two[0].1, two[1].1)).filter(|(a, b)| self.common.is_pair(*a, *b));
        filtered(
            pairs.map(|(a, b)| self.pair(a, b)).collect(),
            spaced(self.columns.text, places, |c| c.to_string()),
        )
    }

    /// A value of the field has these folded characters in a row, be it indexed by itself or where it
    /// stands in the text.
    fn in_field(&self, name: &str, folded: &str) -> Compiled {
        let mut ways = vec![phrase(self.columns.fields, folded, |c| field_token(name, c))];
        let chars: Vec<char> = folded.chars().collect();
        if !chars.is_empty() {
            let terms = text_terms(self.columns.text, &chars);
            let name = Term::from_field_text(self.columns.spans, name);
            let candidates = every(vec![term(name.clone()), self.candidates(&chars, &terms, true)]).into();
            ways.push(Box::new(InsideQuery { candidates, name, terms: terms.into() }));
        }
        any(ways)
    }

    fn pair(&self, first: char, second: char) -> Compiled {
        term(self.pair_term(first, second))
    }

    fn pair_term(&self, first: char, second: char) -> Term {
        Term::from_field_text(self.columns.pairs, &String::from_iter([first, second]))
    }

    /// The phrase, or the phrase with one character wrong, missing, or too many.
    fn nearly(&self, folded: &str) -> Compiled {
        let chars: Vec<char> = folded.chars().collect();
        match chars.len() {
            0..=2 => self.text(folded, true),
            3 => {
                let mut ways = vec![self.text(folded, true)];
                ways.extend(variants(3).iter().flat_map(|variant| self.variant(&chars, variant)));
                any(ways)
            }
            _ => any(self.where_it_counts_more(folded).into_iter().chain(self.near(&chars)).collect()),
        }
    }

    fn variant(&self, chars: &[char], variant: &[(usize, usize)]) -> Vec<Compiled> {
        let places: Vec<(usize, char)> = variant.iter().map(|(at, which)| (*at, chars[*which])).collect();
        let mut ways = vec![match places.as_slice() {
            [(0, first), (1, second)] => self.side_by_side(*first, *second),
            places => self.at_places(places),
        }];
        if !self.sure_only {
            ways.push(spaced(self.columns.unsure, &places, |c| c.to_string()));
        }
        ways.into_iter().map(|way| scored(way, DIFFERS)).collect()
    }

    /// The phrase with one of its halves as it is, or both, in each column where texts are.
    fn near(&self, chars: &[char]) -> Vec<Compiled> {
        let mut ways = vec![(text_terms(self.columns.text, chars), IN_TEXT, true)];
        if !self.sure_only {
            // Pairs are of what was read, not of runners-up.
            ways.push((text_terms(self.columns.unsure, chars), UNSURE, false));
        }
        let halves = Arc::new(near::halves(chars.len()));
        let pairs = self.neighbours(chars, &halves);
        let query = |(terms, exact, has_pairs): (Vec<Term>, Score, bool)| -> Compiled {
            let candidates = [0, 1].map(|which| {
                let half = halves[which].chars.clone();
                Arc::from(self.candidates(&chars[half.clone()], &terms[half], has_pairs))
            });
            let likely = [0, 1].map(|which| {
                let half = &chars[halves[which].chars.clone()];
                has_pairs && half.windows(2).all(|two| self.common.is_pair(two[0], two[1]))
            });
            let (terms, halves) = (terms.into(), Arc::clone(&halves));
            let pairs = if has_pairs { Arc::clone(&pairs) } else { Arc::new([]) };
            Box::new(NearQuery { candidates, likely, terms, halves, pairs, score: DIFFERS, exact })
        };
        ways.into_iter().map(query).collect()
    }

    /// Of a phrase's characters those that stand side by side where a half and a rest do, and are a
    /// pair that is indexed.
    fn neighbours(&self, chars: &[char], halves: &[Half; 2]) -> Arc<[((usize, usize), Term)]> {
        let rests = halves.iter().flat_map(|half| half.rests.iter().map(move |rest| (half, rest)));
        let beside: BTreeSet<(usize, usize)> =
            rests.flat_map(|(half, rest)| near::neighbours(half, rest)).collect();
        let pairs = beside.into_iter().map(|(a, b)| ((a, b), chars[a], chars[b]));
        let indexed = pairs.filter(|(_, first, second)| self.common.is_pair(*first, *second));
        indexed.map(|(beside, first, second)| (beside, self.pair_term(first, second))).collect()
    }

    /// What has all of these characters, and the pairs of them that are indexed.
    fn candidates(&self, chars: &[char], terms: &[Term], has_pairs: bool) -> Compiled {
        let paired = |at: usize| {
            has_pairs && chars.get(at..at + 2).is_some_and(|two| self.common.is_pair(two[0], two[1]))
        };
        let mut all = Vec::new();
        for (at, one) in terms.iter().enumerate() {
            if paired(at) {
                all.push(self.pair(chars[at], chars[at + 1]));
            } else if at == 0 || !paired(at - 1) {
                all.push(term(one.clone()));
            }
        }
        if all.len() == 1 { all.remove(0) } else { every(all) }
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

/// Each character as a column of text has it.
fn text_terms(field: Field, chars: &[char]) -> Vec<Term> {
    chars.iter().map(|c| Term::from_field_text(field, &c.to_string())).collect()
}

/// The field has these characters at these distances.
fn spaced(field: Field, places: &[(usize, char)], token: impl Fn(char) -> String) -> Compiled {
    let mut terms: Vec<(usize, Term)> =
        places.iter().map(|(at, c)| (*at, Term::from_field_text(field, &token(*c)))).collect();
    match terms.len() {
        0 => Box::new(EmptyQuery),
        1 => term(terms.remove(0).1),
        _ => Box::new(PhraseQuery::new_with_offset(terms)),
    }
}

fn any(ways: Vec<Compiled>) -> Compiled {
    Box::new(AnyQuery(ways.into_iter().map(Arc::from).collect()))
}

/// What `query` finds, each with the same score: whether it stands in the title counts, not how
/// often a letter repeats itself, nor how rare a word is by now.
fn scored(query: Compiled, score: f32) -> Compiled {
    Box::new(ConstScoreQuery::new(query, score))
}

/// What `query` finds among the documents that have all `pairs`.
fn filtered(pairs: Vec<Compiled>, query: Compiled) -> Compiled {
    if pairs.is_empty() {
        return query;
    }
    every(pairs.into_iter().chain([query]).collect())
}

fn every(queries: Vec<Compiled>) -> Compiled {
    Box::new(BooleanQuery::new(queries.into_iter().map(|query| (Occur::Must, query)).collect()))
}

fn phrase(field: Field, folded: &str, token: impl Fn(char) -> String) -> Compiled {
    let places: Vec<(usize, char)> = folded.chars().enumerate().collect();
    spaced(field, &places, token)
}

fn term(term: Term) -> Compiled {
    Box::new(TermQuery::new(term, IndexRecordOption::Basic))
}
