//! Trials: pages for measuring recognition, each kind spoilt in one way, with their truth.
//!
//! A page is a function of its kind, a seed and its number. Recognition is tuned on the pages of
//! [`TUNED`] only; those of [`HELD_OUT`] tell what that is worth on pages nobody looked at.

mod sheet;
mod spoil;
mod writer;

use image::RgbImage;

use crate::Result;
use crate::fonts::Fonts;
use crate::layout::PageLayout;
use crate::rng::Rng;

/// The seed that recognition may be tuned on.
pub const TUNED: u64 = 1;
/// The seed that it may not.
pub const HELD_OUT: u64 = 2;

/// What is the matter with a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// Clean print at 200 dpi, 10.5 to 16 points.
    Clean,
    /// The same at 150 dpi.
    Coarse,
    /// Black and white, no greys.
    Bilevel,
    /// A ribbon or toner that is nearly used up.
    Faint,
    /// Up to five degrees askew.
    Skewed,
    /// JPEG of quality 30.
    Jpeg,
    /// Red seals and stamps over text.
    Seals,
    /// Ruled lines under, and through, the text.
    Ruled,
    /// The other side shows through.
    ShowThrough,
    /// Sent by fax: black and white, noise, some at half the rows.
    Fax,
    /// A form filled in by hand.
    Form,
    /// A table of signatories.
    Table,
    /// Writing that runs downwards.
    Downwards,
    /// Two columns.
    Columns,
    /// The sheet lies on its side.
    OnSide,
    /// The sheet lies upside down.
    UpsideDown,
    /// Fonts that imitate a hand.
    Hand,
}

impl Kind {
    /// All kinds.
    pub const ALL: [Kind; 17] = [
        Kind::Clean,
        Kind::Coarse,
        Kind::Bilevel,
        Kind::Faint,
        Kind::Skewed,
        Kind::Jpeg,
        Kind::Seals,
        Kind::Ruled,
        Kind::ShowThrough,
        Kind::Fax,
        Kind::Form,
        Kind::Table,
        Kind::Downwards,
        Kind::Columns,
        Kind::OnSide,
        Kind::UpsideDown,
        Kind::Hand,
    ];

    /// Its name, as files and options have it.
    pub fn name(self) -> &'static str {
        self.words().0
    }

    /// What it is called in tables, in English and Chinese.
    pub fn titles(self) -> (&'static str, &'static str) {
        let (_, en, zh) = self.words();
        (en, zh)
    }

    fn words(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Kind::Clean => ("clean", "clean print", "清晰印刷"),
            Kind::Coarse => ("coarse", "150 dpi", "150 dpi"),
            Kind::Bilevel => ("bilevel", "bilevel", "黑白二值"),
            Kind::Faint => ("faint", "faint ink", "墨淡"),
            Kind::Skewed => ("skewed", "skew to 5°", "歪斜至 5°"),
            Kind::Jpeg => ("jpeg", "JPEG 30", "JPEG 30"),
            Kind::Seals => ("seals", "seals over text", "印章压字"),
            Kind::Ruled => ("ruled", "ruled lines", "横格线"),
            Kind::ShowThrough => ("show-through", "show-through", "背面透字"),
            Kind::Fax => ("fax", "fax noise", "传真噪声"),
            Kind::Form => ("form", "forms", "表单"),
            Kind::Table => ("table", "tables", "表格"),
            Kind::Downwards => ("downwards", "vertical writing", "竖排"),
            Kind::Columns => ("columns", "two columns", "双栏"),
            Kind::OnSide => ("on-side", "on its side", "横放"),
            Kind::UpsideDown => ("upside-down", "upside down", "倒放"),
            Kind::Hand => ("hand", "hand-script fonts", "手写体字库"),
        }
    }
}

/// A page to be recognised, and what stands on it.
#[derive(Clone, Debug)]
pub struct Trial {
    /// What is the matter with it.
    pub kind: Kind,
    /// Its number among its kind, from 0.
    pub number: usize,
    /// As scanned.
    pub image: RgbImage,
    /// Pixels per inch.
    pub dpi: f32,
    /// Its text in reading order: a line a line, cells of a row apart by a blank. Round seals are
    /// no text.
    pub truth: String,
}

/// Makes one page.
///
/// # Errors
/// When a face lacks a character or the image cannot be encoded.
pub fn page(kind: Kind, seed: u64, number: usize, fonts: &Fonts) -> Result<Trial> {
    let mut rng = Rng::named(&format!("{} {seed} {number}", kind.name()));
    let sheet = sheet::set(kind, number, fonts, &mut rng)?;
    let (image, dpi) = spoil::scan(kind, number, &sheet.page, fonts, &mut rng)?;
    Ok(Trial { kind, number, image, dpi, truth: sheet.text })
}

/// Scans a page that somebody else has set, spoilt in one way: the image and its pixels per inch.
///
/// # Errors
/// When a face lacks a character or the image cannot be encoded.
pub fn scanned(page: &PageLayout, kind: Kind, number: usize, fonts: &Fonts) -> Result<(RgbImage, f32)> {
    let mut rng = Rng::named(&format!("scanned {} {number}", kind.name()));
    spoil::scan(kind, number, page, fonts, &mut rng)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_a_function_of_kind_seed_and_number() {
        let fonts = Fonts::load().unwrap();
        for kind in [Kind::Fax, Kind::Downwards, Kind::Seals] {
            let [a, b, other, next] =
                [(1, 0), (1, 0), (2, 0), (1, 1)].map(|(seed, at)| page(kind, seed, at, &fonts).unwrap());
            assert_eq!((&a.truth, &a.image), (&b.truth, &b.image));
            assert_ne!(a.truth, other.truth);
            assert_ne!(a.truth, next.truth);
        }
    }

    #[test]
    fn pages_that_lie_wrong_are_turned_pages() {
        let fonts = Fonts::load().unwrap();
        let side = page(Kind::OnSide, TUNED, 0, &fonts).unwrap();
        assert!(side.image.width() > side.image.height());
    }
}
