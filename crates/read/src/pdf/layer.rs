//! What a page draws: its glyphs with their places, and its images.

use dossier_model::{PixelBox, Word, is_han};
use hayro::hayro_interpret::font::{Glyph, GlyphRun};
use hayro::hayro_interpret::hayro_cmap::{BfString, WritingMode};
use hayro::hayro_interpret::util::TransformExt;
use hayro::hayro_interpret::{
    BlendMode, ClipPath, Context, Device, DrawMode, DrawProps, Image, ImageDrawProps, InterpreterCache,
    InterpreterSettings, SoftMask, interpret_page,
};
use hayro::hayro_syntax::object::Stream;
use hayro::hayro_syntax::page::Page;
use hayro::kurbo::{Affine, BezPath, Point, Rect};

use super::forms;

/// One glyph that stands for text, in pixels of the upright page.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct LayerGlyph {
    /// What it says; `None` where the font does not tell.
    pub text: Option<String>,
    /// Where it stands.
    pub bounds: Rect,
    /// Whether its line runs from top to bottom.
    vertical: bool,
}

impl LayerGlyph {
    /// A glyph in a line across.
    pub fn across(text: String, bounds: Rect) -> LayerGlyph {
        LayerGlyph { text: Some(text), bounds, vertical: false }
    }
}

/// What images cover is told at so many points across the page and down it.
const GRID: usize = 32;

/// An image as it was placed.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct PlacedImage {
    /// The rectangle it covers, in pixels of the upright page.
    pub bounds: Rect,
    /// How many pixels it has, as declared.
    pub pixels: u64,
}

/// All that a page draws.
#[derive(Debug, Default)]
pub(super) struct Drawn {
    /// In the order of drawing.
    pub glyphs: Vec<LayerGlyph>,
    /// In the order of drawing.
    pub images: Vec<PlacedImage>,
    /// Whether lines or areas are drawn.
    pub has_paths: bool,
    /// Whether some glyph can be seen: a scan's own recognition is written invisibly.
    pub has_visible_glyphs: bool,
    /// Pixels of the largest image, as declared.
    pub largest_image: u64,
    /// The page's rectangle in pixels.
    pub page: Rect,
}

/// Goes through a page without rendering it; coordinates are pixels at `dpi`.
pub(super) fn interpret(page: &Page<'_>, dpi: f32) -> Drawn {
    let scale = f64::from(dpi) / 72.0;
    let (width, height) = page.render_dimensions();
    let bounds = Rect::new(0.0, 0.0, f64::from(width) * scale, f64::from(height) * scale);
    let transform = Affine::scale(scale) * page.initial_transform(true).to_kurbo();
    let cache = InterpreterCache::new();
    let mut context = Context::new(transform, bounds, &cache, page.xref(), InterpreterSettings::default());
    let mut drawn = Drawn { page: bounds, ..Drawn::default() };
    interpret_page(page, &mut context, &mut drawn);
    let filled_in = forms::unpainted(page, transform, &drawn.glyphs);
    drawn.has_visible_glyphs |= !filled_in.is_empty();
    drawn.glyphs.extend(filled_in);
    drawn
}

impl Drawn {
    /// Whether nothing is on the page.
    pub fn is_empty(&self) -> bool {
        self.glyphs.is_empty() && self.images.is_empty() && !self.has_paths
    }

    /// The share of the page that its images cover, 0 to 1: a scan may come in strips.
    pub fn image_cover(&self) -> f64 {
        let middle = |at: usize, side: f64| (at as f64 + 0.5) * side / GRID as f64;
        let covered = |at: &usize| {
            let point = Point::new(
                self.page.x0 + middle(at % GRID, self.page.width()),
                self.page.y0 + middle(at / GRID, self.page.height()),
            );
            self.images.iter().any(|image| image.bounds.contains(point))
        };
        (0..GRID * GRID).filter(covered).count() as f64 / (GRID * GRID) as f64
    }

    /// Pixels per inch of the page's scan, if most of the page is images.
    pub fn scan_dpi(&self, dpi: f32) -> Option<f32> {
        let scan = self.images.iter().max_by(|a, b| a.bounds.area().total_cmp(&b.bounds.area()))?;
        let scale = (scan.pixels as f64 / scan.bounds.area()).sqrt();
        (self.image_cover() > 0.5 && scale.is_finite()).then_some(dpi * scale as f32)
    }

    /// The text in reading order with its words.
    pub fn text(&self) -> (String, Vec<Word>) {
        let mut page = Typeset::default();
        for line in lines(&self.glyphs) {
            page.line(&line);
        }
        (page.text, page.words)
    }
}

impl<'a> Device<'a> for Drawn {
    fn draw_glyph_run(&mut self, run: &GlyphRun<'_, 'a>, props: DrawProps<'a>, mode: &DrawMode) {
        let vertical = matches!(run.writing_mode(), WritingMode::Vertical);
        self.has_visible_glyphs |= !matches!(mode, DrawMode::Invisible);
        for glyph in run.glyphs() {
            let place = props.transform * glyph.transform();
            let advance = match &**glyph {
                Glyph::Outline(outline) => outline.advance_width().map_or(1000.0, f64::from),
                Glyph::Type3(_) => 1000.0,
            };
            self.glyphs.push(LayerGlyph {
                text: glyph.as_unicode().map(unicode),
                bounds: em_box(place, advance, vertical),
                vertical,
            });
        }
    }

    fn draw_image(&mut self, image: Image<'a, '_>, props: ImageDrawProps<'a>) {
        let declared = match &image {
            Image::Raster(raster) => declared_pixels(raster.stream()),
            Image::Stencil(stencil) => declared_pixels(stencil.stream()),
        };
        self.largest_image = self.largest_image.max(declared);
        let (width, height) = (f64::from(image.width()), f64::from(image.height()));
        self.images.push(PlacedImage {
            bounds: props.transform.transform_rect_bbox(Rect::new(0.0, 0.0, width, height)),
            pixels: declared,
        });
    }

    fn draw_path(&mut self, _: &BezPath, _: DrawProps<'a>, _: &DrawMode) {
        self.has_paths = true;
    }

    fn push_clip_path(&mut self, _: &ClipPath) {}
    fn push_transparency_group(&mut self, _: f32, _: Option<SoftMask<'a>>, _: BlendMode) {}
    fn pop_clip(&mut self) {}
    fn pop_transparency_group(&mut self) {}
}

fn unicode(text: BfString) -> String {
    match text {
        BfString::Char(character) => character.to_string(),
        BfString::String(text) => text,
    }
}

fn declared_pixels(stream: &Stream<'_>) -> u64 {
    let side = |long: &[u8], short: &[u8]| {
        let dict = stream.dict();
        dict.get::<i32>(long).or_else(|| dict.get::<i32>(short)).map_or(0, |side| side.max(0) as u64)
    };
    side(b"Width", b"W") * side(b"Height", b"H")
}

/// The box of a glyph in font units of 1000 to the em: as wide as its advance, from a little
/// below the baseline to the height of a Han character.
fn em_box(place: Affine, advance: f64, vertical: bool) -> Rect {
    let em = if vertical {
        Rect::new(0.0, -120.0, 1000.0, 880.0)
    } else {
        Rect::new(0.0, -120.0, advance.max(1.0), 880.0)
    };
    place.transform_rect_bbox(em)
}

/// The glyphs that say something, in lines, each in reading order; vertical lines run from right
/// to left.
fn lines(glyphs: &[LayerGlyph]) -> Vec<Vec<&LayerGlyph>> {
    let mut lines: Vec<Vec<&LayerGlyph>> = Vec::new();
    for glyph in glyphs.iter().filter(|glyph| glyph.text.is_some()) {
        // Content comes mostly in reading order, so the glyph's line is nearly always the last.
        match lines.iter_mut().rev().find(|line| line.first().is_some_and(|first| same_line(first, glyph))) {
            Some(line) => line.push(glyph),
            None => lines.push(vec![glyph]),
        }
    }
    for line in &mut lines {
        line.sort_by(|a, b| along(a).total_cmp(&along(b)));
        line.dedup_by(|next, kept| painted_twice(kept, next));
    }
    lines.sort_by(|a, b| {
        let key = |line: &[&LayerGlyph]| line.first().map_or(0.0, |first| across(first));
        key(a).total_cmp(&key(b))
    });
    lines
}

fn same_line(a: &LayerGlyph, b: &LayerGlyph) -> bool {
    let size = a.bounds.height().min(b.bounds.height()).max(1.0);
    a.vertical == b.vertical && (across(a) - across(b)).abs() < size * 0.5
}

/// The coordinate along the line.
fn along(glyph: &LayerGlyph) -> f64 {
    if glyph.vertical { glyph.bounds.y0 } else { glyph.bounds.x0 }
}

/// The coordinate from line to line.
fn across(glyph: &LayerGlyph) -> f64 {
    let Point { x, y } = glyph.bounds.center();
    if glyph.vertical { -x } else { y }
}

/// Bold print is often the same glyph drawn twice, a hair apart.
fn painted_twice(a: &LayerGlyph, b: &LayerGlyph) -> bool {
    a.text == b.text && a.bounds.intersect(b.bounds).area() > 0.7 * a.bounds.area()
}

/// A page's text as it grows.
#[derive(Default)]
struct Typeset {
    text: String,
    length: u32,
    words: Vec<Word>,
}

impl Typeset {
    fn line(&mut self, glyphs: &[&LayerGlyph]) {
        if self.length > 0 {
            self.push_char('\n');
        }
        let mut before: Option<&LayerGlyph> = None;
        for glyph in glyphs {
            if before.is_some_and(|before| gap(before, glyph)) && !self.text.ends_with([' ', '\n']) {
                self.push_char(' ');
            }
            self.glyph(glyph);
            before = Some(glyph);
        }
        while self.text.ends_with(' ') {
            self.text.pop();
            self.length -= 1;
        }
    }

    fn glyph(&mut self, glyph: &LayerGlyph) {
        let text = glyph.text.as_deref().unwrap_or_default();
        let count = text.chars().count().max(1) as f64;
        for (index, character) in text.chars().enumerate() {
            if character.is_whitespace() || character.is_control() {
                if !self.text.ends_with([' ', '\n']) && self.length > 0 {
                    self.push_char(' ');
                }
                continue;
            }
            // A ligature's characters share its box evenly.
            let width = glyph.bounds.width() / count;
            let x0 = glyph.bounds.x0 + width * index as f64;
            let bounds = pixel_box(Rect::new(x0, glyph.bounds.y0, x0 + width, glyph.bounds.y1));
            self.word(character, bounds);
        }
    }

    /// Appends a character to the running word of Latin letters or digits, or starts a word.
    fn word(&mut self, character: char, bounds: PixelBox) {
        let runs_on = |text: &str| {
            let joins = |c: char| c.is_alphanumeric() && !is_han(c);
            joins(character) && text.chars().next_back().is_some_and(joins)
        };
        let start = self.length;
        match self.words.last_mut() {
            Some(word) if word.start + word.text.chars().count() as u32 == start && runs_on(&word.text) => {
                word.text.push(character);
                word.bounds = union(word.bounds, bounds);
            }
            _ => self.words.push(Word {
                text: character.to_string(),
                start,
                bounds,
                confidence: 1.0,
                alternatives: Vec::new(),
            }),
        }
        self.push_char(character);
    }

    fn push_char(&mut self, character: char) {
        self.text.push(character);
        self.length += 1;
    }
}

/// Whether the white between two glyphs of a line parts words: a quarter of an em between Latin
/// letters or digits, a whole one next to Han.
fn gap(before: &LayerGlyph, after: &LayerGlyph) -> bool {
    let em = before.bounds.height().max(1.0);
    let white =
        if after.vertical { after.bounds.y0 - before.bounds.y1 } else { after.bounds.x0 - before.bounds.x1 };
    let latin = |glyph: &LayerGlyph| {
        glyph.text.as_deref().is_some_and(|text| text.chars().all(|c| c.is_ascii_alphanumeric()))
    };
    white > em * if latin(before) && latin(after) { 0.25 } else { 1.0 }
}

fn pixel_box(rect: Rect) -> PixelBox {
    [rect.x0.floor() as i32, rect.y0.floor() as i32, rect.x1.ceil() as i32, rect.y1.ceil() as i32]
}

fn union(a: PixelBox, b: PixelBox) -> PixelBox {
    [a[0].min(b[0]), a[1].min(b[1]), a[2].max(b[2]), a[3].max(b[3])]
}
