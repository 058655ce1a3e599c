//! Why a night could not be done, in words for people.

use std::path::PathBuf;

use dossier_archive::ArchiveError;
use dossier_batch::BatchError;
use dossier_model::Lang;
use dossier_pipeline::{LoadError, NotFound};
use dossier_report::ReportError;

/// Why a night could not be done.
#[derive(Debug, thiserror::Error)]
pub enum NightError {
    /// No such pipeline.
    #[error(transparent)]
    NoPipeline(#[from] NotFound),
    /// The job's file is faulty.
    #[error("the nightly job has faults:\n{0}")]
    Job(#[from] LoadError),
    /// There is less room than the job asks for.
    #[error("{}: {free_gib:.1} GiB are free, and the job asks for {asked_gib:.1}", archive.display())]
    NoRoom {
        /// The archive.
        archive: PathBuf,
        /// What there is.
        free_gib: f64,
        /// What is asked for.
        asked_gib: f64,
    },
    /// The run could not be done.
    #[error(transparent)]
    Batch(#[from] BatchError),
    /// There is no report of it.
    #[error(transparent)]
    Report(#[from] ReportError),
    /// The archive cannot be used.
    #[error(transparent)]
    Archive(#[from] ArchiveError),
}

impl NightError {
    /// What is wrong, in words for people.
    pub fn reason(&self, lang: Lang) -> String {
        match self {
            NightError::Batch(error) => error.reason(lang),
            NightError::Report(error) => error.reason(lang),
            NightError::Archive(error) if lang == Lang::Zh => error.zh(),
            _ if lang == Lang::En => self.to_string(),
            NightError::NoPipeline(error) => format!("找不到管线 {}", error.name),
            NightError::Job(error) => format!("夜间任务配置有误：\n{error}"),
            NightError::NoRoom { archive, free_gib, asked_gib } => format!(
                "{}：磁盘剩余 {free_gib:.1} GiB，少于任务要求的 {asked_gib:.1} GiB",
                archive.display()
            ),
            NightError::Archive(error) => error.zh(),
        }
    }

    /// What to do next.
    pub fn hint(&self, lang: Lang) -> &'static str {
        let (en, zh) = match self {
            NightError::Batch(error) => return error.hint(lang),
            NightError::Report(error) => return error.hint(lang),
            NightError::Archive(error) => return error.hint(lang),
            NightError::NoPipeline(_) => (
                "give the path of a job's file or of a pipeline's folder with a nightly.toml",
                "请给出任务文件的路径，或含 nightly.toml 的管线文件夹",
            ),
            NightError::Job(_) => ("mend the named file, then try again", "请修正上述文件后再试"),
            NightError::NoRoom { .. } => (
                "make room, or lower `limits.free_gib` in the job's file",
                "请腾出空间，或调低任务文件中的 limits.free_gib",
            ),
        };
        lang.pick(en, zh)
    }
}
