//! Exit status and error messages, each decided in one place.

use std::process::ExitCode;

use dossier_archive::{ArchiveError, QueryError};
use dossier_batch::{BatchError, Status};
use dossier_model::Lang;
use dossier_night::NightError;
use dossier_ocr::export::ExportError;
use dossier_ocr::{ModelError, OcrError};
use dossier_report::ReportError;

/// The exit statuses that scripts can rely on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// All done.
    Complete = 0,
    /// Could not run.
    Failed = 1,
    /// Wrong usage.
    Usage = 2,
    /// Done, but something is quarantined, rejected or failed.
    Partial = 3,
    /// Another run is writing to the archive.
    Busy = 10,
    /// Was asked to stop.
    Interrupted = 130,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> ExitCode {
        ExitCode::from(exit as u8)
    }
}

impl From<Status> for Exit {
    fn from(status: Status) -> Exit {
        match status {
            Status::Complete => Exit::Complete,
            Status::Partial => Exit::Partial,
            Status::Failed => Exit::Failed,
            Status::Interrupted => Exit::Interrupted,
        }
    }
}

/// Why a command could not be carried out.
#[derive(Debug, thiserror::Error)]
pub enum CliError {
    /// A run could not go on.
    #[error(transparent)]
    Batch(#[from] BatchError),
    /// The archive cannot be used.
    #[error(transparent)]
    Archive(#[from] ArchiveError),
    /// The query cannot be run.
    #[error("{error}")]
    Query {
        /// What is wrong, and where.
        error: QueryError,
        /// The query as it was typed.
        query: String,
    },
    /// A night could not be done.
    #[error(transparent)]
    Night(#[from] NightError),
    /// There is no log.
    #[error("run {0} has no log, or no longer")]
    NoLog(i64),
    /// There is no report.
    #[error(transparent)]
    Report(#[from] ReportError),
    /// A file that is not quarantined.
    #[error("{0}: not quarantined")]
    NotQuarantined(String),
    /// A name that several files that are quarantined end with.
    #[error("{path}: several files end with it, such as {} and {}", found[0], found[1])]
    SeveralQuarantined {
        /// As typed.
        path: String,
        /// Two of them.
        found: [String; 2],
    },
    /// A register cannot be read.
    #[error("{}: {fault}", path.display())]
    Input {
        /// Where.
        path: std::path::PathBuf,
        /// Why.
        fault: dossier_model::Fault,
    },
    /// A column that the register does not have, or that is not `HEADER=FIELD`.
    #[error("no such column: {0}")]
    NoColumn(String),
    /// A field that the pipeline does not have.
    #[error("no such field: {0}")]
    NoField(String),
    /// A page cannot be recognised.
    #[error(transparent)]
    Recognition(#[from] OcrError),
    /// A recognised file cannot be written in a form.
    #[error("{}: {error}", path.display())]
    Export {
        /// The original.
        path: std::path::PathBuf,
        /// Why.
        error: ExportError,
    },
    /// A file cannot be read or written.
    #[error("{}: {cause}", path.display())]
    File {
        /// Where.
        path: std::path::PathBuf,
        /// Why.
        cause: std::io::Error,
    },
    /// The models cannot be installed.
    #[error(transparent)]
    Models(#[from] ModelError),
    /// Standard input or output failed.
    #[error(transparent)]
    Output(#[from] std::io::Error),
    /// Something cannot be written as JSON.
    #[error(transparent)]
    Json(#[from] serde_json::Error),
}

impl CliError {
    /// The error of a file at `path`.
    pub fn at(path: &std::path::Path) -> impl Fn(std::io::Error) -> CliError + '_ {
        move |cause| CliError::File { path: path.to_owned(), cause }
    }

    /// Whether whoever reads the output has gone.
    pub fn is_broken_pipe(&self) -> bool {
        let kind = match self {
            CliError::Output(error) => Some(error.kind()),
            CliError::Json(error) => error.io_error_kind(),
            _ => None,
        };
        kind == Some(std::io::ErrorKind::BrokenPipe)
    }

    /// The exit status.
    pub fn exit(&self) -> Exit {
        match self {
            CliError::Batch(BatchError::Archive(ArchiveError::Busy { .. }))
            | CliError::Archive(ArchiveError::Busy { .. })
            | CliError::Night(NightError::Batch(BatchError::Archive(ArchiveError::Busy { .. }))) => {
                Exit::Busy
            }
            CliError::Query { .. } => Exit::Usage,
            _ => Exit::Failed,
        }
    }

    /// What is wrong, and what to do next.
    pub fn message(&self, lang: Lang) -> String {
        let (what, hint) = match self {
            CliError::Batch(error) => (error.reason(lang), error.hint(lang)),
            CliError::Archive(error) => {
                (lang.pick(&error.to_string(), &error.zh()).to_owned(), error.hint(lang))
            }
            CliError::Query { error, query } => {
                (format!("{}{}", error.reason(lang), pointed(error, query)), "")
            }
            CliError::Night(error) => (error.reason(lang), error.hint(lang)),
            CliError::NoLog(run) => (
                lang.pick(&self.to_string(), &format!("第 {run} 次运行没有日志，或已过保留期")).to_owned(),
                lang.pick("`dossier runs` lists the runs", "请用 dossier runs 查看"),
            ),
            CliError::Report(error) => (error.reason(lang), error.hint(lang)),
            CliError::NotQuarantined(path) => (
                lang.pick(&self.to_string(), &format!("{path}：未被隔离")).to_owned(),
                lang.pick(
                    "`dossier quarantine list` has the full paths",
                    "请用 dossier quarantine list 查看完整路径",
                ),
            ),
            CliError::SeveralQuarantined { path, found: [first, second] } => (
                lang.pick(&self.to_string(), &format!("{path}：有几个文件以此结尾，如 {first} 和 {second}"))
                    .to_owned(),
                lang.pick("name it by more of its path", "请写出更完整的路径"),
            ),
            CliError::Input { path, fault } => {
                (format!("{}: {}", path.display(), fault.reason(lang)), fault.hint(lang))
            }
            CliError::NoColumn(column) => (
                lang.pick(&self.to_string(), &format!("没有这一列：{column}")).to_owned(),
                lang.pick(
                    "write --column HEADER=FIELD with a header as `dossier registers inspect` prints it",
                    "请写 --column 表头=字段，表头按 dossier registers inspect 所列",
                ),
            ),
            CliError::NoField(field) => (
                lang.pick(&self.to_string(), &format!("没有这个字段：{field}")).to_owned(),
                lang.pick("the fields are in the pipeline's fields.toml", "字段见管线的 fields.toml"),
            ),
            CliError::Recognition(error) => (error.reason(lang), ""),
            CliError::Export { path, error } => {
                (format!("{}: {}", path.display(), error.reason(lang)), error.hint(lang))
            }
            CliError::File { .. } => (
                self.to_string(),
                lang.pick(
                    "check the path, the permissions and the room on the disk",
                    "请检查路径、权限和磁盘空间",
                ),
            ),
            CliError::Models(error) => (error.reason(lang), ""),
            CliError::Output(error) => (error.to_string(), ""),
            CliError::Json(error) => (error.to_string(), ""),
        };
        let prefix = lang.pick("dossier: ", "卷宗：");
        match hint {
            "" => format!("{prefix}{what}"),
            hint => format!("{prefix}{what}\n  {}{hint}", lang.pick("what to do: ", "怎么办：")),
        }
    }
}

/// The query on a line of its own, and below it a mark at the character that is wrong.
fn pointed(error: &QueryError, query: &str) -> String {
    if query.trim().is_empty() {
        return String::new();
    }
    let query: String = query.chars().map(|c| if c.is_whitespace() { ' ' } else { c }).collect();
    // What is not ASCII is two columns wide in a terminal.
    let columns: usize = query.chars().take(error.at).map(|c| if c.is_ascii() { 1 } else { 2 }).sum();
    format!("\n  {query}\n  {}^", " ".repeat(columns))
}
