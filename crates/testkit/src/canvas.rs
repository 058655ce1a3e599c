//! A page of pixels on which ink multiplies, as it does on paper: a seal over text leaves both.

use ab_glyph::{Font, FontVec, GlyphId, PxScale, point};
use image::{Rgb, RgbImage};

/// The colour of an ink, and how much of it there is: 1 covers, 0 leaves nothing.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ink {
    /// Red, green, blue.
    pub colour: [u8; 3],
    /// 0 to 1.
    pub strength: f32,
}

impl Ink {
    /// Black print.
    pub const BLACK: Ink = Ink { colour: [28, 28, 30], strength: 1.0 };
    /// Blue-black pen.
    pub const PEN: Ink = Ink { colour: [30, 34, 78], strength: 0.95 };
    /// The red of heads, rules and seals.
    pub const RED: Ink = Ink { colour: [208, 32, 36], strength: 0.9 };
    /// A blue stamp.
    pub const BLUE: Ink = Ink { colour: [44, 70, 168], strength: 0.9 };
    /// A green rule.
    pub const GREEN: Ink = Ink { colour: [70, 150, 104], strength: 0.8 };

    /// The same ink, laid on more thinly.
    pub fn thin(self, share: f32) -> Ink {
        Ink { strength: self.strength * share, ..self }
    }
}

/// Where and how a glyph is drawn; lengths in pixels.
#[derive(Clone, Copy, Debug)]
pub struct Placement {
    /// The centre of the em square.
    pub x: f32,
    /// The centre of the em square.
    pub y: f32,
    /// The em.
    pub size: f32,
    /// Radians, clockwise.
    pub angle: f32,
}

/// A page of pixels.
#[derive(Clone)]
pub struct Canvas {
    /// The pixels.
    pub image: RgbImage,
}

impl Canvas {
    /// Paper of a colour.
    pub fn new(width: u32, height: u32, paper: [u8; 3]) -> Canvas {
        Canvas { image: RgbImage::from_pixel(width, height, Rgb(paper)) }
    }

    /// Lays ink on a pixel; `share` is how much of the pixel it covers.
    pub fn stain(&mut self, x: i32, y: i32, ink: Ink, share: f32) {
        let (Ok(x), Ok(y)) = (u32::try_from(x), u32::try_from(y)) else { return };
        if let Some(pixel) = self.image.get_pixel_mut_checked(x, y) {
            let cover = (ink.strength * share).clamp(0.0, 1.0);
            for (channel, ink) in pixel.0.iter_mut().zip(ink.colour) {
                let keep = 1.0 - cover * (1.0 - f32::from(ink) / 255.0);
                *channel = (f32::from(*channel) * keep) as u8;
            }
        }
    }

    /// Fills a rectangle, its edges blended.
    pub fn fill(&mut self, x0: f32, y0: f32, x1: f32, y1: f32, ink: Ink) {
        let covered =
            |at: i32, low: f32, high: f32| (high.min(at as f32 + 1.0) - low.max(at as f32)).clamp(0.0, 1.0);
        for y in y0.floor() as i32..y1.ceil() as i32 {
            for x in x0.floor() as i32..x1.ceil() as i32 {
                self.stain(x, y, ink, covered(x, x0, x1) * covered(y, y0, y1));
            }
        }
    }

    /// Lays ink wherever `cover` says, within `radius` of a point; `cover` sees the distance from
    /// it in x and y.
    pub fn blot(&mut self, cx: f32, cy: f32, radius: f32, ink: Ink, mut cover: impl FnMut(f32, f32) -> f32) {
        for y in (cy - radius).floor() as i32..=(cy + radius).ceil() as i32 {
            for x in (cx - radius).floor() as i32..=(cx + radius).ceil() as i32 {
                let share = cover(x as f32 + 0.5 - cx, y as f32 + 0.5 - cy);
                self.stain(x, y, ink, share);
            }
        }
    }

    /// Draws a glyph, turned about the centre of its em square.
    pub fn glyph(&mut self, font: &FontVec, id: GlyphId, at: Placement, ink: Ink) {
        let em = font.units_per_em().unwrap_or(1000.0);
        // PxScale is the height from descent to ascent, not the em.
        let scale = PxScale::from(at.size * font.height_unscaled() / em);
        let glyph = id.with_scale_and_position(scale, point(0.0, 0.0));
        let advance = font.h_advance_unscaled(id) / em * at.size;
        // Arphic and WenQuanYi both draw from about 0.12 em below the baseline to 0.88 above.
        let (centre_x, centre_y) = (advance / 2.0, -0.38 * at.size);
        let Some(outlined) = font.outline_glyph(glyph) else { return };
        let bounds = outlined.px_bounds();
        let (width, height) = (bounds.width() as usize, bounds.height() as usize);
        let mut cover = vec![0.0_f32; width * height];
        outlined.draw(|x, y, share| cover[y as usize * width + x as usize] = share);
        let (sin, cos) = at.angle.sin_cos();
        let reach = bounds.width().hypot(bounds.height()) / 2.0 + 1.0;
        let offset =
            ((bounds.min.x + bounds.max.x) / 2.0 - centre_x, (bounds.min.y + bounds.max.y) / 2.0 - centre_y);
        let middle = (at.x + offset.0 * cos - offset.1 * sin, at.y + offset.0 * sin + offset.1 * cos);
        self.blot(middle.0, middle.1, reach, ink, |dx, dy| {
            let (x, y) = (dx * cos + dy * sin, dy * cos - dx * sin);
            sample(&cover, width, height, x + width as f32 / 2.0 - 0.5, y + height as f32 / 2.0 - 0.5)
        });
    }
}

/// The bilinear value between the cells of a grid; 0 outside.
fn sample(grid: &[f32], width: usize, height: usize, x: f32, y: f32) -> f32 {
    let (x0, y0) = (x.floor(), y.floor());
    let at = |x: f32, y: f32| {
        let inside = x >= 0.0 && y >= 0.0 && (x as usize) < width && (y as usize) < height;
        if inside { grid[y as usize * width + x as usize] } else { 0.0 }
    };
    let (fx, fy) = (x - x0, y - y0);
    let top = at(x0, y0) * (1.0 - fx) + at(x0 + 1.0, y0) * fx;
    let bottom = at(x0, y0 + 1.0) * (1.0 - fx) + at(x0 + 1.0, y0 + 1.0) * fx;
    top * (1.0 - fy) + bottom * fy
}
