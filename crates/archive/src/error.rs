//! What can go wrong with an archive, in words for people.

use std::path::{Path, PathBuf};

use dossier_model::Lang;

use crate::Tombstone;

/// Why an archive cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ArchiveError {
    /// There is none.
    #[error("{}: no archive here", .0.display())]
    Missing(PathBuf),
    /// The folder holds other things.
    #[error("{}: the folder is not empty and holds no archive", .0.display())]
    NotAnArchive(PathBuf),
    /// It is on a network file system.
    #[error("{}: an archive cannot live on a network file system ({})", .0.display(), .1)]
    NetworkFileSystem(PathBuf, &'static str),
    /// A newer Dossier made it.
    #[error("{}: made by a newer Dossier (format {}, this one knows {})", path.display(), found, known)]
    Newer {
        /// The archive.
        path: PathBuf,
        /// Its format.
        found: u32,
        /// The newest format that this program knows.
        known: u32,
    },
    /// Another run holds the lock.
    #[error("{}: another run is writing to this archive{}", root.display(), held_by(holder))]
    Busy {
        /// The archive.
        root: PathBuf,
        /// Its process, user and command, if they are known.
        holder: String,
    },
    /// No such item.
    #[error("no item `{0}`")]
    NoItem(String),
    /// The item was withdrawn by order.
    #[error("`{}` was withdrawn by order of {}: {}", .0.item, .0.by, .0.reason)]
    Withdrawn(Box<Tombstone>),
    /// The run has been taken back before.
    #[error("run {0} has been taken back already")]
    UndoneAlready(i64),
    /// The folder holds other things than a backup.
    #[error("{}: the folder is not empty and holds no backup", .0.display())]
    NotABackup(PathBuf),
    /// An archive is restored into an empty folder only.
    #[error("{}: the folder is not empty", .0.display())]
    NotEmpty(PathBuf),
    /// A backup and its archive are one in the other.
    #[error("{}: the archive and its backup cannot be one in the other", .0.display())]
    Inside(PathBuf),
    /// No such run.
    #[error("no run {0}")]
    NoRun(i64),
    /// No search was saved under this name.
    #[error("no saved search {0}")]
    NoSearch(String),
    /// The index holds versions of items that the catalog does not know.
    #[error("{}: the index does not fit the catalog", .0.display())]
    IndexBehind(PathBuf),
    /// Something refused that says itself neither what nor where it is.
    #[error("{}: {}", path.display(), error)]
    At {
        /// The file or folder.
        path: PathBuf,
        /// What refused.
        error: Box<ArchiveError>,
    },
    /// The file system refused.
    #[error("{}: {}", path.display(), error)]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// What it said.
        error: std::io::Error,
    },
    /// The catalog refused.
    #[error("catalog: {0}")]
    Catalog(#[from] rusqlite::Error),
    /// The index refused.
    #[error("index: {0}")]
    Index(#[from] tantivy::TantivyError),
    /// A record of the catalog speaks of what is not there.
    #[error("catalog record: it speaks of a file or a place that it does not have")]
    Incoherent,
    /// A record of the catalog cannot be read.
    #[error("catalog record: {0}")]
    Record(#[from] serde_json::Error),
}

fn held_by(holder: &str) -> String {
    if holder.is_empty() { String::new() } else { format!(" ({holder})") }
}

impl ArchiveError {
    pub(crate) fn io(path: impl Into<PathBuf>) -> impl FnOnce(std::io::Error) -> ArchiveError {
        let path = path.into();
        move |error| ArchiveError::Io { path, error }
    }

    /// Of the archive at `root`: what the catalog or the index says gets its place.
    #[must_use]
    pub fn of(self, root: &Path) -> ArchiveError {
        let path = match &self {
            ArchiveError::Catalog(_) | ArchiveError::Record(_) | ArchiveError::Incoherent => {
                root.join(crate::folder::CATALOG)
            }
            ArchiveError::Index(_) => root.join("index"),
            _ => return self,
        };
        ArchiveError::At { path, error: Box::new(self) }
    }

    /// Whether there was no room left on the disk, whoever noticed.
    pub fn is_disk_full(&self) -> bool {
        let full = |error: &std::io::Error| {
            matches!(error.kind(), std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded)
        };
        match self {
            ArchiveError::At { error, .. } => error.is_disk_full(),
            ArchiveError::Io { error, .. } => full(error),
            ArchiveError::Catalog(error) => error.sqlite_error_code() == Some(rusqlite::ErrorCode::DiskFull),
            ArchiveError::Index(tantivy::TantivyError::IoError(error)) => full(error),
            ArchiveError::Index(error) => error.to_string().contains("No space left on device"),
            _ => false,
        }
    }

    /// What to do next.
    pub fn hint(&self, lang: Lang) -> &'static str {
        let (en, zh) = match self {
            ArchiveError::At { error, .. } => return error.hint(lang),
            full if full.is_disk_full() => (
                "make room, then run it again: it goes on where it was",
                "请腾出空间后再次运行，将从中断处继续",
            ),
            ArchiveError::Missing(_) => (
                "check --archive, or make one with `dossier ingest`",
                "请检查 --archive，或用 dossier ingest 新建",
            ),
            ArchiveError::NotAnArchive(_) => {
                ("choose an empty or a new folder", "请选择一个空文件夹或新文件夹")
            }
            ArchiveError::NotABackup(_) => {
                ("choose a backup, or an empty or a new folder", "请选择备份文件夹、空文件夹或新文件夹")
            }
            ArchiveError::NotEmpty(_) => {
                ("restore into an empty or a new folder", "请恢复到空文件夹或新文件夹")
            }
            ArchiveError::Inside(_) => {
                ("choose a folder elsewhere, best on another disk", "请另选位置，最好在另一块磁盘上")
            }
            ArchiveError::NetworkFileSystem(..) => (
                "put it on a disk of this machine; sources may stay on the network",
                "请放在本机磁盘上；来源文件可以留在网络盘",
            ),
            ArchiveError::Newer { .. } => ("use the newer Dossier", "请使用更新版本的卷宗"),
            ArchiveError::Busy { .. } => ("wait until it has ended, then try again", "请等待其结束后再试"),
            ArchiveError::NoItem(_) => ("find its id with `dossier search`", "请用 dossier search 查找编号"),
            ArchiveError::Withdrawn(_) => (
                "an order can be taken back with `dossier corrections --withdraw N`",
                "命令撤销后可用 dossier corrections --withdraw N 恢复",
            ),
            ArchiveError::UndoneAlready(_) => (
                "`dossier runs` lists them; ingest again what shall come back",
                "请用 dossier runs 查看；需要恢复的请重新导入",
            ),
            ArchiveError::NoRun(_) => ("`dossier runs` lists them", "请用 dossier runs 查看"),
            ArchiveError::NoSearch(_) => {
                ("`dossier search --list` lists them", "请用 dossier search --list 查看")
            }
            ArchiveError::Io { .. } => {
                ("check the path, the permissions and the free space", "请检查路径、权限和剩余空间")
            }
            ArchiveError::Catalog(_) | ArchiveError::Record(_) | ArchiveError::Incoherent => (
                "check the disk; restore the archive from a copy if it is damaged",
                "请检查磁盘；如已损坏请从备份恢复",
            ),
            ArchiveError::Index(_) | ArchiveError::IndexBehind(_) => {
                ("make the index anew with `dossier index rebuild`", "请用 dossier index rebuild 重建索引")
            }
        };
        lang.pick(en, zh)
    }

    /// The message in Chinese.
    pub fn zh(&self) -> String {
        match self {
            ArchiveError::Missing(path) => format!("{}：此处没有档案库", path.display()),
            ArchiveError::NotAnArchive(path) => format!("{}：文件夹不为空，且不是档案库", path.display()),
            ArchiveError::NotABackup(path) => format!("{}：文件夹不为空，且不是备份", path.display()),
            ArchiveError::NotEmpty(path) => format!("{}：文件夹不为空", path.display()),
            ArchiveError::Inside(path) => format!("{}：档案库与其备份不能互相包含", path.display()),
            ArchiveError::NetworkFileSystem(path, name) => {
                format!("{}：档案库不能放在网络文件系统上（{name}）", path.display())
            }
            ArchiveError::Newer { path, found, known } => {
                format!("{}：由更新版本的卷宗建立（格式 {found}，本程序支持到 {known}）", path.display())
            }
            ArchiveError::Busy { root, holder } => {
                format!("{}：另一个运行正在写入此档案库{}", root.display(), held_by(holder))
            }
            ArchiveError::NoItem(id) => format!("没有编号为 {id} 的件"),
            ArchiveError::Withdrawn(it) => {
                format!("{} 已依 {} 的命令撤出：{}", it.item, it.by, it.reason)
            }
            ArchiveError::UndoneAlready(id) => format!("第 {id} 次运行已撤销过"),
            ArchiveError::NoRun(id) => format!("没有第 {id} 次运行"),
            ArchiveError::NoSearch(name) => format!("没有名为“{name}”的检索"),
            ArchiveError::At { path, error } => format!("{}：{}", path.display(), error.zh()),
            ArchiveError::Io { path, error } => format!("{}：{error}", path.display()),
            ArchiveError::Catalog(error) => format!("目录库：{error}"),
            ArchiveError::IndexBehind(path) => format!("{}：索引与目录库不符", path.display()),
            ArchiveError::Index(error) => format!("索引：{error}"),
            ArchiveError::Incoherent => "目录记录：引用了不存在的文件或位置".to_owned(),
            ArchiveError::Record(error) => format!("目录记录：{error}"),
        }
    }
}
