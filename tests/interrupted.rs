//! A run that is stopped or killed at any moment is simply gone on with: in the end the archive is
//! the same as after one run.

#![allow(clippy::expect_used, clippy::unwrap_used)] // A test may stop where it stands.

mod support;

use std::process::{Child, Stdio};
use std::time::Duration;

use dossier_testkit::rng::Rng;
use serde_json::Value;
use support::{Place, assert_settled, samples};

/// A few scans and all registers: enough to be cut off in the middle of.
fn sources() -> [std::path::PathBuf; 2] {
    [samples().join("registers"), samples().join("scans/2003-2009")]
}

fn start(place: &Place) -> Child {
    let mut command = place.ingest(sources()).command();
    command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("the run starts")
}

fn undisturbed() -> Value {
    let place = Place::new();
    let report = place.ingest(sources()).exits(0).json();
    assert_settled(&report);
    place.digest()
}

/// How many runs are killed; `DOSSIER_KILLS` asks for more.
const KILLS: usize = 60;

fn kills() -> usize {
    std::env::var("DOSSIER_KILLS").ok().and_then(|kills| kills.parse().ok()).unwrap_or(KILLS)
}

#[test]
fn killed_runs_are_gone_on_with() {
    let expected = undisturbed();
    let mut rng = Rng::named("kills");
    let (mut killed, wanted) = (0, kills());
    while killed < wanted {
        let place = Place::new();
        // Killed again and again, later and later, until one run comes to its end before its time.
        for longest in (400..).step_by(200) {
            let mut run = start(&place);
            std::thread::sleep(Duration::from_millis(10 + rng.below(longest) as u64));
            if run.try_wait().expect("it can be asked").is_some() {
                break;
            }
            run.kill().expect("the run can be killed");
            run.wait().expect("it is dead");
            killed += 1;
            // Whatever is there can be searched.
            if place.archive().join("catalog.sqlite").exists() {
                place.search("补偿");
            }
        }
        let report = place.ingest(sources()).exits(0).json();
        assert_settled(&report);
        assert_eq!(place.digest(), expected, "after {killed} kills");
    }
}

#[test]
fn an_interrupted_run_says_what_is_left_and_is_gone_on_with() {
    let expected = undisturbed();
    let place = Place::new();
    let run = start(&place);
    std::thread::sleep(Duration::from_millis(1500));
    let pid = rustix::process::Pid::from_child(&run);
    rustix::process::kill_process(pid, rustix::process::Signal::INT).expect("the run can be interrupted");
    let asked = std::time::Instant::now();
    let output = run.wait_with_output().expect("it ends");
    assert!(asked.elapsed() < Duration::from_secs(2), "it stops within two seconds");
    assert_eq!(output.status.code(), Some(130));
    let report: Value = serde_json::from_slice(&output.stdout).expect("a report");
    assert_eq!(report["status"], "interrupted");
    assert_settled(&report);
    assert!(report["files"]["pending"].as_u64() > Some(0), "{report}");
    let report = place.ingest(sources()).exits(0).json();
    assert_settled(&report);
    assert_eq!(place.digest(), expected);
}

#[test]
fn workers_die_with_their_run() {
    let place = Place::new();
    let mut run = start(&place);
    let worker = support::child_of(run.id());
    run.kill().expect("the run can be killed");
    run.wait().expect("it is dead");
    let gone = (0..100).any(|_| {
        std::thread::sleep(Duration::from_millis(20));
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", worker.as_raw_nonzero()));
        // A zombie waits for its new parent to take notice; it does nothing any more.
        stat.map_or(true, |stat| stat.contains(") Z "))
    });
    assert!(gone, "the worker lives on");
}
