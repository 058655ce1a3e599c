//! Letters: fields in running text, and where one letter of a file ends and the next begins.

use std::collections::BTreeMap;
use std::ops::Range;

use dossier_model::{
    CellKind, Evidence, FieldValue, Fields, ItemText, Locator, PageContent, PageState, Place, ReviewState,
    Sensitive, fold_text, join_boxes,
};
use dossier_pipeline::{FieldKind, LetterSpec, PatternSpec, Pipeline};
use regex::Regex;

use crate::text::{LetterText, slice};
use crate::values::{Value, region_of, values};
use crate::zones::{ZoneFinder, Zones};

/// Values of which two patterns are not sure enough stay out below this confidence.
const MIN_CONFIDENCE: f32 = 0.3;

/// Finds fields in letters and divides files into letters, as the pipeline says.
pub struct LetterReader {
    spec: LetterSpec,
    zones: ZoneFinder,
    patterns: Vec<Pattern>,
    begins: Vec<Regex>,
    ends: Vec<Regex>,
}

struct Pattern {
    spec: PatternSpec,
    kind: FieldKind,
    regex: Regex,
}

/// A value with the pattern that found it.
struct Candidate<'a> {
    pattern: &'a Pattern,
    value: Value,
    raw: String,
    /// Characters of the letter.
    span: (u32, u32),
}

impl LetterReader {
    /// A reader for the pipeline's letters.
    ///
    /// # Errors
    /// A regular expression that is none; a loaded pipeline has been checked for that.
    pub fn new(pipeline: &Pipeline) -> Result<LetterReader, regex::Error> {
        let spec = pipeline.letters.clone();
        let all = |expressions: &[String]| -> Result<Vec<Regex>, regex::Error> {
            expressions.iter().map(|regex| Regex::new(regex)).collect()
        };
        let patterns = spec
            .patterns
            .iter()
            .map(|spec| {
                let kind = pipeline.field(&spec.field).map(|field| field.kind).unwrap_or_default();
                Ok(Pattern { spec: spec.clone(), kind, regex: Regex::new(&spec.regex)? })
            })
            .collect::<Result<_, regex::Error>>()?;
        Ok(LetterReader {
            zones: ZoneFinder::new(&spec)?,
            patterns,
            begins: all(&spec.division.begins)?,
            ends: all(&spec.division.ends)?,
            spec,
        })
    }

    /// Divides a file's pages into letters: ranges of indices into `pages`. A page begins a letter
    /// when it looks like a beginning and the letter before has come to an end.
    pub fn divide(&self, pages: &[PageContent]) -> Vec<Range<usize>> {
        let mut starts = vec![0];
        let mut ended = false;
        for (index, page) in pages.iter().enumerate() {
            if page.state == PageState::Blank {
                continue;
            }
            let lines: Vec<String> =
                page.text.lines().map(fold_text).filter(|line| !line.is_empty()).collect();
            let reach = self.spec.division.lines.min(lines.len());
            let begins =
                lines[..reach].iter().any(|line| self.begins.iter().any(|regex| regex.is_match(line)));
            if ended && begins {
                starts.push(index);
            }
            ended = lines[lines.len() - reach..]
                .iter()
                .any(|line| self.ends.iter().any(|regex| regex.is_match(line)));
        }
        let ends = starts.iter().skip(1).copied().chain([pages.len()]);
        starts
            .iter()
            .copied()
            .zip(ends)
            .map(|(start, end)| start..end)
            .filter(|range| !range.is_empty())
            .collect()
    }

    /// The fields of a letter whose text was made of `pages`, each page one segment of `text`.
    pub fn read(&self, text: &ItemText, pages: &[PageContent]) -> Fields {
        let letter = LetterText::new(&text.text);
        let zones = self.zones.find(&letter);
        let candidates =
            self.patterns.iter().flat_map(|pattern| self.matches(pattern, text, &letter, &zones));
        let mut by_field: BTreeMap<String, Vec<Candidate<'_>>> = BTreeMap::new();
        for candidate in candidates {
            by_field.entry(candidate.pattern.spec.field.clone()).or_default().push(candidate);
        }
        let mut fields = Fields::new();
        for (field, candidates) in by_field {
            let values = merge(candidates, |span| evidence(text, pages, span));
            if !values.is_empty() {
                fields.insert(field, values);
            }
        }
        fields
    }

    fn matches<'a>(
        &'a self,
        pattern: &'a Pattern,
        text: &ItemText,
        letter: &LetterText,
        zones: &Zones,
    ) -> Vec<Candidate<'a>> {
        let view = if pattern.spec.by_line { &letter.lines } else { &letter.running };
        let zone = zones.range(pattern.spec.zone);
        let (start, end) = (view.byte_at(zone.start), view.byte_at(zone.end));
        let found = pattern.regex.captures_iter(&view.text[start..end]);
        let mut candidates: Vec<Candidate<'_>> = found
            .filter_map(|found| found.name("value").map(|value| value.range()))
            .flat_map(|range| {
                let span = view.source_range(range.start + start..range.end + start);
                self.candidates(pattern, text, span)
            })
            .collect();
        if pattern.spec.last {
            candidates.drain(..candidates.len().saturating_sub(1));
        }
        candidates
    }

    fn candidates<'a>(&self, pattern: &'a Pattern, text: &ItemText, span: (u32, u32)) -> Vec<Candidate<'a>> {
        let raw = slice(&text.text, span);
        let single_line = raw.replace('\n', "");
        let mut source =
            if pattern.kind == FieldKind::Text || raw == single_line { raw.clone() } else { single_line };
        let mut span = span;
        if pattern.kind == FieldKind::Region {
            let Some((start, end)) = region_of(&source) else { return Vec::new() };
            span = (span.0 + start, span.0 + end);
            source = slice(&source, (start, end));
        }
        values(&source, pattern.kind, CellKind::Text)
            .into_iter()
            .filter(|value| pattern.kind != FieldKind::Name || self.is_name(&value.text))
            .map(|mut value| {
                value.text = value.text.replace('\n', "");
                Candidate { pattern, value, raw: raw.clone(), span }
            })
            .collect()
    }

    /// Whether a text can be a person's name: it begins with a surname, has two to four
    /// characters (as many as a compound surname allows), and is no word that only looks so.
    fn is_name(&self, text: &str) -> bool {
        let folded = fold_text(text);
        let length = folded.chars().count();
        let surname = self.spec.surnames.iter().filter(|surname| folded.starts_with(surname.as_str()));
        let longest = surname.map(|surname| surname.chars().count()).max();
        let named = longest.is_some_and(|surname| length > surname && length <= surname + 2);
        named
            && folded.chars().all(|c| dossier_model::is_han(c) || c == '·')
            && !self
                .spec
                .not_names
                .iter()
                .chain(&self.spec.anonymous)
                .any(|word| folded.contains(word.as_str()))
    }
}

/// Candidates of one field become values, the surest first: the same value found by several
/// patterns is surer, and one that asks for a second cue stays out without it.
fn merge(
    candidates: Vec<Candidate<'_>>,
    evidence: impl Fn((u32, u32)) -> (Evidence, f32),
) -> Vec<FieldValue> {
    let mut groups: Vec<(String, Vec<Candidate<'_>>)> = Vec::new();
    for candidate in candidates {
        match groups.iter_mut().find(|(value, _)| *value == candidate.value.text) {
            Some((_, group)) => group.push(candidate),
            None => groups.push((candidate.value.text.clone(), vec![candidate])),
        }
    }
    let mut values: Vec<FieldValue> = Vec::new();
    for (value, group) in groups {
        let patterns: std::collections::BTreeSet<&str> =
            group.iter().map(|candidate| candidate.pattern.spec.id.as_str()).collect();
        let alone = patterns.len() == 1;
        let Some(first) = group.first() else { continue };
        if alone && first.pattern.spec.second_cue {
            continue;
        }
        let mut doubt = 1.0_f32;
        let mut counted = std::collections::BTreeSet::new();
        let mut places = Vec::new();
        for candidate in &group {
            let (place, certainty) = evidence(candidate.span);
            if counted.insert(&candidate.pattern.spec.id) {
                doubt *= 1.0 - candidate.pattern.spec.confidence * candidate.value.confidence * certainty;
            }
            if !places.contains(&place) {
                places.push(place);
            }
        }
        let mut warnings = first.value.warnings.clone();
        warnings.dedup();
        values.push(FieldValue {
            value: Sensitive::new(value),
            raw: Sensitive::new(first.raw.clone()),
            confidence: 1.0 - doubt,
            state: ReviewState::Machine,
            extractor: format!("pattern:{}", patterns.into_iter().collect::<Vec<_>>().join("+")),
            warnings,
            evidence: places,
        });
    }
    values.retain(|value| value.confidence >= MIN_CONFIDENCE);
    values.sort_by(|a, b| b.confidence.total_cmp(&a.confidence));
    values
}

/// Where some characters of a letter stand, and how sure their recognition is.
fn evidence(text: &ItemText, pages: &[PageContent], (start, end): (u32, u32)) -> (Evidence, f32) {
    let segment = text.segment_at(start).or(text.segments.last());
    let page = segment.and_then(|segment| match segment.locator {
        Locator::Page(number) => pages.iter().find(|page| page.number == number),
        Locator::Row { .. } => None,
    });
    let offset = segment.map_or(0, |segment| segment.start);
    let words: Vec<_> = page
        .into_iter()
        .flat_map(|page| page.words_between(start.saturating_sub(offset), end.saturating_sub(offset)))
        .collect();
    let certainty = words.iter().map(|word| word.confidence).fold(1.0, f32::min);
    let place = Place::Page {
        page: page.map_or(0, |page| page.number),
        boxes: join_boxes(words.iter().map(|word| word.bounds)),
    };
    let source = segment.map_or_else(|| dossier_model::Sha256::of(b""), |segment| segment.source);
    (Evidence { source, place, start, end }, certainty)
}
