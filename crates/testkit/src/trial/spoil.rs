//! Scanning the sheet of a trial, and spoiling it as its kind says.

use image::codecs::jpeg::JpegEncoder;
use image::{ImageFormat, Rgb, RgbImage, imageops};

use super::{Kind, sheet};
use crate::damage::{self, Damage, bilevel, grey, show_through};
use crate::fonts::Fonts;
use crate::layout::PageLayout;
use crate::rng::Rng;
use crate::{Error, Result, raster};

/// The resolution of a scan, and the coarse one.
const DPI: f32 = 200.0;
const COARSE: f32 = 150.0;
/// Darker than this is black where there are no greys.
const THRESHOLD: u8 = 165;

/// The image and its pixels per inch.
pub(super) fn scan(
    kind: Kind,
    number: usize,
    page: &PageLayout,
    fonts: &Fonts,
    rng: &mut Rng,
) -> Result<(RgbImage, f32)> {
    let dpi = if kind == Kind::Coarse { COARSE } else { DPI };
    let mut canvas = raster::draw(page, dpi, fonts, rng)?;
    if kind == Kind::Faint {
        fade(&mut canvas.image, rng.range(0.22, 0.4));
    }
    if kind == Kind::ShowThrough {
        let back = sheet::set(Kind::Clean, number + 1, fonts, rng)?;
        let back = raster::draw(&back.page, dpi, fonts, rng)?;
        show_through(&mut canvas.image, &back.image, rng.range(0.18, 0.32));
    }
    let skew = match kind {
        Kind::Skewed => rng.range(1.0, 5.0) * if number.is_multiple_of(2) { 1.0 } else { -1.0 },
        _ => rng.range(-0.4, 0.4),
    };
    let image = damage::scan(canvas, Damage { skew, noise: 3.0, dust: 8 }, rng);
    Ok((stored(kind, number, image, rng)?, dpi))
}

/// As the file holds it.
fn stored(kind: Kind, number: usize, image: RgbImage, rng: &mut Rng) -> Result<RgbImage> {
    match kind {
        Kind::Jpeg => jpeg(&image, 30),
        Kind::Bilevel => Ok(black_and_white(&image)),
        Kind::Fax => Ok(fax(&image, !number.is_multiple_of(2), rng)),
        Kind::OnSide => Ok(if number.is_multiple_of(2) {
            imageops::rotate90(&image)
        } else {
            imageops::rotate270(&image)
        }),
        Kind::UpsideDown => Ok(imageops::rotate180(&image)),
        _ => jpeg(&image, 75),
    }
}

/// Leaves of the ink a share only.
fn fade(page: &mut RgbImage, share: f32) {
    let paper = *page.get_pixel(0, 0);
    for pixel in page.pixels_mut() {
        for (channel, paper) in pixel.0.iter_mut().zip(paper.0) {
            *channel = (f32::from(paper) - (f32::from(paper) - f32::from(*channel)) * share) as u8;
        }
    }
}

fn black_and_white(page: &RgbImage) -> RgbImage {
    let rows = bilevel(&grey(page), THRESHOLD);
    RgbImage::from_fn(page.width(), page.height(), |x, y| {
        Rgb([if rows[y as usize][x as usize] { 0 } else { 255 }; 3])
    })
}

/// Black and white with scattered pixels flipped, some rows lost, and in `half` of the rows of a
/// fine fax (ITU-T T.4: 3.85 instead of 7.7 a millimetre).
fn fax(page: &RgbImage, half: bool, rng: &mut Rng) -> RgbImage {
    let mut fax = black_and_white(page);
    for pixel in fax.pixels_mut() {
        if rng.unit() < 0.004 {
            *pixel = Rgb([255 - pixel.0[0]; 3]);
        }
    }
    let lost: Vec<bool> = (0..fax.height()).map(|_| rng.unit() < 0.004).collect();
    let before = fax.clone();
    RgbImage::from_fn(fax.width(), fax.height(), |x, y| {
        let y = if half { y / 2 * 2 } else { y };
        let y = if lost[y as usize] { y.saturating_sub(2) } else { y };
        *before.get_pixel(x, y)
    })
}

fn jpeg(page: &RgbImage, quality: u8) -> Result<RgbImage> {
    let mut bytes = Vec::new();
    JpegEncoder::new_with_quality(&mut bytes, quality)
        .encode_image(page)
        .and_then(|()| image::load_from_memory_with_format(&bytes, ImageFormat::Jpeg))
        .map(image::DynamicImage::into_rgb8)
        .map_err(|cause| Error::encode("a JPEG image", cause))
}
