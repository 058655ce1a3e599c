//! The catalog: its structure, its references, and its contents against their digests.

use super::{Damage, Found, VerifyStep, Watch};
use crate::Catalog;
use crate::catalog::{SealKind, Sealed};

pub(super) fn check(catalog: &Catalog, found: &mut Found, watch: Watch<'_>) {
    watch(VerifyStep::Catalog, 0, 0);
    let quick = found.sample.of > 1;
    for detail in found.readable(catalog.integrity(quick)).unwrap_or_default() {
        found.add(Damage::Catalog { detail });
    }
    for dangling in found.readable(catalog.dangling()).unwrap_or_default() {
        let crate::catalog::Dangling { what, count, example } = dangling;
        found.add(Damage::Reference { what, count, example });
    }
    found.checked.waiting = found.readable(catalog.count_dirty()).unwrap_or(0);
    seals(catalog, found, watch);
    items(catalog, found, watch);
}

fn seals(catalog: &Catalog, found: &mut Found, watch: Watch<'_>) {
    let sample = found.sample;
    let mut sealed: Vec<(SealKind, String)> = Vec::new();
    for kind in SealKind::ALL {
        let ids = found.readable(catalog.sealed_ids(kind)).unwrap_or_default();
        sealed.extend(ids.into_iter().filter(|id| sample.holds_name(id)).map(|id| (kind, id)));
    }
    let units = found.readable(catalog.unit_sets(|source| sample.holds_name(source))).unwrap_or_default();
    for (done, (kind, id)) in sealed.iter().enumerate() {
        watch(VerifyStep::Facts, done as u64, sealed.len() as u64);
        found.checked.seals += 1;
        let looked = match kind {
            SealKind::Units => catalog.units_sealed(id, units.get(id).copied().unwrap_or_default()),
            _ => catalog.sealed(*kind, id),
        };
        match looked {
            Ok(Sealed::Whole) => {}
            Ok(Sealed::Unsealed) => found.checked.unsealed += 1,
            // What cannot even be read has changed.
            Ok(Sealed::Broken) | Err(_) => found.add(broken(catalog, *kind, id)),
        }
    }
}

fn broken(catalog: &Catalog, kind: SealKind, id: &str) -> Damage {
    let id = id.to_owned();
    let name = |id: &str| {
        let source = id.parse().ok().and_then(|sha256| catalog.source(sha256).ok().flatten());
        source.map_or_else(|| id.to_owned(), |source| source.name)
    };
    match kind {
        SealKind::Source => Damage::FactsChanged { name: name(&id), sha256: id },
        SealKind::Units => Damage::UnitsChanged { name: name(&id), sha256: id },
        SealKind::Decision => Damage::DecisionChanged { number: id },
        SealKind::Release => Damage::DecisionChanged { number: format!("release {id}") },
        SealKind::Run | SealKind::Undo => Damage::RunChanged { run: id },
        SealKind::Meta => Damage::MetaChanged { key: id },
    }
}

fn items(catalog: &Catalog, found: &mut Found, watch: Watch<'_>) {
    let total = found.readable(catalog.count_items()).unwrap_or(0);
    let (mut changed, mut items) = (Vec::new(), 0);
    let walked = catalog.for_each_item_id(|id| {
        if items % 64 == 0 {
            watch(VerifyStep::Items, items, total);
        }
        items += 1;
        // An item that cannot even be read is one that has changed.
        if !catalog.item_is_whole(id).unwrap_or(false) {
            changed.push(id.to_owned());
        }
    });
    found.readable(walked);
    found.checked.items = items;
    changed.into_iter().for_each(|id| found.add(Damage::ItemChanged { id }));
}
