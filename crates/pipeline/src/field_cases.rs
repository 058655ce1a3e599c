//! `field-cases/*.toml`: letters with the fields that they state, kept beside the patterns.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Deserialize;

use crate::LoadError;
use crate::cases::toml_files;

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct CaseFile {
    #[serde(rename = "case")]
    cases: Vec<FieldCase>,
}

/// An invented letter, and what is to be found in it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FieldCase {
    /// What it shows; may be empty.
    #[serde(default)]
    pub shows: String,
    /// Its text.
    pub text: String,
    /// Of each field all values, the best first; none where none must be found.
    pub fields: BTreeMap<String, Vec<String>>,
    /// The file it stands in.
    #[serde(skip)]
    pub file: String,
}

/// All cases of the pipeline in `folder`, by file; none where there is no folder of cases.
///
/// # Errors
/// All faults of all files.
pub fn load_field_cases(folder: &Path) -> Result<Vec<FieldCase>, LoadError> {
    let files = toml_files::<CaseFile>(&folder.join("field-cases"))?;
    let cases = files.into_iter().flat_map(|(name, file)| {
        file.cases.into_iter().map(move |case| FieldCase { file: name.clone(), ..case })
    });
    Ok(cases.collect())
}
