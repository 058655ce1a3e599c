//! The zones of a letter: what stands before the salutation, the body, and the close with the
//! signature.

use std::ops::Range;

use dossier_pipeline::{LetterSpec, Zone};
use regex::Regex;

use crate::text::LetterText;

/// Finds the zones of letters as the pipeline says.
#[derive(Clone, Debug)]
pub struct ZoneFinder {
    salutation: Regex,
    close: Regex,
}

/// Where the zones of a letter are, in characters of its text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Zones {
    whole: Range<u32>,
    /// The salutation's line; empty, at the start, where there is none.
    pub salutation: Range<u32>,
    /// Where the complimentary close begins, with everything after it.
    pub close: Range<u32>,
}

impl ZoneFinder {
    /// # Errors
    /// A regular expression that is none; a loaded pipeline has been checked for that.
    pub fn new(spec: &LetterSpec) -> Result<ZoneFinder, regex::Error> {
        Ok(ZoneFinder { salutation: Regex::new(&spec.salutation)?, close: Regex::new(&spec.close)? })
    }

    /// The zones of a letter: the first line that is a salutation and the first line after the
    /// beginning that is a close.
    pub fn find(&self, letter: &LetterText) -> Zones {
        let lines = &letter.lines;
        let (start, end) = lines.source_range(0..lines.text.len());
        let mut zones = Zones { whole: start..end, salutation: start..start, close: end..end };
        let mut at = 0;
        for line in lines.text.split('\n') {
            let range = lines.source_range(at..at + line.len());
            if zones.salutation.is_empty() && self.salutation.is_match(line) {
                zones.salutation = range.0..range.1;
            }
            if zones.close.start == end && at > 0 && self.close.is_match(line) {
                zones.close = range.0..end;
            }
            at += line.len() + 1;
        }
        zones
    }
}

impl Zones {
    /// The characters of a zone.
    pub fn range(&self, zone: Zone) -> Range<u32> {
        match zone {
            Zone::Any => self.whole.clone(),
            Zone::Head => self.whole.start..self.salutation.end,
            Zone::Body => self.whole.start..self.close.start,
            Zone::Close => self.close.clone(),
        }
    }
}
