//! Whether a rule fires, and with which phrases.

use std::cell::OnceCell;

use dossier_model::Reason;

use crate::compile::{Axis, Except, Phrase, Rule};
use crate::hits::{Hits, Stretch, overlaps};

/// A rule, or a precedence, with what it adds.
#[derive(Clone, Debug)]
pub(crate) struct Fired<'a> {
    pub path: &'a [String],
    pub priority: i32,
    /// What it adds to the scores of its category and of all above.
    pub reasons: Vec<Reason>,
    /// What it adds beside that where the children of a category are compared.
    pub refinement: f32,
}

/// Why a rule that has something in the text does not fire.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Blocked {
    /// It speaks of letters of other years.
    Year,
    /// A field does not say what it asks for.
    Field(String),
    /// Its phrases stand only where they do not count: salutation, office names, signature.
    Neutral,
    /// Its phrases stand only where the matter is denied or said to be settled.
    Denied,
    /// Its phrases stand only outside the part that it looks at.
    Scope,
    /// Its phrases stand only where it makes an exception.
    Excepted,
    /// A phrase that it excludes occurs.
    Excluded,
    /// Not all that it asks for is there.
    Incomplete,
}

/// One text as the rules of one axis see it.
pub(crate) struct View<'a> {
    /// The axis' place among all.
    pub number: usize,
    pub axis: &'a Axis,
    pub hits: &'a Hits<'a>,
    /// The text as it stands.
    pub text: &'a [char],
    pub year: Option<i32>,
    /// Looked for when a rule first asks: many axes have nothing in a text.
    neutral: OnceCell<Vec<Stretch>>,
    denied: OnceCell<Vec<Stretch>>,
}

impl<'a> View<'a> {
    pub fn new(
        number: usize,
        axis: &'a Axis,
        hits: &'a Hits<'a>,
        text: &'a [char],
        year: Option<i32>,
    ) -> View<'a> {
        View { number, axis, hits, text, year, neutral: OnceCell::new(), denied: OnceCell::new() }
    }

    fn neutral(&self) -> &[Stretch] {
        self.neutral.get_or_init(|| self.hits.stretches(&self.axis.neutral, true))
    }

    fn denied(&self) -> &[Stretch] {
        self.denied.get_or_init(|| self.hits.stretches(&self.axis.denied, false))
    }

    /// The reasons that the axis' rule of this number gives.
    ///
    /// # Errors
    /// Why it does not fire.
    pub fn fire(&self, at: usize) -> Result<Fired<'a>, Blocked> {
        let rule = &self.axis.rules[at];
        if !self.speaks_of_year(rule) {
            return Err(Blocked::Year);
        }
        if let Some(condition) = rule.conditions.iter().find(|condition| !self.hits.meets(condition)) {
            return Err(Blocked::Field(condition.field.clone()));
        }
        if rule.none.iter().any(|phrase| self.first(*phrase, rule).is_some()) {
            return Err(Blocked::Excluded);
        }
        let places = self.satisfied(at, rule).ok_or_else(|| self.why_not(rule))?;
        let weights = (0..).map(|at| rule.weight * self.axis.spec.fading.powi(at));
        let reasons = places.into_iter().zip(weights).map(|(place, weight)| self.reason(rule, place, weight));
        let mut fired =
            Fired { path: &rule.path, priority: rule.priority, reasons: reasons.collect(), refinement: 0.0 };
        if rule.refines {
            fired.refinement =
                fired.reasons.iter_mut().map(|reason| std::mem::take(&mut reason.weight)).sum();
        }
        Ok(fired)
    }

    /// The places that count, if all that the rule asks for is there.
    fn satisfied(&self, at: usize, rule: &Rule) -> Option<Vec<Stretch>> {
        let all: Vec<Stretch> =
            rule.all.iter().map(|phrase| self.first(*phrase, rule)).collect::<Option<Vec<_>>>()?;
        let near = self.near(rule);
        let matched = self.matched(rule);
        if near.is_none() && !rule.near.is_empty() || matched.is_none() && !rule.regex.is_empty() {
            return None;
        }
        if rule.any.is_empty() {
            let place = near.or(matched).or_else(|| all.into_iter().next());
            // A rule about fields alone counts without a place.
            return Some(vec![place.unwrap_or(0..0)]);
        }
        let places = self.distinct(at, rule);
        (places.len() >= rule.at_least).then_some(places)
    }

    fn speaks_of_year(&self, rule: &Rule) -> bool {
        let Some(year) = self.year else { return true };
        rule.years.0.is_none_or(|from| from <= year) && rule.years.1.is_none_or(|to| year <= to)
    }

    fn counts(&self, place: &Stretch, rule: &Rule) -> bool {
        self.hits.in_scope(place, rule.scope)
            && !overlaps(self.neutral(), place)
            && !overlaps(self.denied(), place)
            && !self.excepted(place, &rule.except)
    }

    fn excepted(&self, place: &Stretch, except: &Except) -> bool {
        let places = |phrases: &'_ [Phrase]| -> Vec<&Stretch> {
            phrases.iter().flat_map(|phrase| self.hits.places(*phrase)).collect()
        };
        // 人民医院 runs into 医院宿舍, and is as little a hospital there as 医院.
        let runs_into = |other: &&Stretch| other.start < place.end && place.start < other.end;
        places(&except.inside).iter().any(runs_into)
            || pair(place, &places(&except.near), except.within, false).is_some()
    }

    fn places<'b>(&'b self, phrase: Phrase, rule: &'b Rule) -> impl Iterator<Item = &'b Stretch> {
        self.hits.places(phrase).iter().filter(move |place| self.counts(place, rule))
    }

    fn first(&self, phrase: Phrase, rule: &Rule) -> Option<Stretch> {
        self.places(phrase, rule).next().cloned()
    }

    fn near(&self, rule: &Rule) -> Option<Stretch> {
        rule.near.iter().find_map(|near| {
            let mut a = near.a.iter().flat_map(|phrase| self.places(*phrase, rule)).peekable();
            a.peek()?;
            let b: Vec<&Stretch> = near.b.iter().flat_map(|phrase| self.places(*phrase, rule)).collect();
            a.find_map(|a| pair(a, &b, near.within, near.ordered))
        })
    }

    fn matched(&self, rule: &Rule) -> Option<Stretch> {
        rule.regex.iter().find_map(|regex| {
            let found = regex.find_iter(&self.hits.letter.running.text).map(|found| found.range());
            found.into_iter().find(|place| self.counts(place, rule))
        })
    }

    /// One place for each different phrase of `any`, in the order of the text: in the title if it
    /// is there, else the first. A phrase that occurs only within a longer one of the rule does
    /// not count by itself.
    fn distinct(&self, at: usize, rule: &Rule) -> Vec<Stretch> {
        let occurring = self.hits.occurring((self.number, at));
        let of_any = occurring.filter(|phrase| rule.any.binary_search(phrase).is_ok());
        let all: Vec<Vec<&Stretch>> = of_any.map(|phrase| self.places(phrase, rule).collect()).collect();
        let within = |place: &Stretch| {
            all.iter().flatten().any(|other| {
                other.start <= place.start && place.end <= other.end && other.len() > place.len()
            })
        };
        let mut places: Vec<Stretch> = all
            .iter()
            .filter_map(|places| {
                let own: Vec<&&Stretch> = places.iter().filter(|place| !within(place)).collect();
                let first = own.iter().find(|place| self.hits.in_title(place)).or(own.first())?;
                Some((**first).clone())
            })
            .collect();
        places.sort_by_key(|place| (!self.hits.in_title(place), place.start, place.end));
        places
    }

    fn why_not(&self, rule: &Rule) -> Blocked {
        let near = rule.near.iter().flat_map(|near| &near.a);
        let phrases = rule.any.iter().chain(&rule.all).chain(near);
        let places: Vec<&Stretch> = phrases.flat_map(|phrase| self.hits.places(*phrase)).collect();
        let everywhere =
            |is: &dyn Fn(&Stretch) -> bool| !places.is_empty() && places.iter().all(|place| is(place));
        if everywhere(&|place| overlaps(self.neutral(), place)) {
            Blocked::Neutral
        } else if everywhere(&|place| overlaps(self.denied(), place) || overlaps(self.neutral(), place)) {
            Blocked::Denied
        } else if everywhere(&|place| !self.hits.in_scope(place, rule.scope)) {
            Blocked::Scope
        } else if everywhere(&|place| self.excepted(place, &rule.except)) {
            Blocked::Excepted
        } else {
            Blocked::Incomplete
        }
    }

    fn reason(&self, rule: &Rule, place: Stretch, weight: f32) -> Reason {
        let factor = if self.hits.in_title(&place) && !place.is_empty() { self.axis.spec.title } else { 1.0 };
        let (start, end) = self.hits.letter.running.source_range(place);
        let phrase = self.text.get(start as usize..end as usize).unwrap_or_default().iter().collect();
        Reason { rule: rule.id.clone(), phrase, start, end, weight: weight * factor }
    }
}

/// The stretch from `a` to the first of `b` that is near enough.
fn pair(a: &Stretch, b: &[&Stretch], within: usize, ordered: bool) -> Option<Stretch> {
    b.iter().find_map(|b| {
        let (first, second) = if a.start <= b.start { (a, *b) } else { (*b, a) };
        let near = second.start >= first.end && second.start - first.end <= within;
        (near && (!ordered || first == a)).then_some(first.start..second.end)
    })
}
