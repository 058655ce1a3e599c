//! Files of text: markup, messages, registers, letters.

use dossier_model::{Fault, FaultKind, FileKind};

use crate::{encoding, register, transcript};

/// How much of a text tells what it is.
const LOOKED_AT: usize = 4096;
/// Fields of a message's header, of which one that was sent has these at least.
const MESSAGE: [&str; 5] = ["date:", "subject:", "to:", "message-id:", "mime-version:"];

pub(super) fn kind(head: &[u8]) -> Result<FileKind, Fault> {
    let unknown = |what: &str| Err(Fault::new(FaultKind::UnknownKind, what));
    let Some(text) = encoding::text_of(head) else { return unknown("") };
    let text = text.trim_start_matches('\u{FEFF}').trim_start();
    let start: String = text.chars().take(LOOKED_AT).collect::<String>().to_ascii_lowercase();
    if start.starts_with("{\\rtf") {
        return Ok(FileKind::Foreign);
    }
    if start.contains("urn:schemas-microsoft-com:office:spreadsheet") && start.contains("<workbook") {
        return Ok(FileKind::Xml2003);
    }
    let hypertext = ["<!doctype html", "<html", "<table", "<head", "<body", "<meta", "<div"];
    if hypertext.iter().any(|tag| start.starts_with(tag)) || start.starts_with('<') && start.contains("<html")
    {
        if transcript::states_places(&start) {
            return Ok(FileKind::Layout);
        }
        return Ok(if register::looks_like_tables(text) { FileKind::HtmlTable } else { FileKind::Html });
    }
    if start.starts_with('<') && transcript::states_places(&start) {
        return Ok(FileKind::Layout);
    }
    if let Some(kind) = flat_document(&start) {
        return Ok(kind);
    }
    if start.starts_with("<?xml") {
        return unknown("XML");
    }
    if is_message(&start) {
        return Ok(FileKind::Mail);
    }
    if register::looks_delimited(text) {
        return Ok(FileKind::Csv);
    }
    if text.is_empty() { unknown("") } else { Ok(FileKind::Text) }
}

/// The kind of an OpenDocument file that is one file of XML; it states its kind in its first element.
fn flat_document(start: &str) -> Option<FileKind> {
    const OPENDOCUMENT: &str = "application/vnd.oasis.opendocument.";
    let root = start.split_once("<office:document")?.1.split('>').next()?;
    let kind = root.split_once(OPENDOCUMENT)?.1;
    [("text", FileKind::Odt), ("spreadsheet", FileKind::Ods)]
        .into_iter()
        .find_map(|(name, is)| kind.starts_with(name).then_some(is))
}

/// Whether a text begins with the header of a message: fields, each a line, of which one says who
/// wrote.
fn is_message(start: &str) -> bool {
    let header = start.split("\n\n").next().unwrap_or(start).split("\r\n\r\n").next().unwrap_or(start);
    let mut lines = header.lines();
    let is_field = |line: &str| {
        line.split_once(':').is_some_and(|(name, _)| {
            !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
        })
    };
    let first = lines.next().is_some_and(is_field);
    let has = |name: &str| header.lines().any(|line| line.starts_with(name));
    first && has("from:") && MESSAGE.iter().filter(|name| has(name)).count() > 0
}
