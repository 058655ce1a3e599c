//! How a file's pages are divided into letters: `[division]` of `letters.toml`.

use std::fmt;
use std::num::NonZero;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// By what a file is divided into letters.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Split {
    /// By whatever says so: separator sheets, the volume's contents list, how pages look, bookmarks.
    #[default]
    Auto,
    /// By nothing: a file is one letter.
    Never,
    /// Every so many pages.
    Every(NonZero<u32>),
    /// By separator sheets alone.
    Separator,
}

impl fmt::Display for Split {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Split::Auto => f.write_str("auto"),
            Split::Never => f.write_str("never"),
            Split::Every(pages) => write!(f, "every:{pages}"),
            Split::Separator => f.write_str("separator"),
        }
    }
}

impl FromStr for Split {
    type Err = String;

    fn from_str(name: &str) -> Result<Split, String> {
        match (name, name.strip_prefix("every:")) {
            ("auto", _) => Ok(Split::Auto),
            ("never", _) => Ok(Split::Never),
            ("separator", _) => Ok(Split::Separator),
            (_, Some(pages)) if let Ok(pages) = pages.parse() => Ok(Split::Every(pages)),
            _ => Err(format!("`{name}` is none of auto, never, separator, every:PAGES")),
        }
    }
}

impl TryFrom<String> for Split {
    type Error = String;

    fn try_from(name: String) -> Result<Split, String> {
        name.parse()
    }
}

impl From<Split> for String {
    fn from(split: Split) -> String {
        split.to_string()
    }
}

/// Where one letter ends and the next begins within a file. All expressions see folded lines.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Division {
    /// By what, unless a run says otherwise.
    #[serde(default)]
    pub split: Split,
    /// Regular expressions, each for the first lines of a page that begins a letter.
    pub begins: Vec<String>,
    /// Regular expressions, each for the last lines of a page that ends a letter.
    pub ends: Vec<String>,
    /// How many lines at either end of a page are looked at.
    pub lines: usize,
    /// Regular expressions, each for all that a separator sheet says: its text in one line, or a bar
    /// code or QR code on it.
    #[serde(default)]
    pub separators: Vec<String>,
    /// How much each cue says that a letter begins at a page.
    #[serde(default)]
    pub cues: CueWeights,
    /// The contents list of a volume.
    pub contents: Option<ContentsSpec>,
}

/// How sure each cue makes it that a letter begins at a page, 0 to 1; cues that occur together leave
/// the doubt that each of them leaves, multiplied.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct CueWeights {
    /// Its first lines look like a beginning.
    pub begins: f32,
    /// The last lines of the page before look like an end.
    pub after_end: f32,
    /// The page before is blank, in a file where few are.
    pub after_blank: f32,
    /// A bookmark leads to it.
    pub bookmark: f32,
    /// From here on a file is divided.
    pub sure: f32,
    /// From here on a person is told.
    pub doubt: f32,
}

impl Default for CueWeights {
    fn default() -> Self {
        CueWeights { begins: 0.6, after_end: 0.5, after_blank: 0.4, bookmark: 0.6, sure: 0.75, doubt: 0.55 }
    }
}

/// The contents list of a volume (卷内文件目录), which gives each item's first page, and the note at its
/// end (备考表), which says how many pages there are (GB/T 9705-2008).
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ContentsSpec {
    /// A regular expression for the line that heads the list.
    pub title: String,
    /// A regular expression for a line of it; its group `number` is the item's number, `page` its first
    /// page, `last`, if there is one, its last.
    pub entry: String,
    /// A regular expression for the line that heads the note at the volume's end.
    pub closing: String,
    /// A regular expression over a line of that note; its group `pages` is how many there are.
    pub declared: String,
}
