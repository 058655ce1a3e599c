//! Born-digital pages: text in an embedded subset of a font, whose ToUnicode table tells the
//! truth or leads to private-use characters.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use lopdf::{Dictionary, Object, ObjectId, Stream, StringFormat, dictionary};
use subsetter::GlyphRemapper;

use super::Writer;
use crate::fonts::Fonts;
use crate::layout::{Mark, PAGE, PageLayout, TextMark};
use crate::letter::FaceName;
use crate::{Error, Result};

/// What the ToUnicode table says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ToUnicode {
    /// The characters that are drawn.
    Right,
    /// Private-use characters, as from a font made for one document.
    Private,
}

/// The characters of one face that the pages need, and their glyphs in the subset.
struct Subset {
    object: ObjectId,
    glyphs: BTreeMap<char, u16>,
}

/// A PDF whose pages are text.
///
/// # Errors
/// When a font lacks a character or cannot be subset.
pub fn write(pages: &[PageLayout], fonts: &Fonts, meaning: ToUnicode) -> Result<Vec<u8>> {
    let mut writer = Writer::new();
    let mut subsets = BTreeMap::new();
    for face in [FaceName::Ming, FaceName::Kai, FaceName::Hei] {
        let used: String =
            texts(pages).filter(|mark| mark.face == face).map(|mark| mark.text.as_str()).collect();
        if !used.is_empty() {
            subsets.insert(face, embed(&mut writer, face, &used, fonts, meaning)?);
        }
    }
    for page in pages {
        let mut names = Dictionary::new();
        for (face, subset) in &subsets {
            names.set(format!("F{}", *face as u8), subset.object);
        }
        writer.page(content(page, &subsets), dictionary! { "Font" => names })?;
    }
    writer.finish()
}

fn texts(pages: &[PageLayout]) -> impl Iterator<Item = &TextMark> {
    pages.iter().flat_map(|page| &page.marks).filter_map(|mark| match mark {
        Mark::Text(text) => Some(text),
        _ => None,
    })
}

fn content(page: &PageLayout, subsets: &BTreeMap<FaceName, Subset>) -> Vec<u8> {
    let mut content = String::new();
    for mark in &page.marks {
        let Mark::Text(mark) = mark else { continue };
        let Some(subset) = subsets.get(&mark.face) else { continue };
        let codes: String = mark
            .text
            .chars()
            .filter_map(|c| subset.glyphs.get(&c))
            .map(|code| format!("{code:04x}"))
            .collect();
        // The baseline lies 0.88 em below the top of the em square.
        let y = PAGE.1 - mark.y - 0.88 * mark.size;
        let face = mark.face as u8;
        // Writing to a string cannot fail.
        writeln!(content, "BT /F{face} {} Tf 1 0 0 1 {:.2} {y:.2} Tm <{codes}> Tj ET", mark.size, mark.x)
            .unwrap_or_default();
    }
    content.into_bytes()
}

fn embed(
    writer: &mut Writer,
    face: FaceName,
    used: &str,
    fonts: &Fonts,
    meaning: ToUnicode,
) -> Result<Subset> {
    let mut remapper = GlyphRemapper::new();
    let mut glyphs = BTreeMap::new();
    for c in used.chars().collect::<BTreeSet<char>>() {
        glyphs.insert(c, remapper.remap(fonts.glyph(face, c)?.0));
    }
    let data = subsetter::subset(fonts.face(face).as_slice(), 0, &remapper)
        .map_err(|cause| Error::encode("a font", cause))?;
    let length = dictionary! { "Length1" => data.len() as i64 };
    let file = compressed(writer, length, data)?;
    let name = format!("DOSSIE+{face:?}");
    let descriptor = writer.document.add_object(descriptor(&name, file));
    let descendant = descendant(&name, descriptor, widths(&glyphs, face, fonts));
    let descendant = writer.document.add_object(descendant);
    let cmap = compressed(writer, dictionary! {}, to_unicode(&glyphs, meaning).into_bytes())?;
    let object = writer.document.add_object(dictionary! {
        "Type" => "Font",
        "Subtype" => "Type0",
        "BaseFont" => Object::Name(name.into_bytes()),
        "Encoding" => "Identity-H",
        "DescendantFonts" => vec![descendant.into()],
        "ToUnicode" => cmap,
    });
    Ok(Subset { object, glyphs })
}

fn compressed(writer: &mut Writer, head: Dictionary, data: Vec<u8>) -> Result<ObjectId> {
    let mut stream = Stream::new(head, data);
    stream.compress().map_err(|cause| Error::encode("a font", cause))?;
    Ok(writer.document.add_object(stream))
}

fn descendant(name: &str, descriptor: ObjectId, widths: Vec<Object>) -> Dictionary {
    let literal = |text: &str| Object::String(text.as_bytes().to_vec(), StringFormat::Literal);
    dictionary! {
        "Type" => "Font",
        "Subtype" => "CIDFontType2",
        "BaseFont" => Object::Name(name.as_bytes().to_vec()),
        "CIDSystemInfo" => dictionary! {
            "Registry" => literal("Adobe"),
            "Ordering" => literal("Identity"),
            "Supplement" => 0,
        },
        "FontDescriptor" => descriptor,
        "DW" => 1000,
        "W" => widths,
        "CIDToGIDMap" => "Identity",
    }
}

fn descriptor(name: &str, file: ObjectId) -> Dictionary {
    dictionary! {
        "Type" => "FontDescriptor",
        "FontName" => Object::Name(name.as_bytes().to_vec()),
        "Flags" => 4,
        "FontBBox" => vec![0.into(), (-200).into(), 1000.into(), 900.into()],
        "ItalicAngle" => 0,
        "Ascent" => 880,
        "Descent" => -120,
        "CapHeight" => 700,
        "StemV" => 80,
        "FontFile2" => file,
    }
}

/// The widths of the subset's glyphs, one by one.
fn widths(glyphs: &BTreeMap<char, u16>, face: FaceName, fonts: &Fonts) -> Vec<Object> {
    let mut by_code: Vec<(u16, f32)> =
        glyphs.iter().map(|(c, code)| (*code, fonts.advance(face, *c) * 1000.0)).collect();
    by_code.sort_by_key(|(code, _)| *code);
    by_code.into_iter().flat_map(|(code, width)| [code.into(), vec![Object::Real(width)].into()]).collect()
}

fn to_unicode(glyphs: &BTreeMap<char, u16>, meaning: ToUnicode) -> String {
    let mut by_code: Vec<(u16, char)> = glyphs.iter().map(|(c, code)| (*code, *c)).collect();
    by_code.sort_unstable();
    let entries: Vec<String> = by_code
        .into_iter()
        .map(|(code, c)| match meaning {
            ToUnicode::Right => {
                let mut units = [0; 2];
                let hex: String =
                    c.encode_utf16(&mut units).iter().map(|unit| format!("{unit:04x}")).collect();
                format!("<{code:04x}> <{hex}>")
            }
            ToUnicode::Private => format!("<{code:04x}> <{:04x}>", 0xe000 + u32::from(code)),
        })
        .collect();
    // A table may hold at most a hundred entries in one block.
    let blocks: String = entries
        .chunks(100)
        .map(|block| format!("{} beginbfchar\n{}\nendbfchar\n", block.len(), block.join("\n")))
        .collect();
    format!(
        "/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n\
         /CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def\n\
         /CMapName /Adobe-Identity-UCS def\n/CMapType 2 def\n\
         1 begincodespacerange\n<0000> <ffff>\nendcodespacerange\n{blocks}\
         endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend\n"
    )
}
