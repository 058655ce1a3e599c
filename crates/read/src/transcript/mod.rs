//! Transcripts: what stands on a scan, as a person or another program has written it down; in running
//! text, ALTO (loc.gov/standards/alto), PAGE (primaresearch.org) or hOCR.

mod alto;
mod hocr;
mod page;

use std::path::Path;

use dossier_model::{Fault, FaultKind, LayerJudgement, PageContent, PageMarks, PageState, PixelBox, Word};

use crate::encoding;

/// The most bytes of a transcript.
const MAX_BYTES: u64 = 256 << 20;

/// The pages of a transcript, in order.
#[derive(Clone, Debug, Default)]
pub struct Transcript {
    pages: Vec<Transcribed>,
}

/// A page of a transcript.
#[derive(Clone, Debug, Default, PartialEq)]
struct Transcribed {
    /// The size that its places are measured on; nothing where it states none.
    size: Option<(u32, u32)>,
    text: String,
    /// Pieces of the text with their places.
    words: Vec<Word>,
}

/// The form of a transcript, by its beginning; nothing where it is none that tells places.
pub(crate) fn states_places(start: &str) -> bool {
    start.contains("<alto") || start.contains("<pcgts") || start.contains("ocr_page")
}

impl Transcript {
    /// Reads the transcript at `path`; a form feed in running text begins a page.
    ///
    /// # Errors
    /// `Unreadable`, `TooLarge`, or `Damaged`.
    pub fn open(path: &Path) -> Result<Transcript, Fault> {
        let unreadable = |error| Fault::new(FaultKind::Unreadable, error);
        let size = std::fs::metadata(path).map_err(unreadable)?.len();
        if size > MAX_BYTES {
            return Err(Fault::new(FaultKind::TooLarge, format!("{} MiB of text", size >> 20)));
        }
        let text = encoding::decode(&std::fs::read(path).map_err(unreadable)?);
        let start: String = text.chars().take(4096).collect::<String>().to_ascii_lowercase();
        let pages = if start.contains("<alto") {
            alto::pages(&text)?
        } else if start.contains("<pcgts") {
            page::pages(&text)?
        } else if start.contains("ocr_page") {
            hocr::pages(&text)
        } else {
            let typed = |text: &str| Transcribed { text: text.trim().to_owned(), ..Transcribed::default() };
            text.replace("\r\n", "\n").trim_end_matches('\u{C}').split('\u{C}').map(typed).collect()
        };
        Ok(Transcript { pages })
    }

    /// How many pages it has.
    pub fn page_count(&self) -> u32 {
        self.pages.len() as u32
    }

    /// Whether it says anything of the page `number`, from 1.
    pub fn has_text(&self, number: u32) -> bool {
        let page = (number as usize).checked_sub(1).and_then(|at| self.pages.get(at));
        page.is_some_and(|page| !page.text.trim().is_empty())
    }

    /// The page `number`, from 1, of a scan of this width and height in pixels at `dpi`; 0 where there
    /// is none.
    pub fn page(&self, number: u32, (width, height): (u32, u32), dpi: f32) -> Option<PageContent> {
        let page = (number as usize).checked_sub(1).and_then(|at| self.pages.get(at))?;
        let (width, height) = if width == 0 { page.size.unwrap_or_default() } else { (width, height) };
        let words = page.size.map_or(Vec::new(), |size| scaled(&page.words, size, (width, height)));
        Some(PageContent {
            number,
            width,
            height,
            dpi,
            rotation: 0,
            state: PageState::Transcript,
            layer: LayerJudgement::Absent,
            scan: None,
            marks: PageMarks::default(),
            text: page.text.clone(),
            words,
        })
    }
}

/// Places on a page of one size as places on the same page in another.
fn scaled(words: &[Word], from: (u32, u32), to: (u32, u32)) -> Vec<Word> {
    let scale = |to: u32, from: u32| f64::from(to) / f64::from(from.max(1));
    let (across, down) = (scale(to.0, from.0), scale(to.1, from.1));
    let place = |[x0, y0, x1, y1]: PixelBox| {
        [(x0, across), (y0, down), (x1, across), (y1, down)].map(|(at, scale)| (f64::from(at) * scale) as i32)
    };
    words.iter().map(|word| Word { bounds: place(word.bounds), ..word.clone() }).collect()
}

impl Transcribed {
    /// Appends a piece of text with its place.
    fn word(&mut self, text: &str, bounds: PixelBox, confidence: f32) {
        let start = self.text.chars().count() as u32;
        self.text.push_str(text);
        self.words.push(Word { text: text.to_owned(), start, bounds, confidence, alternatives: Vec::new() });
    }

    /// Ends the line, unless nothing stands on it.
    fn line(&mut self) {
        if !self.text.is_empty() && !self.text.ends_with('\n') {
            self.text.push('\n');
        }
    }

    fn finished(mut self) -> Transcribed {
        self.text.truncate(self.text.trim_end().len());
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Transcript {
        let file = std::env::temp_dir().join(format!("dossier-transcript-{}-{:p}", std::process::id(), text));
        std::fs::write(&file, text).unwrap();
        let transcript = Transcript::open(&file).unwrap();
        std::fs::remove_file(&file).unwrap();
        transcript
    }

    /// The text of a page, and its words with their places.
    type Said = (String, Vec<(String, u32, PixelBox)>);

    fn says(transcript: &Transcript) -> Vec<Said> {
        let page = |number| {
            let page = transcript.page(number, (200, 400), 150.0).unwrap();
            let words = page.words.into_iter().map(|word| (word.text, word.start, word.bounds));
            (page.text, words.collect())
        };
        (1..=transcript.page_count()).map(page).collect()
    }

    /// Two lines on a page of 100 × 200, asked for at twice the size.
    fn expected() -> Vec<Said> {
        let words =
            vec![("村道".to_owned(), 0, [20, 40, 60, 60]), ("失修。".to_owned(), 3, [20, 80, 80, 100])];
        vec![("村道\n失修。".to_owned(), words)]
    }

    #[test]
    fn every_form_says_the_same() {
        let alto = r#"<?xml version="1.0"?><alto><Layout><Page WIDTH="100" HEIGHT="200"><TextBlock>
            <TextLine><String CONTENT="村道" HPOS="10" VPOS="20" WIDTH="20" HEIGHT="10" WC="0.9"/></TextLine>
            <TextLine><String CONTENT="失修。" HPOS="10" VPOS="40" WIDTH="30" HEIGHT="10"/></TextLine>
            </TextBlock></Page></Layout></alto>"#;
        let page = r#"<?xml version="1.0"?><PcGts><Page imageWidth="100" imageHeight="200"><TextRegion>
            <TextLine><Coords points="10,20 30,20 30,30 10,30"/><Word><TextEquiv><Unicode>村</Unicode></TextEquiv></Word>
              <TextEquiv conf="0.9"><Unicode>村道</Unicode></TextEquiv></TextLine>
            <TextLine><Coords points="10,40 40,50"/><TextEquiv><Unicode>失修。</Unicode></TextEquiv></TextLine>
            <TextEquiv><Unicode>村道 失修。</Unicode></TextEquiv></TextRegion></Page></PcGts>"#;
        let hocr = r#"<html><body><div class='ocr_page' title='image "x"; bbox 0 0 100 200'>
            <span class='ocr_line' title='bbox 10 20 30 30'><span class='ocrx_word' title='bbox 10 20 30 30; x_wconf 90'>村道</span></span>
            <span class='ocr_line' title='bbox 10 40 40 50'><span class='ocrx_word' title='bbox 10 40 40 50'>失修。</span></span>
            </div></body></html>"#;
        for (name, text) in [("alto", alto), ("page", page), ("hocr", hocr)] {
            assert_eq!(says(&read(text)), expected(), "{name}");
        }
    }

    #[test]
    fn running_text_has_a_page_to_each_form_feed() {
        let transcript = read("村道\r\n失修。\u{C}此致\n\u{C}");
        let texts: Vec<String> = says(&transcript).into_iter().map(|(text, _)| text).collect();
        assert_eq!(texts, ["村道\n失修。", "此致"]);
    }
}
