//! A scanning firm's recognition, which stands invisibly over its scan, against our own: a few lines are
//! enough to tell whether it can be believed, at a tenth of the cost of the page.

use dossier_model::{PageContent, PixelBox, edit_distance, fold_text};
use dossier_ocr::{OcrError, RecognisedPage, Recogniser};
use image::{RgbImage, imageops};

/// How many lines are looked at: the longest of each part of the page.
const LINES: usize = 3;
/// Shorter ones tell nothing.
const SHORTEST: usize = 6;
/// How much of the characters has to agree, over all the lines looked at.
const AGREES: f64 = 0.9;
/// How sure our words have to be, on average, to take the place of the firm's.
const SURE: f32 = 0.9;
/// What is left above and below a line, as a share of its height.
const MARGIN: f32 = 0.35;

/// A line of a page's own text.
struct Line {
    text: Vec<char>,
    bounds: PixelBox,
}

/// Whether some lines of a page's own text are what the recogniser reads at their places on `image`;
/// `None` where no line is long enough to tell.
///
/// # Errors
/// What the recogniser says.
pub(crate) fn agrees(
    recogniser: &mut Recogniser,
    content: &PageContent,
    image: &RgbImage,
    dpi: f32,
) -> Result<Option<bool>, OcrError> {
    let lines = lines(content);
    let mut characters = 0;
    let mut wrong = 0;
    for part in lines.chunks(lines.len().div_ceil(LINES).max(1)) {
        let Some(line) = part.iter().max_by_key(|line| line.text.len()) else { continue };
        let band = band(line, content, image);
        let read = recogniser.recognise(&band, dpi)?;
        // The band may show the edges of the lines above and below.
        let distance = |text: &str| edit_distance(&line.text, &fold_text(text).chars().collect::<Vec<_>>());
        let nearest = read.text.lines().map(distance).min().unwrap_or(line.text.len());
        characters += line.text.len();
        wrong += nearest.min(line.text.len());
    }
    let share = (characters > 0).then(|| 1.0 - wrong as f64 / characters as f64);
    Ok(share.map(|share| share >= AGREES))
}

/// Whether our own reading of a page is sure enough to take the place of another.
pub(crate) fn is_sure(page: &RecognisedPage) -> bool {
    let words = page.words.len().max(1) as f32;
    page.words.iter().map(|word| word.confidence).sum::<f32>() / words >= SURE
}

/// The lines of a page that are long enough, in their order.
fn lines(content: &PageContent) -> Vec<Line> {
    let mut start = 0;
    let mut lines = Vec::new();
    for text in content.text.split('\n') {
        let end = start + text.chars().count() as u32;
        let folded: Vec<char> = fold_text(text).chars().collect();
        let bounds = content.words_between(start, end).map(|word| word.bounds).reduce(union);
        if let Some(bounds) = bounds.filter(|_| folded.len() >= SHORTEST) {
            lines.push(Line { text: folded, bounds });
        }
        start = end + 1;
    }
    lines
}

fn union(a: PixelBox, b: PixelBox) -> PixelBox {
    [a[0].min(b[0]), a[1].min(b[1]), a[2].max(b[2]), a[3].max(b[3])]
}

/// The part of the page's image with a line, over all of its width.
fn band(line: &Line, content: &PageContent, image: &RgbImage) -> RgbImage {
    let scale = image.height() as f32 / content.height.max(1) as f32;
    let [_, top, _, bottom] = line.bounds.map(|at| at as f32 * scale);
    let margin = (bottom - top) * MARGIN;
    let top = (top - margin).max(0.0) as u32;
    let bottom = ((bottom + margin).max(0.0) as u32).min(image.height());
    imageops::crop_imm(image, 0, top, image.width(), bottom.saturating_sub(top).max(1)).to_image()
}
