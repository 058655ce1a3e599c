//! A backup gives back the same archive, whatever happened to it meanwhile.

#![allow(clippy::expect_used, clippy::unwrap_used)] // A test may stop where it stands.

mod support;

use std::os::unix::fs::MetadataExt;
use std::path::PathBuf;
use std::process::Stdio;

use serde_json::{Value, json};
use support::{Dossier, Place, assert_settled, samples};

const REGISTER: &str = "信访编号,信访人,标题,内容\n甲001,钱守信,反映村道失修,村道三年失修，雨天无法通行\n\
                        甲002,孙有田,要求补发工资,砖厂拖欠工资半年\n";

fn archive() -> Place {
    let place = Place::new();
    place.write("in/夹/登记.csv", REGISTER);
    place.ingest([place.path("in")]).exits(0);
    place.search("砖厂");
    place
}

fn back_up(place: &Place) -> Value {
    place.ask(["backup", "--json", "--to"]).arg(place.path("backup")).exits(0).json()
}

fn restore(place: &Place, to: &str) -> Dossier {
    Dossier::new(["restore", "--json", "--from"])
        .arg(place.path("backup"))
        .arg("--archive")
        .arg(place.path(to))
}

fn digest_of(place: &Place, name: &str) -> Value {
    Dossier::new(["digest", "--json", "--archive"]).arg(place.path(name)).exits(0).json()
}

#[test]
fn what_was_backed_up_is_restored_after_any_damage() {
    let place = archive();
    let before = place.digest();
    let id = support::ids(&place.search("三年失修")).remove(0);
    place.ask(["correct", &id, "--set", "信访人=钱守义"]).exits(0);
    let corrected = place.digest();
    assert_ne!(corrected, before);
    let done = back_up(&place);
    assert_eq!((&done["copied"]["copied"], &done["copied"]["kept"]), (&json!(1), &json!(0)));
    assert_eq!(done["verification"]["sound"], true);

    std::fs::remove_dir_all(place.archive()).expect("a removal");
    let done = restore(&place, "archive").exits(0).json();
    assert_eq!(done["verification"]["sound"], true, "{done}");
    assert_eq!(place.digest(), corrected);
    assert_eq!(place.search("信访人:钱守义")["total"], 1, "the index is made anew");
    place.ask(["verify"]).exits(0);
    place.ask_with("audit", ["verify"]).exits(0);
    // A run goes on as if nothing had happened.
    let again = place.ingest([place.path("in")]).exits(0).json();
    assert_settled(&again);
    assert_eq!(again["files"]["unchanged"], 1);
    assert_eq!(place.digest(), corrected);
}

#[test]
fn a_second_backup_copies_only_what_is_new() {
    let place = archive();
    back_up(&place);
    let kept = place.path("backup/originals/夹/登记.csv");
    let inode = std::fs::metadata(&kept).expect("a copy").ino();
    place.write("in/新.csv", REGISTER.replace("甲", "乙"));
    place.ingest([place.path("in")]).exits(0);
    let done = back_up(&place);
    assert_eq!((&done["copied"]["copied"], &done["copied"]["kept"]), (&json!(1), &json!(1)));
    assert_eq!(std::fs::metadata(&kept).expect("a copy").ino(), inode, "what is there is not touched");
    restore(&place, "restored").exits(0);
    assert_eq!(digest_of(&place, "restored"), place.digest());
}

#[test]
fn damage_is_not_carried_over_and_is_named() {
    let place = archive();
    back_up(&place);
    // In the archive: the backup keeps its good copy.
    let original = place.archive().join("originals/夹/登记.csv");
    std::fs::write(&original, REGISTER.replace("砖厂", "瓦厂瓦厂")).expect("a write");
    let done = place.ask(["backup", "--json", "--to"]).arg(place.path("backup")).exits(3).json();
    assert_eq!(done["verification"]["damages"][0]["kind"], "original_changed", "{done}");
    let kept = place.path("backup/originals/夹/登记.csv");
    assert_eq!(std::fs::read_to_string(&kept).expect("a copy"), REGISTER);
    // In the backup: reading it back shows it.
    std::fs::write(&original, REGISTER).expect("a write");
    std::fs::write(&kept, REGISTER.replace("砖厂", "瓦厂")).expect("a write");
    let done = place.ask(["backup", "--json", "--to"]).arg(place.path("backup")).exits(3).json();
    assert_eq!(done["verification"]["damages"][0]["kind"], "original_changed", "{done}");
    let done = restore(&place, "restored").exits(3).json();
    assert_eq!(done["verification"]["damages"][0]["kind"], "original_changed", "{done}");
}

#[test]
fn folders_with_other_things_are_left_alone() {
    let place = archive();
    let taken = place.write("taken/note.txt", "mine").parent().expect("a parent").to_owned();
    let refused = place.ask(["backup", "--to"]).arg(&taken).exits(1);
    assert!(refused.stderr.contains("holds no backup"), "{}", refused.stderr);
    let inside = place.ask(["backup", "--to"]).arg(place.archive().join("backup")).exits(1);
    assert!(inside.stderr.contains("one in the other"), "{}", inside.stderr);
    back_up(&place);
    assert!(restore(&place, "taken").exits(1).stderr.contains("not empty"));
    assert!(restore(&place, "archive").exits(1).stderr.contains("not empty"), "nor over an archive");
    let nothing = Dossier::new(["restore", "--from"]).arg(&taken).arg("--archive").arg(place.path("new"));
    assert!(nothing.exits(1).stderr.contains("holds no backup"));
    assert!(!place.path("new").exists());
}

#[test]
fn a_backup_taken_while_a_run_goes_on_is_an_archive_that_a_run_completes() {
    let sources: [PathBuf; 2] = [samples().join("registers"), samples().join("scans/1986-1998")];
    let place = Place::new();
    let mut command = place.ingest(&sources).command();
    let mut run = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("the run starts");
    while !place.archive().join("catalog.sqlite").exists() {
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    std::thread::sleep(std::time::Duration::from_millis(1500));
    back_up(&place);
    assert!(run.try_wait().expect("a run").is_none(), "the run is still going on");
    assert!(run.wait().expect("a run").success());

    restore(&place, "restored").exits(0);
    let completed = Dossier::new(["ingest", "petitions", "--json", "-q", "--archive"])
        .arg(place.path("restored"))
        .arg(&sources[0])
        .arg(&sources[1])
        .exits(0)
        .json();
    assert_settled(&completed);
    assert_eq!(digest_of(&place, "restored"), place.digest());
}
