//! Cues: words of which one stands in every text that an expression matches. All expressions' cues
//! are one automaton, so that a letter is passed over once, and only expressions that can match
//! anything in it are tried.

use aho_corasick::{AhoCorasick, MatchKind};
use regex_syntax::hir::literal::{Extractor, Seq};
use regex_syntax::hir::{Hir, HirKind};

use super::CompileError;

/// An expression with more cues than this is cheaper to try than to look for.
const MOST: usize = 400;

/// The cues of many expressions.
pub(super) struct Cues {
    automaton: AhoCorasick,
    /// For each cue the expression it is of.
    owners: Vec<usize>,
    /// Whether an expression has none, and is tried always.
    cueless: Vec<bool>,
}

impl Cues {
    pub(super) fn new<'a>(expressions: impl Iterator<Item = &'a str>) -> Result<Cues, CompileError> {
        let mut words: Vec<Vec<u8>> = Vec::new();
        let mut owners = Vec::new();
        let mut cueless = Vec::new();
        for (at, expression) in expressions.enumerate() {
            let cues = cues(&regex_syntax::parse(expression).map_err(Box::new)?);
            cueless.push(cues.is_none());
            for cue in cues.unwrap_or_default() {
                words.push(cue);
                owners.push(at);
            }
        }
        let automaton = AhoCorasick::builder().match_kind(MatchKind::Standard).build(&words)?;
        Ok(Cues { automaton, owners, cueless })
    }

    /// For each expression whether it can match anything in `text`.
    pub(super) fn possible(&self, text: &str) -> Vec<bool> {
        let mut possible = self.cueless.clone();
        for found in self.automaton.find_overlapping_iter(text) {
            possible[self.owners[found.pattern().as_usize()]] = true;
        }
        possible
    }
}

/// The best cues of an expression: those whose shortest is longest, and of such the fewest.
fn cues(hir: &Hir) -> Option<Vec<Vec<u8>>> {
    match hir.kind() {
        HirKind::Literal(literal) => Some(vec![literal.0.to_vec()]),
        HirKind::Class(_) => literals(hir),
        HirKind::Capture(capture) => cues(&capture.sub),
        HirKind::Repetition(repetition) if repetition.min > 0 => cues(&repetition.sub),
        HirKind::Concat(parts) => {
            let tails = (0..parts.len()).map(|at| literals(&Hir::concat(parts[at..].to_vec())));
            let own = parts.iter().map(cues);
            tails.chain(own).flatten().max_by_key(|cues| worth(cues))
        }
        HirKind::Alternation(branches) => {
            let all: Option<Vec<_>> = branches.iter().map(cues).collect();
            let own = all.map(|branches| branches.concat()).filter(|cues| cues.len() <= MOST);
            own.into_iter().chain(literals(hir)).max_by_key(|cues| worth(cues))
        }
        _ => None,
    }
}

/// What an expression's matches begin with, if that is one of a few literals.
fn literals(hir: &Hir) -> Option<Vec<Vec<u8>>> {
    let mut extractor = Extractor::new();
    extractor.limit_total(MOST);
    let mut found: Seq = extractor.extract(hir);
    found.minimize_by_preference();
    let literals: Vec<Vec<u8>> =
        found.literals()?.iter().map(|literal| literal.as_bytes().to_vec()).collect();
    (!literals.is_empty() && literals.iter().all(|literal| !literal.is_empty())).then_some(literals)
}

/// The length of the shortest, up to that of two Han characters; then fewness.
fn worth(cues: &[Vec<u8>]) -> (usize, std::cmp::Reverse<usize>) {
    (cues.iter().map(|cue| cue.len().min(6)).min().unwrap_or(0), std::cmp::Reverse(cues.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(expression: &str) -> Option<Vec<String>> {
        let cues = cues(&regex_syntax::parse(expression).unwrap())?;
        Some(cues.into_iter().map(|cue| String::from_utf8(cue).unwrap()).collect())
    }

    #[test]
    fn the_most_telling_words_are_the_cues() {
        assert_eq!(of("(?:^|,)(?P<value>[0-9]{3})(?:万元|亿元)"), Some(vec!["万元".into(), "亿元".into()]));
        assert_eq!(of("我(?:叫|是)[^,]{2,4}"), Some(vec!["我叫".into(), "我是".into()]));
        assert_eq!(of("(?:甲乙)?丙*"), None);
    }

    #[test]
    fn what_lacks_its_cues_is_not_tried() {
        let cues = Cues::new(["签名", "[^,]*", "联名|签字"].into_iter()).unwrap();
        assert_eq!(cues.possible("村民签字"), [false, true, true]);
    }
}
