//! How the catalog keeps texts with their fields: as JSON that says each thing once. A register's
//! row is mostly one long cell, which is also a field's value and its raw form; and what is found in it
//! stands in the same few cells.
//!
//! What there is much of is written without the names of its parts, as a list in their order.

mod before;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use dossier_model::{
    Evidence, FieldValue, Fields, ItemText, Locator, PixelBox, Place, ReviewState, Segment, Sensitive,
    Sha256, TextAlternative,
};
use serde::ser::SerializeSeq;
use serde::{Deserialize, Serialize, Serializer};

/// What has at least so many characters is not repeated if the text says it.
const LONG: u32 = 12;

/// A text and its fields.
#[derive(Serialize, Deserialize)]
pub(super) struct Body<'a> {
    text: Cow<'a, str>,
    /// The files that are spoken of below.
    files: Vec<Sha256>,
    #[serde(default)]
    runs: Vec<Run<'a>>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    alternatives: Vec<TextAlternative>,
    /// The places that values speak of, each with its file.
    #[serde(default)]
    places: Vec<(usize, At)>,
    #[serde(default)]
    values: BTreeMap<Cow<'a, str>, Vec<Value<'a>>>,
    /// The segments of a record of before.
    #[serde(default, skip_serializing)]
    segments: Vec<before::Piece>,
    /// The fields of a record of before.
    #[serde(default, skip_serializing)]
    fields: before::Values,
}

/// Segments from one place, as the cells of a row are: its file, where in it, whether they go on from
/// what is before them, and where they begin and end.
#[derive(Serialize, Deserialize)]
struct Run<'a>(usize, Cow<'a, Locator>, bool, Vec<(u32, u32)>);

/// A value; the end of its list is left out if it says nothing.
#[derive(Deserialize)]
struct Value<'a> {
    /// Nothing if it is what the text says at its first evidence.
    value: Option<Cow<'a, str>>,
    /// Nothing if it is the same.
    raw: Option<Cow<'a, str>>,
    confidence: f32,
    extractor: Cow<'a, str>,
    /// The place's number, and the characters of the text.
    evidence: Vec<(usize, u32, u32)>,
    #[serde(default)]
    state: ReviewState,
    #[serde(default)]
    warnings: Cow<'a, [String]>,
    /// Whether the raw form is what the text says at the first evidence.
    #[serde(default)]
    stands: bool,
}

impl Serialize for Value<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Value { value, raw, confidence, extractor, evidence, state, warnings, stands } = self;
        let further = match (stands, warnings.is_empty(), state.is_machine()) {
            (true, ..) => 3,
            (_, false, _) => 2,
            (.., false) => 1,
            _ => 0,
        };
        let mut parts = serializer.serialize_seq(Some(5 + further))?;
        parts.serialize_element(value)?;
        parts.serialize_element(raw)?;
        parts.serialize_element(confidence)?;
        parts.serialize_element(extractor)?;
        parts.serialize_element(evidence)?;
        if further > 0 {
            parts.serialize_element(state)?;
        }
        if further > 1 {
            parts.serialize_element(warnings)?;
        }
        if further > 2 {
            parts.serialize_element(stands)?;
        }
        parts.end()
    }
}

/// A place in a file.
#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum At {
    Page { page: u32, boxes: Vec<PixelBox> },
    Cell { sheet: Arc<str>, row: u32, cell: Arc<str>, header: Arc<str> },
}

impl Serialize for At {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let enum_name = "At";
        match self {
            At::Page { page, boxes } => {
                serializer.serialize_newtype_variant(enum_name, 0, "page", &(page, boxes))
            }
            At::Cell { sheet, row, cell, header } => {
                serializer.serialize_newtype_variant(enum_name, 1, "cell", &(sheet, row, cell, header))
            }
        }
    }
}

impl At {
    fn of(place: &Place) -> At {
        match place.clone() {
            Place::Page { page, boxes } => At::Page { page, boxes },
            Place::Cell { sheet, row, cell, header } => At::Cell { sheet, row, cell, header },
        }
    }

    fn into_place(self) -> Place {
        match self {
            At::Page { page, boxes } => Place::Page { page, boxes },
            At::Cell { sheet, row, cell, header } => Place::Cell { sheet, row, cell, header },
        }
    }
}

impl<'a> Body<'a> {
    pub fn new(text: &'a ItemText, fields: &'a Fields) -> Body<'a> {
        let mut spoken_of = SpokenOf::default();
        let runs = runs(&text.segments, &mut spoken_of);
        let bytes = Offsets::of(&text.text);
        let mut values = BTreeMap::new();
        for (name, of_name) in fields {
            let of_name =
                of_name.iter().map(|value| Value::of(value, (&text.text, &bytes), &mut spoken_of)).collect();
            values.insert(Cow::Borrowed(name.as_str()), of_name);
        }
        Body {
            text: Cow::Borrowed(&text.text),
            files: spoken_of.files,
            runs,
            alternatives: text.alternatives.clone(),
            places: spoken_of.places.into_iter().map(|(file, place)| (file, At::of(place))).collect(),
            values,
            segments: Vec::new(),
            fields: before::Values::new(),
        }
    }

    /// The text and its fields; nothing if a file or a place is spoken of that is not there.
    pub fn into_parts(self) -> Option<(ItemText, Fields)> {
        let Body { text, files, runs, alternatives, places, values, segments, fields } = self;
        let text = text.into_owned();
        let bytes = Offsets::of(&text);
        let mut segments = before::segments(segments, &files)?;
        for Run(file, at, continues, bounds) in runs {
            let source = *files.get(file)?;
            segments.extend(bounds.into_iter().map(|(start, end)| {
                let locator = at.clone().into_owned();
                Segment { source, locator, start, end, continues }
            }));
        }
        let mut fields = before::fields(fields, &files, &text, &bytes)?;
        let place = |(file, at): (usize, At)| Some((*files.get(file)?, at.into_place()));
        let places: Vec<(Sha256, Place)> = places.into_iter().map(place).collect::<Option<_>>()?;
        for (name, values) in values {
            let values = values.into_iter().map(|value| value.field_value(&places, (&text, &bytes)));
            fields.insert(name.into_owned(), values.collect::<Option<_>>()?);
        }
        Some((ItemText { text, segments, alternatives }, fields))
    }
}

/// Segments, those from one place together.
fn runs<'a>(segments: &'a [Segment], spoken_of: &mut SpokenOf<'a>) -> Vec<Run<'a>> {
    let together = |one: &Segment, next: &Segment| {
        (one.source, &one.locator, one.continues) == (next.source, &next.locator, next.continues)
    };
    let run = |run: &'a [Segment]| {
        let Segment { source, locator, continues, .. } = run.first()?;
        let bounds = run.iter().map(|segment| (segment.start, segment.end)).collect();
        Some(Run(spoken_of.file(*source), Cow::Borrowed(locator), *continues, bounds))
    };
    segments.chunk_by(together).filter_map(run).collect()
}

impl<'a> Value<'a> {
    fn of(value: &'a FieldValue, (text, bytes): (&str, &Offsets), spoken_of: &mut SpokenOf<'a>) -> Value<'a> {
        let (said, raw) = (value.value.reveal(), value.raw.reveal());
        let first = value.evidence.first().filter(|seen| seen.end.saturating_sub(seen.start) >= LONG);
        let at_first = first.and_then(|seen| bytes.slice(text, seen.start, seen.end));
        let stands = raw != said && at_first == Some(raw);
        Value {
            value: (at_first != Some(said)).then_some(Cow::Borrowed(said)),
            raw: (raw != said && !stands).then_some(Cow::Borrowed(raw)),
            confidence: value.confidence,
            extractor: Cow::Borrowed(&value.extractor),
            evidence: value.evidence.iter().map(|at| (spoken_of.place(at), at.start, at.end)).collect(),
            state: value.state,
            warnings: Cow::Borrowed(&value.warnings),
            stands,
        }
    }

    fn field_value(self, places: &[(Sha256, Place)], (text, bytes): (&str, &Offsets)) -> Option<FieldValue> {
        let seen = |(number, start, end): (usize, u32, u32)| {
            let (source, place) = places.get(number)?.clone();
            Some(Evidence { source, place, start, end })
        };
        let evidence: Vec<Evidence> = self.evidence.into_iter().map(seen).collect::<Option<_>>()?;
        let at_first = || bytes.first(text, &evidence).map(str::to_owned);
        let said = self.value.map_or_else(at_first, |said| Some(said.into_owned()))?;
        let raw = match self.raw {
            Some(raw) => raw.into_owned(),
            None if self.stands => at_first()?,
            None => said.clone(),
        };
        Some(FieldValue {
            value: Sensitive::new(said),
            raw: Sensitive::new(raw),
            confidence: self.confidence,
            state: self.state,
            extractor: self.extractor.into_owned(),
            warnings: self.warnings.into_owned(),
            evidence,
        })
    }
}

/// Files and places by number, in the order of their first mention.
#[derive(Default)]
struct SpokenOf<'a> {
    files: Vec<Sha256>,
    places: Vec<(usize, &'a Place)>,
}

impl<'a> SpokenOf<'a> {
    fn file(&mut self, file: Sha256) -> usize {
        number(&mut self.files, file)
    }

    fn place(&mut self, evidence: &'a Evidence) -> usize {
        let place = (self.file(evidence.source), &evidence.place);
        number(&mut self.places, place)
    }
}

fn number<T: PartialEq>(list: &mut Vec<T>, one: T) -> usize {
    list.iter().position(|known| *known == one).unwrap_or_else(|| {
        list.push(one);
        list.len() - 1
    })
}

/// Where a text's characters begin, in bytes.
struct Offsets(Vec<u32>);

impl Offsets {
    fn of(text: &str) -> Offsets {
        let begins = text.char_indices().map(|(at, _)| at as u32);
        Offsets(begins.chain([text.len() as u32]).collect())
    }

    fn slice<'a>(&self, text: &'a str, start: u32, end: u32) -> Option<&'a str> {
        let at = |offset: u32| self.0.get(offset as usize).map(|at| *at as usize);
        text.get(at(start)?..at(end)?)
    }

    /// What the text says at the first of some evidence.
    fn first<'a>(&self, text: &'a str, evidence: &[Evidence]) -> Option<&'a str> {
        let first = evidence.first()?;
        self.slice(text, first.start, first.end)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_comes_back_the_same_and_says_long_things_once() {
        let file = Sha256::of(b"register");
        let row = Locator::Row { sheet: "2019".to_owned(), row: 4 };
        let long = "村道三年失修，雨天无法通行。".repeat(5);
        let mut text = ItemText::default();
        text.push("钱守信", file, row.clone(), false);
        let start = text.push(&long, Sha256::of(b"scan"), Locator::Page(2), true);
        text.alternatives.push(TextAlternative { at: 1, reading: '字', probability: 0.25 });
        let value = |value: &str, raw: &str, (start, end): (u32, u32)| FieldValue {
            value: Sensitive::new(value),
            raw: Sensitive::new(raw),
            confidence: 0.5,
            state: ReviewState::Corrected,
            extractor: "column:内容".to_owned(),
            warnings: vec!["doubtful".to_owned()],
            evidence: vec![Evidence {
                source: file,
                place: Place::Page { page: 2, boxes: vec![[1, 2, 3, 4]] },
                start,
                end,
            }],
        };
        let end = start + long.chars().count() as u32;
        let mut fields = Fields::new();
        fields.insert("text".to_owned(), vec![value(&long, &long, (start, end))]);
        fields.insert(
            "name".to_owned(),
            vec![value("钱守信", "钱 守信", (0, 3)), value("另一人", "另一人", (0, 99))],
        );
        fields.insert(
            "decided".to_owned(),
            vec![FieldValue { evidence: Vec::new(), ..value(&long, &long, (0, 1)) }],
        );
        fields.insert("kind".to_owned(), vec![value("来信", &long, (start, end))]);
        fields.insert(
            "sure".to_owned(),
            vec![FieldValue {
                state: ReviewState::Machine,
                warnings: Vec::new(),
                ..value("甲", "甲", (0, 1))
            }],
        );
        let kept = serde_json::to_string(&Body::new(&text, &fields)).unwrap();
        assert!(kept.contains(r#""sure":[["甲",null,0.5,"column:内容",[[0,0,1]]]]"#), "{kept}");
        assert_eq!(kept.matches("[1,2,3,4]").count(), 1, "each place once: {kept}");
        assert_eq!(kept.matches(&long).count(), 2, "in the text, and where no evidence points to it: {kept}");
        let back: Body<'_> = serde_json::from_str(&kept).unwrap();
        assert_eq!(back.into_parts(), Some((text, fields)));
    }

    #[test]
    fn records_of_before_are_read() {
        let file = "2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae";
        let named = r#"{"file":0,"at":{"page":1},"start":0,"end":1,"continues":true}"#;
        let seen_by_name = r#"{"file":0,"at":{"page":{"page":1,"boxes":[[1,2,3,4]]}},"start":0,"end":1},
            {"file":0,"at":{"cell":{"sheet":"x","row":2,"cell":"A2","header":"h"}},"start":0,"end":1}"#;
        let listed = r#"[0,{"page":1},0,1,true]"#;
        let seen_as_list = r#"[0,{"page":[1,[[1,2,3,4]]]},0,1],[0,{"cell":["x",2,"A2","h"]},0,1]"#;
        let read = |segment: &str, seen: &str| {
            let record = format!(
                r#"{{"text":"甲","files":["{file}"],"segments":[{segment}],"fields":{{"name":[
                    {{"value":"乙","confidence":1.0,"extractor":"a","evidence":[{seen}]}},
                    {{"raw":"丙","confidence":0.5,"extractor":"b","warnings":["w"],"evidence":[{seen}]}}]}}}}"#
            );
            serde_json::from_str::<Body<'_>>(&record).unwrap().into_parts().unwrap()
        };
        let (text, fields) = read(named, seen_by_name);
        assert_eq!(read(listed, seen_as_list), (text.clone(), fields.clone()));
        let said: Vec<_> = fields["name"].iter().map(|v| (v.value.reveal(), v.raw.reveal())).collect();
        assert_eq!(said, [("乙", "乙"), ("甲", "丙")]);
        let source = file.parse().unwrap();
        let whole = Segment { source, locator: Locator::Page(1), start: 0, end: 1, continues: true };
        assert_eq!(text.segments, [whole]);
        let places: Vec<&Place> = fields["name"][0].evidence.iter().map(|at| &at.place).collect();
        let cell = Place::Cell { sheet: "x".into(), row: 2, cell: "A2".into(), header: "h".into() };
        assert_eq!(places, [&Place::Page { page: 1, boxes: vec![[1, 2, 3, 4]] }, &cell]);
        let now = serde_json::to_string(&Body::new(&text, &fields)).unwrap();
        assert!(now.contains(r#"[[0,0,1],[1,0,1]]"#), "{now}");
        assert_eq!(serde_json::from_str::<Body<'_>>(&now).unwrap().into_parts(), Some((text, fields)));
    }

    #[test]
    fn a_record_that_speaks_of_what_is_not_there_is_none() {
        for broken in [
            r#"{"text":"甲","files":[],"runs":[[0,{"page":1},false,[[0,1]]]],"places":[],"values":{}}"#,
            r#"{"text":"甲","files":[],"runs":[],"places":[[0,{"page":[1,[]]}]],"values":{}}"#,
            r#"{"text":"甲","files":[],"values":{"a":[["x",null,0.5,"e",[[0,0,1]]]]}}"#,
            r#"{"text":"甲","files":[],"values":{"a":[[null,null,0.5,"e",[]]]}}"#,
            r#"{"text":"甲","files":[],"segments":[{"file":0,"at":{"page":1},"start":0,"end":1,"continues":false}]}"#,
        ] {
            let body: Body<'_> = serde_json::from_str(broken).unwrap();
            assert!(body.into_parts().is_none(), "{broken}");
        }
    }
}
