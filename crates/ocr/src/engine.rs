//! The networks at work: pages and lines in, probabilities out.
//!
//! A line is read by the quick network first, in whole numbers of 8 bits (`int8`). Its reading stands
//! if each character, and each gap between characters, is clearly more probable there than its
//! rival; otherwise the full network reads the line again, and that reading counts.

use crate::error::Doing;
use crate::int8::Watch;
use crate::models::Model;
use crate::runtime::{Duty, Loaded, Loader, Planes};
use crate::{OcrError, ctc};

/// How many times more probable than its rival everything in a quick reading has to be. On the trials of
/// seed 1 this was the least at which no more characters were wrong than with the full network alone.
pub(crate) const CLEARLY: f32 = 6.0;
/// So many lines of a page are read before it is asked whether the quick network is worth while there.
const TRIED: u64 = 6;

/// What the recognition network says of a line: `steps` rows of `classes` probabilities each.
pub(crate) struct Steps<'a> {
    pub classes: usize,
    pub values: &'a [f32],
}

/// How many lines the networks have read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Readings {
    /// Lines read, whichever network's reading counts.
    pub lines: u64,
    /// Those that the full network read after the quick one.
    pub twice: u64,
}

impl Readings {
    /// Whether the quick network is worth while: it costs half as much as the full one, so not on a page of
    /// which every other line is in doubt.
    fn quick_pays(self) -> bool {
        self.lines < TRIED || self.twice * 2 < self.lines
    }
}

/// The loaded networks.
pub(crate) struct Engine {
    detector: Loaded,
    reader: Loaded,
    /// In whole numbers; not every model has one, and not every run-time can run it.
    quick_reader: Option<Loaded>,
    /// Only when ranges are measured.
    pub watch: Option<Watch>,
    pub readings: Readings,
    /// Of the page that is being read.
    on_page: Readings,
    /// The characters of the classes from 1 on; class 0 is the blank.
    pub dictionary: Vec<char>,
}

impl Engine {
    pub fn load(model: &Model) -> Result<Engine, OcrError> {
        let loader = Loader::of(model)?;
        let detector = loader.load(&model.detector.path, Duty::Detect)?;
        let reader = loader.load(&model.reader.path, Duty::Read)?;
        let quick_reader = model.quick_reader();
        let quick_reader = quick_reader.map(|quick| loader.load(&quick.path, Duty::Read)).transpose()?;
        let dictionary = dictionary(&reader)?;
        let readings = Readings::default();
        Ok(Engine { detector, reader, quick_reader, watch: None, readings, on_page: readings, dictionary })
    }

    /// A page begins: how its lines are read does not depend on the pages before it.
    pub fn begin_page(&mut self) {
        self.on_page = Readings::default();
    }

    /// The probability that each pixel of the page belongs to a line of text; one value a pixel.
    pub fn detect(&mut self, page: &Planes) -> Result<Vec<f32>, OcrError> {
        self.detector.run(page, Doing::FIND_LINES, |_, map| map.to_vec())
    }

    /// Hands what the network says of a line to `read`: the probabilities are many, and are not copied.
    pub fn recognise<T>(
        &mut self,
        line: &Planes,
        read: impl Fn(Steps<'_>, &[char]) -> T,
    ) -> Result<T, OcrError> {
        if let Some(watch) = &mut self.watch
            && watch.wants_next()
        {
            let extremes = watch.network.extremes(line)?;
            watch.take(extremes);
        }
        let pays = self.on_page.quick_pays();
        self.readings.lines += 1;
        self.on_page.lines += 1;
        let dictionary = &self.dictionary;
        if let Some(quick) = self.quick_reader.as_mut().filter(|_| pays) {
            let sure = quick.run(line, Doing::READ_LINE, |classes, values| {
                let steps = Steps { classes, values };
                (ctc::clearness(&steps) >= CLEARLY).then(|| read(steps, dictionary))
            })?;
            match sure {
                Some(sure) => return Ok(sure),
                None => {
                    self.readings.twice += 1;
                    self.on_page.twice += 1;
                }
            }
        }
        self.reader.run(line, Doing::READ_LINE, |classes, values| read(Steps { classes, values }, dictionary))
    }

    /// The same by the quick network alone, where only a comparison hangs on it and no text.
    pub fn try_out<T>(
        &mut self,
        line: &Planes,
        read: impl Fn(Steps<'_>, &[char]) -> T,
    ) -> Result<T, OcrError> {
        let reader = self.quick_reader.as_mut().unwrap_or(&mut self.reader);
        let dictionary = &self.dictionary;
        reader.run(line, Doing::READ_LINE, |classes, values| read(Steps { classes, values }, dictionary))
    }
}

/// The characters that the model carries with it, one a line; the blank comes before the first
/// and a space after the last.
fn dictionary(reader: &Loaded) -> Result<Vec<char>, OcrError> {
    let doing = Doing::READ_CHARACTERS;
    let lines = reader
        .metadata("character", doing)?
        .ok_or_else(|| OcrError::Runtime { doing, detail: "it names none".to_owned() })?;
    Ok(lines.split('\n').filter_map(|line| line.chars().next()).chain([' ']).collect())
}
