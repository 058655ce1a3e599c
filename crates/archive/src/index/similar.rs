//! Letters that have the rarer words of another.

use std::collections::BTreeMap;

use tantivy::collector::TopDocs;
use tantivy::query::{BooleanQuery, ConstScoreQuery, Occur, Query as TantivyQuery};
use tantivy::{Searcher, Term};

use super::compile::Compiler;
use super::{Hit, SearchIndex};
use crate::ArchiveError;

/// How many pairs of characters a letter is looked for by: its rarest.
const PAIRS: usize = 64;
/// A pair that more than one letter in so many has says nothing.
const COMMON: u64 = 8;

impl SearchIndex {
    /// The items that have most of the rarer pairs of characters of `folded`, the best first; a
    /// hit's score is the share of their weight that it has, 0 to 1.
    pub(crate) fn similar(&self, folded: &[char], limit: usize) -> Result<Vec<Hit>, ArchiveError> {
        let pairs = self.telling_pairs(folded)?;
        let whole: f32 = pairs.iter().map(|(_, weight)| weight).sum();
        if pairs.is_empty() || limit == 0 {
            return Ok(Vec::new());
        }
        let common = self.common.borrow();
        let compiler = Compiler { columns: &self.columns, common: &common, demand: &[], sure_only: true };
        let clause = |([first, second], weight): ([char; 2], f32)| {
            let scored = ConstScoreQuery::new(compiler.side_by_side(first, second), weight / whole);
            let scored: Box<dyn TantivyQuery> = Box::new(scored);
            (Occur::Should, scored)
        };
        let query = BooleanQuery::new(pairs.into_iter().map(clause).collect());
        let searcher = self.reader.searcher();
        let top = searcher.search(&query, &TopDocs::with_limit(limit).order_by_score())?;
        top.into_iter().map(|(score, address)| self.hit(&searcher, address, score)).collect()
    }

    /// The rarest pairs of characters with their weights (inverse document frequency); what no
    /// other letter has is of no use.
    fn telling_pairs(&self, folded: &[char]) -> Result<Vec<([char; 2], f32)>, ArchiveError> {
        let searcher = self.reader.searcher();
        let items = searcher.num_docs().max(1);
        let mut weights: BTreeMap<[char; 2], f32> = BTreeMap::new();
        for pair in folded.windows(2) {
            let pair = [pair[0], pair[1]];
            if weights.contains_key(&pair) || !pair.iter().all(|c| c.is_alphanumeric()) {
                continue;
            }
            let found = self.letters_with(&searcher, pair)?;
            let tells = found > 0 && (found * COMMON <= items || items <= COMMON);
            let weight = if tells { (1.0 + items as f32 / found as f32).ln() } else { 0.0 };
            weights.insert(pair, weight);
        }
        let mut pairs: Vec<([char; 2], f32)> =
            weights.into_iter().filter(|(_, weight)| *weight > 0.0).collect();
        pairs.sort_by(|a, b| b.1.total_cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        pairs.truncate(PAIRS);
        Ok(pairs)
    }

    /// How many letters have a pair of characters; of one that is not indexed as such, at most
    /// how many: those with the rarer of its characters.
    fn letters_with(&self, searcher: &Searcher, pair: [char; 2]) -> Result<u64, ArchiveError> {
        let columns = &self.columns;
        if self.common.borrow().is_pair(pair[0], pair[1]) {
            return Ok(searcher.doc_freq(&Term::from_field_text(columns.pairs, &String::from_iter(pair)))?);
        }
        let mut least = u64::MAX;
        for c in pair {
            let in_text = Term::from_field_text(columns.text, &c.to_string());
            least = least.min(searcher.doc_freq(&in_text)?);
        }
        Ok(least)
    }
}
