//! A picture as its file has it, for whoever passes it on unchanged.

use image::DynamicImage;
use image::metadata::Orientation;

/// A picture of a file.
#[derive(Debug)]
pub struct Original {
    /// What it is made of.
    pub form: OriginalForm,
    /// Pixels per inch, as far as it is believed.
    pub dpi: f32,
}

/// What a picture is made of.
#[derive(Debug)]
pub enum OriginalForm {
    /// A JPEG file, of grey or of colours.
    Jpeg {
        /// The whole file.
        bytes: Vec<u8>,
        /// Width and height in pixels, as it is stored.
        size: (u32, u32),
        /// Whether it has no colours.
        is_grey: bool,
        /// Degrees clockwise that it has to be turned to be upright.
        turned: u16,
    },
    /// The pixels of any other, upright as the camera says, on white.
    Pixels(DynamicImage),
}

/// How many colours a JPEG's pixels have, by its frame header (ITU-T T.81, B.2.2).
pub(super) fn colours_of_jpeg(bytes: &[u8]) -> Option<u8> {
    let mut at = 2;
    loop {
        let [mark, kind, high, low] = bytes.get(at..at + 4)?.try_into().ok()?;
        match (mark, kind) {
            (0xFF, 0xFF) => at += 1,
            // Frames of all kinds, but for tables (C4, CC) and what is kept for later (C8).
            (0xFF, 0xC0..=0xCF) if !matches!(kind, 0xC4 | 0xC8 | 0xCC) => return bytes.get(at + 9).copied(),
            (0xFF, _) => at += 2 + usize::from(u16::from_be_bytes([high, low])),
            _ => return None,
        }
    }
}

/// Degrees clockwise that bring a picture upright; nothing where it is mirrored as well.
pub(super) fn turn(orientation: Orientation) -> Option<u16> {
    match orientation {
        Orientation::NoTransforms => Some(0),
        Orientation::Rotate90 => Some(90),
        Orientation::Rotate180 => Some(180),
        Orientation::Rotate270 => Some(270),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use image::{ExtendedColorType, codecs::jpeg::JpegEncoder};

    use super::*;

    #[test]
    fn a_jpeg_says_how_many_colours_it_has() {
        for (colours, kind) in [(1, ExtendedColorType::L8), (3, ExtendedColorType::Rgb8)] {
            let mut bytes = Vec::new();
            let pixels = vec![200; 16 * 8 * usize::from(colours)];
            JpegEncoder::new(&mut bytes).encode(&pixels, 16, 8, kind).unwrap();
            assert_eq!(colours_of_jpeg(&bytes), Some(colours));
            assert!((0..bytes.len()).all(|cut| colours_of_jpeg(&bytes[..cut]).is_none_or(|n| n == colours)));
        }
        assert_eq!(colours_of_jpeg(b"GIF89a"), None);
    }
}
