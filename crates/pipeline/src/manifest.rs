//! `pipeline.toml`.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::RecognitionSpec;

/// `pipeline.toml`: what holds for the whole pipeline.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// The pipeline's name; the same as its folder's.
    pub name: String,
    /// What it is called in each language.
    pub title: BTreeMap<String, String>,
    /// Files that are left out, each by a named rule.
    #[serde(default)]
    pub ignore: Vec<IgnoreRule>,
    /// What one file may ask for.
    #[serde(default)]
    pub limits: ReadLimits,
    /// What one worker process may use.
    #[serde(default)]
    pub worker: WorkerLimits,
    /// What pages are recognised with.
    #[serde(default)]
    pub recognition: RecognitionSpec,
    /// How the pictures are named that are the sheets of one document.
    #[serde(default)]
    pub sheets: Vec<SheetSpec>,
    /// The program that converts what no reader takes; none when it is left out.
    pub convert: Option<Converter>,
    /// Which fields of a list of files say what came.
    #[serde(default)]
    pub declared: DeclaredFields,
    /// Which fields make an item.
    pub identity: Identity,
    /// Which fields a list shows.
    pub summary: ManifestFields,
    /// How the rows of a register are told apart.
    pub register: RegisterSpec,
}

/// Files that are left out on purpose.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IgnoreRule {
    /// The name that the account shows.
    pub rule: String,
    /// File names; `*` stands for any characters, `?` for one. Letter case does not count.
    pub names: Vec<String>,
}

/// Names of pictures that are the sheets of one document.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SheetSpec {
    /// A regular expression over a picture's path without its extension: its group `document` is what the
    /// sheets of a document have in common, its group `sheet` a sheet's number.
    pub name: String,
}

/// What one file may ask for.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ReadLimits {
    /// The most pages a document may have.
    pub pages: u32,
    /// The most rows a register may have.
    pub rows: u64,
    /// The most pixels a page or one of its images may have.
    pub pixels: u64,
    /// The most files that one container may hold.
    pub members: u64,
    /// The most MiB that a file in a container may unpack to.
    pub unpacked_mib: u64,
    /// How many times its own size a container may unpack to, all its files together; a small one may
    /// unpack to 256 MiB in any case.
    pub ratio: u64,
    /// How deep containers may stand in each other.
    pub depth: usize,
    /// Pixels per inch at which pages are rendered that are not one upright image, and at which
    /// the boxes of a text layer are given.
    pub dpi: f32,
}

impl Default for ReadLimits {
    fn default() -> Self {
        ReadLimits {
            pages: 20_000,
            rows: 5_000_000,
            pixels: 100_000_000,
            members: 100_000,
            unpacked_mib: 4096,
            ratio: 200,
            depth: 4,
            dpi: 200.0,
        }
    }
}

/// What one worker process may use.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct WorkerLimits {
    /// Address space in MiB.
    pub memory_mib: u64,
    /// Seconds without a finished page or batch of rows after which a worker is stopped.
    pub stall_seconds: u64,
    /// Seconds of processor time that a file may take.
    pub cpu_seconds: u64,
    /// What a file may use that has cost a worker, when it is read once more with no other beside it;
    /// not read again if nothing is said.
    pub alone: Option<AloneLimits>,
}

/// What a worker may use that reads a file once more, with no other beside it.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AloneLimits {
    /// Address space in MiB.
    pub memory_mib: u64,
    /// Seconds without a finished page or batch of rows after which the worker is stopped.
    pub stall_seconds: u64,
    /// Seconds of processor time that the file may take.
    pub cpu_seconds: u64,
}

impl Default for WorkerLimits {
    fn default() -> Self {
        WorkerLimits { memory_mib: 3072, stall_seconds: 120, cpu_seconds: 36_000, alone: None }
    }
}

/// A program that turns a file of a kind that no reader takes into one that is read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Converter {
    /// Its name, or its path.
    pub program: String,
    /// Its arguments; `{file}` stands for the file, `{folder}` for the empty folder into which the
    /// result goes and which is its home.
    pub arguments: Vec<String>,
    /// How many seconds it may take for a file; fewer than a worker's `stall_seconds`.
    pub seconds: u64,
}

/// Of a list of files that was handed over with them: of each kind of statement the fields that make it.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct DeclaredFields {
    /// What a file is called.
    pub file: Vec<String>,
    /// The archive number that its name is.
    pub number: Vec<String>,
    /// How many pages it has.
    pub pages: Vec<String>,
    /// Its checksum, as hexadecimal digits.
    pub checksum: Vec<String>,
}

/// Which fields make an item what it is, and pair its parts; field names.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Identity {
    /// Numbers that name a petition, the strongest first.
    pub keys: Vec<String>,
    /// Of the keys, those that a file's name may state.
    pub file_name_keys: Vec<String>,
    /// Fields that hold a file name.
    pub file_name_fields: Vec<String>,
    /// The date by which two conflicting rows of one run are settled; the later wins.
    pub settled_by: Vec<String>,
}

/// What a list shows: of each list of field names the first that has a value.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ManifestFields {
    /// One line to recognise an item by.
    pub title: Vec<String>,
    /// The item's date.
    pub date: Vec<String>,
    /// Who wrote it.
    pub petitioner: Vec<String>,
    /// The axis of classification that says what it is about; registers are classified on it.
    pub axis: String,
    /// Where it is about.
    pub region: Vec<String>,
    /// The text that a title is made from where there is none.
    pub text: Vec<String>,
    /// What the writer asks for.
    pub demand: Vec<String>,
    /// Fields of a register whose words say nothing of the matter: people's own classification, the
    /// names of offices and persons, what was answered. Rules look only at conditions on them.
    pub unscored: Vec<String>,
    /// Fields that tell who wrote.
    #[serde(default)]
    pub person: Vec<String>,
    /// Fields of what was done and answered.
    #[serde(default)]
    pub answer: Vec<String>,
    /// Fields that say that a letter is anonymous.
    #[serde(default)]
    pub anonymous: Vec<String>,
    /// Values of those fields that say that it is not.
    #[serde(default)]
    pub no: Vec<String>,
    /// Fields whose values are counted beside a search and can be filtered by.
    pub facets: Vec<String>,
}

/// How rows that are no data are told.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RegisterSpec {
    /// Words of a totals row: it begins with one, or its first cell ends with one.
    pub totals: Vec<String>,
    /// First words of a signature row.
    pub signatures: Vec<String>,
    /// First words of a row that explains the register; a colon follows.
    #[serde(default)]
    pub remarks: Vec<String>,
    /// Cells that stand for the cell above.
    pub ditto: Vec<String>,
    /// Cells that say that there is nothing.
    pub nothing: Vec<String>,
    /// Words of a header that speaks of officials: such a column is not guessed to be the petitioner's.
    #[serde(default)]
    pub others: Vec<String>,
    /// The field of a column of unknown header whose values are identity numbers.
    pub id_numbers: Option<String>,
    /// The field of a column of unknown header whose values are telephone numbers.
    pub phones: Option<String>,
    /// Headers of a date that say nothing further, and the field that such a column is where no other
    /// column holds dates.
    #[serde(default)]
    pub plain_dates: PlainDates,
    /// The field of a column that merely counts 1, 2, 3…, whatever its header says: such numbers
    /// begin anew in each sheet and name no petition.
    pub counter: String,
}

/// What a header means that says just that it is a date.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlainDates {
    /// Such headers.
    pub headers: Vec<String>,
    /// The field.
    pub field: Option<String>,
}

impl IgnoreRule {
    /// Whether a file of this name is left out.
    pub fn matches(&self, name: &str) -> bool {
        let name: Vec<char> = name.to_lowercase().chars().collect();
        self.names.iter().any(|pattern| {
            let pattern: Vec<char> = pattern.to_lowercase().chars().collect();
            wildcard(&pattern, &name)
        })
    }
}

fn wildcard(pattern: &[char], name: &[char]) -> bool {
    match (pattern.split_first(), name.split_first()) {
        (None, None) => true,
        (Some(('*', rest)), _) => (0..=name.len()).any(|skip| wildcard(rest, &name[skip..])),
        (Some((p, rest)), Some((c, name))) => (*p == '?' || p == c) && wildcard(rest, name),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_matched_with_wildcards() {
        let rule =
            IgnoreRule { rule: "x".into(), names: vec!["~$*".into(), "thumbs.db".into(), "?.tmp".into()] };
        assert!(rule.matches("~$台账.xlsx") && rule.matches("Thumbs.db") && rule.matches("a.tmp"));
        assert!(!rule.matches("台账~$.xlsx") && !rule.matches("ab.tmp"));
    }
}
