//! The one text normalisation: search, rules and highlights all see text through it.
//!
//! It works character by character, so that, white space aside, `fold(ab) = fold(a)fold(b)`, and
//! every folded character knows which character it came from. Each character goes through NFKC
//! (Unicode Annex 15), lower case, OpenCC's traditional → simplified table and a small table of
//! punctuation variants. White space stays, as one blank, only where it separates two words of
//! Latin letters or digits; digits on both sides of a line break are joined.

use std::collections::HashMap;
use std::sync::{LazyLock, OnceLock};

use unicode_normalization::UnicodeNormalization;

/// A folded text in which each character knows its origin.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Folded {
    /// The folded characters.
    pub chars: Vec<char>,
    /// For each folded character, the offset of the source character it came from.
    pub origin: Vec<u32>,
}

impl Folded {
    /// The folded characters as a text.
    pub fn text(&self) -> String {
        self.chars.iter().collect()
    }

    /// The source characters `start..end` behind a run of folded ones.
    pub fn source_range(&self, folded: std::ops::Range<usize>) -> (u32, u32) {
        let start = self.origin.get(folded.start).copied().unwrap_or(0);
        let last = folded.end.checked_sub(1).and_then(|last| self.origin.get(last));
        (start, last.map_or(start, |last| last + 1))
    }

    /// Every place, in folded characters, where `needle` occurs; places may overlap.
    pub fn find_all(&self, needle: &[char]) -> Vec<std::ops::Range<usize>> {
        let Some(&first) = needle.first() else { return Vec::new() };
        (0..(self.chars.len() + 1).saturating_sub(needle.len()))
            .filter(|&at| self.chars[at] == first && self.chars[at..].starts_with(needle))
            .map(|at| at..at + needle.len())
            .collect()
    }
}

/// Folds a text; offsets are in Unicode characters of `text`.
pub fn fold(text: &str) -> Folded {
    // Three bytes a Han character.
    let room = text.len() / 3 + 8;
    let mut folded = Folded { chars: Vec::with_capacity(room), origin: Vec::with_capacity(room) };
    fold_each(text, |c, offset| {
        folded.chars.push(c);
        folded.origin.push(offset);
    });
    folded
}

/// Folds a text whose origins are not needed.
pub fn fold_text(text: &str) -> String {
    let mut folded = String::with_capacity(text.len() + 8);
    fold_each(text, |c, _| folded.push(c));
    folded
}

/// Hands over each folded character of a text with the offset of the character it came from.
pub fn fold_each(text: &str, mut each: impl FnMut(char, u32)) {
    let mut gap = Gap::None;
    let mut last = None;
    let common = CommonHan::get();
    for (offset, source) in (0..).zip(text.chars()) {
        // Nearly all: they are neither blank nor kept apart by blanks, and each folds to its like.
        if let Some(han) = common.folded(source) {
            (gap, last) = (Gap::None, Some(han));
            each(han, offset);
            continue;
        }
        if is_blank(source) {
            gap = gap.widen(source);
            continue;
        }
        for_each_folded(source, |c| {
            if gap.separates(last, c) {
                each(' ', offset - 1);
            }
            (gap, last) = (Gap::None, Some(c));
            each(c, offset);
        });
    }
}

/// Whether folding leaves a blank in place of a line break between two folded characters.
pub fn parted_by_break(last: Option<char>, next: char) -> bool {
    Gap::LineBreak.separates(last, next)
}

/// Whether the character is a Han ideograph (the CJK blocks of Unicode 16, and 〇).
pub fn is_han(c: char) -> bool {
    matches!(c,
        '\u{3007}' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}'
        | '\u{20000}'..='\u{323af}')
}

/// White space since the last character.
#[derive(Clone, Copy, PartialEq)]
enum Gap {
    None,
    Blank,
    LineBreak,
}

impl Gap {
    fn widen(self, blank: char) -> Gap {
        match blank {
            '\n' | '\r' => Gap::LineBreak,
            // Characters without width never separate anything.
            '\u{200b}'..='\u{200f}' | '\u{feff}' | '\u{ad}' => self,
            _ if self == Gap::LineBreak => Gap::LineBreak,
            _ => Gap::Blank,
        }
    }

    fn separates(self, before: Option<char>, after: char) -> bool {
        let Some(before) = before else { return false };
        if self == Gap::None || !is_word(before) || !is_word(after) {
            return false;
        }
        let digits = before.is_ascii_digit() && after.is_ascii_digit();
        !(digits && self == Gap::LineBreak)
    }
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() && !is_han(c)
}

fn is_blank(c: char) -> bool {
    c.is_whitespace()
        || c.is_control()
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{feff}' | '\u{ad}' | '\u{fe00}'..='\u{fe0f}')
}

/// What the Han ideographs of the first block (Unicode 16) fold to: nearly all that is ever folded, so
/// that they have a table of their own, without a way round. 0 stands for what is not one character of
/// the Basic Multilingual Plane.
struct CommonHan(Vec<u16>);

impl CommonHan {
    const FIRST: char = '\u{4e00}';
    const LAST: char = '\u{9fff}';

    fn get() -> &'static CommonHan {
        static TABLE: LazyLock<CommonHan> = LazyLock::new(|| {
            let single = |source: char| block_of(source)?.single[source as usize & 0xFF];
            let code = |source| single(source).and_then(|folded| u16::try_from(folded as u32).ok());
            CommonHan((CommonHan::FIRST..=CommonHan::LAST).map(|source| code(source).unwrap_or(0)).collect())
        });
        &TABLE
    }

    fn folded(&self, source: char) -> Option<char> {
        let at = (source as usize).wrapping_sub(Self::FIRST as usize);
        self.0.get(at).filter(|code| **code != 0).and_then(|code| char::from_u32(u32::from(*code)))
    }
}

/// The block of a character of the Basic Multilingual Plane.
fn block_of(source: char) -> Option<&'static Block> {
    let block = BLOCKS.get(source as usize >> 8)?;
    Some(block.get_or_init(|| Block::new(source as u32 & !0xFF)))
}

/// Calls `each` with the folded characters of one character.
fn for_each_folded(source: char, mut each: impl FnMut(char)) {
    if source.is_ascii() {
        return each(source.to_ascii_lowercase());
    }
    match block_of(source) {
        Some(block) => match block.single[source as usize & 0xFF] {
            Some(folded) => each(folded),
            None => block.several.get(&source).into_iter().flatten().copied().for_each(each),
        },
        None => work_out(source).into_iter().for_each(each),
    }
}

/// What the characters of the Basic Multilingual Plane fold to, worked out block by block when it
/// is first asked for: normalising each time would be most of the cost of folding.
static BLOCKS: [OnceLock<Block>; 256] = [const { OnceLock::new() }; 256];

/// 256 characters.
struct Block {
    /// Those that fold to one character.
    single: [Option<char>; 256],
    /// Those that fold to none or to several.
    several: HashMap<char, Vec<char>>,
}

impl Block {
    fn new(first: u32) -> Block {
        let mut block = Block { single: [None; 256], several: HashMap::new() };
        for (single, source) in
            block.single.iter_mut().zip(first..).map(|(at, code)| (at, char::from_u32(code)))
        {
            let Some(source) = source else { continue };
            match work_out(source).as_slice() {
                [folded] => *single = Some(*folded),
                folded => {
                    block.several.insert(source, folded.to_vec());
                }
            }
        }
        block
    }
}

fn work_out(source: char) -> Vec<char> {
    let compatible = std::iter::once(source).nfkc();
    let lower = compatible.flat_map(char::to_lowercase);
    let simplified = lower.map(|c| SIMPLIFIED.get(&c).copied().unwrap_or(c));
    // A compatibility form such as ´ begins with a blank of its own.
    simplified.map(unify).filter(|c| !is_blank(*c)).collect()
}

/// Variants of punctuation and of the round zero that writers and recognisers mix freely.
fn unify(c: char) -> char {
    match c {
        '“' | '”' | '„' | '‟' | '「' | '」' | '『' | '』' | '〝' | '〞' => '"',
        '‘' | '’' | '‚' | '‛' => '\'',
        '‐' | '‑' | '‒' | '–' | '—' | '―' | '−' | '─' => '-',
        '·' | '•' | '‧' | '・' | '∙' => '·',
        '【' | '〔' | '〖' => '[',
        '】' | '〕' | '〗' => ']',
        '○' | '◯' | '⚪' => '〇',
        '∶' | '︰' => ':',
        '～' | '〜' => '~',
        '×' | '✕' => 'x',
        other => other,
    }
}

static SIMPLIFIED: LazyLock<HashMap<char, char>> = LazyLock::new(|| {
    let table: HashMap<char, char> = include_str!("../data/traditional-simplified.tsv")
        .lines()
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| {
            let mut columns = line.split('\t').map(|column| column.chars().next());
            Some((columns.next()??, columns.next()??))
        })
        .collect();
    // A few entries lead to another (薴 → 苧 → 苎): follow them, so that folding twice changes nothing.
    let follow = |c: char| table.get(&c).copied().unwrap_or(c);
    table.iter().map(|(from, to)| (*from, follow(*to))).collect()
});

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variants_of_a_text_fold_to_one() {
        for (variant, expected) in [
            ("拆遷補償", "拆迁补偿"),
            ("拆\n  迁", "拆迁"),
            ("\u{feff}拆\u{200b}迁", "拆迁"),
            ("１３８\n００１３", "1380013"),
            ("Ａ３区 2019年", "a3区2019年"),
            ("Dear  Sir", "dear sir"),
            ("12 34", "12 34"),
            ("二○一九年", "二〇一九年"),
            ("（“好”）", "(\"好\")"),
            ("㎡", "m2"),
        ] {
            assert_eq!(fold_text(variant), expected, "folding {variant:?}");
        }
    }

    #[test]
    fn folded_characters_know_their_origin() {
        let folded = fold("请 ㎡拆\n迁");
        assert_eq!(folded.text(), "请m2拆迁");
        assert_eq!(folded.origin, [0, 2, 2, 3, 5]);
        let found = folded.find_all(&['拆', '迁']);
        assert_eq!(found, std::slice::from_ref(&(3..5)));
        assert_eq!(folded.source_range(3..5), (3, 6));
    }

    #[test]
    fn lines_join_to_what_the_text_folds_to() {
        for text in ["拆\n  迁 12\n34 ab\ncd\n\n x", "a\n1\n2", " \n一\n"] {
            let mut joined = String::new();
            for line in text.split('\n').map(fold_text) {
                if line.chars().next().is_some_and(|next| parted_by_break(joined.chars().next_back(), next)) {
                    joined.push(' ');
                }
                joined += &line;
            }
            assert_eq!(joined, fold_text(text), "{text:?}");
            assert_eq!(joined, fold(text).text(), "{text:?}");
        }
    }

    #[test]
    fn folding_is_per_character() {
        let text = "尊敬的領導：我家住在Ａ市〇三號，電話138…（“急”）㈠Ⅳ";
        let whole = fold_text(text);
        let pieces: String = text.chars().map(|c| fold_text(&c.to_string())).collect();
        assert_eq!(whole, pieces);
        assert_eq!(fold_text(&whole), whole, "folding twice changes nothing");
    }

    #[test]
    fn every_assigned_character_folds_idempotently() {
        for c in ('\0'..=char::MAX).filter(|c| !is_blank(*c)) {
            let once = fold_text(&c.to_string());
            assert_eq!(fold_text(&once), once, "folding U+{:04X}", c as u32);
        }
    }
}
