//! ALTO: pages of lines of strings, each with its place.

use dossier_model::Fault;

use super::Transcribed;
use crate::xml::{Element, Xml, walk};

pub(super) fn pages(text: &str) -> Result<Vec<Transcribed>, Fault> {
    let mut pages: Vec<Transcribed> = Vec::new();
    walk(text.as_bytes(), |event| {
        match (event, pages.last_mut()) {
            (Xml::Open(element), page) => match (element.name().as_str(), page) {
                ("Page", _) => pages.push(Transcribed {
                    size: number(&element, "WIDTH").zip(number(&element, "HEIGHT")),
                    ..Transcribed::default()
                }),
                ("SP", Some(page)) => page.text.push(' '),
                ("String", Some(page)) => string(&element, page),
                _ => {}
            },
            (Xml::Close("TextLine"), Some(page)) => page.line(),
            _ => {}
        }
        Ok(())
    })?;
    Ok(pages.into_iter().map(Transcribed::finished).collect())
}

fn string(element: &Element<'_>, page: &mut Transcribed) {
    let at = |name| number(element, name).unwrap_or_default() as i32;
    let (left, top) = (at("HPOS"), at("VPOS"));
    let bounds = [left, top, left + at("WIDTH"), top + at("HEIGHT")];
    let confidence = element.attribute("WC").and_then(|sure| sure.parse().ok()).unwrap_or(1.0);
    page.word(&element.attribute("CONTENT").unwrap_or_default(), bounds, confidence);
}

/// A length in pixels; fractions are rounded.
fn number(element: &Element<'_>, name: &str) -> Option<u32> {
    let number: f64 = element.attribute(name)?.parse().ok()?;
    (0.0..1e9).contains(&number).then_some(number.round() as u32)
}
