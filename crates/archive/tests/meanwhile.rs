//! What a person decides while a run makes items is not lost.

#![allow(clippy::expect_used, clippy::unwrap_used)] // A test may stop where it stands.

use std::time::Duration;

use dossier_archive::{Archive, ArchiveError};
use dossier_model::{Anchor, Locator, Sha256, Verdict};

fn decide(archive: &Archive) -> i64 {
    let anchor = Anchor { source: Sha256::of(b"source"), locator: Locator::Page(1) };
    let verdict = Verdict::Begins { begins: true };
    archive.catalog.together::<_, ArchiveError>(|it| it.decide(&anchor, &verdict, (0, "x", ""))).unwrap()
}

#[test]
fn a_decision_waits_for_what_is_being_written_and_shows_afterwards() {
    let folder = tempfile::tempdir().unwrap();
    let run = Archive::open_or_create(folder.path()).unwrap();
    let person = Archive::open(folder.path()).unwrap();
    let seen = run.catalog.last_decision().unwrap();
    let deciding = run.catalog.together::<_, ArchiveError>(|catalog| {
        assert!(catalog.holds_since(seen)?);
        let deciding = std::thread::spawn(move || decide(&person));
        std::thread::sleep(Duration::from_millis(300));
        assert!(!deciding.is_finished(), "it waits");
        assert!(catalog.holds_since(seen)?);
        Ok(deciding)
    });
    assert_eq!(deciding.unwrap().join().unwrap(), seen + 1);
    run.catalog
        .together::<_, ArchiveError>(|catalog| {
            assert!(!catalog.holds_since(seen)?, "it is noticed before anything is written over it");
            assert!(catalog.holds_since(seen + 1)?);
            Ok(())
        })
        .unwrap();
}

#[test]
fn what_is_looked_at_before_it_is_written_over_is_still_so() {
    let folder = tempfile::tempdir().unwrap();
    let run = Archive::open_or_create(folder.path()).unwrap();
    let person = Archive::open(folder.path()).unwrap();
    let source = Sha256::of(b"source");
    let deciding = run.catalog.together::<_, ArchiveError>(|catalog| {
        let seen = catalog.decided_beginnings(source)?;
        assert!(seen.is_empty());
        let deciding = std::thread::spawn(move || decide(&person));
        std::thread::sleep(Duration::from_millis(300));
        // Units are made by what has been seen: a decision that came meanwhile would be written over.
        catalog.drop_units(source)?;
        catalog.set_derived(source, "version")?;
        assert_eq!(catalog.decided_beginnings(source)?, seen);
        Ok(deciding)
    });
    deciding.unwrap().join().unwrap();
    assert_eq!(run.catalog.decided_beginnings(source).unwrap().len(), 1, "it holds from then on");
}
