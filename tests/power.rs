//! The power goes at some moment of a run, or the disk refuses: what was not synced is lost, and in
//! the end the archive is the same as after an undisturbed run.

#![allow(clippy::expect_used, clippy::unwrap_used)] // A test may stop where it stands.
#![cfg(all(target_os = "linux", target_arch = "x86_64"))]

mod support;

use std::path::{Path, PathBuf};
use std::process::Command;

use dossier_disk::{Journal, Kept, Trace, run};
use dossier_testkit::rng::Rng;
use serde_json::Value;
use support::{Dossier, Place, assert_settled, samples};

/// How many power cuts a run goes through; `DOSSIER_POWER_CUTS` asks for more.
const CUTS: usize = 24;

fn cuts() -> usize {
    std::env::var("DOSSIER_POWER_CUTS").ok().and_then(|cuts| cuts.parse().ok()).unwrap_or(CUTS)
}

/// A program's changes to a disk; nothing, said aloud, where programs may not be traced.
fn traced(command: Command, disk: &Path) -> Option<Trace> {
    match run(command, disk, None) {
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
    let mut moment = |n: usize| match n % 3 {
        0 => rng.below(journal.len() + 1),
        // Just after a turn, or just before the next.
        1 => turns[rng.below(turns.len())],
        _ => turns[rng.below(turns.len())].saturating_sub(1),
    };
    (0..cuts()).map(|n| moment(n)).collect()
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

/// Registers, a letter with its text, and a page to recognise.
fn mixed(place: &Place) -> PathBuf {
    for name in [
        "registers/来信登记导出2012-2017.csv",
        "scans/2012-2017/临住建信复〔2017〕16号.pdf",
        "scans/1986-1998/青信86-0041.pdf",
    ] {
        place.write(&format!("in/{name}"), std::fs::read(samples().join(name)).expect("a sample"));
    }
    place.path("in")
}

#[test]
fn a_first_run_survives_power_cuts() {
    let at = Place::new();
    let source = mixed(&at);
    let Some(trace) = traced(at.ingest([&source]).command(), at.folder.path()) else { return };
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
    let Some(trace) = traced(at.ingest([&source]).command(), at.folder.path()) else { return };
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
    for (step, command) in steps.iter().enumerate() {
        let Some(trace) = traced(command(), at.folder.path()) else { return };
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
    }
}

fn id(place: &Place) -> String {
    support::ids(&place.search("村道"))[0].clone()
}
