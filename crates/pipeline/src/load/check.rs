//! What is wrong with a pipeline's files beyond their form.

use std::collections::HashSet;

use regex::Regex;

use super::Folder;

use crate::{
    ContentsSpec, Division, FieldSpec, LetterSpec, Manifest, NarrativeSpec, PatternSpec, RecordSpec,
    SavedLayout, TableSpec,
};

impl Folder {
    pub(super) fn check_manifest(&mut self, manifest: &Manifest, fields: &[FieldSpec]) {
        let summary = &manifest.summary;
        let identity = &manifest.identity;
        let named = [
            &summary.title,
            &summary.date,
            &summary.petitioner,
            &summary.region,
            &summary.text,
            &summary.demand,
            &summary.facets,
            &summary.person,
            &summary.answer,
            &summary.anonymous,
            &summary.unscored,
            &identity.keys,
            &identity.file_name_keys,
            &identity.file_name_fields,
            &identity.settled_by,
        ];
        let register = &manifest.register;
        let by_values = register.id_numbers.iter().chain(&register.phones);
        for name in named
            .into_iter()
            .flatten()
            .chain([&register.counter])
            .chain(by_values)
            .chain(&register.plain_dates.field)
        {
            self.check_field("pipeline.toml", name, fields);
        }
        let mut headers = HashSet::new();
        for field in fields {
            for header in &field.headers {
                if !headers.insert(dossier_model::fold_text(header)) {
                    self.fault("fields.toml", format!("header `{header}` stands for two fields"));
                }
            }
        }
        let mut names = HashSet::new();
        for field in fields.iter().filter(|field| !names.insert(&field.name)) {
            self.fault("fields.toml", format!("field `{}` occurs twice", field.name));
        }
    }

    pub(super) fn check_registers(&mut self, saved: &[SavedLayout], fields: &[FieldSpec]) {
        for name in saved.iter().flat_map(|saved| saved.columns.values()).filter(|name| !name.is_empty()) {
            self.check_field(crate::registers::FILE, name, fields);
        }
    }

    pub(super) fn check_records(&mut self, records: &RecordSpec, fields: &[FieldSpec]) {
        for name in records.fields() {
            self.check_field("records.toml", name, fields);
        }
    }

    fn check_field(&mut self, file: &str, name: &str, fields: &[FieldSpec]) {
        if !fields.iter().any(|field| field.name == name) {
            self.fault(file, format!("no field is called `{name}`"));
        }
    }

    pub(super) fn check_letters(&mut self, letters: &LetterSpec, fields: &[FieldSpec]) {
        let file = "letters.toml";
        let Division { begins, ends, separators, contents, .. } = &letters.division;
        let division = begins.iter().chain(ends).chain(separators);
        if let Some(ContentsSpec { title, entry, closing, declared }) = contents {
            [title, entry, closing, declared].into_iter().for_each(|regex| {
                self.check_regex(file, regex);
            });
        }
        let kinds = letters.kinds.iter().map(|kind| &kind.regex);
        let lines = [&letters.salutation, &letters.close].into_iter().chain(&letters.signature);
        for regex in lines.chain(&letters.furniture).chain(division).chain(kinds) {
            self.check_regex(file, regex);
        }
        let mut ids = HashSet::new();
        for pattern in &letters.patterns {
            if !ids.insert(&pattern.id) {
                self.fault(file, format!("pattern `{}` occurs twice", pattern.id));
            }
            self.check_pattern(pattern, letters, fields);
        }
        for table in &letters.tables {
            if !ids.insert(&table.id) {
                self.fault(file, format!("table `{}` occurs twice", table.id));
            }
            self.check_table(table, fields);
        }
        if let Some(field) = &letters.kind_field {
            self.check_field(file, field, fields);
        }
        if let Some(narrative) = &letters.narrative {
            self.check_narrative(narrative, letters, fields);
        }
        let form = &letters.form;
        for field in form.labels.keys().chain(form.also.keys()).chain(form.also.values().flatten()) {
            self.check_field(file, field, fields);
        }
        self.check_confidence("form", form.confidence);
    }

    fn check_pattern(&mut self, pattern: &PatternSpec, letters: &LetterSpec, fields: &[FieldSpec]) {
        let file = "letters.toml";
        for field in
            [&pattern.field].into_iter().chain(&pattern.also).chain(&pattern.yields_to).chain(&pattern.unless)
        {
            self.check_field(file, field, fields);
        }
        self.check_kinds(&format!("pattern `{}`", pattern.id), &pattern.kinds, letters);
        self.check_value_regex(&format!("pattern `{}`", pattern.id), &pattern.regex);
        let rewrite = pattern.rewrite.as_ref().map(|rewrite| &rewrite.regex);
        let others = [&pattern.continued, &pattern.not_after, &pattern.exclude];
        for regex in others.into_iter().flatten().chain(rewrite) {
            self.check_regex(file, regex);
        }
        self.check_confidence(&format!("pattern `{}`", pattern.id), pattern.confidence);
    }

    fn check_narrative(&mut self, narrative: &NarrativeSpec, letters: &LetterSpec, fields: &[FieldSpec]) {
        let file = "letters.toml";
        let fields_of = [&narrative.without, &narrative.introduced_by, &narrative.apart_by];
        for field in [&narrative.field].into_iter().chain(fields_of.into_iter().flatten()) {
            self.check_field(file, field, fields);
        }
        self.check_kinds("narrative", &narrative.not_kinds, letters);
        for regex in narrative.introduction.iter().chain(&narrative.apart) {
            self.check_regex(file, regex);
        }
        self.check_confidence("narrative", narrative.confidence);
    }

    fn check_kinds(&mut self, named: &str, kinds: &[String], letters: &LetterSpec) {
        for kind in kinds.iter().filter(|kind| !letters.kinds.iter().any(|known| known.id == **kind)) {
            self.fault("letters.toml", format!("{named}: no kind is called `{kind}`"));
        }
    }

    fn check_table(&mut self, table: &TableSpec, fields: &[FieldSpec]) {
        let file = "letters.toml";
        let named = format!("table `{}`", table.id);
        self.check_regex(file, &table.header);
        for (field, regex) in &table.cells {
            self.check_field(file, field, fields);
            self.check_value_regex(&named, regex);
        }
        if !table.cells.contains_key(&table.needs) {
            self.fault(file, format!("{named} needs `{}` and has no cell for it", table.needs));
        }
        self.check_confidence(&named, table.confidence);
    }

    fn check_value_regex(&mut self, named: &str, regex: &str) {
        let file = "letters.toml";
        let regex = self.check_regex(file, regex);
        if regex.is_some_and(|regex| !regex.capture_names().any(|name| name == Some("value"))) {
            self.fault(file, format!("{named} has no group `value`"));
        }
    }

    fn check_confidence(&mut self, named: &str, confidence: f32) {
        if !(0.0..=1.0).contains(&confidence) {
            self.fault("letters.toml", format!("{named}: a confidence is between 0 and 1"));
        }
    }

    fn check_regex(&mut self, file: &str, regex: &str) -> Option<Regex> {
        Regex::new(regex).map_err(|error| self.fault(file, error)).ok()
    }
}
