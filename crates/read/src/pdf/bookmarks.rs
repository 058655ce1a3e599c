//! Bookmarks of a document (ISO 32000-1, 12.3.3): the first level of its outline, by the page that each
//! leads to.

use std::collections::{HashMap, HashSet};

use hayro::hayro_syntax::Pdf;
use hayro::hayro_syntax::object::{Array, Dict, MaybeRef, Object, ObjectIdentifier, String as PdfString};

use super::tree::catalog;

/// More than so many are not looked at; a damaged outline may be endless.
const MOST: usize = 20_000;
/// No sane tree of names is deeper.
const MAX_DEPTH: usize = 32;

/// The title of the first bookmark that leads to each page, by the page's place among those that can be
/// loaded. An outline with one entry on its first level is that of its second: the one is the file's title.
pub(super) fn bookmarks(pdf: &Pdf) -> HashMap<usize, String> {
    let outline = catalog(pdf).and_then(|root| root.get::<Dict<'_>>(b"Outlines"));
    let Some(outline) = outline else { return HashMap::new() };
    let places: HashMap<ObjectIdentifier, usize> = pdf
        .pages()
        .iter()
        .enumerate()
        .filter_map(|(place, page)| Some((page.raw().obj_id()?, place)))
        .collect();
    let mut entries = entries(&outline);
    if let [only] = entries.as_slice() {
        let below = self::entries(only);
        if !below.is_empty() {
            entries = below;
        }
    }
    let mut bookmarks = HashMap::new();
    for entry in entries {
        let title = entry.get::<PdfString<'_>>(b"Title").map(|title| crate::encoding::decode(&title));
        if let (Some(title), Some(place)) = (title, target(pdf, &entry, &places)) {
            bookmarks.entry(place).or_insert(title);
        }
    }
    bookmarks
}

/// The entries right below one of an outline.
fn entries<'a>(parent: &Dict<'a>) -> Vec<Dict<'a>> {
    let mut seen = HashSet::new();
    let mut entries = Vec::new();
    let mut next = parent.get::<Dict<'a>>(b"First");
    while let Some(entry) = next.filter(|entry| entry.obj_id().is_none_or(|id| seen.insert(id))) {
        next = entry.get::<Dict<'a>>(b"Next").filter(|_| entries.len() < MOST);
        entries.push(entry);
    }
    entries
}

/// Where an entry leads: its destination, or that of its action.
fn target(pdf: &Pdf, entry: &Dict<'_>, places: &HashMap<ObjectIdentifier, usize>) -> Option<usize> {
    let destination =
        entry.get::<Object<'_>>(b"Dest").or_else(|| entry.get::<Dict<'_>>(b"A")?.get::<Object<'_>>(b"D"))?;
    let array = match destination {
        Object::Array(array) => array,
        Object::String(name) => named(pdf, &name)?,
        Object::Name(name) => named(pdf, &name)?,
        _ => return None,
    };
    let MaybeRef::Ref(page) = array.raw_iter().next()? else { return None };
    places.get(&page.into()).copied()
}

/// The destination that is called so, in the catalog's tree of names or in its older dictionary.
fn named<'a>(pdf: &'a Pdf, name: &[u8]) -> Option<Array<'a>> {
    let root = catalog(pdf)?;
    let older = root.get::<Dict<'a>>(b"Dests").and_then(|names| names.get::<Object<'a>>(name));
    let found = older.or_else(|| {
        let tree = root.get::<Dict<'a>>(b"Names")?.get::<Dict<'a>>(b"Dests")?;
        in_tree(&tree, name, 0)
    })?;
    match found {
        Object::Array(array) => Some(array),
        Object::Dict(dict) => dict.get::<Array<'a>>(b"D"),
        _ => None,
    }
}

fn in_tree<'a>(node: &Dict<'a>, name: &[u8], depth: usize) -> Option<Object<'a>> {
    if let Some(names) = node.get::<Array<'a>>(b"Names") {
        // Keys and values stand in turn.
        let mut both = names.iter::<Object<'a>>();
        while let (Some(key), Some(value)) = (both.next(), both.next()) {
            if matches!(key, Object::String(key) if &*key == name) {
                return Some(value);
            }
        }
    }
    let kids = node.get::<Array<'a>>(b"Kids").filter(|_| depth < MAX_DEPTH)?;
    kids.iter::<Dict<'a>>().find_map(|kid| within(&kid, name).then(|| in_tree(&kid, name, depth + 1))?)
}

/// Whether a node's limits let a name be below it; a node without any may hold everything.
fn within(node: &Dict<'_>, name: &[u8]) -> bool {
    let Some(limits) = node.get::<Array<'_>>(b"Limits") else { return true };
    let limits: Vec<PdfString<'_>> = limits.iter().collect();
    let [least, greatest] = limits.as_slice() else { return true };
    (&**least..=&**greatest).contains(&name)
}
