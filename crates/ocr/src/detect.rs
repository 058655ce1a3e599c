//! Where the lines are: differentiable binarisation (Liao et al. 2020, arXiv:1911.08947).
//!
//! The network gives, for a small image of the page, the probability that a pixel belongs to the
//! shrunken core of a line. Each connected core becomes a rectangle, and is grown back.

use image::{RgbImage, imageops};

use crate::OcrError;
use crate::engine::Engine;
use crate::geometry::{Point, Rect, convex_hull, rect_at, smallest_rect};
use crate::runtime::Planes;

/// The long side that an A4 page is brought to.
const SIDE: f32 = 832.0;
/// Larger sheets keep the scale of A4 up to this side.
const MAX_SIDE: f32 = 1408.0;
/// The long side of A4 in inches.
const A4_INCHES: f32 = 11.69;
/// Small images are not enlarged more than this.
const MAX_ENLARGEMENT: f32 = 1.5;
/// The network needs sides that are multiples of this.
const STRIDE: u32 = 32;
/// Mean and deviation of the network's training images, blue, green, red.
const MEAN: [f32; 3] = [0.485, 0.456, 0.406];
const DEVIATION: [f32; 3] = [0.229, 0.224, 0.225];
/// A pixel above this belongs to a core.
const CORE: f32 = 0.3;
/// A core whose rectangle is less probable than this on average is no line.
const LINE: f32 = 0.5;
/// Growth is the core's area times this over its perimeter.
const GROWTH: f32 = 1.6;
/// Lines reach this part of their height further at both ends.
const ENDS: f32 = 0.15;
/// Cores thinner than this, in pixels of the small image, are dust.
const MIN_CORE: f32 = 3.0;
/// More cores than this are not text.
const MAX_LINES: usize = 1500;
/// Rectangles of less than this ratio of their sides do not show which way their line runs.
const SHORT: f32 = 3.0;

/// The lines of text on a page, in no order, and the angle at which most of them run (radians,
/// clockwise).
#[derive(Debug)]
pub(crate) struct Lines {
    pub rects: Vec<Rect>,
    pub skew: f32,
}

/// Finds the lines of the page.
pub(crate) fn detect(engine: &mut Engine, image: &RgbImage, dpi: f32) -> Result<Lines, OcrError> {
    detect_at(engine, image, small_size(image, dpi))
}

/// Finds the lines of a small part of a page, at the page's scale and half as much again.
pub(crate) fn detect_part(engine: &mut Engine, image: &RgbImage, dpi: f32) -> Result<Lines, OcrError> {
    let scale = (1.5 * SIDE / (dpi.max(1.0) * A4_INCHES)).min(MAX_ENLARGEMENT);
    detect_at(engine, image, (multiple(image.width(), scale), multiple(image.height(), scale)))
}

fn detect_at(engine: &mut Engine, image: &RgbImage, (width, height): (u32, u32)) -> Result<Lines, OcrError> {
    let small = imageops::resize(image, width, height, imageops::FilterType::Triangle);
    let probability = engine.detect(&planes(&small))?;
    let map = Map { width: width as usize, height: height as usize, probability };
    let scale = Point { x: image.width() as f32 / width as f32, y: image.height() as f32 / height as f32 };
    let hulls: Vec<Vec<Point>> = cores(&map)
        .into_iter()
        .filter(|hull| is_line(&map, hull))
        .map(|hull| hull.into_iter().map(|p| Point { x: p.x * scale.x, y: p.y * scale.y }).collect())
        .collect();
    let skew = skew(&hulls);
    let rects = hulls.iter().map(|hull| grown(rect_of(hull, skew))).collect();
    Ok(Lines { rects, skew })
}

fn small_size(image: &RgbImage, dpi: f32) -> (u32, u32) {
    let (width, height) = (image.width() as f32, image.height() as f32);
    let long = width.max(height);
    let side = (SIDE * long / (dpi.max(1.0) * A4_INCHES)).clamp(SIDE, MAX_SIDE);
    let scale = (side / long).min(MAX_ENLARGEMENT);
    (multiple(image.width(), scale), multiple(image.height(), scale))
}

fn multiple(length: u32, scale: f32) -> u32 {
    ((length as f32 * scale / STRIDE as f32).round() as u32).max(1) * STRIDE
}

fn planes(small: &RgbImage) -> Planes {
    let (width, height) = (small.width() as usize, small.height() as usize);
    let mut values = Vec::with_capacity(3 * width * height);
    for (plane, channel) in [2, 1, 0].into_iter().enumerate() {
        let normal =
            |pixel: &image::Rgb<u8>| (f32::from(pixel[channel]) / 255.0 - MEAN[plane]) / DEVIATION[plane];
        values.extend(small.pixels().map(normal));
    }
    Planes { width, height, values }
}

/// The network's answer.
struct Map {
    width: usize,
    height: usize,
    probability: Vec<f32>,
}

/// The hull of each connected core (eight neighbours), in pixels of the map.
fn cores(map: &Map) -> Vec<Vec<Point>> {
    let mut open: Vec<bool> = map.probability.iter().map(|p| *p > CORE).collect();
    let mut hulls = Vec::new();
    for start in 0..open.len() {
        if open[start] && hulls.len() < MAX_LINES {
            hulls.push(convex_hull(core(map, &mut open, start)));
        }
    }
    hulls
}

/// Closes the core around `start` and returns the corners of the first and last pixel of its rows.
fn core(map: &Map, open: &mut [bool], start: usize) -> Vec<Point> {
    let mut rows = std::collections::BTreeMap::new();
    let mut stack = vec![start];
    open[start] = false;
    while let Some(at) = stack.pop() {
        let (x, y) = (at % map.width, at / map.width);
        let (first, last) = rows.entry(y).or_insert((x, x));
        (*first, *last) = (x.min(*first), x.max(*last));
        for next_y in y.saturating_sub(1)..=(y + 1).min(map.height - 1) {
            for next_x in x.saturating_sub(1)..=(x + 1).min(map.width - 1) {
                let next = next_y * map.width + next_x;
                if std::mem::take(&mut open[next]) {
                    stack.push(next);
                }
            }
        }
    }
    let corners = |(y, (first, last)): (usize, (usize, usize))| {
        let (y0, x0, x1) = (y as f32, first as f32, last as f32 + 1.0);
        [(x0, y0), (x1, y0), (x0, y0 + 1.0), (x1, y0 + 1.0)].map(|(x, y)| Point { x, y })
    };
    rows.into_iter().flat_map(corners).collect()
}

fn is_line(map: &Map, hull: &[Point]) -> bool {
    let rect = smallest_rect(hull);
    rect.width.min(rect.height) >= MIN_CORE && mean_within(map, &rect) >= LINE
}

/// The mean probability of the pixels whose centres are within the rectangle.
fn mean_within(map: &Map, rect: &Rect) -> f32 {
    let [x0, y0, x1, y1] = rect.bounds_of((0.0, rect.width), (0.0, rect.height));
    let range =
        |from: f32, to: f32, size: usize| (from.max(0.0) as usize)..(to.ceil().max(0.0) as usize).min(size);
    let (mut sum, mut count) = (0.0, 0.0_f32);
    for y in range(y0, y1, map.height) {
        for x in range(x0, x1, map.width) {
            let from_centre = Point { x: x as f32 + 0.5 - rect.centre.x, y: y as f32 + 0.5 - rect.centre.y }
                .along(rect.angle);
            if from_centre.x.abs() <= rect.width / 2.0 && from_centre.y.abs() <= rect.height / 2.0 {
                sum += map.probability[y * map.width + x];
                count += 1.0;
            }
        }
    }
    sum / count.max(1.0)
}

/// The median angle of the long rectangles, weighted by their length.
fn skew(hulls: &[Vec<Point>]) -> f32 {
    let mut long: Vec<(f32, f32)> = hulls
        .iter()
        .map(|hull| smallest_rect(hull))
        .filter(|rect| ratio(rect) >= SHORT)
        .map(|rect| (rect.angle, rect.width.max(rect.height)))
        .collect();
    long.sort_by(|a, b| a.0.total_cmp(&b.0));
    let half = long.iter().map(|(_, length)| length).sum::<f32>() / 2.0;
    let mut passed = 0.0;
    long.iter()
        .find(|(_, length)| {
            passed += length;
            passed >= half
        })
        .map_or(0.0, |(angle, _)| *angle)
}

/// The rectangle of a core: a long one shows its own angle, a short one has the page's.
fn rect_of(hull: &[Point], skew: f32) -> Rect {
    let own = smallest_rect(hull);
    if ratio(&own) >= SHORT { own } else { rect_at(hull, skew) }
}

fn ratio(rect: &Rect) -> f32 {
    rect.width.max(rect.height) / rect.width.min(rect.height).max(1.0)
}

fn grown(core: Rect) -> Rect {
    let grown = core.grown(core.width * core.height * GROWTH / (2.0 * (core.width + core.height)));
    // A comma or a single stroke at the end of a line is easily left out of its core.
    let ends = if grown.width > grown.height { 2.0 * ENDS * grown.height } else { 0.0 };
    Rect { width: grown.width + ends, ..grown }
}
