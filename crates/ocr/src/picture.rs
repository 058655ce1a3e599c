//! A page beside what was read on it, to be looked at: on the left the page with a box around each
//! word and a blue line in reading order, on the right the readings at the same places over the
//! paled page. Unsure words are red.

use std::path::{Path, PathBuf};

use ab_glyph::{Font, FontVec, PxScale, ScaleFont, point};
use dossier_model::{PageContent, PixelBox, Word};
use image::{Rgb, RgbImage, imageops};

use crate::SURE;

const BOX: Rgb<u8> = Rgb([0, 150, 60]);
const UNSURE: Rgb<u8> = Rgb([225, 0, 0]);
const ORDER: Rgb<u8> = Rgb([60, 110, 255]);
const READING: Rgb<u8> = Rgb([10, 40, 120]);
/// How much of the page is left behind the readings.
const PALE: f32 = 0.12;
/// Fonts that have Chinese characters, by the names of their files.
const FONTS: [&str; 8] = [
    "NotoSansCJK-Regular.ttc",
    "NotoSansCJKsc-Regular.otf",
    "SourceHanSansSC-Regular.otf",
    "NotoSansSC-Regular.otf",
    "wqy-microhei.ttc",
    "wqy-zenhei.ttc",
    "DroidSansFallbackFull.ttf",
    "uming.ttc",
];
/// Where fonts are looked for, and how deep.
const FOLDERS: [&str; 2] = ["/usr/share/fonts", "/usr/local/share/fonts"];
const DEPTH: usize = 5;

/// An installed font with Chinese characters; without one, readings are not drawn.
pub fn font() -> Option<FontVec> {
    let mut files = Vec::new();
    FOLDERS.iter().for_each(|folder| find(Path::new(folder), DEPTH, &mut files));
    let named = |name: &&str| files.iter().find(|path| path.ends_with(name));
    let path = FONTS.iter().find_map(named)?;
    FontVec::try_from_vec_and_index(std::fs::read(path).ok()?, 0).ok()
}

fn find(folder: &Path, depth: usize, files: &mut Vec<PathBuf>) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    for path in entries.filter_map(|entry| Some(entry.ok()?.path())) {
        match path.is_dir() {
            true if depth > 0 => find(&path, depth - 1, files),
            true => {}
            false => files.push(path),
        }
    }
}

/// Draws a page, whose image is as it was before the recogniser turned it.
pub fn picture(image: &RgbImage, page: &PageContent, font: Option<&FontVec>) -> RgbImage {
    let upright = match page.rotation {
        90 => imageops::rotate90(image),
        180 => imageops::rotate180(image),
        270 => imageops::rotate270(image),
        _ => image.clone(),
    };
    let (width, height) = upright.dimensions();
    let mut boxes = upright.clone();
    let middle = |[x0, y0, x1, y1]: PixelBox| ((x0 + x1) / 2, (y0 + y1) / 2);
    for pair in page.words.windows(2) {
        line(&mut boxes, middle(pair[0].bounds), middle(pair[1].bounds), ORDER);
    }
    for word in &page.words {
        frame(&mut boxes, word.bounds, if word.confidence < SURE { UNSURE } else { BOX });
    }
    let Some(font) = font else { return boxes };
    let mut readings = upright;
    for channel in readings.iter_mut() {
        *channel = 255 - (f32::from(255 - *channel) * PALE) as u8;
    }
    page.words.iter().for_each(|word| write(&mut readings, word, font));
    let mut both = RgbImage::new(2 * width, height);
    imageops::replace(&mut both, &boxes, 0, 0);
    imageops::replace(&mut both, &readings, i64::from(width), 0);
    both
}

/// Writes a word's characters into its box, divided evenly.
fn write(picture: &mut RgbImage, word: &Word, font: &FontVec) {
    let [x0, y0, x1, y1] = word.bounds.map(|at| at as f32);
    let share = (x1 - x0) / word.text.chars().count().max(1) as f32;
    let size = (y1 - y0).clamp(6.0, 200.0);
    let scaled = font.as_scaled(PxScale::from(size));
    let colour = if word.confidence < SURE { UNSURE } else { READING };
    for (at, c) in word.text.chars().enumerate() {
        let id = scaled.glyph_id(c);
        let left = x0 + at as f32 * share + (share - scaled.h_advance(id)).max(0.0) / 2.0;
        let glyph = id.with_scale_and_position(size, point(left, y0 + scaled.ascent()));
        let Some(outline) = font.outline_glyph(glyph) else { continue };
        let bounds = outline.px_bounds();
        outline.draw(|x, y, cover| {
            let (x, y) = (bounds.min.x as i32 + x as i32, bounds.min.y as i32 + y as i32);
            if cover > 0.4 {
                put(picture, x, y, colour);
            }
        });
    }
}

fn frame(picture: &mut RgbImage, [x0, y0, x1, y1]: PixelBox, colour: Rgb<u8>) {
    let (x1, y1) = (x1 - 1, y1 - 1);
    for (from, to) in [((x0, y0), (x1, y0)), ((x1, y0), (x1, y1)), ((x1, y1), (x0, y1)), ((x0, y1), (x0, y0))]
    {
        line(picture, from, to, colour);
    }
}

fn line(picture: &mut RgbImage, from: (i32, i32), to: (i32, i32), colour: Rgb<u8>) {
    let (dx, dy) = (to.0 - from.0, to.1 - from.1);
    let steps = dx.abs().max(dy.abs()).max(1);
    for at in 0..=steps {
        put(picture, from.0 + dx * at / steps, from.1 + dy * at / steps, colour);
    }
}

fn put(picture: &mut RgbImage, x: i32, y: i32, colour: Rgb<u8>) {
    let (Ok(x), Ok(y)) = (u32::try_from(x), u32::try_from(y)) else { return };
    if let Some(pixel) = picture.get_pixel_mut_checked(x, y) {
        *pixel = colour;
    }
}
