//! Pictures whose samples are places in a list of colours (TIFF 6.0, section 5).

use std::io::{self, Read, Seek, SeekFrom};

use image::{GrayImage, RgbImage};

use super::directory::{Directory, Form, tag};

/// The value of `PhotometricInterpretation` for places in a list, and for levels of grey.
const PALETTE: u64 = 3;
const GREY: u16 = 1;

/// Whether a picture has a list of colours.
pub(super) fn has_palette(file: &mut (impl Read + Seek), directory: &Directory) -> bool {
    directory.number(file, tag::PHOTOMETRIC) == Some(PALETTE)
}

/// The file with the picture's samples as levels of grey, which they are read as; nothing where what
/// they mean is not said as a short number.
pub(super) fn as_grey<R>(file: R, directory: &Directory) -> Option<Patched<R>> {
    let (at, form) = directory.place_of(tag::PHOTOMETRIC)?;
    Some(Patched { file, position: 0, at, bytes: Form::short(form, GREY) })
}

/// The colours at the places that `samples` are, given as levels of grey from 0 to 255: the list has
/// all reds, then all greens, then all blues, each 16 bits.
pub(super) fn colours(samples: &GrayImage, list: &[u64]) -> Option<RgbImage> {
    let length = list.len() / 3;
    // Fewer levels than 256 were spread over all of them.
    let step = 255_usize.checked_div(length.checked_sub(1)?)?;
    let colour = |level: u8| {
        let place = (usize::from(level) / step.max(1)).min(length - 1);
        [0, 1, 2].map(|part| (list[part * length + place] >> 8) as u8)
    };
    let (width, height) = samples.dimensions();
    Some(RgbImage::from_fn(width, height, |x, y| image::Rgb(colour(samples.get_pixel(x, y).0[0]))))
}

/// A file of which two bytes read otherwise.
pub(super) struct Patched<R> {
    file: R,
    position: u64,
    at: u64,
    bytes: [u8; 2],
}

impl<R: Read> Read for Patched<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.file.read(buffer)?;
        for (byte, at) in self.bytes.into_iter().zip(self.at..) {
            let place = at.checked_sub(self.position).and_then(|place| usize::try_from(place).ok());
            if let Some(place) = place.filter(|place| *place < read) {
                buffer[place] = byte;
            }
        }
        self.position += read as u64;
        Ok(read)
    }
}

impl<R: Seek> Seek for Patched<R> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.position = self.file.seek(to)?;
        Ok(self.position)
    }
}
