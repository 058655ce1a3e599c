//! The forms of the rule files.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// `words.toml`: word lists that rules share, and characters that are mistaken for each other.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WordFile {
    /// Lists that a rule refers to as `@name`.
    #[serde(default, rename = "list")]
    pub lists: Vec<WordList>,
    /// Characters that recognition mistakes for each other.
    #[serde(default, rename = "confusion")]
    pub confusions: Vec<ConfusionSpec>,
}

/// A named list of words.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WordList {
    /// What rules call it, after an `@`.
    pub name: String,
    /// The words.
    pub words: Vec<String>,
    /// What they have in common.
    #[serde(default)]
    pub note: String,
}

/// A character and what it may have been misread as.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConfusionSpec {
    /// What is written.
    pub written: char,
    /// What is read instead, one or more characters.
    pub read: String,
}

/// One file of rules for one axis.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RuleFile {
    /// The axis that the file's rules score.
    pub axis: String,
    /// The axis' settings; in one of its files.
    pub settings: Option<AxisSpec>,
    /// Which of two neighbours wins; in one of the axis' files.
    #[serde(default, rename = "precedence")]
    pub precedence: Vec<PrecedenceSpec>,
    /// The rules.
    #[serde(default, rename = "rule")]
    pub rules: Vec<RuleSpec>,
    /// For categories below the first level, given as `first > second > third`, phrases that choose
    /// among the children of one that has points; short for a rule each that `refines`.
    #[serde(default)]
    pub refine: BTreeMap<String, Vec<String>>,
}

/// What stands between the levels of a category where its path is one string.
pub const LEVELS: &str = " > ";

/// What each phrase of a file's `refine` weighs.
const REFINING: f32 = 1.0;

impl RuleFile {
    /// The rules that `refine` is short for; each is called by its path.
    pub fn refining(&self) -> impl Iterator<Item = RuleSpec> {
        self.refine.iter().map(|(path, phrases)| RuleSpec {
            id: path.clone(),
            path: path.split(LEVELS).map(str::to_owned).collect(),
            weight: REFINING,
            refines: true,
            any: phrases.clone(),
            ..RuleSpec::default()
        })
    }
}

/// How an axis is decided.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AxisSpec {
    /// What the axis is called in Chinese.
    pub zh: String,
    /// The same in English.
    pub en: String,
    /// Its values; left out where they are the categories of `categories.tsv`.
    pub values: Option<Vec<String>>,
    /// The value when no rule decides; without one the axis is left to a person.
    pub default: Option<String>,
    /// The lowest score that decides.
    pub min_score: f32,
    /// By how much the best must lead the next, as a share of its own score; less is a tie and
    /// goes to a person.
    pub min_lead: f32,
    /// A category whose score is at least this share of the best is decided too, as a secondary;
    /// above 1 there is never more than one.
    pub secondary: f32,
    /// By how much more a phrase counts that stands in the item's title.
    pub title: f32,
    /// What each further phrase of one rule counts, as a share of the one before: 1 counts all
    /// alike, less keeps long letters from gathering points.
    pub fading: f32,
    /// Regular expressions of stretches whose words do not count, such as salutations and the
    /// names of offices.
    #[serde(default)]
    pub neutral: Vec<String>,
    /// Regular expressions of stretches in which a matter is denied or said to be settled.
    #[serde(default)]
    pub denied: Vec<String>,
    /// The axis whose decision decides this one; its own rules speak where that says nothing.
    pub follows: Option<FollowSpec>,
}

/// How an axis follows another.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FollowSpec {
    /// The other axis.
    pub axis: String,
    /// For its categories, given as `first > second > third`, the value here; the deepest that is
    /// given holds.
    pub to: BTreeMap<String, String>,
    /// How a value is named in a county, with `{county}` for its name; just after it where nothing
    /// is said, and never named where there is no `{county}`.
    #[serde(default)]
    pub named: BTreeMap<String, String>,
}

/// What stands for the county's name.
const COUNTY: &str = "{county}";

impl FollowSpec {
    /// What a value is called in a county; nothing if it is called the same in all.
    pub fn name_in(&self, value: &str, county: &str) -> Option<String> {
        match self.named.get(value) {
            None => Some(format!("{county}{value}")),
            Some(name) => name.contains(COUNTY).then(|| name.replace(COUNTY, county)),
        }
    }
}

/// One of two neighbours wins.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PrecedenceSpec {
    /// Unique among the axis' precedences and rules.
    pub id: String,
    /// The path that wins; a rule must have fired for it.
    pub path: Vec<String>,
    /// The path whose score is taken away.
    pub over: Vec<String>,
    /// Only where one of these phrases occurs; always if there are none.
    #[serde(default)]
    pub when: Vec<String>,
    /// Why.
    pub note: String,
}

/// One rule: when it fires, it adds to the score of its category.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RuleSpec {
    /// Unique among all rules.
    pub id: String,
    /// The category's path, or the value.
    pub path: Vec<String>,
    /// What each different phrase of `any` adds when the rule fires, or, where it has no `any`,
    /// what the rule adds once; below zero it speaks against the category.
    pub weight: f32,
    /// Whether it only chooses among the children of a category that has points, and adds none.
    #[serde(default)]
    pub refines: bool,
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
    /// Places at which none of the rule's phrases counts.
    #[serde(default)]
    pub except: ExceptSpec,
    /// Conditions on fields, all of which must hold.
    #[serde(default, rename = "where")]
    pub conditions: Vec<Condition>,
    /// The part of an item that is looked at.
    #[serde(default)]
    pub scope: Scope,
    /// How many different phrases of `any` it takes.
    #[serde(default = "one")]
    pub at_least: usize,
    /// Rules of a higher priority decide an axis by themselves, if they fire at all.
    #[serde(default)]
    pub priority: i32,
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

fn one() -> usize {
    1
}

/// The part of an item that a rule looks at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// All of it but salutation and close.
    #[default]
    Any,
    /// The title.
    Title,
    /// The demands.
    Demand,
    /// All but the demands.
    Facts,
    /// The letter itself.
    Letter,
    /// The register's row.
    Register,
}

/// Two phrases near each other.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NearSpec {
    /// One of these.
    pub a: Vec<String>,
    /// And one of these.
    pub b: Vec<String>,
    /// With at most this many folded characters between them.
    pub within: usize,
    /// Whether `a` must come before `b`.
    #[serde(default)]
    pub ordered: bool,
}

/// Where a phrase is not what it seems.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExceptSpec {
    /// In one of these longer phrases, or partly.
    #[serde(default)]
    pub inside: Vec<String>,
    /// Near one of these, before or after it.
    #[serde(default)]
    pub near: Vec<String>,
    /// With at most this many folded characters between.
    pub within: Option<usize>,
}

/// A condition on a field's values: one of them must meet all that is said.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Condition {
    /// The field.
    pub field: String,
    /// The value is one of these, compared folded.
    #[serde(default)]
    pub is: Vec<String>,
    /// The value holds one of these, compared folded.
    #[serde(default)]
    pub holds: Vec<String>,
    /// The value, as a number, is at least this.
    pub min: Option<f64>,
    /// The value, as a number, is at most this.
    pub max: Option<f64>,
    /// Whether there must be a value, or must be none.
    pub present: Option<bool>,
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
