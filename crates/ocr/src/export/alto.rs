//! ALTO 4.4 (loc.gov/standards/alto): lines of strings with places in pixels, word confidences of
//! 0 to 1 (`WC`), and the recogniser's runners-up as alternatives.

use dossier_model::{PageContent, PixelBox, Word};

use super::lines::{Line, around, is_apart};
use super::markup::escaped;
use super::{Recognised, lines};

/// The pages as one ALTO document.
pub fn alto(recognised: &Recognised<'_>) -> String {
    let (file, by) = (escaped(recognised.file), escaped(recognised.by));
    let mut text = format!(
        r#"<?xml version="1.0" encoding="UTF-8"?>
<alto xmlns="http://www.loc.gov/standards/alto/ns-v4#" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="http://www.loc.gov/standards/alto/ns-v4# http://www.loc.gov/standards/alto/v4/alto-4-4.xsd" SCHEMAVERSION="4.4">
 <Description>
  <MeasurementUnit>pixel</MeasurementUnit>
  <sourceImageInformation><fileName>{file}</fileName></sourceImageInformation>
  <Processing ID="recognition"><processingSoftware><softwareName>dossier</softwareName><softwareVersion>{by}</softwareVersion></processingSoftware></Processing>
 </Description>
 <Layout>
"#
    );
    recognised.pages.iter().for_each(|page| put_page(&mut text, page));
    text + " </Layout>\n</alto>\n"
}

fn put_page(text: &mut String, page: &PageContent) {
    let PageContent { number, width, height, .. } = page;
    let whole = place([0, 0, *width as i32, *height as i32]);
    *text += &format!(
        "  <Page ID=\"page_{number}\" PHYSICAL_IMG_NR=\"{number}\" WIDTH=\"{width}\" HEIGHT=\"{height}\">\n   <PrintSpace {whole}>\n"
    );
    let lines = lines(page);
    if !lines.is_empty() {
        let bounds = place(around(lines.iter().map(Line::bounds)));
        *text += &format!("    <TextBlock ID=\"block_{number}\" {bounds}>\n");
        for (at, line) in (1..).zip(&lines) {
            put_line(text, line, &format!("{number}_{at}"));
        }
        *text += "    </TextBlock>\n";
    }
    *text += "   </PrintSpace>\n  </Page>\n";
}

fn put_line(text: &mut String, line: &Line<'_>, id: &str) {
    *text += &format!("     <TextLine ID=\"line_{id}\" {}>", place(line.bounds()));
    for (at, word) in line.words.iter().enumerate() {
        if at > 0 && is_apart(line.words[at - 1], word) {
            text.push_str("<SP/>");
        }
        *text += &format!(
            "<String ID=\"word_{id}_{}\" CONTENT=\"{}\" {} WC=\"{:.3}\"",
            at + 1,
            escaped(&word.text),
            place(word.bounds),
            word.confidence.clamp(0.0, 1.0)
        );
        put_alternatives(text, word);
    }
    *text += "</TextLine>\n";
}

/// Each runner-up as the word that it would make.
fn put_alternatives(text: &mut String, word: &Word) {
    if word.alternatives.is_empty() {
        text.push_str("/>");
        return;
    }
    text.push('>');
    for other in &word.alternatives {
        let replaced = |(at, c): (u32, char)| if at == other.at { other.reading } else { c };
        let whole: String = (0..).zip(word.text.chars()).map(replaced).collect();
        *text +=
            &format!("<ALTERNATIVE PURPOSE=\"p={:.3}\">{}</ALTERNATIVE>", other.probability, escaped(&whole));
    }
    text.push_str("</String>");
}

fn place([x0, y0, x1, y1]: PixelBox) -> String {
    format!("HPOS=\"{x0}\" VPOS=\"{y0}\" WIDTH=\"{}\" HEIGHT=\"{}\"", x1 - x0, y1 - y0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::export::lines::tests::page;

    #[test]
    fn strings_have_their_places_confidences_and_alternatives() {
        let pages = [page()];
        let text = alto(&Recognised { file: "a&.pdf", by: "test", pages: &pages });
        let document = roxmltree::Document::parse(&text).unwrap();
        let named = |name: &str| {
            document
                .descendants()
                .filter(|node| node.has_tag_name(("http://www.loc.gov/standards/alto/ns-v4#", name)))
                .collect::<Vec<_>>()
        };
        let strings = named("String");
        let attributes =
            ["CONTENT", "HPOS", "VPOS", "WIDTH", "HEIGHT", "WC"].map(|name| strings[2].attribute(name));
        assert_eq!(attributes, ["\"A&B\"", "10", "40", "50", "20", "0.973"].map(Some));
        assert_eq!(named("ALTERNATIVE")[0].text(), Some("申"));
        assert_eq!((named("TextLine").len(), named("SP").len()), (2, 1));
        let mut ids: Vec<&str> = document.descendants().filter_map(|node| node.attribute("ID")).collect();
        let all = ids.len();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), all, "identifiers are unique");
    }
}
