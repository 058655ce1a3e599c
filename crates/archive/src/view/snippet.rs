//! What a hit shows of its text: whole sentences around the first match, masked.

use dossier_model::{ItemText, TextMask};

use super::MatchView;

/// How many characters are shown at most before the first match and after it.
const REACH: (usize, usize) = (30, 50);

pub(super) struct Snippet {
    /// On one line.
    pub text: String,
    /// Where in it matches stand, in order and without overlap.
    pub matches: Vec<(usize, usize)>,
}

impl Snippet {
    /// The sentences around the first match, or the text's beginning.
    pub fn of(text: &ItemText, matches: &[MatchView], mask: &TextMask) -> Snippet {
        let chars: Vec<char> = text.text.chars().collect();
        // What a page ends with may go on; what a cell ends with does not.
        let cells: Vec<usize> =
            text.segments.iter().filter(|s| !s.continues).map(|s| s.start as usize).collect();
        let sentences = Sentences { chars: &chars, cells: &cells };
        let (start, end) = matches.first().map_or((0, 0), |found| (found.start as usize, found.end as usize));
        let (from, cut_before) = sentences.from(start);
        let (to, cut_after) = sentences.to(end.min(chars.len()));
        let piece: String = chars[from.min(to)..to].iter().collect();
        let shown = mask.apply_at(&piece, from);
        let before = if cut_before { "…" } else { "" };
        let after = if cut_after { "…" } else { "" };
        let line: String = shown.chars().map(|c| if c.is_whitespace() { ' ' } else { c }).collect();
        let shift = usize::from(cut_before);
        Snippet { text: format!("{before}{line}{after}"), matches: places(matches, from, to, shift) }
    }
}

/// The matches that stand whole within `from..to`, counted from there; what overlaps is one.
fn places(matches: &[MatchView], from: usize, to: usize, shift: usize) -> Vec<(usize, usize)> {
    let mut places: Vec<(usize, usize)> = Vec::new();
    for found in matches {
        let (start, end) = (found.start as usize, found.end as usize);
        if start < from || end > to {
            continue;
        }
        let place = (start - from + shift, end - from + shift);
        match places.last_mut().filter(|last| place.0 < last.1) {
            Some(last) => last.1 = last.1.max(place.1),
            None => places.push(place),
        }
    }
    places
}

struct Sentences<'a> {
    chars: &'a [char],
    /// Where cells and letters begin.
    cells: &'a [usize],
}

impl Sentences<'_> {
    /// Whether a sentence, or failing that a clause, may begin at `at`.
    fn begins(&self, at: usize, marks: &[char]) -> bool {
        let closed = |c: &char| matches!(c, '”' | '’' | '」' | '』' | '）' | ')' | '"');
        let before = self.chars[..at].iter().rev().find(|c| !closed(c));
        let next_closes = self.chars.get(at).is_some_and(|c| closed(c) || marks.contains(c));
        at == 0 || self.cells.contains(&at) || !next_closes && before.is_some_and(|c| marks.contains(c))
    }

    /// Where the snippet begins, and whether that cuts a sentence.
    fn from(&self, start: usize) -> (usize, bool) {
        let least = start.saturating_sub(REACH.0);
        // No further back than the cell that the match stands in.
        let least = self.cells.iter().copied().filter(|cell| *cell <= start).max().unwrap_or(0).max(least);
        let mut within = least..=start;
        if let Some(at) = within.clone().find(|at| self.begins(*at, &SENTENCE)) {
            return (at, false);
        }
        (within.find(|at| self.begins(*at, &CLAUSE)).unwrap_or(least), true)
    }

    /// Where it ends, and whether that cuts a sentence.
    fn to(&self, end: usize) -> (usize, bool) {
        let length = self.chars.len();
        let most = (end + REACH.1).min(length);
        // No further than the cell that the match stands in; its line break stays out.
        let cell = self.cells.iter().copied().find(|cell| *cell > end).map(|next| next - 1);
        let most = cell.map_or(most, |cell| cell.max(end).min(most));
        if most == length || cell == Some(most) {
            return (most, false);
        }
        let within = end.max(1)..=most;
        if let Some(at) = within.clone().rev().find(|at| self.begins(*at, &SENTENCE)) {
            return (at, false);
        }
        (within.rev().find(|at| self.begins(*at, &CLAUSE)).unwrap_or(most), true)
    }
}

/// What ends a sentence, and what ends a clause.
const SENTENCE: [char; 6] = ['。', '！', '？', '!', '?', '；'];
const CLAUSE: [char; 4] = ['，', '、', '：', ','];

#[cfg(test)]
mod tests {
    use dossier_model::{Locator, Mask, MaskKind, Sha256};

    use super::*;

    fn text(cells: &[&str]) -> ItemText {
        let mut text = ItemText::default();
        for cell in cells {
            text.push(cell, Sha256::of(b""), Locator::Page(1), false);
        }
        text
    }

    /// The snippet with its matches in brackets.
    fn shown(text: &ItemText, phrase: &str, mask: &TextMask) -> String {
        let whole: Vec<char> = text.text.chars().collect();
        let phrase: Vec<char> = phrase.chars().collect();
        let places = (0..whole.len()).filter(|at| whole[*at..].starts_with(&phrase));
        let found = |at: usize| MatchView {
            page: None,
            start: at as u32,
            end: (at + phrase.len()) as u32,
            unsure: false,
            boxes: Vec::new(),
        };
        let matches: Vec<MatchView> = places.map(found).collect();
        let snippet = Snippet::of(text, &matches, mask);
        let mut shown = String::new();
        for (at, c) in snippet.text.chars().enumerate() {
            shown += if snippet.matches.iter().any(|place| place.0 == at) { "[" } else { "" };
            shown.push(c);
            shown += if snippet.matches.iter().any(|place| place.1 == at + 1) { "]" } else { "" };
        }
        shown
    }

    #[test]
    fn snippets_are_whole_sentences_of_one_cell() {
        let bare = TextMask::default();
        let short = text(&["反映村道失修", "村道三年失修。雨天无法通行！请修好村道。", "已答复"]);
        assert_eq!(shown(&short, "无法通行", &bare), "村道三年失修。雨天[无法通行]！请修好村道。");
        assert_eq!(shown(&short, "村道", &bare), "反映[村道]失修");
        let long = format!("{}。他说“路坏了。”村道失修，{}。完", "前".repeat(40), "后".repeat(60));
        let said = shown(&text(&[&long]), "村道", &bare);
        assert_eq!(said, "他说“路坏了。”[村道]失修，…", "a clause where no sentence ends");
        let unbroken = "甲".repeat(100) + "村道" + &"乙".repeat(100);
        let said = shown(&text(&[&unbroken]), "村道", &bare);
        assert!(said.starts_with("…甲") && said.ends_with("乙…") && said.contains("甲[村道]乙"), "{said}");
    }

    #[test]
    fn snippets_are_masked_in_place() {
        let cell = text(&["钱守信反映村道失修。"]);
        let mask = TextMask::of_text(&cell.text, Mask::Internal, [("钱守信", MaskKind::Name)]);
        assert_eq!(shown(&cell, "村道", &mask), "钱**反映[村道]失修。");
    }
}
