//! Checksums as others state them.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use md5::Md5;
use sha2::{Digest, Sha512};

/// The digest of a file, as hexadecimal digits in lower case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Checksum {
    /// RFC 1321: what scanning firms state most.
    Md5(String),
    /// FIPS 180-4: what the archive knows files by.
    Sha256(String),
    /// FIPS 180-4.
    Sha512(String),
}

impl Checksum {
    /// The algorithm is told by how many digits there are; `None` where they fit none.
    pub fn parse(digits: &str) -> Option<Checksum> {
        let digits = digits.trim().to_ascii_lowercase();
        if !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return None;
        }
        match digits.len() {
            32 => Some(Checksum::Md5(digits)),
            64 => Some(Checksum::Sha256(digits)),
            128 => Some(Checksum::Sha512(digits)),
            _ => None,
        }
    }

    /// Whether the file at `path` has it.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn is_of(&self, path: &Path) -> io::Result<bool> {
        Ok(match self {
            Checksum::Md5(digits) => digest::<Md5>(path)? == *digits,
            Checksum::Sha256(digits) => digest::<sha2::Sha256>(path)? == *digits,
            Checksum::Sha512(digits) => digest::<Sha512>(path)? == *digits,
        })
    }
}

fn digest<D: Digest>(path: &Path) -> io::Result<String> {
    let mut file = File::open(path)?;
    let mut digest = D::new();
    let mut buffer = vec![0; 1 << 16];
    loop {
        let length = file.read(&mut buffer)?;
        if length == 0 {
            return Ok(digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect());
        }
        digest.update(&buffer[..length]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The test vectors for "abc" of RFC 1321 and FIPS 180-4.
    #[test]
    fn a_file_has_the_digests_that_the_standards_give() {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), "abc").unwrap();
        for digits in [
            "900150983cd24fb0d6963f7d28e17f72",
            "BA7816BF8F01CFEA414140DE5DAE2223B00361A396177A9CB410FF61F20015AD",
            "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
        ] {
            assert!(Checksum::parse(digits).unwrap().is_of(file.path()).unwrap(), "{digits}");
        }
        let other = Checksum::parse("900150983cd24fb0d6963f7d28e17f73").unwrap();
        assert!(!other.is_of(file.path()).unwrap());
        assert_eq!(Checksum::parse("1234"), None);
    }
}
