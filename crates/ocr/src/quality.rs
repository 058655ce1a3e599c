//! How well a page was scanned: what whoever scanned it can do better. Measured on the image that was
//! recognised and on the words that were found.

use dossier_model::{PageContent, ScanQuality, Word};
use image::RgbImage;

use crate::ink::{luminance, paper};

/// The part of each side that is looked at for black borders.
const FRAME: f32 = 0.015;
/// Darker than this of 255 is black, as a scanner's lid leaves it.
const BLACK: u8 = 48;
/// A line of fewer words has no slope that can be trusted.
const WORDS_A_LINE: usize = 8;
/// Words nearer than this to the edge, in millimetres, may be cut.
const EDGE_MM: f32 = 0.7;
const MM_AN_INCH: f32 = 25.4;
/// Steeper than this, in degrees, is no skew of a page but a line of another direction.
const STEEPEST: f32 = 20.0;

/// Measures a page: `image` is what was recognised, `page` what came of it.
pub fn scan_quality(image: &RgbImage, page: &PageContent) -> ScanQuality {
    ScanQuality {
        dpi: page.dpi,
        skew: skew(page),
        border: border(image),
        sharpness: sharpness(image),
        cut_words: cut_words(page),
    }
}

/// The median slope of the lines in degrees, clockwise positive; nothing where no line is long enough.
fn skew(page: &PageContent) -> Option<f32> {
    let mut slopes: Vec<f32> = lines(page).iter().filter_map(|line| slope(line)).collect();
    slopes.sort_by(f32::total_cmp);
    slopes.get(slopes.len() / 2).copied()
}

/// The words of each line of the page's text.
fn lines(page: &PageContent) -> Vec<Vec<&Word>> {
    let breaks: Vec<u32> = page.text.chars().zip(0..).filter(|(c, _)| *c == '\n').map(|(_, at)| at).collect();
    let mut lines: Vec<Vec<&Word>> = vec![Vec::new(); breaks.len() + 1];
    for word in &page.words {
        lines[breaks.partition_point(|at| *at < word.start)].push(word);
    }
    lines
}

/// The slope of a line through the middles of its words, by least squares.
fn slope(line: &[&Word]) -> Option<f32> {
    if line.len() < WORDS_A_LINE {
        return None;
    }
    let middle = |word: &&Word| {
        let [x0, y0, x1, y1] = word.bounds.map(|side| side as f32);
        ((x0 + x1) / 2.0, (y0 + y1) / 2.0)
    };
    let points: Vec<(f32, f32)> = line.iter().map(middle).collect();
    let count = points.len() as f32;
    let (mean_x, mean_y) =
        points.iter().fold((0.0, 0.0), |(x, y), point| (x + point.0 / count, y + point.1 / count));
    let along: f32 = points.iter().map(|(x, _)| (x - mean_x).powi(2)).sum();
    let across: f32 = points.iter().map(|(x, y)| (x - mean_x) * (y - mean_y)).sum();
    let degrees = (across / along).atan().to_degrees();
    (degrees.is_finite() && degrees.abs() < STEEPEST).then_some(degrees)
}

/// The share of the page's frame that is black, 0 to 1.
fn border(image: &RgbImage) -> f32 {
    let (width, height) = image.dimensions();
    let side = |length: u32| ((length as f32 * FRAME) as u32).max(1);
    let (left, top) = (side(width), side(height));
    let (mut seen, mut black) = (0_u32, 0_u32);
    for y in (0..height).step_by(2) {
        let in_frame = y < top || y + top >= height;
        for x in (0..width).step_by(2) {
            if in_frame || x < left || x + left >= width {
                seen += 1;
                black += u32::from(luminance(image.get_pixel(x, y)) < BLACK);
            }
        }
    }
    black as f32 / seen.max(1) as f32
}

/// How steep the edges of strokes are, 0 to 1: the mean change from one pixel to the next where it is
/// among the greatest of the page, as a share of the change from paper to the darkest ink.
fn sharpness(image: &RgbImage) -> Option<f32> {
    let (width, height) = image.dimensions();
    let mut changes = [0_u32; 256];
    let mut darkest = u8::MAX;
    for y in (0..height).step_by(3) {
        let mut before = None;
        for x in 0..width {
            let now = luminance(image.get_pixel(x, y));
            darkest = darkest.min(now);
            if let Some(before) = before.replace(now) {
                changes[usize::from(now.abs_diff(before))] += 1;
            }
        }
    }
    let contrast = paper(image).saturating_sub(darkest);
    let all: u32 = changes.iter().sum();
    // The edges of a page's strokes are about one in a hundred of its pixels.
    let (mut left, mut sum, mut taken) = (all / 100, 0.0, 0_u32);
    for (change, count) in changes.iter().enumerate().rev() {
        let of_these = left.min(*count);
        sum += change as f32 * of_these as f32;
        taken += of_these;
        left -= of_these;
    }
    (contrast > 64 && taken > 0).then(|| (sum / taken as f32 / f32::from(contrast)).min(1.0))
}

/// How many words reach the edge of the page.
fn cut_words(page: &PageContent) -> u32 {
    let near = (EDGE_MM / MM_AN_INCH * page.dpi) as i32;
    let (right, bottom) = (page.width as i32 - near, page.height as i32 - near);
    let reaches = |word: &&Word| {
        let [x0, y0, x1, y1] = word.bounds;
        x0 < near || y0 < near || x1 > right || y1 > bottom
    };
    page.words.iter().filter(reaches).count() as u32
}

#[cfg(test)]
mod tests {
    use super::*;
    use dossier_model::{LayerJudgement, PageMarks, PageState};
    use image::{Rgb, imageops};

    fn page_of(words: Vec<Word>) -> PageContent {
        let text: String = words.iter().map(|word| word.text.as_str()).collect();
        PageContent {
            number: 1,
            width: 800,
            height: 600,
            dpi: 200.0,
            rotation: 0,
            state: PageState::Recognised,
            layer: LayerJudgement::Absent,
            scan: None,
            marks: PageMarks::default(),
            text,
            words,
        }
    }

    fn word(at: u32, x: i32, y: i32) -> Word {
        let bounds = [x, y, x + 20, y + 20];
        Word { text: "字".to_owned(), start: at, bounds, confidence: 1.0, alternatives: Vec::new() }
    }

    #[test]
    fn skew_is_the_slope_of_the_lines() {
        let rising = |per_word: i32| {
            page_of((0..10).map(|n| word(n, 100 + 30 * n as i32, 300 + per_word * n as i32)).collect())
        };
        assert_eq!(skew(&rising(0)), Some(0.0));
        let skewed = skew(&rising(1)).unwrap();
        assert!((skewed - (1.0_f32 / 30.0).atan().to_degrees()).abs() < 0.01, "{skewed}");
        assert_eq!(skew(&page_of(vec![word(0, 10, 10)])), None);
    }

    #[test]
    fn words_at_the_edge_may_be_cut() {
        assert_eq!(cut_words(&page_of(vec![word(0, 2, 300), word(1, 100, 300), word(2, 779, 300)])), 2);
    }

    #[test]
    fn a_lid_left_open_and_a_shaken_hand_show() {
        let mut image = RgbImage::from_pixel(800, 600, Rgb([240, 240, 240]));
        for x in (60..740).filter(|x| x % 40 < 6) {
            (100..500).for_each(|y| image.put_pixel(x, y, Rgb([20, 20, 20])));
        }
        assert_eq!(border(&image), 0.0);
        let sharp = sharpness(&image).unwrap();
        let blurred = sharpness(&imageops::blur(&image, 2.0)).unwrap();
        assert!(sharp > 0.9 && blurred < 0.5 * sharp, "{sharp} {blurred}");
        for y in 0..600 {
            for x in 0..20 {
                image.put_pixel(x, y, Rgb([0, 0, 0]));
            }
        }
        assert!(border(&image) > 0.15, "{}", border(&image));
    }
}
