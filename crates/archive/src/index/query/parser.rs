//! From words to conditions.

use dossier_model::fold_text;

use super::super::YEAR;
use super::range::{bound, range};
use super::words::{Operator, Word};
use super::{DATE, FacetName, Node, QueryError, QueryFault};
use crate::FieldLabel;

/// Goes through the words of a query.
pub(super) struct Parser<'a> {
    pub words: &'a [Word],
    pub at: usize,
    pub labels: &'a [FieldLabel],
    pub facets: &'a [FacetName],
    pub end: usize,
}

impl<'a> Parser<'a> {
    pub fn peek(&self) -> Option<&'a Word> {
        self.words.get(self.at)
    }

    fn fault<T>(&self, kind: QueryFault) -> Result<T, QueryError> {
        Err(QueryError { kind, at: self.peek().map_or(self.end, |word| word.at) })
    }

    pub fn or(&mut self) -> Result<Node, QueryError> {
        let mut nodes = vec![self.and()?];
        while self.peek().is_some_and(|word| word.operator == Some(Operator::Or)) {
            self.at += 1;
            nodes.push(self.and()?);
        }
        Ok(if nodes.len() == 1 { nodes.remove(0) } else { Node::Or(nodes) })
    }

    fn and(&mut self) -> Result<Node, QueryError> {
        let mut nodes = Vec::new();
        while let Some(word) = self.peek() {
            match word.operator {
                Some(Operator::Or | Operator::Close) => break,
                // All words have to occur anyway.
                Some(Operator::And) => self.at += 1,
                _ => nodes.extend(self.not()?),
            }
        }
        match nodes.len() {
            0 => self.fault(self.why_empty()),
            1 => Ok(nodes.remove(0)),
            _ => Ok(Node::And(nodes)),
        }
    }

    /// What is wrong where nothing stands that could be looked for.
    fn why_empty(&self) -> QueryFault {
        let operator = |word: Option<&Word>| word.and_then(|word| word.operator);
        let before = operator(self.at.checked_sub(1).and_then(|at| self.words.get(at)));
        match (before, operator(self.peek())) {
            (Some(Operator::Or), _) | (_, Some(Operator::Or)) => QueryFault::LonelyOr,
            (Some(Operator::Open), None) => QueryFault::OpenBracket,
            _ => QueryFault::Empty,
        }
    }

    fn not(&mut self) -> Result<Option<Node>, QueryError> {
        if self.peek().is_some_and(|word| word.operator == Some(Operator::Not)) {
            self.at += 1;
            let joins =
                |word: &Word| matches!(word.operator, Some(Operator::And | Operator::Or | Operator::Close));
            if self.peek().is_none_or(joins) {
                return self.fault(QueryFault::LonelyNot);
            }
            return Ok(self.primary()?.map(|node| Node::Not(Box::new(node))));
        }
        self.primary()
    }

    /// Nothing comes of a word of which folding leaves nothing.
    fn primary(&mut self) -> Result<Option<Node>, QueryError> {
        let Some(word) = self.peek() else { return Ok(None) };
        self.at += 1;
        if word.operator == Some(Operator::Open) {
            let inner = self.or()?;
            if self.peek().is_none_or(|word| word.operator != Some(Operator::Close)) {
                return Err(QueryError { kind: QueryFault::OpenBracket, at: word.at });
            }
            self.at += 1;
            return Ok(Some(inner));
        }
        if let Some(node) = self.named(word)? {
            return Ok(Some(node));
        }
        let nearly = !word.quoted && word.text.ends_with(['~', '～']);
        let text =
            if word.quoted { word.text.as_str() } else { word.text.trim_end_matches(['~', '～', '*']) };
        let folded = fold_text(text);
        if folded.trim().is_empty() {
            return Ok(None);
        }
        Ok(Some(if nearly { Node::Nearly { folded } } else { Node::Text { folded, exact: word.quoted } }))
    }

    /// `field:value`, if the word is that.
    fn named(&self, word: &Word) -> Result<Option<Node>, QueryError> {
        // A number or date may be compared without a colon.
        let parts = [':', '：', '<', '>', '≤', '≥'];
        let Some(at) = word.text.find(parts).filter(|_| !word.quoted) else { return Ok(None) };
        let (name, value) = word.text.split_at(at);
        let compared = !value.starts_with([':', '：']);
        let value = value.trim_start_matches([':', '：']);
        let name = fold_text(name);
        if value.is_empty() || name.is_empty() {
            return Ok(None);
        }
        if matches!(name.as_str(), "py" | "拼音") {
            return Ok(Some(Node::Sound(super::super::sound::spoken(value))));
        }
        let facet = self.facets.iter().find(|facet| facet.is_called(&name));
        let is_year = facet.is_some_and(|facet| facet.name == YEAR) && range(value).is_some();
        if let Some(facet) = facet.filter(|_| !is_year && !compared) {
            return Ok(Some(Node::Facet { name: facet.name.clone(), value: fold_text(value) }));
        }
        let label = self.labels.iter().find(|label| label.is_called(&name));
        let is_date = is_year || matches!(name.as_str(), "date" | "日期") && label.is_none();
        if compared && !is_date && !label.is_some_and(|label| label.number) {
            return Ok(None);
        }
        let label = label.filter(|_| !is_year);
        let Some(name) = label.map(|label| label.name.clone()).or(is_date.then(|| DATE.to_owned())) else {
            return Ok(None);
        };
        let number = is_date || label.is_some_and(|label| label.number);
        if number && let Some((from, to)) = range(value) {
            let (from, to) = (bound(from, false), bound(to, true));
            return match (from, to) {
                (Some(Some(from)), Some(Some(to))) if from > to => {
                    Err(QueryError { kind: QueryFault::Reversed, at: word.at })
                }
                (Some(from), Some(to)) => Ok(Some(Node::Range { name, from, to })),
                _ => Err(QueryError { kind: QueryFault::NoRange, at: word.at }),
            };
        }
        if is_date {
            return match (bound(value, false), bound(value, true)) {
                (Some(from), Some(to)) => Ok(Some(Node::Range { name, from, to })),
                _ => Err(QueryError { kind: QueryFault::NoRange, at: word.at }),
            };
        }
        Ok(Some(Node::Field { name, folded: fold_text(value) }))
    }
}
