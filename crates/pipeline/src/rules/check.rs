//! What is wrong with the rules of a pipeline, beyond their form.

use std::collections::{BTreeSet, HashMap, HashSet};

use dossier_model::fold_text;
use regex::Regex;

use super::{FollowSpec, LEVELS, RuleFile, RuleSpec, WordFile};
use crate::parse::distance;
use crate::{FieldSpec, Scheme};

/// What the rules are checked against.
pub(crate) struct Setting<'a> {
    pub scheme: &'a Scheme,
    pub fields: &'a [FieldSpec],
    pub words: &'a WordFile,
}

/// A file's name, its text, and what it says.
pub(crate) type Parsed = (String, String, RuleFile);

/// All faults: the file's name, and what is wrong, with its line.
pub(crate) fn check(files: &[Parsed], setting: &Setting<'_>) -> Vec<(String, String)> {
    let mut check = Check { setting, faults: Vec::new(), used: BTreeSet::new(), ids: HashMap::new() };
    check.axes(files);
    for (name, text, file) in files {
        check.file(name, text, file, files);
    }
    check.dead_lists();
    check.faults
}

struct Check<'a> {
    setting: &'a Setting<'a>,
    faults: Vec<(String, String)>,
    used: BTreeSet<String>,
    ids: HashMap<String, String>,
}

impl Check<'_> {
    fn fault(&mut self, file: &str, text: &str, id: &str, what: &str) {
        let line = line_of_id(text, id).map(|line| format!("line {line}: ")).unwrap_or_default();
        self.faults.push((file.to_owned(), format!("{line}`{id}`: {what}")));
    }

    fn axes(&mut self, files: &[Parsed]) {
        let axes: BTreeSet<&str> = files.iter().map(|(_, _, file)| file.axis.as_str()).collect();
        for axis in axes {
            let settings: Vec<_> =
                files.iter().filter(|(_, _, file)| file.axis == axis && file.settings.is_some()).collect();
            if settings.len() != 1 {
                let what = format!(
                    "axis `{axis}` needs [settings] in exactly one of its files, not in {}",
                    settings.len()
                );
                self.faults.push(("rules".to_owned(), what));
            }
        }
    }

    fn file(&mut self, name: &str, text: &str, file: &RuleFile, files: &[Parsed]) {
        let settings = files
            .iter()
            .find_map(|(_, _, other)| other.settings.as_ref().filter(|_| other.axis == file.axis));
        let values = settings.and_then(|settings| settings.values.clone());
        if let Some(settings) = &file.settings {
            for regex in settings.neutral.iter().chain(&settings.denied) {
                if let Err(error) = Regex::new(regex) {
                    self.faults.push((name.to_owned(), format!("[settings]: {error}")));
                }
            }
            let values = settings.values.iter().flatten();
            if let Some(default) = &settings.default
                && !values.clone().any(|value| value == default)
            {
                let what = format!("[settings]: the default `{default}` is none of the values");
                self.faults.push((name.to_owned(), what));
            }
            if let Some(follows) = &settings.follows {
                self.follows(name, text, follows, settings.values.as_deref(), files);
            }
        }
        for rule in &file.rules {
            self.id(name, text, &rule.id);
            self.path(name, text, &rule.id, &rule.path, values.as_deref());
            self.rule(name, text, rule);
        }
        for rule in file.refining() {
            self.id(name, text, &rule.id);
            self.path(name, text, &rule.id, &rule.path, values.as_deref());
            self.rule(name, text, &rule);
        }
        for precedence in &file.precedence {
            self.id(name, text, &precedence.id);
            self.words(name, text, &precedence.id, &precedence.when);
            for path in [&precedence.path, &precedence.over] {
                self.path(name, text, &precedence.id, path, values.as_deref());
            }
        }
        self.threshold(name, text, file, settings.map_or(0.0, |settings| settings.min_score));
    }

    fn id(&mut self, name: &str, text: &str, id: &str) {
        if let Some(other) = self.ids.insert(id.to_owned(), name.to_owned()) {
            self.fault(name, text, id, &format!("the id occurs twice, also in {other}"));
        }
    }

    fn path(&mut self, name: &str, text: &str, id: &str, path: &[String], values: Option<&[String]>) {
        let known: Vec<String> = match values {
            Some(values) => values.to_vec(),
            None => self.setting.scheme.categories.iter().map(|c| c.path.join(LEVELS)).collect(),
        };
        let joined = path.join(LEVELS);
        if known.contains(&joined) {
            return;
        }
        let nearest = known.iter().min_by_key(|other| distance(&joined, other));
        let hint = nearest.map(|other| format!("; did you mean {other}?")).unwrap_or_default();
        self.fault(name, text, id, &format!("there is no category {joined}{hint}"));
    }

    fn rule(&mut self, name: &str, text: &str, rule: &RuleSpec) {
        let near = rule.near.iter().flat_map(|near| near.a.iter().chain(&near.b));
        let phrases: Vec<String> =
            rule.any.iter().chain(&rule.all).chain(&rule.none).chain(near).cloned().collect();
        self.words(name, text, &rule.id, &phrases);
        let asks = [rule.any.len(), rule.all.len(), rule.near.len(), rule.regex.len(), rule.conditions.len()];
        if asks.iter().sum::<usize>() == 0 {
            self.fault(name, text, &rule.id, "it never fires: it asks for nothing");
        }
        let any: HashSet<String> = self.expanded(&rule.any);
        if !rule.any.is_empty() && rule.at_least > any.len() {
            let what = format!("it never fires: at_least = {} of {} phrases", rule.at_least, any.len());
            self.fault(name, text, &rule.id, &what);
        }
        let none = self.expanded(&rule.none);
        let all = self.expanded(&rule.all);
        if let Some(phrase) = all.iter().find(|phrase| none.iter().any(|none| phrase.contains(none.as_str())))
        {
            self.fault(
                name,
                text,
                &rule.id,
                &format!("it never fires: `{phrase}` is asked for and excluded"),
            );
        }
        if rule.refines && (rule.path.len() < 2 || rule.weight <= 0.0) {
            self.fault(name, text, &rule.id, "it refines nothing: that takes a weight and a second level");
        }
        self.except(name, text, rule);
        if let (Some(from), Some(to)) = (rule.from, rule.to)
            && from > to
        {
            self.fault(name, text, &rule.id, &format!("it never fires: from {from} to {to}"));
        }
        for regex in &rule.regex {
            if let Err(error) = Regex::new(regex) {
                self.fault(name, text, &rule.id, &error.to_string());
            }
        }
        for condition in &rule.conditions {
            self.condition(name, text, rule, condition);
        }
    }

    /// The table of an axis that follows another: both sides must be there.
    fn follows(
        &mut self,
        name: &str,
        text: &str,
        follows: &FollowSpec,
        values: Option<&[String]>,
        files: &[Parsed],
    ) {
        let settings = |(_, _, file): &'_ Parsed| file.settings.clone().filter(|_| file.axis == follows.axis);
        let Some(other) = files.iter().find_map(settings).filter(|other| other.follows.is_none()) else {
            let what = format!("[settings.follows]: no axis `{}` that could be followed", follows.axis);
            return self.faults.push((name.to_owned(), what));
        };
        for (path, value) in &follows.to {
            let levels: Vec<String> = path.split(LEVELS).map(str::to_owned).collect();
            self.path(name, text, path, &levels, other.values.as_deref());
            self.path(name, text, path, std::slice::from_ref(value), values);
        }
        for value in follows.named.keys() {
            self.path(name, text, value, std::slice::from_ref(value), values);
        }
    }

    /// An exception must be able to except something.
    fn except(&mut self, name: &str, text: &str, rule: &RuleSpec) {
        let except = &rule.except;
        self.words(name, text, &rule.id, &except.inside);
        self.words(name, text, &rule.id, &except.near);
        if except.near.is_empty() != except.within.is_none() {
            self.fault(name, text, &rule.id, "`except`: `near` and `within` go together");
        }
        let near = rule.near.iter().flat_map(|near| near.a.iter().chain(&near.b));
        let phrases: Vec<String> = rule.any.iter().chain(&rule.all).chain(near).cloned().collect();
        let phrases = self.expanded(&phrases);
        let holds = |longer: &String| phrases.iter().any(|phrase| longer.contains(phrase.as_str()));
        let idle = |longer: &String| rule.regex.is_empty() && !holds(longer);
        for longer in self.expanded(&except.inside).into_iter().filter(idle) {
            let what = format!("`except`: none of its phrases is inside `{longer}`");
            self.fault(name, text, &rule.id, &what);
        }
    }

    fn condition(&mut self, name: &str, text: &str, rule: &RuleSpec, condition: &super::Condition) {
        let fields = self.setting.fields;
        if !fields.iter().any(|field| field.name == condition.field) {
            let nearest = fields.iter().min_by_key(|field| distance(&condition.field, &field.name));
            let hint = nearest.map(|field| format!("; did you mean `{}`?", field.name)).unwrap_or_default();
            let what = format!("no field is called `{}`{hint}", condition.field);
            self.fault(name, text, &rule.id, &what);
        }
        if let (Some(min), Some(max)) = (condition.min, condition.max)
            && min > max
        {
            self.fault(name, text, &rule.id, &format!("it never fires: min {min} is above max {max}"));
        }
    }

    /// A rule that cannot reach its axis' lowest score even with all its phrases, while no other
    /// rule helps its category.
    fn threshold(&mut self, name: &str, text: &str, file: &RuleFile, min_score: f32) {
        for rule in &file.rules {
            let alone =
                file.rules.iter().filter(|other| other.path.first() == rule.path.first()).count() == 1;
            let most = rule.weight * self.expanded(&rule.any).len().max(1) as f32;
            if alone && !rule.refines && rule.weight > 0.0 && most < min_score {
                let what = format!("its category is never decided: {most} of {min_score} points at most");
                self.fault(name, text, &rule.id, &what);
            }
        }
    }

    /// Notes the lists that are used, and names those that are not there and phrases that are
    /// empty.
    fn words(&mut self, name: &str, text: &str, id: &str, phrases: &[String]) {
        for phrase in phrases {
            let Some(list) = phrase.strip_prefix('@') else {
                if fold_text(phrase).trim().is_empty() {
                    self.fault(name, text, id, "an empty phrase");
                }
                continue;
            };
            self.used.insert(list.to_owned());
            let lists = &self.setting.words.lists;
            if !lists.iter().any(|known| known.name == list) {
                let nearest = lists.iter().min_by_key(|known| distance(list, &known.name));
                let hint = nearest.map(|known| format!("; did you mean `@{}`?", known.name));
                let what = format!("there is no word list `@{list}`{}", hint.unwrap_or_default());
                self.fault(name, text, id, &what);
            }
        }
    }

    fn dead_lists(&mut self) {
        for list in &self.setting.words.lists {
            if !self.used.contains(&list.name) {
                let what = format!("word list `{}` is used by no rule", list.name);
                self.faults.push(("words.toml".to_owned(), what));
            }
        }
    }

    fn expanded(&self, phrases: &[String]) -> HashSet<String> {
        self.setting.words.expand(phrases).map(|phrase| fold_text(&phrase)).collect()
    }
}

impl WordFile {
    /// The phrases with the words of the lists that they refer to.
    pub fn expand<'a>(&'a self, phrases: &'a [String]) -> impl Iterator<Item = String> + 'a {
        phrases.iter().flat_map(|phrase| match phrase.strip_prefix('@') {
            None => vec![phrase.clone()],
            Some(name) => {
                let lists = self.lists.iter().filter(|list| list.name == name);
                lists.flat_map(|list| list.words.iter().cloned()).collect()
            }
        })
    }
}

/// The line on which an id is given, or the path that stands for one.
fn line_of_id(text: &str, id: &str) -> Option<usize> {
    let gives = |line: &str| {
        if line
            .trim()
            .strip_prefix('"')
            .and_then(|rest| rest.strip_prefix(id))
            .is_some_and(|rest| rest.starts_with('"'))
        {
            return true;
        }
        let value =
            line.trim().strip_prefix("id").map(str::trim_start).and_then(|rest| rest.strip_prefix('='));
        value.is_some_and(|value| value.trim().trim_matches(['"', '\'']) == id)
    };
    text.lines().position(gives).map(|line| line + 1)
}
