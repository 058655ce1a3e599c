//! TIFF 6.0: several pictures in one file, bilevel as faxes are, grey, in colours, or for print.

mod directory;
mod fax;
mod palette;

use std::io::{BufRead, BufReader, Read, Seek};

use dossier_model::{Fault, FaultKind};
use dossier_pipeline::ReadLimits;
use image::{DynamicImage, GrayImage, RgbImage, RgbaImage};
use tiff::decoder::{Decoder, DecodingResult};
use tiff::{ColorType, TiffError};

use directory::tag;
pub(super) use directory::{Directory, directories};

use super::{BYTES_A_PIXEL, check_size};

/// The value of `PlanarConfiguration` where each colour has a plane of its own.
const PLANES: u64 = 2;

/// The picture of a directory, with its resolution in pixels an inch where it states one.
///
/// # Errors
/// `Damaged`, `TooLarge`, or `UnknownKind` of a picture in a form that no decoder here takes.
pub(super) fn page(
    mut file: impl BufRead + Seek,
    directory: &Directory,
    limits: &ReadLimits,
) -> Result<(DynamicImage, Option<f32>), Fault> {
    let mut side = |tag| directory.number(&mut file, tag).and_then(|side| u32::try_from(side).ok());
    let (width, height) = (side(tag::WIDTH).unwrap_or_default(), side(tag::HEIGHT).unwrap_or_default());
    check_size(width, height, limits)?;
    let dpi = resolution(&mut file, directory);
    let image = if fax::is_fax(&mut file, directory) {
        fax::picture(&mut file, directory, (width, height))?
    } else if palette::has_palette(&mut file, directory) {
        in_colours(&mut file, directory, limits)?
    } else {
        decode(file, directory, limits)?
    };
    Ok((image, dpi))
}

/// `XResolution` in pixels an inch: the unit is inches unless `ResolutionUnit` says 3, centimetres.
fn resolution(file: &mut (impl Read + Seek), directory: &Directory) -> Option<f32> {
    let resolution = directory.number(file, tag::X_RESOLUTION)? as f32;
    let centimetres = directory.number(file, tag::RESOLUTION_UNIT) == Some(3);
    Some(if centimetres { resolution * 2.54 } else { resolution })
}

/// A picture with a list of colours.
fn in_colours(
    file: &mut (impl BufRead + Seek),
    directory: &Directory,
    limits: &ReadLimits,
) -> Result<DynamicImage, Fault> {
    let unknown = || Fault::new(FaultKind::UnknownKind, "TIFF, colours");
    let list = directory.numbers(file, tag::COLOURS).ok_or_else(unknown)?;
    let grey = palette::as_grey(&mut *file, directory).ok_or_else(unknown)?;
    let samples = decode(BufReader::new(grey), directory, limits)?.into_luma8();
    palette::colours(&samples, &list).map(DynamicImage::ImageRgb8).ok_or_else(unknown)
}

/// A picture of the kinds that the decoder takes.
fn decode(
    mut file: impl BufRead + Seek,
    directory: &Directory,
    limits: &ReadLimits,
) -> Result<DynamicImage, Fault> {
    let mut allowed = tiff::decoder::Limits::default();
    allowed.decoding_buffer_size =
        usize::try_from(limits.pixels.saturating_mul(BYTES_A_PIXEL)).unwrap_or(usize::MAX);
    file.rewind().map_err(|error| Fault::new(FaultKind::Unreadable, error))?;
    let mut decoder = Decoder::new(file).map_err(fault)?.with_limits(allowed);
    for _ in 0..directory.place {
        match decoder.next_image() {
            Ok(()) | Err(TiffError::UnsupportedError(_)) => {}
            Err(error) => return Err(fault(error)),
        }
    }
    let (width, height) = decoder.dimensions().map_err(fault)?;
    let colours = decoder.colortype().map_err(fault)?;
    let planes = directory.number(decoder.inner(), tag::PLANAR) == Some(PLANES);
    let samples = if planes {
        let mut samples = DecodingResult::U8(Vec::new());
        decoder.read_image_to_buffer(&mut samples).map_err(fault)?;
        bytes(samples).map(|samples| interleaved(&samples, width as usize * height as usize))
    } else {
        bytes(decoder.read_image().map_err(fault)?)
    };
    let unknown = |what: &str| Fault::new(FaultKind::UnknownKind, format!("TIFF, {what} {colours:?}"));
    picture(width, height, colours, samples.ok_or_else(|| unknown("samples of"))?)
        .ok_or_else(|| unknown("a picture in"))
}

/// Planes of so many samples each as pixels.
fn interleaved(samples: &[u8], pixels: usize) -> Vec<u8> {
    let planes: Vec<&[u8]> = samples.chunks_exact(pixels.max(1)).collect();
    (0..pixels).flat_map(|at| planes.iter().map(move |plane| plane[at])).collect()
}

/// The samples in eight bits each, or packed where there are fewer.
fn bytes(samples: DecodingResult) -> Option<Vec<u8>> {
    match samples {
        DecodingResult::U8(samples) => Some(samples),
        DecodingResult::U16(samples) => Some(samples.into_iter().map(|sample| (sample >> 8) as u8).collect()),
        _ => None,
    }
}

fn picture(width: u32, height: u32, colours: ColorType, samples: Vec<u8>) -> Option<DynamicImage> {
    let rgb = |samples: Vec<u8>| RgbImage::from_raw(width, height, samples).map(DynamicImage::ImageRgb8);
    match colours {
        ColorType::Gray(8 | 16) => GrayImage::from_raw(width, height, samples).map(DynamicImage::ImageLuma8),
        ColorType::Gray(bits @ (1 | 2 | 4)) => {
            let scale = 255 / ((1 << bits) - 1);
            let grey =
                unpack(&samples, width, height, bits)?.into_iter().map(|level| level * scale).collect();
            GrayImage::from_raw(width, height, grey).map(DynamicImage::ImageLuma8)
        }
        ColorType::RGB(8 | 16) => rgb(samples),
        ColorType::RGBA(8 | 16) => RgbaImage::from_raw(width, height, samples).map(DynamicImage::ImageRgba8),
        ColorType::CMYK(8 | 16) => rgb(samples.chunks_exact(4).flat_map(ink).collect()),
        ColorType::YCbCr(8) => rgb(samples.chunks_exact(3).flat_map(luma_chroma).collect()),
        _ => None,
    }
}

/// Levels that are packed into bytes, each row from a byte's beginning.
fn unpack(samples: &[u8], width: u32, height: u32, bits: u8) -> Option<Vec<u8>> {
    let per_byte = 8 / u32::from(bits);
    let stride = width.div_ceil(per_byte) as usize;
    let mask = ((1_u16 << bits) - 1) as u8;
    let rows = samples.chunks_exact(stride).take(height as usize);
    let levels: Vec<u8> = rows
        .flat_map(|row| {
            (0..width).map(move |x| {
                let shift = 8 - u32::from(bits) * (x % per_byte + 1);
                row[(x / per_byte) as usize] >> shift & mask
            })
        })
        .collect();
    (levels.len() == width as usize * height as usize).then_some(levels)
}

/// Cyan, magenta, yellow and black as they look on paper, without a colour profile.
fn ink(cmyk: &[u8]) -> [u8; 3] {
    let white = |ink: u8| u16::from(255 - ink);
    [0, 1, 2].map(|at| (white(cmyk[at]) * white(cmyk[3]) / 255) as u8)
}

/// ITU-R BT.601, as TIFF 6.0 section 21 takes it by default.
fn luma_chroma(sample: &[u8]) -> [u8; 3] {
    let [y, blue, red] = [f32::from(sample[0]), f32::from(sample[1]) - 128.0, f32::from(sample[2]) - 128.0];
    [y + 1.402 * red, y - 0.344_136 * blue - 0.714_136 * red, y + 1.772 * blue]
        .map(|c| c.clamp(0.0, 255.0) as u8)
}

fn fault(error: TiffError) -> Fault {
    match error {
        TiffError::IoError(error) if error.kind() != std::io::ErrorKind::UnexpectedEof => {
            Fault::new(FaultKind::Unreadable, error)
        }
        TiffError::LimitsExceeded => Fault::new(FaultKind::TooLarge, "TIFF"),
        TiffError::UnsupportedError(what) => Fault::new(FaultKind::UnknownKind, format!("TIFF, {what}")),
        error => Fault::new(FaultKind::Damaged, error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packed_levels_come_apart_row_by_row() {
        // Three pixels a row, so five bits of each byte are padding.
        assert_eq!(unpack(&[0b1010_0000, 0b0110_0000], 3, 2, 1), Some(vec![1, 0, 1, 0, 1, 1]));
        assert_eq!(unpack(&[0b1110_0100], 4, 1, 2), Some(vec![3, 2, 1, 0]));
        assert_eq!(unpack(&[0xFF], 3, 2, 1), None, "a row is missing");
    }

    #[test]
    fn planes_become_pixels() {
        assert_eq!(interleaved(&[1, 2, 3, 4, 5, 6], 2), [1, 3, 5, 2, 4, 6]);
    }

    #[test]
    fn colours_come_out_as_they_look() {
        let pixel = |colours, samples: &[u8]| {
            let image = picture(1, 1, colours, samples.to_vec());
            image.unwrap().to_rgb8().get_pixel(0, 0).0
        };
        assert_eq!(pixel(ColorType::Gray(1), &[0x80]), [255, 255, 255]);
        assert_eq!(pixel(ColorType::CMYK(8), &[0, 255, 255, 0]), [255, 0, 0]);
        assert_eq!(pixel(ColorType::YCbCr(8), &[128, 128, 128]), [128, 128, 128]);
    }
}
