//! A searchable PDF: the original with invisible text over its scans.
//!
//! The pages' images and contents stay byte for byte; each recognised page gets one more content
//! stream, in text rendering mode 3 (ISO 32000-1, 9.3.6), and a font ([`super::glyphless`]). Words
//! are set so that the em square fills their box. Pages that have their own text are left alone.

use dossier_model::{PageContent, PageState, PixelBox, Word};
use lopdf::{Dictionary, Document, Object, ObjectId, Stream};

use super::archival::{Standing, declare_if_so};
use super::glyphless::Characters;
use super::lines::is_apart;
use super::{ExportError, lines};

/// The font's name among a page's resources.
const FONT: &str = "DossierText";
/// How deep a page tree is followed.
const DEPTH: usize = 64;

/// Adds the recognised text to a PDF, which then says that it is PDF/A-2b if nothing speaks against it.
///
/// # Errors
/// [`ExportError`].
pub fn searchable_pdf(original: &[u8], pages: &[PageContent]) -> Result<(Vec<u8>, Standing), ExportError> {
    let mut document = Document::load_mem(original).map_err(structure)?;
    if document.is_encrypted() {
        return Err(ExportError::Protected);
    }
    let standing = declare_if_so(&mut document, original)?;
    put_texts(&mut document, pages)?;
    let mut bytes = Vec::new();
    document.save_to(&mut bytes).map_err(structure)?;
    Ok((bytes, standing))
}

/// Adds the text of the pages that were recognised.
pub(super) fn put_texts(document: &mut Document, pages: &[PageContent]) -> Result<(), ExportError> {
    let in_file = document.get_pages();
    let font = document.new_object_id();
    let open = document.add_object(Stream::new(Dictionary::new(), b"q\n".to_vec()));
    let mut characters = Characters::default();
    for page in pages.iter().filter(|page| page.state == PageState::Recognised) {
        let id = in_file
            .get(&page.number)
            .ok_or_else(|| ExportError::Structure(format!("page {} is not in its tree", page.number)))?;
        put_text(document, *id, page, font, open, &mut characters)?;
    }
    characters.put_font(document, font);
    Ok(())
}

pub(super) fn structure(error: impl ToString) -> ExportError {
    ExportError::Structure(error.to_string())
}

fn put_text(
    document: &mut Document,
    id: ObjectId,
    page: &PageContent,
    font: ObjectId,
    open: ObjectId,
    characters: &mut Characters,
) -> Result<(), ExportError> {
    let place = Place::of(document, id, page)?;
    let mut content = format!("\nQ\nq\nBT\n/{FONT} 1 Tf\n3 Tr\n");
    for line in lines(page) {
        let level = level(&line.words);
        for (at, word) in line.words.iter().enumerate() {
            let [x0, y0, _, y1] = word.bounds;
            let (top, bottom) = level.unwrap_or((y0, y1));
            let right = right_edge(word, line.words.get(at + 1).copied());
            content += &shown(&word.text, [x0, top, right, bottom], &place, characters);
        }
    }
    content += "ET\nQ\n";
    let mut text = Stream::new(Dictionary::new(), content.into_bytes());
    text.compress().map_err(structure)?;
    let text = document.add_object(text);
    let resources = resources(document, id, font)?;
    let dictionary = document.get_dictionary_mut(id).map_err(structure)?;
    let before = match dictionary.get(b"Contents") {
        Ok(Object::Array(streams)) => streams.clone(),
        Ok(Object::Reference(one)) => vec![Object::Reference(*one)],
        _ => Vec::new(),
    };
    let before = flattened(document, before);
    let contents: Vec<Object> =
        std::iter::once(open.into()).chain(before).chain(std::iter::once(text.into())).collect();
    let dictionary = document.get_dictionary_mut(id).map_err(structure)?;
    dictionary.set("Contents", contents);
    dictionary.set("Resources", resources);
    Ok(())
}

/// The streams of a page; a reference may lead to an array of them.
fn flattened(document: &Document, contents: Vec<Object>) -> Vec<Object> {
    let streams = |object: Object| match object.as_reference().and_then(|id| document.get_object(id)) {
        Ok(Object::Array(streams)) => streams.clone(),
        _ => vec![object],
    };
    contents.into_iter().flat_map(streams).collect()
}

/// The page's resources, its own or inherited, with the font.
fn resources(document: &Document, page: ObjectId, font: ObjectId) -> Result<Dictionary, ExportError> {
    let follow = |object: &Object| {
        let (_, object) = document.dereference(object).map_err(structure)?;
        object.as_dict().cloned().map_err(structure)
    };
    let mut resources = match inherited(document, page, b"Resources")? {
        Some(object) => follow(&object)?,
        None => Dictionary::new(),
    };
    let mut fonts = match resources.get(b"Font") {
        Ok(object) => follow(object)?,
        Err(_) => Dictionary::new(),
    };
    fonts.set(FONT, font);
    resources.set("Font", fonts);
    Ok(resources)
}

/// An attribute of a page, or of the nearest node above that has it.
pub(super) fn inherited(
    document: &Document,
    page: ObjectId,
    key: &[u8],
) -> Result<Option<Object>, ExportError> {
    let mut node = page;
    for _ in 0..DEPTH {
        let dictionary = document.get_dictionary(node).map_err(structure)?;
        if let Ok(object) = dictionary.get(key) {
            return Ok(Some(object.clone()));
        }
        match dictionary.get(b"Parent").and_then(Object::as_reference) {
            Ok(parent) => node = parent,
            Err(_) => return Ok(None),
        }
    }
    Ok(None)
}

/// Where a word is said to end: at the next one, unless white space stands between them. Viewers
/// take gaps for blanks, and then a phrase is not found.
fn right_edge(word: &Word, next: Option<&Word>) -> i32 {
    let [x0, y0, x1, y1] = word.bounds;
    let beside =
        |next: &&Word| !is_apart(word, next) && next.bounds[0] > x0 && next.bounds[0] - x1 < 2 * (y1 - y0);
    next.filter(beside).map_or(x1, |next| next.bounds[0])
}

/// Top and bottom that all words of a line share, if it is nearly level: readers that sort by height
/// would break a line that falls or rises.
fn level(words: &[&Word]) -> Option<(i32, i32)> {
    let count = words.len() as i32;
    let mean = |corner: usize| words.iter().map(|word| word.bounds[corner]).sum::<i32>() / count.max(1);
    let (top, bottom) = (mean(1), mean(3));
    let near =
        |word: &&Word| (word.bounds[1] - top).abs().max((word.bounds[3] - bottom).abs()) <= bottom - top;
    words.iter().all(near).then_some((top, bottom))
}

/// A word as operators: its em square fills the box, divided among its characters.
fn shown(text: &str, bounds: PixelBox, place: &Place, characters: &mut Characters) -> String {
    let (encoded, count) = characters.encode(text);
    let [x0, y0, x1, y1] = bounds.map(|at| at as f32);
    let (origin, end, top) = (place.at(x0, y1), place.at(x1, y1), place.at(x0, y0));
    let share = 1.0 / count.max(1) as f32;
    format!(
        "{:.4} {:.4} {:.4} {:.4} {:.3} {:.3} Tm <{encoded}> Tj\n",
        (end.0 - origin.0) * share,
        (end.1 - origin.1) * share,
        top.0 - origin.0,
        top.1 - origin.1,
        origin.0,
        origin.1
    )
}

/// Where the pixels of the upright page lie in the PDF page's user space.
struct Place {
    /// Left, bottom, right, top of what is shown, in points.
    shown: [f32; 4],
    /// Degrees clockwise that viewers turn the page.
    turned: u16,
    /// Degrees clockwise that the recogniser turned it further.
    rotation: u16,
    /// The upright page in pixels.
    size: (f32, f32),
}

impl Place {
    fn of(document: &Document, id: ObjectId, page: &PageContent) -> Result<Place, ExportError> {
        let numbers = |key: &[u8]| -> Result<Option<[f32; 4]>, ExportError> {
            let Some(object) = inherited(document, id, key)? else { return Ok(None) };
            let (_, object) = document.dereference(&object).map_err(structure)?;
            let numbers = object.as_array().map_err(structure)?.iter();
            let numbers: Vec<f32> = numbers
                .map(|number| document.dereference(number).and_then(|(_, number)| number.as_float()))
                .collect::<Result<_, _>>()
                .map_err(structure)?;
            let [a, b, c, d] = numbers[..] else { return Err(structure("a box without four numbers")) };
            Ok(Some([a.min(c), b.min(d), a.max(c), b.max(d)]))
        };
        let media = numbers(b"MediaBox")?.ok_or_else(|| structure("a page without a size"))?;
        let shown = numbers(b"CropBox")?.map_or(media, |crop| {
            [crop[0].max(media[0]), crop[1].max(media[1]), crop[2].min(media[2]), crop[3].min(media[3])]
        });
        let turned = match inherited(document, id, b"Rotate")? {
            Some(object) => document.dereference(&object).and_then(|(_, n)| n.as_i64()).map_err(structure)?,
            None => 0,
        };
        let size = (page.width as f32, page.height as f32);
        Ok(Place { shown, turned: turned.rem_euclid(360) as u16, rotation: page.rotation, size })
    }

    /// The point of user space that a pixel of the upright page lies at.
    fn at(&self, x: f32, y: f32) -> (f32, f32) {
        let (width, height) = self.size;
        // On the page as viewers show it, as shares of its sides, from the upper left.
        let (x, y) = back((x / width, y / height), self.rotation);
        // On the page as it is stored.
        let (x, y) = back((x, y), self.turned);
        let [left, bottom, right, top] = self.shown;
        (left + x * (right - left), top - y * (top - bottom))
    }
}

/// Where a point was before its page was turned clockwise; shares of the sides, from the upper
/// left.
fn back((x, y): (f32, f32), degrees: u16) -> (f32, f32) {
    match degrees {
        90 => (y, 1.0 - x),
        180 => (1.0 - x, 1.0 - y),
        270 => (1.0 - y, x),
        _ => (x, y),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pixels_go_back_through_both_turns() {
        // An upright page of 100 × 200 pixels from a sheet of 200 × 100 points that viewers leave as
        // it lies, and that the recogniser turned by a quarter.
        let place =
            Place { shown: [10.0, 20.0, 210.0, 120.0], turned: 0, rotation: 90, size: (100.0, 200.0) };
        assert_eq!(place.at(0.0, 0.0), (10.0, 20.0), "the upper left was the lower left");
        assert_eq!(place.at(100.0, 0.0), (10.0, 120.0), "lines ran upwards");
        let turned = Place { turned: 90, rotation: 270, size: (200.0, 100.0), ..place };
        assert_eq!(turned.at(0.0, 0.0), (10.0, 120.0), "one turn undoes the other");
        assert_eq!(turned.at(200.0, 100.0), (210.0, 20.0));
    }
}
