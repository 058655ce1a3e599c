//! Fields of a form that were filled in and never painted (ISO 32000-1, 12.7.2, NeedAppearances): viewers
//! show their values, so these are part of the page.

use dossier_model::is_han;
use hayro::hayro_interpret::util::RectExt;
use hayro::hayro_syntax::object::{Array, Dict, Name, Rect as PdfRect, String as PdfString};
use hayro::hayro_syntax::page::Page;
use hayro::kurbo::{Affine, Rect};

use super::layer::LayerGlyph;

/// How high a line of a field is at most, in points.
const MAX_LINE: f64 = 12.0;
/// No sane form nests its fields deeper.
const MAX_DEPTH: usize = 32;
/// A field's flags say so if it does not show (annotation flags 2 and 6).
const HIDDEN: u32 = 1 << 1 | 1 << 5;

/// The characters of a page's fields where nothing is `painted`, placed by `transform` as a viewer would.
pub(super) fn unpainted(page: &Page<'_>, transform: Affine, painted: &[LayerGlyph]) -> Vec<LayerGlyph> {
    let Some(annotations) = page.raw().get::<Array<'_>>(b"Annots") else { return Vec::new() };
    let value = |widget: Dict<'_>| {
        let (value, field) = value(&widget)?;
        let place = transform.transform_rect_bbox(field);
        let is_bare = !painted.iter().any(|glyph| place.contains(glyph.bounds.center()));
        is_bare.then(|| set(&value, field, transform))
    };
    annotations.iter::<Dict<'_>>().filter_map(value).flatten().collect()
}

/// What a field says, and where it stands on the page.
fn value(widget: &Dict<'_>) -> Option<(String, Rect)> {
    let is_field = widget.get::<Name<'_>>(b"Subtype").is_some_and(|name| &*name == b"Widget");
    if !is_field || widget.get::<u32>(b"F").unwrap_or(0) & HIDDEN != 0 {
        return None;
    }
    let kind = inherited(widget, 0, &|field| field.get::<Name<'_>>(b"FT").map(|name| name.to_vec()))?;
    if kind != b"Tx" && kind != b"Ch" {
        return None;
    }
    let text = |field: &Dict<'_>| field.get::<PdfString<'_>>(b"V").map(|value| value.to_vec());
    let value = crate::encoding::decode(&inherited(widget, 0, &text)?);
    Some((value, widget.get::<PdfRect>(b"Rect")?.to_kurbo()))
}

/// What a field says, or the nearest of those that it belongs to.
fn inherited<T>(field: &Dict<'_>, depth: usize, of: &impl Fn(&Dict<'_>) -> Option<T>) -> Option<T> {
    of(field).or_else(|| {
        let parent = field.get::<Dict<'_>>(b"Parent").filter(|_| depth < MAX_DEPTH)?;
        inherited(&parent, depth + 1, of)
    })
}

/// Sets a value in lines from the top of its field.
fn set(value: &str, field: Rect, transform: Affine) -> Vec<LayerGlyph> {
    let em = field.height().clamp(1.0, MAX_LINE);
    let (mut x, mut top) = (field.x0, field.y1);
    let mut glyphs = Vec::new();
    for character in value.chars() {
        let width = if is_han(character) { em } else { em / 2.0 };
        if matches!(character, '\r' | '\n') || x + width > field.x1 && x > field.x0 {
            (x, top) = (field.x0, top - em);
        }
        if !character.is_control() {
            let bounds = transform.transform_rect_bbox(Rect::new(x, top - em, x + width, top));
            glyphs.push(LayerGlyph::across(character.to_string(), bounds));
            x += width;
        }
    }
    glyphs
}
