//! Installing and verifying the real models, which `make models` has put in their place.

#![allow(clippy::unwrap_used)] // Helpers of tests may panic as tests do.

use std::fs::{self, File};
use std::io::Write;
use std::path::Path;

use dossier_ocr::{Amiss, FileState, ModelError, ModelStore, OcrError, Recogniser, Runtime};
use dossier_pipeline::{Reading, RecognitionSpec, RuntimeSpec};
use tempfile::TempDir;
use zip::write::SimpleFileOptions;

const QUICK: &str = "PP-OCRv6_rec_small.int8.onnx";

fn installed() -> ModelStore {
    ModelStore::locate().unwrap_or_else(|error| panic!("{error}"))
}

fn empty() -> (TempDir, ModelStore) {
    let folder = tempfile::tempdir().unwrap();
    let store = ModelStore::new(folder.path().join("models"));
    (folder, store)
}

fn states(store: &ModelStore) -> Vec<FileState> {
    store.verify().unwrap().into_iter().map(|(_, state)| state).collect()
}

/// A wheel that holds those of the installed files whose name begins with `prefix`.
fn wheel(path: &Path, prefix: &str) {
    let mut wheel = zip::ZipWriter::new(File::create(path).unwrap());
    let stored = SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    for (file, _) in installed().verify().unwrap() {
        let name = file.file_name().unwrap().to_str().unwrap();
        if name.starts_with(prefix) {
            wheel.start_file(format!("package/models/{name}"), stored).unwrap();
            wheel.write_all(&fs::read(&file).unwrap()).unwrap();
        }
    }
    wheel.finish().unwrap();
}

#[test]
fn a_folder_installs_all_and_repairs_what_is_wrong() {
    let (_folder, store) = empty();
    assert_eq!(states(&store), [FileState::Missing; 4]);
    let names = store.install_from(installed().folder()).unwrap();
    assert_eq!((names.len(), names[3]), (4, QUICK), "the quick reader is made");
    assert_eq!(states(&store), [FileState::Ok; 4]);

    let (damaged, _) = store.verify().unwrap().remove(1);
    let mut content = fs::read(&damaged).unwrap();
    content[1000] ^= 1;
    fs::write(&damaged, content).unwrap();
    assert_eq!(states(&store), [FileState::Ok, FileState::Wrong, FileState::Ok, FileState::Ok]);
    let refused = Recogniser::load(&store).map(|_| ());
    assert!(matches!(refused, Err(OcrError::Models(ModelError::Wrong { path })) if path == damaged));

    assert_eq!(store.install_from(installed().folder()).unwrap(), ["PP-OCRv6_rec_small.onnx"]);
    assert_eq!(states(&store), [FileState::Ok; 4]);
}

#[test]
fn wheels_install_one_by_one_or_from_their_folder() {
    let (folder, store) = empty();
    let (weights, library) = (folder.path().join("weights.whl"), folder.path().join("library.whl"));
    wheel(&weights, "PP-OCR");
    wheel(&library, "libonnxruntime");
    assert_eq!(store.install_from(&weights).unwrap().len(), 3);
    assert_eq!(store.install_from(&library).unwrap(), ["libonnxruntime.so.1.32.0"]);
    assert_eq!(states(&store), [FileState::Ok; 4]);
    assert!(store.install_from(&library).unwrap().is_empty(), "nothing is left to do");

    let second = ModelStore::new(folder.path().join("second"));
    assert_eq!(second.install_from(folder.path()).unwrap().len(), 4);
}

#[test]
fn a_source_that_lacks_something_says_what() {
    let (folder, store) = empty();
    wheel(&folder.path().join("weights.whl"), "PP-OCR");
    match store.install_from(folder.path()) {
        Err(ModelError::Incomplete { missing, .. }) => assert_eq!(missing, ["libonnxruntime.so.1.32.0"]),
        other => panic!("{other:?}"),
    }
    let broken = folder.path().join("broken.whl");
    fs::write(&broken, "no archive").unwrap();
    assert!(matches!(store.install_from(&broken), Err(ModelError::Wheel { path, .. }) if path == broken));
    let absent = folder.path().join("absent");
    assert!(matches!(store.install_from(&absent), Err(ModelError::Io { path, .. }) if path == absent));
}

#[test]
fn wrong_content_is_refused_and_leaves_nothing() {
    let (folder, store) = empty();
    let source = folder.path().join("source");
    fs::create_dir(&source).unwrap();
    for (file, _) in installed().verify().unwrap() {
        let mut content = fs::read(&file).unwrap();
        content[7] ^= 1;
        fs::write(source.join(file.file_name().unwrap()), content).unwrap();
    }
    match store.install_from(&source) {
        Err(ModelError::Incomplete { path, missing }) => assert_eq!((path, missing.len()), (source, 3)),
        other => panic!("{other:?}"),
    }
    assert_eq!(states(&store), [FileState::Missing; 4]);
    assert_eq!(fs::read_dir(store.folder()).unwrap().count(), 0, "not even a half-written file");
    let refused = Recogniser::load(&store).map(|_| ());
    assert!(matches!(refused, Err(OcrError::Models(ModelError::Missing { .. }))));
}

#[test]
fn the_version_names_code_and_models_only() {
    let version = |reading| {
        let spec = RecognitionSpec { reading, ..RecognitionSpec::default() };
        installed().model(&spec).unwrap().version()
    };
    let full = version(Reading::Full);
    assert_eq!(full, "ppocr-v6-small/6 det=090f04abcd9d rec=6f327246b503");
    assert_eq!(version(Reading::Quick), format!("{full} quick=148fe9b3e9de@6"));
}

#[test]
fn a_store_from_before_the_quick_reader_reads_in_full_until_it_is_made() {
    let (_folder, store) = empty();
    store.install_from(installed().folder()).unwrap();
    let quick = store.folder().join(QUICK);
    let pinned = fs::read(&quick).unwrap();
    let model = |reading| store.model(&RecognitionSpec { reading, ..RecognitionSpec::default() }).unwrap();
    assert_eq!(model(Reading::Quick).reading(), Reading::Quick);

    fs::remove_file(&quick).unwrap();
    assert_eq!(model(Reading::Quick), model(Reading::Full));
    let recogniser = Recogniser::load(&store).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(recogniser.recorded(), model(Reading::Full).recorded());
    // Made anew, it is the same to the byte; a damaged one is refused and replaced.
    assert_eq!(store.install_from(installed().folder()).unwrap(), [QUICK]);
    assert!(fs::read(&quick).unwrap() == pinned);
    fs::write(&quick, "damaged").unwrap();
    assert!(matches!(Recogniser::load(&store).map(drop), Err(OcrError::Models(ModelError::Wrong { .. }))));
    assert_eq!(store.install_from(installed().folder()).unwrap(), [QUICK]);
}

/// A folder `named` in the store with a manifest of the installed reader under a name of its own.
fn another(store: &ModelStore, named: &str) -> std::path::PathBuf {
    let folder = store.folder().join(named);
    fs::create_dir_all(&folder).unwrap();
    let reader = installed().folder().join("PP-OCRv6_rec_small.onnx");
    fs::copy(reader, folder.join("reader.onnx")).unwrap();
    let sum = "6f327246b50388f3c176ae304bd95767ea6dc0c9ae92153ef8cbe210b3c14884";
    fs::write(folder.join("model.toml"), format!("[reader]\nfile = 'reader.onnx'\nsha256 = '{sum}'\n"))
        .unwrap();
    folder
}

#[test]
fn another_model_is_a_folder_and_its_faults_are_named() {
    let (_folder, store) = empty();
    store.install_from(installed().folder()).unwrap();
    let spec = RecognitionSpec { model: "another".parse().unwrap(), ..RecognitionSpec::default() };
    let amiss = || match store.model(&spec).and_then(|model| model.own_files()) {
        Err(ModelError::Folder { amiss, .. }) => amiss,
        other => panic!("{other:?}"),
    };
    assert_eq!(amiss(), Amiss::NoManifest { others: Vec::new() });
    let folder = another(&store, "another");
    assert_eq!(store.others().unwrap(), ["another"]);
    let model = store.model(&spec).unwrap();
    // The detector is the program's own, and there is no quick reader.
    assert_eq!(model.version(), "another/6 det=090f04abcd9d rec=6f327246b503");
    assert_eq!(
        Recogniser::of(&model).map(|recogniser| recogniser.recorded().to_owned()).unwrap(),
        model.recorded()
    );

    fs::write(folder.join("reader.onnx"), "another").unwrap();
    assert_eq!(model.own_files().unwrap(), [(folder.join("reader.onnx"), FileState::Wrong)]);
    let refused = Recogniser::of(&model).map(drop);
    assert!(matches!(refused, Err(OcrError::Models(ModelError::Folder { amiss: Amiss::Wrong, .. }))));
    fs::remove_file(folder.join("reader.onnx")).unwrap();
    assert_eq!(amiss(), Amiss::Missing);
    fs::write(folder.join("model.toml"), "[reader]\nfile = 'reader.onnx'\n").unwrap();
    assert!(matches!(amiss(), Amiss::Manifest { faults } if faults.len() == 1));
}

#[test]
fn without_the_library_rten_reads_and_a_wrong_one_is_an_error() {
    let (_folder, store) = empty();
    store.install_from(installed().folder()).unwrap();
    let model = |runtime| store.model(&RecognitionSpec { runtime, ..RecognitionSpec::default() }).unwrap();
    let refused = |runtime| match Recogniser::of(&model(runtime)).map(drop) {
        Err(OcrError::Models(error)) => error,
        other => panic!("{other:?}"),
    };
    let quick = model(RuntimeSpec::Auto);
    assert_eq!((quick.runtime(), quick.lacks_library()), (Runtime::Ort, false));

    let library = quick.library().to_owned();
    fs::write(&library, "no library").unwrap();
    assert!(matches!(refused(RuntimeSpec::Auto), ModelError::Wrong { path } if path == library));
    // A link that leads nowhere is not the lack of a library either.
    fs::remove_file(&library).unwrap();
    std::os::unix::fs::symlink("nowhere", &library).unwrap();
    assert!(matches!(refused(RuntimeSpec::Auto), ModelError::Missing { path } if path == library));

    fs::remove_file(&library).unwrap();
    assert!(matches!(refused(RuntimeSpec::Ort), ModelError::Missing { path } if path == library));
    let instead = model(RuntimeSpec::Auto);
    assert_eq!((instead.runtime(), instead.lacks_library()), (Runtime::Rten, true));
    assert!(store.is_fit(&library, FileState::Missing) && !store.is_fit(&library, FileState::Wrong));
    let recogniser = Recogniser::of(&instead).unwrap_or_else(|error| panic!("{error}"));
    let full = "ppocr-v6-small/6 det=090f04abcd9d rec=6f327246b503";
    assert_eq!(recogniser.recorded(), format!("{full} via=rten"));
    // Neither has to do again what the other did of the same pipeline.
    assert!(quick.standing().contains(&instead.recorded()));
    assert!(instead.standing().contains(&quick.version()));
    assert_eq!(quick.recorded(), format!("{full} quick=148fe9b3e9de@6 via=ort"));
}
