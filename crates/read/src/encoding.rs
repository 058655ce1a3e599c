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

/// How long the mark of an encoding is at most, in bytes.
const LONGEST_MARK: u64 = 3;

/// The encoding that a mark at the beginning states, and the length of the mark in bytes.
pub(crate) fn marked(head: &[u8]) -> Option<(&'static Encoding, usize)> {
    Encoding::for_bom(head)
}

/// UTF-8 if all of it is, else what its bytes look most like; `open` begins from the beginning.
/// GBK and GB2312 are read as GB18030, which contains them.
///
/// # Errors
/// What reading says.
pub(crate) fn encoding_of<R: Read>(mut open: impl FnMut() -> io::Result<R>) -> io::Result<&'static Encoding> {
    if is_utf8(open()?)? {
        return Ok(UTF_8);
    }
    let guessed = guess(open()?)?;
    Ok(if guessed == GBK { GB18030 } else { guessed })
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

fn is_utf8(mut file: impl Read) -> io::Result<bool> {
    let mut decoder = UTF_8.new_decoder_without_bom_handling();
    let mut chunk = vec![0; CHUNK];
    let mut text = String::with_capacity(3 * CHUNK);
    loop {
        let read = file.read(&mut chunk)?;
        text.clear();
        let last = read == 0;
        let (result, _) = decoder.decode_to_string_without_replacement(&chunk[..read], &mut text, last);
        if !matches!(result, DecoderResult::InputEmpty) {
            return Ok(false);
        }
        if last {
            return Ok(true);
        }
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
}
