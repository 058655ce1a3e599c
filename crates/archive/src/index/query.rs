//! What an officer types, and what it means: parsing.
//!
//! ```text
//! query   := or
//! or      := and ( ("OR" | "或") and )*
//! and     := not+
//! not     := ("-" | "NOT") primary | primary
//! primary := "(" or ")" | field ":" value | "\"" phrase "\"" | word
//! value   := "\"" phrase "\"" | from ".." to | (">=" | ">" | "<=" | "<") number | word
//! ```
//!
//! A word that ends in `~` forgives one wrong, missing or superfluous character. `py:` looks for
//! names by their sound. What is no operator is text: brackets within a word, a dash within a
//! number, a name before a colon that is no field's.

use dossier_model::{Lang, fold_text};

use crate::FieldLabel;

/// A parsed query.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Query {
    pub(crate) root: Node,
    /// Whether runners-up of the recogniser are left out.
    pub(crate) sure_only: bool,
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

/// Why a query cannot be run.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.reason(Lang::En))]
pub struct QueryError {
    /// What is wrong.
    pub kind: QueryFault,
    /// Which character of the query, from 0.
    pub at: usize,
}

/// What can be wrong with a query.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum QueryFault {
    /// Nothing is asked for.
    Empty,
    /// A bracket is not closed.
    OpenBracket,
    /// A quote is not closed.
    OpenQuote,
    /// `OR` without something on both sides.
    LonelyOr,
    /// A minus without something after it.
    LonelyNot,
    /// A range of something that is no number or date.
    NoRange,
}

impl QueryError {
    /// What is wrong and what to do, in words for people.
    pub fn reason(&self, lang: Lang) -> String {
        let (en, zh) = match self.kind {
            QueryFault::Empty => (
                "the query is empty: type a name, a place or a few words",
                "查询为空：请输入姓名、地名或几个字",
            ),
            QueryFault::OpenBracket => (
                "the bracket is not closed: add `)`, or put the words in quotes",
                "括号没有闭合：请补上“)”，或给字词加引号",
            ),
            QueryFault::OpenQuote => (
                "the quote is not closed: add `\"`, or use --literal for a whole sentence",
                "引号没有闭合：请补上引号，整句请用 --literal",
            ),
            QueryFault::LonelyOr => {
                ("OR needs something on both sides: 拆迁 OR 征收", "OR 两边都要有内容：拆迁 OR 征收")
            }
            QueryFault::LonelyNot => {
                ("the minus needs a word right after it: -拆迁", "减号后面要紧跟一个词：-拆迁")
            }
            QueryFault::NoRange => (
                "a range needs numbers or dates: date:1978..1985, persons_count:>=5",
                "范围要用数字或日期：日期:1978..1985，人数:>=5",
            ),
        };
        let place = match lang {
            Lang::En => format!(" (character {})", self.at + 1),
            Lang::Zh => format!("（第 {} 个字符）", self.at + 1),
        };
        let place = if self.kind == QueryFault::Empty { String::new() } else { place };
        format!("{}{place}", lang.pick(en, zh))
    }
}

/// The field of the date that lists show, in ranges.
pub(crate) const DATE: &str = "date";

impl Query {
    /// Parses what was typed. A field may be called by its canonical name or by what officers
    /// call it; `facets` are the names of counted values.
    ///
    /// # Errors
    /// What is wrong, and where.
    pub fn parse(text: &str, labels: &[FieldLabel], facets: &[String]) -> Result<Query, QueryError> {
        let words = words(text)?;
        let mut parser = Parser { words: &words, at: 0, labels, facets, end: text.chars().count() };
        let root = parser.or()?;
        match parser.peek() {
            None => Ok(Query { root, sure_only: false }),
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
        Ok(Query { root: Node::Text { folded, exact: true }, sure_only: false })
    }

    /// Leaves the recogniser's runners-up out.
    #[must_use]
    pub fn sure(self) -> Query {
        Query { sure_only: true, ..self }
    }
}

/// A piece between blanks; what stands in quotes is one piece.
#[derive(Clone, Debug, PartialEq)]
struct Word {
    text: String,
    quoted: bool,
    /// Its first character's place.
    at: usize,
    /// What it is besides text.
    operator: Option<Operator>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Operator {
    Open,
    Close,
    Or,
    Not,
}

fn words(text: &str) -> Result<Vec<Word>, QueryError> {
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
            '-' if chars.get(at + 1).is_some_and(|next| !next.is_whitespace()) => {
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
        "OR" | "或" | "|" if !quoted => Some(Operator::Or),
        "NOT" if !quoted => Some(Operator::Not),
        _ => None,
    };
    Ok((Word { text, quoted, at: start, operator }, at))
}

struct Parser<'a> {
    words: &'a [Word],
    at: usize,
    labels: &'a [FieldLabel],
    facets: &'a [String],
    end: usize,
}

impl<'a> Parser<'a> {
    fn peek(&self) -> Option<&'a Word> {
        self.words.get(self.at)
    }

    fn fault<T>(&self, kind: QueryFault) -> Result<T, QueryError> {
        Err(QueryError { kind, at: self.peek().map_or(self.end, |word| word.at) })
    }

    fn or(&mut self) -> Result<Node, QueryError> {
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
                _ => nodes.extend(self.not()?),
            }
        }
        match nodes.len() {
            0 if self.peek().is_some_and(|word| word.operator == Some(Operator::Or)) || self.at > 0 => self
                .fault(if self.at == 0 || self.peek().is_some() {
                    QueryFault::LonelyOr
                } else {
                    QueryFault::Empty
                }),
            0 => self.fault(QueryFault::Empty),
            1 => Ok(nodes.remove(0)),
            _ => Ok(Node::And(nodes)),
        }
    }

    fn not(&mut self) -> Result<Option<Node>, QueryError> {
        if self.peek().is_some_and(|word| word.operator == Some(Operator::Not)) {
            self.at += 1;
            if self.peek().is_none_or(|word| matches!(word.operator, Some(Operator::Or | Operator::Close))) {
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
        let Some(at) = word.text.find([':', '：']).filter(|_| !word.quoted) else { return Ok(None) };
        let (name, value) = word.text.split_at(at);
        let value = value.trim_start_matches([':', '：']);
        let name = fold_text(name);
        if value.is_empty() || name.is_empty() {
            return Ok(None);
        }
        if matches!(name.as_str(), "py" | "拼音") {
            return Ok(Some(Node::Sound(super::sound::spoken(value))));
        }
        if let Some(facet) = self.facets.iter().find(|facet| **facet == name) {
            return Ok(Some(Node::Facet { name: facet.clone(), value: fold_text(value) }));
        }
        let label = self.labels.iter().find(|label| label.is_called(&name));
        let is_date = matches!(name.as_str(), "date" | "日期") && label.is_none();
        let Some(name) = label.map(|label| label.name.clone()).or(is_date.then(|| DATE.to_owned())) else {
            return Ok(None);
        };
        let number = is_date || label.is_some_and(|label| label.number);
        if number && let Some((from, to)) = range(value) {
            let (from, to) = (bound(from, false), bound(to, true));
            return match (from, to) {
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

/// The ends of a range; an empty end is open. Nothing if it is no range.
fn range(value: &str) -> Option<(&str, &str)> {
    if let Some((from, to)) = value.split_once("..") {
        return Some((from, to));
    }
    for (sign, low) in [(">=", true), ("<=", false), (">", true), ("<", false), ("≥", true), ("≤", false)]
    {
        if let Some(end) = value.strip_prefix(sign) {
            return Some(if low { (end, "") } else { ("", end) });
        }
    }
    None
}

/// One end of a range as a number: a date as year, month and day in digits, with what is not said
/// as low or as high as can be. `Some(None)` for an open end, `None` for what is no number.
fn bound(text: &str, high: bool) -> Option<Option<i64>> {
    if text.is_empty() {
        return Some(None);
    }
    let folded = fold_text(text);
    let mut parts = folded.split(['-', '/', '.', '年', '月', '日']).filter(|part| !part.is_empty());
    let first: i64 = parts.next()?.parse().ok()?;
    let rest: Vec<i64> = parts.map(str::parse).collect::<Result<_, _>>().ok()?;
    let looks_like_year = (1000..2200).contains(&first) || !rest.is_empty();
    if !looks_like_year {
        return Some(Some(first));
    }
    let open = if high { 99 } else { 0 };
    let month = rest.first().copied().unwrap_or(open);
    let day = rest.get(1).copied().unwrap_or(open);
    Some(Some(first * 10_000 + month * 100 + day))
}

impl FieldLabel {
    /// Whether the field goes by this folded name.
    pub(crate) fn is_called(&self, name: &str) -> bool {
        [&self.name, &self.zh, &self.en].into_iter().chain(&self.also).any(|other| fold_text(other) == name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn label(name: &str, zh: &str, number: bool) -> FieldLabel {
        FieldLabel {
            name: name.into(),
            zh: zh.into(),
            en: name.into(),
            also: vec!["姓名".into()].into_iter().filter(|_| name == "petitioner_name").collect(),
            mask: dossier_model::MaskKind::Open,
            exact: number,
            number,
        }
    }

    fn parse(text: &str) -> Result<Node, QueryError> {
        let labels = [label("petitioner_name", "信访人", false), label("persons_count", "人数", true)];
        Query::parse(text, &labels, &["year".into(), "content".into()]).map(|query| query.root)
    }

    fn text(folded: &str) -> Node {
        Node::Text { folded: folded.into(), exact: false }
    }

    fn phrase(folded: &str) -> Node {
        Node::Text { folded: folded.into(), exact: true }
    }

    fn fault(text: &str) -> (QueryFault, usize) {
        let error = parse(text).unwrap_err();
        (error.kind, error.at)
    }

    #[test]
    fn words_phrases_and_operators() {
        assert_eq!(parse("拆迁 補償"), Ok(Node::And(vec![text("拆迁"), text("补偿")])));
        assert_eq!(parse("\"拆迁 补偿\""), Ok(phrase("拆迁补偿")));
        assert_eq!(
            parse("拆迁 OR 征收 补偿"),
            Ok(Node::Or(vec![text("拆迁"), Node::And(vec![text("征收"), text("补偿")])]))
        );
        let group = Node::Or(vec![text("拆迁"), text("征收")]);
        assert_eq!(parse("(拆迁 或 征收) 补偿"), Ok(Node::And(vec![group, text("补偿")])));
        assert_eq!(parse("拆迁 -补偿"), Ok(Node::And(vec![text("拆迁"), Node::Not(Box::new(text("补偿")))])));
        assert_eq!(parse("石桥镇~"), Ok(Node::Nearly { folded: "石桥镇".into() }));
        assert_eq!(parse("石桥*"), Ok(text("石桥")));
    }

    #[test]
    fn fields_ranges_counted_values_and_sounds() {
        let field = |folded: &str| Node::Field { name: "petitioner_name".into(), folded: folded.into() };
        for written in ["petitioner_name:甲乙", "信访人：甲乙", "姓名:甲乙", "信访人:\"甲 乙\""]
        {
            assert_eq!(parse(written), Ok(field("甲乙")), "{written}");
        }
        let range = |name: &str, from, to| Node::Range { name: name.into(), from, to };
        assert_eq!(parse("date:1978..1985"), Ok(range("date", Some(19_780_000), Some(19_859_999))));
        assert_eq!(parse("日期:2019-03"), Ok(range("date", Some(20_190_300), Some(20_190_399))));
        assert_eq!(parse("date:>=2019年3月12日"), Ok(range("date", Some(20_190_312), None)));
        assert_eq!(parse("人数:>=5"), Ok(range("persons_count", Some(5), None)));
        assert_eq!(parse("persons_count:5..9"), Ok(range("persons_count", Some(5), Some(9))));
        assert_eq!(parse("year:2019"), Ok(Node::Facet { name: "year".into(), value: "2019".into() }));
        assert_eq!(parse("py:zhang"), Ok(Node::Sound("zhang".into())));
    }

    #[test]
    fn what_is_no_operator_is_text() {
        for written in ["http://a", "时刻:三点", "2019-03-12", "补偿(款)", "a)b", "-"] {
            assert_eq!(parse(written), Ok(text(&fold_text(written))), "{written}");
        }
        assert_eq!(parse("(补偿(款))"), Ok(text("补偿(款)")));
    }

    #[test]
    fn faults_have_their_place() {
        assert_eq!(fault(" \t"), (QueryFault::Empty, 2));
        assert_eq!(fault("拆迁 (征收"), (QueryFault::OpenBracket, 3));
        assert_eq!(fault("拆迁 \"征收"), (QueryFault::OpenQuote, 3));
        assert_eq!(fault("OR 拆迁"), (QueryFault::LonelyOr, 0));
        assert_eq!(fault("拆迁 NOT"), (QueryFault::LonelyNot, 6));
        assert_eq!(fault("date:abc"), (QueryFault::NoRange, 0));
        assert!(Query::literal("").is_err());
    }

    #[test]
    fn nothing_typed_panics() {
        let pieces = [
            "(", ")", "\"", "“", "”", "-", "OR", "NOT", ":", "date:", "..", ">=", "~", "*", " ", "拆", "py:",
        ];
        let mut number = 1_u64;
        for _ in 0..20_000 {
            let mut typed = String::new();
            for _ in 0..6 {
                number =
                    number.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                typed += pieces[(number >> 33) as usize % pieces.len()];
            }
            // Parsed or refused, never a panic.
            drop(parse(&typed));
        }
    }
}
