//! Why there is no report.

use dossier_archive::ArchiveError;
use dossier_model::Lang;

/// Why there is no report.
#[derive(Debug, thiserror::Error)]
pub enum ReportError {
    /// The archive cannot be used.
    #[error(transparent)]
    Archive(#[from] ArchiveError),
    /// No run has left a report.
    #[error("no run has ended yet")]
    NoRun,
    /// The run was killed, or is still going on.
    #[error("run {0} has left no report: it was killed, failed, or is still going on")]
    NoReport(i64),
    /// What the run left cannot be read.
    #[error("the report of run {0} cannot be read: {1}")]
    Unreadable(i64, String),
    /// A chart cannot be drawn.
    #[error("drawing a chart: {0}")]
    Chart(String),
}

impl ReportError {
    /// What is wrong, in words for people.
    pub fn reason(&self, lang: Lang) -> String {
        if lang == Lang::En {
            return self.to_string();
        }
        match self {
            ReportError::Archive(error) => error.zh(),
            ReportError::NoRun => "还没有结束的运行".to_owned(),
            ReportError::NoReport(run) => {
                format!("第 {run} 次运行没有留下报告：被强行终止、失败，或仍在进行")
            }
            ReportError::Unreadable(run, detail) => format!("第 {run} 次运行的报告无法读取：{detail}"),
            ReportError::Chart(detail) => format!("绘制图表：{detail}"),
        }
    }

    /// What to do next.
    pub fn hint(&self, lang: Lang) -> &'static str {
        match self {
            ReportError::Archive(error) => error.hint(lang),
            ReportError::NoRun => lang.pick("run `dossier ingest` first", "请先运行 dossier ingest"),
            ReportError::NoReport(_) => {
                lang.pick("choose another with `dossier runs`", "请用 dossier runs 另选一次")
            }
            ReportError::Unreadable(..) => lang.pick(
                "run `dossier verify`; the catalog may be damaged",
                "请运行 dossier verify：目录库可能已损坏",
            ),
            ReportError::Chart(_) => lang.pick("report this", "请报告此问题"),
        }
    }
}
