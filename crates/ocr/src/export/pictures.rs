//! A searchable PDF of pictures: one page each, with the text behind it.
//!
//! A JPEG goes in byte for byte (`DCTDecode`), other pictures without loss. The document says that it is
//! PDF/A-2b ([`super::archival`]).

use image::DynamicImage;
use lopdf::{Dictionary, Document, Object, ObjectId, Stream, dictionary};
use sha2::{Digest, Sha256};

use dossier_model::PageContent;

use super::searchable::{put_texts, structure};
use super::{ExportError, archival};

/// Points of user space in an inch.
const POINTS: f32 = 72.0;
/// The picture's name among a page's resources.
const NAME: &str = "Picture";

/// The PDF as it is being made.
pub struct PicturePdf {
    document: Document,
    tree: ObjectId,
    pages: Vec<Object>,
    /// Of all pictures: the document's identifier follows from them.
    sha256: Sha256,
}

impl Default for PicturePdf {
    fn default() -> Self {
        let mut document = Document::with_version("1.7");
        let tree = document.new_object_id();
        PicturePdf { document, tree, pages: Vec::new(), sha256: Sha256::new() }
    }
}

impl PicturePdf {
    /// Adds a JPEG of so many pixels, as its file has it, turned so many degrees clockwise.
    pub fn add_jpeg(&mut self, bytes: Vec<u8>, size: (u32, u32), is_grey: bool, turned: u16, dpi: f32) {
        let mut head = head(size, is_grey, 8);
        head.set("Filter", "DCTDecode");
        self.add(Stream::new(head, bytes).with_compression(false), size, turned, dpi);
    }

    /// Adds a picture without loss.
    ///
    /// # Errors
    /// `Structure` when it cannot be packed.
    pub fn add_pixels(&mut self, image: DynamicImage, dpi: f32) -> Result<(), ExportError> {
        let size = (image.width(), image.height());
        let is_grey = !image.color().has_color();
        let deep = image.color().bytes_per_pixel() / image.color().channel_count() > 1;
        let (pixels, bits) = match (is_grey, deep) {
            (true, false) => (image.into_luma8().into_raw(), 8),
            (false, false) => (image.into_rgb8().into_raw(), 8),
            (true, true) => (big_endian(&image.into_luma16()), 16),
            (false, true) => (big_endian(&image.into_rgb16()), 16),
        };
        let mut stream = Stream::new(head(size, is_grey, bits), pixels);
        stream.compress().map_err(structure)?;
        self.add(stream, size, 0, dpi);
        Ok(())
    }

    fn add(&mut self, picture: Stream, (width, height): (u32, u32), turned: u16, dpi: f32) {
        self.sha256.update(&picture.content);
        let picture = self.document.add_object(picture);
        let [width, height] = [width, height].map(|side| side as f32 * POINTS / dpi);
        let shown = format!("q {width:.3} 0 0 {height:.3} 0 0 cm /{NAME} Do Q");
        let content = self.document.add_object(Stream::new(Dictionary::new(), shown.into_bytes()));
        let page = self.document.add_object(dictionary! {
            "Type" => "Page",
            "Parent" => self.tree,
            "MediaBox" => vec![0.into(), 0.into(), width.into(), height.into()],
            "Rotate" => i64::from(turned),
            "Resources" => dictionary! { "XObject" => dictionary! { NAME => picture } },
            "Contents" => content,
        });
        self.pages.push(page.into());
    }

    /// The PDF, with the text of the pages that were recognised.
    ///
    /// # Errors
    /// [`ExportError`].
    pub fn finish(self, pages: &[PageContent]) -> Result<Vec<u8>, ExportError> {
        let PicturePdf { mut document, tree, pages: kids, sha256 } = self;
        let count = kids.len() as i64;
        document
            .objects
            .insert(tree, dictionary! { "Type" => "Pages", "Kids" => kids, "Count" => count }.into());
        let catalog = document.add_object(dictionary! { "Type" => "Catalog", "Pages" => tree });
        document.trailer.set("Root", catalog);
        archival::declare(&mut document)?;
        archival::identify(&mut document, &sha256.finalize());
        put_texts(&mut document, pages)?;
        let mut bytes = Vec::new();
        document.save_to(&mut bytes).map_err(structure)?;
        Ok(bytes)
    }
}

fn head((width, height): (u32, u32), is_grey: bool, bits: i64) -> Dictionary {
    dictionary! {
        "Type" => "XObject",
        "Subtype" => "Image",
        "Width" => i64::from(width),
        "Height" => i64::from(height),
        "ColorSpace" => if is_grey { "DeviceGray" } else { "DeviceRGB" },
        "BitsPerComponent" => bits,
    }
}

fn big_endian(samples: &[u16]) -> Vec<u8> {
    samples.iter().flat_map(|sample| sample.to_be_bytes()).collect()
}
