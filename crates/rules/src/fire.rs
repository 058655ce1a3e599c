//! Whether a rule fires, and with which phrases.

use std::cell::OnceCell;

use dossier_model::Reason;

use crate::compile::{Axis, Phrase, Rule};
use crate::hits::{Hits, Stretch};
use crate::stretches::{Covered, Neighbours, Nested};

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
    neutral: OnceCell<Covered>,
    denied: OnceCell<Covered>,
}

/// A rule at one text, with where its exceptions stand, looked for when a place first asks.
struct Asking<'v> {
    rule: &'v Rule,
    inside: OnceCell<Covered>,
    near: OnceCell<Neighbours>,
}

impl<'v> Asking<'v> {
    fn new(rule: &'v Rule) -> Asking<'v> {
        Asking { rule, inside: OnceCell::new(), near: OnceCell::new() }
    }
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

    fn neutral(&self) -> &Covered {
        self.neutral.get_or_init(|| Covered::new(self.hits.stretches(&self.axis.neutral, true)))
    }

    fn denied(&self) -> &Covered {
        self.denied.get_or_init(|| Covered::new(self.hits.stretches(&self.axis.denied, false)))
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
        let asking = Asking::new(rule);
        if rule.none.iter().any(|phrase| self.first(*phrase, &asking).is_some()) {
            return Err(Blocked::Excluded);
        }
        let places = self.satisfied(at, &asking).ok_or_else(|| self.why_not(&asking))?;
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
    fn satisfied(&self, at: usize, asking: &Asking<'_>) -> Option<Vec<Stretch>> {
        let rule = asking.rule;
        let all: Vec<Stretch> =
            rule.all.iter().map(|phrase| self.first(*phrase, asking)).collect::<Option<Vec<_>>>()?;
        let near = self.near(asking);
        let matched = self.matched(asking);
        if near.is_none() && !rule.near.is_empty() || matched.is_none() && !rule.regex.is_empty() {
            return None;
        }
        if rule.any.is_empty() {
            let place = near.or(matched).or_else(|| all.into_iter().next());
            // A rule about fields alone counts without a place.
            return Some(vec![place.unwrap_or(0..0)]);
        }
        let places = self.distinct(at, asking);
        (places.len() >= rule.at_least).then_some(places)
    }

    fn speaks_of_year(&self, rule: &Rule) -> bool {
        let Some(year) = self.year else { return true };
        rule.years.0.is_none_or(|from| from <= year) && rule.years.1.is_none_or(|to| year <= to)
    }

    fn counts(&self, place: &Stretch, asking: &Asking<'_>) -> bool {
        self.hits.in_scope(place, asking.rule.scope)
            && !self.neutral().overlaps(place)
            && !self.denied().overlaps(place)
            && !self.excepted(place, asking)
    }

    fn excepted(&self, place: &Stretch, asking: &Asking<'_>) -> bool {
        let except = &asking.rule.except;
        let places = |phrases: &'_ [Phrase]| -> Vec<Stretch> {
            phrases.iter().flat_map(|phrase| self.hits.places(*phrase)).cloned().collect()
        };
        let inside = asking.inside.get_or_init(|| Covered::new(places(&except.inside)));
        let near = asking.near.get_or_init(|| Neighbours::new(places(&except.near).iter()));
        // 人民医院 runs into 医院宿舍, and is as little a hospital there as 医院.
        inside.overlaps(place) || near.behind(place, except.within) || near.before(place, except.within)
    }

    fn places<'b>(&'b self, phrase: Phrase, asking: &'b Asking<'b>) -> impl Iterator<Item = &'b Stretch> {
        self.hits.places(phrase).iter().filter(move |place| self.counts(place, asking))
    }

    fn first(&self, phrase: Phrase, asking: &Asking<'_>) -> Option<Stretch> {
        self.places(phrase, asking).next().cloned()
    }

    fn near(&self, asking: &Asking<'_>) -> Option<Stretch> {
        asking.rule.near.iter().find_map(|near| {
            let mut a = near.a.iter().flat_map(|phrase| self.places(*phrase, asking)).peekable();
            a.peek()?;
            let b: Vec<&Stretch> = near.b.iter().flat_map(|phrase| self.places(*phrase, asking)).collect();
            let neighbours = Neighbours::new(b.iter().copied());
            let has_one = |a: &&Stretch| {
                neighbours.behind(a, near.within) || !near.ordered && neighbours.before(a, near.within)
            };
            a.find(has_one).and_then(|a| pair(a, &b, near.within, near.ordered))
        })
    }

    fn matched(&self, asking: &Asking<'_>) -> Option<Stretch> {
        asking.rule.regex.iter().find_map(|regex| {
            let mut found = regex.find_iter(&self.hits.letter.running.text).map(|found| found.range());
            found.find(|place| self.counts(place, asking))
        })
    }

    /// One place for each different phrase of `any`, in the order of the text: in the title if it
    /// is there, else the first. A phrase that occurs only within a longer one of the rule does
    /// not count by itself.
    fn distinct(&self, at: usize, asking: &Asking<'_>) -> Vec<Stretch> {
        let occurring = self.hits.occurring((self.number, at));
        let of_any = occurring.filter(|phrase| asking.rule.any.binary_search(phrase).is_ok());
        let all: Vec<Vec<&Stretch>> = of_any.map(|phrase| self.places(phrase, asking).collect()).collect();
        let nested = Nested::new(all.iter().flatten().copied());
        let mut places: Vec<Stretch> = all
            .iter()
            .filter_map(|places| {
                let mut own = places.iter().filter(|place| !nested.holds(place)).peekable();
                let first = *own.peek()?;
                Some((**own.find(|place| self.hits.in_title(place)).unwrap_or(first)).clone())
            })
            .collect();
        places.sort_by_key(|place| (!self.hits.in_title(place), place.start, place.end));
        places
    }

    fn why_not(&self, asking: &Asking<'_>) -> Blocked {
        let rule = asking.rule;
        let near = rule.near.iter().flat_map(|near| &near.a);
        let phrases = rule.any.iter().chain(&rule.all).chain(near);
        let places: Vec<&Stretch> = phrases.flat_map(|phrase| self.hits.places(*phrase)).collect();
        let everywhere =
            |is: &dyn Fn(&Stretch) -> bool| !places.is_empty() && places.iter().all(|place| is(place));
        if everywhere(&|place| self.neutral().overlaps(place)) {
            Blocked::Neutral
        } else if everywhere(&|place| self.denied().overlaps(place) || self.neutral().overlaps(place)) {
            Blocked::Denied
        } else if everywhere(&|place| !self.hits.in_scope(place, rule.scope)) {
            Blocked::Scope
        } else if everywhere(&|place| self.excepted(place, asking)) {
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
