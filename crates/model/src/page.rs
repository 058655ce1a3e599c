//! What was read on one page: its text, and its words with their boxes.

use serde::{Deserialize, Serialize};

/// A rectangle `[x0, y0, x1, y1]` in pixels of the upright page: x to the right, y down,
/// the second corner exclusive.
pub type PixelBox = [i32; 4];

/// Another reading of a character that the recogniser was unsure of.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Alternative {
    /// Which character of the word, from 0.
    pub at: u32,
    /// The runner-up.
    pub reading: char,
    /// Its probability, 0 to 1, as the recogniser gave it.
    pub probability: f32,
}

/// One Han character, one run of Latin letters or digits, or one punctuation mark.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Word {
    /// As read.
    pub text: String,
    /// Where its first character stands in the page's text, in Unicode characters from 0.
    pub start: u32,
    /// Where it stands on the page.
    #[serde(rename = "box")]
    pub bounds: PixelBox,
    /// How sure the reading is, 0 to 1; 1 for a text layer.
    pub confidence: f32,
    /// Runners-up of unsure characters.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub alternatives: Vec<Alternative>,
}

/// How a page's text came about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PageState {
    /// The file's own text was believed.
    TextLayer,
    /// Recognised from the page image.
    Recognised,
    /// Taken from a transcript beside the scan.
    Transcript,
    /// Nothing is written on it.
    Blank,
    /// Something is on it, but no text that can be read: a person should look at it.
    Illegible,
}

/// Why a page's text layer was believed or not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LayerJudgement {
    /// The page has no text layer.
    Absent,
    /// Plausible text, believed.
    Believed,
    /// U+FFFD, private-use or otherwise implausible characters: not believed.
    Garbled,
    /// Less text than the ink on the page suggests: not believed.
    Sparse,
    /// Plausible text that stands invisibly over a scan, a scanning firm's recognition: believed, and not
    /// held against our own.
    Invisible,
    /// The same, believed since some lines of it agree with our own recognition.
    Checked,
    /// The same, believed though some lines differ, since our own recognition is not sure either.
    Doubted,
    /// The same, not believed: some lines differ, and our own recognition is sure.
    Outdone,
}

impl LayerJudgement {
    /// Whether the file's own text is taken, as far as can be told without recognition.
    pub fn is_believed(self) -> bool {
        matches!(
            self,
            LayerJudgement::Believed
                | LayerJudgement::Invisible
                | LayerJudgement::Checked
                | LayerJudgement::Doubted
        )
    }
}

/// How well a page was scanned.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct ScanQuality {
    /// Pixels per inch.
    pub dpi: f32,
    /// How far its lines are from level, in degrees, clockwise positive; `None` where no line is long
    /// enough to tell.
    pub skew: Option<f32>,
    /// The share of the page's frame that is black, 0 to 1.
    pub border: f32,
    /// How steep the edges of strokes are, 0 to 1; `None` where there is too little contrast to tell.
    pub sharpness: Option<f32>,
    /// How many words reach the edge of the page.
    pub cut_words: u32,
}

/// What a page bears, or what its file says of it, besides its text.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PageMarks {
    /// What the bar codes and QR codes on it say, each once.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub codes: Vec<String>,
    /// The title of the file's bookmark that leads to it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bookmark: Option<String>,
}

impl PageMarks {
    /// Whether there is nothing.
    pub fn is_empty(&self) -> bool {
        self.codes.is_empty() && self.bookmark.is_none()
    }
}

/// One page as one extractor read it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PageContent {
    /// From 1.
    pub number: u32,
    /// Width of the upright page in pixels.
    pub width: u32,
    /// Height of the upright page in pixels.
    pub height: u32,
    /// Pixels per inch that the boxes and sizes are given at.
    pub dpi: f32,
    /// Degrees clockwise (0, 90, 180, 270) that the stored page was turned to be upright.
    pub rotation: u16,
    /// How the text came about.
    pub state: PageState,
    /// What was thought of the file's own text.
    pub layer: LayerJudgement,
    /// How well it was scanned, where it was recognised.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scan: Option<ScanQuality>,
    /// What else it bears.
    #[serde(default, skip_serializing_if = "PageMarks::is_empty")]
    pub marks: PageMarks,
    /// The text, lines separated by `\n`.
    pub text: String,
    /// The words of the text in reading order.
    pub words: Vec<Word>,
}

impl PageContent {
    /// A page that is nothing but its text, `number` from 1: it has no size, and no word a place.
    pub fn of_text(number: u32, text: &str) -> PageContent {
        PageContent {
            number,
            width: 0,
            height: 0,
            dpi: 0.0,
            rotation: 0,
            state: PageState::TextLayer,
            layer: LayerJudgement::Believed,
            scan: None,
            marks: PageMarks::default(),
            text: text.to_owned(),
            words: Vec::new(),
        }
    }

    /// The words that overlap the characters `start..end` of the page's text.
    pub fn words_between(&self, start: u32, end: u32) -> impl Iterator<Item = &Word> {
        self.words
            .iter()
            .filter(move |word| word.start < end && word.start + word.text.chars().count() as u32 > start)
    }
}

/// The boxes of words joined line by line, so that a highlighted phrase is one bar a line.
pub fn join_boxes(boxes: impl IntoIterator<Item = PixelBox>) -> Vec<PixelBox> {
    let mut joined: Vec<PixelBox> = Vec::new();
    for next in boxes {
        match joined.last_mut() {
            Some(last) if on_one_line(*last, next) => {
                *last =
                    [last[0].min(next[0]), last[1].min(next[1]), last[2].max(next[2]), last[3].max(next[3])];
            }
            _ => joined.push(next),
        }
    }
    joined
}

fn on_one_line(a: PixelBox, b: PixelBox) -> bool {
    let overlap = a[3].min(b[3]) - a[1].max(b[1]);
    let height = (a[3] - a[1]).min(b[3] - b[1]).max(1);
    overlap * 2 > height && b[0] - a[2] < 2 * height && b[2] > a[0]
}
