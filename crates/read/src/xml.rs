//! XML as a sequence of elements and texts, without namespaces: what the formats of offices need.

use std::io::BufRead;

use dossier_model::{Fault, FaultKind};
use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, XmlVersion};

/// No sane document is deeper; a hostile one may be endless.
const MAX_DEPTH: usize = 512;

/// What comes next in a document.
pub(crate) enum Xml<'a> {
    /// An element begins.
    Open(Element<'a>),
    /// The element with this local name ends.
    Close(&'a str),
    /// Some characters; those of one element may come in pieces.
    Text(&'a str),
}

/// The beginning of an element.
pub(crate) struct Element<'a>(BytesStart<'a>);

impl Element<'_> {
    /// Its name without a prefix.
    pub fn name(&self) -> String {
        local(self.0.local_name().as_ref())
    }

    /// The value of the attribute with this local name.
    pub fn attribute(&self, name: &str) -> Option<String> {
        self.0
            .attributes()
            .with_checks(false)
            .flatten()
            .find(|attribute| local(attribute.key.local_name().as_ref()) == name)
            .and_then(|attribute| attribute.normalized_value(XmlVersion::Implicit1_0).ok())
            .map(|value| value.into_owned())
    }
}

fn local(name: impl AsRef<[u8]>) -> String {
    String::from_utf8_lossy(name.as_ref()).into_owned()
}

/// Goes through a document; `on` may stop it with a fault.
///
/// # Errors
/// `Damaged` where the document cannot be read on, or what `on` returned.
pub(crate) fn walk(
    input: impl BufRead,
    mut on: impl FnMut(Xml<'_>) -> Result<(), Fault>,
) -> Result<(), Fault> {
    let mut reader = Reader::from_reader(input);
    let config = reader.config_mut();
    config.expand_empty_elements = true;
    config.check_end_names = false;
    config.allow_unmatched_ends = true;
    config.allow_dangling_amp = true;
    let mut buffer = Vec::new();
    let mut depth = 0_usize;
    loop {
        buffer.clear();
        let event = reader.read_event_into(&mut buffer).map_err(|error| {
            Fault::new(FaultKind::Damaged, format!("XML at byte {}: {error}", reader.error_position()))
        })?;
        match event {
            Event::Start(element) => {
                depth += 1;
                if depth > MAX_DEPTH {
                    return Err(Fault::new(FaultKind::Damaged, "XML nested too deeply"));
                }
                on(Xml::Open(Element(element)))?;
            }
            Event::End(element) => {
                depth = depth.saturating_sub(1);
                on(Xml::Close(&local(element.local_name().as_ref())))?;
            }
            Event::Text(text) => on(Xml::Text(&text.xml10_content()))?,
            Event::CData(text) => on(Xml::Text(&text.xml10_content()))?,
            Event::GeneralRef(reference) => {
                let character = match reference.resolve_char_ref() {
                    Ok(Some(character)) => Some(character.to_string()),
                    _ => quick_xml::escape::resolve_predefined_entity(&reference.xml10_content())
                        .map(str::to_owned),
                };
                on(Xml::Text(character.as_deref().unwrap_or("\u{FFFD}")))?;
            }
            Event::Eof if depth > 0 => return Err(Fault::new(FaultKind::Damaged, "XML that ends early")),
            Event::Eof => return Ok(()),
            _ => {}
        }
    }
}

/// Goes through a document as [`walk`] does, without the elements of these names and all that is in
/// them.
///
/// # Errors
/// As [`walk`].
pub(crate) fn walk_without(
    silent: &[&str],
    input: impl BufRead,
    mut on: impl FnMut(Xml<'_>) -> Result<(), Fault>,
) -> Result<(), Fault> {
    let mut depth = 0_usize;
    walk(input, |event| {
        match &event {
            Xml::Open(element) if depth > 0 || silent.contains(&element.name().as_str()) => depth += 1,
            Xml::Close(_) if depth > 0 => depth -= 1,
            Xml::Text(_) if depth > 0 => {}
            _ => return on(event),
        }
        Ok(())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn elements_texts_and_references_come_in_order() {
        let mut seen = Vec::new();
        walk(&br#"<w:p w:x="1&amp;2"><w:t>a&lt;&#x4E00;</w:t><w:br/></w:p>"#[..], |event| {
            seen.push(match event {
                Xml::Open(element) => format!("+{}{:?}", element.name(), element.attribute("x")),
                Xml::Close(name) => format!("-{name}"),
                Xml::Text(text) => text.to_owned(),
            });
            Ok(())
        })
        .unwrap();
        assert_eq!(seen.join(" "), "+pSome(\"1&2\") +tNone a < 一 -t +brNone -br -p");
    }

    #[test]
    fn what_is_cut_off_is_damaged() {
        assert_eq!(walk(&b"<a><b>text"[..], |_| Ok(())).unwrap_err().kind, FaultKind::Damaged);
    }

    #[test]
    fn depth_is_bounded() {
        let deep = "<a>".repeat(100_000);
        assert_eq!(walk(deep.as_bytes(), |_| Ok(())).unwrap_err().kind, FaultKind::Damaged);
    }
}
