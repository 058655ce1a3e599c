//! From phrases to a decision.

use std::cmp::Ordering;

use dossier_model::{CategoryScore, Classification, Fields, ItemText, Reason, ReviewState};

use crate::compile::{Axis, Classifier};
use crate::fire::{Blocked, Fired, View};
use crate::hits::Hits;

impl Classifier {
    /// Classifies an item's text on every axis; `year` is when it was written, if that is known.
    pub fn classify(&self, text: &ItemText, fields: &Fields, year: Option<i32>) -> Classification {
        let mut found = self.by_rules(text, fields, year);
        self.follow(&mut found, text, fields);
        found
    }

    /// What the rules of each axis say, before any axis [follows](Classifier::follow) another: for
    /// whoever lets people's decisions stand first.
    pub fn by_rules(&self, text: &ItemText, fields: &Fields, year: Option<i32>) -> Classification {
        let hits = Hits::find(self, text, fields);
        let chars: Vec<char> = text.text.chars().collect();
        let mut result = Classification::default();
        for (number, axis) in self.axes.iter().enumerate() {
            let view = View::new(number, axis, &hits, &chars, year);
            let fired = self.fired(number, &view);
            self.decide(axis, &fired, &mut result);
        }
        result
    }

    /// What fires on an axis, precedences included.
    pub(crate) fn fired<'a>(&'a self, number: usize, view: &View<'a>) -> Vec<Fired<'a>> {
        let touched = view.hits.touched(number);
        let mut fired: Vec<Fired<'a>> = touched.filter_map(|rule| view.fire(rule).ok()).collect();
        let highest = fired.iter().map(|fired| fired.priority).max().unwrap_or(0);
        fired.retain(|fired| fired.priority == highest || fired.priority == 0 && highest <= 0);
        let axis = &self.axes[number];
        for precedence in &axis.precedence {
            let (wins, loses) = (score_of(&precedence.path, &fired), score_of(&precedence.over, &fired));
            let occurs = |phrase: &usize| !view.hits.places(*phrase).is_empty();
            let applies = precedence.when.is_empty() || precedence.when.iter().any(occurs);
            if wins > 0.0 && loses > 0.0 && applies {
                let reason = Reason {
                    rule: precedence.id.clone(),
                    phrase: String::new(),
                    start: 0,
                    end: 0,
                    weight: -loses,
                };
                let refinement = -refinement_of(&precedence.over, &fired);
                let (path, reasons) = (precedence.over.as_slice(), vec![reason]);
                fired.push(Fired { path, priority: highest, reasons, refinement });
            }
        }
        fired
    }

    /// The candidates of an axis are its first-level categories with a score above zero, each
    /// followed down to where its own rules are clearest.
    pub(crate) fn decide(&self, axis: &Axis, fired: &[Fired<'_>], result: &mut Classification) {
        let candidates = self.candidates(axis, fired);
        match verdict(axis, &candidates) {
            Verdict::Decided(count) => result.decided.extend(candidates[..count].iter().cloned()),
            Verdict::Default(value) => result.decided.push(CategoryScore {
                axis: axis.name.clone(),
                code: value.clone(),
                path: vec![value],
                score: 0.0,
                reasons: Vec::new(),
                state: ReviewState::Machine,
            }),
            Verdict::Undecided => result.undecided.push(axis.name.clone()),
        }
        result.candidates.extend(candidates);
    }

    pub(crate) fn candidates(&self, axis: &Axis, fired: &[Fired<'_>]) -> Vec<CategoryScore> {
        let mut candidates: Vec<CategoryScore> = Vec::new();
        let mut firsts: Vec<&String> = fired.iter().filter_map(|fired| fired.path.first()).collect();
        firsts.sort_unstable();
        firsts.dedup();
        for first in firsts {
            candidates.extend(self.candidate(axis, first, fired));
        }
        candidates.sort_by(|a, b| b.score.total_cmp(&a.score).then_with(|| a.code.cmp(&b.code)));
        candidates
    }

    /// What a rule by itself makes of a text: the reasons it gives; nothing if there is no such rule.
    ///
    /// # Errors
    /// Why it does not fire.
    pub fn fires(
        &self,
        rule: &str,
        text: &ItemText,
        fields: &Fields,
        year: Option<i32>,
    ) -> Option<Result<Vec<Reason>, Blocked>> {
        let of_axis = |axis: &Axis| axis.rules.iter().position(|known| known.id == rule);
        let mut axes = self.axes.iter().enumerate();
        let (number, axis, at) = axes.find_map(|(number, axis)| Some((number, axis, of_axis(axis)?)))?;
        let hits = Hits::find(self, text, fields);
        let chars: Vec<char> = text.text.chars().collect();
        let view = View::new(number, axis, &hits, &chars, year);
        Some(view.fire(at).map(|fired| fired.reasons))
    }

    /// The code of a category of an axis; nothing if the axis has no such category.
    pub fn code_of(&self, axis: &str, path: &[String]) -> Option<String> {
        self.code_on(self.axes.iter().find(|known| known.name == axis)?, path)
    }

    fn code_on(&self, axis: &Axis, path: &[String]) -> Option<String> {
        match &axis.spec.values {
            None => self.scheme.by_path(path).map(|category| category.code.clone()),
            Some(values) => values.iter().find(|value| path == [value.as_str()]).cloned(),
        }
    }

    fn candidate(&self, axis: &Axis, first: &String, fired: &[Fired<'_>]) -> Option<CategoryScore> {
        let first = std::slice::from_ref(first);
        let score = score_of(first, fired);
        let below: Vec<&Fired<'_>> = fired.iter().filter(|fired| fired.path.starts_with(first)).collect();
        let path = deepest(first.to_vec(), &below);
        let reasons = below.iter().flat_map(|fired| fired.reasons.iter().cloned()).collect();
        let code = self.code_on(axis, &path).unwrap_or_default();
        let state = ReviewState::Machine;
        (score > 0.0).then(|| CategoryScore { axis: axis.name.clone(), code, path, score, reasons, state })
    }
}

/// What an axis' candidates come to.
pub(crate) enum Verdict {
    /// The first so many are decided.
    Decided(usize),
    /// None is, which means this.
    Default(String),
    /// A person has to look.
    Undecided,
}

pub(crate) fn verdict(axis: &Axis, candidates: &[CategoryScore]) -> Verdict {
    let spec = &axis.spec;
    let best = candidates.first().map_or(0.0, |candidate| candidate.score);
    let next = candidates.get(1).map_or(0.0, |candidate| candidate.score);
    if candidates.is_empty() || best < spec.min_score {
        return spec.default.clone().map_or(Verdict::Undecided, Verdict::Default);
    }
    if best - next < spec.min_lead * best {
        return Verdict::Undecided;
    }
    let strong = |score: f32| score >= spec.min_score && score >= spec.secondary * best;
    Verdict::Decided(1 + candidates[1..].iter().take_while(|candidate| strong(candidate.score)).count())
}

/// The score of a category: what the rules of it and of those below it add.
pub(crate) fn score_of(path: &[String], fired: &[Fired<'_>]) -> f32 {
    let below = fired.iter().filter(|fired| fired.path.starts_with(path));
    below.flat_map(|fired| &fired.reasons).map(|reason| reason.weight).sum()
}

/// What refining rules add where a category is compared with its siblings.
fn refinement_of(path: &[String], fired: &[Fired<'_>]) -> f32 {
    fired.iter().filter(|fired| fired.path.starts_with(path)).map(|fired| fired.refinement).sum()
}

/// Follows the best child as long as one is better than its siblings: by score, and where scores are
/// equal, as below the level that rules give points to, by what refines.
fn deepest(mut path: Vec<String>, fired: &[&Fired<'_>]) -> Vec<String> {
    loop {
        let mut children = children(&path, fired);
        children.sort_by(|a, b| stronger(&b.0, &a.0));
        match children.as_slice() {
            [(best, child), rest @ ..]
                if stronger(best, &(0.0, 0.0)).is_gt()
                    && rest.first().is_none_or(|next| stronger(best, &next.0).is_gt()) =>
            {
                path = child.to_vec();
            }
            _ => return path,
        }
    }
}

/// The children of a category for which something fired, each with all that did below it.
fn children<'a>(path: &[String], fired: &[&Fired<'a>]) -> Vec<(Strength, &'a [String])> {
    let mut children: Vec<(Strength, &[String])> = Vec::new();
    for rule in fired.iter().filter(|fired| fired.path.len() > path.len() && fired.path.starts_with(path)) {
        let child = &rule.path[..path.len() + 1];
        let known = children.iter().position(|(_, known)| *known == child);
        let at = known.unwrap_or_else(|| {
            children.push(((0.0, 0.0), child));
            children.len() - 1
        });
        let (score, refinement) = &mut children[at].0;
        // One by one, in the order in which a precedence has added up what it takes away.
        rule.reasons.iter().for_each(|reason| *score += reason.weight);
        *refinement += rule.refinement;
    }
    children
}

/// The score of a category, and what refines it.
type Strength = (f32, f32);

fn stronger(a: &Strength, b: &Strength) -> Ordering {
    a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1))
}
