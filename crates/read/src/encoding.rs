//! Text in the encodings of Chinese offices: UTF-8, UTF-16 with a mark, GB18030 and what it contains.

use std::io::{self, Read};

use encoding_rs::{DecoderResult, Encoding, GB18030, GBK, UTF_8};

/// How much is read at once.
const CHUNK: usize = 64 * 1024;
/// How many bytes the encoding is guessed from, if it is not UTF-8.
const GUESSED: usize = 4 * 1024 * 1024;

/// A text may have so many stray control characters at least, and one in so many bytes: broken exports
/// have them, other kinds of file have many more.
const STRAYS: usize = 1;
const A_STRAY_IN: usize = 512;

/// The first byte that stands in a character of GB 2312.
const GB2312: u8 = 0xA1;

/// After so many faults a text that has more faults than damage explains is in another encoding.
const A_LOT: usize = 100;

/// How long the mark of an encoding is at most, in bytes.
const LONGEST_MARK: u64 = 3;

/// The encoding that a mark at the beginning states, and the length of the mark in bytes.
pub(crate) fn marked(head: &[u8]) -> Option<(&'static Encoding, usize)> {
    Encoding::for_bom(head)
}

/// UTF-8 or GB18030 if hardly anything of it is damaged as such, else what its bytes look most like;
/// `open` begins from the beginning. GBK and GB2312 are read as GB18030, which contains them.
///
/// # Errors
/// What reading says.
pub(crate) fn encoding_of<R: Read>(mut open: impl FnMut() -> io::Result<R>) -> io::Result<&'static Encoding> {
    let utf8 = Soundness::of(open()?, UTF_8)?;
    if utf8.hardly_damaged() {
        return Ok(UTF_8);
    }
    let guessed = guess(open()?)?;
    if guessed == GBK {
        return Ok(GB18030);
    }
    // Guessing takes no encoding for possible in which a single byte is damaged.
    let chinese = Soundness::of(open()?, GB18030)?;
    let better = guessed.is_single_byte() || Soundness::of(open()?, guessed)?.faults >= chinese.faults;
    Ok(if better && chinese.hardly_damaged() && chinese.in_pairs() { GB18030 } else { guessed })
}

/// A text with so many characters beyond ASCII for each fault is damaged rather than in another encoding.
const SOUND_A_FAULT: usize = 20;

/// How well a text reads in an encoding.
#[derive(Default)]
struct Soundness {
    /// Bytes that are no characters.
    faults: usize,
    /// Characters beyond ASCII.
    foreign: usize,
    /// Bytes of which everyday Chinese (GB 2312) has two for each character, other encodings fewer.
    high: usize,
}

impl Soundness {
    fn of(mut file: impl Read, encoding: &'static Encoding) -> io::Result<Soundness> {
        let mut decoder = encoding.new_decoder_without_bom_handling();
        let mut chunk = vec![0; CHUNK];
        let mut text = String::with_capacity(3 * CHUNK);
        let mut found = Soundness::default();
        loop {
            let read = file.read(&mut chunk)?;
            let last = read == 0;
            found.high += chunk[..read].iter().filter(|byte| **byte >= GB2312).count();
            let mut rest = &chunk[..read];
            loop {
                text.clear();
                let (result, taken) = decoder.decode_to_string_without_replacement(rest, &mut text, last);
                rest = &rest[taken..];
                if !text.is_ascii() {
                    found.foreign += text.chars().filter(|c| !c.is_ascii()).count();
                }
                match result {
                    DecoderResult::InputEmpty => break,
                    DecoderResult::OutputFull => {}
                    DecoderResult::Malformed(..) => found.faults += 1,
                }
            }
            // What is in another encoding shows soon.
            if last || found.faults > A_LOT && !found.hardly_damaged() {
                return Ok(found);
            }
        }
    }

    fn hardly_damaged(&self) -> bool {
        self.faults * SOUND_A_FAULT <= self.foreign
    }

    /// Whether nearly all characters beyond ASCII are two bytes of GB 2312.
    fn in_pairs(&self) -> bool {
        self.high * SOUND_A_FAULT >= 2 * self.foreign * (SOUND_A_FAULT - 1)
    }
}

/// What a text that is read to UTF-8 piece by piece is in: as its mark says, or else as it looks.
///
/// # Errors
/// What reading says.
pub(crate) fn marked_or_guessed<R: Read>(
    mut open: impl FnMut() -> io::Result<R>,
) -> io::Result<&'static Encoding> {
    let mut head = Vec::new();
    open()?.take(LONGEST_MARK).read_to_end(&mut head)?;
    match marked(&head) {
        Some((encoding, _)) => Ok(encoding),
        None => encoding_of(open),
    }
}

/// All of some bytes as text.
pub(crate) fn decode(bytes: &[u8]) -> String {
    let (encoding, mark) = match marked(bytes) {
        Some(marked) => marked,
        // Reading from memory cannot fail.
        None => (encoding_of(|| Ok(bytes)).unwrap_or(UTF_8), 0),
    };
    encoding.decode_without_bom_handling(&bytes[mark..]).0.replace(is_control, "")
}

/// Whether a character is none that a text has: a terminal might take it for an order.
pub(crate) fn is_control(character: char) -> bool {
    matches!(character, '\0'..='\u{1F}' | '\u{7F}') && !matches!(character, '\t' | '\n' | '\r' | '\u{C}')
}

/// The beginning of a file as text, if it is text: in UTF-16 with a mark, or with hardly any control
/// characters. A character that is cut off at the end does not count.
pub(crate) fn text_of(head: &[u8]) -> Option<String> {
    let head = match marked(head) {
        Some((encoding, mark)) if encoding == UTF_8 => &head[mark..],
        Some((encoding, mark)) => {
            return Some(encoding.decode_without_bom_handling(&head[mark..]).0.into_owned());
        }
        None => head,
    };
    let strays = head.iter().filter(|byte| is_control(char::from(**byte))).count();
    if strays > STRAYS.max(head.len() / A_STRAY_IN) {
        return None;
    }
    let whole = [UTF_8, GB18030].into_iter().find_map(|encoding| {
        let mut text = String::with_capacity(3 * head.len());
        let mut decoder = encoding.new_decoder_without_bom_handling();
        let (result, _) = decoder.decode_to_string_without_replacement(head, &mut text, false);
        matches!(result, DecoderResult::InputEmpty).then_some(text)
    });
    // What has hardly any control characters is text, even if some of it is in no encoding at all.
    Some(whole.unwrap_or_else(|| decode(head)))
}

/// Transcodes what it reads to UTF-8, piece by piece.
pub(crate) struct Utf8<R> {
    inner: R,
    decoder: encoding_rs::Decoder,
    raw: Vec<u8>,
    text: Vec<u8>,
    given: usize,
    ended: bool,
}

impl<R: Read> Utf8<R> {
    pub fn new(inner: R, encoding: &'static Encoding) -> Utf8<R> {
        let decoder = encoding.new_decoder_with_bom_removal();
        Utf8 { inner, decoder, raw: vec![0; CHUNK], text: Vec::new(), given: 0, ended: false }
    }

    fn refill(&mut self) -> io::Result<()> {
        let read = self.inner.read(&mut self.raw)?;
        self.ended = read == 0;
        let room = self.decoder.max_utf8_buffer_length(read).unwrap_or(4 * CHUNK);
        self.text.resize(room, 0);
        let (_, _, written, _) = self.decoder.decode_to_utf8(&self.raw[..read], &mut self.text, self.ended);
        self.text.truncate(written);
        self.given = 0;
        Ok(())
    }
}

impl<R: Read> Read for Utf8<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.given == self.text.len() && !self.ended {
            self.refill()?;
        }
        let count = buffer.len().min(self.text.len() - self.given);
        buffer[..count].copy_from_slice(&self.text[self.given..self.given + count]);
        self.given += count;
        Ok(count)
    }
}

/// What a file looks like from its first byte that is not ASCII on; guessing is slow, and the rest
/// of a large file would not change it.
fn guess(mut file: impl Read) -> io::Result<&'static Encoding> {
    let mut detector = chardetng::EncodingDetector::new(chardetng::Iso2022JpDetection::Deny);
    let mut chunk = vec![0; CHUNK];
    let mut fed = 0;
    loop {
        let read = file.read(&mut chunk)?;
        let bytes = &chunk[..read];
        if fed > 0 || read == 0 || !bytes.is_ascii() {
            fed += read;
            detector.feed(bytes, read == 0);
        }
        if read == 0 || fed >= GUESSED {
            return Ok(detector.guess(Some(b"cn"), chardetng::Utf8Detection::Deny));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_become_text_whatever_the_encoding() {
        let text = "来信人：赵大勇，房屋拆迁补偿未到。";
        let utf16 = |mark: [u8; 2], bytes: fn(u16) -> [u8; 2]| {
            [mark.to_vec(), text.encode_utf16().flat_map(bytes).collect()].concat()
        };
        for bytes in [
            text.as_bytes().to_vec(),
            [b"\xEF\xBB\xBF", text.as_bytes()].concat(),
            GB18030.encode(text).0.into_owned(),
            utf16([0xFF, 0xFE], u16::to_le_bytes),
            utf16([0xFE, 0xFF], u16::to_be_bytes),
        ] {
            assert_eq!(decode(&bytes), text);
            assert_eq!(text_of(&bytes).as_deref(), Some(text));
        }
    }

    #[test]
    fn transcoding_piece_by_piece_changes_nothing() {
        let text = "信访编号\t内容\r\n".repeat(10_000);
        let bytes: Vec<u8> =
            [0xFF, 0xFE].into_iter().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect();
        let mut read = String::new();
        Utf8::new(&bytes[..], encoding_rs::UTF_16LE).read_to_string(&mut read).unwrap();
        assert_eq!(read, text);
    }

    #[test]
    fn what_is_cut_within_a_character_is_text_still() {
        let bytes = "拆迁补偿".as_bytes();
        assert_eq!(text_of(&bytes[..bytes.len() - 1]).as_deref(), Some("拆迁补"));
        let marked = [b"\xEF\xBB\xBF", &bytes[..bytes.len() - 1]].concat();
        assert_eq!(text_of(&marked).as_deref(), Some("拆迁补"));
        assert_eq!(text_of(b"\x00\x01\x02"), None);
    }

    #[test]
    fn a_damaged_byte_makes_no_other_encoding() {
        let text = "测001,赵大勇,村道失修三年，请派人查看\n".repeat(30);
        for encoding in [UTF_8, GB18030] {
            let sound = encoding.encode(&text).0.into_owned();
            for byte in [0xFF, 0x80, b'x'] {
                // Within a character, as a broken transfer leaves it.
                let mut bytes = sound.clone();
                let at = 400 + bytes[400..].iter().position(|byte| !byte.is_ascii()).unwrap() + 1;
                bytes[at] = byte;
                assert_eq!(encoding_of(|| Ok(&bytes[..])).unwrap(), encoding, "{} {byte:x}", encoding.name());
            }
        }
    }

    #[test]
    fn another_encoding_is_no_damaged_chinese() {
        let text =
            "Les réclamations de l’été dernier sont restées sans réponse, à ce qu’on dit.\n".repeat(30);
        let bytes = encoding_rs::WINDOWS_1252.encode(&text).0.into_owned();
        assert_eq!(encoding_of(|| Ok(&bytes[..])).unwrap(), encoding_rs::WINDOWS_1252);
    }
}
