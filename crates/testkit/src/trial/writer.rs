//! What trial pages say: sentences of the samples' letters, and statements with numbers of
//! invented people.

use crate::bulk::common_characters;
use crate::fonts::Fonts;
use crate::letter::FaceName;
use crate::person::{self, Cast};
use crate::rng::Rng;
use crate::{Result, samples};

/// How often a sentence is a statement with numbers.
const STATEMENTS: f32 = 0.3;

/// Writes text that a face can draw.
pub(super) struct Writer<'a> {
    sentences: Vec<String>,
    characters: Vec<char>,
    pub rng: &'a mut Rng,
}

/// Whether GB 2312-80 has a character: no traditional form is in it.
fn is_simplified(c: char) -> bool {
    let text = c.to_string();
    let (bytes, ..) = encoding_rs::GBK.encode(&text);
    !matches!(bytes.as_ref(), [high, low] if *high < 0xA1 || *low < 0xA1 || (0xAA..=0xAF).contains(high) || *high > 0xF7)
}

impl<'a> Writer<'a> {
    /// A writer for a face; sentences in traditional characters are left out, since a page is in
    /// one script.
    pub fn new(face: FaceName, fonts: &Fonts, rng: &'a mut Rng) -> Result<Writer<'a>> {
        let scans = samples::scans(&Cast::load()?)?;
        let paragraphs = scans.iter().flat_map(|scan| &scan.letters).flat_map(|letter| &letter.body);
        let sentences = paragraphs
            .flat_map(|text| text.split_inclusive(['。', '！', '；']))
            .filter(|text| text.chars().all(is_simplified))
            .filter(|text| (8..90).contains(&text.chars().count()) && fonts.have(face, text))
            .map(str::to_owned)
            .collect();
        let characters = common_characters()
            .into_iter()
            .filter(|c| fonts.have(face, c.encode_utf8(&mut [0; 4])))
            .collect();
        Ok(Writer { sentences, characters, rng })
    }

    /// A paragraph of about `length` characters.
    pub fn paragraph(&mut self, length: usize) -> String {
        let mut text = String::new();
        while text.chars().count() < length {
            let sentence = if self.rng.unit() < STATEMENTS {
                self.statement()
            } else {
                self.rng.pick(&self.sentences).cloned().unwrap_or_default()
            };
            text += &sentence;
        }
        text
    }

    /// A sentence without figures, for writing that runs downwards.
    pub fn plain(&mut self, length: usize) -> String {
        let mut text = String::new();
        while text.chars().count() < length {
            let sentence = self.rng.pick(&self.sentences).cloned().unwrap_or_default();
            if !sentence.chars().any(|c| c.is_ascii() || "（）“”《》".contains(c)) {
                text += &sentence;
            }
        }
        text
    }

    /// Somebody, and the numbers they have.
    pub fn person(&mut self) -> (String, person::Person) {
        person::random(self.rng)
    }

    /// A place of two arbitrary common characters.
    pub fn village(&mut self) -> String {
        let pick = |rng: &mut Rng, from: &[char]| rng.pick(from).copied().unwrap_or('石');
        let (a, b) = (pick(self.rng, &self.characters), pick(self.rng, &self.characters));
        format!("望川县{a}{b}村{}组", 1 + self.rng.below(9))
    }

    /// `2019年3月5日`.
    pub fn date(&mut self) -> String {
        format!("{}年{}月{}日", 1978 + self.rng.below(47), 1 + self.rng.below(12), 1 + self.rng.below(28))
    }

    /// An amount as people write it.
    pub fn amount(&mut self) -> String {
        let yuan = 100 + self.rng.below(899_000);
        match self.rng.below(3) {
            0 => format!("{yuan}元"),
            1 => format!("{}.{:02}元", yuan, self.rng.below(100)),
            _ => format!("{}.{}万元", yuan / 10_000 + 1, 1 + self.rng.below(9)),
        }
    }

    fn statement(&mut self) -> String {
        let (name, person) = self.person();
        let (id, phone) = (person.id_no(), person.phone);
        match self.rng.below(5) {
            0 => format!("我叫{name}，身份证号：{id}，住{}，联系电话：{phone}。", self.village()),
            1 => format!(
                "{}，{name}给我打了欠条，共计{}，答应在{}以前付清。",
                self.date(),
                self.amount(),
                self.date()
            ),
            2 => format!("{name}（身份证号{id}）至今还欠{}没有付。", self.amount()),
            3 => {
                let landline = format!("000-{}", 2_000_000 + self.rng.below(7_999_999));
                format!("如需了解情况，请打{landline}或{phone}找{name}。")
            }
            _ => format!("{}的{name}在{}领到补偿款{}。", self.village(), self.date(), self.amount()),
        }
    }
}
