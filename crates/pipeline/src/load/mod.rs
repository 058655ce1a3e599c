//! Loading a pipeline's folder, with all its faults at once.

mod check;

use std::fs;
use std::path::{Path, PathBuf};

use dossier_model::short_hash;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::parse::parse;
use crate::registers::{self, RegisterFile};
use crate::rules::{self, Setting};
use crate::{
    FieldSpec, LetterSpec, Manifest, Place, RecordSpec, RuleFile, SavedLayout, Scheme, WordFile, gazetteer,
};

/// A pipeline that has been found sound.
#[derive(Clone, Debug)]
pub struct Pipeline {
    /// Follows from the content of all files but those of the rules: what is read and found in
    /// letters and registers depends on it.
    pub version: String,
    /// Follows from the content of the files of the rules: how items are classified depends on it.
    pub rules_version: String,
    /// `pipeline.toml`.
    pub manifest: Manifest,
    /// `fields.toml`, in its order.
    pub fields: Vec<FieldSpec>,
    /// `letters.toml`.
    pub letters: LetterSpec,
    /// `records.toml`.
    pub records: RecordSpec,
    /// `gazetteer.tsv` and `gazetteer/*.tsv`.
    pub places: Vec<Place>,
    /// `registers.toml`.
    pub registers: Vec<SavedLayout>,
    /// `categories.tsv`.
    pub scheme: Scheme,
    /// `words.toml`.
    pub words: WordFile,
    /// `rules/*.toml`, by file name.
    pub rules: Vec<RuleFile>,
}

/// One thing wrong with a pipeline's file.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}: {what}", file.display())]
pub struct PipelineFault {
    /// The file.
    pub file: PathBuf,
    /// What is wrong, with the line where it is known.
    pub what: String,
}

/// Everything that is wrong with a pipeline.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))]
pub struct LoadError(pub Vec<PipelineFault>);

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FieldFile {
    #[serde(rename = "field")]
    fields: Vec<FieldSpec>,
}

impl Pipeline {
    /// Loads and validates the pipeline in `folder`.
    ///
    /// # Errors
    /// All faults of all files.
    pub fn load(folder: &Path) -> Result<Pipeline, LoadError> {
        let mut folder = Folder { root: folder.to_owned(), faults: Vec::new(), read: Vec::new() };
        let manifest = folder.toml::<Manifest>("pipeline.toml");
        let fields = folder.toml::<FieldFile>("fields.toml").map(|file| file.fields);
        let letters = folder.toml::<LetterSpec>("letters.toml");
        let registers = folder.registers();
        let records = folder.records();
        let places = folder.places();
        let scheme = folder.scheme();
        let rule_files = folder.rule_files();
        let rules: Vec<(String, RuleFile)> =
            rule_files.into_iter().filter_map(|name| Some((name.clone(), folder.toml(&name)?))).collect();
        let words = folder.toml::<WordFile>("words.toml");
        if let (Some(manifest), Some(fields)) = (&manifest, &fields) {
            folder.check_manifest(manifest, fields);
        }
        if let (Some(letters), Some(fields)) = (&letters, &fields) {
            folder.check_letters(letters, fields);
        }
        if let Some(fields) = &fields {
            folder.check_registers(&registers, fields);
            folder.check_records(&records, fields);
        }
        if let (Some(scheme), Some(fields), Some(words)) = (&scheme, &fields, &words) {
            let main_axis = manifest.as_ref().map(|manifest| manifest.summary.axis.as_str());
            folder.check_rules(&rules, &Setting { scheme, fields, words }, main_axis);
        }
        let version = folder.version(|name| !is_rule_file(name));
        let rules_version = folder.version(is_rule_file);
        match (manifest, fields, letters, scheme, words) {
            (Some(manifest), Some(fields), Some(letters), Some(scheme), Some(words))
                if folder.faults.is_empty() =>
            {
                let rules = rules.into_iter().map(|(_, file)| file).collect();
                Ok(Pipeline {
                    version,
                    rules_version,
                    manifest,
                    fields,
                    letters,
                    records,
                    places,
                    registers,
                    scheme,
                    words,
                    rules,
                })
            }
            _ => Err(LoadError(folder.faults)),
        }
    }

    /// The field of this canonical name.
    pub fn field(&self, name: &str) -> Option<&FieldSpec> {
        self.fields.iter().find(|field| field.name == name)
    }
}

/// Whether a file says how items are classified.
fn is_rule_file(name: &str) -> bool {
    name.starts_with("rules/") || matches!(name, "words.toml" | "categories.tsv" | "crosswalk.tsv")
}

/// The folder as it is being loaded.
struct Folder {
    root: PathBuf,
    faults: Vec<PipelineFault>,
    /// Name and text of each file.
    read: Vec<(String, String)>,
}

impl Folder {
    fn fault(&mut self, name: &str, what: impl ToString) {
        self.faults.push(PipelineFault { file: self.root.join(name), what: what.to_string() });
    }

    fn text(&mut self, name: &str) -> Option<String> {
        match fs::read_to_string(self.root.join(name)) {
            Ok(text) => {
                self.read.push((name.to_owned(), text.clone()));
                Some(text)
            }
            Err(error) => {
                self.fault(name, error);
                None
            }
        }
    }

    /// What people have said of single registers; nothing where there is no such file.
    fn registers(&mut self) -> Vec<SavedLayout> {
        if !self.root.join(registers::FILE).exists() {
            return Vec::new();
        }
        self.toml::<RegisterFile>(registers::FILE).unwrap_or_default().layouts
    }

    /// What holds for records as a whole; nothing where there is no such file.
    fn records(&mut self) -> RecordSpec {
        if self.root.join("records.toml").exists() {
            self.toml("records.toml").unwrap_or_default()
        } else {
            RecordSpec::default()
        }
    }

    /// The pipeline's places, and those that a site has added.
    fn places(&mut self) -> Vec<Place> {
        let own = ["gazetteer.tsv".to_owned()].into_iter().filter(|name| self.root.join(name).exists());
        let mut names: Vec<String> = own.collect();
        if self.root.join("gazetteer").exists() {
            names.extend(self.files_in("gazetteer", ".tsv"));
        }
        let mut places = Vec::new();
        for name in names {
            let Some(text) = self.text(&name) else { continue };
            match gazetteer::parse(&text) {
                Ok(more) => places.extend(more),
                Err(faults) => faults.iter().for_each(|what| self.fault(&name, what)),
            }
        }
        places
    }

    fn toml<T: DeserializeOwned>(&mut self, name: &str) -> Option<T> {
        let text = self.text(name)?;
        let (value, faults) = parse(&text);
        faults.iter().for_each(|fault| self.fault(name, fault));
        value
    }

    fn check_rules(&mut self, files: &[(String, RuleFile)], setting: &Setting<'_>, main_axis: Option<&str>) {
        let text = |name: &String| {
            self.read.iter().find(|(read, _)| read == name).map(|(_, text)| text.clone()).unwrap_or_default()
        };
        let files: Vec<_> =
            files.iter().map(|(name, file)| (name.clone(), text(name), file.clone())).collect();
        if let Some(axis) = main_axis.filter(|axis| !files.iter().any(|(_, _, file)| file.axis == *axis)) {
            self.fault("pipeline.toml", format!("no rules are about the axis `{axis}`"));
        }
        for (name, what) in rules::check(&files, setting) {
            self.fault(&name, what);
        }
    }

    fn scheme(&mut self) -> Option<Scheme> {
        let name = "categories.tsv";
        let text = self.text(name)?;
        let scheme = Scheme::parse(&text);
        let mut scheme =
            scheme.map_err(|faults| faults.iter().for_each(|what| self.fault(name, what))).ok()?;
        let name = "crosswalk.tsv";
        if self.root.join(name).exists() {
            let text = self.text(name)?;
            let added = scheme.add_crosswalk(&text);
            added.map_err(|faults| faults.iter().for_each(|what| self.fault(name, what))).ok()?;
        }
        Some(scheme)
    }

    fn rule_files(&mut self) -> Vec<String> {
        self.files_in("rules", ".toml")
    }

    /// The files of a folder whose names end so, in order.
    fn files_in(&mut self, folder: &str, ending: &str) -> Vec<String> {
        let mut names = Vec::new();
        match fs::read_dir(self.root.join(folder)) {
            Err(error) => self.fault(folder, error),
            Ok(entries) => {
                for entry in entries {
                    match entry.map(|entry| entry.file_name().to_string_lossy().into_owned()) {
                        Ok(name) if name.ends_with(ending) => names.push(format!("{folder}/{name}")),
                        Ok(_) => {}
                        Err(error) => self.fault(folder, error),
                    }
                }
            }
        }
        names.sort();
        names
    }

    /// The version follows from the names and texts of some of the files.
    fn version(&self, of: impl Fn(&str) -> bool) -> String {
        let mut read: Vec<_> = self.read.iter().filter(|(name, _)| of(name)).collect();
        read.sort();
        let pieces: Vec<&str> = read.iter().flat_map(|(name, text)| [name.as_str(), text]).collect();
        short_hash(&pieces)
    }
}
