//! Why a text is classified as it is, and what would have changed it.

use dossier_model::{CategoryScore, Fields, ItemText, Reason};

use crate::classify::{Verdict, verdict};
use crate::compile::Classifier;
use crate::fire::{Blocked, View};
use crate::hits::Hits;

/// The explanation of one axis.
#[derive(Clone, Debug, PartialEq)]
pub struct Explanation {
    /// The axis.
    pub axis: String,
    /// What was decided: the primary first.
    pub decided: Vec<Vec<String>>,
    /// Every candidate with all its reasons; the reasons add up to the score.
    pub candidates: Vec<CategoryScore>,
    /// Rules that have something in the text and do not fire, by id.
    pub blocked: Vec<(String, Blocked)>,
    /// What would have changed the decision.
    pub turning_point: TurningPoint,
}

/// What would have changed a decision.
#[derive(Clone, Debug, PartialEq)]
pub enum TurningPoint {
    /// Without these reasons, fewest and heaviest first, something else would have been decided.
    Without(Vec<Reason>),
    /// The best lacks so many points to be decided.
    Lacks(f32),
    /// The best leads by so little, where so much is asked.
    Tie {
        /// The lead.
        leads: f32,
        /// The lead that would have decided.
        needs: f32,
    },
    /// It is what follows from the decision on another axis.
    Follows(String),
    /// Nothing was found.
    Nothing,
}

impl Classifier {
    /// Explains the classification of a text, axis by axis.
    pub fn explain(&self, text: &ItemText, fields: &Fields, year: Option<i32>) -> Vec<Explanation> {
        let mut found = self.by_rules(text, fields, year);
        let followed = self.follow(&mut found, text, fields);
        let hits = Hits::find(self, text, fields);
        let chars: Vec<char> = text.text.chars().collect();
        let explain = |(number, axis): (usize, &crate::compile::Axis)| {
            let view = View::new(number, axis, &hits, &chars, year);
            let blocked = hits
                .touched(number)
                .filter_map(|rule| view.fire(rule).err().map(|why| (axis.rules[rule].id.clone(), why)));
            let of_axis = |category: &&CategoryScore| category.axis == axis.name;
            let candidates: Vec<CategoryScore> = found.candidates.iter().filter(of_axis).cloned().collect();
            let turning_point = match &axis.spec.follows {
                Some(follows) if followed.contains(&axis.name.as_str()) => {
                    TurningPoint::Follows(follows.axis.clone())
                }
                _ => turning_point(axis, &candidates),
            };
            Explanation {
                axis: axis.name.clone(),
                decided: found.decided.iter().filter(of_axis).map(|category| category.path.clone()).collect(),
                blocked: blocked.collect(),
                turning_point,
                candidates,
            }
        };
        self.axes.iter().enumerate().map(explain).collect()
    }
}

fn turning_point(axis: &crate::compile::Axis, candidates: &[CategoryScore]) -> TurningPoint {
    let Some(best) = candidates.first() else { return TurningPoint::Nothing };
    let next = candidates.get(1).map_or(0.0, |candidate| candidate.score);
    match verdict(axis, candidates) {
        Verdict::Decided(_) => {
            // What only refines adds nothing that could be missed.
            let weighs = |reason: &&Reason| reason.weight != 0.0;
            let mut reasons: Vec<Reason> = best.reasons.iter().filter(weighs).cloned().collect();
            reasons.sort_by(|a, b| b.weight.total_cmp(&a.weight));
            let mut left = best.score;
            let stands =
                |score: f32| score >= axis.spec.min_score && score - next >= axis.spec.min_lead * score;
            let mut without = Vec::new();
            for reason in reasons {
                if !stands(left) {
                    break;
                }
                left -= reason.weight;
                without.push(reason);
            }
            TurningPoint::Without(without)
        }
        _ if best.score < axis.spec.min_score => TurningPoint::Lacks(axis.spec.min_score - best.score),
        _ => TurningPoint::Tie { leads: best.score - next, needs: axis.spec.min_lead * best.score },
    }
}
