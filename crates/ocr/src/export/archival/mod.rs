//! PDF/A-2b (ISO 19005-2): what a document needs in order to say that it is one, and whether it may.

mod colours;
mod examine;
mod operators;

use std::collections::BTreeSet;

use dossier_model::Lang;
use lopdf::{Dictionary, Document, Object, Stream, dictionary};
use moxcms::ColorProfile;
use sha2::{Digest, Sha256};

use super::ExportError;
use super::searchable::{inherited, structure};

/// The metadata (ISO 16684-1): part 2 of the standard, level B. Nothing of the file's name, which may tell of persons.
const METADATA: &str = "<?xpacket begin=\"\u{feff}\" id=\"W5M0MpCehiHzreSzNTczkc9d\"?>\n\
<x:xmpmeta xmlns:x=\"adobe:ns:meta/\">\n\
<rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\">\n\
<rdf:Description rdf:about=\"\" xmlns:pdfaid=\"http://www.aiim.org/pdfa/ns/id/\">\n\
<pdfaid:part>2</pdfaid:part>\n\
<pdfaid:conformance>B</pdfaid:conformance>\n\
</rdf:Description>\n\
</rdf:RDF>\n\
</x:xmpmeta>\n\
<?xpacket end=\"w\"?>";
/// What metadata have that say which part of the standard a file follows.
const CLAIM: &[u8] = b"http://www.aiim.org/pdfa/ns/id/";
/// So many bytes are looked through at most, of a page's operators or of another stream: what is packed may
/// be a thousand times as much.
const LARGEST: usize = 64 << 20;
/// The version of PDF that the standard builds on (ISO 32000-1).
const VERSION: &str = "1.7";

/// What a searchable PDF says of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Standing {
    /// That it is PDF/A-2b: nothing in it speaks against that.
    Declared,
    /// What the original says, which is PDF/A of some part.
    Kept,
    /// Nothing, because of what stands in the original.
    Undeclared(BTreeSet<Obstacle>),
}

impl Standing {
    /// What it is, for whoever made the PDF.
    pub fn said(&self, lang: Lang) -> String {
        match self {
            Standing::Declared => {
                lang.pick("the PDF is marked as PDF/A-2b", "所成 PDF 已标为 PDF/A-2b").to_owned()
            }
            Standing::Kept => lang
                .pick("the PDF keeps the original's mark of PDF/A", "所成 PDF 保留原件的 PDF/A 标记")
                .to_owned(),
            Standing::Undeclared(obstacles) => {
                let reasons: Vec<String> = obstacles.iter().map(|obstacle| obstacle.reason(lang)).collect();
                let not = lang.pick("the PDF is not marked as PDF/A: ", "所成 PDF 未标为 PDF/A：");
                format!("{not}{}", reasons.join(lang.pick("; ", "；")))
            }
        }
    }
}

/// Why a PDF does not say that it is PDF/A: not always that it may not be, but that it is not known.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Obstacle {
    /// Its version of PDF is later than the standard.
    Version,
    /// It has fonts.
    Fonts,
    /// Colours of which the output intent does not tell what they are.
    Colours,
    /// A stream is packed in a way that the standard forbids, or that is not looked into.
    Packing(String),
    /// An entry that only some kinds of PDF have: a form, an annotation, an action.
    Entry(String),
    /// Its pages are drawn with more than what places pictures and draws lines.
    Drawing,
    /// A page's sides are not between 3 and 14,400 units.
    Size,
    /// Something is not as the format has it.
    Damage,
}

impl Obstacle {
    /// What it is.
    pub fn reason(&self, lang: Lang) -> String {
        let (en, zh) = match self {
            Obstacle::Version => ("its version of PDF is later than 1.7", "PDF 版本晚于 1.7"),
            Obstacle::Fonts => ("it has fonts of its own", "自带字体"),
            Obstacle::Colours => {
                ("its colours are not grey or RGB (CMYK, spot colours)", "颜色不是灰度或 RGB（CMYK、专色等）")
            }
            Obstacle::Packing(filter) => return named(lang, "packed as", "压缩方式", filter),
            Obstacle::Entry(key) => return named(lang, "it has", "含有", key),
            Obstacle::Drawing => ("its pages hold more than pictures and lines", "页面不只有图像和线条"),
            Obstacle::Size => ("a page is too small or too large", "页面过小或过大"),
            Obstacle::Damage => ("a part of it is damaged", "部分结构有损"),
        };
        lang.pick(en, zh).to_owned()
    }
}

fn named(lang: Lang, en: &str, zh: &str, name: &str) -> String {
    format!("{} {name}", lang.pick(en, zh))
}

/// Has the document that some bytes are say that it is PDF/A-2b, unless it says so of some part already, or
/// something in it speaks against it.
pub(super) fn declare_if_so(document: &mut Document, bytes: &[u8]) -> Result<Standing, ExportError> {
    if claims(document)? {
        return Ok(Standing::Kept);
    }
    let obstacles = examine::obstacles(document);
    if !obstacles.is_empty() {
        return Ok(Standing::Undeclared(obstacles));
    }
    for page in document.get_pages().into_values() {
        if let Some(resources) = inherited(document, page, b"Resources")? {
            document.get_dictionary_mut(page).map_err(structure)?.set("Resources", resources);
        }
    }
    document.version = VERSION.to_owned();
    if !document.trailer.has(b"ID") {
        identify(document, &Sha256::digest(bytes));
    }
    declare(document)?;
    // What nothing refers to any more would still be held to the standard.
    document.prune_objects();
    Ok(Standing::Declared)
}

/// Gives a document the identifier that follows from a digest.
pub(super) fn identify(document: &mut Document, digest: &[u8]) {
    let id = Object::string_literal(&digest[..digest.len().min(16)]);
    document.trailer.set("ID", vec![id.clone(), id]);
}

/// Adds the metadata and the output intent.
pub(super) fn declare(document: &mut Document) -> Result<(), ExportError> {
    let intent = output_intent(document)?;
    let metadata = dictionary! { "Type" => "Metadata", "Subtype" => "XML" };
    // It is to be found by programs that know nothing of PDF.
    let metadata = document.add_object(Stream::new(metadata, METADATA.into()).with_compression(false));
    let catalog = document.catalog_mut().map_err(structure)?;
    catalog.set("Metadata", metadata);
    catalog.set("OutputIntents", vec![intent.into()]);
    Ok(())
}

/// Whether the document says of itself that it follows some part of the standard.
fn claims(document: &Document) -> Result<bool, ExportError> {
    let catalog = document.catalog().map_err(structure)?;
    let Ok((_, metadata)) = catalog.get(b"Metadata").and_then(|object| document.dereference(object)) else {
        return Ok(false);
    };
    let text = metadata.as_stream().and_then(|stream| stream.get_plain_content_with_limit(LARGEST));
    let text = text.unwrap_or_default();
    Ok(text.windows(CLAIM.len()).any(|part| part == CLAIM))
}

/// Whether a list of names, parted by blanks, has a name.
fn is_among(names: &str, name: &[u8]) -> bool {
    names.split(' ').any(|known| known.as_bytes() == name)
}

/// What the colours mean: those of sRGB.
fn output_intent(document: &mut Document) -> Result<Dictionary, ExportError> {
    let profile = ColorProfile::new_srgb().encode().map_err(structure)?;
    let mut profile = Stream::new(dictionary! { "N" => 3 }, profile);
    profile.compress().map_err(structure)?;
    let profile = document.add_object(profile);
    Ok(dictionary! {
        "Type" => "OutputIntent",
        "S" => "GTS_PDFA1",
        "OutputConditionIdentifier" => Object::string_literal("sRGB"),
        "Info" => Object::string_literal("sRGB IEC61966-2.1"),
        "DestOutputProfile" => profile,
    })
}

#[cfg(test)]
mod tests;
