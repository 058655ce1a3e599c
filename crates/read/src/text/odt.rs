//! OpenDocument text (ISO/IEC 26300): the body with its pictures; tracked changes and annotations do
//! not count.

use dossier_model::{Fault, FaultKind, Note, NoteKind};

use super::{Pages, TextPage};
use crate::package::{CONTENT, Package};
use crate::xml::{Xml, walk, walk_without};

/// A row of blanks counts as no more than a line of them: a document may ask for millions.
const MOST_BLANKS: usize = 80;
/// Elements whose contents are no part of the text.
const SILENT: [&str; 3] = ["tracked-changes", "annotation", "binary-data"];

/// The pages as the program that saved the document last laid them out.
pub(super) fn pages(mut package: Package, notes: &mut Vec<Note>) -> Result<Vec<TextPage>, Fault> {
    if is_encrypted(&mut package)? {
        return Err(Fault::new(FaultKind::Encrypted, ""));
    }
    let mut pages = Pages::default();
    let mut in_body = false;
    let mut embedded = 0;
    walk_without(&SILENT, package.part(CONTENT)?, |event| {
        match event {
            Xml::Open(element) => match element.name().as_str() {
                "body" => in_body = true,
                "tab" => pages.push("\t"),
                "s" => {
                    let count = element.attribute("c").and_then(|count| count.parse().ok()).unwrap_or(1);
                    pages.push(&" ".repeat(count.min(MOST_BLANKS)));
                }
                "line-break" => pages.line(),
                "soft-page-break" => pages.page(),
                "image" => match element.attribute("href") {
                    Some(name) if is_within(&name) => {
                        pages.picture(name.trim_start_matches("./").to_owned());
                    }
                    Some(_) => {}
                    // A flat document has its pictures in the midst of its text.
                    None => embedded += 1,
                },
                _ => {}
            },
            Xml::Close(name) => match name {
                "p" | "h" | "table-row" => pages.line(),
                "table-cell" => pages.cell(),
                _ => {}
            },
            Xml::Text(text) if in_body => pages.push(text.trim_matches('\n')),
            Xml::Text(_) => {}
        }
        Ok(())
    })?;
    if embedded > 0 {
        notes.push(NoteKind::Pictures.of(embedded));
    }
    Ok(pages.finish())
}

/// Whether a picture is part of the document, not one that it only points to.
fn is_within(href: &str) -> bool {
    !href.contains("://") && !href.starts_with('#')
}

/// Whether the list of its parts says that they are encrypted (ISO/IEC 26300-3, 4.4).
fn is_encrypted(package: &mut Package) -> Result<bool, Fault> {
    let mut encrypted = false;
    if let Some(list) = package.optional("META-INF/manifest.xml")? {
        walk(list, |event| {
            encrypted |= matches!(event, Xml::Open(element) if element.name() == "encryption-data");
            Ok(())
        })?;
    }
    Ok(encrypted)
}
