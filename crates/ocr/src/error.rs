//! What can go wrong, with what to do next.

use std::path::PathBuf;

use dossier_model::Lang;

use crate::models::{ONNXRUNTIME, RAPIDOCR};

/// What was being done, in both languages; displayed in English.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Doing {
    en: &'static str,
    zh: &'static str,
}

impl Doing {
    pub(crate) const MAKE_FOLDER: Doing = Doing { en: "make the folder", zh: "建立文件夹" };
    pub(crate) const MAKE_INNER: Doing = Doing { en: "make a folder in it", zh: "在其中建立文件夹" };
    pub(crate) const LIST: Doing = Doing { en: "list it", zh: "列出内容" };
    pub(crate) const LOOK: Doing = Doing { en: "look at it", zh: "查看" };
    pub(crate) const OPEN: Doing = Doing { en: "open it", zh: "打开" };
    pub(crate) const READ: Doing = Doing { en: "read it", zh: "读取" };
    pub(crate) const WRITE: Doing = Doing { en: "write into it", zh: "写入" };
    pub(crate) const LOAD_LIBRARY: Doing = Doing { en: "loading ONNX Runtime", zh: "载入 ONNX Runtime" };
    pub(crate) const LOAD_MODEL: Doing =
        Doing { en: "loading a recognition model", zh: "载入识别模型" };
    pub(crate) const READ_CHARACTERS: Doing =
        Doing { en: "reading the recognition model's characters", zh: "读取识别模型的字表" };
    pub(crate) const FIND_LINES: Doing =
        Doing { en: "finding the lines of a page", zh: "查找页面文字行" };
    pub(crate) const READ_LINE: Doing = Doing { en: "recognising a line", zh: "识别文字行" };
}

impl std::fmt::Display for Doing {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.en)
    }
}

/// The models cannot be installed, found or trusted.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ModelError {
    /// No folder holds the models.
    #[error(
        "the recognition models are not installed (looked in {}): run `dossier models install`, or \
         `make models` in a source tree", list(.looked_in)
    )]
    NotInstalled {
        /// The folders that were looked at.
        looked_in: Vec<PathBuf>,
    },
    /// A file of the set is missing.
    #[error("{path}: missing: run `dossier models install`, or `make models` in a source tree")]
    Missing {
        /// Where it should be.
        path: PathBuf,
    },
    /// A file's content is not the pinned one.
    #[error("{path}: its SHA-256 is not the pinned one: delete it and run `dossier models install`")]
    Wrong {
        /// The file.
        path: PathBuf,
    },
    /// A source to install from does not hold what is needed.
    #[error(
        "{path}: holds no {} with the pinned SHA-256: get the wheels rapidocr {} and onnxruntime {} \
         for this processor and install from the folder they lie in",
        .missing.join(", "), RAPIDOCR, ONNXRUNTIME
    )]
    Incomplete {
        /// The folder or wheel.
        path: PathBuf,
        /// The files that were not found in it.
        missing: Vec<&'static str>,
    },
    /// A wheel cannot be unpacked.
    #[error("{path}: cannot be unpacked as a wheel ({source}): download it again")]
    Wheel {
        /// The wheel.
        path: PathBuf,
        /// Why.
        source: zip::result::ZipError,
    },
    /// pip is missing or failed.
    #[error(
        "the models could not be downloaded with pip ({detail}): check that Python 3 with pip is \
         installed and reaches its package index, or copy the wheels rapidocr {} and onnxruntime {} \
         here and install from their folder",
        RAPIDOCR,
        ONNXRUNTIME
    )]
    Pip {
        /// What pip or the system said last.
        detail: String,
    },
    /// The quick reader cannot be made of the reader.
    #[error(
        "{path}: cannot be made into a quick reader ({detail}): report this; without it pages are read as well, but slower"
    )]
    Unmade {
        /// The reader's file.
        path: PathBuf,
        /// What is the matter.
        detail: String,
    },
    /// The folder of another model than the program's own is not in order.
    #[error("{path}: {}", .amiss.en())]
    Folder {
        /// Its manifest, or the file that is not in order.
        path: PathBuf,
        /// What is the matter.
        amiss: Amiss,
    },
    /// ONNX Runtime is asked for, and not published for this processor.
    #[error(
        "ONNX Runtime needs an x86_64 or aarch64 processor, and this one is {0}: set the run-time to `auto` or \
         `rten`, which reads the same, slower"
    )]
    Processor(&'static str),
    /// The disk.
    #[error("{path}: cannot {doing} ({source}): check the folder's permissions and free space")]
    Io {
        /// What was being done.
        doing: Doing,
        /// To which file or folder.
        path: PathBuf,
        /// Why it failed.
        source: std::io::Error,
    },
}

impl ModelError {
    /// What is wrong and what to do next, in words for people; in English as displayed.
    pub fn reason(&self, lang: Lang) -> String {
        if lang == Lang::En {
            return self.to_string();
        }
        const INSTALL: &str = "请运行 dossier models install（在源码目录中可用 make models）";
        match self {
            ModelError::NotInstalled { looked_in } => {
                format!("识别模型未安装（已查找：{}）：{INSTALL}", list(looked_in))
            }
            ModelError::Missing { path } => format!("{}：文件缺失：{INSTALL}", path.display()),
            ModelError::Wrong { path } => {
                format!("{}：SHA-256 与固定值不符：请删除该文件后运行 dossier models install", path.display())
            }
            ModelError::Incomplete { path, missing } => format!(
                "{}：其中没有 SHA-256 与固定值相符的 {}：请取得适用于本机处理器的 rapidocr {RAPIDOCR} 和 \
                 onnxruntime {ONNXRUNTIME} 两个 wheel 文件，并从其所在文件夹安装",
                path.display(),
                missing.join("、")
            ),
            ModelError::Wheel { path, source } => {
                format!("{}：不能作为 wheel 文件解压（{source}）：请重新下载", path.display())
            }
            ModelError::Pip { detail } => format!(
                "无法用 pip 下载模型（{detail}）：请确认已安装 Python 3 和 pip 并能访问软件包索引，或把 \
                 rapidocr {RAPIDOCR} 和 onnxruntime {ONNXRUNTIME} 两个 wheel 文件复制到本机，从其所在文件夹安装"
            ),
            ModelError::Unmade { path, detail } => format!(
                "{}：无法制成快速识别模型（{detail}）：请报告此情况；没有它仍可识别，质量不变，但较慢",
                path.display()
            ),
            ModelError::Folder { path, amiss } => format!("{}：{}", path.display(), amiss.zh()),
            ModelError::Processor(processor) => {
                format!(
                    "ONNX Runtime 需要 x86_64 或 aarch64 处理器，本机为 {processor}：请把运行库改为 auto 或 rten（识别结果相同，但较慢）"
                )
            }
            ModelError::Io { doing, path, source } => {
                format!("{}：{}失败（{source}）：请检查文件夹权限和剩余空间", path.display(), doing.zh)
            }
        }
    }

    pub(crate) fn io(doing: Doing, path: impl Into<PathBuf>) -> impl FnOnce(std::io::Error) -> ModelError {
        let path = path.into();
        move |source| ModelError::Io { doing, path, source }
    }
}

fn list(paths: &[PathBuf]) -> String {
    paths.iter().map(|path| path.display().to_string()).collect::<Vec<_>>().join(", ")
}

/// What is the matter with the folder of a model.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Amiss {
    /// It is not there, or has no manifest.
    NoManifest {
        /// The models that there are.
        others: Vec<String>,
    },
    /// The manifest is not in order.
    Manifest {
        /// All that is wrong with it.
        faults: Vec<String>,
    },
    /// A file that the manifest names is missing.
    Missing,
    /// A file has another content than the manifest says.
    Wrong,
}

impl Amiss {
    pub(crate) fn at(self, path: impl Into<PathBuf>) -> ModelError {
        ModelError::Folder { path: path.into(), amiss: self }
    }

    fn en(&self) -> String {
        match self {
            Amiss::NoManifest { others } => format!(
                "there is no such model (there are: {}): name one of these, or put its folder there",
                known(others, ", ")
            ),
            Amiss::Manifest { faults } => {
                format!("the model's manifest is not in order: {}", faults.join("; "))
            }
            Amiss::Missing => {
                "the file, which model.toml names, is missing: copy the model's folder again".to_owned()
            }
            Amiss::Wrong => {
                "its SHA-256 is not the one in model.toml: copy the model's folder again".to_owned()
            }
        }
    }

    fn zh(&self) -> String {
        match self {
            Amiss::NoManifest { others } => {
                format!("没有此模型（已有：{}）：请改用其中之一，或把模型文件夹放到此处", known(others, "、"))
            }
            Amiss::Manifest { faults } => format!("模型说明有误：{}", faults.join("；")),
            Amiss::Missing => "model.toml 所列文件缺失：请重新复制模型文件夹".to_owned(),
            Amiss::Wrong => "SHA-256 与 model.toml 所写不符：请重新复制模型文件夹".to_owned(),
        }
    }
}

/// The program's own model, and others.
fn known(others: &[String], between: &str) -> String {
    let own = [dossier_pipeline::ModelName::OWN.to_owned()];
    [&own[..], others].concat().join(between)
}

/// A page cannot be recognised.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OcrError {
    /// The models are not there or not the pinned ones.
    #[error(transparent)]
    Models(#[from] ModelError),
    /// The image has more pixels than [`MAX_PIXELS`](crate::MAX_PIXELS), or none.
    #[error("an image of {width} × {height} pixels cannot be recognised: the limit is {}", crate::MAX_PIXELS)]
    Size {
        /// In pixels.
        width: u32,
        /// In pixels.
        height: u32,
    },
    /// The run-time refused its library or a model, or failed while running.
    #[error("{doing}: {detail}: run `dossier models verify`; if it finds nothing wrong, report this")]
    Runtime {
        /// What was being done.
        doing: Doing,
        /// The run-time's own words.
        detail: String,
    },
}

impl OcrError {
    /// What is wrong and what to do next, in words for people; in English as displayed.
    pub fn reason(&self, lang: Lang) -> String {
        if lang == Lang::En {
            return self.to_string();
        }
        match self {
            OcrError::Models(error) => error.reason(lang),
            OcrError::Size { width, height } => {
                format!("无法识别 {width} × {height} 像素的图像：上限为 {} 像素", crate::MAX_PIXELS)
            }
            OcrError::Runtime { doing, detail } => format!(
                "{}时出错：{detail}：请运行 dossier models verify；如未发现问题，请报告此情况",
                doing.zh
            ),
        }
    }

    pub(crate) fn runtime<E: std::fmt::Display>(doing: Doing) -> impl FnOnce(E) -> OcrError {
        move |error| OcrError::Runtime { doing, detail: error.to_string() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn assert_in_both(error: &OcrError, en: &str, zh: &str) {
        assert_eq!(error.reason(Lang::En), error.to_string());
        assert!(error.reason(Lang::En).contains(en), "{}", error.reason(Lang::En));
        assert!(error.reason(Lang::Zh).contains(zh), "{}", error.reason(Lang::Zh));
    }

    #[test]
    fn every_error_speaks_both_languages() {
        let path = || PathBuf::from("/models/rec.onnx");
        let denied = || std::io::Error::from(std::io::ErrorKind::PermissionDenied);
        let models = [
            (
                ModelError::NotInstalled { looked_in: vec![path()] },
                "not installed",
                "识别模型未安装（已查找：/models",
            ),
            (ModelError::Missing { path: path() }, "/rec.onnx: missing", "/rec.onnx：文件缺失"),
            (ModelError::Wrong { path: path() }, "SHA-256", "与固定值不符"),
            (ModelError::Incomplete { path: path(), missing: vec!["a", "b"] }, "no a, b with", "a、b"),
            (
                ModelError::Wheel { path: path(), source: zip::result::ZipError::FileNotFound },
                "wheel",
                "重新下载",
            ),
            (ModelError::Pip { detail: "no route".to_owned() }, "pip (no route)", "pip 下载模型（no route）"),
            (
                ModelError::Unmade { path: path(), detail: "no graph".to_owned() },
                "/rec.onnx: cannot be made into a quick reader (no graph)",
                "/rec.onnx：无法制成快速识别模型（no graph）",
            ),
            (
                Amiss::NoManifest { others: vec!["server".to_owned()] }.at(path()),
                "there is no such model (there are: ppocr-v6-small, server)",
                "没有此模型（已有：ppocr-v6-small、server）",
            ),
            (
                Amiss::Manifest { faults: vec!["line 1: x".to_owned()] }.at(path()),
                "line 1: x",
                "模型说明有误：line 1: x",
            ),
            (Amiss::Missing.at(path()), "which model.toml names, is missing", "model.toml 所列文件缺失"),
            (Amiss::Wrong.at(path()), "not the one in model.toml", "与 model.toml 所写不符"),
            (ModelError::Processor("mips"), "this one is mips", "本机为 mips"),
            (ModelError::io(Doing::OPEN, path())(denied()), "cannot open it", "/rec.onnx：打开失败"),
        ];
        for (error, en, zh) in models {
            assert_in_both(&OcrError::Models(error), en, zh);
        }
        assert_in_both(&OcrError::Size { width: 0, height: 9 }, "0 × 9 pixels", "0 × 9 像素");
        let failed = OcrError::runtime(Doing::READ_LINE)("bad shape");
        assert_in_both(&failed, "recognising a line: bad shape", "识别文字行时出错：bad shape");
    }
}
