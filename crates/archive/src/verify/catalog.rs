//! The catalog: its structure, its references, and its contents against their digests.

use super::{Damage, Found, VerifyStep, Watch};
use crate::catalog::Sealed;
use crate::{ArchiveError, Catalog};

pub(super) fn check(catalog: &Catalog, found: &mut Found, watch: Watch<'_>) {
    watch(VerifyStep::Catalog, 0, 0);
    let quick = found.sample.of > 1;
    for detail in found.from_catalog(catalog.integrity(quick)).unwrap_or_default() {
        found.add(Damage::Catalog { detail });
    }
    for dangling in found.from_catalog(catalog.dangling()).unwrap_or_default() {
        let crate::catalog::Dangling { what, count, example } = dangling;
        found.add(Damage::Reference { what, count, example });
    }
    found.checked.waiting = found.from_catalog(catalog.count_dirty()).unwrap_or(0);
    facts(catalog, found, watch);
    decisions(catalog, found);
    derived(catalog, found, watch);
}

fn facts(catalog: &Catalog, found: &mut Found, watch: Watch<'_>) {
    let sources = found.from_catalog(catalog.read_sources()).unwrap_or_default();
    let sample = found.sample;
    let sources: Vec<_> = sources.into_iter().filter(|sha256| sample.holds(*sha256)).collect();
    for (done, sha256) in sources.iter().enumerate() {
        watch(VerifyStep::Facts, done as u64, sources.len() as u64);
        found.checked.sources += 1;
        match catalog.source_sealed(*sha256) {
            Ok(Sealed::Whole) => {}
            Ok(Sealed::Unsealed) => found.checked.unsealed += 1,
            // A fact that cannot even be read is one that has changed.
            Ok(Sealed::Broken) | Err(_) => {
                let name = catalog.source(*sha256).ok().flatten().map(|source| source.name);
                let name = name.unwrap_or_else(|| sha256.to_string());
                found.add(Damage::FactsChanged { name, sha256: *sha256 });
            }
        }
    }
}

fn decisions(catalog: &Catalog, found: &mut Found) {
    for number in found.from_catalog(catalog.decision_numbers()).unwrap_or_default() {
        match catalog.decision_sealed(number) {
            Ok(Sealed::Whole) => {}
            Ok(Sealed::Unsealed) => found.checked.unsealed += 1,
            Ok(Sealed::Broken) | Err(_) => found.add(Damage::DecisionChanged { number }),
        }
    }
}

fn derived(catalog: &Catalog, found: &mut Found, watch: Watch<'_>) {
    let identities = found.from_catalog(catalog.identities()).unwrap_or_default();
    let total = identities.len() as u64 * 2;
    for (done, identity) in identities.iter().enumerate() {
        if done % 64 == 0 {
            watch(VerifyStep::Items, done as u64, total);
        }
        match catalog.changed_units(identity) {
            Ok(changed) => changed.into_iter().for_each(|id| found.add(Damage::UnitChanged { id })),
            Err(_) => found.add(Damage::UnitChanged { id: crate::item_id(identity) }),
        }
    }
    let mut changed = Vec::new();
    let mut items = 0;
    let walked = catalog.for_each_item_id(|id| {
        if items % 64 == 0 {
            watch(VerifyStep::Items, (total / 2 + items).min(total), total);
        }
        items += 1;
        if whole(catalog.item_is_whole(id)) {
            return;
        }
        changed.push(id.to_owned());
    });
    found.from_catalog(walked);
    found.checked.items = items;
    changed.into_iter().for_each(|id| found.add(Damage::ItemChanged { id }));
}

/// An item that cannot even be read is one that has changed.
fn whole(looked: Result<bool, ArchiveError>) -> bool {
    looked.unwrap_or(false)
}
