//! Bar codes and QR codes on a scanned page: petition numbers are stuck on as one, and separator
//! sheets are told by them.

use std::collections::HashSet;

use image::RgbImage;
use rxing::helpers::detect_multiple_in_luma_with_hints;
use rxing::{BarcodeFormat, DecodeHints};

/// The symbologies that are read: those that registries print and scanning software separates by.
/// Others are found where there are none, in the ruled lines of forms.
const FORMATS: [BarcodeFormat; 3] = [BarcodeFormat::QR_CODE, BarcodeFormat::CODE_128, BarcodeFormat::CODE_39];
/// Code 39 has no check digit, so that a few strokes can look like it: shorter ones are none.
const SHORTEST: usize = 4;

/// What the codes on a page say, each once, in the order in which they are found. Looking takes some
/// 40 ms on a page of A4 at 200 dpi.
pub fn codes(image: &RgbImage) -> Vec<String> {
    let (width, height) = image.dimensions();
    let luma = image::imageops::grayscale(image).into_raw();
    let mut hints = DecodeHints {
        PossibleFormats: Some(HashSet::from(FORMATS)),
        TryHarder: Some(true),
        ..DecodeHints::default()
    };
    // That nothing was found is told as an error.
    let found = detect_multiple_in_luma_with_hints(luma, width, height, &mut hints).unwrap_or_default();
    let mut codes: Vec<String> = Vec::new();
    for said in found.iter().map(|code| code.getText().trim()) {
        if said.chars().count() >= SHORTEST && !codes.iter().any(|code| code == said) {
            codes.push(said.to_owned());
        }
    }
    codes
}

#[cfg(test)]
mod tests {
    use image::{Rgb, imageops};
    use rxing::{BarcodeFormat, MultiFormatWriter, Writer};

    use super::*;

    /// A page with a code of this kind on it, `scale` pixels a module.
    fn page(says: &str, format: BarcodeFormat, (width, height): (i32, i32), scale: u32) -> RgbImage {
        let code = MultiFormatWriter.encode(says, &format, width, height).unwrap();
        let mut page = RgbImage::from_pixel(1654, 2339, Rgb([250, 248, 240]));
        for (x, y) in (0..code.getHeight()).flat_map(|y| (0..code.getWidth()).map(move |x| (x, y))) {
            if code.get(x, y) {
                for (dx, dy) in (0..scale).flat_map(|dy| (0..scale).map(move |dx| (dx, dy))) {
                    page.put_pixel(900 + x * scale + dx, 120 + y * scale + dy, Rgb([20, 20, 30]));
                }
            }
        }
        page
    }

    #[test]
    fn numbers_that_are_stuck_on_are_read() {
        let number = "990121201902180012";
        for (format, size, scale) in [
            (BarcodeFormat::QR_CODE, (33, 33), 5),
            (BarcodeFormat::CODE_128, (300, 90), 2),
            (BarcodeFormat::CODE_39, (340, 90), 2),
        ] {
            let page = page(number, format, size, scale);
            assert_eq!(codes(&page), [number], "{format}");
            assert_eq!(codes(&imageops::rotate90(&page)), [number], "{format}, on its side");
        }
    }

    #[test]
    fn a_page_without_codes_has_none() {
        let mut page = RgbImage::from_pixel(1654, 2339, Rgb([255, 255, 255]));
        for (x, y) in (0..1654).flat_map(|x| (0..30).map(move |y| (x, 100 + y * 70))) {
            page.put_pixel(x, y, Rgb([0, 0, 0]));
        }
        assert_eq!(codes(&page), [] as [String; 0]);
    }
}
