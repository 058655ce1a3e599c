//! Whether anything in a PDF speaks against PDF/A-2b.
//!
//! What is looked at is what scanners write: the frame, the pages, their pictures and what places them.
//! Everything else (fonts, forms, annotations, scripts) is not judged but named, so that no file says of
//! itself what has not been looked at.

use std::collections::BTreeSet;

use lopdf::{Dictionary, Document, Object, ObjectId, Stream};

use super::operators::{self, INTENTS};
use super::{LARGEST, Obstacle, colours, is_among};

// The entries of what is looked at, by where they stand.
const CATALOG: &str = "Type Version Pages Metadata PageLabels PageMode PageLayout ViewerPreferences Lang \
    Outlines Dests";
const OUTLINE: &str = "Type Title Parent Prev Next First Last Count Dest C F SE";
const NODE: &str = "Type Parent Kids Count Resources MediaBox CropBox Rotate";
const PAGE: &str = "Type Parent LastModified Resources MediaBox CropBox BleedBox TrimBox ArtBox Contents \
    Rotate Group Annots UserUnit ID PZ Tabs";
const RESOURCES: &str = "ProcSet XObject ColorSpace ExtGState Font";
const IMAGE: &str = "Type Subtype Name Width Height ColorSpace BitsPerComponent Decode ImageMask Mask SMask \
    Matte Intent Interpolate Length Filter DecodeParms";
const FORM: &str = "Type Subtype Name FormType BBox Matrix Resources Group LastModified Length Filter \
    DecodeParms";
const GROUP: &str = "Type S CS I K";
const CONTENT: &str = "Length Filter DecodeParms";
const STATE: &str = "Type LW LC LJ ML D RI FL SM SA ca CA AIS OP op OPM";
/// How streams may be packed, as far as pictures packed so need no further look.
const PACKED: &str = "FlateDecode DCTDecode CCITTFaxDecode JBIG2Decode RunLengthDecode ASCII85Decode \
    ASCIIHexDecode";
/// The least and the greatest side of a page, in units (ISO 19005-2, 6.1.13).
const SIDES: std::ops::RangeInclusive<f32> = 3.0..=14_400.0;
/// How deep forms and bookmarks are followed.
const DEEPEST: usize = 32;

/// What speaks against it; nothing where it may be declared.
pub(super) fn obstacles(document: &Document) -> BTreeSet<Obstacle> {
    let mut look = Look { document, seen: BTreeSet::new(), found: BTreeSet::new() };
    look.whole();
    look.found
}

struct Look<'a> {
    document: &'a Document,
    /// Pictures, forms and nodes that have been looked at.
    seen: BTreeSet<ObjectId>,
    found: BTreeSet<Obstacle>,
}

impl<'a> Look<'a> {
    fn whole(&mut self) {
        if !self.document.version.starts_with("1.") {
            self.found.insert(Obstacle::Version);
        }
        let Ok(catalog) = self.document.catalog() else { return self.damaged() };
        self.only(catalog, CATALOG);
        if let Ok(version) = catalog.get(b"Version").and_then(Object::as_name)
            && !version.starts_with(b"1.")
        {
            self.found.insert(Obstacle::Version);
        }
        if let Ok(outlines) = catalog.get(b"Outlines") {
            self.outline(outlines, DEEPEST);
        }
        for id in self.document.get_pages().into_values() {
            self.page(id);
        }
    }

    fn damaged(&mut self) {
        self.found.insert(Obstacle::Damage);
    }

    /// What an object or what it refers to is, if it has not been looked at yet.
    fn once(&mut self, object: &'a Object) -> Option<&'a Object> {
        match self.document.dereference(object) {
            Ok((Some(id), _)) if !self.seen.insert(id) => None,
            Ok((_, object)) => Some(object),
            Err(_) => {
                self.damaged();
                None
            }
        }
    }

    /// The dictionary under a key.
    fn dictionary(&mut self, of: &'a Dictionary, key: &[u8]) -> Option<&'a Dictionary> {
        let (_, object) = self.document.dereference(of.get(key).ok()?).ok()?;
        let found = object.as_dict().ok();
        if found.is_none() {
            self.damaged();
        }
        found
    }

    /// Names the entries of a dictionary that are none of these.
    fn only(&mut self, dictionary: &Dictionary, known: &str) {
        for (key, _) in dictionary {
            if !is_among(known, key) {
                self.found.insert(Obstacle::Entry(format!("/{}", String::from_utf8_lossy(key))));
            }
        }
    }

    fn outline(&mut self, object: &'a Object, depth: usize) {
        let mut next = Some(object);
        while let Some(object) = next.take() {
            let Some(found) = self.once(object) else { return };
            let Ok(item) = found.as_dict() else { return self.damaged() };
            self.only(item, OUTLINE);
            match item.get(b"First") {
                Ok(_) if depth == 0 => self.damaged(),
                Ok(first) => self.outline(first, depth - 1),
                Err(_) => {}
            }
            next = item.get(b"Next").ok();
        }
    }

    fn page(&mut self, id: ObjectId) {
        let Ok(page) = self.document.get_dictionary(id) else { return self.damaged() };
        self.only(page, PAGE);
        let is_empty = |notes| {
            let notes = self.document.dereference(notes).and_then(|(_, notes)| notes.as_array());
            notes.is_ok_and(Vec::is_empty)
        };
        if page.get(b"Annots").is_ok_and(|notes| !is_empty(notes)) {
            self.found.insert(Obstacle::Entry("/Annots".to_owned()));
        }
        self.group(page);
        self.node(page);
        let mut content = Vec::new();
        for id in self.document.get_page_contents(id) {
            let Ok(stream) = self.document.get_object(id).and_then(Object::as_stream) else {
                return self.damaged();
            };
            self.only(&stream.dict, CONTENT);
            self.packing(stream);
            content.extend(self.content(stream, LARGEST.saturating_sub(content.len())));
            content.push(b'\n');
        }
        operators::obstacles(&content, &mut self.found);
    }

    /// The operators of a page's part or of a form, if they are no more bytes than that.
    fn content(&mut self, stream: &Stream, largest: usize) -> Vec<u8> {
        let content = stream.get_plain_content_with_limit(largest);
        if content.is_err() {
            self.damaged();
        }
        content.unwrap_or_default()
    }

    /// The colours in which a page or a form is mixed.
    fn group(&mut self, of: &'a Dictionary) {
        let Some(group) = self.dictionary(of, b"Group") else { return };
        self.only(group, GROUP);
        if let Ok(space) = group.get(b"CS") {
            self.colours(space);
        }
    }

    /// A page and what it inherits from.
    fn node(&mut self, page: &'a Dictionary) {
        let (mut node, mut sizes, mut depth) = (page, 0, 0);
        loop {
            if let Some(resources) = self.dictionary(node, b"Resources") {
                self.resources(resources, DEEPEST);
            }
            for key in [b"MediaBox".as_slice(), b"CropBox"] {
                if let Ok(of) = node.get(key) {
                    sizes += usize::from(key == b"MediaBox");
                    self.size(of);
                }
            }
            depth += 1;
            let parent = node.get(b"Parent").and_then(|parent| self.document.dereference(parent));
            let Ok((_, parent)) = parent else { break };
            match parent.as_dict() {
                Ok(parent) if depth < DEEPEST => node = parent,
                _ => return self.damaged(),
            }
            self.only(node, NODE);
        }
        if sizes == 0 {
            self.damaged();
        }
    }

    fn size(&mut self, of: &Object) {
        let numbers = || -> Option<Vec<f32>> {
            let (_, numbers) = self.document.dereference(of).ok()?;
            let number = |object| self.document.dereference(object).ok()?.1.as_float().ok();
            numbers.as_array().ok()?.iter().map(number).collect()
        };
        match numbers().as_deref() {
            Some([a, b, c, d]) if SIDES.contains(&(a - c).abs()) && SIDES.contains(&(b - d).abs()) => {}
            Some([..]) => {
                self.found.insert(Obstacle::Size);
            }
            None => self.damaged(),
        }
    }

    fn resources(&mut self, resources: &'a Dictionary, depth: usize) {
        self.only(resources, RESOURCES);
        if self.dictionary(resources, b"Font").is_some_and(|fonts| !fonts.is_empty()) {
            self.found.insert(Obstacle::Fonts);
        }
        if let Some(spaces) = self.dictionary(resources, b"ColorSpace") {
            spaces.iter().for_each(|(_, space)| self.colours(space));
        }
        if let Some(states) = self.dictionary(resources, b"ExtGState") {
            states.iter().for_each(|(_, state)| self.state(state));
        }
        if let Some(objects) = self.dictionary(resources, b"XObject") {
            objects.iter().for_each(|(_, object)| self.drawn(object, depth));
        }
    }

    fn colours(&mut self, space: &Object) {
        if !colours::are_told(self.document, space) {
            self.found.insert(Obstacle::Colours);
        }
    }

    /// A graphics state without what mixes colours.
    fn state(&mut self, state: &'a Object) {
        let Some(state) = self.once(state) else { return };
        let Ok(state) = state.as_dict() else { return self.damaged() };
        self.only(state, STATE);
        self.intent(state, b"RI");
    }

    fn intent(&mut self, of: &Dictionary, key: &[u8]) {
        if of.get(key).is_ok_and(|intent| !intent.as_name().is_ok_and(|name| is_among(INTENTS, name))) {
            self.damaged();
        }
    }

    /// A picture or a form.
    fn drawn(&mut self, object: &'a Object, depth: usize) {
        let Some(object) = self.once(object) else { return };
        let Ok(stream) = object.as_stream() else { return self.damaged() };
        self.packing(stream);
        match stream.dict.get(b"Subtype").and_then(Object::as_name) {
            Ok(b"Image") => self.picture(stream, depth),
            Ok(b"Form") if depth > 0 => self.form(stream, depth - 1),
            _ => self.damaged(),
        }
    }

    fn form(&mut self, form: &'a Stream, depth: usize) {
        self.only(&form.dict, FORM);
        self.group(&form.dict);
        let content = self.content(form, LARGEST);
        operators::obstacles(&content, &mut self.found);
        if let Some(resources) = self.dictionary(&form.dict, b"Resources") {
            self.resources(resources, depth);
        }
    }

    fn picture(&mut self, picture: &'a Stream, depth: usize) {
        let dictionary = &picture.dict;
        self.only(dictionary, IMAGE);
        self.intent(dictionary, b"Intent");
        if dictionary.get(b"Interpolate").is_ok_and(|object| !matches!(object.as_bool(), Ok(false))) {
            self.found.insert(Obstacle::Entry("/Interpolate".to_owned()));
        }
        if let Ok(space) = dictionary.get(b"ColorSpace") {
            self.colours(space);
        }
        for key in [b"Mask".as_slice(), b"SMask"] {
            let Ok(mask) = dictionary.get(key) else { continue };
            // A mask may also be a range of colours.
            match self.document.dereference(mask) {
                Ok((_, Object::Stream(_))) if depth > 0 => self.drawn(mask, depth - 1),
                Ok((_, Object::Array(_))) => {}
                _ => self.damaged(),
            }
        }
    }

    fn packing(&mut self, stream: &Stream) {
        let filters = match stream.dict.has(b"Filter") {
            true => stream.filters(),
            false => Ok(Vec::new()),
        };
        let Ok(filters) = filters else { return self.damaged() };
        for filter in filters.into_iter().filter(|filter| !is_among(PACKED, filter)) {
            self.found.insert(Obstacle::Packing(format!("/{}", String::from_utf8_lossy(filter))));
        }
    }
}
