//! Cues: words of which one stands in every text that an expression matches. All expressions' cues
//! are one automaton, so that a letter is passed over once, and an expression is tried only near its
//! own: a match is no longer than the expression says, and holds a cue.

use std::ops::Range;

use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};
use regex_syntax::hir::literal::{Extractor, Seq};
use regex_syntax::hir::{Hir, HirKind};

use super::CompileError;
use crate::expression::parsed;

/// An expression with more cues than this is cheaper to try than to look for.
const MOST: usize = 400;

/// How much of a text an expression with a cue there has to see: so many bytes before the cue's
/// beginning, and behind it; nothing where that has no bound.
type Reach = (Option<usize>, Option<usize>);

/// The longest character, so that no match touches the end of what is seen, where `$` would hold.
const MARGIN: usize = 4;

/// Words of which one stands in every match, and how far a match reaches from the word's beginning.
struct Found {
    cues: Vec<Vec<u8>>,
    reach: Reach,
}

/// The cues of many expressions.
pub(super) struct Cues {
    automaton: AhoCorasick,
    /// For each cue the expression it is of.
    owners: Vec<usize>,
    reach: Vec<Reach>,
    /// Whether an expression has no cues, and is tried always.
    cueless: Vec<bool>,
}

/// The parts of a text in which an expression can match, in order and apart; none where it cannot.
pub(super) type Windows = Vec<Range<usize>>;

impl Cues {
    /// Each expression comes with whether only the cue's own place is asked for.
    pub(super) fn new<'a>(expressions: impl Iterator<Item = (&'a str, bool)>) -> Result<Cues, CompileError> {
        let mut words: Vec<Vec<u8>> = Vec::new();
        let (mut owners, mut reach, mut cueless) = (Vec::new(), Vec::new(), Vec::new());
        for (at, (expression, place)) in expressions.enumerate() {
            let cues = cues(&parsed(expression, false)?);
            cueless.push(cues.is_none());
            let (before, behind) = cues.as_ref().map_or((None, None), |found| found.reach);
            let behind = behind.map(|behind| behind + MARGIN);
            reach.push(if place { (Some(0), Some(0)) } else { (before, behind) });
            for cue in cues.map(|found| found.cues).unwrap_or_default() {
                words.push(cue);
                owners.push(at);
            }
        }
        let automaton = AhoCorasick::builder()
            .match_kind(MatchKind::Standard)
            .kind(Some(AhoCorasickKind::DFA))
            .build(&words)?;
        Ok(Cues { automaton, owners, reach, cueless })
    }

    /// Where each expression can match.
    pub(super) fn windows(&self, text: &str) -> Vec<Windows> {
        let all = |cueless: &bool| cueless.then_some(0..text.len()).into_iter().collect();
        let mut windows: Vec<Windows> = self.cueless.iter().map(all).collect();
        for found in self.automaton.find_overlapping_iter(text) {
            let owner = self.owners[found.pattern().as_usize()];
            let (before, behind) = self.reach[owner];
            let start = before.map_or(0, |before| found.start().saturating_sub(before));
            let end = behind.map_or(text.len(), |behind| found.start() + behind).max(found.end());
            let window = text.floor_char_boundary(start)..text.ceil_char_boundary(end.min(text.len()));
            add(&mut windows[owner], window);
        }
        windows
    }
}

/// Adds a window whose cue ends behind those of all others.
fn add(windows: &mut Windows, window: Range<usize>) {
    let mut window = window;
    while let Some(before) = windows.pop_if(|before| before.end >= window.start) {
        window = before.start.min(window.start)..before.end.max(window.end);
    }
    windows.push(window);
}

/// The best cues of an expression: those whose shortest is longest, and of such the fewest.
fn cues(hir: &Hir) -> Option<Found> {
    match hir.kind() {
        HirKind::Literal(literal) => {
            Some(Found { cues: vec![literal.0.to_vec()], reach: (Some(0), longest(hir)) })
        }
        HirKind::Class(_) => literals(hir),
        HirKind::Capture(capture) => cues(&capture.sub),
        // Which of the repetitions has the cue is not known.
        HirKind::Repetition(repetition) if repetition.min > 0 => {
            cues(&repetition.sub).map(|found| Found { reach: (longest(hir), longest(hir)), ..found })
        }
        HirKind::Concat(parts) => {
            let tails =
                (0..parts.len()).map(|at| (at, literals(&Hir::concat(parts[at..].to_vec())), parts.len()));
            let own = (0..parts.len()).map(|at| (at, cues(&parts[at]), at + 1));
            let all = tails.chain(own).filter_map(|(at, found, end)| Some((at, found?, end)));
            let (at, found, end) = all.max_by_key(|(_, found, _)| worth(&found.cues))?;
            let (before, behind) = found.reach;
            let reach = (sum(longest_of(&parts[..at]), before), sum(behind, longest_of(&parts[end..])));
            Some(Found { reach, ..found })
        }
        HirKind::Alternation(branches) => {
            let all: Option<Vec<_>> = branches.iter().map(cues).collect();
            let own = all.map(together).filter(|found| found.cues.len() <= MOST);
            own.into_iter().chain(literals(hir)).max_by_key(|found| worth(&found.cues))
        }
        _ => None,
    }
}

/// The cues of all branches, which reach as far as the one that reaches furthest.
fn together(branches: Vec<Found>) -> Found {
    let most = |a: Option<usize>, b: Option<usize>| Some(a?.max(b?));
    let none = Found { cues: Vec::new(), reach: (Some(0), Some(0)) };
    branches.into_iter().fold(none, |all, branch| Found {
        cues: [all.cues, branch.cues].concat(),
        reach: (most(all.reach.0, branch.reach.0), most(all.reach.1, branch.reach.1)),
    })
}

/// The bytes of an expression's longest match; nothing where that has no bound.
fn longest(hir: &Hir) -> Option<usize> {
    hir.properties().maximum_len()
}

fn longest_of(parts: &[Hir]) -> Option<usize> {
    parts.iter().map(longest).sum()
}

fn sum(a: Option<usize>, b: Option<usize>) -> Option<usize> {
    Some(a? + b?)
}

/// What an expression's matches begin with, if that is one of a few literals.
fn literals(hir: &Hir) -> Option<Found> {
    let mut extractor = Extractor::new();
    extractor.limit_total(MOST);
    let mut found: Seq = extractor.extract(hir);
    found.minimize_by_preference();
    let literals: Vec<Vec<u8>> =
        found.literals()?.iter().map(|literal| literal.as_bytes().to_vec()).collect();
    let usable = !literals.is_empty() && literals.iter().all(|literal| !literal.is_empty());
    usable.then(|| Found { cues: literals, reach: (Some(0), longest(hir)) })
}

/// The length of the shortest, up to that of two Han characters; then fewness.
fn worth(cues: &[Vec<u8>]) -> (usize, std::cmp::Reverse<usize>) {
    (cues.iter().map(|cue| cue.len().min(6)).min().unwrap_or(0), std::cmp::Reverse(cues.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(expression: &str) -> Option<Vec<String>> {
        let found = cues(&regex_syntax::parse(expression).unwrap())?;
        Some(found.cues.into_iter().map(|cue| String::from_utf8(cue).unwrap()).collect())
    }

    #[test]
    fn the_most_telling_words_are_the_cues() {
        assert_eq!(of("(?:^|,)(?P<value>[0-9]{3})(?:万元|亿元)"), Some(vec!["万元".into(), "亿元".into()]));
        assert_eq!(of("我(?:叫|是)[^,]{2,4}"), Some(vec!["我叫".into(), "我是".into()]));
        assert_eq!(of("(?:甲乙)?丙*"), None);
    }

    #[test]
    fn what_lacks_its_cues_is_not_tried() {
        let expressions = ["签名", "[^,]*", "联名|签字", "[0-9]{1,2}户", "元"];
        let cues =
            Cues::new(expressions.into_iter().map(|expression| (expression, expression == "元"))).unwrap();
        let windows = cues.windows("村民签字,共二户,12户9元");
        let bounds = |windows: &Windows| windows.iter().map(|w| (w.start, w.end)).collect::<Vec<_>>();
        let windows: Vec<_> = windows.iter().map(bounds).collect();
        assert_eq!(windows, [vec![], vec![(0, 32)], vec![(6, 16)], vec![(16, 32)], vec![(29, 32)]]);
    }
}
