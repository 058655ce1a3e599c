//! The kinds of file that have a reader.

use serde::{Deserialize, Serialize};

/// What a file is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// Pages: of a letter, of several letters, of an official paper.
    Pages,
    /// Rows of a register.
    Rows,
    /// Other files or none, and nothing else.
    Files,
}

macro_rules! file_kinds {
    ($($(#[$doc:meta])* $kind:ident = $name:literal: $shape:ident,)*) => {
        /// The kinds of file that have a reader; the name is what the catalog keeps.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
        pub enum FileKind {
            $($(#[$doc])* #[serde(rename = $name)] $kind,)*
        }

        impl FileKind {
            /// All kinds.
            pub const ALL: &[FileKind] = &[$(FileKind::$kind),*];

            /// The name by which the catalog knows it.
            pub fn name(self) -> &'static str {
                match self { $(FileKind::$kind => $name),* }
            }

            /// What it is made of.
            pub fn shape(self) -> Shape {
                match self { $(FileKind::$kind => Shape::$shape),* }
            }
        }
    };
}

file_kinds! {
    /// Portable Document Format.
    Pdf = "pdf": Pages,
    /// One picture: JPEG, PNG, BMP, GIF, WebP.
    Picture = "picture": Pages,
    /// Tagged Image File Format, a picture a page.
    Tiff = "tiff": Pages,
    /// JPEG 2000, as a file or a bare codestream.
    Jpeg2000 = "jpeg2000": Pages,
    /// Office Open XML document.
    Docx = "docx": Pages,
    /// OpenDocument text.
    Odt = "odt": Pages,
    /// Open Fixed-layout Document (GB/T 33190-2016).
    Ofd = "ofd": Pages,
    /// Running text.
    Text = "text": Pages,
    /// Hypertext that is no register.
    Html = "html": Pages,
    /// Text with its places on a page: ALTO, PAGE XML or hOCR.
    Layout = "layout": Pages,
    /// An e-mail message (RFC 5322); its attachments are files of their own.
    Mail = "mail": Pages,
    /// What only another program can read: the pipeline names a converter or it is refused.
    Foreign = "foreign": Pages,
    /// Office Open XML workbook.
    Xlsx = "xlsx": Rows,
    /// Office Open XML workbook in its binary form.
    Xlsb = "xlsb": Rows,
    /// BIFF workbook in an OLE container.
    Xls = "xls": Rows,
    /// OpenDocument spreadsheet.
    Ods = "ods": Rows,
    /// Delimited text.
    Csv = "csv": Rows,
    /// Tables of hypertext, as programs write them under the name of a workbook.
    HtmlTable = "html_table": Rows,
    /// SpreadsheetML 2003.
    Xml2003 = "xml2003": Rows,
    /// dBASE table.
    Dbf = "dbf": Rows,
    /// A transcript of the scan beside it, which has its text.
    Transcript = "transcript": Files,
    /// Zip container.
    Zip = "zip": Files,
}

impl FileKind {
    /// The kind with this name.
    pub fn named(name: &str) -> Option<FileKind> {
        FileKind::ALL.iter().copied().find(|kind| kind.name() == name)
    }

    /// Whether a file of this kind is nothing but what is in it, so that this is kept in its place.
    pub fn is_container(self) -> bool {
        self.shape() == Shape::Files && self.holds_files()
    }

    /// Whether a file of this kind may have further files in it.
    pub fn holds_files(self) -> bool {
        matches!(self, FileKind::Zip | FileKind::Mail)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kind_is_found_by_its_name() {
        for kind in FileKind::ALL {
            assert_eq!(FileKind::named(kind.name()), Some(*kind));
            assert_eq!(serde_json::to_value(kind).unwrap(), kind.name());
        }
        assert_eq!(FileKind::named("exe"), None);
    }
}
