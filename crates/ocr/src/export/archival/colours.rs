//! Colour spaces that the output intent or their own profile tells the meaning of.

use lopdf::{Document, Object, Stream};

use super::{LARGEST, is_among};

/// The entries of a profile's stream.
const ENTRIES: &str = "N Alternate Range Length Filter DecodeParms";

/// Where an ICC profile (ISO 15076-1, 7.2) has its version, its class, its colours and its signature.
const VERSION: usize = 8;
const CLASS: usize = 12;
const COLOURS: usize = 16;
const SIGNATURE: usize = 36;
/// How long its head is.
const HEAD: usize = 128;
/// How often a space may be of another one: indexed colours of a calibrated space.
const DEPTH: usize = 3;

/// Whether an object is such a colour space.
pub(super) fn are_told(document: &Document, space: &Object) -> bool {
    told(document, space, DEPTH)
}

fn told(document: &Document, space: &Object, depth: usize) -> bool {
    let Ok((_, space)) = document.dereference(space) else { return false };
    if let Ok(name) = space.as_name() {
        return matches!(name, b"DeviceGray" | b"DeviceRGB");
    }
    let Ok([family, rest @ ..]) = space.as_array().map(Vec::as_slice) else { return false };
    match (family.as_name(), rest) {
        (Ok(b"DeviceGray" | b"DeviceRGB"), []) => true,
        (Ok(b"CalGray" | b"CalRGB" | b"Lab"), [_]) => true,
        (Ok(b"ICCBased"), [profile]) => has_profile(document, profile),
        (Ok(b"Indexed"), [base, _, _]) if depth > 0 => told(document, base, depth - 1),
        _ => false,
    }
}

/// Whether a stream is a profile of grey or RGB that the standard knows.
fn has_profile(document: &Document, stream: &Object) -> bool {
    let Ok((_, stream)) = document.dereference(stream) else { return false };
    let Ok(stream) = stream.as_stream() else { return false };
    let Ok(profile) = stream.get_plain_content_with_limit(LARGEST) else { return false };
    let colours: &[u8] = match stream.dict.get(b"N").and_then(Object::as_i64) {
        Ok(1) => b"GRAY",
        Ok(3) => b"RGB ",
        _ => return false,
    };
    is_plain(stream)
        && profile.len() >= HEAD
        && matches!(profile[VERSION], 2..=4)
        && matches!(&profile[CLASS..CLASS + 4], b"scnr" | b"mntr" | b"prtr" | b"spac")
        && &profile[COLOURS..COLOURS + 4] == colours
        && &profile[SIGNATURE..SIGNATURE + 4] == b"acsp"
}

/// Whether a stream has nothing but its content and what that means, packed as everybody packs it.
fn is_plain(stream: &Stream) -> bool {
    let packed = stream.filters().unwrap_or_default();
    packed.into_iter().all(|filter| filter == b"FlateDecode")
        && stream.dict.iter().all(|(key, _)| is_among(ENTRIES, key))
}
