//! Sentences of running text, and what in them runs from some words to the sentence's end.

use std::ops::Range;

use crate::expression::Expression;

/// A longer sentence has lost its marks: what it says cannot be told from the rest.
const LONGEST: usize = 400;

/// The sentences of a folded text, with their closing marks and quotation marks.
pub(super) fn sentences(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut start = 0;
    let mut closed = false;
    for (at, c) in text.char_indices() {
        let closes = matches!(c, '。' | '!' | '?');
        if closed && !closes && c != '"' {
            found.push(start..at);
            start = at;
        }
        closed = closes || closed && c == '"';
    }
    found.push(start..text.len());
    found.retain(|sentence| !sentence.is_empty());
    found
}

/// What each sentence says from where `expression` finds its group `value`. Where that has an item
/// that begins as `continued` says, the sentences after it that begin so are found too. `expression` is
/// tried only on sentences that hold one of the `cues`, which are in order as the sentences are.
pub(super) fn matches(
    text: &str,
    sentences: impl Iterator<Item = Range<usize>>,
    cues: &[Range<usize>],
    expression: &Expression,
    continued: Option<&Expression>,
) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut listing = false;
    let mut cues = cues.iter().peekable();
    for sentence in sentences {
        while cues.next_if(|cue| cue.end <= sentence.start).is_some() {}
        let cued = cues.peek().is_some_and(|cue| cue.start < sentence.end);
        if !cued && !listing {
            continue;
        }
        let words = &text[sentence.clone()];
        let is_item = || continued.is_some_and(|item| item.find(words).is_some_and(|item| item.start == 0));
        if listing && is_item() {
            found.push(sentence);
            continue;
        }
        let Some(value) = cued.then(|| expression.value(words)).flatten() else {
            listing = false;
            continue;
        };
        let value = sentence.start + value.start..sentence.end;
        listing = continued.is_some_and(|item| item.is_match(&text[value.clone()]));
        if text[value.clone()].chars().take(LONGEST + 1).count() <= LONGEST {
            found.push(value);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentences_keep_their_marks() {
        let text = "他说:\"好。\"我走了!真的?";
        let parts: Vec<&str> = sentences(text).into_iter().map(|range| &text[range]).collect();
        assert_eq!(parts, ["他说:\"好。\"", "我走了!", "真的?"]);
    }

    #[test]
    fn a_list_goes_on_in_the_next_sentences() {
        let expression = Expression::new("(?:^|,)(?P<value>请求)").unwrap();
        let item = Expression::new("(?:^|:)[一二三]、").unwrap();
        let cues = std::slice::from_ref(&(12..21)).to_vec();
        let text = "钱没有给,请求:一、补发。二、道歉。别的话。三、不算。";
        let found: Vec<&str> = matches(text, sentences(text).into_iter(), &cues, &expression, Some(&item))
            .into_iter()
            .map(|range| &text[range])
            .collect();
        assert_eq!(found, ["请求:一、补发。", "二、道歉。"]);
    }
}
