//! A page as an image: its own pixels where it is one upright image, else rendered.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use dossier_model::{Fault, FaultKind};
use hayro::hayro_interpret::{InterpreterSettings, InterpreterWarning};
use hayro::hayro_syntax::page::Page;
use hayro::vello_cpu::color::palette::css::WHITE;
use hayro::{PixmapSettings, RenderCache, RenderSettings, render};
use image::RgbImage;

use super::layer::Drawn;
use crate::document::MAX_DPI;

/// The longest side that is rendered, in pixels.
pub(super) const MAX_SIDE: u16 = 16_000;
/// Lower resolutions are not made worse by rendering them a little larger.
const MIN_DPI: f32 = 100.0;

/// An image of the upright page.
pub(super) struct Raster {
    pub image: RgbImage,
    /// Pixels per inch.
    pub dpi: f32,
}

/// Renders a page: at its scan's own resolution, so that pixels map to pixels, where the page is
/// one upright image, else at `dpi`.
///
/// # Errors
/// `Damaged` when an image on it cannot be decoded: the page would come out with holes.
pub(super) fn page_image(page: &Page<'_>, drawn: &Drawn, dpi: f32) -> Result<Raster, Fault> {
    let dpi = drawn.scan_dpi(dpi).map_or(dpi, |own| own.clamp(MIN_DPI, MAX_DPI));
    let failed = Arc::new(AtomicBool::new(false));
    let sink = Arc::clone(&failed);
    let settings = InterpreterSettings {
        warning_sink: Arc::new(move |warning| {
            if matches!(warning, InterpreterWarning::ImageDecodeFailure) {
                sink.store(true, Ordering::Relaxed);
            }
        }),
        ..InterpreterSettings::default()
    };
    let scale = dpi / 72.0;
    let pixmap = render(
        page,
        &RenderCache::new(),
        &settings,
        &RenderSettings::default(),
        &PixmapSettings { x_scale: scale, y_scale: scale, bg_color: WHITE },
    );
    if failed.load(Ordering::Relaxed) {
        return Err(Fault::new(FaultKind::Damaged, "an image on the page cannot be decoded"));
    }
    let (width, height) = (u32::from(pixmap.width()), u32::from(pixmap.height()));
    // The background is opaque white, so the premultiplied colours are the colours.
    let rgb = pixmap.data_as_u8_slice().chunks_exact(4).flat_map(|pixel| [pixel[0], pixel[1], pixel[2]]);
    let image = RgbImage::from_raw(width, height, rgb.collect())
        .ok_or_else(|| Fault::new(FaultKind::Damaged, "the page cannot be rendered"))?;
    Ok(Raster { image, dpi })
}
