//! What is indexed of an item's text and of its fields.
//!
//! A long value is nearly always a piece of the text, such as a letter's facts. Its characters are not
//! indexed once more under its field: where in the text it begins and ends is enough to tell what
//! stands inside it (`index/inside.rs`).

use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap};
use std::ops::Range;

use dossier_model::{FieldValue, Folded, Item, ItemText, fold, fold_text};

use super::notation;
use super::tokens::{BREAK, GAP, SAME_PLACE};

/// A value of at least so many bytes is not indexed a second time where it stands in the text.
const LONG: usize = 120;

/// What is indexed of an item's text and of its fields.
#[derive(Default)]
pub(super) struct Streams {
    /// All of the text, folded.
    pub text: Vec<char>,
    /// The values that are indexed character by character, each after its field's name.
    pub fields: Vec<(String, String)>,
    /// Where the others stand in the text, in order, each after its field's name.
    pub spans: Vec<(String, Range<u32>)>,
    /// The title.
    pub title: Vec<char>,
    /// The text with the recogniser's runners-up, each after the character that it is another reading
    /// of, marked by [`SAME_PLACE`]; nothing where there are none.
    pub unsure: Option<Vec<char>>,
    /// Amounts, numbers and dates, as tokens of one notation.
    pub said: BTreeSet<String>,
}

impl Streams {
    /// `apart` names the fields whose values are indexed character by character, however long they are.
    pub fn of(item: &Item, apart: &[String]) -> Streams {
        // Three bytes a Han character.
        let room = item.text.text.len() / 3 + 64;
        let mut streams = Streams { text: Vec::with_capacity(room), ..Streams::default() };
        let mut runs = Vec::new();
        let mut at = 0;
        for (text, start) in runs_with_starts(&item.text) {
            let folded = fold(&text);
            streams.said.extend(notation::said(&folded.chars).into_iter().map(|said| said.token));
            streams.text.extend(&folded.chars);
            streams.text.push(BREAK);
            let length = folded.chars.len() as u32;
            runs.push(Run { text, start, folded, at });
            at += length + GAP;
        }
        for (name, values) in &item.fields {
            let runs = if apart.contains(name) { &[] } else { runs.as_slice() };
            streams.add_field(name, values, runs);
        }
        streams.title = fold(&item.title).chars;
        streams.unsure = unsure(&item.text);
        streams
    }

    fn add_field(&mut self, name: &str, values: &[FieldValue], runs: &[Run<'_>]) {
        let mut spans = Vec::new();
        for value in values {
            let span = runs.iter().find_map(|run| run.span(value));
            if !span.is_some_and(|span| add_span(&mut spans, span)) {
                self.add_value(name, value);
            }
        }
        spans.sort_unstable_by_key(|span| span.start);
        self.spans.extend(spans.into_iter().map(|span| (name.to_owned(), span)));
    }

    /// The value as normalised, and as it stood if that is something else.
    fn add_value(&mut self, name: &str, value: &FieldValue) {
        let (said, raw) = (value.value.reveal(), value.raw.reveal());
        let normal = fold_text(said);
        let other = (raw != said).then(|| fold_text(raw)).filter(|raw| *raw != normal);
        self.fields.extend([Some(normal), other].into_iter().flatten().map(|value| (name.to_owned(), value)));
    }
}

/// Adds a span, unless it is within another. Bounds come in turns, so none may lie across another: of
/// such a one it is false.
fn add_span(spans: &mut Vec<Range<u32>>, span: Range<u32>) -> bool {
    if spans.iter().any(|other| other.start <= span.start && span.end <= other.end) {
        return true;
    }
    let is_apart = spans.iter().all(|other| other.end <= span.start || span.end <= other.start);
    if is_apart {
        spans.push(span);
    }
    is_apart
}

/// Segments that run on, folded.
struct Run<'a> {
    text: Cow<'a, str>,
    /// The offset of its first character in the item's text.
    start: u32,
    folded: Folded,
    /// The place of its first character.
    at: u32,
}

impl Run<'_> {
    /// The places of a long value where it was seen in the run, if it says the same there.
    fn span(&self, value: &FieldValue) -> Option<Range<u32>> {
        let (said, raw) = (value.value.reveal(), value.raw.reveal());
        if said.len() < LONG {
            return None;
        }
        value.evidence.iter().find_map(|seen| {
            let (start, end) = (seen.start.checked_sub(self.start)?, seen.end.checked_sub(self.start)?);
            let (_, after) = split_at_char(&self.text, start as usize)?;
            let (source, _) = split_at_char(after, end.checked_sub(start)? as usize)?;
            let place = |offset: u32| self.folded.origin.partition_point(|origin| *origin < offset);
            let folded = place(start)..place(end);
            let says = |text: &str| {
                text == source
                    || fold_text(text).chars().eq(self.folded.chars[folded.clone()].iter().copied())
            };
            (says(said) && (raw == said || says(raw)))
                .then(|| self.at + folded.start as u32..self.at + folded.end as u32)
        })
    }
}

/// The text before its character `at`, and from there on; nothing if it has not so many.
fn split_at_char(text: &str, at: usize) -> Option<(&str, &str)> {
    let ends = text.char_indices().map(|(end, _)| end).chain([text.len()]);
    ends.skip(at).map(|end| text.split_at(end)).next()
}

fn unsure(text: &ItemText) -> Option<Vec<char>> {
    if text.alternatives.is_empty() {
        return None;
    }
    let mut others: HashMap<u32, Vec<char>> = HashMap::new();
    for other in &text.alternatives {
        others.entry(other.at).or_default().extend(fold_text(&other.reading.to_string()).chars());
    }
    let mut stream = Vec::new();
    for (number, (run, start)) in runs_with_starts(text).into_iter().enumerate() {
        if number > 0 {
            stream.push(BREAK);
        }
        let folded = fold(&run);
        for (c, origin) in folded.chars.iter().zip(&folded.origin) {
            stream.push(*c);
            for other in others.get(&(origin + start)).into_iter().flatten() {
                stream.push(SAME_PLACE);
                stream.push(*other);
            }
        }
    }
    Some(stream)
}

/// The segments of a text, those that run on joined, each with the offset of its first character
/// in the text.
pub(super) fn runs_with_starts(text: &ItemText) -> Vec<(Cow<'_, str>, u32)> {
    let mut runs: Vec<(Cow<'_, str>, u32)> = Vec::new();
    let mut rest = text.text.as_str();
    let mut at = 0;
    let mut next = |count: u32| {
        let (piece, after) = split_at_char(rest, count as usize).unwrap_or((rest, ""));
        rest = after;
        piece
    };
    for segment in &text.segments {
        next(segment.start - at);
        let piece = next(segment.end - segment.start);
        at = segment.end;
        match runs.last_mut().filter(|_| segment.continues) {
            Some((run, _)) => {
                let run = run.to_mut();
                run.push('\n');
                run.push_str(piece);
            }
            None => runs.push((Cow::Borrowed(piece), segment.start)),
        }
    }
    runs
}

#[cfg(test)]
mod tests {
    use dossier_model::{Classification, Fields, Locator, Sha256};

    use super::super::example::seen;
    use super::super::tokens::characters;
    use super::*;

    /// A letter after a number; 40 characters and more in one sentence.
    const FIRST: &str = "去年三月镇里修工业园征了我家的承包地四亩，当时丈量的人没有让我们签字，青苗费和土地补偿款\n至今没有发到户。";
    const SECOND: &str =
        "村里说钱已经拨下来了，镇里又说还没有批复，我们前后跑了六趟都没有结果，年底还是一分钱都没有见到。";

    fn streams(values: &[(&str, FieldValue)], apart: &[&str]) -> Streams {
        let mut text = ItemText::default();
        let source = Sha256::of(b"");
        text.push("B1", source, Locator::Page(1), false);
        text.push(&format!("{FIRST}{SECOND}"), source, Locator::Page(1), false);
        let mut fields = Fields::new();
        for (name, value) in values {
            fields.entry((*name).to_owned()).or_default().push(value.clone());
        }
        let (id, identity, title) = (String::new(), String::new(), String::new());
        let (classification, sources) = (Classification::default(), Vec::new());
        let item = Item { id, identity, title, text, fields, classification, sources, ..Item::default() };
        Streams::of(&item, &apart.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>())
    }

    fn text() -> String {
        format!("B1\n{FIRST}{SECOND}")
    }

    /// What stands where fields' values do in the text that is indexed.
    fn spanned(streams: &Streams) -> Vec<String> {
        let text: Vec<(char, u32)> = characters(&streams.text).collect();
        let within = |span: &Range<u32>| {
            text.iter().filter(|(_, place)| span.contains(place)).map(|(c, _)| c).collect()
        };
        streams.spans.iter().map(|(_, span)| within(span)).collect()
    }

    fn named(name: &str, value: &str) -> (String, String) {
        (name.to_owned(), value.to_owned())
    }

    #[test]
    fn a_long_value_is_where_it_stands_in_the_text() {
        let text = text();
        let whole = FIRST.replace('\n', "");
        let streams = streams(
            &[
                ("facts", seen(&text, SECOND, SECOND)),
                // Without the line break that the text has.
                ("facts", seen(&text, &whole, FIRST)),
                ("seq", seen(&text, "B1", "B1")),
            ],
            &[],
        );
        assert_eq!(spanned(&streams), [fold_text(FIRST), fold_text(SECOND)]);
        assert_eq!(streams.fields, [named("seq", "b1")]);
    }

    #[test]
    fn a_value_inside_another_needs_no_bounds_of_its_own_and_one_across_is_indexed_by_itself() {
        let text = text();
        let chars: Vec<char> = format!("{FIRST}{SECOND}").chars().collect();
        let across: String = chars[20..80].iter().collect();
        let inside: String = chars[2..47].iter().collect();
        let values = [FIRST, &inside, &across].map(|piece| ("facts", seen(&text, piece, piece)));
        let streams = streams(&values, &[]);
        assert_eq!(spanned(&streams), [fold_text(FIRST)]);
        assert_eq!(streams.fields, [named("facts", &fold_text(&across))]);
    }

    #[test]
    fn what_the_text_does_not_say_so_is_indexed_by_itself() {
        let text = text();
        let other = SECOND.replace("六趟", "七趟");
        let values = [("facts", seen(&text, &other, SECOND)), ("demand", seen(&text, SECOND, SECOND))];
        let streams = streams(&values, &["demand"]);
        assert_eq!(streams.spans, []);
        let [normal, raw] = [&other, SECOND].map(fold_text);
        assert_eq!(streams.fields, [named("demand", &raw), named("facts", &normal), named("facts", &raw)]);
    }
}
