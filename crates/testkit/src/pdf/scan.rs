//! Pages that are one image each, as scanners make them.

use fax::{Color, VecWriter, encoder::Encoder};
use image::codecs::jpeg::JpegEncoder;
use image::{ExtendedColorType, RgbImage};
use lopdf::{Dictionary, Object, Stream, dictionary};

use super::Writer;
use crate::damage::{bilevel, grey};
use crate::layout::PAGE;
use crate::letter::{Codec, InkMode};
use crate::{Error, Result};

/// Darker than this is black in a bilevel scan.
const THRESHOLD: u8 = 170;

/// How page images are stored.
#[derive(Clone, Copy, Debug)]
pub struct Storage {
    /// Their colours.
    pub ink: InkMode,
    /// Their compression.
    pub codec: Codec,
    /// JPEG quality, 1 to 100.
    pub quality: u8,
}

/// A PDF with one image on each page.
///
/// # Errors
/// When an image cannot be encoded.
pub fn write(pages: &[RgbImage], storage: Storage) -> Result<Vec<u8>> {
    let mut writer = Writer::new();
    for page in pages {
        let image = writer.document.add_object(page_image(page, storage)?);
        let resources = dictionary! { "XObject" => dictionary! { "Im0" => image } };
        let content = format!("q {} 0 0 {} 0 0 cm /Im0 Do Q", PAGE.0, PAGE.1);
        writer.page(content.into_bytes(), resources)?;
    }
    writer.finish()
}

fn page_image(page: &RgbImage, storage: Storage) -> Result<Stream> {
    let space = if storage.ink == InkMode::Colour { "DeviceRGB" } else { "DeviceGray" };
    let bits = if storage.ink == InkMode::Bilevel { 1 } else { 8 };
    let mut head = dictionary! {
        "Type" => "XObject",
        "Subtype" => "Image",
        "Width" => i64::from(page.width()),
        "Height" => i64::from(page.height()),
        "ColorSpace" => space,
        "BitsPerComponent" => bits,
    };
    match (storage.codec, storage.ink) {
        (Codec::Jpeg, InkMode::Colour | InkMode::Grey) => {
            head.set("Filter", "DCTDecode");
            Ok(Stream::new(head, jpeg(page, storage)?).with_compression(false))
        }
        (Codec::G4, InkMode::Bilevel) => {
            head.set("Filter", "CCITTFaxDecode");
            head.set("DecodeParms", fax_parameters(page));
            Ok(Stream::new(head, g4(&bilevel(&grey(page), THRESHOLD))?).with_compression(false))
        }
        (Codec::Flate, _) => {
            let mut stream = Stream::new(head, samples(page, storage.ink));
            stream.compress().map_err(|cause| Error::encode("a page image", cause))?;
            Ok(stream)
        }
        (codec, ink) => Err(Error::encode("a page image", format!("{codec:?} has no {ink:?}"))),
    }
}

fn fax_parameters(page: &RgbImage) -> Dictionary {
    dictionary! {
        "K" => -1,
        "Columns" => i64::from(page.width()),
        "Rows" => i64::from(page.height()),
        "BlackIs1" => Object::Boolean(false),
    }
}

fn jpeg(page: &RgbImage, storage: Storage) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let mut encoder = JpegEncoder::new_with_quality(&mut bytes, storage.quality);
    let (width, height) = page.dimensions();
    let encoded = match storage.ink {
        InkMode::Colour => encoder.encode(page, width, height, ExtendedColorType::Rgb8),
        _ => encoder.encode(&grey(page), width, height, ExtendedColorType::L8),
    };
    encoded.map_err(|cause| Error::encode("a JPEG image", cause))?;
    Ok(bytes)
}

/// CCITT T.6 with an end-of-block code; true is black.
///
/// # Errors
/// When a row is wider than 65,535 pixels.
pub fn g4(rows: &[Vec<bool>]) -> Result<Vec<u8>> {
    let mut encoder = Encoder::new(VecWriter::new());
    for row in rows {
        let width = u16::try_from(row.len()).map_err(|cause| Error::encode("a G4 image", cause))?;
        let pixels = row.iter().map(|black| if *black { Color::Black } else { Color::White });
        // Writing to memory cannot fail: its error type has no values.
        encoder.encode_line(pixels, width).unwrap_or_else(|never| match never {});
    }
    let writer = encoder.finish().unwrap_or_else(|never| match never {});
    Ok(writer.finish())
}

/// Samples as a PDF image stores them: rows begin at whole bytes, 1 is white.
fn samples(page: &RgbImage, ink: InkMode) -> Vec<u8> {
    match ink {
        InkMode::Colour => page.as_raw().clone(),
        InkMode::Grey => grey(page).into_raw(),
        InkMode::Bilevel => {
            let byte = |bits: &[bool]| {
                bits.iter().enumerate().fold(0, |byte, (at, black)| byte | (u8::from(!black) << (7 - at)))
            };
            bilevel(&grey(page), THRESHOLD).iter().flat_map(|row| row.chunks(8).map(byte)).collect()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::Rng;

    #[test]
    fn a_g4_page_decodes_to_the_same_pixels() {
        let mut rng = Rng::new(3);
        let mut rows: Vec<Vec<bool>> =
            (0..90).map(|_| (0..333).map(|_| rng.unit() < 0.2).collect()).collect();
        rows[7] = vec![false; 333];
        rows[8] = vec![true; 333];
        let bytes = g4(&rows).unwrap();
        let mut decoded = Vec::new();
        fax::decoder::decode_g4(bytes.into_iter(), 333, Some(90), |line| {
            let pixels = fax::decoder::pels(line, 333);
            decoded.push(pixels.map(|colour| colour == Color::Black).collect::<Vec<bool>>());
        })
        .unwrap();
        assert_eq!(decoded, rows);
    }

    #[test]
    fn bilevel_samples_fill_whole_bytes() {
        let page = RgbImage::from_fn(10, 1, |x, _| image::Rgb([if x < 9 { 255 } else { 0 }; 3]));
        assert_eq!(samples(&page, InkMode::Bilevel), [0xff, 0b1000_0000]);
    }
}
