//! The operators of a page: those that scanners write, and whatever is none of them.

use std::collections::BTreeSet;

use super::{Obstacle, is_among};

/// Operators that need no more than numbers and names: the graphics state, paths, grey and RGB, pictures
/// and forms, marks (ISO 32000-1, annex A).
const KNOWN: &str = "q Q cm w J j M d i gs ri m l c v y h re S s f F f* B B* b b* n W W* g G rg RG cs CS sc \
    SC scn SCN Do BMC EMC MP";
/// Those of text.
const TEXT: &str = "BT ET Tf Tj TJ Td TD Tm T* Tc Tw Tz TL Tr Ts";
/// Those of colours by their inks.
const INKS: &str = "k K";
/// How a colour is fitted to what the device has (ISO 32000-1, 8.6.5.8).
pub(super) const INTENTS: &str = "AbsoluteColorimetric RelativeColorimetric Saturation Perceptual";
/// How deep states may be kept (ISO 19005-2, 6.1.13), less the one that the text is put behind.
const DEPTH: usize = 27;

/// What in a content stream speaks against PDF/A. It is read as strictly as it is written: what is neither
/// a number nor a name nor an operator that is known is something else.
pub(super) fn obstacles(content: &[u8], found: &mut BTreeSet<Obstacle>) {
    let (mut depth, mut has_text, mut has_more) = (0_usize, false, false);
    let mut name: &[u8] = b"";
    let parts = content.split(|byte| byte.is_ascii_whitespace() || matches!(byte, 0 | b'[' | b']'));
    for part in parts.flat_map(names_apart).filter(|part| !part.is_empty()) {
        if let [b'/', own @ ..] = part {
            name = own;
            continue;
        }
        match part {
            b"q" => depth += 1,
            b"Q" => depth = depth.saturating_sub(1),
            b"cs" | b"CS" if matches!(name, b"DeviceCMYK" | b"Pattern") => {
                found.insert(Obstacle::Colours);
            }
            b"ri" if !is_among(INTENTS, name) => {
                found.insert(Obstacle::Damage);
            }
            _ if is_among(INKS, part) => {
                found.insert(Obstacle::Colours);
            }
            _ if is_among(TEXT, part) => has_text = true,
            _ => has_more |= !is_among(KNOWN, part) && !is_number(part),
        }
        if depth > DEPTH {
            found.insert(Obstacle::Damage);
        }
    }
    // Strings among the operators are what is written with the fonts.
    match (has_text, has_more) {
        (true, _) => found.insert(Obstacle::Fonts),
        (false, true) => found.insert(Obstacle::Drawing),
        (false, false) => false,
    };
}

/// A part where a name begins without white space before it.
fn names_apart(part: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = part;
    std::iter::from_fn(move || {
        let end = rest.iter().skip(1).position(|byte| *byte == b'/').map_or(rest.len(), |at| at + 1);
        let (first, after) = rest.split_at(end);
        rest = after;
        (!first.is_empty()).then_some(first)
    })
}

/// A number as the format writes it, no larger than it may be.
fn is_number(part: &[u8]) -> bool {
    let plain = part.iter().all(|byte| byte.is_ascii_digit() || matches!(byte, b'+' | b'-' | b'.'));
    let number = || std::str::from_utf8(part).ok()?.parse::<f64>().ok();
    plain && number().is_some_and(|number| number.abs() <= f64::from(i32::MAX))
}
