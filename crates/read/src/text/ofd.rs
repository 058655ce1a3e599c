//! Open Fixed-layout Document (GB/T 33190-2016): each page's text objects put back into lines, or the
//! page's picture where it has no text.

use std::collections::HashMap;

use dossier_model::{Fault, FaultKind};

use super::{Pages, TextPage};
use crate::package::Package;
use crate::xml::{Xml, walk};

/// A piece of text at its place, in millimetres from the page's upper left corner.
struct Piece {
    x: f64,
    y: f64,
    size: f64,
    text: String,
}

/// The pages of the first document in the container.
pub(super) fn pages(mut package: Package) -> Result<Vec<TextPage>, Fault> {
    let document = first_text(&mut package, "OFD.xml", "DocRoot")?
        .ok_or_else(|| Fault::new(FaultKind::Damaged, "it names no document"))?;
    let document = document.trim_start_matches('/').to_owned();
    let folder = folder_of(&document).to_owned();
    let (contents, resources) = outline(&mut package, &document)?;
    let mut pictures = HashMap::new();
    for resource in resources {
        media(&mut package, &join(&folder, &resource), &mut pictures)?;
    }
    let mut pages = Pages::default();
    for content in contents {
        let (mut pieces, images) = objects(&mut package, &join(&folder, &content))?;
        pages.push(&lines(&mut pieces));
        if pages.text.trim().is_empty() {
            images.iter().filter_map(|id| pictures.get(id)).for_each(|name| pages.picture(name.clone()));
        }
        if pages.text.trim().is_empty() && pages.pictures.is_empty() {
            pages.done.push(TextPage::Typed(String::new()));
        }
        pages.page();
    }
    Ok(pages.finish())
}

/// The text of the first element of this name.
fn first_text(package: &mut Package, part: &str, wanted: &str) -> Result<Option<String>, Fault> {
    let (mut inside, mut found) = (false, None);
    walk(package.part(part)?, |event| {
        match event {
            Xml::Open(element) => inside = element.name() == wanted,
            Xml::Text(text) if inside && found.is_none() => found = Some(text.trim().to_owned()),
            Xml::Close(_) => inside = false,
            Xml::Text(_) => {}
        }
        Ok(())
    })?;
    Ok(found)
}

/// The parts of the pages in their order, and of the resources.
fn outline(package: &mut Package, document: &str) -> Result<(Vec<String>, Vec<String>), Fault> {
    let (mut contents, mut resources) = (Vec::new(), Vec::new());
    let mut inside = String::new();
    walk(package.part(document)?, |event| {
        match event {
            Xml::Open(element) => {
                inside = element.name();
                if inside == "Page"
                    && let Some(content) = element.attribute("BaseLoc")
                {
                    contents.push(content);
                }
            }
            Xml::Text(text) if inside.ends_with("Res") => resources.push(text.trim().to_owned()),
            Xml::Close(_) => inside.clear(),
            Xml::Text(_) => {}
        }
        Ok(())
    })?;
    Ok((contents, resources))
}

/// The names of the pictures in a list of resources, by their ids.
fn media(package: &mut Package, part: &str, pictures: &mut HashMap<String, String>) -> Result<(), Fault> {
    let Some(list) = package.optional(part)? else { return Ok(()) };
    let (mut base, mut id, mut inside) = (String::new(), None, false);
    walk(list, |event| {
        match event {
            Xml::Open(element) => match element.name().as_str() {
                "Res" => base = element.attribute("BaseLoc").unwrap_or_default(),
                "MultiMedia" => id = element.attribute("ID"),
                "MediaFile" => inside = true,
                _ => {}
            },
            Xml::Text(file) if inside => {
                if let Some(id) = id.take() {
                    pictures.insert(id, join(&join(folder_of(part), &base), file.trim()));
                }
            }
            Xml::Close(_) => inside = false,
            Xml::Text(_) => {}
        }
        Ok(())
    })
}

/// The text and the ids of the pictures on a page.
fn objects(package: &mut Package, part: &str) -> Result<(Vec<Piece>, Vec<String>), Fault> {
    let (mut pieces, mut images) = (Vec::new(), Vec::new());
    let (mut origin, mut size, mut at) = ((0.0, 0.0), 4.0, None);
    walk(package.part(part)?, |event| {
        match event {
            Xml::Open(element) => match element.name().as_str() {
                "TextObject" => {
                    let boundary = numbers(element.attribute("Boundary"));
                    origin = (first(&boundary), boundary.get(1).copied().unwrap_or_default());
                    size = numbers(element.attribute("Size")).first().copied().unwrap_or(4.0);
                }
                "TextCode" => {
                    let x = first(&numbers(element.attribute("X")));
                    let y = first(&numbers(element.attribute("Y")));
                    at = Some((origin.0 + x, origin.1 + y));
                }
                "ImageObject" => images.extend(element.attribute("ResourceID")),
                _ => {}
            },
            Xml::Text(text) => {
                if let Some((x, y)) = at.take() {
                    pieces.push(Piece { x, y, size, text: text.trim_matches(['\r', '\n']).to_owned() });
                }
            }
            Xml::Close(_) => at = None,
        }
        Ok(())
    })?;
    Ok((pieces, images))
}

/// The pieces in lines from top to bottom; pieces far apart on a line are set apart by a space.
fn lines(pieces: &mut [Piece]) -> String {
    pieces.sort_by(|a, b| a.y.total_cmp(&b.y));
    let mut lines: Vec<Vec<&Piece>> = Vec::new();
    for piece in pieces.iter() {
        match lines.last_mut() {
            Some(line) if (piece.y - line[0].y).abs() < 0.5 * piece.size.min(line[0].size) => {
                line.push(piece)
            }
            _ => lines.push(vec![piece]),
        }
    }
    let mut text = String::new();
    for line in &mut lines {
        line.sort_by(|a, b| a.x.total_cmp(&b.x));
        let mut end: Option<f64> = None;
        for piece in line.iter() {
            if end.is_some_and(|end| piece.x - end > piece.size) {
                text.push(' ');
            }
            text.push_str(&piece.text);
            end = Some(piece.x + piece.size * piece.text.chars().count() as f64);
        }
        text.push('\n');
    }
    text
}

fn numbers(attribute: Option<String>) -> Vec<f64> {
    attribute.unwrap_or_default().split_whitespace().filter_map(|number| number.parse().ok()).collect()
}

fn first(numbers: &[f64]) -> f64 {
    numbers.first().copied().unwrap_or_default()
}

fn folder_of(part: &str) -> &str {
    part.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// A location as the format means it: absolute, or relative to where it is named.
fn join(folder: &str, location: &str) -> String {
    match location.strip_prefix('/') {
        Some(absolute) => absolute.to_owned(),
        None if folder.is_empty() || location.is_empty() => format!("{folder}{location}"),
        None => format!("{folder}/{}", location.trim_start_matches("./")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_make_lines_wherever_they_come() {
        let piece = |x, y, text: &str| Piece { x, y, size: 4.0, text: text.to_owned() };
        let mut pieces = [
            piece(10.0, 30.0, "下一行"),
            piece(60.0, 20.2, "右边"),
            piece(10.0, 20.0, "左"),
            piece(14.0, 20.0, "边"),
        ];
        assert_eq!(lines(&mut pieces), "左边 右边\n下一行\n");
    }
}
