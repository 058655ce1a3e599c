//! SHA-256, the name of a file's content and the stuff that ids are made of.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use sha2::Digest;

/// The SHA-256 of some bytes (FIPS 180-4), written as 64 lower-case hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Sha256([u8; 32]);

/// A text that is not 64 hexadecimal digits.
#[derive(Debug, thiserror::Error)]
#[error("`{0}` is not a SHA-256 of 64 hexadecimal digits")]
pub struct BadSha256(String);

const HEX: &[u8; 16] = b"0123456789abcdef";

impl Sha256 {
    /// The digest of `bytes`.
    pub fn of(bytes: &[u8]) -> Sha256 {
        Sha256(sha2::Sha256::digest(bytes).into())
    }

    /// The digest as bytes.
    pub fn bytes(&self) -> [u8; 32] {
        self.0
    }

    /// A finished digest, as a hasher gives it.
    pub fn from_bytes(bytes: [u8; 32]) -> Sha256 {
        Sha256(bytes)
    }
}

impl fmt::Display for Sha256 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = self.0.map(|byte| [byte >> 4, byte & 0xF].map(|digit| HEX[digit as usize]));
        f.pad(str::from_utf8(digits.as_flattened()).map_err(|_| fmt::Error)?)
    }
}

impl fmt::Debug for Sha256 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Sha256({self})")
    }
}

impl FromStr for Sha256 {
    type Err = BadSha256;

    fn from_str(text: &str) -> Result<Self, BadSha256> {
        let bad = || BadSha256(text.to_owned());
        if text.len() != 64 || !text.is_ascii() {
            return Err(bad());
        }
        let mut bytes = [0; 32];
        for (index, byte) in bytes.iter_mut().enumerate() {
            *byte = u8::from_str_radix(&text[index * 2..index * 2 + 2], 16).map_err(|_| bad())?;
        }
        Ok(Sha256(bytes))
    }
}

impl TryFrom<String> for Sha256 {
    type Error = BadSha256;

    fn try_from(text: String) -> Result<Self, BadSha256> {
        text.parse()
    }
}

impl From<Sha256> for String {
    fn from(digest: Sha256) -> String {
        digest.to_string()
    }
}

/// The first 16 hexadecimal digits of the SHA-256 of the pieces, which are kept apart by a
/// zero byte so that ("ab", "c") and ("a", "bc") differ. Ids of parts and items are such hashes.
pub fn short_hash(pieces: &[&str]) -> String {
    let mut hasher = sha2::Sha256::new();
    for piece in pieces {
        hasher.update(piece.as_bytes());
        hasher.update([0]);
    }
    let mut hex = Sha256(hasher.finalize().into()).to_string();
    hex.truncate(16);
    hex
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_digest_survives_writing_and_reading() {
        // The SHA-256 of "abc" is a test vector of FIPS 180-2.
        let digest = Sha256::of(b"abc");
        let hex = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(digest.to_string(), hex);
        assert_eq!(hex.parse::<Sha256>().unwrap(), digest);
        assert!("ba78".parse::<Sha256>().is_err());
    }

    #[test]
    fn pieces_of_a_hash_are_kept_apart() {
        assert_ne!(short_hash(&["ab", "c"]), short_hash(&["a", "bc"]));
    }
}
