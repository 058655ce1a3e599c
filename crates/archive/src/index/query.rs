//! What an officer types, and what it means.

use dossier_model::{Folded, Lang, fold_text};
use tantivy::Term;
use tantivy::query::{BooleanQuery, EmptyQuery, Occur, PhraseQuery, Query as TantivyQuery, TermQuery};
use tantivy::schema::{Field, IndexRecordOption};

use super::tokens::field_token;
use crate::FieldLabel;

/// A parsed query: every clause must hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Query {
    clauses: Vec<Clause>,
}

/// One condition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Clause {
    /// The text holds these folded characters in a row, or, unless `exact`, a normalised value is
    /// just that.
    Text { folded: String, exact: bool },
    /// The field's value holds these folded characters in a row.
    Field { name: String, folded: String },
}

/// Why a query cannot be run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the query is empty")]
pub struct QueryError;

impl QueryError {
    /// What is wrong, in words for people.
    pub fn reason(self, lang: Lang) -> &'static str {
        lang.pick(
            "the query is empty: type a name, a place or a few words",
            "查询为空：请输入姓名、地名或几个字",
        )
    }
}

impl Query {
    /// Parses words, `"exact phrases"` and `field:value`; all of them must hold. A field may be
    /// called by its canonical name or by what officers call it; `x:` with any other name is text.
    ///
    /// # Errors
    /// When nothing is asked for.
    pub fn parse(text: &str, labels: &[FieldLabel]) -> Result<Query, QueryError> {
        let mut clauses = Vec::new();
        for word in words(text) {
            let named = (!word.quoted).then(|| named_field(&word, labels)).flatten();
            clauses.push(match named {
                Some((name, value)) => Clause::Field { name, folded: fold_text(&value) },
                None => Clause::Text { folded: fold_text(&word.text), exact: word.quoted },
            });
        }
        Query::of(clauses)
    }

    /// The whole text as one exact phrase.
    ///
    /// # Errors
    /// When there is nothing in it.
    pub fn literal(text: &str) -> Result<Query, QueryError> {
        Query::of(vec![Clause::Text { folded: fold_text(text), exact: true }])
    }

    fn of(mut clauses: Vec<Clause>) -> Result<Query, QueryError> {
        clauses.retain(|clause| match clause {
            Clause::Text { folded, .. } | Clause::Field { folded, .. } => !folded.trim().is_empty(),
        });
        if clauses.is_empty() { Err(QueryError) } else { Ok(Query { clauses }) }
    }

    /// The folded phrases that are looked for in the text.
    pub(crate) fn clauses(&self) -> &[Clause] {
        &self.clauses
    }

    pub(super) fn compile(&self, text: Field, fields: Field, values: Field) -> BooleanQuery {
        let clauses = self.clauses.iter().map(|clause| {
            let query: Box<dyn TantivyQuery> = match clause {
                Clause::Text { folded, exact: true } => phrase(text, folded, |c| c.to_string()),
                Clause::Text { folded, exact: false } => Box::new(BooleanQuery::new(vec![
                    (Occur::Should, phrase(text, folded, |c| c.to_string())),
                    (Occur::Should, term(Term::from_field_text(values, folded))),
                ])),
                Clause::Field { name, folded } => phrase(fields, folded, |c| field_token(name, c)),
            };
            (Occur::Must, query)
        });
        BooleanQuery::new(clauses.collect())
    }
}

/// Where the phrases of the text clauses stand in a folded text, in order of place.
pub(crate) fn find(query: &Query, folded: &Folded) -> Vec<std::ops::Range<usize>> {
    let mut places: Vec<_> = query
        .clauses()
        .iter()
        .filter_map(|clause| match clause {
            Clause::Text { folded: phrase, .. } => Some(phrase.chars().collect::<Vec<char>>()),
            Clause::Field { .. } => None,
        })
        .flat_map(|phrase| folded.find_all(&phrase))
        .collect();
    places.sort_by_key(|place| (place.start, place.end));
    places.dedup();
    places
}

fn phrase(field: Field, folded: &str, token: impl Fn(char) -> String) -> Box<dyn TantivyQuery> {
    let mut terms: Vec<Term> = folded.chars().map(|c| Term::from_field_text(field, &token(c))).collect();
    match terms.len() {
        0 => Box::new(EmptyQuery),
        1 => term(terms.remove(0)),
        _ => Box::new(PhraseQuery::new(terms)),
    }
}

fn term(term: Term) -> Box<dyn TantivyQuery> {
    Box::new(TermQuery::new(term, IndexRecordOption::WithFreqs))
}

struct Word {
    text: String,
    quoted: bool,
}

/// Words between blanks; what stands in quotes is one word.
fn words(text: &str) -> Vec<Word> {
    let mut words = Vec::new();
    let mut word = Word { text: String::new(), quoted: false };
    let mut closing: Option<char> = None;
    for c in text.chars() {
        match (closing, c) {
            (Some(close), c) if c == close => {
                word.quoted |= word.text.is_empty() || !word.text.ends_with([':', '：']);
                closing = None;
            }
            (Some(_), c) => word.text.push(c),
            (None, '"' | '“' | '”') => {
                // A quote opens a word, or the value of a field; within a word it is text.
                if word.text.is_empty() || word.text.ends_with([':', '：']) {
                    word.quoted = word.text.is_empty();
                    closing = Some(if c == '“' { '”' } else { c });
                } else {
                    word.text.push(c);
                }
            }
            (None, c) if c.is_whitespace() => {
                words.push(std::mem::replace(&mut word, Word { text: String::new(), quoted: false }));
            }
            (None, c) => word.text.push(c),
        }
    }
    words.push(word);
    words.retain(|word| !word.text.is_empty());
    words
}

fn named_field(word: &Word, labels: &[FieldLabel]) -> Option<(String, String)> {
    let at = word.text.find([':', '：'])?;
    let (name, value) = word.text.split_at(at);
    let value = value.trim_start_matches([':', '：']);
    let name = fold_text(name);
    let is =
        |label: &FieldLabel| [&label.name, &label.zh, &label.en].iter().any(|other| fold_text(other) == name);
    let label = labels.iter().find(|label| is(label))?;
    (!value.is_empty()).then(|| (label.name.clone(), value.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Vec<Clause> {
        let label = FieldLabel {
            name: "petitioner_name".into(),
            zh: "信访人".into(),
            en: "Petitioner".into(),
            mask: dossier_model::MaskKind::Name,
            exact: false,
        };
        Query::parse(text, &[label]).map(|query| query.clauses).unwrap_or_default()
    }

    fn text(folded: &str, exact: bool) -> Clause {
        Clause::Text { folded: folded.into(), exact }
    }

    #[test]
    fn words_phrases_and_fields() {
        assert_eq!(parse("拆迁 補償"), [text("拆迁", false), text("补偿", false)]);
        assert_eq!(parse("\"拆迁 补偿\""), [text("拆迁补偿", true)]);
        assert_eq!(parse("“拆迁”款"), [text("拆迁款", true)]);
        let field = Clause::Field { name: "petitioner_name".into(), folded: "甲乙".into() };
        for written in ["petitioner_name:甲乙", "信访人：甲乙", "信访人:\"甲 乙\""] {
            assert_eq!(parse(written), std::slice::from_ref(&field), "{written}");
        }
    }

    #[test]
    fn what_is_no_field_is_text() {
        assert_eq!(parse("http://a"), [text("http://a", false)]);
        assert_eq!(parse("时间:三点"), [text("时间:三点", false)]);
        assert_eq!(Query::parse(" \t", &[]), Err(QueryError));
        assert_eq!(Query::literal(""), Err(QueryError));
    }
}
