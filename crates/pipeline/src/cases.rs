//! `cases/*.toml`: letters with what people make of them, kept beside the rules.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::parse::parse;
use crate::{LoadError, PipelineFault};

/// One file of cases for one axis.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct CaseFile {
    axis: String,
    #[serde(rename = "case")]
    cases: Vec<CaseSpec>,
}

/// A case as it is written.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct CaseSpec {
    path: Vec<String>,
    #[serde(default)]
    title: String,
    text: String,
    year: Option<i32>,
    #[serde(default)]
    fields: BTreeMap<String, Vec<String>>,
}

/// An invented letter, and its category.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Case {
    /// The axis.
    pub axis: String,
    /// The category's path, as deep as it is certain; empty where it must stay undecided.
    pub path: Vec<String>,
    /// Its title; may be empty.
    pub title: String,
    /// Its text.
    pub text: String,
    /// When it was written, if that matters.
    pub year: Option<i32>,
    /// What a register says of it, by field.
    pub fields: BTreeMap<String, Vec<String>>,
    /// The file it stands in.
    pub file: String,
}

/// All cases of the pipeline in `folder`, by file; none where there is no folder of cases.
///
/// # Errors
/// All faults of all files.
pub fn load_cases(folder: &Path) -> Result<Vec<Case>, LoadError> {
    let files = toml_files::<CaseFile>(&folder.join("cases"))?;
    let cases = files.into_iter().flat_map(|(name, CaseFile { axis, cases })| {
        cases.into_iter().map(move |CaseSpec { path, title, text, year, fields }| Case {
            axis: axis.clone(),
            path,
            title,
            text,
            year,
            fields,
            file: name.clone(),
        })
    });
    Ok(cases.collect())
}

/// The TOML files of a folder by name; none where there is no folder.
///
/// # Errors
/// All faults of all files.
pub(crate) fn toml_files<T: DeserializeOwned>(folder: &Path) -> Result<Vec<(String, T)>, LoadError> {
    let mut faults = Vec::new();
    let mut files = Vec::new();
    let mut paths: Vec<_> = match fs::read_dir(folder) {
        Ok(entries) => entries.flatten().map(|entry| entry.path()).collect(),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Vec::new(),
        Err(error) => {
            return Err(LoadError(vec![PipelineFault { file: folder.to_owned(), what: error.to_string() }]));
        }
    };
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "toml"));
    paths.sort();
    for path in paths {
        let mut fault = |what: String| faults.push(PipelineFault { file: path.clone(), what });
        let text = match fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) => {
                fault(error.to_string());
                continue;
            }
        };
        let (file, wrong) = parse::<T>(&text);
        wrong.into_iter().for_each(&mut fault);
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        files.extend(file.map(|file| (name, file)));
    }
    if faults.is_empty() { Ok(files) } else { Err(LoadError(faults)) }
}
