//! Measuring the table of ranges that the quick reader is made with, for whoever changes the reader or the
//! trials; nothing of this runs when pages are recognised.

use dossier_pipeline::{Reading, RecognitionSpec, RuntimeSpec};
use image::RgbImage;
use sha2::{Digest, Sha256};

use crate::error::Doing;
use crate::models::{READER, hex};
use crate::runtime::watched;
use crate::{ModelError, ModelStore, OcrError, Recogniser};

use super::watch::{Watch, opened};
use super::{RANGES, made};

/// Recognises pages and keeps between which values the numbers lie that flow through the reader.
pub struct Calibration {
    recogniser: Recogniser,
    network: Vec<u8>,
    /// How the table begins: what it is.
    head: String,
}

impl Calibration {
    /// The table in use.
    pub const TABLE: &str = RANGES;

    /// A calibration of the values that the table in use names.
    ///
    /// # Errors
    /// Those of [`Recogniser::load`], and `Models` when table and reader do not fit.
    pub fn new(store: &ModelStore) -> Result<Calibration, OcrError> {
        let path = store.path(&READER);
        // Only the library shows what flows between its operators.
        let full = RecognitionSpec {
            reading: Reading::Full,
            runtime: RuntimeSpec::Ort,
            ..RecognitionSpec::default()
        };
        let mut recogniser = Recogniser::of(&store.model(&full)?)?;
        let network = std::fs::read(&path).map_err(ModelError::io(Doing::READ, &path))?;
        let (opened, names) =
            opened(&network, RANGES).map_err(|detail| ModelError::Unmade { path: path.clone(), detail })?;
        recogniser.engine.watch = Some(Watch::new(watched(store, &opened)?, names));
        let head = RANGES.lines().take_while(|line| line.starts_with('#')).map(|line| format!("{line}\n"));
        Ok(Calibration { recogniser, network, head: head.collect() })
    }

    /// Recognises a page and watches.
    ///
    /// # Errors
    /// Those of [`Recogniser::recognise`].
    pub fn watch(&mut self, image: &RgbImage, dpi: f32) -> Result<(), OcrError> {
        self.recogniser.recognise(image, dpi).map(drop)
    }

    /// The table as measured.
    pub fn table(&self) -> String {
        let measured = self.recogniser.engine.watch.as_ref().map(Watch::table);
        format!("{}{}", self.head, measured.unwrap_or_default())
    }

    /// The size and SHA-256 of the quick reader that is made with a table: what is to be pinned.
    ///
    /// # Errors
    /// What is wrong with the table.
    pub fn pin(&self, table: &str) -> Result<(usize, String), String> {
        let made = made(&self.network, table)?;
        Ok((made.len(), hex(&Sha256::digest(&made))))
    }
}
