//! A model: the networks that pages are recognised with, the pinned ones or those of a folder of their own.
//!
//! Another model of the family is a folder in the store with a `model.toml` that names its files and their
//! SHA-256, so that its text, too, depends on nothing that could change unnoticed.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use dossier_model::Lang;
use dossier_pipeline::{MODEL_MANIFEST, ModelManifest, NetworkSpec, Reading, RecognitionSpec, RuntimeSpec};

use super::{DETECTOR, FileState, HAS_LIBRARY, LIBRARY, ModelStore, Pinned, QUICK_READER, READER, sum_of};
use crate::engine::CLEARLY;
use crate::error::{Amiss, Doing};
use crate::recogniser::REVISION;
use crate::{ModelError, Runtime};

/// A file of a model: a network, or the library that runs it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Network {
    pub path: PathBuf,
    /// The SHA-256 that it must have.
    pub sha256: String,
}

/// The networks that pages are recognised with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Model {
    name: String,
    /// What its manifest calls it, in each language.
    title: BTreeMap<String, String>,
    /// Its own folder, if it is not the pinned one.
    folder: Option<PathBuf>,
    pub(crate) library: Network,
    pub(crate) detector: Network,
    pub(crate) reader: Network,
    /// Only where lines are to be read by it first, if the run-time can.
    quick_reader: Option<Network>,
    runtime: Runtime,
    lacks_library: bool,
}

impl Model {
    /// What determines a page's text: the revision of this code, the networks and how they are used. Of
    /// the machine it depends on one thing only: whether the run-time can run the quick network.
    pub fn version(&self) -> String {
        self.version_with(self.quick_reader())
    }

    /// The version, and what ran the networks: what is put on record with a page. The text is the same
    /// (`docs/recognition.md`), so this makes no page older than another.
    pub fn recorded(&self) -> String {
        format!("{} via={}", self.version(), self.runtime.name())
    }

    /// What is on record with pages that this model need not recognise again, as patterns (`GLOB`): its own
    /// version; and what another run-time makes of the same pipeline, since the lack of a library makes no
    /// text worse, and getting it makes none better.
    pub fn standing(&self) -> Vec<String> {
        // Archives from before there were two run-times name none.
        let whatever_ran = |version: String| [format!("{version} via=*"), version];
        let full = self.version_with(None);
        match (&self.quick_reader, self.runtime) {
            (None, _) => whatever_ran(full).into(),
            (Some(quick), Runtime::Rten) => {
                [full, self.version_with(Some(quick))].into_iter().flat_map(whatever_ran).collect()
            }
            (Some(quick), Runtime::Ort) => {
                let in_full = format!("{full} via={}", Runtime::Rten.name());
                whatever_ran(self.version_with(Some(quick))).into_iter().chain([in_full]).collect()
            }
        }
    }

    fn version_with(&self, quick: Option<&Network>) -> String {
        let short = |network: &Network| network.sha256[..12].to_owned();
        let (detector, reader) = (short(&self.detector), short(&self.reader));
        let full = format!("{}/{REVISION} det={detector} rec={reader}", self.name);
        match quick {
            None => full,
            Some(quick) => format!("{full} quick={}@{CLEARLY}", short(quick)),
        }
    }

    /// What its manifest calls it, in this language; nothing if it does not say.
    pub fn title(&self, lang: Lang) -> &str {
        self.title.get(lang.pick("en", "zh")).map_or("", String::as_str)
    }

    /// How lines are read.
    pub fn reading(&self) -> Reading {
        if self.quick_reader().is_some() { Reading::Quick } else { Reading::Full }
    }

    /// What runs the networks.
    pub fn runtime(&self) -> Runtime {
        self.runtime
    }

    /// Whether `rten` runs the networks only for want of a library that could be installed.
    pub fn lacks_library(&self) -> bool {
        self.lacks_library
    }

    /// Where the library of ONNX Runtime is, or should be.
    pub fn library(&self) -> &Path {
        &self.library.path
    }

    /// The quick network, if lines are read by it first.
    pub(crate) fn quick_reader(&self) -> Option<&Network> {
        self.quick_reader.as_ref().filter(|_| self.runtime.reading(Reading::Quick) == Reading::Quick)
    }

    /// The state of all its files and of the library, if it is needed, by their SHA-256.
    ///
    /// # Errors
    /// `Io` when a file is there but cannot be read.
    pub fn verify(&self) -> Result<Vec<(PathBuf, FileState)>, ModelError> {
        self.files().map(|file| Ok((file.path.clone(), file.state()?))).collect()
    }

    /// The same of the files in its own folder; none of the pinned model.
    ///
    /// # Errors
    /// Those of [`verify`](Model::verify).
    pub fn own_files(&self) -> Result<Vec<(PathBuf, FileState)>, ModelError> {
        let files = self.verify()?.into_iter();
        Ok(files.filter(|(path, _)| self.is_of_folder(path)).collect())
    }

    fn is_of_folder(&self, path: &Path) -> bool {
        self.folder.as_ref().is_some_and(|folder| path.starts_with(folder))
    }

    /// Fails unless this processor can run it and all files are there as they should be.
    pub(crate) fn check(&self) -> Result<(), ModelError> {
        if self.runtime == Runtime::Ort && !HAS_LIBRARY {
            return Err(ModelError::Processor(std::env::consts::ARCH));
        }
        for (path, state) in self.verify()? {
            match (state, self.is_of_folder(&path)) {
                (FileState::Ok, _) => {}
                (FileState::Missing, false) => return Err(ModelError::Missing { path }),
                (FileState::Wrong, false) => return Err(ModelError::Wrong { path }),
                (FileState::Missing, true) => return Err(Amiss::Missing.at(path)),
                (FileState::Wrong, true) => return Err(Amiss::Wrong.at(path)),
            }
        }
        Ok(())
    }

    fn files(&self) -> impl Iterator<Item = &Network> {
        let library = Some(&self.library).filter(|_| self.runtime == Runtime::Ort);
        [&self.detector, &self.reader].into_iter().chain(&self.quick_reader).chain(library)
    }
}

impl Network {
    fn state(&self) -> Result<FileState, ModelError> {
        match sum_of(&self.path)? {
            None => Ok(FileState::Missing),
            Some(sum) if sum == self.sha256 => Ok(FileState::Ok),
            Some(_) => Ok(FileState::Wrong),
        }
    }
}

impl ModelStore {
    /// The model that is asked for, if its files are there; their content is checked before they are
    /// loaded. Without a quick network, as in stores from before there was one, it reads in full.
    ///
    /// # Errors
    /// `Folder` when there is no such model, its manifest is not in order or a file is missing.
    pub fn model(&self, spec: &RecognitionSpec) -> Result<Model, ModelError> {
        let model = if spec.model.is_own() { self.pinned(spec) } else { self.described(spec)? };
        let quick_reader = model.quick_reader.filter(|_| spec.reading == Reading::Quick);
        Ok(Model { quick_reader, ..model })
    }

    /// The names of the models that have folders of their own here.
    ///
    /// # Errors
    /// `Io` when the store's folder cannot be listed.
    pub fn others(&self) -> Result<Vec<String>, ModelError> {
        let list = |error| ModelError::io(Doing::LIST, &self.folder)(error);
        let entries = match std::fs::read_dir(&self.folder) {
            Ok(entries) => entries,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(list(error)),
        };
        let mut names = Vec::new();
        for entry in entries {
            let entry = entry.map_err(list)?;
            if entry.path().join(MODEL_MANIFEST).is_file() {
                names.push(entry.file_name().to_string_lossy().into_owned());
            }
        }
        names.sort();
        Ok(names)
    }

    fn pinned(&self, spec: &RecognitionSpec) -> Model {
        let runtime = self.runtime(spec.runtime);
        let network = |file: &Pinned| Network { path: self.path(file), sha256: file.sha256.to_owned() };
        Model {
            name: spec.model.to_string(),
            title: BTreeMap::new(),
            folder: None,
            library: network(&LIBRARY),
            detector: network(&DETECTOR),
            reader: network(&READER),
            quick_reader: self.has_quick_reader().then(|| network(&QUICK_READER)),
            runtime,
            lacks_library: HAS_LIBRARY && spec.runtime == RuntimeSpec::Auto && runtime == Runtime::Rten,
        }
    }

    /// What runs the networks here, if this is asked for. A library that is there counts, be it the wrong one:
    /// that is for whoever loads it to say.
    fn runtime(&self, asked: RuntimeSpec) -> Runtime {
        match asked {
            RuntimeSpec::Ort => Runtime::Ort,
            RuntimeSpec::Rten => Runtime::Rten,
            RuntimeSpec::Auto if HAS_LIBRARY && !self.lacks_library() => Runtime::Ort,
            RuntimeSpec::Auto => Runtime::Rten,
        }
    }

    /// The model of a folder.
    fn described(&self, spec: &RecognitionSpec) -> Result<Model, ModelError> {
        let folder = self.folder.join(spec.model.as_str());
        let path = folder.join(MODEL_MANIFEST);
        let text = match std::fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                return Err(Amiss::NoManifest { others: self.others()? }.at(path));
            }
            Err(error) => return Err(ModelError::io(Doing::READ, path)(error)),
        };
        let manifest = ModelManifest::parse(&text).map_err(|faults| Amiss::Manifest { faults }.at(&path))?;
        let own = self.pinned(spec);
        let model = Model {
            detector: manifest.detector.as_ref().map_or(own.detector, |spec| network(&folder, spec)),
            reader: network(&folder, &manifest.reader),
            quick_reader: manifest.quick_reader.as_ref().map(|spec| network(&folder, spec)),
            title: manifest.title,
            folder: Some(folder),
            ..own
        };
        if let Some(missing) = model.files().find(|file| !file.path.is_file()) {
            return Err(Amiss::Missing.at(&missing.path));
        }
        Ok(model)
    }
}

fn network(folder: &Path, spec: &NetworkSpec) -> Network {
    Network { path: folder.join(&spec.file), sha256: spec.sha256.clone() }
}
