//! Whether there is anything on a page at all, told before any network runs, and whether a page on
//! which nothing could be read has writing or a picture on it all the same.

use image::{Rgb, RgbImage};

use crate::blobs::{Blob, Cells};

/// Ink is darker than the paper by at least this much of 255; what shows through is paler.
const CONTRAST: u8 = 40;
/// The part of each side that is ignored: edges carry shadows and punch holes.
const MARGIN: f32 = 0.02;
/// Of the eight neighbours of a pixel of a stroke, this many are ink too; dust and noise stand alone.
const NEIGHBOURS: usize = 4;
/// Inked pixels at 200 dpi that a page must have: the smallest printed digit has about 100.
const LEAST_INK: f32 = 60.0;

/// Writing and pictures are darker than the paper by at least this much; strong show-through is not.
const STRONG: u8 = 80;
/// Cells of half a millimetre: lines at least this long and at most this thick are ruled.
const RULE: (usize, usize) = (10, 3);
/// Marks that are not longer than this many cells are dust.
const DUST: usize = 3;
/// Marks that reach into this many cells of the page's edge are shadows and torn corners.
const EDGE: usize = 10;
/// Inked cells that a scrawl has at least: some three centimetres of a pen's line.
const SCRAWL: usize = 60;

/// Whether there are marks that are neither ruled lines nor dust, shadows or show-through: a
/// scrawl, a drawing, a photograph.
pub(crate) fn has_marks(image: &RgbImage, dpi: f32) -> bool {
    let threshold = paper(image).saturating_sub(STRONG);
    let cells = Cells::of(image, dpi, |pixel| luminance(pixel) < threshold).without_rules(RULE.0, RULE.1);
    let is_mark = |blob: &&Blob| {
        let [x0, y0, x1, y1] = blob.bounds;
        let inside = x0 >= EDGE && y0 >= EDGE && x1 + EDGE <= cells.width && y1 + EDGE <= cells.height;
        inside && blob.width().max(blob.height()) > DUST
    };
    cells.blobs(1).iter().filter(is_mark).map(|blob| blob.cells.len()).sum::<usize>() >= SCRAWL
}

/// Whether the page is certainly blank. A page that is not may still have nothing to read.
pub(crate) fn is_blank(image: &RgbImage, dpi: f32) -> bool {
    let threshold = paper(image).saturating_sub(CONTRAST);
    let scale = dpi.max(1.0) / 200.0;
    let enough = (LEAST_INK * scale * scale).max(1.0) as usize;
    let (width, height) = image.dimensions();
    let margin = |side: u32| ((side as f32 * MARGIN) as u32).max(1);
    let (left, top) = (margin(width), margin(height));
    if width <= 2 * left || height <= 2 * top {
        return false;
    }
    let dark = |x: u32, y: u32| luminance(image.get_pixel(x, y)) < threshold;
    let in_stroke = |x: u32, y: u32| {
        let around = (y - 1..=y + 1).flat_map(|y| (x - 1..=x + 1).map(move |x| (x, y)));
        around.filter(|(x, y)| dark(*x, *y)).count() > NEIGHBOURS
    };
    let pixels = (top..height - top).flat_map(|y| (left..width - left).map(move |x| (x, y)));
    pixels.filter(|(x, y)| dark(*x, *y) && in_stroke(*x, *y)).take(enough).count() < enough
}

/// The paper's luminance: the median of a grid of pixels, since most of a page is paper.
pub(crate) fn paper(image: &RgbImage) -> u8 {
    let step = |side: u32| (side / 200).max(1) as usize;
    let rows = (0..image.height()).step_by(step(image.height()));
    let grid = rows.flat_map(|y| (0..image.width()).step_by(step(image.width())).map(move |x| (x, y)));
    let mut values: Vec<u8> = grid.map(|(x, y)| luminance(image.get_pixel(x, y))).collect();
    values.sort_unstable();
    values.get(values.len() / 2).copied().unwrap_or(u8::MAX)
}

/// ITU-R BT.601 luma.
pub(crate) fn luminance(pixel: &Rgb<u8>) -> u8 {
    let [r, g, b] = pixel.0.map(u32::from);
    ((299 * r + 587 * g + 114 * b) / 1000) as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page() -> RgbImage {
        RgbImage::from_pixel(400, 600, Rgb([240, 236, 220]))
    }

    fn stroke(page: &mut RgbImage, thickness: u32, shade: u8) {
        for x in 100..140 {
            for y in 100..100 + thickness {
                page.put_pixel(x, y, Rgb([shade; 3]));
            }
        }
    }

    #[test]
    fn dust_and_show_through_are_no_ink() {
        let mut dusty = page();
        for at in 0..500 {
            dusty.put_pixel((at * 37) % 400, (at * 91) % 600, Rgb([0; 3]));
        }
        stroke(&mut dusty, 3, 210);
        assert!(is_blank(&dusty, 200.0));
    }

    #[test]
    fn a_single_stroke_is_ink() {
        let mut written = page();
        stroke(&mut written, 3, 60);
        assert!(!is_blank(&written, 200.0));
    }
}
