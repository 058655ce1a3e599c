//! What a letter was classified as, and why.

use serde::{Deserialize, Serialize};

use crate::ReviewState;

/// One cue that counted for a category.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Reason {
    /// The rule that fired.
    pub rule: String,
    /// The phrase as it stands in the text.
    pub phrase: String,
    /// First character in the item's text, from 0.
    pub start: u32,
    /// One past the last character.
    pub end: u32,
    /// What it added to the score.
    pub weight: f32,
}

/// A category with its score.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CategoryScore {
    /// The axis, such as `content`.
    pub axis: String,
    /// The code in the pipeline's own scheme.
    pub code: String,
    /// The names from the first level down; the path is the key, since names recur.
    pub path: Vec<String>,
    /// The sum of the reasons' weights.
    pub score: f32,
    /// Each cue that counted.
    pub reasons: Vec<Reason>,
    /// Whether the rules decided, or a person.
    #[serde(default, skip_serializing_if = "ReviewState::is_machine")]
    pub state: ReviewState,
}

/// All that the rules say of one text.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Classification {
    /// The decided categories: on each axis the primary one first.
    pub decided: Vec<CategoryScore>,
    /// Every category with a score above zero, highest first on each axis.
    pub candidates: Vec<CategoryScore>,
    /// Axes on which nothing was sure enough, or two categories tied.
    pub undecided: Vec<String>,
}

impl Classification {
    /// The best candidate on the axis of `category` with another path.
    pub fn runner_up(&self, category: &CategoryScore) -> Option<&CategoryScore> {
        self.candidates.iter().find(|other| other.axis == category.axis && other.path != category.path)
    }
}
