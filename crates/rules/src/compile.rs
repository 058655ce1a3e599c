//! The rules as they are run: phrases numbered, expressions compiled.

use std::collections::HashMap;

use aho_corasick::{AhoCorasick, MatchKind};
use dossier_fields::ZoneFinder;
use dossier_model::fold_text;
use dossier_pipeline::{AxisSpec, Pipeline, RuleSpec, Scheme, Zone};
use regex::Regex;

/// All rules of a pipeline, ready to classify.
pub struct Classifier {
    pub(crate) axes: Vec<Axis>,
    pub(crate) phrases: AhoCorasick,
    pub(crate) zones: ZoneFinder,
    pub(crate) scheme: Scheme,
    /// The fields whose text counts as the title.
    pub(crate) titles: Vec<String>,
}

/// Why rules cannot be compiled; a loaded pipeline has been checked for all but the size.
#[derive(Debug, thiserror::Error)]
pub enum CompileError {
    /// An expression that is none.
    #[error("{0}")]
    Regex(#[from] regex::Error),
    /// More phrases than can be looked up at once.
    #[error("{0}")]
    Phrases(#[from] aho_corasick::BuildError),
}

pub(crate) struct Axis {
    pub name: String,
    pub spec: AxisSpec,
    pub neutral: Vec<Regex>,
    pub rules: Vec<Rule>,
}

/// The number of a phrase.
pub(crate) type Phrase = usize;

pub(crate) struct Rule {
    pub id: String,
    pub path: Vec<String>,
    pub weight: f32,
    pub any: Vec<Phrase>,
    pub all: Vec<Phrase>,
    pub none: Vec<Phrase>,
    pub near: Vec<Near>,
    pub regex: Vec<Regex>,
    pub zone: Zone,
    pub years: (Option<i32>, Option<i32>),
}

pub(crate) struct Near {
    pub a: Vec<Phrase>,
    pub b: Vec<Phrase>,
    /// The most bytes of folded text between them.
    pub within: usize,
}

/// A Han character has three bytes in UTF-8.
const BYTES_A_CHARACTER: usize = 3;

impl Classifier {
    /// The classifier of a pipeline's rules.
    ///
    /// # Errors
    /// `Regex` or `Phrases`.
    pub fn new(pipeline: &Pipeline) -> Result<Classifier, CompileError> {
        let mut book = PhraseBook::default();
        let mut axes: Vec<Axis> = Vec::new();
        for file in &pipeline.rules {
            let rules = file.rules.iter().map(|rule| book.rule(rule)).collect::<Result<Vec<_>, _>>()?;
            match axes.iter_mut().find(|axis| axis.name == file.axis) {
                Some(axis) => axis.rules.extend(rules),
                None => axes.push(axis(&file.axis, pipeline, rules)?),
            }
        }
        for axis in &mut axes {
            // The order of files must never matter.
            axis.rules.sort_by(|a, b| a.id.cmp(&b.id));
        }
        axes.sort_by(|a, b| a.name.cmp(&b.name));
        let phrases = AhoCorasick::builder().match_kind(MatchKind::Standard).build(&book.phrases)?;
        Ok(Classifier {
            axes,
            phrases,
            zones: ZoneFinder::new(&pipeline.letters)?,
            scheme: pipeline.scheme.clone(),
            titles: pipeline.manifest.summary.title.clone(),
        })
    }
}

fn axis(name: &str, pipeline: &Pipeline, rules: Vec<Rule>) -> Result<Axis, CompileError> {
    let settings =
        pipeline.rules.iter().filter(|file| file.axis == name).find_map(|file| file.settings.clone());
    let spec = settings.unwrap_or(AxisSpec {
        min_score: 0.0,
        min_lead: 0.0,
        secondary: 1.0,
        title: 1.0,
        neutral: Vec::new(),
    });
    let neutral = spec.neutral.iter().map(|regex| Regex::new(regex)).collect::<Result<_, _>>()?;
    Ok(Axis { name: name.to_owned(), spec, neutral, rules })
}

/// Each different phrase once.
#[derive(Default)]
struct PhraseBook {
    numbers: HashMap<String, Phrase>,
    phrases: Vec<String>,
}

impl PhraseBook {
    fn number(&mut self, phrase: &str) -> Phrase {
        let folded = fold_text(phrase);
        *self.numbers.entry(folded).or_insert_with_key(|folded| {
            self.phrases.push(folded.clone());
            self.phrases.len() - 1
        })
    }

    fn numbers(&mut self, phrases: &[String]) -> Vec<Phrase> {
        phrases.iter().map(|phrase| self.number(phrase)).collect()
    }

    fn rule(&mut self, spec: &RuleSpec) -> Result<Rule, regex::Error> {
        let near = spec.near.iter().map(|near| Near {
            a: self.numbers(&near.a),
            b: self.numbers(&near.b),
            within: near.within * BYTES_A_CHARACTER,
        });
        let near = near.collect();
        Ok(Rule {
            id: spec.id.clone(),
            path: spec.path.clone(),
            weight: spec.weight,
            any: self.numbers(&spec.any),
            all: self.numbers(&spec.all),
            none: self.numbers(&spec.none),
            near,
            regex: spec.regex.iter().map(|regex| Regex::new(regex)).collect::<Result<_, _>>()?,
            zone: spec.zone,
            years: (spec.from, spec.to),
        })
    }
}
