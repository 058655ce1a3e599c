//! Open Fixed-layout Document (GB/T 33190-2016): each page's text objects put back into lines, and its
//! pictures, which are pages to be recognised.

use std::collections::HashMap;

use dossier_model::{Fault, FaultKind, Note, NoteKind};

use super::{Pages, TextPage};
use crate::package::Package;
use crate::xml::{Element, Xml, walk};

/// The characters of a size that no object states, in millimetres.
const SIZE: f64 = 4.0;
/// A picture that covers this share of a page with so many characters is their background or their
/// scan, and says nothing that they do not.
const COVERS: f64 = 0.5;
const AMPLE: usize = 100;

/// A piece of text at its place, in millimetres from the page's upper left corner.
#[derive(Clone)]
struct Piece {
    x: f64,
    y: f64,
    size: f64,
    text: String,
}

/// What stands on a page.
#[derive(Clone, Default)]
struct Objects {
    pieces: Vec<Piece>,
    images: Vec<Image>,
    /// The pages that it is laid over, by their ids.
    templates: Vec<String>,
    /// Its area in square millimetres, where it states one of its own.
    area: Option<f64>,
}

/// A picture on a page: the id of its resource, and how much it covers in square millimetres.
#[derive(Clone)]
struct Image {
    resource: String,
    area: f64,
}

/// What a document names, each location as it stands there.
#[derive(Default)]
struct Outline {
    pages: Vec<String>,
    /// By their ids.
    templates: HashMap<String, String>,
    resources: Vec<String>,
    attachments: Option<String>,
    annotated: bool,
    /// The area of its pages, in square millimetres.
    area: f64,
}

/// The pages of all documents in the container.
pub(super) fn pages(mut package: Package, notes: &mut Vec<Note>) -> Result<Vec<TextPage>, Fault> {
    let (documents, signed) = documents(&mut package)?;
    if documents.is_empty() {
        return Err(Fault::new(FaultKind::Damaged, "it names no document"));
    }
    let mut pages = Pages::default();
    let mut annotated = signed;
    for document in documents {
        annotated |= Document::open(&mut package, &document, notes)?.read(&mut pages)?;
    }
    if annotated {
        notes.push(NoteKind::Annotations.of(""));
    }
    Ok(pages.finish())
}

/// Where the documents stand, and whether there are signatures, which may show as stamps.
fn documents(package: &mut Package) -> Result<(Vec<String>, bool), Fault> {
    let (mut roots, mut signed) = (Vec::new(), false);
    texts(package, "OFD.xml", |name, _, text| match name {
        "DocRoot" => roots.push(text.trim_start_matches('/').to_owned()),
        "Signatures" => signed = true,
        _ => {}
    })?;
    Ok((roots, signed))
}

/// An open document.
struct Document<'a> {
    package: &'a mut Package,
    folder: String,
    outline: Outline,
    /// Where the pictures stand, by their ids.
    pictures: HashMap<String, String>,
}

impl<'a> Document<'a> {
    fn open(package: &'a mut Package, location: &str, notes: &mut Vec<Note>) -> Result<Document<'a>, Fault> {
        let folder = folder_of(location).to_owned();
        let outline = outline(package, location)?;
        let mut pictures = HashMap::new();
        for resource in &outline.resources {
            media(package, &join(&folder, resource), &mut pictures)?;
        }
        if let Some(list) = &outline.attachments {
            attached(package, &join(&folder, list), notes)?;
        }
        Ok(Document { package, folder, outline, pictures })
    }

    /// Reads its pages; whether there is something on them that was not read.
    fn read(mut self, pages: &mut Pages) -> Result<bool, Fault> {
        let mut templates = HashMap::new();
        for (id, location) in &self.outline.templates {
            templates.insert(id.clone(), objects(self.package, &join(&self.folder, location))?);
        }
        for location in std::mem::take(&mut self.outline.pages) {
            let mut page = objects(self.package, &join(&self.folder, &location))?;
            for below in page.templates.iter().filter_map(|id| templates.get(id)) {
                page.pieces.extend(below.pieces.iter().cloned());
                page.images.extend(below.images.iter().cloned());
            }
            self.page(page, pages);
        }
        Ok(self.outline.annotated)
    }

    fn page(&self, mut page: Objects, pages: &mut Pages) {
        let text = lines(&mut page.pieces);
        let covered = COVERS * page.area.unwrap_or(self.outline.area);
        let ample = text.chars().filter(|c| !c.is_whitespace()).count() >= AMPLE;
        let images = page.images.iter().filter(|image| !(ample && covered > 0.0 && image.area >= covered));
        images
            .filter_map(|image| self.pictures.get(&image.resource))
            .for_each(|name| pages.picture(name.clone()));
        pages.push(&text);
        if pages.text.trim().is_empty() && pages.pictures.is_empty() {
            pages.done.push(TextPage::Typed(String::new()));
        }
        pages.page();
    }
}

fn outline(package: &mut Package, document: &str) -> Result<Outline, Fault> {
    let mut outline = Outline::default();
    texts(package, document, |name, attribute, text| match name {
        "Page" => outline.pages.extend(attribute("BaseLoc")),
        "TemplatePage" => outline.templates.extend(attribute("ID").zip(attribute("BaseLoc"))),
        "PublicRes" | "DocumentRes" => outline.resources.push(text.to_owned()),
        "Attachments" => outline.attachments = Some(text.to_owned()),
        "Annotations" => outline.annotated = true,
        "PhysicalBox" => outline.area = area(&numbers(Some(text.to_owned()))),
        _ => {}
    })?;
    Ok(outline)
}

/// The names of the pictures in a list of resources, by their ids.
fn media(package: &mut Package, part: &str, pictures: &mut HashMap<String, String>) -> Result<(), Fault> {
    if !package.has(part) {
        return Ok(());
    }
    let (mut base, mut ids) = (String::new(), Vec::new());
    let mut files = Vec::new();
    walk_texts(package, part, |event| match event {
        Found::Open(element) => match element.name().as_str() {
            "Res" => base = element.attribute("BaseLoc").unwrap_or_default(),
            "MultiMedia" => ids.extend(element.attribute("ID")),
            _ => {}
        },
        Found::Text("MediaFile", text) => files.extend(ids.pop().map(|id| (id, text.to_owned()))),
        Found::Text(..) => {}
    })?;
    let folder = join(folder_of(part), &base);
    pictures.extend(files.into_iter().map(|(id, file)| (id, join(&folder, &file))));
    Ok(())
}

/// Notes the files attached to a document.
fn attached(package: &mut Package, part: &str, notes: &mut Vec<Note>) -> Result<(), Fault> {
    if !package.has(part) {
        return Ok(());
    }
    texts(package, part, |name, attribute, _| {
        if name == "Attachment" {
            notes.push(NoteKind::Attachment.of(attribute("Name").unwrap_or_default()));
        }
    })
}

fn objects(package: &mut Package, part: &str) -> Result<Objects, Fault> {
    let mut found = Objects::default();
    let (mut origin, mut size, mut at) = ((0.0, 0.0), SIZE, (0.0, 0.0));
    walk_texts(package, part, |event| match event {
        Found::Open(element) => match element.name().as_str() {
            "TextObject" => {
                let boundary = numbers(element.attribute("Boundary"));
                origin = (nth(&boundary, 0), nth(&boundary, 1));
                size = numbers(element.attribute("Size")).first().copied().unwrap_or(SIZE);
            }
            "TextCode" => {
                let place = |axis| nth(&numbers(element.attribute(axis)), 0);
                at = (origin.0 + place("X"), origin.1 + place("Y"));
            }
            "ImageObject" => found.images.extend(
                element
                    .attribute("ResourceID")
                    .map(|resource| Image { resource, area: area(&numbers(element.attribute("Boundary"))) }),
            ),
            "Template" => found.templates.extend(element.attribute("TemplateID")),
            _ => {}
        },
        Found::Text("TextCode", text) => {
            found.pieces.push(Piece { x: at.0, y: at.1, size, text: text.to_owned() });
        }
        Found::Text("PhysicalBox", text) => found.area = Some(area(&numbers(Some(text.to_owned())))),
        Found::Text(..) => {}
    })?;
    Ok(found)
}

/// What is found in a part.
enum Found<'a> {
    Open(&'a Element<'a>),
    /// An element of this name has ended; its own text, without white space around it.
    Text(&'a str, &'a str),
}

/// Goes through a part, with each element's own text in one piece.
fn walk_texts(package: &mut Package, part: &str, mut on: impl FnMut(Found<'_>)) -> Result<(), Fault> {
    let mut open: Vec<String> = Vec::new();
    walk(package.part(part)?, |event| {
        match event {
            Xml::Open(element) => {
                open.push(String::new());
                on(Found::Open(&element));
            }
            Xml::Text(text) => {
                if let Some(own) = open.last_mut() {
                    own.push_str(text);
                }
            }
            Xml::Close(name) => on(Found::Text(name, open.pop().unwrap_or_default().trim())),
        }
        Ok(())
    })
}

/// Goes through a part's elements: each with its name, its attributes and its own text.
fn texts(
    package: &mut Package,
    part: &str,
    mut on: impl FnMut(&str, &dyn Fn(&str) -> Option<String>, &str),
) -> Result<(), Fault> {
    const ATTRIBUTES: [&str; 3] = ["BaseLoc", "ID", "Name"];
    let mut open: Vec<HashMap<&str, String>> = Vec::new();
    walk_texts(package, part, |event| match event {
        Found::Open(element) => {
            let stated = ATTRIBUTES.into_iter().filter_map(|name| Some((name, element.attribute(name)?)));
            open.push(stated.collect());
        }
        Found::Text(name, text) => {
            let stated = open.pop().unwrap_or_default();
            on(name, &|attribute| stated.get(attribute).cloned(), text);
        }
    })
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

fn nth(numbers: &[f64], at: usize) -> f64 {
    numbers.get(at).copied().unwrap_or_default()
}

/// The area of a box of an origin, a width and a height.
fn area(numbers: &[f64]) -> f64 {
    nth(numbers, 2) * nth(numbers, 3)
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
