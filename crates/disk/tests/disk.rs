//! What a power cut leaves of what a shell does, and how it fares on a disk that refuses.

#![allow(clippy::expect_used, clippy::unwrap_used)] // A test may stop where it stands.
#![cfg(all(target_os = "linux", target_arch = "x86_64"))]

use std::path::Path;
use std::process::Command;

use dossier_disk::{Access, Fault, Kept, Refusal, Trace, run};

/// What a shell does in a folder; nothing, said aloud, where programs may not be traced.
fn shell(script: &str, folder: &Path, fault: Option<Fault>) -> Option<Trace> {
    let mut command = Command::new("sh");
    command.args(["-c", script]).current_dir(folder);
    match run(command, folder, fault) {
        Err(error) if error.kind() == std::io::ErrorKind::PermissionDenied => {
            eprintln!("skipped: programs may not be traced here");
            None
        }
        trace => Some(trace.expect("it can be traced")),
    }
}

/// The files that a cut at the end leaves, with what they hold.
fn left(trace: &Trace, kept: Kept) -> Vec<(String, String)> {
    let folder = tempfile::tempdir().unwrap();
    trace.journal.rebuild(trace.journal.len(), kept, folder.path()).unwrap();
    let entries = std::fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap());
    let mut left: Vec<(String, String)> = entries
        .map(|entry| {
            let held = std::fs::read_to_string(entry.path()).unwrap();
            (entry.file_name().into_string().unwrap(), held)
        })
        .collect();
    left.sort();
    left
}

fn file(name: &str, held: &str) -> (String, String) {
    (name.to_owned(), held.to_owned())
}

#[test]
fn only_what_is_synced_is_kept() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("before"), "there").unwrap();
    let Some(trace) = shell("echo a > a; echo b > b; sync a; sync .", folder.path(), None) else { return };
    assert_eq!(left(&trace, Kept::Nothing), [file("a", "a\n"), file("b", ""), file("before", "there")]);
}

#[test]
fn a_name_is_kept_by_its_folder_only() {
    let folder = tempfile::tempdir().unwrap();
    let Some(trace) = shell("echo a > a; sync a", folder.path(), None) else { return };
    assert_eq!(left(&trace, Kept::Nothing), []);
    let Some(trace) = shell("mv a b; sync b", folder.path(), None) else { return };
    assert_eq!(left(&trace, Kept::Nothing), [file("a", "a\n")], "the move is lost");
    let Some(trace) = shell("mv b c; sync .; rm c", folder.path(), None) else { return };
    assert_eq!(left(&trace, Kept::Nothing), [file("c", "a\n")], "the removal is lost");
}

#[test]
fn of_what_is_not_synced_any_part_may_be_kept() {
    let folder = tempfile::tempdir().unwrap();
    let Some(trace) = shell("echo a > a; echo b > b", folder.path(), None) else { return };
    let some: Vec<_> = (0..32).map(|seed| left(&trace, Kept::Some(seed))).collect();
    assert!(some.iter().any(Vec::is_empty), "nothing");
    assert!(some.contains(&vec![file("a", "a\n"), file("b", "b\n")]), "all");
    assert!(some.contains(&vec![file("a", ""), file("b", "b\n")]), "of the contents the later alone");
    assert!(!some.iter().any(|left| left.len() == 1 && left[0].0 == "b"), "names come in their order");
}

#[test]
fn calls_fail_as_asked() {
    let folder = tempfile::tempdir().unwrap();
    let on = |path: &Path| path.ends_with("b");
    let fault = Fault { access: Access::Write, on, after: 0, lasts: true, refusal: Refusal::Full };
    let Some(trace) = shell("echo a > a; echo b > b", folder.path(), Some(fault)) else { return };
    assert_eq!(trace.refused, 1);
    assert!(trace.stderr.contains('b') && trace.status != Some(0), "{}", trace.stderr);
    assert_eq!(std::fs::read_to_string(folder.path().join("a")).unwrap(), "a\n");
    assert!(!folder.path().join("b").exists());
}
