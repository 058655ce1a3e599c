//! Decisions: what people said. Append-only and anchored to parts, so that they outlive whatever
//! is derived from the parts.

use serde::{Deserialize, Serialize};

use crate::{
    CategoryScore, Classification, FieldValue, Fields, Locator, Replaced, ReviewState, Sensitive, Sha256,
};

/// A place of a file that a decision is about: the first part of a letter, or a row.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Anchor {
    /// The file's content.
    pub source: Sha256,
    /// Where in the file.
    pub locator: Locator,
}

/// What somebody said.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "says", rename_all = "snake_case")]
pub enum Verdict {
    /// A field has this value and no other, or none at all.
    Field {
        /// Its canonical name.
        name: String,
        /// Normalised; nothing says that the field has no value.
        value: Option<Sensitive>,
    },
    /// The letter is about this, on one axis.
    Category {
        /// The axis.
        axis: String,
        /// The code in the pipeline's scheme.
        code: String,
        /// From the first level down.
        path: Vec<String>,
    },
    /// Whether a letter begins at the page of the anchor.
    Begins {
        /// It does, or it goes on there.
        begins: bool,
    },
    /// The letter belongs to this row, or to none.
    Pair {
        /// The row.
        with: Option<Anchor>,
    },
    /// The letter is withdrawn by order: nothing of it is shown, and the decision is its tombstone.
    Withhold {
        /// Who ordered it.
        by: String,
        /// The item's id then.
        item: String,
        /// How many pages it has; 1 for a row.
        extent: u32,
        /// The digest of what the unit says, so that it is known again elsewhere.
        digest: String,
    },
    /// An earlier decision no longer holds.
    Withdraw {
        /// Its number.
        decision: i64,
    },
}

impl Verdict {
    /// What the verdict is about: of two at the same anchor about the same, the later one holds.
    pub fn topic(&self) -> String {
        match self {
            Verdict::Field { name, .. } => format!("field {name}"),
            Verdict::Category { axis, .. } => format!("category {axis}"),
            Verdict::Begins { .. } => "begins".to_owned(),
            Verdict::Pair { .. } => "pair".to_owned(),
            Verdict::Withhold { .. } => "withhold".to_owned(),
            Verdict::Withdraw { decision } => format!("withdraw {decision}"),
        }
    }
}

/// A verdict on record.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Decision {
    /// Its number, from 1, in the order in which they were made.
    pub number: i64,
    /// When, in seconds since 1970-01-01 UTC.
    pub at: u64,
    /// Who: the system's name of the user.
    pub user: String,
    /// What it is about.
    pub anchor: Anchor,
    /// What was said.
    pub verdict: Verdict,
    /// Why, if that was said.
    pub note: String,
}

/// Who made a value that a person gave.
const BY_DECISION: &str = "decision";

/// Lets fields say what was decided, the last decision of all about each; returns what they said
/// before that.
pub fn amend_fields(fields: &mut Fields, decisions: &[Decision]) -> Replaced {
    let mut replaced = Replaced::new();
    for decision in decisions {
        let Verdict::Field { name, value } = &decision.verdict else { continue };
        let said = fields.remove(name).unwrap_or_default();
        let gone = said.iter().flat_map(|other| [&other.value, &other.raw]);
        let gone = gone.filter(|other| value.as_ref() != Some(*other)).cloned();
        let before = replaced.entry(name.clone()).or_default();
        before.extend(gone);
        before.dedup();
        let Some(value) = value else { continue };
        let same = said.into_iter().enumerate().find(|(_, other)| other.value.reveal() == value.reveal());
        let decided = match same {
            Some((rank, same)) => FieldValue { confidence: 1.0, state: state_of(rank), ..same },
            None => FieldValue {
                value: value.clone(),
                raw: value.clone(),
                confidence: 1.0,
                state: ReviewState::Corrected,
                extractor: BY_DECISION.to_owned(),
                warnings: Vec::new(),
                evidence: Vec::new(),
            },
        };
        fields.insert(name.clone(), vec![decided]);
    }
    replaced.retain(|_, values| !values.is_empty());
    replaced
}

/// Lets a classification say what was decided, axis by axis; what the rules say stays among the
/// candidates.
pub fn amend_classification(classification: &mut Classification, decisions: &[Decision]) {
    for decision in decisions {
        let Verdict::Category { axis, code, path } = &decision.verdict else { continue };
        let place = classification.decided.iter().position(|category| category.axis == *axis);
        let is_first = place.is_some_and(|place| classification.decided[place].path == *path);
        let same = |category: &&CategoryScore| category.axis == *axis && category.path == *path;
        let found = classification.decided.iter().chain(&classification.candidates).find(same).cloned();
        let decided = match found {
            Some(found) => CategoryScore { state: state_of(usize::from(!is_first)), ..found },
            None => CategoryScore {
                axis: axis.clone(),
                code: code.clone(),
                path: path.clone(),
                score: 0.0,
                reasons: Vec::new(),
                state: ReviewState::Corrected,
            },
        };
        classification.decided.retain(|category| category.axis != *axis);
        classification.undecided.retain(|undecided| undecided != axis);
        let place = place.unwrap_or(classification.decided.len());
        classification.decided.insert(place, decided);
    }
}

/// What a person says who chooses the candidate of this rank, 0 being the best.
fn state_of(rank: usize) -> ReviewState {
    if rank == 0 { ReviewState::Confirmed } else { ReviewState::Corrected }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decision(verdict: Verdict) -> Decision {
        let anchor = Anchor { source: Sha256::of(b"x"), locator: Locator::Page(1) };
        Decision { number: 1, at: 0, user: String::new(), anchor, verdict, note: String::new() }
    }

    fn category(axis: &str, name: &str) -> CategoryScore {
        CategoryScore {
            axis: axis.to_owned(),
            code: String::new(),
            path: vec![name.to_owned()],
            score: 2.0,
            reasons: Vec::new(),
            state: ReviewState::Machine,
        }
    }

    #[test]
    fn a_decided_field_has_one_value_or_none() {
        let mut fields = Fields::new();
        let says = |value: Option<&str>| {
            let value = value.map(|value| Sensitive::new(value.to_owned()));
            decision(Verdict::Field { name: "region".to_owned(), value })
        };
        let replaced = amend_fields(&mut fields, &[says(Some("石桥镇")), says(Some("青林镇"))]);
        assert_eq!(replaced["region"], [Sensitive::new("石桥镇")], "what it said is not forgotten");
        let values: Vec<_> =
            fields["region"].iter().map(|value| (value.value.reveal(), value.state)).collect();
        assert_eq!(values, [("青林镇", ReviewState::Corrected)]);
        amend_fields(&mut fields, &[says(None)]);
        assert!(fields.is_empty());
    }

    #[test]
    fn a_decided_category_replaces_those_of_its_axis_alone() {
        let mut found = Classification {
            decided: vec![category("content", "甲"), category("content", "乙"), category("purpose", "丙")],
            candidates: vec![category("content", "甲"), category("content", "乙")],
            undecided: vec!["nature".to_owned()],
        };
        let says = |axis: &str, name: &str| {
            let path = vec![name.to_owned()];
            decision(Verdict::Category { axis: axis.to_owned(), code: String::new(), path })
        };
        amend_classification(&mut found, &[says("content", "乙"), says("nature", "丁")]);
        let decided: Vec<_> =
            found.decided.iter().map(|c| (c.axis.as_str(), c.path[0].as_str(), c.state)).collect();
        let expected = [
            ("content", "乙", ReviewState::Corrected),
            ("purpose", "丙", ReviewState::Machine),
            ("nature", "丁", ReviewState::Corrected),
        ];
        assert_eq!(decided, expected);
        assert_eq!(found.candidates.len(), 2);
        amend_classification(&mut found, &[says("purpose", "丙")]);
        assert_eq!(found.decided[1].state, ReviewState::Confirmed);
        assert!(found.undecided.is_empty());
    }
}
