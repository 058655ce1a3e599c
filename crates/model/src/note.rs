//! What a person should know of a file that went in: something in it that was not read, or that they
//! would not expect to have been.

use serde::{Deserialize, Serialize};

use crate::Lang;

/// The kinds of note; the name is what scripts see.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NoteKind {
    /// A sheet that a spreadsheet program does not show; it was read.
    HiddenSheet,
    /// Pictures; they were not read.
    Pictures,
    /// A file attached within the file; it was not read.
    Attachment,
    /// Cells may be struck through, which is not read.
    StruckThrough,
    /// Headers and footers of a document; they were not read.
    PageHeaders,
    /// Comments in the margin; they were not read.
    Comments,
    /// Memos of a table, which stand in another file; they were not read.
    Memos,
    /// Formulas whose value was not reckoned by the program that wrote them; there is nothing to read.
    Uncomputed,
    /// A transcript beside the scan has another number of pages or cannot be read; it was not used.
    TranscriptUnused,
    /// Quotation marks in these rows quote nothing: nothing closes them, or text follows. They were taken as
    /// they stand.
    StrayQuotes,
    /// These rows have bytes that are no characters in the encoding of the file.
    DamagedRows,
    /// These cells hold an error such as `#REF!` instead of a value.
    ErrorCells,
    /// A register without a single row.
    NoRows,
    /// A sheet of running text beside a register; its rows are no petitions.
    SheetAside,
    /// Rows that the register had when it was last taken in, and that no register has now; what was made of
    /// them stays.
    RowsVanished,
    /// Annotations and stamps of a document; they were not read.
    Annotations,
    /// A letter may begin at these pages, but not surely enough to divide the file there.
    MayBegin,
    /// The volume's contents list or the note at its end declares another number of pages.
    PagesDiffer,
    /// Pages were recognised without the library that would have done it faster, which should be there.
    SlowRuntime,
}

/// A note with what it is about: a name or a number; may be empty.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Note {
    /// What is to be known.
    pub kind: NoteKind,
    /// Of what.
    #[serde(default)]
    pub detail: String,
}

impl NoteKind {
    /// A note of this kind.
    pub fn of(self, detail: impl ToString) -> Note {
        Note { kind: self, detail: detail.to_string() }
    }
}

impl Note {
    /// The note in words.
    pub fn text(&self, lang: Lang) -> String {
        let (en, zh) = match self.kind {
            NoteKind::HiddenSheet => ("a hidden sheet was read", "隐藏的工作表也已读取"),
            NoteKind::Pictures => ("pictures in it were not read", "其中的图片未读取"),
            NoteKind::Attachment => ("an attached file was not read", "附带的文件未读取"),
            NoteKind::StruckThrough => {
                ("some cells may be struck through, which is not seen", "部分单元格可能有删除线，无法识别")
            }
            NoteKind::PageHeaders => ("headers and footers were not read", "页眉页脚未读取"),
            NoteKind::Comments => ("comments were not read", "批注未读取"),
            NoteKind::Memos => {
                ("memo fields stand in another file and were not read", "备注字段另存他处，未读取")
            }
            NoteKind::Uncomputed => (
                "formulas without a value; open the workbook and save it, then ingest it again",
                "公式没有计算结果；请打开该工作簿并保存后再导入",
            ),
            NoteKind::TranscriptUnused => (
                "a transcript beside it was not used: it has another number of pages or cannot be read",
                "旁边的转录文件页数不符或无法读取，未采用",
            ),
            NoteKind::StrayQuotes => (
                "a quotation mark that closes nowhere was taken as it stands, so that no row is lost; look at the rows",
                "引号没有配对，已按原样读取，未吞并其他行；请核对以下各行",
            ),
            NoteKind::DamagedRows => (
                "rows with bytes that are no characters; they stand as \u{FFFD}",
                "以下各行有无法识别的字节，以 \u{FFFD} 代替",
            ),
            NoteKind::ErrorCells => (
                "cells with an error such as #REF! instead of a value; nothing was taken from them",
                "以下单元格是 #REF! 之类的错误值，未作为内容采用",
            ),
            NoteKind::NoRows => ("the register has no rows", "表中没有任何数据行"),
            NoteKind::SheetAside => (
                "a sheet is no register but explains one; its rows were not taken in",
                "有一张工作表不是登记表而是说明文字，其各行未入库",
            ),
            NoteKind::RowsVanished => (
                "rows that were there before are gone; their letters stay in the archive (former row and letter)",
                "以前有的行已不在表中；其件仍在库中（原行号与编号）",
            ),
            NoteKind::Annotations => ("annotations and stamps were not read", "批注与电子印章未读取"),
            NoteKind::MayBegin => (
                "a letter may begin at these pages; if so, `dossier correct ID --begins PAGE`",
                "以下各页可能另起一信；如属实，请用 dossier correct 编号 --begins 页码",
            ),
            NoteKind::PagesDiffer => (
                "the volume declares another number of pages than there are",
                "卷内目录或备考表所记页数与实有页数不符",
            ),
            NoteKind::SlowRuntime => (
                "the library of ONNX Runtime is not here, so `rten` recognises pages: the same text in twice the time; `dossier models install` fetches it",
                "没有 ONNX Runtime 运行库，改用 rten 识别：结果相同，用时约两倍；运行 dossier models install 即可安装",
            ),
        };
        match (lang.pick(en, zh), self.detail.as_str()) {
            (text, "") => text.to_owned(),
            (text, detail) => format!("{text}: {detail}"),
        }
    }
}
