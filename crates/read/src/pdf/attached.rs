//! Files attached to a document (ISO 32000-1, 7.11.4): their names, from the name tree.

use std::collections::HashSet;

use hayro::hayro_syntax::Pdf;
use hayro::hayro_syntax::object::{Array, Dict, MaybeRef, ObjectIdentifier, String as PdfString};

use super::tree::catalog;

/// No sane tree is deeper.
const MAX_DEPTH: usize = 32;
/// More than so many are not named one by one.
const MAX_NAMES: usize = 1000;

pub(super) fn names(pdf: &Pdf) -> Vec<String> {
    let tree = catalog(pdf)
        .and_then(|root| root.get::<Dict<'_>>(b"Names"))
        .and_then(|names| names.get::<Dict<'_>>(b"EmbeddedFiles"));
    let mut names = Vec::new();
    if let Some(tree) = tree {
        collect(pdf, &tree, &mut HashSet::new(), 0, &mut names);
    }
    names
}

fn collect(
    pdf: &Pdf,
    node: &Dict<'_>,
    visited: &mut HashSet<ObjectIdentifier>,
    depth: usize,
    names: &mut Vec<String>,
) {
    // Keys and files stand in turn.
    let pairs = node.get::<Array<'_>>(b"Names");
    let files = pairs.iter().flat_map(|pairs| pairs.raw_iter()).skip(1).step_by(2);
    for file in files.take(MAX_NAMES.saturating_sub(names.len())) {
        let file = match file {
            MaybeRef::Ref(reference) => pdf.xref().get::<Dict<'_>>(reference.into()),
            MaybeRef::NotRef(object) => object.into_dict(),
        };
        let name = file.and_then(|file| {
            let name = file.get::<PdfString<'_>>(b"UF").or_else(|| file.get::<PdfString<'_>>(b"F"))?;
            Some(text(&name))
        });
        names.push(name.unwrap_or_else(|| "?".to_owned()));
    }
    let Some(kids) = node.get::<Array<'_>>(b"Kids").filter(|_| depth < MAX_DEPTH) else { return };
    for kid in kids.raw_iter() {
        let kid = match kid {
            MaybeRef::Ref(reference) if !visited.insert(reference.into()) => continue,
            MaybeRef::Ref(reference) => pdf.xref().get::<Dict<'_>>(reference.into()),
            MaybeRef::NotRef(object) => object.into_dict(),
        };
        if let Some(kid) = kid {
            collect(pdf, &kid, visited, depth + 1, names);
        }
    }
}

/// A text string: UTF-16 with a mark, or bytes as they look.
fn text(name: &[u8]) -> String {
    crate::encoding::decode(name)
}
