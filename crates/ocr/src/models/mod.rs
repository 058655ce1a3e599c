//! The pinned models and the run-time library: where they lie and whether they are the right ones.
//!
//! They come out of two Python wheels and are never part of the source tree. Each is pinned by
//! its SHA-256, so a page's text depends on nothing that could change unnoticed.

mod install;
mod model;

use std::io::Read;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use crate::ModelError;
use crate::error::Doing;

pub use model::Model;

/// The version of the wheel `rapidocr` that holds the weights (Apache-2.0).
pub(crate) const RAPIDOCR: &str = "3.10.0";
/// The version of the wheel `onnxruntime` that holds the library (MIT).
pub(crate) const ONNXRUNTIME: &str = "1.32.0";

/// A file whose content is known beforehand.
#[derive(Debug)]
pub(crate) struct Pinned {
    pub name: &'static str,
    pub bytes: u64,
    pub sha256: &'static str,
}

pub(crate) const DETECTOR: Pinned = Pinned {
    name: "PP-OCRv6_det_small.onnx",
    bytes: 9_929_594,
    sha256: "090f04abcd9d9a7498bc4ebf677e4cb9bdce1fe4197ddb7e529f1ef44e1ff94f",
};

pub(crate) const READER: Pinned = Pinned {
    name: "PP-OCRv6_rec_small.onnx",
    bytes: 21_234_383,
    sha256: "6f327246b50388f3c176ae304bd95767ea6dc0c9ae92153ef8cbe210b3c14884",
};

/// Whether ONNX Runtime is published for this processor.
pub(crate) const HAS_LIBRARY: bool = cfg!(any(target_arch = "x86_64", target_arch = "aarch64"));

#[cfg(target_arch = "x86_64")]
pub(crate) const LIBRARY: Pinned = Pinned {
    name: "libonnxruntime.so.1.32.0",
    bytes: 34_824_680,
    sha256: "6c1585d1bbf45b0712ea4a21b705c5fcb4ba04ff2e30f1fbf81a49faf658638f",
};

#[cfg(not(target_arch = "x86_64"))]
pub(crate) const LIBRARY: Pinned = Pinned {
    name: "libonnxruntime.so.1.32.0",
    bytes: 27_165_936,
    sha256: "49852228a93995158b2a813d4df487d47a1b76b0eaa894507ef49e91b6d7954a",
};

/// The reader in whole numbers, which is made of [`READER`] at installation (`int8`).
pub(crate) const QUICK_READER: Pinned = Pinned {
    name: "PP-OCRv6_rec_small.int8.onnx",
    bytes: 6_813_751,
    sha256: "148fe9b3e9deede55b1e4ae2bdc58528584c6742e72870cf032df690b3a93406",
};

/// What no page can be read without.
const NETWORKS: &[&Pinned] = &[&DETECTOR, &READER];

/// All that is installed on this processor from elsewhere: without a library there is none to fetch.
const FILES: &[&Pinned] = if HAS_LIBRARY { &[&DETECTOR, &READER, &LIBRARY] } else { NETWORKS };

/// All that belongs into a store: what is needed, and what makes it quicker; the quick reader is of
/// use with the library only.
const ALL: &[&Pinned] = if HAS_LIBRARY { &[&DETECTOR, &READER, &QUICK_READER, &LIBRARY] } else { NETWORKS };

/// What is the matter with one file of the set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileState {
    /// Present, with the pinned content.
    Ok,
    /// Not there.
    Missing,
    /// There, with other content.
    Wrong,
}

/// One file of the set, as people see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ModelFile {
    /// Its name.
    pub name: &'static str,
    /// Its size.
    pub bytes: u64,
    /// Its SHA-256, hexadecimal.
    pub sha256: &'static str,
    /// The Python package that it comes from, with its version, or the file that it is made of.
    pub from: String,
    /// Whether it is there, and right.
    pub state: FileState,
}

/// A folder that holds the models, or will.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ModelStore {
    folder: PathBuf,
}

impl ModelStore {
    /// The store in `folder`, which need not exist yet.
    pub fn new(folder: impl Into<PathBuf>) -> ModelStore {
        ModelStore { folder: folder.into() }
    }

    /// The first of the [`candidates`](ModelStore::candidates) that has every file, by name, or else the
    /// first that lacks nothing but the library; their content is checked by
    /// [`verify`](ModelStore::verify) and before they are loaded.
    ///
    /// # Errors
    /// `NotInstalled` when there is none.
    pub fn locate() -> Result<ModelStore, ModelError> {
        let candidates = ModelStore::candidates();
        let first_with = |files: &[&Pinned]| {
            candidates.iter().find(|folder| files.iter().all(|file| folder.join(file.name).is_file()))
        };
        match first_with(FILES).or_else(|| first_with(NETWORKS)) {
            Some(folder) => Ok(ModelStore::new(folder)),
            None => Err(ModelError::NotInstalled { looked_in: candidates }),
        }
    }

    /// Where models are looked for, in this order: `$DOSSIER_MODELS`, and if that is set nowhere
    /// else; `share/dossier/models` and `models` beside the program and one folder above it;
    /// `dossier/models` in `$XDG_DATA_HOME`, or in `~/.local/share`.
    pub fn candidates() -> Vec<PathBuf> {
        if let Some(folder) = environment("DOSSIER_MODELS") {
            return vec![folder];
        }
        let program = std::env::current_exe().ok();
        let beside = program.iter().flat_map(|program| program.ancestors().skip(1).take(2));
        let mut folders: Vec<PathBuf> =
            beside.flat_map(|folder| [folder.join("share/dossier/models"), folder.join("models")]).collect();
        folders.extend(user_folder());
        folders
    }

    /// Where [`install_from`](ModelStore::install_from) should put models that are nowhere yet:
    /// `$DOSSIER_MODELS`, or the user's own data folder.
    ///
    /// # Errors
    /// `NotInstalled` when neither `$DOSSIER_MODELS`, `$XDG_DATA_HOME` nor `$HOME` is set.
    pub fn for_installation() -> Result<ModelStore, ModelError> {
        environment("DOSSIER_MODELS")
            .or_else(user_folder)
            .map(ModelStore::new)
            .ok_or(ModelError::NotInstalled { looked_in: Vec::new() })
    }

    /// The folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// What belongs here, with the state of each file.
    ///
    /// # Errors
    /// `Io` when a file is there but cannot be read.
    pub fn list(&self) -> Result<Vec<ModelFile>, ModelError> {
        let from = |file: &Pinned| match file.name {
            name if name == LIBRARY.name => format!("onnxruntime {ONNXRUNTIME}"),
            name if name == QUICK_READER.name => READER.name.to_owned(),
            _ => format!("rapidocr {RAPIDOCR}"),
        };
        let listed = |file: &&Pinned| {
            Ok(ModelFile {
                name: file.name,
                bytes: file.bytes,
                sha256: file.sha256,
                from: from(file),
                state: self.state(file)?,
            })
        };
        ALL.iter().map(listed).collect()
    }

    /// The state of every file, by its SHA-256.
    ///
    /// # Errors
    /// `Io` when a file is there but cannot be read.
    pub fn verify(&self) -> Result<Vec<(PathBuf, FileState)>, ModelError> {
        ALL.iter().map(|file| Ok((self.path(file), self.state(file)?))).collect()
    }

    /// Whether the quick reader is there.
    pub fn has_quick_reader(&self) -> bool {
        self.path(&QUICK_READER).exists()
    }

    /// Whether pages can be read with the file at `path` in this state.
    pub fn is_fit(&self, path: &Path, state: FileState) -> bool {
        match state {
            FileState::Ok => true,
            FileState::Missing => self.can_do_without(path),
            FileState::Wrong => false,
        }
    }

    /// Whether pages are read without the file at `path`, only slower.
    pub fn can_do_without(&self, path: &Path) -> bool {
        self.is_made(path) || path == self.path(&LIBRARY)
    }

    /// Whether the file at `path` is made here, of others, and need not be fetched.
    pub fn is_made(&self, path: &Path) -> bool {
        path == self.path(&QUICK_READER)
    }

    /// Whether there is no library of ONNX Runtime here, not even a wrong one.
    pub fn lacks_library(&self) -> bool {
        let found = std::fs::symlink_metadata(self.path(&LIBRARY));
        found.is_err_and(|error| error.kind() == std::io::ErrorKind::NotFound)
    }

    pub(crate) fn path(&self, file: &Pinned) -> PathBuf {
        self.folder.join(file.name)
    }

    fn state(&self, file: &Pinned) -> Result<FileState, ModelError> {
        let path = self.path(file);
        match std::fs::metadata(&path) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(FileState::Missing),
            Err(error) => return Err(ModelError::io(Doing::LOOK, path)(error)),
            // What has another size need not be read.
            Ok(metadata) if metadata.len() != file.bytes => return Ok(FileState::Wrong),
            Ok(_) => {}
        }
        let is_pinned = sum_of(&path)?.is_some_and(|sum| sum == file.sha256);
        Ok(if is_pinned { FileState::Ok } else { FileState::Wrong })
    }
}

/// The SHA-256 of a file's content; nothing where there is no file.
fn sum_of(path: &Path) -> Result<Option<String>, ModelError> {
    let mut file = match std::fs::File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(ModelError::io(Doing::OPEN, path)(error)),
    };
    let mut sha256 = Sha256::new();
    let mut buffer = vec![0; 1 << 16];
    loop {
        match file.read(&mut buffer).map_err(ModelError::io(Doing::READ, path))? {
            0 => return Ok(Some(hex(&sha256.finalize()))),
            read => sha256.update(&buffer[..read]),
        }
    }
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn environment(name: &str) -> Option<PathBuf> {
    std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from)
}

fn user_folder() -> Option<PathBuf> {
    environment("XDG_DATA_HOME")
        .or_else(|| environment("HOME").map(|home| home.join(".local/share")))
        .map(|data| data.join("dossier/models"))
}
