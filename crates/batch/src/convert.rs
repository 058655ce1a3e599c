//! Files that only another program can read: the pipeline names a converter, which a worker runs
//! within its own limits, and what comes out is read in the file's place.

use std::io::{self, Read};
use std::os::unix::fs::DirBuilderExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use dossier_model::{Fault, FaultKind, FileKind};
use dossier_pipeline::Converter;
use dossier_read::sniff;
use rustix::io::Errno;
use rustix::process::{Pid, Signal, kill_process_group};
use tempfile::TempDir;

/// How often a running converter is looked at.
const LOOK: Duration = Duration::from_millis(50);
/// How much of what a converter says is kept.
const LAST_WORDS: u64 = 500;
/// What stands for the file in a converter's arguments, and for the folder that the result goes to.
const FILE: &str = "{file}";
const FOLDER: &str = "{folder}";

/// What came out of a converter; it goes away with this value.
pub(crate) struct Converted {
    pub path: PathBuf,
    pub kind: FileKind,
    _folder: TempDir,
}

/// Converts the file at `path`; what comes out stands in a folder of its own in `scratch`.
///
/// # Errors
/// `NoConverter` when there is none, `TimedOut`, or `Damaged` when nothing that can be read came out.
pub(crate) fn convert(
    path: &Path,
    converter: Option<&Converter>,
    scratch: &Path,
) -> Result<Converted, Fault> {
    let Some(converter) = converter else { return Err(Fault::new(FaultKind::NoConverter, "")) };
    let failed = |error: io::Error| Fault::new(FaultKind::Unreadable, error);
    std::fs::DirBuilder::new().recursive(true).mode(0o700).create(scratch).map_err(failed)?;
    let folder = tempfile::tempdir_in(scratch).map_err(failed)?;
    let out = folder.path().join("out");
    std::fs::create_dir(&out).map_err(failed)?;
    let mut child = start(converter, path, &out).map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => Fault::new(FaultKind::NoConverter, &converter.program),
        _ => Fault::new(FaultKind::NoConverter, format!("{}: {error}", converter.program)),
    })?;
    let said = listen(&mut child);
    let ended = wait(&mut child, Duration::from_secs(converter.seconds));
    let words = said.map(|said| said.join().unwrap_or_default()).unwrap_or_default();
    let status = ended?;
    let result = std::fs::read_dir(&out)
        .map_err(failed)?
        .flatten()
        .map(|entry| entry.path())
        .find(|path| path.is_file());
    // Some converters end well without a result, and some end badly with half of one.
    let path = result.filter(|_| status.success()).ok_or_else(|| {
        Fault::new(FaultKind::Damaged, format!("{} ({status}): {words}", converter.program))
    })?;
    let kind = sniff(&path)?;
    if kind == FileKind::Foreign || kind.holds_files() {
        return Err(Fault::new(
            FaultKind::UnknownKind,
            format!("{} made {}", converter.program, kind.name()),
        ));
    }
    Ok(Converted { path, kind, _folder: folder })
}

fn start(converter: &Converter, path: &Path, folder: &Path) -> io::Result<Child> {
    let argument = |argument: &String| {
        argument.replace(FILE, &path.to_string_lossy()).replace(FOLDER, &folder.to_string_lossy())
    };
    Command::new(&converter.program)
        .args(converter.arguments.iter().map(argument))
        .env("HOME", folder)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        // A group of its own, so that whatever it starts ends with it.
        .process_group(0)
        .spawn()
}

/// Listens to what a converter says, so that it never waits for somebody to; keeps the beginning.
fn listen(child: &mut Child) -> Option<JoinHandle<String>> {
    let mut stderr = child.stderr.take()?;
    Some(std::thread::spawn(move || {
        let mut words = Vec::new();
        let heard = stderr.by_ref().take(LAST_WORDS).read_to_end(&mut words);
        let rest = heard.and_then(|_| io::copy(&mut stderr, &mut io::sink()));
        match rest {
            Ok(_) => String::from_utf8_lossy(&words).trim().to_owned(),
            Err(error) => error.to_string(),
        }
    }))
}

/// Waits for a converter's end, and ends whatever it has left behind.
fn wait(child: &mut Child, patience: Duration) -> Result<ExitStatus, Fault> {
    let failed = |error: io::Error| Fault::new(FaultKind::Crashed, error);
    let started = Instant::now();
    let status = loop {
        if let Some(status) = child.try_wait().map_err(failed)? {
            break Some(status);
        }
        if started.elapsed() > patience {
            break None;
        }
        std::thread::sleep(LOOK);
    };
    if let Some(group) = i32::try_from(child.id()).ok().and_then(Pid::from_raw) {
        match kill_process_group(group, Signal::KILL) {
            Ok(()) | Err(Errno::SRCH) => {}
            Err(error) => return Err(failed(error.into())),
        }
    }
    child.wait().map_err(failed)?;
    status.ok_or_else(|| Fault::new(FaultKind::TimedOut, format!("{} s", patience.as_secs())))
}
