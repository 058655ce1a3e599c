//! What can be wrong with an input, in words for people.
//!
//! A fault is data: it crosses process borders and is stored, and is put into words only where
//! it is shown, in the reader's language, with what to do next.

use serde::{Deserialize, Serialize};

use crate::Lang;

/// The kinds of fault; the name is what scripts see.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FaultKind {
    /// Zero bytes.
    Empty,
    /// No reader for this kind of content.
    UnknownKind,
    /// A link, a device, a socket or a pipe.
    NoFile,
    /// Only another program can read it, and there is none.
    NoConverter,
    /// Needs a password.
    Encrypted,
    /// Broken beyond reading.
    Damaged,
    /// Could not be opened or read from the disk.
    Unreadable,
    /// Its worker crashed.
    Crashed,
    /// Its worker made no progress in time.
    TimedOut,
    /// Its worker asked for more memory than allowed.
    OutOfMemory,
    /// More pages, rows or pixels than a limit allows.
    TooLarge,
    /// The recognition models are not installed.
    NoModels,
    /// The page has to be recognised, and the run was told not to.
    OcrOff,
    /// The recogniser failed on a page.
    Unrecognised,
    /// No header was found in a sheet.
    NoHeader,
    /// It changed while it was read.
    ChangedMeanwhile,
}

impl FaultKind {
    /// Whether a worker was lost over it: more memory, more time or fewer neighbours may help.
    pub fn cost_a_worker(self) -> bool {
        matches!(self, FaultKind::Crashed | FaultKind::TimedOut | FaultKind::OutOfMemory)
    }
}

/// A fault with the detail that the reader or the system gave.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{}", self.reason(Lang::En))]
pub struct Fault {
    /// What is wrong.
    pub kind: FaultKind,
    /// The reader's or the system's own words; may be empty.
    #[serde(default)]
    pub detail: String,
}

impl Fault {
    /// A fault with its detail, on one line.
    pub fn new(kind: FaultKind, detail: impl ToString) -> Fault {
        let detail = detail.to_string();
        let lines = detail.lines().map(str::trim).filter(|line| !line.is_empty());
        Fault { kind, detail: lines.collect::<Vec<_>>().join(" ") }
    }

    /// What is wrong, in one line.
    pub fn reason(&self, lang: Lang) -> String {
        let (en, zh) = match self.kind {
            FaultKind::Empty => ("the file is empty", "文件为空"),
            FaultKind::UnknownKind => ("no reader for this kind of file", "无法识别的文件类型"),
            FaultKind::NoFile => ("no file of its own", "不是普通文件"),
            FaultKind::NoConverter => ("only another program can read it", "需要其他程序转换才能读取"),
            FaultKind::Encrypted => ("protected by a password", "有密码保护"),
            FaultKind::Damaged => ("damaged", "文件已损坏"),
            FaultKind::Unreadable => ("cannot be read from the disk", "无法从磁盘读取"),
            FaultKind::Crashed => ("its worker process crashed", "处理该文件的进程崩溃"),
            FaultKind::TimedOut => ("its worker made no progress in time", "处理超时，没有进展"),
            FaultKind::OutOfMemory => ("needs more memory than a worker may use", "所需内存超过上限"),
            FaultKind::TooLarge => ("larger than the limits allow", "超过规定的大小上限"),
            FaultKind::NoModels => {
                ("needs recognition, but the models are not installed", "需要识别，但识别模型未安装")
            }
            FaultKind::OcrOff => {
                ("not recognised, as was asked (--ocr never)", "按要求未识别（--ocr never）")
            }
            FaultKind::Unrecognised => ("the page could not be recognised", "页面识别失败"),
            FaultKind::NoHeader => ("no header row was found", "没有找到表头"),
            FaultKind::ChangedMeanwhile => ("changed while it was being read", "读取过程中文件发生变化"),
        };
        match (lang.pick(en, zh), self.detail.as_str()) {
            (reason, "") => reason.to_owned(),
            (reason, detail) => format!("{reason}: {detail}"),
        }
    }

    /// What to do next.
    pub fn hint(&self, lang: Lang) -> &'static str {
        let (en, zh) = match self.kind {
            FaultKind::Empty => ("copy the file again from where it came from", "请从原处重新复制该文件"),
            FaultKind::UnknownKind => (
                "convert it to PDF, docx, xlsx or csv, or name it in the pipeline's [[ignore]]",
                "请转换为 PDF、docx、xlsx 或 csv，或在管线的 [[ignore]] 中列明",
            ),
            FaultKind::NoFile => (
                "links are not followed: put the file itself there, or name what the link leads to as a source",
                "不跟随链接：请放入文件本身，或把链接所指的文件夹作为来源",
            ),
            FaultKind::NoConverter => (
                "install the program that the pipeline's [convert] names (LibreOffice: package \
                 libreoffice-writer-nogui), or save it as docx or PDF",
                "请安装管线 [convert] 所指定的程序（LibreOffice：软件包 libreoffice-writer-nogui），或另存为 docx 或 PDF",
            ),
            FaultKind::Encrypted => {
                ("save it without a password and ingest it again", "请去除密码另存后重新导入")
            }
            FaultKind::Damaged => (
                "scan or export it again, or repair it, then ingest it again",
                "请重新扫描、导出或修复后再次导入",
            ),
            FaultKind::Unreadable => {
                ("check the medium and the permissions, then ingest it again", "请检查介质和权限后再次导入")
            }
            FaultKind::Crashed | FaultKind::TimedOut | FaultKind::OutOfMemory | FaultKind::Unrecognised => (
                "ingest it alone with higher [limits] in the pipeline; if it fails again, report it",
                "请提高管线 [limits] 上限后单独导入；若仍失败请报告",
            ),
            FaultKind::TooLarge => {
                ("divide it, or raise the pipeline's [limits]", "请拆分文件，或提高管线的 [limits] 上限")
            }
            FaultKind::NoModels => (
                "run `dossier models install`, or put the model's folder beside the program's own; then ingest again",
                "请运行 dossier models install，或把所指定模型的文件夹放到模型目录，然后再次导入",
            ),
            FaultKind::OcrOff => ("ingest again without --ocr never", "请去掉 --ocr never 后再次导入"),
            FaultKind::NoHeader => {
                ("add the header's words to the pipeline's fields.toml", "请把表头用语补入管线的 fields.toml")
            }
            FaultKind::ChangedMeanwhile => {
                ("ingest it again when nothing writes to it", "请待文件不再被写入后重新导入")
            }
        };
        lang.pick(en, zh)
    }
}
