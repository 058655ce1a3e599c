//! What scanning does to a page: skew, blur, noise, dust, the front showing through.

use image::{GrayImage, Rgb, RgbImage};

use crate::canvas::{Canvas, Ink};
use crate::rng::Rng;

/// How a page suffers.
#[derive(Clone, Copy, Debug, Default)]
pub struct Damage {
    /// Degrees clockwise.
    pub skew: f32,
    /// Deviation of noise in grey levels.
    pub noise: f32,
    /// Specks.
    pub dust: usize,
}

/// Turns a page about its centre; what comes in at the corners is the scanner's lid.
pub fn skew(page: &RgbImage, degrees: f32) -> RgbImage {
    if degrees == 0.0 {
        return page.clone();
    }
    let (width, height) = page.dimensions();
    let (sin, cos) = degrees.to_radians().sin_cos();
    let (cx, cy) = (width as f32 / 2.0, height as f32 / 2.0);
    RgbImage::from_fn(width, height, |x, y| {
        let (dx, dy) = (x as f32 + 0.5 - cx, y as f32 + 0.5 - cy);
        bilinear(page, dx * cos + dy * sin + cx - 0.5, dy * cos - dx * sin + cy - 0.5)
    })
}

fn bilinear(page: &RgbImage, x: f32, y: f32) -> Rgb<u8> {
    const LID: Rgb<u8> = Rgb([236, 236, 235]);
    let at = |x: f32, y: f32| {
        if x < 0.0 || y < 0.0 { LID } else { *page.get_pixel_checked(x as u32, y as u32).unwrap_or(&LID) }
    };
    let (x0, y0) = (x.floor(), y.floor());
    let (fx, fy) = (x - x0, y - y0);
    let corners = [at(x0, y0), at(x0 + 1.0, y0), at(x0, y0 + 1.0), at(x0 + 1.0, y0 + 1.0)];
    let shares = [(1.0 - fx) * (1.0 - fy), fx * (1.0 - fy), (1.0 - fx) * fy, fx * fy];
    let mix = |channel: usize| {
        let sum: f32 =
            corners.iter().zip(shares).map(|(pixel, share)| f32::from(pixel.0[channel]) * share).sum();
        (sum + 0.5) as u8
    };
    Rgb([mix(0), mix(1), mix(2)])
}

/// Adds noise that neighbouring pixels share in part, as a sensor's does after sharpening.
pub fn noise(page: &mut RgbImage, deviation: f32, rng: &mut Rng) {
    let mut last = 0.0;
    for pixel in page.pixels_mut() {
        last = last * 0.5 + rng.normal() * deviation * 0.866;
        for channel in &mut pixel.0 {
            *channel = (f32::from(*channel) + last).clamp(0.0, 255.0) as u8;
        }
    }
}

/// Scatters specks of dust.
pub fn dust(page: &mut Canvas, specks: usize, rng: &mut Rng) {
    let (width, height) = page.image.dimensions();
    for _ in 0..specks {
        let (x, y) = (rng.range(0.0, width as f32), rng.range(0.0, height as f32));
        let radius = rng.range(0.5, 1.7);
        let ink = Ink::BLACK.thin(rng.range(0.3, 0.8));
        page.blot(x, y, radius, ink, |dx, dy| (radius + 0.5 - dx.hypot(dy)).clamp(0.0, 1.0));
    }
}

/// The front of a sheet showing faintly through its back.
pub fn show_through(back: &mut RgbImage, front: &RgbImage, share: f32) {
    let width = back.width();
    for (x, y, pixel) in back.enumerate_pixels_mut() {
        let Some(mirrored) = front.get_pixel_checked(width - 1 - x, y) else { continue };
        for (channel, front) in pixel.0.iter_mut().zip(mirrored.0) {
            *channel -= (f32::from(*channel) * (1.0 - f32::from(front) / 255.0) * share) as u8;
        }
    }
}

/// Applies everything to a drawn page.
pub fn scan(mut page: Canvas, damage: Damage, rng: &mut Rng) -> RgbImage {
    dust(&mut page, damage.dust, rng);
    let mut image = skew(&page.image, damage.skew);
    noise(&mut image, damage.noise, rng);
    image
}

/// Luminance (ITU-R BT.601).
pub fn grey(page: &RgbImage) -> GrayImage {
    GrayImage::from_fn(page.width(), page.height(), |x, y| {
        let [r, g, b] = page.get_pixel(x, y).0.map(u32::from);
        image::Luma([((299 * r + 587 * g + 114 * b + 500) / 1000) as u8])
    })
}

/// Black where a page is darker than `threshold`: rows of whole pixels, true for black.
pub fn bilevel(page: &GrayImage, threshold: u8) -> Vec<Vec<bool>> {
    page.rows().map(|row| row.map(|pixel| pixel.0[0] < threshold).collect()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn skew_turns_clockwise() {
        let mut page = RgbImage::from_pixel(101, 101, Rgb([255; 3]));
        for x in 0..101 {
            page.put_pixel(x, 50, Rgb([0; 3]));
        }
        let turned = skew(&page, 3.0);
        let dark = |x: u32| (0..101).min_by_key(|y| turned.get_pixel(x, *y).0[0]).unwrap();
        assert!(dark(90) > 50 && dark(10) < 50, "the right end sinks");
    }

    #[test]
    fn thresholds_and_grey_levels() {
        let page = RgbImage::from_fn(2, 1, |x, _| Rgb([if x == 0 { 10 } else { 240 }; 3]));
        assert_eq!(bilevel(&grey(&page), 128), vec![vec![true, false]]);
    }
}
