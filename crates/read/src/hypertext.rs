//! Hypertext as text: blocks begin a line, cells are set apart by tabs, scripts and styles say
//! nothing.

use encoding_rs::{Encoding, REPLACEMENT, UTF_8, UTF_16BE, UTF_16LE};
use html5gum::{Token, Tokenizer};

use crate::encoding;

/// What comes next in a hypertext.
pub(crate) enum Html {
    /// An element begins; its name is in small letters.
    Open(String, Vec<(String, String)>),
    /// An element ends.
    Close(String),
    /// Some characters.
    Text(String),
}

/// Elements that hold no text for people.
const SILENT: [&str; 5] = ["script", "style", "head", "template", "noscript"];
/// Elements that stand in a head.
const OF_HEAD: [&str; 9] =
    ["base", "basefont", "link", "meta", "noscript", "script", "style", "template", "title"];
/// Elements that begin and end a line.
const BLOCKS: [&str; 22] = [
    "address",
    "article",
    "blockquote",
    "br",
    "caption",
    "dd",
    "div",
    "dl",
    "dt",
    "footer",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "hr",
    "li",
    "p",
    "section",
    "table",
    "tr",
];

/// The tokens of a hypertext, without those of silent elements; never fails: hypertext that is no
/// hypertext is text.
pub(crate) fn tokens(html: &str) -> impl Iterator<Item = Html> + '_ {
    let mut silent: Option<String> = None;
    Tokenizer::new(html).flatten().filter_map(move |token| match token {
        Token::StartTag(tag) => {
            let name = text(&tag.name);
            // A head that is never closed ends where something comes that cannot stand in it.
            let in_head = silent.as_deref() == Some("head");
            if in_head && !OF_HEAD.contains(&name.as_str()) || name == "body" || name == "table" {
                silent = None;
            }
            if silent.is_none() && SILENT.contains(&name.as_str()) && !tag.self_closing {
                silent = Some(name.clone());
            }
            let attributes = tag.attributes.iter().map(|(key, value)| (text(key), text(value))).collect();
            silent.is_none().then_some(Html::Open(name, attributes))
        }
        Token::EndTag(tag) => {
            let name = text(&tag.name);
            if silent.as_deref() == Some(name.as_str()) {
                silent = None;
                return None;
            }
            silent.is_none().then_some(Html::Close(name))
        }
        Token::String(characters) => silent.is_none().then(|| Html::Text(text(&characters.value))),
        _ => None,
    })
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// A hypertext's bytes as text: by its mark, by the character set that it states, or as they look.
pub(crate) fn decode(bytes: &[u8]) -> String {
    let stated = || {
        let head = String::from_utf8_lossy(&bytes[..bytes.len().min(4096)]).to_ascii_lowercase();
        let (_, after) = head.split_once("charset=")?;
        let label: String = after
            .trim_start_matches(['"', '\''])
            .chars()
            .take_while(|c| c.is_ascii_alphanumeric() || "-_:".contains(*c))
            .collect();
        Encoding::for_label(label.as_bytes())
    };
    // A page that says it is in UTF-8 and is not was converted without being changed; that it is in
    // UTF-16 could not be read in plain bytes if it were.
    let plain = |stated: &&Encoding| ![UTF_8, UTF_16LE, UTF_16BE, REPLACEMENT].contains(stated);
    match stated().filter(|_| encoding::marked(bytes).is_none()) {
        Some(stated) if plain(&stated) => stated.decode_without_bom_handling(bytes).0.into_owned(),
        _ => encoding::decode(bytes),
    }
}

/// The text of a hypertext.
pub(crate) fn plain(html: &str) -> String {
    let mut out = Flow::default();
    for token in tokens(html) {
        match token {
            Html::Open(name, _) | Html::Close(name) if BLOCKS.contains(&name.as_str()) => out.line(),
            Html::Open(name, _) if name == "td" || name == "th" => out.cell(),
            Html::Text(characters) => out.words(&characters),
            _ => {}
        }
    }
    out.text
}

/// Text in which white space flows together, as hypertext shows it.
#[derive(Default)]
pub(crate) struct Flow {
    /// As far as it goes.
    pub text: String,
}

impl Flow {
    /// Appends characters whose white space means no more than a space.
    pub fn words(&mut self, characters: &str) {
        for character in characters.chars() {
            match character {
                ' ' | '\t' | '\n' | '\r' | '\u{C}' if self.text.ends_with([' ', '\n', '\t']) => {}
                ' ' | '\t' | '\n' | '\r' | '\u{C}' if self.text.is_empty() => {}
                ' ' | '\t' | '\n' | '\r' | '\u{C}' => self.text.push(' '),
                '\u{A0}' => self.text.push(' '),
                character => self.text.push(character),
            }
        }
    }

    /// Ends the line, unless nothing stands on it.
    pub fn line(&mut self) {
        self.text.truncate(self.text.trim_end_matches([' ', '\t']).len());
        if !self.text.is_empty() && !self.text.ends_with('\n') {
            self.text.push('\n');
        }
    }

    /// Begins a cell.
    fn cell(&mut self) {
        if !self.text.is_empty() && !self.text.ends_with('\n') {
            self.text.push('\t');
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_are_lines_and_scripts_are_silent() {
        let html = "<html><head><title>x</title><style>p{}</style></head><body><p>尊敬的领导：</p>\n\
                    <div>村道  失修&nbsp;三年，<b>请</b>处理。<br>此致</div><script>alert(1)</script></body>";
        assert_eq!(plain(html).trim(), "尊敬的领导：\n村道 失修 三年，请处理。\n此致");
    }

    #[test]
    fn a_head_that_is_never_closed_hides_no_letter() {
        for html in
            ["<head><title>信</title><p>村道失修。", "<html><head><meta charset=utf-8><div>村道失修。</div>"]
        {
            assert_eq!(plain(html).trim().trim_start_matches('信'), "村道失修。", "{html}");
        }
    }

    #[test]
    fn a_statement_that_cannot_be_is_not_believed() {
        for label in ["utf-16", "unicode", "hz-gb-2312", "utf-8"] {
            let html = format!("<meta charset={label}><p>村道失修。");
            assert_eq!(plain(&decode(html.as_bytes())).trim(), "村道失修。", "{label}");
        }
    }

    #[test]
    fn cells_are_set_apart() {
        assert_eq!(plain("<table><tr><td>姓名<td>赵大勇</tr></table>").trim(), "姓名\t赵大勇");
        assert_eq!(plain("<table><tr><td>姓名</td><td>赵大勇</td></tr></table>").trim(), "姓名\t赵大勇");
    }
}
