//! Simplified or traditional: one page is written in one script.
//!
//! The network knows both, and where a stroke is unclear it may choose the other one for a while:
//! 宽带 becomes 寬帶. So on a page whose Han characters are nearly all simplified, a traditional
//! reading gives way to its simplified runner-up. Traditional characters that are really there
//! have no such runner-up. The reverse is not done: 里 and 后 are good traditional characters too.

use dossier_model::{fold_text, is_han};
use encoding_rs::BIG5;

use crate::ctc::{Glyph, MIN_RUNNER_UP};

/// A page with a larger part of traditional characters is not a simplified one: on a traditional
/// page they are a third and more.
const MOSTLY_SIMPLIFIED: f32 = 0.15;

/// A page with at most so many traditional characters for each that is only simplified is a
/// simplified one all the same: on a traditional page there is hardly any.
const MUCH_CONFUSED: f32 = 1.5;

/// Whether a Han character is unknown to traditional writing: Big5 does not have it.
fn is_only_simplified(c: char) -> bool {
    BIG5.encode(c.encode_utf8(&mut [0; 4])).2
}

/// Replaces readings in the script that the page is not written in. What the network gave to
/// both readings together is the probability that it is this character.
pub(crate) fn unify<'a>(lines: impl Iterator<Item = &'a mut Vec<Glyph>>) {
    let glyphs: Vec<&mut Glyph> = lines.flatten().filter(|glyph| is_han(glyph.reading)).collect();
    let han = glyphs.len() as f32;
    let only_simplified = glyphs.iter().filter(|glyph| is_only_simplified(glyph.reading)).count() as f32;
    let traditional: Vec<(&mut Glyph, char)> = glyphs
        .into_iter()
        .filter_map(|glyph| simplified(glyph.reading).map(|simplified| (glyph, simplified)))
        .collect();
    let simplified_page =
        traditional.len() as f32 <= (MOSTLY_SIMPLIFIED * han).max(MUCH_CONFUSED * only_simplified);
    for (glyph, simplified) in traditional {
        if simplified_page {
            replace(glyph, simplified);
        }
        // Kept for this decision only.
        glyph.alternatives.retain(|(_, probability)| *probability >= MIN_RUNNER_UP);
    }
}

/// The simplified form of a character that has another one.
pub(crate) fn simplified(traditional: char) -> Option<char> {
    fold_text(traditional.encode_utf8(&mut [0; 4])).chars().next().filter(|folded| *folded != traditional)
}

fn replace(glyph: &mut Glyph, simplified: char) {
    let Some(at) = glyph.alternatives.iter().position(|(reading, _)| *reading == simplified) else { return };
    let before = (glyph.reading, glyph.confidence);
    glyph.confidence = (glyph.confidence + glyph.alternatives.remove(at).1).min(1.0);
    glyph.reading = simplified;
    glyph.alternatives.insert(0, before);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(text: &str) -> Vec<Glyph> {
        let glyph = |reading| Glyph { reading, confidence: 0.6, step: 0.0, alternatives: Vec::new() };
        text.chars().map(glyph).collect()
    }

    fn text(line: &[Glyph]) -> String {
        line.iter().map(|glyph| glyph.reading).collect()
    }

    #[test]
    fn a_simplified_page_takes_the_simplified_runner_up() {
        let mut page = line("我们村里的信号不好，網店也没有生意。");
        page[10].alternatives = vec![('网', 0.3), ('綱', 0.05)];
        unify(std::iter::once(&mut page));
        assert_eq!(text(&page), "我们村里的信号不好，网店也没有生意。");
        assert!((page[10].confidence - 0.9).abs() < 1e-6);
        assert_eq!(page[10].alternatives, [('網', 0.6), ('綱', 0.05)]);
    }

    #[test]
    fn a_simplified_page_that_is_much_confused_is_simplified_still() {
        let mut page = line("業務員說公司有政府背景，这几个人都没有办法");
        for (at, simplified) in [(0, '业'), (1, '务'), (2, '员'), (3, '说')] {
            page[at].alternatives = vec![(simplified, 0.001)];
        }
        unify(std::iter::once(&mut page));
        assert_eq!(text(&page), "业务员说公司有政府背景，这几个人都没有办法");
    }

    #[test]
    fn traditional_characters_that_are_there_stay() {
        let mut name = line("我叫于鍾，住在北坡村二组，家里四口人。");
        unify(std::iter::once(&mut name));
        assert_eq!(text(&name), "我叫于鍾，住在北坡村二组，家里四口人。");
        let mut page = line("價五十八元，當時社裏的會計寫了條子");
        page[8].alternatives = vec![('里', 0.3)];
        unify(std::iter::once(&mut page));
        assert_eq!(text(&page), "價五十八元，當時社裏的會計寫了條子");
    }
}
