//! Cutting a query into words, phrases and operators.

use super::{QueryError, QueryFault};

/// A piece between blanks; what stands in quotes is one piece.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Word {
    pub text: String,
    pub quoted: bool,
    /// Its first character's place.
    pub at: usize,
    /// What it is besides text.
    pub operator: Option<Operator>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Operator {
    Open,
    Close,
    And,
    Or,
    Not,
}

pub(super) fn words(text: &str) -> Result<Vec<Word>, QueryError> {
    let chars: Vec<char> = text.chars().collect();
    let mut words = Vec::new();
    let mut at = 0;
    let mut depth = 0_usize;
    while at < chars.len() {
        let c = chars[at];
        let operator = |operator| Word { text: c.to_string(), quoted: false, at, operator: Some(operator) };
        match c {
            c if c.is_whitespace() => at += 1,
            '(' => {
                words.push(operator(Operator::Open));
                depth += 1;
                at += 1;
            }
            ')' if depth > 0 => {
                words.push(operator(Operator::Close));
                depth -= 1;
                at += 1;
            }
            '-' | '－' if chars.get(at + 1).is_some_and(|next| !next.is_whitespace()) => {
                words.push(operator(Operator::Not));
                at += 1;
            }
            _ => {
                let (word, next) = word(&chars, at, depth)?;
                words.push(word);
                at = next;
            }
        }
    }
    Ok(words)
}

/// One word from `start`, and where the next may begin.
fn word(chars: &[char], start: usize, depth: usize) -> Result<(Word, usize), QueryError> {
    let mut text = String::new();
    let mut quoted = false;
    let mut brackets = 0_usize;
    let mut at = start;
    while at < chars.len() && !chars[at].is_whitespace() {
        let c = chars[at];
        let opens = text.is_empty() || text.ends_with([':', '：']);
        match c {
            '"' | '“' | '”' if opens => {
                let close = if c == '“' { '”' } else { c };
                let end = (at + 1..chars.len()).find(|end| chars[*end] == close);
                let end = end.ok_or(QueryError { kind: QueryFault::OpenQuote, at })?;
                quoted |= text.is_empty();
                text.extend(&chars[at + 1..end]);
                at = end + 1;
                continue;
            }
            // A bracket within a word is text, up to the one that closes the group around it.
            '(' => brackets += 1,
            ')' if brackets == 0 && depth > 0 => break,
            ')' => brackets = brackets.saturating_sub(1),
            _ => {}
        }
        text.push(c);
        at += 1;
    }
    let operator = match text.as_str() {
        "AND" | "&" | "&&" if !quoted => Some(Operator::And),
        "OR" | "或" | "|" | "||" if !quoted => Some(Operator::Or),
        "NOT" if !quoted => Some(Operator::Not),
        _ => None,
    };
    Ok((Word { text, quoted, at: start, operator }, at))
}
