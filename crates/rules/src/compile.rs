//! The rules as they are run: phrases numbered, expressions compiled.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use aho_corasick::{AhoCorasick, MatchKind};
use dossier_fields::{ZoneFinder, expression};
use dossier_model::fold_text;
use dossier_pipeline::{
    AxisSpec, Condition, ExceptSpec, NearSpec, Pipeline, PrecedenceSpec, RuleFile, RuleSpec, Scheme, Scope,
    WordFile,
};
use regex::Regex;

/// All rules of a pipeline, ready to classify.
pub struct Classifier {
    pub(crate) axes: Vec<Axis>,
    /// Every phrase, and every form of it that recognition may have made of it.
    pub(crate) forms: AhoCorasick,
    /// For each form, its phrase.
    pub(crate) phrase_of: Vec<Phrase>,
    /// For each phrase, the rules it may make fire.
    pub(crate) rules_of: Vec<Vec<RuleRef>>,
    /// The expressions of what does not count, each once: axes share many.
    pub(crate) uncounted: Vec<Regex>,
    /// Rules that have an expression.
    pub(crate) with_expression: Vec<RuleRef>,
    /// Rules that ask for no phrase and no expression.
    pub(crate) wordless: Vec<RuleRef>,
    pub(crate) zones: ZoneFinder,
    pub(crate) scheme: Scheme,
    /// The fields whose text counts as the title, and as the demand.
    pub(crate) title_fields: Vec<String>,
    pub(crate) demand_fields: Vec<String>,
    /// The fields of registers whose words do not count.
    pub(crate) unscored_fields: Vec<String>,
    /// The fields that say where an item's matter is, the surest first.
    pub(crate) region_fields: Vec<String>,
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

/// Which rule: its axis, and its place there.
pub(crate) type RuleRef = (usize, usize);
/// The number of a phrase.
pub(crate) type Phrase = usize;
/// The number of an expression of what does not count.
pub(crate) type Uncounted = usize;

pub(crate) struct Axis {
    pub name: String,
    pub spec: AxisSpec,
    pub neutral: Vec<Uncounted>,
    pub denied: Vec<Uncounted>,
    pub rules: Vec<Rule>,
    pub precedence: Vec<Precedence>,
}

pub(crate) struct Rule {
    pub id: String,
    pub path: Vec<String>,
    pub weight: f32,
    pub refines: bool,
    /// In order.
    pub any: Vec<Phrase>,
    pub all: Vec<Phrase>,
    pub none: Vec<Phrase>,
    pub near: Vec<Near>,
    pub except: Except,
    pub regex: Vec<Regex>,
    pub conditions: Vec<Condition>,
    pub scope: Scope,
    pub at_least: usize,
    pub priority: i32,
    pub years: (Option<i32>, Option<i32>),
}

pub(crate) struct Near {
    pub a: Vec<Phrase>,
    pub b: Vec<Phrase>,
    /// The most bytes of folded text between them.
    pub within: usize,
    pub ordered: bool,
}

/// Where the phrases of a rule do not count.
pub(crate) struct Except {
    pub inside: Vec<Phrase>,
    pub near: Vec<Phrase>,
    /// The most bytes of folded text between.
    pub within: usize,
}

pub(crate) struct Precedence {
    pub id: String,
    pub path: Vec<String>,
    pub over: Vec<String>,
    pub when: Vec<Phrase>,
}

/// A Han character has three bytes in UTF-8.
const BYTES_A_CHARACTER: usize = 3;

impl Classifier {
    /// The classifier of a pipeline's rules.
    ///
    /// # Errors
    /// `Regex` or `Phrases`.
    pub fn new(pipeline: &Pipeline) -> Result<Classifier, CompileError> {
        let mut book = PhraseBook::new(&pipeline.words);
        let names: BTreeSet<&str> = pipeline.rules.iter().map(|file| file.axis.as_str()).collect();
        let axes = names.iter().map(|name| axis(name, pipeline, &mut book)).collect::<Result<Vec<_>, _>>()?;
        let (forms, phrase_of) = book.forms();
        Ok(Classifier {
            forms: AhoCorasick::builder().match_kind(MatchKind::Standard).build(&forms)?,
            phrase_of,
            rules_of: rules_of(&axes, book.phrases.len()),
            uncounted: book.uncounted.iter().map(|regex| expression(regex)).collect::<Result<_, _>>()?,
            with_expression: every_rule(&axes)
                .filter(|(_, rule)| !rule.regex.is_empty())
                .map(|(at, _)| at)
                .collect(),
            wordless: every_rule(&axes).filter(|(_, rule)| rule.is_wordless()).map(|(at, _)| at).collect(),
            zones: ZoneFinder::new(&pipeline.letters)?,
            scheme: pipeline.scheme.clone(),
            title_fields: pipeline.manifest.summary.title.clone(),
            demand_fields: pipeline.manifest.summary.demand.clone(),
            unscored_fields: pipeline.manifest.summary.unscored.clone(),
            region_fields: pipeline.manifest.summary.region.clone(),
            axes,
        })
    }

    /// The names of the axes with what they are called in Chinese and English, in order.
    pub fn axes(&self) -> impl Iterator<Item = (&str, &str, &str)> {
        self.axes.iter().map(|axis| (axis.name.as_str(), axis.spec.zh.as_str(), axis.spec.en.as_str()))
    }

    /// The ids of all rules with their axis and path.
    pub fn rules(&self) -> impl Iterator<Item = (&str, &str, &[String])> {
        let rules = self.axes.iter().flat_map(|axis| axis.rules.iter().map(move |rule| (axis, rule)));
        rules.map(|(axis, rule)| (axis.name.as_str(), rule.id.as_str(), rule.path.as_slice()))
    }
}

impl Rule {
    fn is_wordless(&self) -> bool {
        self.any.is_empty() && self.all.is_empty() && self.near.is_empty() && self.regex.is_empty()
    }
}

fn every_rule(axes: &[Axis]) -> impl Iterator<Item = (RuleRef, &Rule)> {
    let numbered = |(at, axis): (usize, &Axis)| (at, axis.rules.len());
    let places =
        axes.iter().enumerate().map(numbered).flat_map(|(at, count)| (0..count).map(move |rule| (at, rule)));
    places.map(|(axis, rule)| ((axis, rule), &axes[axis].rules[rule]))
}

/// For each phrase, the rules of which it is one of the conditions that must hold.
fn rules_of(axes: &[Axis], phrases: usize) -> Vec<Vec<RuleRef>> {
    let mut rules_of = vec![Vec::new(); phrases];
    for (at, rule) in every_rule(axes) {
        let near = rule.near.iter().flat_map(|near| &near.a);
        let asked: BTreeSet<Phrase> = rule.any.iter().chain(&rule.all).chain(near).copied().collect();
        for phrase in asked {
            rules_of[phrase].push(at);
        }
    }
    rules_of
}

/// All that the files say of one axis; their order never matters.
fn axis(name: &str, pipeline: &Pipeline, book: &mut PhraseBook<'_>) -> Result<Axis, CompileError> {
    let files = || pipeline.rules.iter().filter(|file| file.axis == name);
    let spec = files().find_map(|file| file.settings.clone()).unwrap_or(AxisSpec {
        zh: name.to_owned(),
        en: name.to_owned(),
        values: None,
        default: None,
        min_score: 0.0,
        min_lead: 0.0,
        secondary: 1.0,
        title: 1.0,
        fading: 1.0,
        neutral: Vec::new(),
        denied: Vec::new(),
        follows: None,
    });
    let rules = files().flat_map(|file| &file.rules).cloned().chain(files().flat_map(RuleFile::refining));
    let mut rules = rules.map(|rule| book.rule(&rule)).collect::<Result<Vec<_>, _>>()?;
    rules.sort_by(|a, b| a.id.cmp(&b.id));
    let mut precedence: Vec<Precedence> =
        files().flat_map(|file| &file.precedence).map(|spec| book.precedence(spec)).collect();
    precedence.sort_by(|a, b| a.id.cmp(&b.id));
    let (neutral, denied) = (book.uncounted(&spec.neutral), book.uncounted(&spec.denied));
    Ok(Axis { name: name.to_owned(), spec, neutral, denied, rules, precedence })
}

/// Each different phrase once, and each different expression of what does not count.
struct PhraseBook<'a> {
    words: &'a WordFile,
    numbers: HashMap<String, Phrase>,
    phrases: Vec<String>,
    uncounted: Vec<String>,
}

impl<'a> PhraseBook<'a> {
    fn new(words: &'a WordFile) -> PhraseBook<'a> {
        PhraseBook { words, numbers: HashMap::new(), phrases: Vec::new(), uncounted: Vec::new() }
    }

    fn uncounted(&mut self, expressions: &[String]) -> Vec<Uncounted> {
        let mut number = |expression: &String| {
            let known = self.uncounted.iter().position(|known| known == expression);
            known.unwrap_or_else(|| {
                self.uncounted.push(expression.clone());
                self.uncounted.len() - 1
            })
        };
        expressions.iter().map(&mut number).collect()
    }

    fn numbers(&mut self, phrases: &[String]) -> Vec<Phrase> {
        let words = self.words;
        let mut numbers = Vec::new();
        for phrase in words.expand(phrases) {
            let folded = fold_text(&phrase);
            let number = *self.numbers.entry(folded).or_insert_with_key(|folded| {
                self.phrases.push(folded.clone());
                self.phrases.len() - 1
            });
            if !numbers.contains(&number) {
                numbers.push(number);
            }
        }
        numbers
    }

    fn near(&mut self, spec: &NearSpec) -> Near {
        Near {
            a: self.numbers(&spec.a),
            b: self.numbers(&spec.b),
            within: spec.within * BYTES_A_CHARACTER,
            ordered: spec.ordered,
        }
    }

    fn except(&mut self, spec: &ExceptSpec) -> Except {
        let within = spec.within.unwrap_or(0) * BYTES_A_CHARACTER;
        Except { inside: self.numbers(&spec.inside), near: self.numbers(&spec.near), within }
    }

    fn precedence(&mut self, spec: &PrecedenceSpec) -> Precedence {
        let when = self.numbers(&spec.when);
        Precedence { id: spec.id.clone(), path: spec.path.clone(), over: spec.over.clone(), when }
    }

    fn rule(&mut self, spec: &RuleSpec) -> Result<Rule, regex::Error> {
        let mut any = self.numbers(&spec.any);
        any.sort_unstable();
        Ok(Rule {
            id: spec.id.clone(),
            path: spec.path.clone(),
            weight: spec.weight,
            refines: spec.refines,
            any,
            all: self.numbers(&spec.all),
            none: self.numbers(&spec.none),
            near: spec.near.iter().map(|near| self.near(near)).collect(),
            except: self.except(&spec.except),
            regex: spec.regex.iter().map(|regex| expression(regex)).collect::<Result<_, _>>()?,
            conditions: spec.conditions.clone(),
            scope: spec.scope,
            at_least: spec.at_least.max(1),
            priority: spec.priority,
            years: (spec.from, spec.to),
        })
    }

    /// Every phrase as it is, and with each of its characters as recognition may have misread it;
    /// a form that is a phrase of its own, or of two phrases, stands for no other.
    fn forms(&self) -> (Vec<String>, Vec<Phrase>) {
        let mut forms: BTreeMap<String, Option<Phrase>> = BTreeMap::new();
        for (number, phrase) in self.phrases.iter().enumerate() {
            for form in self.misread(phrase) {
                forms.entry(form).and_modify(|known| *known = None).or_insert(Some(number));
            }
        }
        for (number, phrase) in self.phrases.iter().enumerate() {
            forms.insert(phrase.clone(), Some(number));
        }
        forms.into_iter().filter_map(|(form, phrase)| Some((form, phrase?))).unzip()
    }

    fn misread(&self, phrase: &str) -> BTreeSet<String> {
        let chars: Vec<char> = phrase.chars().collect();
        let mut forms = BTreeSet::new();
        // A single character misread is another word.
        for (at, written) in chars.iter().enumerate().filter(|_| chars.len() > 1) {
            let read = self.words.confusions.iter().filter(|confusion| confusion.written == *written);
            for instead in read.flat_map(|confusion| fold_text(&confusion.read).chars().collect::<Vec<_>>()) {
                let mut form = chars.clone();
                form[at] = instead;
                forms.insert(form.into_iter().collect());
            }
        }
        forms
    }
}
