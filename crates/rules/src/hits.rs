//! Where the phrases of the rules stand in one text.

use std::cell::OnceCell;
use std::ops::Range;

use dossier_fields::{LetterText, Zones};
use dossier_model::{Fields, ItemText, Locator, Place, fold_text};
use dossier_pipeline::{Condition, Scope};

use crate::compile::{Classifier, Phrase, RuleRef, Uncounted};

/// Bytes of the folded text.
pub(crate) type Stretch = Range<usize>;

/// One text with every phrase that occurs in it.
pub(crate) struct Hits<'a> {
    classifier: &'a Classifier,
    pub letter: LetterText,
    zones: Zones,
    fields: &'a Fields,
    /// The phrases that occur, in order, one for each place, and the places.
    phrases: Vec<Phrase>,
    places: Vec<Stretch>,
    title: Vec<Stretch>,
    demand: Vec<Stretch>,
    /// Cells of registers whose words do not count.
    unscored: Vec<Stretch>,
    /// The stretches that come from pages, and from rows.
    pages: Vec<Stretch>,
    rows: Vec<Stretch>,
    /// What each expression of what does not count matches, looked for when an axis first asks.
    uncounted: Vec<OnceCell<Vec<Stretch>>>,
    /// For each rule, in order, those of its phrases that occur: few of the many it may have.
    occurring: Vec<(RuleRef, Phrase)>,
    /// The rules that have something in the text that may make them fire, in order.
    touched: Vec<RuleRef>,
}

impl<'a> Hits<'a> {
    /// Folds the text and looks all phrases and expressions up, each in one pass.
    pub fn find(classifier: &'a Classifier, text: &ItemText, fields: &'a Fields) -> Hits<'a> {
        let letter = LetterText::new(&text.text);
        let zones = classifier.zones.find(&letter);
        let hits = classifier.forms.find_overlapping_iter(&letter.running.text);
        let mut found: Vec<(Phrase, Stretch)> =
            hits.map(|hit| (classifier.phrase_of[hit.pattern().as_usize()], hit.range())).collect();
        // Stable, so that the places of a phrase stay in the order of the text.
        found.sort_by_key(|(phrase, _)| *phrase);
        let (phrases, places): (Vec<Phrase>, Vec<Stretch>) = found.into_iter().unzip();
        let different = phrases.chunk_by(|a, b| a == b).map(|same| same[0]);
        let mut occurring: Vec<(RuleRef, Phrase)> = different
            .flat_map(|phrase| classifier.rules_of[phrase].iter().map(move |at| (*at, phrase)))
            .collect();
        occurring.sort_unstable();
        let mut touched: Vec<RuleRef> = occurring.iter().map(|(at, _)| *at).collect();
        touched.extend(&classifier.wordless);
        // Few rules have one, and each finds by itself, by the words in it, where it need not look.
        let matches = |(axis, rule): &&RuleRef| {
            let rule = &classifier.axes[*axis].rules[*rule];
            rule.regex.iter().any(|regex| regex.is_match(&letter.running.text))
        };
        touched.extend(classifier.with_expression.iter().filter(matches));
        touched.sort_unstable();
        touched.dedup();
        let bytes = |(start, end): (u32, u32)| letter.running.byte_at(start)..letter.running.byte_at(end);
        let of_fields = |names: &[String]| -> Vec<Stretch> {
            let values = names.iter().filter_map(|name| fields.get(name)).flatten();
            values.flat_map(|value| &value.evidence).map(|at| bytes((at.start, at.end))).collect()
        };
        let cells_of = |names: &[String]| -> Vec<Stretch> {
            let values = names.iter().filter_map(|name| fields.get(name)).flatten();
            let evidence = values.flat_map(|value| &value.evidence);
            let cells = evidence.filter(|at| matches!(at.place, Place::Cell { .. }));
            cells.map(|at| bytes((at.start, at.end))).collect()
        };
        let segments = |of_page: bool| -> Vec<Stretch> {
            let of_kind = text.segments.iter().filter(|s| matches!(s.locator, Locator::Page(_)) == of_page);
            of_kind.map(|segment| bytes((segment.start, segment.end))).collect()
        };
        Hits {
            classifier,
            uncounted: vec![OnceCell::new(); classifier.uncounted.len()],
            title: of_fields(&classifier.title_fields),
            demand: of_fields(&classifier.demand_fields),
            unscored: cells_of(&classifier.unscored_fields),
            pages: segments(true),
            rows: segments(false),
            zones,
            fields,
            phrases,
            places,
            occurring,
            touched,
            letter,
        }
    }

    /// The salutation, what follows the close, cells whose words do not count, and what some
    /// expressions match.
    pub fn stretches(&self, expressions: &[Uncounted], with_zones: bool) -> Vec<Stretch> {
        let running = &self.letter.running;
        let bytes = |range: &Range<u32>| running.byte_at(range.start)..running.byte_at(range.end);
        let zones = [bytes(&self.zones.salutation), bytes(&self.zones.close)];
        let named = expressions.iter().flat_map(|expression| self.matched(*expression)).cloned();
        let unscored = self.unscored.iter().cloned();
        zones
            .into_iter()
            .chain(unscored)
            .filter(|_| with_zones)
            .chain(named)
            .filter(|range| !range.is_empty())
            .collect()
    }

    fn matched(&self, expression: Uncounted) -> &[Stretch] {
        let regex = &self.classifier.uncounted[expression];
        let find = || regex.find_iter(&self.letter.running.text).map(|found| found.range()).collect();
        self.uncounted[expression].get_or_init(find)
    }

    /// Whether a place is in the item's title.
    pub fn in_title(&self, place: &Stretch) -> bool {
        within(&self.title, place)
    }

    /// Whether a place is in the part of the item that a rule looks at.
    pub fn in_scope(&self, place: &Stretch, scope: Scope) -> bool {
        match scope {
            Scope::Any => true,
            Scope::Title => within(&self.title, place),
            Scope::Demand => within(&self.demand, place),
            Scope::Facts => !within(&self.demand, place),
            Scope::Letter => within(&self.pages, place),
            Scope::Register => within(&self.rows, place),
        }
    }

    /// The rules of an axis that have something in the text that may make them fire, in order.
    pub fn touched(&self, axis: usize) -> impl Iterator<Item = usize> {
        let start = self.touched.partition_point(|(of, _)| *of < axis);
        self.touched[start..].iter().take_while(move |(of, _)| *of == axis).map(|(_, rule)| *rule)
    }

    /// The phrases of a rule that occur, of those that may make it fire.
    pub fn occurring(&self, at: RuleRef) -> impl Iterator<Item = Phrase> {
        let start = self.occurring.partition_point(|(other, _)| *other < at);
        self.occurring[start..].iter().take_while(move |(other, _)| *other == at).map(|(_, phrase)| *phrase)
    }

    /// All places of a phrase.
    pub fn places(&self, phrase: Phrase) -> &[Stretch] {
        let start = self.phrases.partition_point(|other| *other < phrase);
        let count = self.phrases[start..].partition_point(|other| *other == phrase);
        &self.places[start..start + count]
    }

    /// Whether a field meets a condition: one of its values meets all that is said.
    pub fn meets(&self, condition: &Condition) -> bool {
        let values = self.fields.get(&condition.field).map_or(&[][..], Vec::as_slice);
        if condition.present == Some(false) {
            return values.is_empty();
        }
        values.iter().any(|value| {
            let text = fold_text(value.value.reveal());
            let one_of = |words: &[String], meets: fn(&str, &str) -> bool| {
                words.is_empty() || words.iter().any(|word| meets(&text, &fold_text(word)))
            };
            let number = text.trim_end_matches(|c: char| !c.is_ascii_digit()).parse::<f64>().ok();
            one_of(&condition.is, |text, word| text == word)
                && one_of(&condition.holds, |text, word| text.contains(word))
                && condition.min.is_none_or(|min| number.is_some_and(|number| number >= min))
                && condition.max.is_none_or(|max| number.is_some_and(|number| number <= max))
        })
    }
}

fn within(stretches: &[Stretch], place: &Stretch) -> bool {
    stretches.iter().any(|stretch| stretch.start <= place.start && place.end <= stretch.end)
}
