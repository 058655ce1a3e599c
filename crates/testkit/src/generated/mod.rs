//! Letters that vary in wording, order, era and layout, each with what it states: for measuring how
//! well fields are found.
//!
//! A letter is a function of its set and its number. Its sentences come from
//! `texts/sentences.toml`, of which the development set uses two thirds of the forms, and the
//! held-out set the others.

mod forms;
mod slots;

use crate::expect::FieldValues;
use crate::letter::{FaceName, Letter, Paper, Stamp, StampColour, Style};
use crate::rng::Rng;
use crate::{Result, texts};

use forms::{Forms, Said};
use slots::Slots;

/// Which sentence forms a letter uses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Set {
    /// Those that extraction may be developed on.
    Development,
    /// Those that it may not.
    HeldOut,
}

/// When a letter was written, roughly: people wrote otherwise of other things.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Era {
    /// 1955 to 1978.
    Commune,
    /// 1979 to 1999.
    Reform,
    /// From 2000.
    Modern,
}

/// Writes generated letters.
pub struct Generator {
    forms: Forms,
}

/// How a letter is put together.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Shape {
    /// The writer, what happened, what is asked.
    Plain,
    /// Several people write.
    Joint,
    /// Against somebody.
    Accusation,
    /// A form that an office filled in.
    Card,
}

impl Generator {
    /// # Errors
    /// When `texts/sentences.toml` is faulty.
    pub fn load() -> Result<Generator> {
        Ok(Generator { forms: Forms::parse(texts::SENTENCES)? })
    }

    /// How many sentence forms there are, and how many of them are held out.
    pub fn forms(&self) -> (usize, usize) {
        self.forms.counts()
    }

    /// One letter.
    ///
    /// # Errors
    /// When a form names a slot that is none.
    pub fn letter(&self, set: Set, number: usize) -> Result<Letter> {
        let mut rng = Rng::named(&format!("generated {set:?} {number}"));
        let era = [Era::Commune, Era::Reform, Era::Modern, Era::Modern][rng.below(4)];
        let shape = match rng.below(10) {
            0 => Shape::Joint,
            1 | 2 => Shape::Accusation,
            3 if era != Era::Commune => Shape::Card,
            _ => Shape::Plain,
        };
        let slots = Slots::new(era, &mut rng);
        let mut writer = Writer { forms: &self.forms, set, era, slots, rng, fields: FieldValues::new() };
        let letter = if shape == Shape::Card { writer.card()? } else { writer.letter(shape)? };
        Ok(Letter { fields: writer.fields, ..letter })
    }
}

struct Writer<'a> {
    forms: &'a Forms,
    set: Set,
    era: Era,
    slots: Slots,
    rng: Rng,
    /// What has been stated so far.
    fields: FieldValues,
}

impl Writer<'_> {
    /// A sentence in one of its role's forms; what it states is taken down.
    fn say(&mut self, role: &str) -> Result<String> {
        self.said(role).map(|said| said.text)
    }

    fn said(&mut self, role: &str) -> Result<Said> {
        let form = self.forms.pick(role, self.set, self.era, &mut self.rng)?;
        let said = form.fill(&self.slots)?;
        for (field, value) in &said.states {
            let values = self.fields.entry(field.clone()).or_default();
            if !values.contains(value) {
                values.push(value.clone());
            }
        }
        Ok(said)
    }

    fn sometimes(&mut self, share: f32, role: &str) -> Result<Option<String>> {
        if self.rng.unit() < share { self.say(role).map(Some) } else { Ok(None) }
    }

    fn letter(&mut self, shape: Shape) -> Result<Letter> {
        let stamp = self.sometimes(0.35, "stamp")?;
        let title = self.sometimes(0.4, "title")?;
        let salutation = self.say("salutation")?;
        let body = self.body(shape)?;
        let sign = self.say("sign")?;
        let (date, states) = self.slots.date_line();
        self.fields.insert("letter_date".to_owned(), vec![states]);
        let hand = self.rng.unit() < 0.4;
        let close = ["此致\n敬礼！", "此致\n敬礼", "敬礼！", "此致敬礼！"][self.rng.below(4)];
        let lines = |text: &str| text.lines().map(str::to_owned).collect::<Vec<_>>();
        Ok(Letter {
            stamp: stamp.map(|text| Stamp { colour: StampColour::Red, lines: lines(&text) }),
            title,
            salutation,
            body,
            close: lines(close),
            sign: lines(&sign),
            date,
            ..self.sheet(if hand { Style::Handwritten } else { Style::Typed })
        })
    }

    fn body(&mut self, shape: Shape) -> Result<Vec<String>> {
        let greeting = ["您好！", "你们好！", "", ""][self.rng.below(4)].to_owned();
        let intro = match shape {
            Shape::Joint => self.say("joint")?,
            _ => self.say("intro")?,
        };
        let middle = self.narrative(if shape == Shape::Accusation { "accused" } else { "fact" })?;
        let secret = if shape == Shape::Accusation { 0.5 } else { 0.05 };
        let secret = self.sometimes(secret, "secret")?;
        let demand = self.say("demand")?;
        let end = [Some(demand), secret].into_iter().flatten().collect::<String>();
        // The order varies: some begin with what happened.
        if self.rng.unit() < 0.2 {
            return Ok(vec![greeting + &middle, intro, end]);
        }
        Ok(vec![greeting + &intro, middle, end])
    }

    /// What happened: a sentence of `role`, and others about it. Each passage of them that nothing
    /// interrupts is stated.
    fn narrative(&mut self, role: &str) -> Result<String> {
        let mut sentences = vec![self.said(role)?];
        for (share, role) in [(0.8, "filler"), (0.3, "basis"), (0.35, "before"), (0.8, "filler")] {
            if self.rng.unit() < share {
                sentences.push(self.said(role)?);
            }
        }
        let passages = sentences.split(|said| said.aside).filter(|passage| !passage.is_empty());
        let text = |passage: &[Said]| passage.iter().map(|said| said.text.as_str()).collect::<String>();
        self.fields.insert("facts".to_owned(), passages.map(text).collect());
        Ok(text(&sentences))
    }

    fn card(&mut self) -> Result<Letter> {
        let rows = self.say("card")?;
        let form = rows.lines().map(|row| row.split('|').map(str::to_owned).collect()).collect();
        let title = ["来信登记表", "信访登记表"][self.rng.below(2)].to_owned();
        self.fields.insert("title".to_owned(), vec![title.clone()]);
        Ok(Letter { title: Some(title), form, ..self.sheet(Style::Form) })
    }

    /// An empty letter on paper that fits its era.
    fn sheet(&mut self, style: Style) -> Letter {
        let paper = [Paper::Plain, Paper::RedLines, Paper::GreenLines][self.rng.below(3)];
        let face = [FaceName::Ming, FaceName::Kai, FaceName::Hei][self.rng.below(3)];
        Letter {
            style,
            font: face,
            paper: if style == Style::Handwritten { paper } else { Paper::Plain },
            size: None,
            leading: None,
            aged: self.era == Era::Commune,
            blank_reverse: false,
            blank_reverse_last: false,
            page_numbers: false,
            thumb: false,
            stamp: None,
            seal: None,
            red_head: None,
            number: None,
            title: None,
            salutation: String::new(),
            body: Vec::new(),
            close: Vec::new(),
            sign: Vec::new(),
            date: String::new(),
            after: Vec::new(),
            table: None,
            form: Vec::new(),
            categories: Vec::new(),
            fields: FieldValues::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_third_of_the_forms_is_held_out() {
        let (all, held_out) = Generator::load().unwrap().forms();
        assert!(all >= 60 && held_out * 3 >= all - 13 && held_out * 3 <= all, "{held_out} of {all}");
    }

    #[test]
    fn a_letter_is_a_function_of_its_set_and_number() {
        let generator = Generator::load().unwrap();
        for set in [Set::Development, Set::HeldOut] {
            for number in 0..300 {
                let letter = generator.letter(set, number).unwrap();
                let again = generator.letter(set, number).unwrap();
                assert_eq!(letter.plain_text(), again.plain_text());
                assert!(
                    letter.fields.contains_key("petitioner_name") || letter.fields.contains_key("joint_flag")
                );
                assert!(letter.fields.contains_key("demand"), "{}", letter.plain_text());
            }
        }
    }
}
