//! Text in XML 1.0.

/// The text with the five predefined entities, and without the characters that XML 1.0 §2.2 does
/// not allow, which a PDF's own text may hold.
pub(super) fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '&' => escaped.push_str("&amp;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&apos;"),
            '\t' | '\n' | '\r' => escaped.push(c),
            '\u{0}'..='\u{1F}' | '\u{FFFE}' | '\u{FFFF}' => {}
            c => escaped.push(c),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_xml_does_not_allow_is_left_out() {
        assert_eq!(escaped("a<b & \"c\"\u{0}\u{8}\u{FFFF}'𠀀"), "a&lt;b &amp; &quot;c&quot;&apos;𠀀");
    }
}
