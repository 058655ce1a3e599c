//! What was declared against what came: the list that a scanning firm or an office hands over with its
//! files is compared with the files that are in the archive. Loss happens before a file is ever seen.

mod checksum;
mod list;

use std::collections::{BTreeSet, HashMap};
use std::path::Path;

use dossier_archive::{Archive, KnownPath};
use dossier_fields::{SheetName, SheetNames};
use dossier_model::{Fault, FaultKind, fold_text};
use dossier_pipeline::Pipeline;
use serde::Serialize;

use crate::BatchError;
use crate::sheets::stem;

use checksum::Checksum;
use list::Entry;

/// Behind every path.
const LAST: &str = "\u{10ffff}";

/// How a list and the archive agree.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Declared {
    /// How many files it lists.
    pub listed: usize,
    /// The listed files that are not in the archive.
    pub missing: Vec<String>,
    /// The listed files that are not what the list says.
    pub differing: Vec<Differing>,
    /// The listed files whose checksum could not be compared, since no original is kept.
    pub unchecked: Vec<String>,
    /// The files in the same folders that the list does not have.
    pub unlisted: Vec<String>,
}

/// A listed file that is not what the list says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Differing {
    /// As listed.
    pub file: String,
    /// In what.
    #[serde(flatten)]
    pub difference: Difference,
}

/// What a list says otherwise.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case", tag = "differs_in")]
pub enum Difference {
    /// The content has another checksum.
    Content,
    /// There is another number of pages.
    Pages {
        /// In the list.
        declared: u64,
        /// In the archive.
        found: u64,
    },
}

impl Declared {
    /// Whether everything that was declared came, and nothing else.
    pub fn agrees(&self) -> bool {
        self.missing.is_empty() && self.differing.is_empty() && self.unlisted.is_empty()
    }
}

/// Compares the list at `path`, a register of files or a list of checksums, with the archive. A file is
/// found by its name, with as many folders as the list gives; or by its archive number, if that is what
/// its name, or the name of its sheets, says.
///
/// # Errors
/// `Fault` when the list cannot be read or names no file; else what the catalog says.
pub fn compare_declared(archive: &Archive, path: &Path, pipeline: &Pipeline) -> Result<Declared, BatchError> {
    let fault = |fault: Fault| BatchError::List { path: path.to_owned(), fault };
    let entries = list::read(path, pipeline).map_err(fault)?;
    let (own, _) = dossier_archive::hash_file(path).map_err(fault)?;
    let names = SheetNames::new(pipeline).map_err(|error| BatchError::Compile(error.to_string()))?;
    let holdings = Holdings::new(archive.catalog.known_paths("", LAST)?, &names);
    let mut declared = Declared { listed: entries.len(), ..Declared::default() };
    let mut listed: BTreeSet<usize> = BTreeSet::new();
    for entry in &entries {
        let found = holdings.find(entry);
        listed.extend(&found);
        let files: Vec<&KnownPath> = found.iter().map(|at| &holdings.files[*at]).collect();
        declared.compare(archive, entry, &files)?;
    }
    let folders: BTreeSet<&str> = listed.iter().map(|at| folder(&holdings.files[*at].path)).collect();
    let others = holdings.files.iter().enumerate().filter(|(at, _)| !listed.contains(at));
    let unlisted =
        others.filter(|(_, file)| folders.contains(folder(&file.path)) && file.record.sha256 != own);
    declared.unlisted = unlisted.map(|(_, file)| file.path.clone()).collect();
    Ok(declared)
}

impl Declared {
    /// Compares what is listed with the files that are called so; the sheets of a document are one.
    fn compare(&mut self, archive: &Archive, entry: &Entry, files: &[&KnownPath]) -> Result<(), BatchError> {
        let name = || entry.name().to_owned();
        let Some(first) = files.first() else {
            self.missing.push(name());
            return Ok(());
        };
        if let Some(checksum) = &entry.checksum {
            let mut known = Vec::with_capacity(files.len());
            for file in files {
                known.push(has_checksum(archive, file, checksum)?);
            }
            // One copy that has it is enough; that none has it can be said only if all are known.
            let has =
                if known.contains(&Some(true)) { Some(true) } else { known.iter().copied().min().flatten() };
            match has {
                Some(true) => {}
                Some(false) => {
                    self.differing.push(Differing { file: name(), difference: Difference::Content })
                }
                None => self.unchecked.push(name()),
            }
        }
        let copies = files.iter().all(|file| file.record.sha256 == first.record.sha256);
        let found = if copies { first.units } else { files.iter().map(|file| file.units).sum() };
        if let Some(declared) = entry.pages.filter(|declared| *declared != found) {
            let difference = Difference::Pages { declared, found };
            self.differing.push(Differing { file: name(), difference });
        }
        Ok(())
    }
}

/// Whether a file has a checksum; `None` if it is not one that the catalog knows and no original is kept.
fn has_checksum(
    archive: &Archive,
    file: &KnownPath,
    checksum: &Checksum,
) -> Result<Option<bool>, BatchError> {
    if let Checksum::Sha256(digits) = checksum {
        return Ok(Some(file.record.sha256.to_string() == *digits));
    }
    let Some(original) = archive.original(file.record.sha256)? else { return Ok(None) };
    let has = checksum.is_of(&original).map_err(|error| BatchError::List {
        path: original,
        fault: Fault::new(FaultKind::Unreadable, error),
    })?;
    Ok(Some(has))
}

/// The files of an archive by what a list may call them.
struct Holdings {
    files: Vec<KnownPath>,
    by_name: HashMap<String, Vec<usize>>,
    by_stem: HashMap<String, Vec<usize>>,
    by_document: HashMap<String, Vec<usize>>,
}

impl Holdings {
    fn new(files: Vec<KnownPath>, names: &SheetNames) -> Holdings {
        let (mut by_name, mut by_stem, mut by_document) = (HashMap::new(), HashMap::new(), HashMap::new());
        for (at, file) in files.iter().enumerate() {
            let put = |map: &mut HashMap<String, Vec<usize>>, name: &str| {
                map.entry(fold_text(name)).or_default().push(at);
            };
            put(&mut by_name, last(&file.path));
            put(&mut by_stem, last(stem(&file.path)));
            if let Some(SheetName { document, .. }) = names.read(stem(&file.path)) {
                put(&mut by_document, &document);
            }
        }
        Holdings { files, by_name, by_stem, by_document }
    }

    /// The files that an entry speaks of.
    fn find(&self, entry: &Entry) -> Vec<usize> {
        let by_file = entry.file.as_deref().map(|file| self.called(file)).filter(|found| !found.is_empty());
        by_file.unwrap_or_else(|| {
            let number = entry.number.as_deref().map(fold_text).unwrap_or_default();
            let maps = [&self.by_stem, &self.by_document];
            maps.iter().find_map(|map| map.get(&number)).cloned().unwrap_or_default()
        })
    }

    /// The files at paths that end so.
    fn called(&self, file: &str) -> Vec<usize> {
        let ending = format!("/{}", fold_text(file));
        let named = self.by_name.get(&fold_text(last(file))).into_iter().flatten();
        let whole = |at: &&usize| format!("/{}", fold_text(&self.files[**at].path)).ends_with(&ending);
        let found: Vec<usize> = named.filter(whole).copied().collect();
        let without_extension = || self.by_stem.get(&fold_text(last(file))).cloned().unwrap_or_default();
        if found.is_empty() { without_extension() } else { found }
    }
}

fn last(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

fn folder(path: &str) -> &str {
    path.rfind('/').map_or("", |slash| &path[..slash])
}
