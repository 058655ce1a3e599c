//! Drawing a page's marks as pixels.

use std::f32::consts::{PI, TAU};

use crate::Result;
use crate::canvas::{Canvas, Ink, Placement};
use crate::fonts::Fonts;
use crate::layout::{Mark, PAGE, PageLayout, TextMark};
use crate::letter::FaceName;
use crate::rng::Rng;

const WHITE: [u8; 3] = [250, 250, 248];
const YELLOW: [u8; 3] = [238, 226, 198];

/// Draws a page at `dpi` pixels per inch.
///
/// # Errors
/// When a font lacks a character.
pub fn draw(page: &PageLayout, dpi: f32, fonts: &Fonts, rng: &mut Rng) -> Result<Canvas> {
    let scale = dpi / 72.0;
    let paper = if page.aged { YELLOW } else { WHITE };
    let size = ((PAGE.0 * scale).round() as u32, (PAGE.1 * scale).round() as u32);
    let mut canvas = Canvas::new(size.0, size.1, paper);
    for mark in &page.marks {
        match mark {
            Mark::Text(text) => draw_text(&mut canvas, text, scale, fonts, rng)?,
            Mark::Bar { area: [x0, y0, x1, y1], ink } => {
                canvas.fill(x0 * scale, y0 * scale, x1 * scale, y1 * scale, *ink);
            }
            Mark::Seal { at, text } => draw_seal(&mut canvas, *at, text, scale, fonts)?,
            Mark::Thumb { at } => draw_thumb(&mut canvas, *at, scale, rng),
        }
    }
    Ok(canvas)
}

fn draw_text(canvas: &mut Canvas, mark: &TextMark, scale: f32, fonts: &Fonts, rng: &mut Rng) -> Result<()> {
    let em = mark.size * scale;
    let start = mark.x * scale;
    let slope = if mark.hand { rng.range(-0.004, 0.004) } else { 0.0 };
    // Print spreads: this face's hairlines would be lost at 150 dpi, as no printer loses them.
    let spread = if mark.face == FaceName::Ming { em * 0.018 } else { 0.0 };
    let heavy = if mark.bold { em * 0.03 } else { 0.0 };
    let mut x = start;
    for c in mark.text.chars() {
        let (font, id) = fonts.drawn(mark.face, c)?;
        let advance = fonts.advance(mark.face, c) * em;
        let y = mark.y * scale + em / 2.0 + (x - start) * slope;
        let mut at = Placement { x: x + advance / 2.0, y, size: em, angle: 0.0 };
        let mut ink = mark.ink;
        if mark.hand {
            (at, ink) = by_hand(at, ink, rng);
        }
        canvas.glyph(font, id, at, ink);
        if spread + heavy > 0.0 {
            let again = Placement { x: at.x + spread + heavy, y: at.y + spread, ..at };
            canvas.glyph(font, id, again, ink);
        }
        x += advance;
    }
    Ok(())
}

/// No two characters of a hand stand alike.
fn by_hand(at: Placement, ink: Ink, rng: &mut Rng) -> (Placement, Ink) {
    let x = at.x + rng.normal() * at.size * 0.02;
    let y = at.y + rng.normal() * at.size * 0.025;
    let angle = rng.normal() * 0.03;
    let size = at.size * (1.0 + rng.normal() * 0.03);
    (Placement { x, y, size, angle }, ink.thin(rng.range(0.8, 1.0)))
}

/// A ring with a star, and the office's name along the upper arc.
fn draw_seal(canvas: &mut Canvas, at: (f32, f32), text: &str, scale: f32, fonts: &Fonts) -> Result<()> {
    let ink = Ink::RED.thin(0.72);
    let radius = 57.0 * scale;
    let (cx, cy) = (at.0 * scale, at.1 * scale);
    let ring = 2.6 * scale;
    canvas.blot(cx, cy, radius + 1.0, ink, |dx, dy| {
        (ring / 2.0 - (dx.hypot(dy) - radius + ring / 2.0).abs()).clamp(0.0, 1.0)
    });
    canvas.blot(cx, cy, radius * 0.3, ink, |dx, dy| star(dx, dy, radius * 0.3));
    let em = 12.5 * scale;
    let count = text.chars().count() as f32;
    let step = (1.45 * PI / count).min(1.5 * em / (radius * 0.78));
    for (at, c) in text.chars().enumerate() {
        let angle = (at as f32 - (count - 1.0) / 2.0) * step;
        let reach = radius * 0.78;
        let place = Placement { x: cx + reach * angle.sin(), y: cy - reach * angle.cos(), size: em, angle };
        let (font, id) = fonts.drawn(FaceName::Ming, c)?;
        canvas.glyph(font, id, place, ink);
    }
    Ok(())
}

/// 1 inside a five-pointed star with a point upwards.
fn star(dx: f32, dy: f32, radius: f32) -> f32 {
    let fifth = TAU / 5.0;
    let angle = (dx.atan2(-dy) + TAU + fifth / 2.0) % fifth - fifth / 2.0;
    let (along, across) = (dx.hypot(dy) * angle.cos(), dx.hypot(dy) * angle.sin().abs());
    // The edge runs from the tip to the inner corner, at 0.382 of the radius and 36 degrees.
    let inner = (0.382 * radius * (fifth / 2.0).cos(), 0.382 * radius * (fifth / 2.0).sin());
    let edge = (radius - along) * inner.1 - across * (radius - inner.0);
    if edge >= 0.0 { 1.0 } else { 0.0 }
}

/// Ridges in an oval, pressed unevenly.
fn draw_thumb(canvas: &mut Canvas, at: (f32, f32), scale: f32, rng: &mut Rng) {
    let (rx, ry) = (rng.range(10.5, 12.5) * scale, rng.range(14.5, 16.5) * scale);
    let (tilt, pitch) = (rng.range(-0.4, 0.4), rng.range(2.1, 2.5) * scale);
    let (bend, press) = (rng.range(0.6, 1.2), rng.range(0.5, 0.7));
    let (sin, cos) = f32::sin_cos(tilt);
    let mut grain = rng.clone();
    canvas.blot(at.0 * scale, at.1 * scale, ry + 1.0, Ink::RED.thin(press), |dx, dy| {
        let (x, y) = ((dx * cos + dy * sin) / rx, (dy * cos - dx * sin) / ry);
        let edge = ((1.0 - x.hypot(y)) * 6.0).clamp(0.0, 1.0);
        let ridge = ((y * ry + bend * x * x * rx) / pitch * TAU).sin() * 0.5 + 0.5;
        edge * (0.25 + 0.75 * ridge) * grain.range(0.7, 1.0)
    });
}
