//! What a letter tells: of one of its zones, what remains when the introduction, the demands and what is
//! said out of politeness are taken out. Each unbroken passage is a value.

use std::ops::Range;

use dossier_model::fold_text;
use dossier_pipeline::{FieldKind, NarrativeSpec, Pipeline};

use super::Letter;
use super::candidate::{Candidate, Finder};
use super::choose::{Group, Spans, Verdict, grouped};
use crate::expression::AnyOf;
use crate::text::FoldedText;
use crate::values::Value;

/// The finder's name, shown with its values.
const ID: &str = "narrative";
/// A clause of no more characters may stand among those of an introduction.
const SHORT: usize = 8;

pub(super) struct Narrative {
    spec: NarrativeSpec,
    /// Of the fields that introduce the writer, those that name people.
    names: Vec<String>,
    introduction: AnyOf,
    apart: AnyOf,
}

/// What other values have of a letter.
struct Taken {
    /// The characters that are no part of the narrative.
    without: Spans,
    /// The characters by which the writer is introduced.
    introducing: Spans,
    /// The characters whose sentences are no part of it.
    apart: Spans,
    /// The names of those who write, folded, wherever they stand.
    names: Vec<String>,
}

impl Narrative {
    /// # Errors
    /// A regular expression that is none; a loaded pipeline has been checked for that.
    pub(super) fn new(pipeline: &Pipeline) -> Result<Option<Narrative>, regex::Error> {
        let is_name =
            |field: &&String| pipeline.field(field).is_some_and(|field| field.kind == FieldKind::Name);
        let narrative = |spec: &NarrativeSpec| {
            let names = spec.introduced_by.iter().filter(is_name).cloned().collect();
            let (introduction, apart) = (AnyOf::new(&spec.introduction)?, AnyOf::new(&spec.apart)?);
            Ok(Narrative { introduction, apart, names, spec: spec.clone() })
        };
        pipeline.letters.narrative.as_ref().map(narrative).transpose()
    }

    /// The letter's passages, in its order, beside the values that stand otherwise.
    pub(super) fn passages<'a>(&'a self, letter: &'a Letter, others: &[Group<'_>]) -> Vec<Group<'a>> {
        if letter.kinds.iter().any(|kind| self.spec.not_kinds.contains(&kind.id)) {
            return Vec::new();
        }
        let taken = Taken {
            without: taken(others, &self.spec.without, letter.text.len()),
            introducing: taken(others, &self.spec.introduced_by, letter.text.len()),
            apart: taken(others, &self.spec.apart_by, letter.text.len()),
            names: standing(others, &self.names).map(|group| fold_text(group.value())).collect(),
        };
        let view = &letter.view.running;
        let told = joined(self.pieces(letter, &taken).filter_map(|piece| self.told(view, piece, &taken)));
        let long =
            |piece: &Range<usize>| view.text[piece.clone()].chars().count() >= self.spec.characters_at_least;
        let candidates = told.into_iter().filter(long).map(|piece| self.candidate(letter, piece));
        let mut groups: Vec<Group<'a>> = grouped(candidates).collect();
        groups.sort_by_key(Group::start);
        groups
    }

    /// The zone's sentences without what other fields have of them.
    fn pieces<'l>(
        &self,
        letter: &'l Letter,
        taken: &'l Taken,
    ) -> impl Iterator<Item = Range<usize>> + use<'l> {
        let view = &letter.view.running;
        let zone = letter.zones.range(self.spec.zone);
        let zone = view.byte_at(zone.start)..view.byte_at(zone.end);
        let sentences = letter.sentences.iter().map(move |s| s.start.max(zone.start)..s.end.min(zone.end));
        sentences.filter(|sentence| sentence.start < sentence.end).flat_map(|sentence| {
            let whole = !taken.without.meet(view.source_range(sentence.clone()));
            if whole { vec![sentence] } else { free(view, sentence, &taken.without) }
        })
    }

    /// What a piece tells once the clauses are gone that introduce the writer.
    fn told(&self, view: &FoldedText, piece: Range<usize>, taken: &Taken) -> Option<Range<usize>> {
        let told = self.introduced(view, piece.clone(), taken)..piece.end;
        let words = &view.text[told.clone()];
        let apart = taken.apart.meet(view.source_range(told.clone()));
        (!words.is_empty() && !apart && !self.apart.is_match(words)).then_some(told)
    }

    /// Where the clauses end that introduce the writer. A short one among them, such as a bare name, does
    /// so too.
    fn introduced(&self, view: &FoldedText, piece: Range<usize>, taken: &Taken) -> usize {
        let mut end = piece.start;
        let mut at = piece.start;
        for clause in view.text[piece].split_inclusive([',', ';', ':']) {
            let here = at..at + clause.len();
            at = here.end;
            let introduces = || taken.introducing.meet(view.source_range(here.clone()));
            let names = || taken.names.iter().any(|name| clause.contains(name.as_str()));
            if self.introduction.is_match(clause) || introduces() || names() {
                end = here.end;
            } else if end < here.start || clause.chars().count() > SHORT {
                break;
            }
        }
        end
    }

    fn candidate<'a>(&'a self, letter: &'a Letter, piece: Range<usize>) -> Candidate<'a> {
        let span = letter.view.running.source_range(piece);
        let raw = letter.text.slice(span);
        let value = Value { text: raw.replace('\n', ""), span, confidence: 1.0, warnings: Vec::new() };
        let finder = Finder::new(ID, self.spec.confidence);
        Candidate { finder, field: &self.spec.field, value, raw, span }
    }
}

/// The parts of a sentence of which `without` has no character.
fn free(view: &FoldedText, sentence: Range<usize>, without: &Spans) -> Vec<Range<usize>> {
    let characters = view.text[sentence.clone()].char_indices();
    let characters = characters.map(|(at, c)| sentence.start + at..sentence.start + at + c.len_utf8());
    joined(characters.filter(|character| !without.meet(view.source_range(character.clone()))))
}

/// The characters of the values of some fields that stand.
fn taken(groups: &[Group<'_>], fields: &[String], length: usize) -> Spans {
    let mut spans = Spans::default();
    for group in standing(groups, fields) {
        group.spans().for_each(|span| spans.add(span, length));
    }
    spans
}

/// The values of some fields that stand.
fn standing<'a, 'b>(groups: &'a [Group<'b>], fields: &'a [String]) -> impl Iterator<Item = &'a Group<'b>> {
    let of = |group: &&Group<'_>| group.verdict == Verdict::Kept && fields.iter().any(|f| f == group.field);
    groups.iter().filter(of)
}

/// Pieces between which nothing stands are one.
fn joined(pieces: impl Iterator<Item = Range<usize>>) -> Vec<Range<usize>> {
    let mut joined: Vec<Range<usize>> = Vec::new();
    for piece in pieces {
        match joined.last_mut() {
            Some(last) if last.end == piece.start => last.end = piece.end,
            _ => joined.push(piece),
        }
    }
    joined
}
