//! Writing that shows through from the other side of the sheet. It is paler than what is written on
//! this side, and it is read more surely in a mirror; pale lines that are not are a stamp or a
//! pencil and stay.

use image::RgbImage;

use crate::geometry::Rect;
use crate::ink::{luminance, paper};

/// Lines at most this dark, of the darkest lines of the page, may be ghosts.
const PALE: f32 = 0.5;
/// The darkest lines: this part of all is darker than the line that counts.
const DARKEST: f32 = 0.15;
/// The part of a line's pixels that is taken for its ink.
const INKED: f32 = 0.06;
/// Ink begins so much above the darkness of ghosts, as a part of that of the darkest lines, and is
/// whole so much further up.
const ABOVE: f32 = 0.08;
const RAMP: f32 = 0.18;

/// How dark the ink of each line is: its luminance below the paper's.
pub(crate) struct Darkness {
    paper: f32,
    lines: Vec<f32>,
    darkest: f32,
}

impl Darkness {
    /// Measures the lines of a page.
    pub fn of(image: &RgbImage, rects: &[Rect]) -> Darkness {
        let paper = f32::from(paper(image));
        let lines: Vec<f32> = rects.iter().map(|rect| darkness(image, rect, paper)).collect();
        let mut sorted = lines.clone();
        sorted.sort_by(|a, b| b.total_cmp(a));
        let darkest = sorted.get((sorted.len() as f32 * DARKEST) as usize).copied().unwrap_or(0.0);
        Darkness { paper, lines, darkest }
    }

    /// The lines that may be ghosts.
    pub fn pale(&self) -> Vec<usize> {
        (0..self.lines.len()).filter(|at| self.lines[*at] <= PALE * self.darkest).collect()
    }

    /// The page without what is as pale as these lines.
    pub fn without(&self, image: &RgbImage, ghosts: &[usize]) -> RgbImage {
        let palest = ghosts.iter().map(|at| self.lines[*at]).fold(0.0, f32::max);
        let from = palest + ABOVE * self.darkest;
        let mut cleaned = image.clone();
        for pixel in cleaned.pixels_mut() {
            let dark = self.paper - f32::from(luminance(pixel));
            let keep = ((dark - from) / (RAMP * self.darkest)).clamp(0.0, 1.0);
            if keep < 1.0 && dark > 0.0 {
                for channel in &mut pixel.0 {
                    *channel = (self.paper - (self.paper - f32::from(*channel)) * keep) as u8;
                }
            }
        }
        cleaned
    }
}

/// The darkness that the given part of a line's pixels exceeds.
fn darkness(image: &RgbImage, rect: &Rect, paper: f32) -> f32 {
    let (across, down) = (rect.width.max(1.0) as usize, rect.height.max(1.0) as usize);
    let mut counts = [0_u32; 256];
    for v in (0..down).step_by(2) {
        for u in (0..across).step_by(2) {
            let point = rect.at(u as f32 + 0.5, v as f32 + 0.5);
            if let Some(pixel) = image.get_pixel_checked(point.x.max(0.0) as u32, point.y.max(0.0) as u32) {
                counts[usize::from(luminance(pixel))] += 1;
            }
        }
    }
    let enough = (counts.iter().sum::<u32>() as f32 * INKED) as u32;
    let mut sum = 0;
    let at = counts.iter().position(|count| {
        sum += count;
        sum > enough
    });
    at.map_or(0.0, |luminance| (paper - luminance as f32).max(0.0))
}

#[cfg(test)]
mod tests {
    use image::Rgb;

    use super::*;
    use crate::geometry::Point;

    fn rect(y: f32) -> Rect {
        Rect { centre: Point { x: 100.0, y }, width: 160.0, height: 20.0, angle: 0.0 }
    }

    #[test]
    fn what_is_paler_than_half_goes_and_the_rest_stays() {
        let mut page = RgbImage::from_pixel(200, 120, Rgb([250; 3]));
        for (y, shade) in [(30, 40), (60, 190)] {
            (30..170).for_each(|x| (y..y + 4).for_each(|y| page.put_pixel(x, y, Rgb([shade; 3]))));
        }
        let darkness = Darkness::of(&page, &[rect(30.0), rect(60.0)]);
        assert_eq!(darkness.pale(), [1]);
        let cleaned = darkness.without(&page, &[1]);
        assert_eq!(cleaned.get_pixel(100, 31).0, [40; 3]);
        assert_eq!(cleaned.get_pixel(100, 61).0, [250; 3]);
    }

    #[test]
    fn a_page_that_is_pale_all_over_has_no_ghosts() {
        let mut page = RgbImage::from_pixel(200, 120, Rgb([250; 3]));
        (30..170).for_each(|x| (30..64).for_each(|y| page.put_pixel(x, y, Rgb([190; 3]))));
        assert!(Darkness::of(&page, &[rect(30.0), rect(60.0)]).pale().is_empty());
    }
}
