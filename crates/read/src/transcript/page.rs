//! PAGE XML: regions of lines, each with its outline and its text; the words within a line say the same
//! once more.

use dossier_model::{Fault, PixelBox};

use super::Transcribed;
use crate::xml::{Xml, walk};

#[derive(Default)]
struct Line {
    bounds: PixelBox,
    text: String,
    confidence: f32,
}

pub(super) fn pages(text: &str) -> Result<Vec<Transcribed>, Fault> {
    let mut pages: Vec<Transcribed> = Vec::new();
    let mut open: Vec<String> = Vec::new();
    let mut line = Line::default();
    walk(text.as_bytes(), |event| {
        match event {
            Xml::Open(element) => {
                let name = element.name();
                let within = open.last().map_or("", String::as_str);
                match (name.as_str(), within) {
                    ("Page", _) => {
                        let side = |name| element.attribute(name).and_then(|side| side.parse().ok());
                        let size = side("imageWidth").zip(side("imageHeight"));
                        pages.push(Transcribed { size, ..Transcribed::default() });
                    }
                    ("TextLine", _) => line = Line { confidence: 1.0, ..Line::default() },
                    ("Coords", "TextLine") => {
                        line.bounds = around(&element.attribute("points").unwrap_or_default())
                    }
                    ("TextEquiv", "TextLine") => {
                        let sure = element.attribute("conf").and_then(|sure| sure.parse().ok());
                        line.confidence = sure.unwrap_or(1.0);
                    }
                    _ => {}
                }
                open.push(name);
            }
            Xml::Text(text) => {
                if open.ends_with(&["TextLine", "TextEquiv", "Unicode"].map(str::to_owned)) {
                    line.text.push_str(text);
                }
            }
            Xml::Close(name) => {
                open.pop();
                if let ("TextLine", Some(page)) = (name, pages.last_mut()) {
                    let Line { bounds, text, confidence } = std::mem::take(&mut line);
                    page.word(text.trim(), bounds, confidence);
                    page.line();
                }
            }
        }
        Ok(())
    })?;
    Ok(pages.into_iter().map(Transcribed::finished).collect())
}

/// The upright box around an outline, `x,y x,y …`.
fn around(points: &str) -> PixelBox {
    let points: Vec<(i32, i32)> = points
        .split_whitespace()
        .filter_map(|point| point.split_once(','))
        .filter_map(|(x, y)| Some((x.parse().ok()?, y.parse().ok()?)))
        .collect();
    let (xs, ys) = (points.iter().map(|point| point.0), points.iter().map(|point| point.1));
    let range = |values: Vec<i32>| {
        (values.iter().min().copied().unwrap_or_default(), values.iter().max().copied().unwrap_or_default())
    };
    let ((left, right), (top, bottom)) = (range(xs.collect()), range(ys.collect()));
    [left, top, right, bottom]
}
