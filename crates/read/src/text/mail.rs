//! E-mail messages (RFC 5322, MIME): the letter is the body; what is attached are files of their own.

use dossier_model::{Fault, FaultKind};
use mail_parser::{Addr, Message, MessageParser, MimeHeaders, PartType};

use crate::hypertext;

/// The letter as it reads: who, to whom, when, about what, and the body.
///
/// # Errors
/// `Damaged` when it is no message.
pub(super) fn letter(bytes: &[u8]) -> Result<String, Fault> {
    let message = parse(bytes)?;
    let people = |address: Option<&mail_parser::Address<'_>>| {
        let all = address.into_iter().flat_map(|address| address.iter().map(person));
        all.collect::<Vec<_>>().join("、")
    };
    let date = message.date().map(|date| {
        format!("{}年{}月{}日 {:02}:{:02}", date.year, date.month, date.day, date.hour, date.minute)
    });
    let mut text = String::new();
    for (label, value) in [
        ("发件人", people(message.from())),
        ("收件人", people(message.to())),
        ("发送时间", date.unwrap_or_default()),
        ("主题", message.subject().unwrap_or_default().to_owned()),
    ] {
        if !value.trim().is_empty() {
            text.push_str(&format!("{label}：{}\n", value.trim()));
        }
    }
    text.push('\n');
    text.push_str(&body(&message));
    Ok(text)
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
    let message = parse(bytes)?;
    let attached = message.attachments().map(|part| {
        let (name, bytes) = match &part.body {
            // A forwarded message is a message.
            PartType::Message(inner) => {
                (inner.subject().map(|subject| format!("{subject}.eml")), inner.raw_message())
            }
            _ => (part.attachment_name().map(str::to_owned), part.contents()),
        };
        Attachment { name: name.unwrap_or_default(), bytes: bytes.to_owned() }
    });
    Ok(attached.collect())
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

/// The text parts; of one that comes as hypertext alone, its text.
fn body(message: &Message<'_>) -> String {
    let texts = message.text_bodies().filter_map(|part| match &part.body {
        PartType::Text(text) => Some(text.replace("\r\n", "\n")),
        PartType::Html(html) => Some(hypertext::plain(html)),
        _ => None,
    });
    texts.collect::<Vec<_>>().join("\n")
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
}
