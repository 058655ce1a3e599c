//! Which pages a document speaks of, whether or not they can be loaded.
//!
//! The reader leaves out what it cannot load, so a damaged file would just look shorter. Here the
//! page tree's leaves are counted, loadable or not, and a file that was cut off owns up to at
//! least one lost page.

use std::collections::HashSet;

use dossier_model::{Fault, FaultKind};
use hayro::hayro_syntax::Pdf;
use hayro::hayro_syntax::object::{Array, Dict, MaybeRef, Name, ObjectIdentifier, Stream};
use hayro::hayro_syntax::page::Page;

/// No sane tree is deeper; a damaged one may be endless.
const MAX_DEPTH: usize = 64;

/// For each page that the document speaks of, its index among `pdf.pages()`, or `None`.
///
/// # Errors
/// `TooLarge` when there are more than `limit`.
pub(super) fn pages(pdf: &Pdf, ends_early: bool, limit: u32) -> Result<Vec<Option<usize>>, Fault> {
    let loaded = pdf.pages().len();
    let mut leaves = Vec::new();
    if let Some(root) = root(pdf) {
        count_leaves(pdf, &root, &mut HashSet::new(), 0, &mut leaves);
    }
    // Where the reader found its pages another way than through the tree, believe the reader.
    let mut pages: Vec<Option<usize>> = if leaves.iter().filter(|there| **there).count() == loaded {
        let mut next = 0..;
        leaves.into_iter().map(|there| if there { next.next() } else { None }).collect()
    } else {
        (0..loaded).map(Some).collect()
    };
    if ends_early && pages.iter().all(Option::is_some) {
        pages.push(None);
    }
    if pages.len() > limit as usize {
        return Err(Fault::new(FaultKind::TooLarge, format!("{} pages", pages.len())));
    }
    Ok(pages)
}

/// Whether the end-of-file mark is missing: the file was cut off.
pub(super) fn ends_early(bytes: &[u8]) -> bool {
    let tail = &bytes[bytes.len().saturating_sub(4096)..];
    !tail.windows(5).any(|window| window == b"%%EOF")
}

/// Whether a page has a content stream that cannot be decoded; a page without one is just blank.
pub(super) fn content_is_lost(page: &Page<'_>) -> bool {
    page.raw().contains_key(b"Contents") && page.page_stream().is_none_or(<[u8]>::is_empty) && {
        // An empty stream is no loss, an unreadable one is.
        page.raw().get::<Stream<'_>>(b"Contents").is_none_or(|stream| !stream.raw_data().is_empty())
    }
}

/// The document's catalog (ISO 32000-1, 7.7.2).
pub(super) fn catalog(pdf: &Pdf) -> Option<Dict<'_>> {
    let xref = pdf.xref();
    xref.get::<Dict<'_>>(xref.root_id())
}

fn root(pdf: &Pdf) -> Option<Dict<'_>> {
    catalog(pdf)?.get::<Dict<'_>>(b"Pages")
}

fn count_leaves(
    pdf: &Pdf,
    node: &Dict<'_>,
    visited: &mut HashSet<ObjectIdentifier>,
    depth: usize,
    leaves: &mut Vec<bool>,
) {
    let Some(kids) = node.get::<Array<'_>>(b"Kids").filter(|_| depth < MAX_DEPTH) else { return };
    for kid in kids.raw_iter() {
        let kid = match kid {
            MaybeRef::Ref(reference) => {
                if !visited.insert(reference.into()) {
                    continue;
                }
                pdf.xref().get::<Dict<'_>>(reference.into())
            }
            MaybeRef::NotRef(object) => object.into_dict(),
        };
        match kid {
            Some(kid) if kid.get::<Name<'_>>(b"Type").as_deref() == Some(b"Pages") => {
                count_leaves(pdf, &kid, visited, depth + 1, leaves);
            }
            leaf => leaves.push(leaf.is_some()),
        }
    }
}
