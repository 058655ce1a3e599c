//! The fonts: three Debian packages, found by file name under the usual font folder.

use std::path::{Path, PathBuf};

use ab_glyph::{Font, FontVec, GlyphId};

use crate::letter::FaceName;
use crate::{Error, Result};

/// Where Debian keeps fonts.
pub const FOLDER: &str = "/usr/share/fonts";

const FILES: [(FaceName, &str, &str); 3] = [
    (FaceName::Ming, "uming.ttc", "fonts-arphic-uming"),
    (FaceName::Kai, "ukai.ttc", "fonts-arphic-ukai"),
    (FaceName::Hei, "wqy-zenhei.ttc", "fonts-wqy-zenhei"),
];

/// The three faces of the samples.
pub struct Fonts {
    faces: [FontVec; 3],
}

impl Fonts {
    /// Loads the first face of each font collection.
    ///
    /// # Errors
    /// When a font is not installed, naming the package that has it.
    pub fn load() -> Result<Fonts> {
        let load = |(_, file, package): (FaceName, &'static str, &'static str)| {
            let folder = Path::new(FOLDER);
            let path = find(folder, file).ok_or(Error::FontMissing {
                file,
                folder: folder.to_path_buf(),
                package,
            })?;
            let data = std::fs::read(&path).map_err(|cause| Error::Io { path: path.clone(), cause })?;
            FontVec::try_from_vec_and_index(data, 0)
                .map_err(|cause| Error::Font { path, cause: cause.to_string() })
        };
        let [ming, kai, hei] = FILES;
        Ok(Fonts { faces: [load(ming)?, load(kai)?, load(hei)?] })
    }

    /// A face.
    pub fn face(&self, name: FaceName) -> &FontVec {
        &self.faces[name as usize]
    }

    /// The glyph of a character.
    ///
    /// # Errors
    /// When the face lacks it.
    pub fn glyph(&self, name: FaceName, c: char) -> Result<GlyphId> {
        match self.face(name).glyph_id(c) {
            GlyphId(0) => Err(Error::Glyph(c, format!("{name:?}"))),
            id => Ok(id),
        }
    }

    /// How far a character advances, in shares of the font size.
    pub fn advance(&self, name: FaceName, c: char) -> f32 {
        let face = self.face(name);
        // These fonts give 1000, 1024 or 2048 units; 1000 is the default of the format.
        face.h_advance_unscaled(face.glyph_id(c)) / face.units_per_em().unwrap_or(1000.0)
    }

    /// The width of a text, in shares of the font size.
    pub fn width(&self, name: FaceName, text: &str) -> f32 {
        text.chars().map(|c| self.advance(name, c)).sum()
    }
}

fn find(folder: &Path, file: &str) -> Option<PathBuf> {
    let mut entries: Vec<PathBuf> =
        std::fs::read_dir(folder).ok()?.filter_map(|entry| Some(entry.ok()?.path())).collect();
    entries.sort();
    entries
        .iter()
        .find(|path| path.file_name().is_some_and(|name| name == file))
        .cloned()
        .or_else(|| entries.iter().filter(|path| path.is_dir()).find_map(|path| find(path, file)))
}
