//! The power goes at some moment of a run, or the disk refuses: what was not synced is lost, and in
//! the end the archive is the same as after an undisturbed run.

#![allow(clippy::expect_used, clippy::unwrap_used)] // A test may stop where it stands.
#![cfg(all(target_os = "linux", target_arch = "x86_64"))]

mod support;

use std::path::{Path, PathBuf};
use std::process::Command;

use dossier_disk::{Access, Fault, Journal, Kept, Refusal, Trace, run};
use dossier_testkit::rng::Rng;
use serde_json::Value;
use support::{Dossier, Place, assert_settled, mixed, samples};

/// How many power cuts a run goes through; `DOSSIER_POWER_CUTS` asks for more.
const CUTS: usize = 12;

fn cuts() -> usize {
    std::env::var("DOSSIER_POWER_CUTS").ok().and_then(|cuts| cuts.parse().ok()).unwrap_or(CUTS)
}

/// A program's changes to a disk, some of them refused; nothing, said aloud, where programs may not be
/// traced.
fn traced(command: Command, place: &Place, fault: Option<Fault>) -> Option<Trace> {
    match run(command, place.folder.path(), fault) {
        Err(error) if error.kind() == std::io::ErrorKind::PermissionDenied => {
            eprintln!("skipped: programs may not be traced here");
            None
        }
        trace => Some(trace.expect("it can be traced")),
    }
}

/// Moments of a run: its turns, and others between them.
fn moments(journal: &Journal, rng: &mut Rng) -> Vec<usize> {
    let turns = journal.turns();
    let moment = |n: usize| match n % 3 {
        0 => rng.below(journal.len() + 1),
        // Just after a turn, or just before the next.
        1 => turns[rng.below(turns.len())],
        _ => turns[rng.below(turns.len())].saturating_sub(1),
    };
    (0..cuts()).map(moment).collect()
}

/// The disk as a power cut leaves it is gone on with; otherwise, what went wrong.
fn gone_on_with(
    journal: &Journal,
    (cut, kept): (usize, Kept),
    source: &Path,
    expected: &Value,
) -> Result<(), String> {
    let place = Place::new();
    journal.rebuild(cut, kept, place.folder.path()).expect("the disk can be rebuilt");
    let wrong = |why: &str| Err(format!("after {cut} of {} changes, {kept:?}: {why}", journal.len()));
    let ran = |dossier: Dossier| {
        let output = dossier.command().output().expect("it starts");
        let said = [output.stdout, output.stderr].map(|said| String::from_utf8_lossy(&said).into_owned());
        if output.status.success() { Ok(said) } else { Err(said.join("\n")) }
    };
    if place.archive().join("catalog.sqlite").exists()
        && let Err(said) = ran(place.ask(["search", "--json", "--", "补偿"]))
    {
        return wrong(&format!("searching: {said}"));
    }
    match ran(place.ingest([source])) {
        Ok([report, _]) => assert_settled(&serde_json::from_str(&report).expect("a report")),
        Err(said) => return wrong(&format!("the run: {said}")),
    }
    if &place.digest() != expected {
        return wrong(&format!("{} instead of {expected}", place.digest()));
    }
    for check in [place.ask(["verify"]), place.ask_with("audit", ["verify"])] {
        if let Err(said) = ran(check) {
            return wrong(&format!("verifying: {said}"));
        }
    }
    Ok(())
}

/// Goes on after power cuts at many moments of what a program did, with nothing kept of what was not
/// synced, and with a part of it.
fn cut_off(name: &str, trace: &Trace, source: &Path, expected: &Value) {
    assert_eq!(trace.status, Some(0), "{}", trace.stderr);
    let mut rng = Rng::named(name);
    let moments = moments(&trace.journal, &mut rng).into_iter().enumerate();
    let wrong: Vec<String> = moments
        .filter_map(|(n, cut)| {
            let kept = if n % 2 == 0 { Kept::Nothing } else { Kept::Some(n as u64) };
            gone_on_with(&trace.journal, (cut, kept), source, expected).err()
        })
        .collect();
    assert!(wrong.is_empty(), "{} of {} cuts:\n{}", wrong.len(), cuts(), wrong.join("\n"));
}

#[test]
fn a_first_run_survives_power_cuts() {
    let at = Place::new();
    let source = mixed(&at);
    let Some(trace) = traced(at.ingest([&source]).command(), &at, None) else { return };
    cut_off("first", &trace, &source, &at.digest());
}

const REGISTER: &str = "信访编号,信访人,标题,信访内容\n\
    甲001,钱守信,反映村道失修,村道三年失修，补偿也没有\n甲002,孙有田,要求补发工资,砖厂拖欠工资\n";

#[test]
fn a_later_run_survives_power_cuts() {
    let at = Place::new();
    at.write("in/旧/登记.csv", REGISTER);
    at.write("in/补偿.txt", "信访局领导：\n我村征地补偿三年未发，请求落实。\n此致\n敬礼\n李四");
    let source = at.path("in");
    at.ingest([&source]).exits(0);
    at.write("in/旧/登记.csv", REGISTER.replace("三年", "五年") + "甲003,李木匠,反映噪音,石料厂夜里开工\n");
    at.write("in/新/乙.csv", REGISTER.replace('甲', "乙"));
    std::fs::remove_file(at.path("in/补偿.txt")).expect("a file");
    let Some(trace) = traced(at.ingest([&source]).command(), &at, None) else { return };
    cut_off("later", &trace, &source, &at.digest());
}

/// What a program has reported as done holds when the power goes right after.
#[test]
fn what_is_reported_done_is_on_the_disk() {
    let at = Place::new();
    let source = at.write("in/登记.csv", REGISTER);
    let steps: [&dyn Fn() -> Command; 6] = [
        &|| at.ingest([&source]).command(),
        &|| at.ask(["correct", &id(&at), "--set", "信访人=王五"]).command(),
        &|| at.ask_with("index", ["rebuild"]).command(),
        &|| at.ask(["withdraw", &id(&at), "--by", "某局", "--reason", "申请"]).command(),
        &|| at.ask_with("audit", ["verify"]).command(),
        &|| at.ask(["undo", "1", "--reason", "错"]).command(),
    ];
    let mut reader = None;
    for (step, command) in steps.iter().enumerate() {
        let Some(trace) = traced(command(), &at, None) else { return };
        assert_eq!(trace.status, Some(0), "step {step}: {}", trace.stderr);
        for kept in [Kept::Nothing, Kept::Some(1), Kept::Some(2), Kept::Some(3)] {
            let left = Place::new();
            trace.journal.rebuild(trace.journal.len(), kept, left.folder.path()).expect("it can be rebuilt");
            assert_eq!(left.digest(), at.digest(), "step {step}, {kept:?}");
            left.ask(["verify"]).exits(0);
            left.ask_with("audit", ["verify"]).exits(0);
            let decided = |place: &Place| place.ask(["corrections", "--json"]).exits(0).stdout;
            assert_eq!(decided(&left), decided(&at), "step {step}, {kept:?}");
        }
        // Whoever has the catalog open keeps the last of a program from being written into it at its end.
        reader.get_or_insert_with(|| looking_at(&at));
    }
}

/// Somebody who has the catalog open.
fn looking_at(place: &Place) -> rusqlite::Connection {
    let reader = rusqlite::Connection::open(place.archive().join("catalog.sqlite")).expect("a catalog");
    reader.query_row("SELECT count(*) FROM item", [], |row| row.get::<_, i64>(0)).expect("it can be read");
    reader
}

fn id(place: &Place) -> String {
    support::ids(&place.search("村道"))[0].clone()
}

/// Some of the files.
type Files = fn(&Path) -> bool;

fn is_catalog(path: &Path) -> bool {
    path.to_string_lossy().contains("/archive/catalog.sqlite")
}

fn is_index(path: &Path) -> bool {
    path.to_string_lossy().contains("/archive/index/")
}

fn is_original(path: &Path) -> bool {
    path.to_string_lossy().contains("/archive/originals/")
}

fn is_trail(path: &Path) -> bool {
    path.to_string_lossy().contains("/archive/audit.")
}

fn is_scan(path: &Path) -> bool {
    path.to_string_lossy().ends_with("16号.pdf") && !is_original(path)
}

/// How the disk refuses: once, for good, because it is full; and after how many calls. The long version
/// tries each at each.
fn refusals() -> Vec<(Refusal, bool, usize)> {
    let kinds = [(Refusal::Broken, false), (Refusal::Broken, true), (Refusal::Full, true)];
    let at = [3, 0, 11];
    if cuts() > CUTS {
        let all = kinds.iter().flat_map(|(refusal, lasts)| at.map(|after| (*refusal, *lasts, after)));
        return all.collect();
    }
    kinds.iter().zip(at).map(|((refusal, lasts), after)| (*refusal, *lasts, after)).collect()
}

/// A register and a scan, taken in from their folder.
fn taken_in() -> (Place, PathBuf) {
    let once = Place::new();
    once.write("in/登记.csv", REGISTER);
    let letter = samples().join("scans/2012-2017/临住建信复〔2017〕16号.pdf");
    once.write("in/16号.pdf", std::fs::read(letter).expect("a sample"));
    let source = once.path("in");
    once.ingest([&source]).exits(0);
    (once, source)
}

/// A disk that refuses ends the run with a message that names the place and says what to do; the next
/// run goes on.
#[test]
fn a_disk_that_refuses_ends_the_run_and_the_next_goes_on() {
    let (once, source) = taken_in();
    let expected = once.digest();
    let stores: [(&str, Files); 4] =
        [("catalog", is_catalog), ("index", is_index), ("originals", is_original), ("audit", is_trail)];
    let mut wrong = Vec::new();
    for (name, on) in stores {
        let mut refused = 0;
        for access in [Access::Write, Access::Sync] {
            for (refusal, lasts, after) in refusals() {
                let fault = Fault { access, on, after, lasts, refusal };
                let place = Place::new();
                let command = place.ingest([&source]).command();
                let Some(trace) = traced(command, &place, Some(fault)) else { return };
                refused += trace.refused;
                if let Err(why) = ended_and_gone_on_with(&place, &trace, &source, &expected, name) {
                    wrong.push(format!("{name}: {fault:?}: {why}"));
                }
            }
        }
        assert!(refused > 0, "{name}: something was refused");
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn ended_and_gone_on_with(
    place: &Place,
    trace: &Trace,
    source: &Path,
    expected: &Value,
    store: &str,
) -> Result<(), String> {
    let said = &trace.stderr;
    match trace.status {
        // What was refused may have been tried again, or not have been needed.
        Some(0) => {}
        Some(1) if trace.refused > 0 => {
            let named = said.contains(place.archive().to_string_lossy().as_ref());
            if !named || !said.contains("what to do") {
                return Err(format!("it names no path, or not what to do: {said}"));
            }
            if !said.contains(store) {
                return Err(format!("it does not name what refused: {said}"));
            }
        }
        other => return Err(format!("{other:?}, {} refused: {said}", trace.refused)),
    }
    let output = place.ingest([source]).command().output().expect("it starts");
    if output.status.code() != Some(0) {
        return Err(format!("the next run: {}", String::from_utf8_lossy(&output.stderr)));
    }
    if &place.digest() != expected {
        return Err(format!("{} instead of {expected}", place.digest()));
    }
    for mut check in [place.ask(["verify"]).command(), place.ask_with("audit", ["verify"]).command()] {
        let output = check.output().expect("it starts");
        if !output.status.success() {
            return Err(format!("verifying: {}", String::from_utf8_lossy(&output.stdout)));
        }
    }
    Ok(())
}

/// A source that cannot be read to its end is named and quarantined, the others are archived, and the
/// next run takes it in.
#[test]
fn a_source_that_cannot_be_read_to_its_end_is_named() {
    let (once, source) = taken_in();
    // While it is hashed, while its kind is told, while a worker reads it, while it is copied.
    for after in 0..6 {
        let fault = Fault { access: Access::Read, on: is_scan, after, lasts: true, refusal: Refusal::Broken };
        let place = Place::new();
        let Some(trace) = traced(place.ingest([&source]).command(), &place, Some(fault)) else { return };
        if trace.refused == 0 {
            assert!(after > 2, "the file was read");
            break;
        }
        assert_eq!(trace.status, Some(3), "after {after}: {}", trace.stderr);
        let report: Value = serde_json::from_str(&trace.stdout).expect("a report");
        assert_settled(&report);
        assert_eq!(report["files"]["archived"], 1, "after {after}: {report}");
        let named = report["quarantined"][0]["path"].as_str().expect("it is named");
        assert!(named.ends_with("16号.pdf"), "after {after}: {report}");
        assert_settled(&place.ingest([&source]).exits(0).json());
        assert_eq!(place.digest(), once.digest(), "after {after}");
        place.ask(["verify"]).exits(0);
    }
}
