//! Where the phrases of the rules stand in one text.

use std::collections::HashMap;
use std::ops::Range;

use dossier_fields::{LetterText, Zones};
use dossier_model::{Fields, ItemText};

use crate::compile::{Classifier, Phrase, Rule};

/// One text with every phrase that occurs in it; places are bytes of the folded text.
pub(crate) struct Hits {
    pub letter: LetterText,
    zones: Zones,
    found: HashMap<Phrase, Vec<Range<usize>>>,
    title: Vec<Range<usize>>,
}

impl Hits {
    /// Folds the text and looks all phrases up in one pass.
    pub fn find(classifier: &Classifier, text: &ItemText, fields: &Fields) -> Hits {
        let letter = LetterText::new(&text.text);
        let zones = classifier.zones.find(&letter);
        let mut found: HashMap<Phrase, Vec<Range<usize>>> = HashMap::new();
        for hit in classifier.phrases.find_overlapping_iter(&letter.running.text) {
            found.entry(hit.pattern().as_usize()).or_default().push(hit.range());
        }
        let bytes = |start, end| letter.running.byte_at(start)..letter.running.byte_at(end);
        let titles = classifier.titles.iter().filter_map(|name| fields.get(name)?.first());
        let title = titles.flat_map(|title| &title.evidence).map(|at| bytes(at.start, at.end)).collect();
        Hits { letter, zones, found, title }
    }

    /// The stretches whose words do not count: the salutation, what follows the close, and what
    /// the axis says.
    pub fn neutral(&self, expressions: &[regex::Regex]) -> Vec<Range<usize>> {
        let running = &self.letter.running;
        let bytes = |range: &Range<u32>| running.byte_at(range.start)..running.byte_at(range.end);
        let fixed = [bytes(&self.zones.salutation), bytes(&self.zones.close)];
        let named =
            expressions.iter().flat_map(|regex| regex.find_iter(&running.text).map(|found| found.range()));
        fixed.into_iter().chain(named).filter(|range| !range.is_empty()).collect()
    }

    /// Whether a place is in the item's title.
    pub fn in_title(&self, place: &Range<usize>) -> bool {
        self.title.iter().any(|title| title.start <= place.start && place.end <= title.end)
    }

    /// The places of a phrase that count for a rule.
    pub fn places<'a>(
        &'a self,
        phrase: Phrase,
        rule: &Rule,
        neutral: &'a [Range<usize>],
    ) -> impl Iterator<Item = &'a Range<usize>> {
        let range = self.zones.range(rule.zone);
        let running = &self.letter.running;
        let zone = running.byte_at(range.start)..running.byte_at(range.end);
        self.found.get(&phrase).into_iter().flatten().filter(move |place| {
            zone.start <= place.start && place.end <= zone.end && !overlaps(neutral, place)
        })
    }
}

/// Whether a place overlaps one of the stretches.
pub(crate) fn overlaps(stretches: &[Range<usize>], place: &Range<usize>) -> bool {
    stretches.iter().any(|stretch| stretch.start < place.end && place.start < stretch.end)
}
