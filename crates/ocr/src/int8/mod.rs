//! The quick reader: the pinned recognition network in whole numbers of 8 bits.
//!
//! It is made when the models are installed, out of the pinned file and a table of ranges, and is itself
//! pinned by SHA-256: the arithmetic is the same everywhere. It reads in less than half the time and
//! nearly as well; what it is in doubt about is read again by the network it was made from (see `engine`).

mod calibration;
mod onnx;
mod quantise;
mod ranges;
mod tidy;
mod watch;

use prost::Message;

pub use calibration::Calibration;
use onnx::Model;
pub(crate) use ranges::READER as RANGES;
pub(crate) use watch::Watch;

/// The network's file in whole numbers; what is wrong with it or the table otherwise.
pub(crate) fn made(network: &[u8], table: &str) -> Result<Vec<u8>, String> {
    let ranges = ranges::parsed(table)?;
    Ok(quantise::quantised(read(network)?, &ranges)?.encode_to_vec())
}

fn read(network: &[u8]) -> Result<Model, String> {
    Model::decode(network).map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ModelStore;
    use crate::models::{DETECTOR, READER};

    #[test]
    fn the_pinned_networks_are_written_as_they_were_read() {
        let store = ModelStore::locate().unwrap();
        for file in [&DETECTOR, &READER] {
            let content = std::fs::read(store.path(file)).unwrap();
            assert!(read(&content).unwrap().encode_to_vec() == content, "{}", file.name);
        }
    }

    #[test]
    fn what_cannot_be_made_says_why() {
        assert!(made(b"no model", RANGES).is_err());
        assert_eq!(made(&[], RANGES).unwrap_err(), "it has no graph");
        let store = ModelStore::locate().unwrap();
        let network = std::fs::read(store.path(&READER)).unwrap();
        assert_eq!(made(&network, "nothing -1 1").unwrap_err(), "the range of nothing is of no use");
    }
}
