//! What an officer types, and what it means: parsing.
//!
//! ```text
//! query   := or
//! or      := and ( ("OR" | "或") and )*
//! and     := not ("AND"? not)*
//! not     := ("-" | "NOT") primary | primary
//! primary := "(" or ")" | field ":" value | "\"" phrase "\"" | word
//! value   := "\"" phrase "\"" | from ".." to | (">=" | ">" | "<=" | "<") number | word
//! ```
//!
//! A word that ends in `~` forgives one wrong, missing or superfluous character. `py:` looks for
//! names by their sound. What is no operator is text: brackets within a word, a dash within a
//! number, a name before a colon that is no field's.

mod advice;
mod fault;
mod parser;
mod range;
#[cfg(test)]
mod tests;
mod words;

use dossier_model::fold_text;

use crate::FieldLabel;

pub use fault::{QueryError, QueryFault};

use parser::Parser;

/// A parsed query.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Query {
    pub(crate) root: Node,
    /// Whether runners-up of the recogniser are left out.
    pub(crate) sure_only: bool,
    /// The generation of runs that must have brought it, or a later one.
    pub(crate) since: Option<i64>,
}

/// One condition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Node {
    /// All must hold.
    And(Vec<Node>),
    /// One must hold.
    Or(Vec<Node>),
    /// It must not hold.
    Not(Box<Node>),
    /// The text holds these folded characters in a row, or, unless `exact`, a normalised value is
    /// just that.
    Text { folded: String, exact: bool },
    /// The text holds nearly these folded characters.
    Nearly { folded: String },
    /// The field's value holds these folded characters in a row.
    Field { name: String, folded: String },
    /// The field's value, as a number or a date (year, month and day as digits), is in a range.
    Range { name: String, from: Option<i64>, to: Option<i64> },
    /// A counted value is just this.
    Facet { name: String, value: String },
    /// A name sounds like this: syllables or initials without tones, run together.
    Sound(String),
}

/// The field of the date that lists show, in ranges.
pub(crate) const DATE: &str = "date";

impl Query {
    /// Parses what was typed. A field may be called by its canonical name or by what officers
    /// call it; `facets` are the names of counted values.
    ///
    /// # Errors
    /// What is wrong, and where.
    pub fn parse(text: &str, labels: &[FieldLabel], facets: &[FacetName]) -> Result<Query, QueryError> {
        let words = words::words(text)?;
        let mut parser = Parser { words: &words, at: 0, labels, facets, end: text.chars().count() };
        let root = parser.or()?;
        match parser.peek() {
            None => Ok(Query { root, sure_only: false, since: None }),
            Some(word) => Err(QueryError { kind: QueryFault::LonelyOr, at: word.at }),
        }
    }

    /// The whole text as one exact phrase.
    ///
    /// # Errors
    /// When there is nothing in it.
    pub fn literal(text: &str) -> Result<Query, QueryError> {
        let folded = fold_text(text);
        if folded.trim().is_empty() {
            return Err(QueryError { kind: QueryFault::Empty, at: 0 });
        }
        Ok(Query { root: Node::Text { folded, exact: true }, sure_only: false, since: None })
    }

    /// Whatever has these folded characters in a row in one of some fields.
    pub(crate) fn of_fields(names: &[String], folded: &str) -> Query {
        let node = |name: &String| Node::Field { name: name.clone(), folded: folded.to_owned() };
        Query { root: Node::Or(names.iter().map(node).collect()), sure_only: false, since: None }
    }

    /// Leaves the recogniser's runners-up out.
    #[must_use]
    pub fn sure(self) -> Query {
        Query { sure_only: true, ..self }
    }

    /// Leaves out what no run of this generation or later brought (see [`crate::Catalog::generation`]).
    #[must_use]
    pub fn since(self, generation: i64) -> Query {
        Query { since: Some(generation), ..self }
    }
}

/// What a counted value goes by in queries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FacetName {
    /// Its name in the index.
    pub name: String,
    also: Vec<String>,
}

impl FacetName {
    /// A counted value that is also called otherwise.
    pub fn new(name: &str, also: &[&str]) -> FacetName {
        FacetName { name: name.to_owned(), also: also.iter().map(|name| fold_text(name)).collect() }
    }

    /// Whether it goes by this folded name.
    fn is_called(&self, name: &str) -> bool {
        self.name == name || self.also.iter().any(|other| other == name)
    }
}

impl FieldLabel {
    /// Whether the field goes by this folded name.
    pub(crate) fn is_called(&self, name: &str) -> bool {
        [&self.name, &self.zh, &self.en].into_iter().chain(&self.also).any(|other| fold_text(other) == name)
    }
}
