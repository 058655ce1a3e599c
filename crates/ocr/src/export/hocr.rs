//! hOCR 1.2 (kba.github.io/hocr-spec/1.2) in XHTML: `ocr_page`, `ocr_line` and `ocrx_word` with
//! boxes in pixels and confidences of 0 to 100 (`x_wconf`).

use dossier_model::{PageContent, PixelBox};

use super::lines::is_apart;
use super::markup::escaped;
use super::{Recognised, lines};

/// The pages as one hOCR document.
pub fn hocr(recognised: &Recognised<'_>) -> String {
    let (file, by) = (escaped(recognised.file), escaped(recognised.by));
    let mut text = format!(
        r#"<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Transitional//EN" "http://www.w3.org/TR/xhtml1/DTD/xhtml1-transitional.dtd">
<html xmlns="http://www.w3.org/1999/xhtml" xml:lang="zh" lang="zh">
 <head>
  <title>{file}</title>
  <meta http-equiv="Content-Type" content="text/html; charset=utf-8"/>
  <meta name="ocr-system" content="dossier {by}"/>
  <meta name="ocr-capabilities" content="ocr_page ocr_line ocrx_word ocrp_wconf"/>
 </head>
 <body>
"#
    );
    recognised.pages.iter().for_each(|page| put_page(&mut text, page, &file));
    text + " </body>\n</html>\n"
}

fn put_page(text: &mut String, page: &PageContent, file: &str) {
    let PageContent { number, width, height, dpi, .. } = page;
    let resolution = dpi.round();
    *text += &format!(
        "  <div class=\"ocr_page\" id=\"page_{number}\" title=\"image &quot;{file}&quot;; bbox 0 0 {width} {height}; \
         ppageno {}; scan_res {resolution} {resolution}\">\n",
        number.saturating_sub(1)
    );
    let mut word_number = 0;
    for (at, line) in (1..).zip(lines(page)) {
        let bounds = bbox(line.bounds());
        *text += &format!("   <span class=\"ocr_line\" id=\"line_{number}_{at}\" title=\"{bounds}\">");
        for (index, word) in line.words.iter().enumerate() {
            word_number += 1;
            if index > 0 && is_apart(line.words[index - 1], word) {
                text.push(' ');
            }
            *text += &format!(
                "<span class=\"ocrx_word\" id=\"word_{number}_{word_number}\" title=\"{}; x_wconf {}\">{}</span>",
                bbox(word.bounds),
                (word.confidence * 100.0).floor(),
                escaped(&word.text)
            );
        }
        *text += "</span><br/>\n";
    }
    *text += "  </div>\n";
}

fn bbox([x0, y0, x1, y1]: PixelBox) -> String {
    format!("bbox {x0} {y0} {x1} {y1}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::export::lines::tests::page;

    #[test]
    fn words_have_their_boxes_and_confidences() {
        let pages = [page()];
        let text = hocr(&Recognised { file: "a\"&.pdf", by: "test", pages: &pages });
        let document = roxmltree::Document::parse_with_options(
            &text,
            roxmltree::ParsingOptions { allow_dtd: true, ..Default::default() },
        )
        .unwrap();
        let of_class = |class: &str| {
            let is = |node: &roxmltree::Node<'_, '_>| node.attribute("class") == Some(class);
            document.descendants().filter(is).collect::<Vec<_>>()
        };
        assert_eq!(
            of_class("ocr_page")[0].attribute("title"),
            Some("image \"a\"&.pdf\"; bbox 0 0 200 100; ppageno 0; scan_res 200 200")
        );
        let words = of_class("ocrx_word");
        assert_eq!(words[2].text(), Some("\"A&B\""));
        assert_eq!(words[2].attribute("title"), Some("bbox 10 40 60 60; x_wconf 97"));
        let line = of_class("ocr_line")[1];
        let said: String =
            line.descendants().filter(roxmltree::Node::is_text).filter_map(|node| node.text()).collect();
        assert_eq!(said, "\"A&B\" 乙");
    }
}
