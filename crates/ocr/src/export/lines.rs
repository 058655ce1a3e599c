//! The lines of a page: its words between two line breaks of its text.

use dossier_model::{PageContent, PixelBox, Word};

/// A line of a page.
#[derive(Clone, Debug, PartialEq)]
pub struct Line<'a> {
    /// Its words in reading order.
    pub words: Vec<&'a Word>,
}

impl Line<'_> {
    /// The rectangle around its words.
    pub fn bounds(&self) -> PixelBox {
        around(self.words.iter().map(|word| word.bounds))
    }
}

/// The rectangle around some others; empty at the origin around none.
pub(super) fn around(boxes: impl Iterator<Item = PixelBox>) -> PixelBox {
    boxes.reduce(|a, b| [a[0].min(b[0]), a[1].min(b[1]), a[2].max(b[2]), a[3].max(b[3])]).unwrap_or_default()
}

/// The lines of a page that have any word.
pub fn lines(page: &PageContent) -> Vec<Line<'_>> {
    let breaks: Vec<u32> =
        (0..).zip(page.text.chars()).filter(|(_, c)| *c == '\n').map(|(at, _)| at).collect();
    let number = |word: &Word| breaks.partition_point(|at| *at < word.start);
    let same = |a: &&Word, b: &&Word| number(a) == number(b);
    let words: Vec<&Word> = page.words.iter().collect();
    words.chunk_by(same).map(|words| Line { words: words.to_vec() }).collect()
}

/// Whether white space stands before a word in the page's text, given the word before it.
pub(super) fn is_apart(before: &Word, word: &Word) -> bool {
    word.start > before.start + before.text.chars().count() as u32
}

#[cfg(test)]
pub(super) mod tests {
    use dossier_model::{Alternative, LayerJudgement, PageMarks, PageState};

    use super::*;

    /// A page of two lines, `甲<` and `"A&B" 乙`, with one unsure character.
    pub(in crate::export) fn page() -> PageContent {
        let word = |text: &str, start: u32, bounds: PixelBox| Word {
            text: text.to_owned(),
            start,
            bounds,
            confidence: 0.973,
            alternatives: Vec::new(),
        };
        let mut words = vec![
            word("甲", 0, [10, 10, 30, 30]),
            word("<", 1, [30, 10, 40, 30]),
            word("\"A&B\"", 3, [10, 40, 60, 60]),
            word("乙", 9, [90, 40, 110, 60]),
        ];
        words[0].alternatives.push(Alternative { at: 0, reading: '申', probability: 0.02 });
        PageContent {
            number: 1,
            width: 200,
            height: 100,
            dpi: 200.0,
            rotation: 0,
            state: PageState::Recognised,
            layer: LayerJudgement::Absent,
            scan: None,
            marks: PageMarks::default(),
            text: "甲<\n\"A&B\" 乙".to_owned(),
            words,
        }
    }

    #[test]
    fn words_are_divided_by_line_breaks_and_blanks() {
        let page = page();
        let lines = lines(&page);
        assert_eq!(lines.iter().map(|line| line.words.len()).collect::<Vec<_>>(), [2, 2]);
        assert_eq!(lines[0].bounds(), [10, 10, 40, 30]);
        assert!(!is_apart(lines[0].words[0], lines[0].words[1]));
        assert!(is_apart(lines[1].words[0], lines[1].words[1]));
    }
}
