//! hOCR: hypertext whose classes say what is a page, a line and a word, and whose titles say where.

use dossier_model::PixelBox;

use super::Transcribed;
use crate::hypertext::{Flow, Html, tokens};

/// Classes of lines.
const LINES: [&str; 4] = ["ocr_line", "ocr_header", "ocr_caption", "ocr_textfloat"];

/// A word that is being read.
struct Open {
    bounds: PixelBox,
    confidence: f32,
    flow: Flow,
    /// How many elements within it are open.
    depth: usize,
}

pub(super) fn pages(text: &str) -> Vec<Transcribed> {
    let mut pages: Vec<Transcribed> = Vec::new();
    let mut word: Option<Open> = None;
    for token in tokens(text) {
        match token {
            Html::Open(_, attributes) => {
                if let Some(open) = &mut word {
                    open.depth += 1;
                    continue;
                }
                let value = |name: &str| {
                    attributes.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value.as_str())
                };
                let (class, title) = (value("class"), value("title"));
                if class == "ocr_page" {
                    let size = bounds(title)
                        .map(|[_, _, right, bottom]| (right.max(0) as u32, bottom.max(0) as u32));
                    pages.push(Transcribed { size, ..Transcribed::default() });
                } else if LINES.contains(&class) {
                    pages.last_mut().into_iter().for_each(Transcribed::line);
                } else if class == "ocrx_word" {
                    let sure = property(title, "x_wconf").and_then(|sure| sure.first().copied());
                    word = Some(Open {
                        bounds: bounds(title).unwrap_or_default(),
                        confidence: sure.unwrap_or(100.0) / 100.0,
                        flow: Flow::default(),
                        depth: 0,
                    });
                }
            }
            Html::Text(text) => match (&mut word, pages.last_mut()) {
                (Some(open), _) => open.flow.words(&text),
                // Words of Latin letters are set apart by what stands between them.
                (None, Some(page)) if text.contains(' ') && !text.contains('\n') => page.text.push(' '),
                _ => {}
            },
            Html::Close(_) => match (word.take(), pages.last_mut()) {
                (Some(open), Some(page)) if open.depth == 0 => {
                    page.word(open.flow.text.trim(), open.bounds, open.confidence);
                }
                (Some(open), _) => word = Some(Open { depth: open.depth.saturating_sub(1), ..open }),
                (None, _) => {}
            },
        }
    }
    pages.into_iter().map(Transcribed::finished).collect()
}

/// The numbers of a property in a title: `bbox 0 0 10 20; x_wconf 90`.
fn property(title: &str, name: &str) -> Option<Vec<f32>> {
    let stated = title.split(';').map(str::trim).find_map(|part| part.strip_prefix(name))?;
    Some(stated.split_whitespace().filter_map(|number| number.parse().ok()).collect())
}

fn bounds(title: &str) -> Option<PixelBox> {
    let numbers = property(title, "bbox")?;
    let at = |index: usize| numbers.get(index).copied().map(|number| number as i32);
    Some([at(0)?, at(1)?, at(2)?, at(3)?])
}
