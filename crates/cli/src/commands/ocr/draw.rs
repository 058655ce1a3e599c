//! `--debug`: pages with boxes and readings, as pictures.

use std::path::{Path, PathBuf};

use ab_glyph::FontVec;
use dossier_model::PageContent;
use dossier_ocr::picture::{font, picture};
use image::RgbImage;

use crate::error::CliError;
use crate::output::Context;

/// Draws pages into files.
pub struct Artist<'a> {
    path: &'a Path,
    font: Option<FontVec>,
}

impl<'a> Artist<'a> {
    pub fn new(path: &'a Path, context: Context) -> Artist<'a> {
        let font = font();
        if font.is_none() && !context.quiet {
            eprintln!(
                "{}",
                context.pick(
                    "no Chinese font is installed: boxes are drawn, readings are not; install fonts-wqy-zenhei",
                    "未安装中文字体：只画框，不写识别结果；请安装 fonts-wqy-zenhei",
                )
            );
        }
        Artist { path, font }
    }

    /// Draws one page of `of`.
    pub fn draw(&self, image: &RgbImage, page: &PageContent, of: u32) -> Result<(), CliError> {
        let path = if of > 1 { numbered(self.path, page.number) } else { self.path.to_owned() };
        picture(image, page, self.font.as_ref())
            .save_with_format(&path, image::ImageFormat::Png)
            .map_err(|error| CliError::at(&path)(std::io::Error::other(error)))
    }
}

/// `a/out-3.png` for `a/out.png`.
fn numbered(path: &Path, number: u32) -> PathBuf {
    let mut name = path.file_stem().unwrap_or_default().to_owned();
    name.push(format!("-{number}"));
    let mut path = path.with_file_name(name);
    path.add_extension("png");
    path
}
