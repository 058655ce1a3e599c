//! How the catalog keeps texts with their fields: as JSON that says each thing once. A register's
//! row is mostly one long cell, which is also a field's value and its raw form.
//!
//! What there is much of is written without the names of its parts, as a list in their order; records
//! that name them are read too.

use std::borrow::Cow;
use std::collections::BTreeMap;

use dossier_model::{
    Evidence, FieldValue, Fields, ItemText, Locator, PixelBox, Place, ReviewState, Segment, Sensitive,
    Sha256, TextAlternative,
};
use serde::{Deserialize, Serialize, Serializer};

/// A value of at least so many characters is not repeated if the text has it.
const LONG: u32 = 40;

/// A text and its fields.
#[derive(Serialize, Deserialize)]
pub(super) struct Body<'a> {
    text: Cow<'a, str>,
    /// The files that are spoken of below.
    files: Vec<Sha256>,
    segments: Vec<Piece>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    alternatives: Vec<TextAlternative>,
    fields: BTreeMap<Cow<'a, str>, Vec<Value<'a>>>,
}

#[derive(Deserialize)]
struct Piece {
    file: usize,
    at: Locator,
    start: u32,
    end: u32,
    continues: bool,
}

impl Serialize for Piece {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        (self.file, &self.at, self.start, self.end, self.continues).serialize(serializer)
    }
}

#[derive(Serialize, Deserialize)]
struct Value<'a> {
    /// Nothing if it is what the text says at its first evidence.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    value: Option<Cow<'a, str>>,
    /// Nothing if it is the same.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    raw: Option<Cow<'a, str>>,
    confidence: f32,
    #[serde(default, skip_serializing_if = "ReviewState::is_machine")]
    state: ReviewState,
    extractor: Cow<'a, str>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    warnings: Vec<String>,
    evidence: Vec<Seen>,
}

#[derive(Deserialize)]
struct Seen {
    file: usize,
    at: SeenAt,
    start: u32,
    end: u32,
}

impl Serialize for Seen {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        (self.file, &self.at, self.start, self.end).serialize(serializer)
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum SeenAt {
    Page { page: u32, boxes: Vec<PixelBox> },
    Cell { sheet: String, row: u32, cell: String, header: String },
}

impl Serialize for SeenAt {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let enum_name = "SeenAt";
        match self {
            SeenAt::Page { page, boxes } => {
                serializer.serialize_newtype_variant(enum_name, 0, "page", &(page, boxes))
            }
            SeenAt::Cell { sheet, row, cell, header } => {
                serializer.serialize_newtype_variant(enum_name, 1, "cell", &(sheet, row, cell, header))
            }
        }
    }
}

impl<'a> Body<'a> {
    pub fn new(text: &'a ItemText, fields: &'a Fields) -> Body<'a> {
        let mut files = Files::default();
        let bytes = Offsets::of(&text.text);
        let segments = text.segments.iter().map(|segment| Piece {
            file: files.number(segment.source),
            at: segment.locator.clone(),
            start: segment.start,
            end: segment.end,
            continues: segment.continues,
        });
        let segments = segments.collect();
        let value = |value: &'a FieldValue, files: &mut Files| {
            let (said, raw) = (value.value.reveal(), value.raw.reveal());
            Value {
                value: (!said_by(&text.text, &bytes, value)).then_some(Cow::Borrowed(said)),
                raw: (raw != said).then_some(Cow::Borrowed(raw)),
                confidence: value.confidence,
                state: value.state,
                extractor: Cow::Borrowed(&value.extractor),
                warnings: value.warnings.clone(),
                evidence: value.evidence.iter().map(|evidence| Seen::of(evidence, files)).collect(),
            }
        };
        let fields = fields
            .iter()
            .map(|(name, values)| {
                let values = values.iter().map(|one| value(one, &mut files)).collect();
                (Cow::Borrowed(name.as_str()), values)
            })
            .collect();
        let alternatives = text.alternatives.clone();
        Body { text: Cow::Borrowed(&text.text), files: files.0, segments, alternatives, fields }
    }

    /// The text and its fields; nothing if a file or a place is spoken of that is not there.
    pub fn into_parts(self) -> Option<(ItemText, Fields)> {
        let Body { text, files, segments, alternatives, fields } = self;
        let text = text.into_owned();
        let bytes = Offsets::of(&text);
        let segment = |piece: Piece| {
            let source = *files.get(piece.file)?;
            let Piece { at: locator, start, end, continues, .. } = piece;
            Some(Segment { source, locator, start, end, continues })
        };
        let segments = segments.into_iter().map(segment).collect::<Option<_>>()?;
        let value = |value: Value<'a>| {
            let evidence: Vec<Evidence> =
                value.evidence.into_iter().map(|seen| seen.evidence(&files)).collect::<Option<_>>()?;
            let said = match value.value {
                Some(said) => said.into_owned(),
                None => {
                    let first = evidence.first()?;
                    bytes.slice(&text, first.start, first.end)?.to_owned()
                }
            };
            let raw = value.raw.map_or_else(|| said.clone(), Cow::into_owned);
            Some(FieldValue {
                value: Sensitive::new(said),
                raw: Sensitive::new(raw),
                confidence: value.confidence,
                state: value.state,
                extractor: value.extractor.into_owned(),
                warnings: value.warnings,
                evidence,
            })
        };
        let field = |(name, values): (Cow<'a, str>, Vec<Value<'a>>)| {
            Some((name.into_owned(), values.into_iter().map(value).collect::<Option<_>>()?))
        };
        let fields = fields.into_iter().map(field).collect::<Option<_>>()?;
        Some((ItemText { text, segments, alternatives }, fields))
    }
}

impl Seen {
    fn of(evidence: &Evidence, files: &mut Files) -> Seen {
        let at = match &evidence.place {
            Place::Page { page, boxes } => SeenAt::Page { page: *page, boxes: boxes.clone() },
            Place::Cell { sheet, row, cell, header } => {
                SeenAt::Cell { sheet: sheet.clone(), row: *row, cell: cell.clone(), header: header.clone() }
            }
        };
        Seen { file: files.number(evidence.source), at, start: evidence.start, end: evidence.end }
    }

    fn evidence(self, files: &[Sha256]) -> Option<Evidence> {
        let place = match self.at {
            SeenAt::Page { page, boxes } => Place::Page { page, boxes },
            SeenAt::Cell { sheet, row, cell, header } => Place::Cell { sheet, row, cell, header },
        };
        Some(Evidence { source: *files.get(self.file)?, place, start: self.start, end: self.end })
    }
}

/// Files by number, in the order of their first mention.
#[derive(Default)]
struct Files(Vec<Sha256>);

impl Files {
    fn number(&mut self, file: Sha256) -> usize {
        self.0.iter().position(|known| *known == file).unwrap_or_else(|| {
            self.0.push(file);
            self.0.len() - 1
        })
    }
}

/// Whether the text says a long value at its first evidence.
fn said_by(text: &str, bytes: &Offsets, value: &FieldValue) -> bool {
    value.evidence.first().is_some_and(|seen| {
        seen.end.saturating_sub(seen.start) >= LONG
            && bytes.slice(text, seen.start, seen.end) == Some(value.value.reveal())
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
        let kept = serde_json::to_string(&Body::new(&text, &fields)).unwrap();
        assert_eq!(kept.matches(&long).count(), 2, "in the text, and where no evidence points to it: {kept}");
        let back: Body<'_> = serde_json::from_str(&kept).unwrap();
        assert_eq!(back.into_parts(), Some((text, fields)));
    }

    #[test]
    fn records_that_name_the_parts_of_what_they_list_are_read() {
        let named = r#"{"text":"甲","files":["2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae"],
            "segments":[{"file":0,"at":{"page":1},"start":0,"end":1,"continues":true}],
            "fields":{"name":[{"value":"甲","confidence":1.0,"extractor":"a","evidence":[
                {"file":0,"at":{"page":{"page":1,"boxes":[[1,2,3,4]]}},"start":0,"end":1},
                {"file":0,"at":{"cell":{"sheet":"x","row":2,"cell":"A2","header":"h"}},"start":0,"end":1}]}]}}"#;
        let parts = serde_json::from_str::<Body<'_>>(named).unwrap().into_parts().unwrap();
        let listed = serde_json::to_string(&Body::new(&parts.0, &parts.1)).unwrap();
        assert!(listed.contains(r#"[0,{"cell":["x",2,"A2","h"]},0,1]"#), "{listed}");
        assert_eq!(serde_json::from_str::<Body<'_>>(&listed).unwrap().into_parts(), Some(parts));
    }

    #[test]
    fn a_record_that_speaks_of_what_is_not_there_is_none() {
        let broken = r#"{"text":"甲","files":[],"segments":[{"file":0,"at":{"page":1},"start":0,"end":1,"continues":false}],"fields":{}}"#;
        let body: Body<'_> = serde_json::from_str(broken).unwrap();
        assert!(body.into_parts().is_none());
    }
}
