//! The index: its files against their own sums, its items against the catalog's.

use std::path::Path;

use super::{Damage, Fingerprints, Found, VerifyStep, Watch, fingerprint};
use crate::{ArchiveError, Catalog, SearchIndex};

pub(super) fn check(root: &Path, catalog: &Catalog, found: &mut Found, watch: Watch<'_>) {
    watch(VerifyStep::Index, 0, 0);
    let path = root.join("index");
    // Opening would make one.
    if !path.join("meta.json").is_file() {
        return found.add(Damage::IndexMissing);
    }
    match compare(&path, catalog, found) {
        Ok(damages) => damages.into_iter().for_each(|damage| found.add(damage)),
        Err(error) => found.add(Damage::IndexDamaged { detail: error.to_string() }),
    }
}

fn compare(path: &Path, catalog: &Catalog, found: &mut Found) -> Result<Vec<Damage>, ArchiveError> {
    let index = SearchIndex::open(path)?;
    let damaged = index.damaged_files()?;
    if !damaged.is_empty() {
        let named = |file| Damage::IndexDamaged { detail: format!("{file}: not what its sum says") };
        return Ok(damaged.into_iter().map(named).collect());
    }
    if index.is_behind(catalog)? {
        return Ok(Vec::new());
    }
    found.checked.index_compared = true;
    let mut indexed = Fingerprints::new();
    index.for_each_version(|id, version| {
        indexed.insert(fingerprint(&[id, version]));
    })?;
    let (mut missing, mut example) = (0, String::new());
    catalog.for_each_item_version(|id, version| {
        if !indexed.remove(&fingerprint(&[id, version])) {
            missing += 1;
            if example.is_empty() {
                id.clone_into(&mut example);
            }
        }
    })?;
    let surplus = indexed.len() as u64;
    if surplus > 0 && example.is_empty() {
        index.for_each_version(|id, version| {
            if indexed.contains(&fingerprint(&[id, version])) {
                id.clone_into(&mut example);
            }
        })?;
    }
    let differs = missing + surplus > 0;
    Ok(differs.then_some(Damage::IndexDiffers { missing, surplus, example }).into_iter().collect())
}
