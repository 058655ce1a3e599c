//! Several expressions as one.

use regex_syntax::hir::{Hir, HirKind, Look};

use super::{Expression, parsed, rebuilt};

/// Expressions of which one has to match.
///
/// Branches that match only at a text's beginning are one automaton, which most texts fail at once. The
/// others are another: without the first, the library looks for the words that they begin with, and
/// passes over all else.
pub(crate) struct AnyOf(Vec<Expression>);

impl AnyOf {
    pub(crate) fn new(expressions: &[String]) -> Result<AnyOf, regex::Error> {
        let mut all = Vec::new();
        for expression in expressions {
            all.extend(branches(expression)?);
        }
        let begins = |branch: &Hir| branch.properties().look_set_prefix().contains(Look::Start);
        let (beginning, anywhere): (Vec<Hir>, Vec<Hir>) = all.into_iter().partition(begins);
        let some = [beginning, anywhere].into_iter().filter(|branches| !branches.is_empty());
        let regexes = some.map(|branches| Expression::of(&Hir::alternation(branches)));
        Ok(AnyOf(regexes.collect::<Result<_, _>>()?))
    }

    pub(crate) fn is_match(&self, text: &str) -> bool {
        self.0.iter().any(|expression| expression.is_match(text))
    }
}

/// The alternatives of an expression.
fn branches(expression: &str) -> Result<Vec<Hir>, regex::Error> {
    let hir = ungrouped(&parsed(expression, false)?);
    Ok(match hir.kind() {
        HirKind::Alternation(branches) => branches.clone(),
        _ => vec![hir],
    })
}

/// The expression without groups, whose numbers several expressions may have.
fn ungrouped(hir: &Hir) -> Hir {
    rebuilt(hir, &|part| match part.kind() {
        HirKind::Capture(group) => Some(ungrouped(&group.sub)),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_of_several_matches_wherever_it_may() {
        let expressions = [
            "^(?:感谢|谢谢)|希望[^,。]{0,2}寄托",
            "^[!?]+$|材料附后",
            r"^\p{Han}{2}:$|(?:多次){1,2}(?:(?:向|到){1,2})?(投诉)",
        ];
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
            ("又多次投诉", true),
            ("又多次向县里投诉", false),
            ("", false),
        ] {
            assert_eq!(any.is_match(text), matches, "{text}");
            let each =
                expressions.iter().any(|regex| crate::expression::compile(regex).unwrap().is_match(text));
            assert_eq!(each, matches, "{text}");
        }
        assert!(!AnyOf::new(&[]).unwrap().is_match("nothing is one of none"));
        assert!(AnyOf::new(&["(".to_owned()]).is_err());
    }
}
