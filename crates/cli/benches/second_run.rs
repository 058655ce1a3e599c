//! A second run over unchanged files against `find` over the same: target at most five times its
//! time, and at most 100 MiB.
//!
//! `cargo bench --workspace --bench second_run` makes 100,000 registers of one row, takes them in,
//! which is most of the time, and then measures; `DOSSIER_FILES` asks for fewer, of which the constant
//! quarter of a second of loading the rules is a larger part.

#![allow(clippy::expect_used)] // A benchmark may stop where it stands.

mod support;

use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

/// How many files.
const FILES: usize = 100_000;
/// How many in a folder.
const A_FOLDER: usize = 500;
/// The best of so many tries counts: others use the machine too.
const TRIES: usize = 5;

fn main() {
    let files = std::env::var("DOSSIER_FILES").ok().and_then(|files| files.parse().ok()).unwrap_or(FILES);
    let place = tempfile::TempDir::new().expect("a temporary folder");
    let (source, archive) = (place.path().join("in"), place.path().join("archive"));
    make(&source, files);
    let first = Instant::now();
    ingest(&source, &archive);
    println!("first run over {files} files: {:.1} s", first.elapsed().as_secs_f64());
    let find = best(|| {
        let output = Command::new("find").arg(&source).args(["-printf", "%s %T@\\n"]).output().expect("find");
        assert!(output.status.success());
    });
    let mut memory = 0;
    let second = best(|| memory = ingest(&source, &archive));
    println!("find -printf '%s %T@': {:.3} s", find.as_secs_f64());
    println!(
        "second run: {:.3} s, {:.1} times as long (target 5), {} MiB (target 100)",
        second.as_secs_f64(),
        second.as_secs_f64() / find.as_secs_f64(),
        memory >> 20
    );
}

fn best(mut work: impl FnMut()) -> Duration {
    let tries = (0..TRIES).map(|_| {
        let began = Instant::now();
        work();
        began.elapsed()
    });
    tries.min().unwrap_or_default()
}

fn make(folder: &Path, files: usize) {
    for file in 0..files {
        let below = folder.join(format!("{:04}", file / A_FOLDER));
        if file % A_FOLDER == 0 {
            std::fs::create_dir_all(&below).expect("a folder");
        }
        let text =
            format!("信访编号,标题,信访内容\n信{file:06},反映村道失修,第{file}组村道三年失修，请修好\n");
        std::fs::write(below.join(format!("登记{file:06}.csv")), text).expect("a file");
    }
}

/// A run; its peak of memory in bytes.
fn ingest(source: &Path, archive: &Path) -> u64 {
    let output =
        support::ingest(source, archive).args(["--originals", "reference"]).output().expect("the program");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).expect("a report");
    report["peak_memory_bytes"].as_u64().unwrap_or(0)
}
