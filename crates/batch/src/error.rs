//! Why a run cannot go on, in words for people.

use std::path::PathBuf;

use dossier_archive::ArchiveError;
use dossier_model::{Fault, Lang, Unsettled};
use dossier_pipeline::{LoadError, NotFound};

use crate::DecisionError;

/// Why a run could not start or had to end.
#[derive(Debug, thiserror::Error)]
pub enum BatchError {
    /// No such pipeline.
    #[error(transparent)]
    NoPipeline(#[from] NotFound),
    /// The pipeline's files are faulty.
    #[error("the pipeline has faults:\n{0}")]
    Pipeline(#[from] LoadError),
    /// A pattern or rule that cannot be compiled.
    #[error("the pipeline cannot be used: {0}")]
    Compile(String),
    /// Another pipeline made the archive.
    #[error("{}: this archive belongs to the pipeline `{theirs}`", archive.display())]
    OtherPipeline {
        /// The archive.
        archive: PathBuf,
        /// The pipeline that made it.
        theirs: String,
    },
    /// A source does not exist.
    #[error("{}: {error}", path.display())]
    NoSource {
        /// The source.
        path: PathBuf,
        /// What the system said.
        error: std::io::Error,
    },
    /// The archive lies in what is to be taken in, and would take itself in.
    #[error("{}: the archive lies in the source {}", archive.display(), source_folder.display())]
    WithinSource {
        /// The archive.
        archive: PathBuf,
        /// The source.
        source_folder: PathBuf,
    },
    /// There is no file in the sources.
    #[error("{}: no file to take in", .0.iter().map(|p| p.display().to_string()).collect::<Vec<_>>().join(", "))]
    EmptySource(Vec<PathBuf>),
    /// The archive cannot be used.
    #[error(transparent)]
    Archive(#[from] ArchiveError),
    /// What somebody said cannot be put on record.
    #[error(transparent)]
    Decision(#[from] DecisionError),
    /// The originals do not fit on the archive's disk.
    #[error("{}: {need} bytes are needed for the originals and {room} are free", archive.display())]
    NoRoom {
        /// The archive.
        archive: PathBuf,
        /// Bytes.
        need: u64,
        /// Bytes.
        room: u64,
    },
    /// A list of what was handed over cannot be compared.
    #[error("{}: {}", path.display(), fault.reason(Lang::En))]
    List {
        /// The list, or the original that cannot be read.
        path: PathBuf,
        /// Why.
        fault: Fault,
    },
    /// No worker can be started.
    #[error("starting a worker process: {0}")]
    Worker(std::io::Error),
    /// The folder for files that stand within others cannot be used.
    #[error("{}: {error}", path.display())]
    Spool {
        /// The folder.
        path: PathBuf,
        /// What the system said.
        error: std::io::Error,
    },
    /// The sums do not agree: the run has failed, whatever it did.
    #[error("the account does not add up: {}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))]
    Unsettled(Vec<Unsettled>),
}

impl BatchError {
    /// What is wrong, in words for people.
    pub fn reason(&self, lang: Lang) -> String {
        if lang == Lang::En {
            return self.to_string();
        }
        match self {
            BatchError::NoPipeline(error) => format!("找不到管线 {}", error.name),
            BatchError::Pipeline(error) => format!("管线配置有误：\n{error}"),
            BatchError::Compile(error) => format!("管线无法使用：{error}"),
            BatchError::OtherPipeline { archive, theirs } => {
                format!("{}：此档案库属于管线 {theirs}", archive.display())
            }
            BatchError::NoSource { path, error } | BatchError::Spool { path, error } => {
                format!("{}：{error}", path.display())
            }
            BatchError::WithinSource { archive, source_folder } => {
                format!("{}：档案库在来源文件夹 {} 之内", archive.display(), source_folder.display())
            }
            BatchError::EmptySource(paths) => {
                let paths: Vec<_> = paths.iter().map(|path| path.display().to_string()).collect();
                format!("{}：没有可导入的文件", paths.join("、"))
            }
            BatchError::Archive(error) => error.zh(),
            BatchError::Decision(error) => error.reason(lang),
            BatchError::NoRoom { archive, need, room } => {
                format!("{}：原件需要 {need} 字节，磁盘只剩 {room} 字节", archive.display())
            }
            BatchError::List { path, fault } => format!("{}：{}", path.display(), fault.reason(lang)),
            BatchError::Worker(error) => format!("无法启动处理进程：{error}"),
            BatchError::Unsettled(sums) => {
                let sums: Vec<_> = sums.iter().map(ToString::to_string).collect();
                format!("账目不平：{}", sums.join("；"))
            }
        }
    }

    /// What to do next.
    pub fn hint(&self, lang: Lang) -> &'static str {
        let (en, zh) = match self {
            BatchError::Archive(error) => return error.hint(lang),
            BatchError::NoPipeline(_) => (
                "give the path of a pipeline's folder, or set DOSSIER_PIPELINES to the folder that holds them",
                "请给出管线文件夹的路径，或把 DOSSIER_PIPELINES 设为管线所在文件夹",
            ),
            BatchError::Pipeline(_) | BatchError::Compile(_) => {
                ("mend the named files, then try again", "请修正上述文件后再试")
            }
            BatchError::OtherPipeline { .. } => {
                ("use that pipeline, or another archive", "请使用该管线，或另用一个档案库")
            }
            BatchError::NoSource { .. } => {
                ("check the path and whether the disk is there", "请检查路径以及磁盘是否已连接")
            }
            BatchError::Spool { .. } => (
                "check the permissions of the archive's folder and the room on its disk",
                "请检查档案库文件夹的权限和所在磁盘的空间",
            ),
            BatchError::WithinSource { .. } => (
                "keep the archive elsewhere, or name the folders beside it one by one",
                "请把档案库放在别处，或逐个指定其旁的文件夹",
            ),
            BatchError::EmptySource(_) => ("check that this is the right folder", "请检查文件夹是否正确"),
            BatchError::Decision(_) => (
                "see the letter with `dossier show`; categories are in the pipeline's categories.tsv",
                "请用 dossier show 查看此件；分类见管线的 categories.tsv",
            ),
            BatchError::NoRoom { .. } => (
                "make room, or keep originals with `--originals link` or `reference`",
                "请腾出空间，或用 --originals link 或 reference 保存原件",
            ),
            BatchError::List { .. } => (
                "a list names files in a column such as 文件名 or 档号, or has a checksum and a name a line",
                "清册应有“文件名”或“档号”一列，或每行为校验值加文件名",
            ),
            BatchError::Worker(_) => ("check the free memory and the limits", "请检查可用内存和系统限制"),
            BatchError::Unsettled(_) => (
                "nothing was lost from the sources; keep the archive and report this",
                "来源文件未受影响；请保留档案库并报告此问题",
            ),
        };
        lang.pick(en, zh)
    }
}
