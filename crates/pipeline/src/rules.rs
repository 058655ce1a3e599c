//! `rules/*.toml`: the classification rules as they are written. What they mean is in
//! `dossier-rules`.

use serde::Deserialize;

use crate::Zone;

/// One file of rules for one axis.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RuleFile {
    /// The axis that the file's rules score.
    pub axis: String,
    /// The axis' settings; in one of its files.
    pub settings: Option<AxisSpec>,
    /// The rules.
    #[serde(default, rename = "rule")]
    pub rules: Vec<RuleSpec>,
}

/// How an axis is decided.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AxisSpec {
    /// The lowest score that decides.
    pub min_score: f32,
    /// By how much the best must lead the next, as a share of its own score; less is a tie and
    /// goes to a person.
    pub min_lead: f32,
    /// A category whose score is at least this share of the best is decided too, as a secondary.
    pub secondary: f32,
    /// By how much more a phrase counts that stands in the item's title.
    pub title: f32,
    /// Regular expressions of stretches whose words do not count, such as salutations and the
    /// names of offices.
    #[serde(default)]
    pub neutral: Vec<String>,
}

/// One rule: when it fires, it adds to the score of its category.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RuleSpec {
    /// Unique among all rules.
    pub id: String,
    /// The category's path.
    pub path: Vec<String>,
    /// What each different phrase of `any` adds when the rule fires, or, where it has no `any`,
    /// what the rule adds once; below zero it speaks against the category.
    pub weight: f32,
    /// Phrases of which one must occur; each different one counts.
    #[serde(default)]
    pub any: Vec<String>,
    /// Phrases that must all occur.
    #[serde(default)]
    pub all: Vec<String>,
    /// Phrases of which none may occur.
    #[serde(default)]
    pub none: Vec<String>,
    /// Pairs of phrases of which one must occur near each other.
    #[serde(default)]
    pub near: Vec<NearSpec>,
    /// Regular expressions over the folded text, of which one must match.
    #[serde(default)]
    pub regex: Vec<String>,
    /// The part of a letter that is looked at.
    #[serde(default)]
    pub zone: Zone,
    /// The first year of letters that the rule speaks of.
    pub from: Option<i32>,
    /// The last year of letters that the rule speaks of.
    pub to: Option<i32>,
    /// Why the rule is as it is.
    #[serde(default)]
    pub note: String,
    /// Texts for which it must fire or keep silent.
    #[serde(default, rename = "test")]
    pub tests: Vec<RuleTest>,
}

/// Two phrases near each other, in either order.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NearSpec {
    /// One of these.
    pub a: Vec<String>,
    /// And one of these.
    pub b: Vec<String>,
    /// With at most this many folded characters between them.
    pub within: usize,
}

/// A text with what a rule must make of it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RuleTest {
    /// The text.
    pub text: String,
    /// Whether the rule fires.
    pub fires: bool,
}
