//! The digest of an archive: equal digests, equal archives.
//!
//! It covers all items, in the order of their ids, without run numbers and times, confidences
//! rounded to three decimals, and the set of items and versions that the index holds.

use dossier_model::{Item, Sha256};
use serde::Serialize;
use sha2::Digest;

use crate::{Archive, ArchiveError};

/// What two archives are compared by.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ArchiveDigest {
    /// Of everything below.
    pub digest: Sha256,
    /// How many items there are.
    pub items: u64,
    /// Whether the index holds just these items in just these versions.
    pub index_agrees: bool,
}

impl Archive {
    /// The archive's digest.
    ///
    /// # Errors
    /// What the catalog or the index says.
    pub fn digest(&self) -> Result<ArchiveDigest, ArchiveError> {
        let mut hasher = sha2::Sha256::new();
        let mut items = 0;
        let mut cataloged = SetDigest::default();
        self.catalog.for_each_item::<ArchiveError>(|row| {
            items += 1;
            cataloged.add(&row.item.id, &row.version);
            let canonical = serde_json::to_vec(&rounded(row.item))?;
            hasher.update((canonical.len() as u64).to_le_bytes());
            hasher.update(&canonical);
            Ok(())
        })?;
        let mut indexed = SetDigest::default();
        self.index.for_each_version(|id, version| indexed.add(id, version))?;
        hasher.update(indexed.sum);
        let digest = Sha256::from_bytes(hasher.finalize().into());
        Ok(ArchiveDigest { digest, items, index_agrees: cataloged == indexed })
    }
}

/// The digest of a set whose members come in any order: the exclusive or of their digests, and
/// their number.
#[derive(Default, PartialEq)]
struct SetDigest {
    sum: [u8; 32],
    members: u64,
}

impl SetDigest {
    fn add(&mut self, id: &str, version: &str) {
        let member: [u8; 32] = sha2::Sha256::digest(format!("{id} {version}").as_bytes()).into();
        self.sum.iter_mut().zip(member).for_each(|(sum, byte)| *sum ^= byte);
        self.members += 1;
    }
}

fn rounded(mut item: Item) -> Item {
    let round = |value: &mut f32| *value = (*value * 1000.0).round() / 1000.0;
    item.fields.values_mut().flatten().for_each(|value| round(&mut value.confidence));
    for category in item.classification.decided.iter_mut().chain(&mut item.classification.candidates) {
        round(&mut category.score);
        category.reasons.iter_mut().for_each(|reason| round(&mut reason.weight));
    }
    item
}
