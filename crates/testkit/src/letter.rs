//! Letters as data: what `texts/letters/*.toml` may say.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::person::Cast;
use crate::{Error, Result};

/// One PDF: how it was scanned, and the letters in it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ScanText {
    /// The path under the samples' folder.
    pub file: String,
    /// What the sample shows, for the reader.
    pub shows: String,
    /// Pixels per inch.
    pub dpi: f32,
    /// The colours of the scan.
    pub ink: InkMode,
    /// How page images are stored.
    pub codec: Codec,
    /// JPEG quality, 1 to 100.
    #[serde(default)]
    pub quality: u8,
    /// Degrees that each page lies askew, clockwise; taken in turn.
    #[serde(default)]
    pub skew: Vec<f32>,
    /// Deviation of the scanner's noise, in grey levels of 255.
    #[serde(default)]
    pub noise: f32,
    /// Specks of dust on each page.
    #[serde(default)]
    pub dust: usize,
    /// The text layer.
    #[serde(default)]
    pub layer: Layer,
    /// The letters in order.
    pub letters: Vec<Letter>,
}

/// The colours of a scan.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum InkMode {
    /// 24 bits.
    Colour,
    /// 8 bits.
    Grey,
    /// 1 bit.
    Bilevel,
}

/// How a page image is stored in the PDF.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Codec {
    /// DCTDecode.
    Jpeg,
    /// CCITTFaxDecode with K = -1.
    G4,
    /// FlateDecode.
    Flate,
    /// No image: the page is text.
    None,
}

/// What text the PDF itself holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Layer {
    /// None: images only.
    #[default]
    Absent,
    /// Right.
    Believed,
    /// Drawn right, but its characters are said to be others.
    Garbled,
}

/// One letter and how it looks.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Letter {
    /// How it was made.
    pub style: Style,
    /// The typeface of typed letters.
    #[serde(default)]
    pub font: FaceName,
    /// What it is written on.
    pub paper: Paper,
    /// Points of the type, where not the style's own.
    #[serde(default)]
    pub size: Option<f32>,
    /// Points from line to line, where the style's own would leave a last page nearly empty.
    pub leading: Option<f32>,
    /// The paper has gone yellow.
    #[serde(default)]
    pub aged: bool,
    /// Every sheet's back is scanned too, and blank.
    #[serde(default)]
    pub blank_reverse: bool,
    /// The last sheet's back is scanned too, and blank.
    #[serde(default)]
    pub blank_reverse_last: bool,
    /// Pages are numbered at the foot.
    #[serde(default)]
    pub page_numbers: bool,
    /// A thumb print over the signature.
    #[serde(default)]
    pub thumb: bool,
    /// The office's stamp at the top of the first page.
    pub stamp: Option<Stamp>,
    /// The red seal over signature and date.
    pub seal: Option<Seal>,
    /// The red head of an official document.
    pub red_head: Option<String>,
    /// The number of an official document.
    pub number: Option<String>,
    /// The title.
    pub title: Option<String>,
    /// To whom it is addressed.
    #[serde(default)]
    pub salutation: String,
    /// Its paragraphs.
    #[serde(default)]
    pub body: Vec<String>,
    /// 此致, 敬礼.
    #[serde(default)]
    pub close: Vec<String>,
    /// The signature's lines.
    #[serde(default)]
    pub sign: Vec<String>,
    /// The date line.
    pub date: String,
    /// What follows the date: enclosures.
    #[serde(default)]
    pub after: Vec<String>,
    /// The signatories of a joint letter, on a page of its own.
    pub table: Option<Table>,
    /// A form's rows: label, value, and perhaps a second label and value.
    #[serde(default)]
    pub form: Vec<Vec<String>>,
    /// The content categories, primary first.
    pub categories: Vec<Vec<String>>,
    /// What the letter states, by canonical field name, normalised.
    pub fields: BTreeMap<String, Vec<String>>,
}

/// How a letter was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Style {
    /// Pen.
    Handwritten,
    /// Printer or typewriter.
    Typed,
    /// An office's document.
    Official,
    /// A printed form filled in by hand.
    Form,
}

/// What a letter is written on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Paper {
    /// White.
    Plain,
    /// With red rules.
    RedLines,
    /// With green rules.
    GreenLines,
}

/// A typeface.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FaceName {
    /// Song, for print.
    #[default]
    Ming,
    /// Brush script, for handwriting.
    Kai,
    /// Sans serif.
    Hei,
    /// A running hand, Ma Shan Zheng. This and the next three are for trials only.
    MaShan,
    /// A running hand, Zhi Mang Xing.
    ZhiMang,
    /// A thin running hand, Long Cang.
    LongCang,
    /// A cursive hand, Liu Jian Mao Cao.
    LiuJian,
}

impl FaceName {
    /// The faces that imitate a hand.
    pub const HANDS: [FaceName; 4] =
        [FaceName::MaShan, FaceName::ZhiMang, FaceName::LongCang, FaceName::LiuJian];

    /// What letters that are written by hand are set in: the face itself if it is a hand, else Kai.
    pub(crate) fn by_hand(self) -> FaceName {
        if FaceName::HANDS.contains(&self) { self } else { FaceName::Kai }
    }
}

/// A rubber stamp with straight lines of text in a frame.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Stamp {
    /// `red` or `blue`.
    pub colour: StampColour,
    /// Its text.
    pub lines: Vec<String>,
}

/// The ink of a stamp.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StampColour {
    /// Red.
    Red,
    /// Blue.
    Blue,
}

/// A round seal with a star and the office's name around it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Seal {
    /// The text around it.
    pub text: String,
}

/// A table; a cell of `*` is a thumb print.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Table {
    /// Its title.
    pub title: String,
    /// The head of each column.
    pub head: Vec<String>,
    /// The columns' shares of the width.
    pub widths: Vec<f32>,
    /// Its rows.
    pub rows: Vec<Vec<String>>,
}

impl ScanText {
    /// Parses one text file; identity and telephone numbers are filled in from the cast.
    ///
    /// # Errors
    /// What is wrong with it, and in which file.
    pub fn parse(name: &str, source: &str, cast: &Cast) -> Result<ScanText> {
        let filled = cast.fill_toml(source).map_err(|cause| Error::text(name, cause))?;
        let scan: ScanText = toml::from_str(&filled).map_err(|cause| Error::text(name, cause))?;
        for letter in &scan.letters {
            letter.check().map_err(|cause| Error::text(name, cause))?;
        }
        Ok(scan)
    }
}

impl Letter {
    /// Everything that stands on its pages, without line breaks.
    pub fn plain_text(&self) -> String {
        let stamp = self.stamp.iter().flat_map(|stamp| &stamp.lines);
        let table = self.table.iter().flat_map(|table| table.rows.iter().flatten());
        let parts = stamp
            .chain(&self.red_head)
            .chain(&self.number)
            .chain(&self.title)
            .chain([&self.salutation])
            .chain(&self.body)
            .chain(self.form.iter().flatten())
            .chain(&self.sign)
            .chain(table);
        parts.map(String::as_str).collect::<Vec<_>>().join("\n")
    }

    /// What is expected verbatim must stand in the letter.
    fn check(&self) -> std::result::Result<(), String> {
        let text = self.plain_text();
        let verbatim =
            ["petitioner_name", "petition_no", "id_no", "address", "region", "title", "demand", "archive_no"];
        for (field, value) in
            verbatim.iter().flat_map(|f| self.fields.get(*f).into_iter().flatten().map(move |v| (f, v)))
        {
            if !text.contains(value.as_str()) {
                return Err(format!("{field} {value:?} does not stand in the letter"));
            }
        }
        if self.table.as_ref().is_some_and(|t| t.rows.iter().any(|row| row.len() != t.head.len())) {
            return Err("a row of the table has not as many cells as its head".to_owned());
        }
        Ok(())
    }
}
