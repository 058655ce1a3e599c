//! Red seals and thumb prints. Their characters stand in a ring and say who sealed, not what the
//! letter says; single ones would be read as stray characters, or as part of a line that they touch,
//! and bend it. So lines are found and read on a page without its seals. In the red channel a seal
//! hardly shows, while ink under it does. A line that belongs to a seal, such as the date of a round
//! stamp, is looked for in the seal alone.
//!
//! A seal is a red blob of a seal's size whose outline is an ellipse. A receiving stamp is a
//! rectangle, so its text stays.

use image::{Rgb, RgbImage};

use crate::blobs::{Blob, Cells};
use crate::ink;

/// A red pixel's red is above its green and blue by this much.
const RED: u8 = 40;
/// Cells of half a millimetre: from a small thumb print to the largest seal.
const SIDES: std::ops::RangeInclusive<usize> = 12..=130;
/// Red cells this near to each other are of one seal: its ring may be broken.
const GAP: usize = 2;
/// The longer side over the shorter one.
const MAX_RATIO: f32 = 1.7;
/// Directions from the middle in which the outline is looked for.
const DIRECTIONS: usize = 64;
/// The outline's distance from the middle, of that of the ellipse in the seal's bounds.
const OUTLINE: std::ops::RangeInclusive<f32> = 0.7..=1.15;
/// Directions in which the outline must be there; a square's is not in a third of them.
const ENOUGH: usize = 52;
/// This many red characters in a row are a line of their own, such as the date of a round stamp.
const LINE: usize = 4;
/// Of the box of a seal's character, at least this part is red …
const INKED: f32 = 0.05;
/// … and at most this part is dark, ruled lines aside.
const CLEAN: f32 = 0.02;
/// In the red channel a seal is nearly as bright as the paper, and ink that is not red is darker than
/// this part of it, also where the seal lies over it.
const DARK: f32 = 0.62;
/// Pixels around a seal that its colour has run into.
const EDGE: u32 = 4;
/// Rows and columns of a box that are dark over more than this part of their length are ruled.
const RULED: f32 = 0.6;

/// The seals of a page, as `[x0, y0, x1, y1]` in its pixels.
#[derive(Clone, Debug)]
pub(crate) struct Seals<'a> {
    image: &'a RgbImage,
    /// The red below which a pixel is ink that is not red.
    ink: u8,
    bounds: Vec<[f32; 4]>,
}

/// How much brighter than its red channel a seal's place is without the seal, for a seal of the
/// purest red.
const LIFT: f32 = 0.25;

impl<'a> Seals<'a> {
    /// Finds the seals of a page of `dpi` pixels per inch.
    pub fn find(image: &'a RgbImage, dpi: f32) -> Seals<'a> {
        let cells = Cells::of(image, dpi, is_red);
        let blobs = cells.blobs(GAP);
        let scaled = |blob: &Blob| blob.bounds.map(|at| at as f32 * cells.side);
        let bounds = blobs.iter().filter(|blob| is_seal(blob)).map(scaled).collect();
        Seals { image, ink: (f32::from(ink::paper(image)) * DARK) as u8, bounds }
    }

    /// The page with its seals.
    pub fn image(&self) -> &'a RgbImage {
        self.image
    }

    /// The parts of the page that seals are in: `[x, y, width, height]`.
    pub fn places(&self) -> Vec<[u32; 4]> {
        let (width, height) = self.image.dimensions();
        let place = |[x0, y0, x1, y1]: &[f32; 4]| {
            let (x, y) = ((*x0 as u32).saturating_sub(EDGE), (*y0 as u32).saturating_sub(EDGE));
            let (right, bottom) = ((*x1 as u32 + EDGE).min(width), (*y1 as u32 + EDGE).min(height));
            [x, y, right.saturating_sub(x), bottom.saturating_sub(y)]
        };
        self.bounds.iter().map(place).collect()
    }

    /// The page as if it had not been sealed: where a pixel is reddish, its red channel shows what
    /// other ink is there.
    pub fn removed(&self) -> RgbImage {
        let mut page = self.image.clone();
        for [x, y, width, height] in self.places() {
            for (x, y) in (y..y + height).flat_map(|y| (x..x + width).map(move |x| (x, y))) {
                let pixel = page.get_pixel_mut(x, y);
                let [r, g, b] = pixel.0.map(f32::from);
                if r > g.max(b) {
                    let pure = (r - g.max(b)) / r;
                    pixel.0 = [(r * (1.0 + LIFT * pure)) as u8; 3];
                }
            }
        }
        page
    }

    /// Whether a line in a seal is one of its own, such as the date of a round stamp: mostly red
    /// characters, and enough of them.
    pub fn is_line(&self, characters: &[[f32; 4]]) -> bool {
        let red = characters.iter().filter(|bounds| self.within(bounds) && self.is_red(bounds)).count();
        red >= LINE && 2 * red > characters.len()
    }

    fn within(&self, [x0, y0, x1, y1]: &[f32; 4]) -> bool {
        let (x, y) = ((x0 + x1) / 2.0, (y0 + y1) / 2.0);
        self.bounds
            .iter()
            .any(|[left, top, right, bottom]| (left..right).contains(&&x) && (top..bottom).contains(&&y))
    }

    /// Whether the ink within a box is red, and only ruled lines are dark.
    fn is_red(&self, bounds: &[f32; 4]) -> bool {
        let [x0, y0, x1, y1] = bounds.map(|at| at.max(0.0) as u32);
        let (x1, y1) = (x1.min(self.image.width()), y1.min(self.image.height()));
        let area = (x1.saturating_sub(x0) * y1.saturating_sub(y0)).max(1) as f32;
        let dark = |x: u32, y: u32| self.is_dark(self.image.get_pixel(x, y));
        let ruled = |dark: usize, of: u32| dark as f32 > RULED * of as f32;
        let rows: Vec<u32> =
            (y0..y1).filter(|y| !ruled((x0..x1).filter(|x| dark(*x, *y)).count(), x1 - x0)).collect();
        let columns: Vec<u32> =
            (x0..x1).filter(|x| !ruled((y0..y1).filter(|y| dark(*x, *y)).count(), y1 - y0)).collect();
        let pixels = || rows.iter().flat_map(|y| columns.iter().map(move |x| (*x, *y)));
        let red = pixels().filter(|(x, y)| is_red(self.image.get_pixel(*x, *y))).count() as f32;
        red >= INKED * area && pixels().filter(|(x, y)| dark(*x, *y)).count() as f32 <= CLEAN * area
    }

    fn is_dark(&self, pixel: &Rgb<u8>) -> bool {
        pixel.0[0] < self.ink
    }
}

fn is_red(pixel: &Rgb<u8>) -> bool {
    let [r, g, b] = pixel.0;
    r > g.max(b).saturating_add(RED)
}

fn is_seal(blob: &Blob) -> bool {
    let (width, height) = (blob.width(), blob.height());
    let ratio = width.max(height) as f32 / width.min(height) as f32;
    SIDES.contains(&width) && SIDES.contains(&height) && ratio <= MAX_RATIO && has_round_outline(blob)
}

/// Whether the outermost cells in nearly all directions lie on the ellipse within the bounds.
fn has_round_outline(blob: &Blob) -> bool {
    let [x0, y0, x1, y1] = blob.bounds.map(|at| at as f32);
    let mut outermost = [0.0_f32; DIRECTIONS];
    for (x, y) in &blob.cells {
        let across = (*x as f32 + 0.5 - (x0 + x1) / 2.0) / ((x1 - x0) / 2.0);
        let down = (*y as f32 + 0.5 - (y0 + y1) / 2.0) / ((y1 - y0) / 2.0);
        let turn = down.atan2(across) / std::f32::consts::TAU + 0.5;
        let direction = ((turn * DIRECTIONS as f32) as usize).min(DIRECTIONS - 1);
        outermost[direction] = outermost[direction].max(across.hypot(down));
    }
    outermost.iter().filter(|distance| OUTLINE.contains(distance)).count() >= ENOUGH
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A page at 200 dpi with a ring of 20 mm and, to its right, a square of the same size.
    fn page() -> RgbImage {
        RgbImage::from_fn(500, 300, |x, y| {
            let (dx, dy) = (x as f32 - 130.0, y as f32 - 130.0);
            let ring = (74.0..79.0).contains(&dx.hypot(dy));
            let (ex, ey) = ((x as f32 - 350.0).abs(), (y as f32 - 130.0).abs());
            let square = (74.0..79.0).contains(&ex.max(ey));
            if ring || square { Rgb([215, 100, 100]) } else { Rgb([250, 250, 248]) }
        })
    }

    fn draw(page: &mut RgbImage, [x0, y0, x1, y1]: [u32; 4], colour: [u8; 3]) {
        (x0..x1).for_each(|x| (y0..y1).for_each(|y| page.put_pixel(x, y, Rgb(colour))));
    }

    #[test]
    fn a_ring_is_a_seal_and_a_square_is_not() {
        let page = page();
        let found = Seals::find(&page, 200.0).bounds;
        assert_eq!(found.len(), 1);
        assert!((found[0][0] - 51.0).abs() < 5.0 && (found[0][2] - 209.0).abs() < 5.0, "{found:?}");
    }

    #[test]
    fn a_seal_vanishes_but_for_dark_ink_and_its_own_lines_are_told() {
        let mut page = page();
        let boxes: [[u32; 4]; 5] = std::array::from_fn(|at| {
            let x = 75 + 22 * at as u32;
            [x, 120, x + 20, 140]
        });
        let stroke = |of: [u32; 4]| [of[0] + 5, of[1] + 5, of[0] + 9, of[3] - 5];
        draw(&mut page, stroke(boxes[0]), [215, 100, 100]);
        draw(&mut page, stroke(boxes[1]), [40, 40, 90]);
        // A ruled line runs through all of them.
        draw(&mut page, [0, 130, 500, 133], [20, 20, 20]);
        let floats = boxes.map(|of| of.map(|at| at as f32));
        assert!(!Seals::find(&page, 200.0).is_line(&floats), "one red character is no line");
        let cleared = Seals::find(&page, 200.0).removed();
        let red = cleared.get_pixel(boxes[0][0] + 6, boxes[0][1] + 7).0;
        let dark = cleared.get_pixel(boxes[1][0] + 6, boxes[1][1] + 7).0;
        assert!(red[1] > 220 && dark == [40, 40, 90], "{red:?} {dark:?}");
        boxes.iter().for_each(|of| draw(&mut page, stroke(*of), [215, 100, 100]));
        assert!(!Seals::find(&page, 200.0).is_line(&floats[1..2]), "nor is one over a dark one");
        assert!(Seals::find(&page, 200.0).is_line(&floats), "a line of red characters");
        let outside = floats.map(|[x0, y0, x1, y1]| [x0 + 200.0, y0, x1 + 200.0, y1]);
        assert!(!Seals::find(&page, 200.0).is_line(&outside));
    }
}
