//! A line of the page as the strip of pixels that the recognition network takes.

use image::RgbImage;

use crate::geometry::{Point, Rect};
use crate::runtime::Planes;

/// The height of a strip in pixels.
const HEIGHT: usize = 48;
/// The network makes one step of this many pixels of a strip.
const STEP: usize = 8;
/// Characters are made this much narrower: a seventh less to compute. Below three quarters digits
/// suffer.
const SQUEEZE: f32 = 0.85;
/// The most steps of a line: longer ones are no text, and each step costs 75 KB.
const MAX_STEPS: usize = 512;

/// Steps of the strip of a line: few enough to be quick, enough that nothing is lost.
fn steps(rect: &Rect, stretch: f32) -> usize {
    let width = stretch * SQUEEZE * HEIGHT as f32 * rect.width / rect.height.max(1.0);
    ((width / STEP as f32).ceil() as usize).clamp(2, MAX_STEPS)
}

/// Pixels of the line, along its upper edge, that one step of its strip covers.
pub(crate) fn step_width(rect: &Rect) -> f32 {
    rect.width / steps(rect, 1.0) as f32
}

/// Cuts the line out of the page: straightened, scaled to the strip's height, each value
/// x/127.5 − 1.
pub(crate) fn strip(image: &RgbImage, rect: &Rect) -> Planes {
    stretched(image, rect, 1.0)
}

/// The same, so many times wider.
pub(crate) fn stretched(image: &RgbImage, rect: &Rect, stretch: f32) -> Planes {
    let (width, height) = (steps(rect, stretch) * STEP, HEIGHT);
    let (across, down) = (rect.width / width as f32, rect.height / height as f32);
    // Where the page is much finer than the strip, several samples are averaged.
    let fine = (down.round() as usize).clamp(1, 4);
    let share = 1.0 / (fine * fine) as f32;
    let mut values = vec![0.0; 3 * width * height];
    for row in 0..height {
        for column in 0..width {
            let mut sum = [0.0; 3];
            for sample in 0..fine * fine {
                let part = |at: usize, sub: usize| at as f32 + (sub as f32 + 0.5) / fine as f32;
                let point = rect.at(part(column, sample % fine) * across, part(row, sample / fine) * down);
                let colour = colour_at(image, point);
                (0..3).for_each(|channel| sum[channel] += colour[channel]);
            }
            for (plane, channel) in [2, 1, 0].into_iter().enumerate() {
                values[(plane * height + row) * width + column] = sum[channel] * share / 127.5 - 1.0;
            }
        }
    }
    Planes { width, height, values }
}

/// The strip as in a mirror.
pub(crate) fn mirrored(mut strip: Planes) -> Planes {
    strip.values.chunks_exact_mut(strip.width).for_each(<[f32]>::reverse);
    strip
}

/// The page's colour at a point, between its four nearest pixels; beyond the edge, the edge's.
fn colour_at(image: &RgbImage, point: Point) -> [f32; 3] {
    let within = |at: f32, size: u32| (at - 0.5).clamp(0.0, size as f32 - 1.0);
    let (x, y) = (within(point.x, image.width()), within(point.y, image.height()));
    let (x0, y0) = (x as u32, y as u32);
    let (right, below) = (x - x0 as f32, y - y0 as f32);
    let (x1, y1) = ((x0 + 1).min(image.width() - 1), (y0 + 1).min(image.height() - 1));
    let corner = |x, y| image.get_pixel(x, y).0;
    let [a, b, c, d] = [corner(x0, y0), corner(x1, y0), corner(x0, y1), corner(x1, y1)];
    std::array::from_fn(|i| {
        let upper = f32::from(a[i]) * (1.0 - right) + f32::from(b[i]) * right;
        let lower = f32::from(c[i]) * (1.0 - right) + f32::from(d[i]) * right;
        upper * (1.0 - below) + lower * below
    })
}
