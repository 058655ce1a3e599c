//! What the end-to-end tests share: the built program, a folder that goes away, the samples.

#![allow(dead_code)] // Each test target uses its own part of this.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::{Value, json};
use tempfile::TempDir;

/// The repository.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The samples' folder.
pub fn samples() -> PathBuf {
    root().join("samples")
}

/// Real input that is not part of the repository; `None`, said aloud, where it is missing.
pub fn real_data(name: &str) -> Option<PathBuf> {
    let path = root().join("../shared/data").join(name);
    if path.exists() {
        return Some(path);
    }
    eprintln!("skipped: {name} is not there");
    None
}

/// The program with some arguments.
pub struct Dossier {
    command: Command,
}

impl Dossier {
    /// `dossier ARGS…`, in English.
    pub fn new<S: AsRef<std::ffi::OsStr>>(args: impl IntoIterator<Item = S>) -> Dossier {
        let mut command = Command::new(env!("CARGO_BIN_EXE_dossier"));
        command.args(args).env("LC_ALL", "C.UTF-8").env("DOSSIER_PIPELINES", root().join("pipelines"));
        Dossier { command }
    }

    pub fn env(mut self, name: &str, value: impl AsRef<std::ffi::OsStr>) -> Dossier {
        self.command.env(name, value);
        self
    }

    pub fn arg(mut self, arg: impl AsRef<std::ffi::OsStr>) -> Dossier {
        self.command.arg(arg);
        self
    }

    pub fn command(self) -> Command {
        self.command
    }

    /// Runs it and asks for this exit status.
    #[track_caller]
    pub fn exits(mut self, status: i32) -> Ran {
        let output = self.command.output().expect("the program can be started");
        let ran = Ran::of(&output);
        assert_eq!(output.status.code(), Some(status), "stdout:\n{}\nstderr:\n{}", ran.stdout, ran.stderr);
        ran
    }
}

/// What the program said.
pub struct Ran {
    pub stdout: String,
    pub stderr: String,
}

impl Ran {
    fn of(output: &Output) -> Ran {
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).expect("output is UTF-8");
        Ran { stdout: text(&output.stdout), stderr: text(&output.stderr) }
    }

    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error}: {}", self.stdout))
    }

    pub fn lines(&self) -> Vec<Value> {
        self.stdout.lines().map(|line| serde_json::from_str(line).expect("each line is JSON")).collect()
    }
}

/// A folder for one test, with an archive in it.
pub struct Place {
    pub folder: TempDir,
}

impl Place {
    pub fn new() -> Place {
        Place { folder: TempDir::new().expect("a temporary folder") }
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn archive(&self) -> PathBuf {
        self.path("archive")
    }

    /// Writes a file below the folder and returns its path.
    pub fn write(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().expect("a parent")).expect("folders can be made");
        std::fs::write(&path, content).expect("files can be written");
        path
    }

    /// `dossier ingest petitions SOURCES… --archive … --json --quiet`
    pub fn ingest<P: AsRef<Path>>(&self, sources: impl IntoIterator<Item = P>) -> Dossier {
        let sources = sources.into_iter().map(|source| source.as_ref().to_owned().into_os_string());
        let args = ["ingest", "petitions"].map(Into::into).into_iter().chain(sources);
        Dossier::new(args).arg("--archive").arg(self.archive()).arg("--json").arg("--quiet")
    }

    /// `dossier COMMAND --archive … ARGS…`
    pub fn ask<S: AsRef<std::ffi::OsStr>>(&self, args: impl IntoIterator<Item = S>) -> Dossier {
        let mut args = args.into_iter();
        let command = args.next().expect("a command");
        let mut asked = Dossier::new([command]).arg("--archive").arg(self.archive());
        for arg in args {
            asked = asked.arg(arg);
        }
        asked
    }

    /// `dossier COMMAND ARGS… --archive …`, for commands of commands.
    pub fn ask_with<S: AsRef<std::ffi::OsStr>>(
        &self,
        command: &str,
        args: impl IntoIterator<Item = S>,
    ) -> Dossier {
        let mut asked = Dossier::new([command]);
        for arg in args {
            asked = asked.arg(arg);
        }
        asked.arg("--archive").arg(self.archive())
    }

    #[track_caller]
    pub fn search(&self, query: &str) -> Value {
        self.ask(["search", "--json", "--limit", "100", "--", query]).exits(0).json()
    }

    #[track_caller]
    pub fn digest(&self) -> Value {
        self.ask(["digest", "--json"]).exits(0).json()
    }
}

/// Copies a folder with all that is in it.
pub fn copy_folder(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("a folder");
    for entry in std::fs::read_dir(from).expect("a folder") {
        let entry = entry.expect("an entry");
        let target = to.join(entry.file_name());
        if entry.file_type().expect("a type").is_dir() {
            copy_folder(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).expect("a copy");
        }
    }
}

/// Fails unless `seen` is the sum of the others, in each group of a report.
#[track_caller]
pub fn assert_settled(report: &Value) {
    for group in ["files", "pages", "rows"] {
        let counts = report[group].as_object().expect("a group of counts");
        let count = |value: &Value| value.as_u64().expect("a count");
        let others: u64 = counts.iter().filter(|(name, _)| *name != "seen").map(|(_, n)| count(n)).sum();
        assert_eq!(count(&counts["seen"]), others, "{group}: {counts:?}");
    }
}

/// The ids of a search's hits.
pub fn ids(found: &Value) -> Vec<String> {
    let hits = found["hits"].as_array().expect("hits");
    hits.iter().map(|hit| hit["id"].as_str().expect("an id").to_owned()).collect()
}

/// The first child that a process gets.
pub fn child_of(parent: u32) -> rustix::process::Pid {
    let children = format!("/proc/{parent}/task");
    for _ in 0..500 {
        let tasks = std::fs::read_dir(&children).expect("the parent lives");
        for task in tasks.flatten() {
            let list = std::fs::read_to_string(task.path().join("children")).unwrap_or_default();
            if let Some(pid) = list.split_whitespace().next().and_then(|pid| pid.parse().ok()) {
                return rustix::process::Pid::from_raw(pid).expect("a process id is not 0");
            }
        }
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
    panic!("no child in five seconds");
}

/// Text in the encoding of Chinese offices.
pub fn gb18030(text: &str) -> Vec<u8> {
    encoding_rs::GB18030.encode(text).0.into_owned()
}

/// A register's rows as hypertext, in the forms that systems export.
pub fn as_html(rows: &[Vec<String>]) -> String {
    let cells =
        |row: &Vec<String>| row.iter().map(|cell| format!("<td>{}</td>", escaped(cell))).collect::<String>();
    let rows: String = rows.iter().map(|row| format!("<tr>{}</tr>\n", cells(row))).collect();
    format!("<html><head><meta charset=gb2312></head><body><table border=1>{rows}</table></body></html>")
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('\n', "<br>")
}

/// What a register says, whatever file it stands in: each item's fields.
pub fn said(place: &Place) -> Vec<Value> {
    let items = place.ask(["export", "--mask", "none"]).exits(0).lines();
    let mut said: Vec<Value> = items
        .iter()
        .map(|item| {
            let fields = item["fields"].as_object().expect("fields");
            let values = fields.iter().map(|(name, values)| {
                let values = values.as_array().expect("values").iter().map(|value| value["value"].clone());
                (name.clone(), Value::Array(values.collect()))
            });
            json!({ "text": item["text"], "fields": serde_json::Map::from_iter(values) })
        })
        .collect();
    said.sort_by_key(|item| item["text"].to_string());
    said
}

/// A folder with a register, a letter that has its text, and a page to recognise: a run over it passes every
/// point.
pub fn mixed(place: &Place) -> PathBuf {
    for name in [
        "registers/来信登记导出2012-2017.csv",
        "scans/2012-2017/临住建信复〔2017〕16号.pdf",
        "scans/1986-1998/青信86-0041.pdf",
    ] {
        place.write(&format!("in/{name}"), std::fs::read(samples().join(name)).expect("a sample"));
    }
    place.path("in")
}

/// The folder of a pipeline whose workers have these limits.
pub fn with_worker_limits(place: &Place, limits: &str) -> PathBuf {
    with_pipeline(place, |manifest| {
        let (before, rest) = manifest.split_once("[worker]").expect("worker limits");
        let after = rest.find("\n[declared]").expect("another table");
        format!("{before}[worker]\n{limits}\n{}", &rest[after..])
    })
}

/// The folder of a pipeline whose `pipeline.toml` is changed so.
pub fn with_pipeline(place: &Place, change: impl FnOnce(&str) -> String) -> PathBuf {
    let pipelines = place.path("pipelines");
    let pipeline = pipelines.join("petitions");
    copy_folder(&root().join("pipelines/petitions"), &pipeline);
    let manifest = std::fs::read_to_string(pipeline.join("pipeline.toml")).expect("a manifest");
    std::fs::write(pipeline.join("pipeline.toml"), change(&manifest)).expect("a write");
    pipelines
}

/// A register of two petitions, one of them dated by the month alone.
pub const REGISTER: &str = "信访编号,信访人,来信日期,标题,信访内容\n\
    X2019001,钱守信,2019-03-12,反映村道失修,村道三年失修，雨天无法通行，请修好\n\
    X2019002,孙有田,2019.4,要求补发工资,砖厂拖欠农民工工资半年，包工头躲着不见\n";

/// The id of the only hit.
#[track_caller]
pub fn id_of(place: &Place, query: &str) -> String {
    let found = ids(&place.search(query));
    assert_eq!(found.len(), 1, "{query}: {found:?}");
    found[0].clone()
}

/// The checksum of zip and PNG (ISO 3309).
pub fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0, |crc, byte| {
        (0..8).fold(
            crc ^ u32::from(*byte),
            |crc, _| if crc & 1 == 1 { crc >> 1 ^ 0xEDB8_8320 } else { crc >> 1 },
        )
    })
}
