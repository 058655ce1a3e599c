//! A font that draws nothing: invisible text needs one whose characters can be told apart, not seen.
//!
//! One empty glyph stands for every character. A character identifier is given to each character
//! of a document in order of appearance, and the `ToUnicode` map says which it is, so that copying
//! and searching do not depend on what fonts the viewer has (ISO 32000-1, 9.7.4 and 9.10.3).

use std::collections::HashMap;

use lopdf::{Dictionary, Document, Object, ObjectId, Stream, dictionary};

/// Glyphs have this em, and are all one em wide.
const EM: u16 = 1000;
/// The name it goes by.
const NAME: &str = "DossierGlyphless";
/// Identifiers have two bytes, and 0 is no character.
const MOST: usize = 0xFFFF;

/// The characters of a document that have an identifier.
#[derive(Default)]
pub(super) struct Characters {
    known: HashMap<char, u16>,
    order: Vec<char>,
}

impl Characters {
    /// A text as a hexadecimal string of identifiers, and how many there are. Beyond 65,535
    /// different characters, more than any language has, further ones are left out.
    pub fn encode(&mut self, text: &str) -> (String, usize) {
        let ids: Vec<u16> = text.chars().filter_map(|c| self.id(c)).collect();
        (ids.iter().map(|id| format!("{id:04X}")).collect(), ids.len())
    }

    fn id(&mut self, c: char) -> Option<u16> {
        if let Some(id) = self.known.get(&c) {
            return Some(*id);
        }
        let id = u16::try_from(self.order.len() + 1).ok().filter(|_| self.order.len() < MOST)?;
        self.order.push(c);
        self.known.insert(c, id);
        Some(id)
    }

    /// Adds the font to a document, as the object with this number.
    pub fn put_font(&self, document: &mut Document, id: ObjectId) {
        let program =
            document.add_object(packed(dictionary! { "Length1" => program().len() as i64 }, program()));
        let descriptor = document.add_object(dictionary! {
            "Type" => "FontDescriptor",
            "FontName" => NAME,
            // Symbolic: its characters are none of the standard Latin set.
            "Flags" => 4,
            "FontBBox" => vec![0.into(), 0.into(), i64::from(EM).into(), i64::from(EM).into()],
            "ItalicAngle" => 0,
            "Ascent" => i64::from(EM),
            "Descent" => 0,
            "CapHeight" => i64::from(EM),
            "StemV" => 80,
            "FontFile2" => program,
        });
        let glyphs = [0, 0].into_iter().chain(self.order.iter().flat_map(|_| [0, 1])).collect();
        let glyphs = document.add_object(packed(Dictionary::new(), glyphs));
        let descendant = document.add_object(dictionary! {
            "Type" => "Font",
            "Subtype" => "CIDFontType2",
            "BaseFont" => NAME,
            "CIDSystemInfo" => dictionary! {
                "Registry" => Object::string_literal("Adobe"),
                "Ordering" => Object::string_literal("Identity"),
                "Supplement" => 0,
            },
            "FontDescriptor" => descriptor,
            "DW" => i64::from(EM),
            "CIDToGIDMap" => glyphs,
        });
        let to_unicode = document.add_object(packed(Dictionary::new(), self.to_unicode().into_bytes()));
        let font = dictionary! {
            "Type" => "Font",
            "Subtype" => "Type0",
            "BaseFont" => NAME,
            "Encoding" => "Identity-H",
            "DescendantFonts" => vec![descendant.into()],
            "ToUnicode" => to_unicode,
        };
        document.objects.insert(id, font.into());
    }

    fn to_unicode(&self) -> String {
        let mut map = String::from(
            "/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n\
             /CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def\n\
             /CMapName /Adobe-Identity-UCS def\n/CMapType 2 def\n\
             1 begincodespacerange\n<0000> <FFFF>\nendcodespacerange\n",
        );
        let entries: Vec<(usize, &char)> = (1..).zip(&self.order).collect();
        // A block holds at most 100 entries.
        for block in entries.chunks(100) {
            map += &format!("{} beginbfchar\n", block.len());
            for (id, c) in block {
                let units: String =
                    c.encode_utf16(&mut [0; 2]).iter().map(|unit| format!("{unit:04X}")).collect();
                map += &format!("<{id:04X}> <{units}>\n");
            }
            map += "endbfchar\n";
        }
        map + "endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend\n"
    }
}

fn packed(head: Dictionary, bytes: Vec<u8>) -> Stream {
    let mut stream = Stream::new(head, bytes);
    // Where compressing gains nothing the stream stays as it is, which is as good.
    if stream.compress().is_err() {
        stream.allows_compression = false;
    }
    stream
}

/// The font file (OpenType 1.9 with TrueType outlines): two glyphs without outlines.
fn program() -> Vec<u8> {
    let em = EM.to_be_bytes();
    let words = |words: &[u16]| words.iter().flat_map(|word| word.to_be_bytes()).collect::<Vec<u8>>();
    // Version 1.0, revision 1.0, checksum adjustment 0, the magic number; then flags and the em; no
    // dates; the box; style, smallest size, direction, short offsets, format.
    let mut head = words(&[1, 0, 1, 0, 0, 0, 0x5F0F, 0x3CF5, 3, EM]);
    head.extend([0; 16]);
    head.extend(words(&[0, 0, EM, EM, 0, 8, 2, 0, 0]));
    // Version, ascent, descent, gap, widest; ten zeros and the format; both glyphs have a width.
    let hhea = words(&[1, 0, EM, 0, 0, EM, 0, 0, EM, 1, 0, 0, 0, 0, 0, 0, 0, 2]);
    let maxp = words(&[1, 0, 2, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0]);
    let hmtx = [em[0], em[1], 0, 0].repeat(2);
    // Symbols are looked up from U+F000 on; nothing is found there but the empty glyph.
    let cmap =
        words(&[0, 1, 3, 0, 0, 12, 4, 32, 0, 4, 4, 1, 0, 0xF000, 0xFFFF, 0, 0xF000, 0xFFFF, 0x1001, 1, 0, 0]);
    let post = [words(&[3, 0]), vec![0; 28]].concat();
    let tables: [(&[u8; 4], Vec<u8>); 8] = [
        (b"cmap", cmap),
        (b"glyf", vec![0; 4]),
        (b"head", head),
        (b"hhea", hhea),
        (b"hmtx", hmtx),
        (b"loca", vec![0; 6]),
        (b"maxp", maxp),
        (b"post", post),
    ];
    file(&tables)
}

/// The table directory, and the tables at multiples of four bytes.
fn file(tables: &[(&[u8; 4], Vec<u8>)]) -> Vec<u8> {
    let count = tables.len() as u16;
    let mut bytes = 0x0001_0000_u32.to_be_bytes().to_vec();
    // Search range, entry selector and range shift for eight tables.
    for word in [count, 128, 3, count * 16 - 128] {
        bytes.extend(word.to_be_bytes());
    }
    let mut offset = bytes.len() + 16 * tables.len();
    for (tag, table) in tables {
        bytes.extend(*tag);
        for number in [checksum(table), offset as u32, table.len() as u32] {
            bytes.extend(number.to_be_bytes());
        }
        offset += table.len().next_multiple_of(4);
    }
    for (_, table) in tables {
        bytes.extend(table);
        bytes.resize(bytes.len().next_multiple_of(4), 0);
    }
    bytes
}

fn checksum(table: &[u8]) -> u32 {
    let word = |bytes: &[u8]| {
        let mut word = [0; 4];
        word[..bytes.len()].copy_from_slice(bytes);
        u32::from_be_bytes(word)
    };
    table.chunks(4).map(word).fold(0, u32::wrapping_add)
}

#[cfg(test)]
mod tests {
    use ab_glyph::{Font, FontRef};

    use super::*;

    #[test]
    fn the_font_is_one_and_draws_nothing() {
        let program = program();
        let font = FontRef::try_from_slice(&program).unwrap();
        assert_eq!((font.glyph_count(), font.units_per_em()), (2, Some(1000.0)));
        assert_eq!(font.h_advance_unscaled(ab_glyph::GlyphId(1)), 1000.0);
        assert!(font.outline(ab_glyph::GlyphId(1)).is_none());
    }

    #[test]
    fn characters_beyond_the_first_plane_are_pairs_of_units() {
        let mut characters = Characters::default();
        assert_eq!(characters.encode("甲𠀀甲"), ("000100020001".to_owned(), 3));
        let map = characters.to_unicode();
        assert!(map.contains("<0001> <7532>\n<0002> <D840DC00>\n"), "{map}");
    }
}
