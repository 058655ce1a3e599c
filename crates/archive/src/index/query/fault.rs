//! What can be wrong with a query, in words for people.

use dossier_model::Lang;

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
    /// A range that ends before it begins.
    Reversed,
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
            QueryFault::Reversed => (
                "the range ends before it begins: write the earlier or smaller end first",
                "范围首尾颠倒：请把较早或较小的写在前面",
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
