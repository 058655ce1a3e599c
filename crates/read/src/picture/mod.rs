//! Pictures: a photograph, a fax, a scan saved as an image. Each is a page to be recognised.

mod original;
mod resolution;
mod tiff;

use std::fs::File;
use std::io::{BufRead, BufReader, Cursor, Read, Seek};
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};

use dossier_model::{Fault, FaultKind, FileKind, LayerJudgement};
use dossier_pipeline::ReadLimits;
use image::codecs::jpeg::JpegDecoder;
use image::error::LimitErrorKind;
use image::imageops::{FilterType, resize};
use image::{DynamicImage, ImageDecoder, ImageError, ImageReader, Limits, RgbImage};

use crate::PageReading;
use crate::document::MAX_DPI;
pub use original::{Original, OriginalForm};
use original::{colours_of_jpeg, turn};
use tiff::Directory;

/// Where a picture does not say how many pixels an inch has, it is taken for an A4 sheet, whose long
/// side has so many inches (ISO 216).
const A4_INCHES: f32 = 297.0 / 25.4;
/// The long side of a sheet in inches, from a postcard to A2: cameras state a resolution that makes a
/// wall of it.
const SHEET: RangeInclusive<f32> = 3.0..=25.0;
/// Bytes that decoding may take for each pixel that the limits allow.
const BYTES_A_PIXEL: u64 = 8;

/// An open picture, or several in one file.
pub(crate) struct Pictures {
    path: PathBuf,
    kind: FileKind,
    /// What a TIFF says of its pictures; nothing for other kinds, which have one.
    directories: Vec<Directory>,
    limits: ReadLimits,
}

impl Pictures {
    /// Opens the pictures at `path`.
    ///
    /// # Errors
    /// `Unreadable`, `Damaged` or `TooLarge`.
    pub fn open(path: &Path, kind: FileKind, limits: ReadLimits) -> Result<Pictures, Fault> {
        let directories = match kind {
            FileKind::Tiff => tiff::directories(open(path)?, limits.pages)?,
            _ => Vec::new(),
        };
        Ok(Pictures { path: path.to_owned(), kind, directories, limits })
    }

    pub fn page_count(&self) -> u32 {
        self.directories.len().max(1) as u32
    }

    /// The picture `number`, from 1, upright as the camera says, on white.
    ///
    /// # Errors
    /// `Damaged` or `TooLarge`; the other pictures are not concerned.
    pub fn read_page(&self, number: u32) -> Result<PageReading, Fault> {
        let (image, dpi) = self.decoded(number)?;
        Ok(scan(image, dpi))
    }

    /// The picture `number`, from 1, as its file has it.
    ///
    /// # Errors
    /// Those of [`read_page`](Pictures::read_page).
    pub fn original(&self, number: u32) -> Result<Original, Fault> {
        if self.kind == FileKind::Picture
            && let Some(jpeg) = self.jpeg()?
        {
            return Ok(jpeg);
        }
        let (image, stated) = self.decoded(number)?;
        let image = if image.color().has_alpha() { on_white(image).into() } else { image };
        Ok(Original {
            dpi: believed(image.width(), image.height(), stated),
            form: OriginalForm::Pixels(image),
        })
    }

    /// The file itself, if it is a JPEG that can be turned upright and has one colour or three.
    fn jpeg(&self) -> Result<Option<Original>, Fault> {
        let bytes = std::fs::read(&self.path).map_err(unreadable)?;
        let is_grey = match colours_of_jpeg(&bytes).filter(|_| bytes.starts_with(b"\xFF\xD8")) {
            Some(1) => true,
            Some(3) => false,
            _ => return Ok(None),
        };
        let mut decoder = JpegDecoder::new(Cursor::new(&bytes)).map_err(fault)?;
        let size = decoder.dimensions();
        let Some(turned) = turn(decoder.orientation().map_err(fault)?) else { return Ok(None) };
        let dpi = believed(size.0, size.1, self.stated_resolution()?);
        Ok(Some(Original { form: OriginalForm::Jpeg { bytes, size, is_grey, turned }, dpi }))
    }

    /// The picture `number`, from 1, and the resolution that it states.
    fn decoded(&self, number: u32) -> Result<(DynamicImage, Option<f32>), Fault> {
        Ok(match self.kind {
            FileKind::Tiff => {
                let directory = (number as usize).checked_sub(1).and_then(|at| self.directories.get(at));
                let directory =
                    directory.ok_or_else(|| Fault::new(FaultKind::Damaged, "there is no such page"))?;
                tiff::page(open(&self.path)?, directory, &self.limits)?
            }
            FileKind::Jpeg2000 => (self.jpeg2000()?, None),
            _ => (self.picture()?, self.stated_resolution()?),
        })
    }

    fn picture(&self) -> Result<DynamicImage, Fault> {
        let reader = ImageReader::new(open(&self.path)?).with_guessed_format().map_err(unreadable)?;
        decode(reader.into_decoder().map_err(fault)?, &self.limits)
    }

    fn stated_resolution(&self) -> Result<Option<f32>, Fault> {
        let mut head = Vec::new();
        open(&self.path)?.take(resolution::HEAD as u64).read_to_end(&mut head).map_err(unreadable)?;
        Ok(resolution::stated(&head))
    }

    fn jpeg2000(&self) -> Result<DynamicImage, Fault> {
        let bytes = std::fs::read(&self.path).map_err(unreadable)?;
        let image = hayro_jpeg2000::Image::new(&bytes, &hayro_jpeg2000::DecodeSettings::default())
            .map_err(|error| Fault::new(FaultKind::Damaged, error))?;
        decode(image, &self.limits)
    }
}

/// A picture within another file, such as one pasted into a document.
///
/// # Errors
/// `Damaged`, `TooLarge`, or `UnknownKind` where it is none that can be read.
pub(crate) fn embedded(bytes: &[u8], limits: &ReadLimits) -> Result<DynamicImage, Fault> {
    let reader = ImageReader::new(std::io::Cursor::new(bytes)).with_guessed_format().map_err(unreadable)?;
    if reader.format().is_none() {
        return Err(Fault::new(FaultKind::UnknownKind, "picture"));
    }
    decode(reader.into_decoder().map_err(fault)?, limits)
}

/// A picture as a page to be recognised; `dpi` is the resolution it states, if it states one.
pub(crate) fn scan(image: DynamicImage, dpi: Option<f32>) -> PageReading {
    let image = on_white(image);
    let dpi = believed(image.width(), image.height(), dpi);
    let (image, dpi) = if dpi > MAX_DPI {
        let side = |side: u32| ((side as f32 * MAX_DPI / dpi).round() as u32).max(1);
        (resize(&image, side(image.width()), side(image.height()), FilterType::Triangle), MAX_DPI)
    } else {
        (image, dpi)
    };
    PageReading::Scan { image, dpi, layer: LayerJudgement::Absent }
}

/// The resolution of a picture of this size: what it states, if that makes a sheet.
fn believed(width: u32, height: u32, stated: Option<f32>) -> f32 {
    let long = width.max(height) as f32;
    stated.filter(|dpi| SHEET.contains(&(long / dpi))).unwrap_or(long / A4_INCHES)
}

/// Decodes a picture whose declared size is within the limits, and turns it as its camera says.
fn decode(mut decoder: impl ImageDecoder, limits: &ReadLimits) -> Result<DynamicImage, Fault> {
    let (width, height) = decoder.dimensions();
    check_size(width, height, limits)?;
    let mut allowed = Limits::default();
    allowed.max_alloc = Some(limits.pixels.saturating_mul(BYTES_A_PIXEL));
    decoder.set_limits(allowed).map_err(fault)?;
    let orientation = decoder.orientation().map_err(fault)?;
    let mut image = DynamicImage::from_decoder(decoder).map_err(fault)?;
    image.apply_orientation(orientation);
    Ok(image)
}

fn check_size(width: u32, height: u32, limits: &ReadLimits) -> Result<(), Fault> {
    if u64::from(width) * u64::from(height) > limits.pixels {
        return Err(Fault::new(FaultKind::TooLarge, format!("a picture of {width} × {height} pixels")));
    }
    if width == 0 || height == 0 {
        return Err(Fault::new(FaultKind::Damaged, "a picture without pixels"));
    }
    Ok(())
}

/// What is transparent shows the paper.
fn on_white(image: DynamicImage) -> RgbImage {
    if !image.color().has_alpha() {
        return image.into_rgb8();
    }
    let image = image.into_rgba8();
    let (width, height) = image.dimensions();
    RgbImage::from_fn(width, height, |x, y| {
        let [red, green, blue, alpha] = image.get_pixel(x, y).0.map(u16::from);
        let over = |colour: u16| ((colour * alpha + 255 * (255 - alpha)) / 255) as u8;
        image::Rgb([over(red), over(green), over(blue)])
    })
}

fn open(path: &Path) -> Result<impl BufRead + Seek, Fault> {
    Ok(BufReader::new(File::open(path).map_err(unreadable)?))
}

fn unreadable(error: std::io::Error) -> Fault {
    Fault::new(FaultKind::Unreadable, error)
}

fn fault(error: ImageError) -> Fault {
    match error {
        ImageError::IoError(error) if error.kind() != std::io::ErrorKind::UnexpectedEof => unreadable(error),
        ImageError::Limits(limit) if !matches!(limit.kind(), LimitErrorKind::Unsupported { .. }) => {
            Fault::new(FaultKind::TooLarge, limit)
        }
        error => Fault::new(FaultKind::Damaged, error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::{ImageFormat, Rgba, RgbaImage};

    #[test]
    fn what_is_transparent_is_white() {
        let image = RgbaImage::from_pixel(2, 1, Rgba([0, 0, 0, 0]));
        assert_eq!(on_white(DynamicImage::ImageRgba8(image)).get_pixel(0, 0).0, [255, 255, 255]);
    }

    #[test]
    fn a_picture_that_does_not_say_is_an_a4_sheet() {
        let PageReading::Scan { image, dpi, .. } = scan(DynamicImage::new_luma8(4960, 7016), None) else {
            panic!("a picture is a scan");
        };
        assert_eq!((image.width(), image.height(), dpi), (2480, 3508, 300.0));
        let photograph = scan(DynamicImage::new_luma8(1500, 2000), Some(72.0));
        let PageReading::Scan { dpi, .. } = photograph else { panic!("a picture is a scan") };
        assert_eq!(dpi.round(), 171.0, "28 inches are no sheet");
    }

    #[test]
    fn what_declares_too_much_is_refused() {
        let mut bytes = std::io::Cursor::new(Vec::new());
        DynamicImage::new_luma8(400, 400).write_to(&mut bytes, ImageFormat::Png).unwrap();
        let limits = ReadLimits { pixels: 100_000, ..ReadLimits::default() };
        assert_eq!(embedded(bytes.get_ref(), &limits).unwrap_err().kind, FaultKind::TooLarge);
        assert_eq!(embedded(b"no picture", &limits).unwrap_err().kind, FaultKind::UnknownKind);
    }
}
