//! Where a value stands on its pages.

use dossier_model::{Evidence, ItemText, Locator, PageContent, Place, Segment, join_boxes};

use super::choose::overlap;

/// Where some characters of a letter stand, on each page that holds any, and how sure their
/// recognition is.
pub(super) fn evidence(text: &ItemText, pages: &[PageContent], span: (u32, u32)) -> (Vec<Evidence>, f32) {
    let held = text.segments.iter().filter(|segment| overlap((segment.start, segment.end), span));
    let (places, certainties): (Vec<Evidence>, Vec<f32>) =
        held.map(|segment| on_page(segment, pages, span)).unzip();
    (places, certainties.into_iter().fold(1.0, f32::min))
}

fn on_page(segment: &Segment, pages: &[PageContent], (start, end): (u32, u32)) -> (Evidence, f32) {
    let (start, end) = (start.max(segment.start), end.min(segment.end));
    let page = match segment.locator {
        Locator::Page(number) => pages.iter().find(|page| page.number == number),
        Locator::Row { .. } => None,
    };
    let offset = segment.start;
    let words: Vec<_> =
        page.into_iter().flat_map(|page| page.words_between(start - offset, end - offset)).collect();
    let certainty = words.iter().map(|word| word.confidence).fold(1.0, f32::min);
    let boxes = join_boxes(words.iter().map(|word| word.bounds));
    let place = Place::Page { page: page.map_or(0, |page| page.number), boxes };
    (Evidence { source: segment.source, place, start, end }, certainty)
}
