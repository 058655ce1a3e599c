//! Regular expressions as pipelines write them.

use regex::{Regex, RegexBuilder};

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

/// Compiles a pipeline's expression.
pub(crate) fn compile(expression: &str) -> Result<Regex, regex::Error> {
    builder(expression).build()
}

/// The same for an expression in which `^` and `$` are the ends of a line.
pub(crate) fn compile_by_line(expression: &str) -> Result<Regex, regex::Error> {
    builder(expression).multi_line(true).build()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn han_is_what_folding_calls_so() {
        let han = compile(r"^[\p{Han}]$").unwrap();
        for c in (' '..='\u{33000}').step_by(7).chain(['〇', '一', '龥', '\u{20000}', '々', 'a']) {
            assert_eq!(han.is_match(&c.to_string()), dossier_model::is_han(c), "{c}");
        }
    }
}
