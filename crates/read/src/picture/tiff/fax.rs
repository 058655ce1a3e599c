//! Pictures as faxes send them (ITU-T T.4 and T.6; TIFF 6.0, sections 10 and 11).

use std::io::{Read, Seek, SeekFrom};

use dossier_model::{Fault, FaultKind};
use hayro_ccitt::{DecodeSettings, DecoderContext, EncodingMode, decode};
use image::{DynamicImage, GrayImage};

use super::directory::{Directory, tag};

/// Values of `Compression`.
const HUFFMAN: u64 = 2;
const GROUP_3: u64 = 3;
const GROUP_4: u64 = 4;
/// The value of `FillOrder` for the lowest bit first.
const LOWEST_FIRST: u64 = 2;
/// The value of `PhotometricInterpretation` where what is sent as ink is paper.
const BLACK_IS_ZERO: u64 = 1;
/// Bit of `T4Options` for rows that depend on the one above.
const TWO_DIMENSIONS: u64 = 1;

/// Whether a picture is sent so, in strips.
pub(super) fn is_fax(file: &mut (impl Read + Seek), directory: &Directory) -> bool {
    let compression = directory.number(file, tag::COMPRESSION);
    matches!(compression, Some(HUFFMAN | GROUP_3 | GROUP_4)) && directory.number(file, tag::STRIPS).is_some()
}

/// The picture; what is missing at its end is paper.
///
/// # Errors
/// `Damaged` when less than half of it can be read.
pub(super) fn picture(
    file: &mut (impl Read + Seek),
    directory: &Directory,
    (width, height): (u32, u32),
) -> Result<DynamicImage, Fault> {
    let damaged = |what: &str| Fault::new(FaultKind::Damaged, what);
    let mut number = |tag| directory.number(file, tag);
    let rows_a_strip =
        number(tag::ROWS_A_STRIP).unwrap_or(u64::from(height)).clamp(1, u64::from(height)) as u32;
    let reversed = number(tag::FILL_ORDER) == Some(LOWEST_FIRST);
    let ink = if number(tag::PHOTOMETRIC) == Some(BLACK_IS_ZERO) { 255 } else { 0 };
    let compression = number(tag::COMPRESSION);
    let encoding = match compression {
        Some(GROUP_4) => EncodingMode::Group4,
        Some(GROUP_3) if number(tag::T4_OPTIONS).unwrap_or_default() & TWO_DIMENSIONS != 0 => {
            EncodingMode::Group3_2D
        }
        _ => EncodingMode::Group3_1D,
    };
    let strips = directory.numbers(file, tag::STRIPS).ok_or_else(|| damaged("no strips"))?;
    let lengths = directory.numbers(file, tag::STRIP_BYTES).unwrap_or_default();
    let mut rows =
        Rows { image: GrayImage::from_pixel(width, height, image::Luma([255 - ink])), ink, next: 0 };
    for ((strip, length), top) in strips.iter().zip(&lengths).zip((0..height).step_by(rows_a_strip as usize))
    {
        let mut bytes = strip_bytes(file, *strip, *length)?;
        if reversed {
            bytes.iter_mut().for_each(|byte| *byte = byte.reverse_bits());
        }
        rows.next = top;
        let settings = DecodeSettings {
            columns: width,
            rows: rows_a_strip.min(height - top),
            end_of_block: true,
            end_of_line: compression == Some(GROUP_3),
            rows_are_byte_aligned: compression == Some(HUFFMAN),
            encoding,
            strict: false,
        };
        // Of a strip that breaks off, the rows so far count.
        if decode(&bytes, &mut rows, &mut DecoderContext::new(settings)).is_err() {
            break;
        }
    }
    if rows.next < height.div_ceil(2) {
        return Err(damaged(&format!("{} of {height} rows can be read", rows.next)));
    }
    Ok(DynamicImage::ImageLuma8(rows.image))
}

fn strip_bytes(file: &mut (impl Read + Seek), at: u64, length: u64) -> Result<Vec<u8>, Fault> {
    let unreadable = |error| Fault::new(FaultKind::Unreadable, error);
    let mut bytes = Vec::new();
    file.seek(SeekFrom::Start(at)).map_err(unreadable)?;
    file.take(length).read_to_end(&mut bytes).map_err(unreadable)?;
    Ok(bytes)
}

/// Takes the rows as they come.
struct Rows {
    image: GrayImage,
    ink: u8,
    next: u32,
}

impl hayro_ccitt::Decoder for Rows {
    fn push_row(&mut self, changes: &[u32]) {
        let width = self.image.width();
        if self.next >= self.image.height() {
            return;
        }
        for run in changes.chunks(2) {
            let end = run.get(1).copied().unwrap_or(width).min(width);
            for x in run[0].min(width)..end {
                self.image.put_pixel(x, self.next, image::Luma([self.ink]));
            }
        }
        self.next += 1;
    }
}
