//! A page with what was read drawn over it: a box around each word, red where the reading is
//! unsure, and a blue line through the words in reading order.

use dossier_ocr::RecognisedPage;
use image::{Rgb, RgbImage, imageops};

/// A word less sure than this is framed in red.
const UNSURE: f32 = 0.9;

/// Draws over the page, whose image is turned as the recogniser turned it.
pub fn drawn(image: &RgbImage, page: &RecognisedPage) -> RgbImage {
    let mut picture = match page.rotation {
        90 => imageops::rotate90(image),
        180 => imageops::rotate180(image),
        270 => imageops::rotate270(image),
        _ => image.clone(),
    };
    let middle = |[x0, y0, x1, y1]: [i32; 4]| ((x0 + x1) / 2, (y0 + y1) / 2);
    for pair in page.words.windows(2) {
        line(&mut picture, middle(pair[0].bounds), middle(pair[1].bounds), Rgb([40, 90, 255]));
    }
    for word in &page.words {
        let [x0, y0, x1, y1] = word.bounds;
        let colour = if word.confidence < UNSURE { Rgb([230, 0, 0]) } else { Rgb([0, 170, 60]) };
        for (from, to) in
            [((x0, y0), (x1, y0)), ((x1, y0), (x1, y1)), ((x1, y1), (x0, y1)), ((x0, y1), (x0, y0))]
        {
            line(&mut picture, from, to, colour);
        }
    }
    picture
}

fn line(picture: &mut RgbImage, from: (i32, i32), to: (i32, i32), colour: Rgb<u8>) {
    let (dx, dy) = (to.0 - from.0, to.1 - from.1);
    let steps = dx.abs().max(dy.abs()).max(1);
    for at in 0..=steps {
        let (x, y) = (from.0 + dx * at / steps, from.1 + dy * at / steps);
        if let Some(pixel) = picture.get_pixel_mut_checked(x.max(0) as u32, y.max(0) as u32) {
            *pixel = colour;
        }
    }
}
