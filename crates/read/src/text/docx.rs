//! WordprocessingML (ISO/IEC 29500-1, clause 17): the document's body, its notes, its pictures.
//! What was deleted with changes tracked does not count, and of alternative renderings the first does.

use std::collections::HashMap;

use dossier_model::{Fault, Note, NoteKind};

use super::{Pages, TextPage};
use crate::package::Package;
use crate::xml::{Xml, walk, walk_without};

/// Elements whose contents are no part of the text.
const SILENT: [&str; 5] = ["Fallback", "del", "moveFrom", "instrText", "delText"];

/// The pages as the program that saved the document last laid them out.
pub(super) fn pages(mut package: Package, notes: &mut Vec<Note>) -> Result<Vec<TextPage>, Fault> {
    let main = main_part(&mut package)?;
    let folder = main.rsplit_once('/').map_or("", |(folder, _)| folder).to_owned();
    let pictures = pictures(&mut package, &main, &folder)?;
    let mut pages = Pages::default();
    read(&mut package, &main, &pictures, &mut pages)?;
    for part in ["footnotes.xml", "endnotes.xml"] {
        let name = format!("{folder}/{part}");
        if package.optional(&name)?.is_some() {
            pages.line();
            read(&mut package, &name, &HashMap::new(), &mut pages)?;
        }
    }
    notes.extend(not_read(&package));
    Ok(pages.finish())
}

/// What stands beside the text.
fn not_read(package: &Package) -> Vec<Note> {
    let has = |start: &str| package.names().any(|name| name.starts_with(start));
    let files: Vec<String> = package.names().filter(|name| name.starts_with("word/embeddings/")).collect();
    let mut notes: Vec<Note> = files.iter().map(|name| NoteKind::Attachment.of(name)).collect();
    if has("word/header") || has("word/footer") {
        notes.push(NoteKind::PageHeaders.of(""));
    }
    if has("word/comments.xml") {
        notes.push(NoteKind::Comments.of(""));
    }
    notes
}

/// The part that the package's relationships call its document.
fn main_part(package: &mut Package) -> Result<String, Fault> {
    let mut main = None;
    if let Some(relations) = package.optional("_rels/.rels")? {
        walk(relations, |event| {
            if let Xml::Open(element) = event
                && element.attribute("Type").is_some_and(|kind| kind.ends_with("/officeDocument"))
            {
                main = element.attribute("Target").map(|target| target.trim_start_matches('/').to_owned());
            }
            Ok(())
        })?;
    }
    Ok(main.unwrap_or_else(|| "word/document.xml".to_owned()))
}

/// The names of the pictures by the ids under which the document's part refers to them.
fn pictures(package: &mut Package, main: &str, folder: &str) -> Result<HashMap<String, String>, Fault> {
    let file = main.rsplit('/').next().unwrap_or(main);
    let mut pictures = HashMap::new();
    if let Some(relations) = package.optional(&format!("{folder}/_rels/{file}.rels"))? {
        walk(relations, |event| {
            if let Xml::Open(element) = event
                && element.attribute("Type").is_some_and(|kind| kind.ends_with("/image"))
                && element.attribute("TargetMode").as_deref() != Some("External")
                && let (Some(id), Some(target)) = (element.attribute("Id"), element.attribute("Target"))
            {
                let name = target.strip_prefix('/').map_or(format!("{folder}/{target}"), str::to_owned);
                pictures.insert(id, name);
            }
            Ok(())
        })?;
    }
    Ok(pictures)
}

fn read(
    package: &mut Package,
    part: &str,
    pictures: &HashMap<String, String>,
    pages: &mut Pages,
) -> Result<(), Fault> {
    let mut in_text = false;
    walk_without(&SILENT, package.part(part)?, |event| {
        match event {
            Xml::Open(element) => match element.name().as_str() {
                "t" => in_text = true,
                "tab" | "ptab" => pages.push("\t"),
                "noBreakHyphen" => pages.push("-"),
                "cr" => pages.line(),
                "br" if element.attribute("type").as_deref() == Some("page") => pages.page(),
                "br" => pages.line(),
                "lastRenderedPageBreak" => pages.page(),
                "blip" | "imagedata" => {
                    let id = element.attribute("embed").or_else(|| element.attribute("id"));
                    if let Some(name) = id.and_then(|id| pictures.get(&id)) {
                        pages.picture(name.clone());
                    }
                }
                _ => {}
            },
            Xml::Close(name) => match name {
                "t" => in_text = false,
                "p" | "tr" => pages.line(),
                "tc" => pages.cell(),
                _ => {}
            },
            Xml::Text(text) if in_text => pages.push(text),
            Xml::Text(_) => {}
        }
        Ok(())
    })
}
