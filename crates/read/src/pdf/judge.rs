//! Whether a page's own text is believed.

use dossier_model::{LayerJudgement, fold_text, is_han};
use encoding_rs::GBK;

use super::layer::Drawn;

/// More of its characters than this may not be broken.
const MAX_BROKEN: f64 = 0.1;
/// More of its Han characters than this may not be rare ones.
const MAX_RARE: f64 = 0.15;
/// A page that is mostly images needs at least this many letters or figures to be more than a stamp…
const MIN_ON_SCAN: usize = 20;
/// …where images cover more of it than a letterhead does.
const MAX_LETTERHEAD: f64 = 0.5;
/// A page of so few letters and figures has its text in its images, if these cover so much of it.
const MIN_BESIDE_IMAGES: usize = 5;
const MAX_ORNAMENT: f64 = 0.05;

/// Judges the text that a page draws; text in many wrong characters or in far too few sends the
/// page to recognition.
pub(super) fn judge(drawn: &Drawn) -> LayerJudgement {
    let mut tally = Tally::default();
    for glyph in &drawn.glyphs {
        match &glyph.text {
            Some(text) => text.chars().for_each(|character| tally.count(character)),
            None => tally.broken(),
        }
    }
    if tally.characters == 0 {
        return LayerJudgement::Absent;
    }
    if tally.is_garbled() {
        return LayerJudgement::Garbled;
    }
    let bare = |least: usize, most: f64| tally.telling < least && drawn.image_cover() > most;
    if bare(MIN_ON_SCAN, MAX_LETTERHEAD) || bare(MIN_BESIDE_IMAGES, MAX_ORNAMENT) {
        return LayerJudgement::Sparse;
    }
    if !drawn.has_visible_glyphs && drawn.image_cover() > MAX_LETTERHEAD {
        return LayerJudgement::Invisible;
    }
    LayerJudgement::Believed
}

#[derive(Default)]
struct Tally {
    characters: usize,
    /// Letters and figures.
    telling: usize,
    broken: usize,
    han: usize,
    rare: usize,
}

impl Tally {
    fn count(&mut self, character: char) {
        if character.is_whitespace() {
            return;
        }
        self.characters += 1;
        self.telling += usize::from(character.is_alphanumeric());
        self.broken += usize::from(is_broken(character));
        if is_han(character) {
            self.han += 1;
            self.rare += usize::from(is_rare(character));
        }
    }

    fn broken(&mut self) {
        self.characters += 1;
        self.broken += 1;
    }

    fn is_garbled(&self) -> bool {
        let share = |part: usize, whole: usize| part as f64 / whole.max(1) as f64;
        share(self.broken, self.characters) > MAX_BROKEN || share(self.rare, self.han) > MAX_RARE
    }
}

/// Replacement, private-use and control characters, and the accented Latin letters that Chinese
/// text in a wrong code page turns into.
fn is_broken(character: char) -> bool {
    matches!(character,
        '\u{FFFD}' | '\u{E000}'..='\u{F8FF}' | '\u{F0000}'..='\u{10FFFD}' | '\u{80}'..='\u{FF}')
        && !matches!(character, '·' | '×' | '÷' | '°' | '§' | '±' | '©' | '®' | '\u{A0}' | '²' | '³')
        || character.is_control()
}

/// Whether the simplified form of a Han character is outside GB 2312, whose 6,763 characters
/// cover 99.9 % of ordinary text; a wrong character map hits mostly others.
fn is_rare(character: char) -> bool {
    let simplified = fold_text(&character.to_string());
    let (bytes, _, unmappable) = GBK.encode(&simplified);
    unmappable || !matches!(bytes.as_ref(), [0xB0..=0xF7, 0xA1..=0xFE])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pdf::layer::{LayerGlyph, PlacedImage};
    use hayro::kurbo::Rect;

    /// A page of 100 × 100 with a line of text over images in four strips, each of this height.
    fn in_strips(text: &str, height: f64) -> LayerJudgement {
        let bounds = Rect::new(0.0, 0.0, 100.0, 100.0);
        let strip = |at: u32| {
            let top = 25.0 * f64::from(at);
            PlacedImage { bounds: Rect::new(0.0, top, 100.0, top + height), pixels: 10_000 }
        };
        let glyphs = text.chars().map(|c| LayerGlyph::across(c.to_string(), bounds)).collect();
        judge(&Drawn { glyphs, images: (0..4).map(strip).collect(), page: bounds, ..Drawn::default() })
    }

    #[test]
    fn a_stamp_on_a_scan_is_not_its_text_however_many_strips_the_scan_is_in() {
        assert_eq!(in_strips("扫描全能王创建", 25.0), LayerJudgement::Sparse);
        assert_eq!(in_strips("••••••••••••••••••••", 2.5), LayerJudgement::Sparse, "text as images");
        assert_eq!(in_strips("关于柳树湾村道路的反映", 2.5), LayerJudgement::Believed, "a letterhead");
        let letter = "尊敬的领导：我是石桥镇柳树湾村村民，村道失修三年，请求处理。";
        assert_eq!(in_strips(letter, 25.0), LayerJudgement::Invisible, "a scan with its recognition");
    }

    fn garbled(text: &str) -> bool {
        let mut tally = Tally::default();
        text.chars().for_each(|character| tally.count(character));
        tally.is_garbled()
    }

    #[test]
    fn plausible_text_is_believed() {
        assert!(!garbled("尊敬的领导：我是石桥镇村民，2019年3月房屋拆迁，补偿款至今未付。"));
        assert!(!garbled("縣政府領導：我們村的補償款還沒有發下來，請求處理。"), "traditional characters");
        assert!(!garbled("Dear Sir, 25°C × 3 ± 1 · §2"));
    }

    #[test]
    fn wrong_characters_are_not() {
        assert!(garbled("\u{E001}\u{E002}我\u{E003}\u{E004}"));
        assert!(garbled("ÖÐ¹úÈËÃñ"), "GBK read as Latin-1");
        assert!(garbled("鎴戞槸鏉戞皯锛岃姹傝В鍐虫嫢杩佽ˉ鍋胯垂鐢ㄩ棶棰樼殑鏉愭枡"), "UTF-8 read as GBK");
        assert!(garbled("\u{FFFD}\u{FFFD}补偿\u{FFFD}"));
    }
}
