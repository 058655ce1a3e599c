//! The resolution that a picture states in its header, in pixels an inch.

/// As much of a file's start as the headers take.
pub(super) const HEAD: usize = 4096;

const METRES_AN_INCH: f32 = 0.0254;
const CENTIMETRES_AN_INCH: f32 = 2.54;

/// The horizontal resolution by JFIF, PNG's `pHYs` or the header of a bitmap; nothing where it is not
/// stated in absolute units.
pub(super) fn stated(head: &[u8]) -> Option<f32> {
    if head.starts_with(b"\xFF\xD8") {
        return jfif(head);
    }
    if head.starts_with(b"\x89PNG") {
        return png(head);
    }
    let per_metre = head.get(38..42).filter(|_| head.starts_with(b"BM"))?;
    let per_metre = u32::from_le_bytes(per_metre.try_into().ok()?);
    (per_metre > 0).then_some(per_metre as f32 * METRES_AN_INCH)
}

/// JFIF 1.02: after the mark come the version, the unit (1 inch, 2 centimetre) and the densities.
fn jfif(head: &[u8]) -> Option<f32> {
    let at = head.windows(5).position(|window| window == b"JFIF\0")? + 5;
    let [_, _, unit, high, low] = head.get(at..at + 5)?.try_into().ok()?;
    let density = f32::from(u16::from_be_bytes([high, low]));
    match unit {
        1 => Some(density),
        2 => Some(density * CENTIMETRES_AN_INCH),
        _ => None,
    }
}

/// PNG, 11.3.4.3: pixels per unit across and down, and whether the unit is the metre.
fn png(head: &[u8]) -> Option<f32> {
    let at = head.windows(4).position(|window| window == b"pHYs")? + 4;
    let across = u32::from_be_bytes(head.get(at..at + 4)?.try_into().ok()?);
    (head.get(at + 8) == Some(&1)).then_some(across as f32 * METRES_AN_INCH)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_state_a_resolution() {
        assert_eq!(stated(b"\xFF\xD8\xFF\xE0\0\x10JFIF\0\x01\x02\x01\x01\x2C\x01\x2C\0\0"), Some(300.0));
        assert_eq!(stated(b"\xFF\xD8\xFF\xE0\0\x10JFIF\0\x01\x02\x00\0\x01\0\x01\0\0"), None);
        let png = [
            b"\x89PNG\r\n\x1A\n....pHYs".as_slice(),
            &11811_u32.to_be_bytes(),
            &11811_u32.to_be_bytes(),
            &[1],
        ];
        assert_eq!(stated(&png.concat()).map(f32::round), Some(300.0));
        assert_eq!(stated(b"\xFF\xD8\xFF\xE0\0\x10JFIF\0\x01"), None, "cut off");
        assert_eq!(stated(b"GIF89a"), None);
    }
}
