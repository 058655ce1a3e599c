//! E-mail messages (RFC 5322, MIME): the letter is the body; what is attached are files of their own.

use dossier_model::{Fault, FaultKind};
use mail_parser::{Addr, Encoding, Message, MessageParser, MessagePart, MimeHeaders, PartType};

use crate::{encoding, hypertext};

/// Stands where bytes are no text.
const REPLACEMENT: char = char::REPLACEMENT_CHARACTER;

/// The letter as it reads: who, to whom, when, about what, and the body.
///
/// # Errors
/// `Damaged` when it is no message.
pub(super) fn letter(bytes: &[u8]) -> Result<String, Fault> {
    let mut pieces = pieces(bytes)?;
    // Old programs write what they have without saying what it is in.
    if pieces.iter().any(|(_, piece)| piece.contains(REPLACEMENT)) {
        let transcoded = self::pieces(encoding::decode(bytes).as_bytes())?;
        for ((_, piece), (_, other)) in pieces.iter_mut().zip(transcoded) {
            if piece.contains(REPLACEMENT) && !other.contains(REPLACEMENT) {
                *piece = other;
            }
        }
    }
    let mut text = String::new();
    for (label, piece) in pieces {
        match label {
            Some(_) if piece.trim().is_empty() => {}
            Some(label) => text.push_str(&format!("{label}：{}\n", piece.trim())),
            None => text.push_str(&format!("\n{piece}")),
        }
    }
    Ok(text)
}

/// The pieces of a letter, in order: those of the header with their labels, then the text parts; of one
/// that comes as hypertext alone, its text.
fn pieces(bytes: &[u8]) -> Result<Vec<(Option<&'static str>, String)>, Fault> {
    let bytes = shallow(bytes);
    let message = parse(&bytes)?;
    let people = |address: Option<&mail_parser::Address<'_>>| {
        let all = address.into_iter().flat_map(|address| address.iter().map(person));
        all.collect::<Vec<_>>().join("、")
    };
    let date = message.date().map(|date| {
        format!("{}年{}月{}日 {:02}:{:02}", date.year, date.month, date.day, date.hour, date.minute)
    });
    let mut pieces = vec![
        (Some("发件人"), people(message.from())),
        (Some("收件人"), people(message.to())),
        (Some("发送时间"), date.unwrap_or_default()),
        (Some("主题"), message.subject().unwrap_or_default().to_owned()),
    ];
    pieces.extend(message.text_bodies().filter_map(|part| match &part.body {
        PartType::Text(text) => Some((None, text.replace("\r\n", "\n"))),
        PartType::Html(html) => Some((None, hypertext::plain(html))),
        _ => None,
    }));
    Ok(pieces)
}

/// A file attached to a message.
pub(crate) struct Attachment {
    /// Its name; may be empty.
    pub name: String,
    /// Its content.
    pub bytes: Vec<u8>,
}

/// The files attached to a message, in their order.
///
/// # Errors
/// `Damaged` when it is no message.
pub(super) fn attachments(bytes: &[u8]) -> Result<Vec<Attachment>, Fault> {
    let shallow = shallow(bytes);
    let message = parse(&shallow)?;
    let attached = message.attachments().map(|part| {
        let whole = part.raw_body_offset() as usize..part.raw_end_offset() as usize;
        let content = match part.encoding {
            // As it stands in the message, not as it was made shallow.
            Encoding::None => bytes.get(whole).unwrap_or_else(|| part.contents()),
            _ => part.contents(),
        };
        let name = part.attachment_name().map(str::to_owned);
        let name = name.or_else(|| is_message(part).then(|| subject_name(content)).flatten());
        Attachment { name: name.unwrap_or_default(), bytes: content.to_owned() }
    });
    Ok(attached.collect())
}

/// The message with the messages within it made files like any other, each byte in its place: they are
/// opened as such, as deep as a container may stand in others. A parser that followed them by itself
/// would come to no end where a hostile one has a million.
fn shallow(bytes: &[u8]) -> Vec<u8> {
    let mut shallow = bytes.to_vec();
    let mut in_content_type = false;
    for line in shallow.split_mut(|byte| *byte == b'\n') {
        let continued = line.first().is_some_and(|byte| matches!(byte, b' ' | b'\t'));
        in_content_type = starts_with(line, b"content-type") || continued && in_content_type;
        if in_content_type {
            replace(line, b"message/", INNER);
            replace(line, b"multipart/digest", b"multipart/x-many");
        }
    }
    shallow
}

/// What is put for the first word of a message's type.
const INNER: &[u8; 8] = b"x-inner/";

fn is_message(part: &MessagePart<'_>) -> bool {
    part.content_type().is_some_and(|kind| INNER.starts_with(kind.ctype().as_bytes()))
}

/// A forwarded message is known by what it is about.
fn subject_name(message: &[u8]) -> Option<String> {
    let message = MessageParser::default().parse_headers(message)?;
    message.subject().map(|subject| format!("{subject}.eml"))
}

fn starts_with(line: &[u8], word: &[u8]) -> bool {
    line.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word))
}

/// Replaces a word wherever it stands, in large letters or small, by one of the same length.
fn replace<const N: usize>(line: &mut [u8], word: &[u8; N], by: &[u8; N]) {
    for at in 0..(line.len() + 1).saturating_sub(N) {
        if starts_with(&line[at..], word) {
            line[at..at + N].copy_from_slice(by);
        }
    }
}

fn parse(bytes: &[u8]) -> Result<Message<'_>, Fault> {
    MessageParser::default().parse(bytes).ok_or_else(|| Fault::new(FaultKind::Damaged, "no message"))
}

fn person(address: &Addr<'_>) -> String {
    match (address.name(), address.address()) {
        (Some(name), Some(address)) => format!("{name} <{address}>"),
        (name, address) => name.or(address).unwrap_or_default().to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MESSAGE: &str = "From: =?GB2312?B?1dS089PC?= <zhao@example.test>\r\nTo: xf@example.test\r\n\
        Date: Mon, 04 Mar 2024 09:30:00 +0800\r\nSubject: =?UTF-8?B?5oiR5p2R6YGT6Lev5aSx5L+u?=\r\n\
        MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\
        Content-Type: text/html; charset=utf-8\r\n\r\n<p>村道三年失修。</p>\r\n--b\r\n\
        Content-Type: text/csv; name=a.csv\r\nContent-Disposition: attachment; filename=a.csv\r\n\
        Content-Transfer-Encoding: base64\r\n\r\nYSxiCjEsMgo=\r\n--b--\r\n";

    #[test]
    fn a_message_reads_as_a_letter() {
        let letter = letter(MESSAGE.as_bytes()).unwrap();
        assert_eq!(
            letter.trim(),
            "发件人：赵大勇 <zhao@example.test>\n收件人：xf@example.test\n发送时间：2024年3月4日 09:30\n\
             主题：我村道路失修\n\n村道三年失修。"
        );
    }

    #[test]
    fn what_is_attached_comes_out_as_it_was() {
        let attached = attachments(MESSAGE.as_bytes()).unwrap();
        assert_eq!(attached.len(), 1);
        assert_eq!((attached[0].name.as_str(), &attached[0].bytes[..]), ("a.csv", &b"a,b\n1,2\n"[..]));
    }
    #[test]
    fn messages_in_no_stated_encoding_read_too() {
        let text = "From: 赵大勇 <zhao@example.test>\r\nTo: xf@example.test\r\nSubject: 道路失修\r\n\r\n村道三年失修。\r\n";
        let bytes = encoding_rs::GB18030.encode(text).0;
        let letter = letter(&bytes).unwrap();
        assert!(letter.contains("主题：道路失修") && letter.contains("村道三年失修。"), "{letter}");
    }

    #[test]
    fn messages_within_messages_are_files_however_many() {
        let deep = [
            b"From: a@example.test\r\n".to_vec(),
            b"Content-Type: message/rfc822\r\n\r\n".repeat(100_000),
            b"Subject: end\r\n\r\nx".to_vec(),
        ]
        .concat();
        assert_eq!(attachments(&deep).unwrap().len(), 1);
        let forwarded = format!(
            "From: a@example.test\r\nContent-Type: multipart/mixed; boundary=o\r\n\r\n--o\r\n\
             Content-Type: Message/RFC822\r\n\r\n{MESSAGE}\r\n--o--\r\n"
        );
        let attached = attachments(forwarded.as_bytes()).unwrap();
        assert_eq!(attached.len(), 1);
        assert_eq!(attached[0].name, "我村道路失修.eml");
        assert_eq!(attached[0].bytes, MESSAGE.as_bytes(), "as it was sent");
    }
}
