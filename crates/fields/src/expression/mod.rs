//! Regular expressions as pipelines write them.

mod alphabet;
mod any;

use std::borrow::Cow;
use std::ops::Range;

use regex::{Regex, RegexBuilder};
use regex_automata::util::primitives::{NonMaxUsize, PatternID};
use regex_automata::{Input, meta};
use regex_syntax::hir::{Capture, Hir, HirKind, Repetition};

use alphabet::Alphabet;
pub(crate) use any::AnyOf;

/// The ideographs that `dossier_model::is_han` knows. The script property of Unicode has the same
/// and some signs, in so many ranges that automata of it are ten times as big.
const HAN: &str = r"[\x{3007}\x{3400}-\x{4dbf}\x{4e00}-\x{9fff}\x{f900}-\x{faff}\x{20000}-\x{323af}]";

/// The expression that is compiled for one that a pipeline has.
fn source(expression: &str) -> String {
    expression.replace(r"\p{Han}", HAN)
}

/// So many bytes of an expression's automaton are kept, a thread: it grows as letters call for its
/// states, and those of long expressions are soon more than the library would keep, and are made
/// again and again.
const AUTOMATON: usize = 8 << 20;

/// An expression takes no more bytes, compiled.
const EXPRESSION: usize = 10 << 20;

fn builder(expression: &str) -> RegexBuilder {
    let mut builder = RegexBuilder::new(&source(expression));
    builder.size_limit(EXPRESSION).dfa_size_limit(AUTOMATON);
    builder
}

/// Compiles a pipeline's expression, in which `\p{Han}` is what [`dossier_model::is_han`] knows. The text
/// itself is looked at: where few words lead to a match the library finds them sooner than a text is
/// spelled for an `Expression`.
///
/// # Errors
/// What is wrong with it.
pub fn compile(expression: &str) -> Result<Regex, regex::Error> {
    builder(expression).build()
}

/// An expression over the folded text of letters, which is looked for in its own alphabet.
pub(crate) struct Expression {
    regex: meta::Regex,
    /// Nothing if it has none: then the text is looked at as it is.
    alphabet: Option<Alphabet>,
    /// Where a match says that its value begins: that is the group called `value`, or the whole.
    value: usize,
}

/// The beginnings and ends of a match and its groups.
type Slots = Vec<Option<NonMaxUsize>>;

impl Expression {
    /// Compiles a pipeline's expression, in which `\p{Han}` is what [`dossier_model::is_han`] knows.
    ///
    /// # Errors
    /// What is wrong with it.
    pub(crate) fn new(expression: &str) -> Result<Expression, regex::Error> {
        Expression::of(&parsed(expression, false)?)
    }

    /// The same for an expression in which `^` and `$` are the ends of a line.
    pub(crate) fn by_line(expression: &str) -> Result<Expression, regex::Error> {
        Expression::of(&parsed(expression, true)?)
    }

    fn of(hir: &Hir) -> Result<Expression, regex::Error> {
        let (alphabet, spelled) = Alphabet::of(hir).unzip();
        let end_of_line = alphabet.as_ref().map_or(b'\n', |alphabet| alphabet.symbol('\n'));
        let config = meta::Config::new()
            .utf8_empty(alphabet.is_none())
            .line_terminator(end_of_line)
            .nfa_size_limit(Some(EXPRESSION))
            .hybrid_cache_capacity(AUTOMATON);
        let built = meta::Builder::new().configure(config).build_from_hir(spelled.as_ref().unwrap_or(hir));
        let regex = built.map_err(|error| match error.size_limit() {
            Some(limit) => regex::Error::CompiledTooBig(limit),
            None => regex::Error::Syntax(error.to_string()),
        })?;
        let groups = regex.group_info();
        let value = groups.to_index(PatternID::ZERO, "value").unwrap_or(0);
        let value = groups.slot(PatternID::ZERO, value).unwrap_or(0);
        Ok(Expression { regex, alphabet, value })
    }

    /// Whether it matches anywhere.
    pub(crate) fn is_match(&self, text: &str) -> bool {
        self.regex.is_match(self.spelled(text).as_ref())
    }

    /// The bytes of its first match.
    pub(crate) fn find(&self, text: &str) -> Option<Range<usize>> {
        let found = self.regex.find(self.spelled(text).as_ref())?.range();
        Some(self.places(text).bytes(found))
    }

    /// The bytes of the value in its first match.
    pub(crate) fn value(&self, text: &str) -> Option<Range<usize>> {
        let mut slots = self.slots();
        self.search(&self.spelled(text), 0, &mut slots)?;
        let value = bounds(&slots, self.value)?;
        Some(self.places(text).bytes(value))
    }

    /// The bytes of the values of all its matches in a part of a text, as if the text ended there.
    pub(crate) fn values(&self, text: &str, part: Range<usize>) -> Vec<Range<usize>> {
        // What stands before tells whether a line begins.
        let before = text[..part.start].chars().next_back().map_or(0, char::len_utf8);
        let (from, text) = (part.start - before, &text[part.start - before..part.end]);
        let spelled = self.spelled(text);
        let mut places = self.places(text);
        let mut at = if places.spelled { before.min(1) } else { before };
        let mut found = Vec::new();
        let mut slots = self.slots();
        while at <= spelled.len()
            && let Some(all) = self.search(&spelled, at, &mut slots)
        {
            let value = bounds(&slots, self.value).map(|value| places.bytes(value));
            found.extend(value.map(|value| from + value.start..from + value.end));
            at = if all.is_empty() { places.next(all.end) } else { all.end };
        }
        found
    }

    fn slots(&self) -> Slots {
        vec![None; self.value + 2]
    }

    /// The next match from a place on, which may be behind others.
    fn search(&self, spelled: &[u8], from: usize, slots: &mut Slots) -> Option<Range<usize>> {
        self.regex.search_slots(&Input::new(spelled).range(from..), slots)?;
        bounds(slots, 0)
    }

    /// What it sees of a text.
    fn spelled<'t>(&self, text: &'t str) -> Cow<'t, [u8]> {
        match &self.alphabet {
            Some(alphabet) => Cow::Owned(alphabet.spelled(text)),
            None => Cow::Borrowed(text.as_bytes()),
        }
    }

    fn places<'t>(&self, text: &'t str) -> Places<'t> {
        Places { text, spelled: self.alphabet.is_some(), symbol: 0, byte: 0 }
    }
}

fn bounds(slots: &Slots, at: usize) -> Option<Range<usize>> {
    let bound = |at: usize| slots.get(at).copied().flatten().map(NonMaxUsize::get);
    Some(bound(at)?..bound(at + 1)?)
}

/// Where in a text its symbols stand, told from the first to the last.
struct Places<'t> {
    text: &'t str,
    /// Whether a symbol is a character, and not a byte.
    spelled: bool,
    /// As far as has been told.
    symbol: usize,
    byte: usize,
}

impl Places<'_> {
    /// The bytes of some symbols that are not before those asked for last.
    fn bytes(&mut self, symbols: Range<usize>) -> Range<usize> {
        self.byte(symbols.start)..self.byte(symbols.end)
    }

    /// Behind the character at a symbol.
    fn next(&self, symbol: usize) -> usize {
        let ends = if self.spelled { symbol } else { self.text.ceil_char_boundary(symbol + 1) };
        ends.max(symbol + 1)
    }

    fn byte(&mut self, symbol: usize) -> usize {
        if !self.spelled {
            return symbol;
        }
        let characters = self.text[self.byte..].chars().take(symbol - self.symbol);
        self.byte += characters.map(char::len_utf8).sum::<usize>();
        self.symbol = symbol;
        self.byte
    }
}

/// An expression taken apart.
pub(crate) fn parsed(expression: &str, by_line: bool) -> Result<Hir, regex::Error> {
    let mut parser = regex_syntax::ParserBuilder::new().multi_line(by_line).build();
    parser.parse(&source(expression)).map_err(|error| regex::Error::Syntax(error.to_string()))
}

/// An expression with something else `instead` of some of its parts. It is never printed for that and
/// read again: printed, `(?:x{1,3})?` is `x{1,3}?`.
fn rebuilt(hir: &Hir, instead: &dyn Fn(&Hir) -> Option<Hir>) -> Hir {
    let boxed = |sub: &Hir| Box::new(rebuilt(sub, instead));
    let all = |parts: &[Hir]| parts.iter().map(|part| rebuilt(part, instead)).collect();
    instead(hir).unwrap_or_else(|| match hir.kind() {
        HirKind::Repetition(of) => Hir::repetition(Repetition { sub: boxed(&of.sub), ..of.clone() }),
        HirKind::Capture(of) => Hir::capture(Capture { sub: boxed(&of.sub), ..of.clone() }),
        HirKind::Concat(parts) => Hir::concat(all(parts)),
        HirKind::Alternation(parts) => Hir::alternation(all(parts)),
        HirKind::Empty | HirKind::Literal(_) | HirKind::Class(_) | HirKind::Look(_) => hir.clone(),
    })
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use dossier_testkit::rng::Rng;

    use super::*;
    use crate::text::LetterText;

    #[test]
    fn han_is_what_folding_calls_so() {
        let han = compile(r"^[\p{Han}]$").unwrap();
        for c in (' '..='\u{33000}').step_by(7).chain(['〇', '一', '龥', '\u{20000}', '々', 'a']) {
            assert_eq!(han.is_match(&c.to_string()), dossier_model::is_han(c), "{c}");
        }
    }

    /// The expressions of the pipeline's patterns, each with whether it is of lines.
    fn expressions(folder: &Path) -> Vec<(String, bool)> {
        let pipeline = dossier_pipeline::Pipeline::load(folder).unwrap_or_else(|faults| panic!("{faults}"));
        let patterns = pipeline.letters.patterns.into_iter().flat_map(|spec| {
            let others = [spec.exclude, spec.not_after, spec.continued].into_iter().flatten();
            [(spec.regex, spec.by_line)].into_iter().chain(others.map(|other| (other, false)))
        });
        patterns.collect()
    }

    /// The letters of the pipeline's cases, folded, and for each expression its characters in any order.
    fn texts(folder: &Path, expressions: &[(String, bool)]) -> Vec<String> {
        let cases = dossier_pipeline::load_field_cases(folder).unwrap();
        let mut texts: Vec<String> =
            cases.iter().map(|case| LetterText::new(&case.text).lines.text).collect();
        let mut rng = Rng::new(7);
        for (expression, _) in expressions {
            let characters: Vec<char> = expression.chars().chain("\n\n。,,1a民".chars()).collect();
            texts.push((0..200).filter_map(|_| rng.pick(&characters)).collect());
        }
        texts
    }

    /// The library's values from a place of a text on.
    fn values(regex: &Regex, text: &str, from: usize) -> Vec<Range<usize>> {
        let (mut at, mut found) = (from, Vec::new());
        while let Some(groups) = (at <= text.len()).then(|| regex.captures_at(text, at)).flatten() {
            let all = groups.get_match();
            let named = regex.capture_names().flatten().any(|name| name == "value");
            let value = if named { groups.name("value") } else { Some(all) };
            found.extend(value.map(|value| value.range()));
            let next = text[all.end()..].chars().next().map_or(1, char::len_utf8);
            at = if all.is_empty() { all.end() + next } else { all.end() };
        }
        found
    }

    #[test]
    fn what_is_found_in_symbols_is_what_is_found_in_the_text() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../pipelines/petitions");
        let expressions = expressions(&folder);
        let texts = texts(&folder, &expressions);
        let (mut matches, mut without) = (0, 0);
        for (expression, by_line) in &expressions {
            let theirs = builder(expression).multi_line(*by_line).build().unwrap();
            let ours = Expression::of(&parsed(expression, *by_line).unwrap()).unwrap();
            without += usize::from(ours.alphabet.is_none());
            for text in &texts {
                let part = text.ceil_char_boundary(text.len() / 7)..text.len();
                let found = values(&theirs, text, part.start);
                matches += found.len();
                assert_eq!(ours.values(text, part), found, "{expression} in {text}");
                assert_eq!(ours.is_match(text), theirs.is_match(text), "{expression} in {text}");
                let first = theirs.find(text).map(|found| found.range());
                assert_eq!(ours.find(text), first, "{expression} in {text}");
            }
        }
        assert!(matches > 500, "{matches} matches");
        assert_eq!(without, 1, "one names more characters than there are symbols");
    }

    #[test]
    fn what_may_be_repeated_or_not_is_so_in_symbols() {
        for (expression, text) in
            [("多次(?:[^,]{1,3})?投诉", "多次投诉,多次向县投诉"), ("(?:(?:ab){2}){1,2}?c?", "ababababc")]
        {
            let ours = Expression::new(expression).unwrap();
            let theirs = values(&compile(expression).unwrap(), text, 0);
            assert_eq!(ours.values(text, 0..text.len()), theirs, "{expression}");
        }
    }

    #[test]
    fn an_expression_without_an_alphabet_is_found_all_the_same() {
        for (expression, text) in [(r"\b(?P<value>\p{Han}*)\b", "a 村民,b"), ("x*|\\b", "民xx民")] {
            let ours = Expression::new(expression).unwrap();
            assert!(ours.alphabet.is_none());
            let theirs = values(&compile(expression).unwrap(), text, 0);
            assert_eq!(ours.values(text, 0..text.len()), theirs, "{expression}");
        }
    }
}
