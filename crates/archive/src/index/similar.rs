//! Letters that have the rarer words of another.

use std::collections::BTreeMap;

use tantivy::Term;
use tantivy::collector::TopDocs;
use tantivy::query::{BooleanQuery, ConstScoreQuery, Occur, Query as TantivyQuery, TermQuery};
use tantivy::schema::IndexRecordOption;

use super::tokens::is_pair;
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
        let clause = |(term, weight): (Term, f32)| {
            let term: Box<dyn TantivyQuery> = Box::new(TermQuery::new(term, IndexRecordOption::Basic));
            let scored: Box<dyn TantivyQuery> = Box::new(ConstScoreQuery::new(term, weight / whole));
            (Occur::Should, scored)
        };
        let query = BooleanQuery::new(pairs.into_iter().map(clause).collect());
        let searcher = self.reader.searcher();
        let top = searcher.search(&query, &TopDocs::with_limit(limit).order_by_score())?;
        top.into_iter().map(|(score, address)| self.hit(&searcher, address, score)).collect()
    }

    /// The rarest pairs of characters with their weights (inverse document frequency); what no
    /// other letter has is of no use.
    fn telling_pairs(&self, folded: &[char]) -> Result<Vec<(Term, f32)>, ArchiveError> {
        let searcher = self.reader.searcher();
        let items = searcher.num_docs().max(1);
        let mut weights: BTreeMap<String, f32> = BTreeMap::new();
        for pair in folded.windows(2).filter(|pair| is_pair(pair[0], pair[1])) {
            let pair = String::from_iter(pair);
            if weights.contains_key(&pair) {
                continue;
            }
            let found = searcher.doc_freq(&Term::from_field_text(self.columns.pairs, &pair))?;
            let tells = found > 0 && (found * COMMON <= items || items <= COMMON);
            let weight = if tells { (1.0 + items as f32 / found as f32).ln() } else { 0.0 };
            weights.insert(pair, weight);
        }
        let mut pairs: Vec<(String, f32)> = weights.into_iter().filter(|(_, weight)| *weight > 0.0).collect();
        pairs.sort_by(|a, b| b.1.total_cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        pairs.truncate(PAIRS);
        let term = |(pair, weight): (String, f32)| (Term::from_field_text(self.columns.pairs, &pair), weight);
        Ok(pairs.into_iter().map(term).collect())
    }
}
