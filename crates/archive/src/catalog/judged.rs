//! How the catalog keeps what an item was classified as. What was decided is mostly the best of the
//! candidates: it is said once, among them. Categories and reasons are lists of their parts in their
//! order; records that name the parts are read too.

use std::borrow::Cow;

use dossier_model::{CategoryScore, Classification, Reason};
use serde::ser::SerializeSeq;
use serde::{Deserialize, Serialize, Serializer};

/// A classification as an item's record says it.
#[derive(Serialize, Deserialize)]
pub(super) struct Judged<'a> {
    /// What was decided and is no candidate.
    decided: Vec<Category<'a>>,
    candidates: Vec<Category<'a>>,
    undecided: Cow<'a, [String]>,
    /// Of what was decided each that is a candidate: its place, and the candidate's.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    chosen: Vec<(usize, usize)>,
}

#[derive(Deserialize)]
#[serde(transparent)]
struct Category<'a>(Cow<'a, CategoryScore>);

impl<'a> Judged<'a> {
    pub fn new(classification: &'a Classification) -> Judged<'a> {
        let Classification { decided, candidates, undecided } = classification;
        let candidate = |category: &CategoryScore| candidates.iter().position(|other| other == category);
        let (mut others, mut chosen) = (Vec::new(), Vec::new());
        for (place, category) in decided.iter().enumerate() {
            match candidate(category) {
                Some(at) => chosen.push((place, at)),
                None => others.push(Category(Cow::Borrowed(category))),
            }
        }
        let candidates = candidates.iter().map(|category| Category(Cow::Borrowed(category))).collect();
        Judged { decided: others, candidates, undecided: Cow::Borrowed(undecided), chosen }
    }

    /// The classification; nothing if a candidate is spoken of that is not there.
    pub fn into_classification(self) -> Option<Classification> {
        let owned = |category: Category<'a>| category.0.into_owned();
        let candidates: Vec<CategoryScore> = self.candidates.into_iter().map(owned).collect();
        let mut decided: Vec<CategoryScore> = self.decided.into_iter().map(owned).collect();
        // In the order of their places, so that each finds those before it there.
        for (place, at) in self.chosen {
            let category = candidates.get(at)?.clone();
            (place <= decided.len()).then(|| decided.insert(place, category))?;
        }
        Some(Classification { decided, candidates, undecided: self.undecided.into_owned() })
    }
}

impl Serialize for Category<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let CategoryScore { axis, code, path, score, reasons, state } = &*self.0;
        let said = !state.is_machine();
        let mut parts = serializer.serialize_seq(Some(5 + usize::from(said)))?;
        parts.serialize_element(axis)?;
        parts.serialize_element(code)?;
        parts.serialize_element(path)?;
        parts.serialize_element(score)?;
        parts.serialize_element(&Reasons(reasons))?;
        if said {
            parts.serialize_element(state)?;
        }
        parts.end()
    }
}

struct Reasons<'a>(&'a [Reason]);

impl Serialize for Reasons<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer
            .collect_seq(self.0.iter().map(|one| (&one.rule, &one.phrase, one.start, one.end, one.weight)))
    }
}

#[cfg(test)]
mod tests {
    use dossier_model::ReviewState;

    use super::*;

    fn category(axis: &str, path: &str, reasons: Vec<Reason>, state: ReviewState) -> CategoryScore {
        let path = vec![path.to_owned()];
        CategoryScore { axis: axis.to_owned(), code: "0302".to_owned(), path, score: 2.5, reasons, state }
    }

    fn classification() -> Classification {
        let reason = Reason { rule: "noise".into(), phrase: "噪音".into(), start: 4, end: 6, weight: 2.5 };
        let best = category("content", "环境保护", vec![reason.clone()], ReviewState::Machine);
        let other = category("content", "城乡建设", vec![reason], ReviewState::Machine);
        let by_person = category("content", "农村农业", Vec::new(), ReviewState::Corrected);
        let group = category("group", "个体", Vec::new(), ReviewState::Machine);
        Classification {
            decided: vec![by_person, best.clone(), group],
            candidates: vec![best, other],
            undecided: vec!["nature".to_owned()],
        }
    }

    #[test]
    fn what_was_decided_comes_back_in_its_order_and_is_said_once() {
        let classification = classification();
        let kept = serde_json::to_string(&Judged::new(&classification)).unwrap();
        assert_eq!(kept.matches("环境保护").count(), 1, "{kept}");
        let back: Judged<'_> = serde_json::from_str(&kept).unwrap();
        assert_eq!(back.into_classification(), Some(classification));
    }

    #[test]
    fn records_that_name_the_parts_are_read() {
        let named = serde_json::to_string(&classification()).unwrap();
        let back: Judged<'_> = serde_json::from_str(&named).unwrap();
        assert_eq!(back.into_classification(), Some(classification()));
    }

    #[test]
    fn a_candidate_that_is_not_there_is_none() {
        let broken: Judged<'_> =
            serde_json::from_str(r#"{"decided":[],"candidates":[],"undecided":[],"chosen":[[0,3]]}"#)
                .unwrap();
        assert_eq!(broken.into_classification(), None);
    }
}
