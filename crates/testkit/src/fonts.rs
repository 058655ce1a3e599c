//! The fonts: three Debian packages, found by file name under the usual font folder; and for
//! trials, if they have been fetched, four hands that are npm packages.

use std::path::{Path, PathBuf};

use ab_glyph::{Font, FontVec, GlyphId};

use crate::letter::FaceName;
use crate::{Error, Result};

/// Where Debian keeps fonts.
pub const FOLDER: &str = "/usr/share/fonts";

const FILES: [(&str, &str); 3] = [
    ("uming.ttc", "fonts-arphic-uming"),
    ("ukai.ttc", "fonts-arphic-ukai"),
    ("wqy-zenhei.ttc", "fonts-wqy-zenhei"),
];

/// The hands' names in their packages, in the order of [`FaceName::HANDS`].
const HANDS: [&str; 4] = ["ma-shan-zheng", "zhi-mang-xing", "long-cang", "liu-jian-mao-cao"];
/// The parts that a hand comes in: a character is taken from the first that has it.
const PARTS: [&str; 2] = ["chinese-simplified", "latin"];
/// What fetches the hands.
const FETCH: &str = "packaging/hand-fonts.sh";

/// The faces of the samples, and perhaps the hands.
pub struct Fonts {
    /// By [`FaceName`], each in its parts; without the hands the list is shorter.
    faces: Vec<Vec<FontVec>>,
}

impl Fonts {
    /// Loads the first face of each font collection.
    ///
    /// # Errors
    /// When a font is not installed, naming the package that has it.
    pub fn load() -> Result<Fonts> {
        let load = |(file, package): (&'static str, &'static str)| {
            let folder = Path::new(FOLDER);
            let path = find(folder, file).ok_or(Error::FontMissing {
                file,
                folder: folder.to_path_buf(),
                package,
            })?;
            Ok(vec![font(&path, read(&path)?)?])
        };
        Ok(Fonts { faces: FILES.into_iter().map(load).collect::<Result<_>>()? })
    }

    /// Adds the hands, WOFF files in `folder` as `packaging/hand-fonts.sh` leaves them.
    ///
    /// # Errors
    /// When one is missing or cannot be read.
    pub fn with_hands(mut self, folder: &Path) -> Result<Fonts> {
        for hand in HANDS {
            let part = |part: &&str| {
                let path = folder.join(format!("{hand}-{part}-400-normal.woff"));
                if !path.is_file() {
                    return Err(Error::HandMissing { path, fetch: FETCH });
                }
                let packed = read(&path)?;
                let data = wuff::decompress_woff1(&packed)
                    .map_err(|cause| Error::Font { path: path.clone(), cause: format!("{cause:?}") })?;
                font(&path, data)
            };
            self.faces.push(PARTS.iter().map(part).collect::<Result<_>>()?);
        }
        Ok(self)
    }

    /// Whether the hands are loaded.
    pub fn have_hands(&self) -> bool {
        self.faces.len() > FILES.len()
    }

    /// A face, without what its second part adds.
    pub fn face(&self, name: FaceName) -> &FontVec {
        &self.parts(name)[0]
    }

    /// The glyph of a character in a face of one part.
    ///
    /// # Errors
    /// When the face lacks it.
    pub fn glyph(&self, name: FaceName, c: char) -> Result<GlyphId> {
        self.drawn(name, c).map(|(_, id)| id)
    }

    /// The glyph of a character, and the part of the face that draws it.
    ///
    /// # Errors
    /// When the face lacks it.
    pub fn drawn(&self, name: FaceName, c: char) -> Result<(&FontVec, GlyphId)> {
        let drawn = self.parts(name).iter().map(|font| (font, font.glyph_id(c)));
        drawn.into_iter().find(|(_, id)| id.0 != 0).ok_or_else(|| Error::Glyph(c, format!("{name:?}")))
    }

    /// Whether a face has all characters of a text.
    pub fn have(&self, name: FaceName, text: &str) -> bool {
        text.chars().all(|c| self.drawn(name, c).is_ok())
    }

    /// How far a character advances, in shares of the font size.
    pub fn advance(&self, name: FaceName, c: char) -> f32 {
        let (font, id) = self.drawn(name, c).unwrap_or((self.face(name), GlyphId(0)));
        // These fonts give 1000, 1024 or 2048 units; 1000 is the default of the format.
        font.h_advance_unscaled(id) / font.units_per_em().unwrap_or(1000.0)
    }

    /// The width of a text, in shares of the font size.
    pub fn width(&self, name: FaceName, text: &str) -> f32 {
        text.chars().map(|c| self.advance(name, c)).sum()
    }

    /// The parts of a face; of a hand that is not loaded, Kai's.
    fn parts(&self, name: FaceName) -> &[FontVec] {
        self.faces.get(name as usize).unwrap_or(&self.faces[FaceName::Kai as usize])
    }
}

fn read(path: &Path) -> Result<Vec<u8>> {
    std::fs::read(path).map_err(|cause| Error::Io { path: path.to_owned(), cause })
}

fn font(path: &Path, data: Vec<u8>) -> Result<FontVec> {
    FontVec::try_from_vec_and_index(data, 0)
        .map_err(|cause| Error::Font { path: path.to_owned(), cause: cause.to_string() })
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
