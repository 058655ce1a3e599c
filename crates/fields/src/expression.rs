//! Regular expressions as pipelines write them.

use regex::{Regex, RegexBuilder};
use regex_syntax::hir::{Hir, HirKind, Look};

/// The ideographs that `dossier_model::is_han` knows. The script property of Unicode has the same
/// and some signs, in so many ranges that automata of it are ten times as big.
const HAN: &str = r"[\x{3007}\x{3400}-\x{4dbf}\x{4e00}-\x{9fff}\x{f900}-\x{faff}\x{20000}-\x{323af}]";

/// The expression that is compiled for one that a pipeline has.
pub(crate) fn source(expression: &str) -> String {
    expression.replace(r"\p{Han}", HAN)
}

/// So many bytes of an expression's automaton are kept, a thread: it grows as letters call for its
/// states, and those of long expressions are soon more than the library would keep, and are made
/// again and again.
const AUTOMATON: usize = 8 << 20;

fn builder(expression: &str) -> RegexBuilder {
    let mut builder = RegexBuilder::new(&source(expression));
    builder.dfa_size_limit(AUTOMATON);
    builder
}

/// Compiles a pipeline's expression, in which `\p{Han}` is what [`dossier_model::is_han`] knows.
///
/// # Errors
/// What is wrong with it.
pub fn compile(expression: &str) -> Result<Regex, regex::Error> {
    builder(expression).build()
}

/// The same for an expression in which `^` and `$` are the ends of a line.
pub(crate) fn compile_by_line(expression: &str) -> Result<Regex, regex::Error> {
    builder(expression).multi_line(true).build()
}

/// Expressions of which one has to match.
///
/// Branches that match only at a text's beginning are one automaton, which most texts fail at once. The
/// others are another: without the first, the library looks for the words that they begin with, and
/// passes over all else.
pub(crate) struct AnyOf(Vec<Regex>);

impl AnyOf {
    pub(crate) fn new(expressions: &[String]) -> Result<AnyOf, regex::Error> {
        let mut all = Vec::new();
        for expression in expressions {
            all.extend(branches(expression)?);
        }
        let begins = |branch: &Hir| branch.properties().look_set_prefix().contains(Look::Start);
        let (beginning, anywhere): (Vec<Hir>, Vec<Hir>) = all.into_iter().partition(begins);
        let some = [beginning, anywhere].into_iter().filter(|branches| !branches.is_empty());
        let regexes = some.map(|branches| compile(&Hir::alternation(branches).to_string()));
        Ok(AnyOf(regexes.collect::<Result<_, _>>()?))
    }

    pub(crate) fn is_match(&self, text: &str) -> bool {
        self.0.iter().any(|regex| regex.is_match(text))
    }
}

/// The alternatives of an expression.
fn branches(expression: &str) -> Result<Vec<Hir>, regex::Error> {
    let parsed = regex_syntax::parse(&source(expression));
    let hir = parsed.map_err(|error| regex::Error::Syntax(error.to_string()))?;
    Ok(match hir.kind() {
        HirKind::Alternation(branches) => branches.clone(),
        _ => vec![hir],
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_of_several_matches_wherever_it_may() {
        let expressions = ["^(?:感谢|谢谢)|希望[^,。]{0,2}寄托", "^[!?]+$|材料附后", r"^\p{Han}{2}:$"];
        let any = AnyOf::new(&expressions.map(str::to_owned)).unwrap();
        assert_eq!(any.0.len(), 2, "at the beginning, and anywhere");
        for (text, matches) in [
            ("谢谢您", true),
            ("我谢谢您", false),
            ("把希望都寄托在您身上", true),
            ("希望,寄托", false),
            ("!?", true),
            ("好!?", false),
            ("见材料附后", true),
            ("此致:", true),
            ("我此致:", false),
            ("", false),
        ] {
            assert_eq!(any.is_match(text), matches, "{text}");
            let each = expressions.iter().any(|regex| compile(regex).unwrap().is_match(text));
            assert_eq!(each, matches, "{text}");
        }
        assert!(!AnyOf::new(&[]).unwrap().is_match("nothing is one of none"));
        assert!(AnyOf::new(&["(".to_owned()]).is_err());
    }

    #[test]
    fn han_is_what_folding_calls_so() {
        let han = compile(r"^[\p{Han}]$").unwrap();
        for c in (' '..='\u{33000}').step_by(7).chain(['〇', '一', '龥', '\u{20000}', '々', 'a']) {
            assert_eq!(han.is_match(&c.to_string()), dossier_model::is_han(c), "{c}");
        }
    }
}
