//! OpenDocument text (ISO/IEC 26300): the body with its pictures; tracked changes and annotations do
//! not count.

use dossier_model::Fault;

use super::{Pages, TextPage};
use crate::package::Package;
use crate::xml::{Xml, walk};

const SILENT: [&str; 2] = ["tracked-changes", "annotation"];

/// The pages as the program that saved the document last laid them out.
pub(super) fn pages(mut package: Package) -> Result<Vec<TextPage>, Fault> {
    let mut pages = Pages::default();
    let (mut silent, mut in_body) = (0_usize, false);
    walk(package.part("content.xml")?, |event| {
        match event {
            Xml::Open(element) => {
                let name = element.name();
                if silent > 0 || SILENT.contains(&name.as_str()) {
                    silent += 1;
                    return Ok(());
                }
                match name.as_str() {
                    "body" => in_body = true,
                    "tab" => pages.push("\t"),
                    "s" => {
                        let count = element.attribute("c").and_then(|count| count.parse().ok()).unwrap_or(1);
                        pages.push(&" ".repeat(count.min(80)));
                    }
                    "line-break" => pages.line(),
                    "soft-page-break" => pages.page(),
                    "image" => pages.pictures_of(element.attribute("href")),
                    _ => {}
                }
            }
            Xml::Close(_) if silent > 0 => silent -= 1,
            Xml::Close(name) => match name {
                "p" | "h" | "table-row" => pages.line(),
                "table-cell" => pages.cell(),
                _ => {}
            },
            Xml::Text(text) if in_body && silent == 0 => pages.push(text.trim_matches('\n')),
            Xml::Text(_) => {}
        }
        Ok(())
    })?;
    Ok(pages.finish())
}

impl Pages {
    /// A picture that is part of the document, not one that it only points to.
    fn pictures_of(&mut self, href: Option<String>) {
        if let Some(name) = href.filter(|name| !name.contains("://") && !name.starts_with('#')) {
            self.picture(name.trim_start_matches("./").to_owned());
        }
    }
}
