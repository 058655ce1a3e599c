//! Many nights with all that happens in them: files come, change and go, some are broken, the disk
//! fills, runs are killed. After each the account is right, and the archive is the one of a twin to
//! which nothing of this happened.

#![allow(clippy::expect_used, clippy::unwrap_used)] // A test may stop where it stands.

mod support;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use dossier_archive::KILL_POINTS;
use dossier_testkit::rng::Rng;
use serde_json::Value;
use support::{Place, assert_settled, mixed, samples};

/// How many nights; `DOSSIER_NIGHTS` asks for more.
const NIGHTS: usize = 30;

/// What is in the folder that is taken in every night.
struct Folder {
    root: PathBuf,
    rng: Rng,
    /// The registers, by path, with their rows: number and text.
    registers: BTreeMap<PathBuf, Vec<(String, String)>>,
    /// Registers with a copy beside them, which are left as they are: which of two that say
    /// something else under one number counts depends on when they came.
    copied: BTreeSet<PathBuf>,
    /// What cannot be taken in.
    broken: BTreeSet<PathBuf>,
    written: usize,
}

impl Folder {
    fn new(root: PathBuf) -> Folder {
        std::fs::create_dir_all(&root).unwrap();
        let rng = Rng::named("nights");
        let (registers, copied, broken) = Default::default();
        Folder { root, rng, registers, copied, broken, written: 0 }
    }

    fn next(&mut self, name: &str) -> PathBuf {
        self.written += 1;
        let folder = self.root.join(format!("{:02}", self.rng.below(5)));
        std::fs::create_dir_all(&folder).unwrap();
        folder.join(format!("{name}{:03}", self.written))
    }

    /// What happens by day.
    fn live(&mut self) {
        for _ in 0..=self.rng.below(3) {
            match self.rng.below(10) {
                0..=3 => self.come(),
                4..=5 => self.change(),
                6 => self.go(),
                7 => self.break_one(),
                8 => self.mend_one(),
                _ => self.copy_one(),
            }
        }
    }

    fn come(&mut self) {
        let path = self.next("登记").with_extension("csv");
        let file = self.written;
        let rows = (1..=3 + self.rng.below(40))
            .map(|row| (format!("信{file:03}-{row:03}"), format!("第{file}村第{row}组村道失修，请修好")))
            .collect();
        self.registers.insert(path.clone(), rows);
        self.write(&path);
    }

    fn write(&self, path: &Path) {
        let mut text = "信访编号,标题,信访内容\n".to_owned();
        for (number, said) in &self.registers[path] {
            text += &format!("{number},反映道路问题,{said}\n");
        }
        std::fs::write(path, text).unwrap();
    }

    fn any_register(&mut self) -> Option<PathBuf> {
        let all: Vec<PathBuf> = self.registers.keys().cloned().collect();
        self.rng.pick(&all).cloned()
    }

    fn change(&mut self) {
        let Some(path) = self.any_register().filter(|path| !self.copied.contains(path)) else { return };
        let rows = self.registers.get_mut(&path).unwrap();
        let at = self.rng.below(rows.len());
        rows[at].1 += "，再次反映";
        if rows.len() > 3 && self.rng.below(2) == 0 {
            rows.pop();
        }
        self.write(&path);
    }

    fn go(&mut self) {
        let Some(path) = self.any_register() else { return };
        self.registers.remove(&path);
        std::fs::remove_file(path).unwrap();
    }

    fn copy_one(&mut self) {
        let Some(from) = self.any_register() else { return };
        let to = self.next("副本").with_extension("csv");
        std::fs::copy(&from, to).unwrap();
        self.copied.insert(from);
    }

    fn break_one(&mut self) {
        let path = self.next("坏").with_extension("pdf");
        if self.rng.below(3) == 0 {
            std::os::unix::fs::symlink("/nowhere", &path).unwrap();
        } else {
            std::fs::write(&path, format!("%PDF-1.7\nnothing but a header {}", self.written)).unwrap();
        }
        self.broken.insert(path);
    }

    fn mend_one(&mut self) {
        let Some(path) = self.broken.pop_first() else { return };
        std::fs::remove_file(&path).unwrap();
        let letter = samples().join("scans/2012-2017/临住建信复〔2017〕16号.pdf");
        let mut bytes = std::fs::read(letter).unwrap();
        // Each a content of its own.
        bytes.extend(format!("\n% {}\n", self.written).bytes());
        std::fs::write(path, bytes).unwrap();
    }

    fn files(&self) -> u64 {
        let entries = walkdir::WalkDir::new(&self.root).into_iter().map(|entry| entry.unwrap());
        entries.filter(|entry| !entry.file_type().is_dir()).count() as u64
    }
}

fn nights() -> usize {
    std::env::var("DOSSIER_NIGHTS").ok().and_then(|nights| nights.parse().ok()).unwrap_or(NIGHTS)
}

/// One run that may be killed before its end; whether it was.
fn killed(place: &Place, source: &Path, after: Duration) -> bool {
    let mut run = place.ingest([source]).command();
    let mut run = run.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("the run starts");
    std::thread::sleep(after);
    if run.try_wait().expect("it can be asked").is_some() {
        return false;
    }
    run.kill().expect("the run can be killed");
    run.wait().expect("it is dead");
    true
}

/// A run to its end: its report, whatever its status.
fn to_its_end(place: &Place, source: &Path, broken: usize) -> Value {
    let report = place.ingest([source]).exits(if broken > 0 { 3 } else { 0 }).json();
    assert_settled(&report);
    report
}

#[test]
fn every_night_the_account_is_right() {
    let (lived, twin) = (Place::new(), Place::new());
    let mut folder = Folder::new(lived.path("in"));
    folder.come();
    let mut rng = Rng::named("kills of nights");
    let mut kills = 0;
    for night in 1..=nights() {
        folder.live();
        for _ in 0..rng.below(3) {
            kills +=
                usize::from(killed(&lived, &folder.root, Duration::from_millis(5 + rng.below(250) as u64)));
        }
        if rng.below(6) == 0 {
            // The share is not there: nothing is done, and nothing is lost.
            let away = folder.root.with_file_name("away");
            std::fs::rename(&folder.root, &away).unwrap();
            lived.ingest([&folder.root]).exits(1);
            std::fs::rename(&away, &folder.root).unwrap();
        }
        let report = to_its_end(&lived, &folder.root, folder.broken.len());
        assert_eq!(report["files"]["seen"].as_u64(), Some(folder.files()), "night {night}: {report}");
        let named: BTreeSet<PathBuf> = report["quarantined"]
            .as_array()
            .unwrap()
            .iter()
            .map(|it| PathBuf::from(it["path"].as_str().unwrap()))
            .collect();
        assert_eq!(named, folder.broken, "night {night}");
        let undisturbed = to_its_end(&twin, &folder.root, folder.broken.len());
        for group in ["files", "pages", "rows"] {
            assert_eq!(report[group]["seen"], undisturbed[group]["seen"], "night {night}: {group}");
        }
        assert_eq!(lived.digest(), twin.digest(), "night {night}, after {kills} kills");
    }
    eprintln!("{} nights, {kills} kills", nights());
    assert!(kills > 0, "some run was killed");
    lived.ask(["verify"]).exits(0);
    lived.ask_with("audit", ["verify"]).exits(0);

    // What is there in the end is what one run over it says, letter by letter.
    let once = Place::new();
    to_its_end(&once, &folder.root, folder.broken.len());
    let said = |place: &Place| -> BTreeMap<String, Value> {
        let all = place.ask(["export", "--format", "jsonl", "--mask", "none"]).exits(0).lines();
        all.into_iter().map(|item| (item["id"].as_str().unwrap().to_owned(), item["text"].clone())).collect()
    };
    let (lived, once) = (said(&lived), said(&once));
    let in_registers: usize = folder.registers.values().map(Vec::len).sum();
    assert!(once.len() >= in_registers, "{} letters of {in_registers} rows", once.len());
    for (id, text) in &once {
        assert_eq!(lived.get(id), Some(text), "{id}");
    }
}

/// Runs a command that has to be killed at a point.
#[track_caller]
fn dies_at(point: &str, mut command: Command) {
    let output = command.env("DOSSIER_KILL_AT", point).output().expect("it starts");
    assert_eq!(output.status.code(), None, "{point}: {}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn a_run_killed_at_any_point_is_gone_on_with() {
    let once = Place::new();
    let source = mixed(&once);
    assert_settled(&once.ingest([&source]).exits(0).json());
    let expected = once.digest();
    let of_other_commands = ["index.moved", "decision.recorded", "undo.recorded"];
    for point in KILL_POINTS.iter().filter(|point| !of_other_commands.contains(point)) {
        let place = Place::new();
        dies_at(point, place.ingest([&source]).command());
        if place.archive().join("catalog.sqlite").exists() {
            place.search("补偿");
        }
        let report = place.ingest([&source]).exits(0).json();
        assert_settled(&report);
        assert_eq!(place.digest(), expected, "{point}");
        place.ask(["verify"]).exits(0);
        place.ask_with("audit", ["verify"]).exits(0);
    }
}

#[test]
fn other_commands_killed_half_way_leave_a_sound_archive() {
    let place = Place::new();
    let register = "信访编号,信访人,标题,信访内容\n甲001,钱守信,反映村道失修,村道三年失修\n";
    let source = place.write("in/登记.csv", register);
    place.ingest([&source]).exits(0);
    let id = place.search("村道")["hits"][0]["id"].as_str().unwrap().to_owned();
    dies_at("index.moved", place.ask_with("index", ["rebuild"]).command());
    assert_eq!(place.search("村道")["total"], 1, "the index is made anew");
    dies_at("decision.recorded", place.ask(["withdraw", &id, "--by", "某局", "--reason", "申请"]).command());
    // What is on record holds from the next run on.
    place.ingest([&source]).exits(0);
    assert_eq!(place.search("村道")["total"], 0);
    place.ask(["verify"]).exits(0);
    dies_at("audit.written", place.ask(["report", "--subject"]).command());
    place.search("村道");
    place.ask_with("audit", ["verify"]).exits(0);
}

/// A small disk of its own, which goes with this.
struct SmallDisk {
    at: PathBuf,
}

impl SmallDisk {
    /// Nothing where this user may not mount.
    fn mount(at: &Path, size: &str) -> Option<SmallDisk> {
        std::fs::create_dir_all(at).unwrap();
        let mut command = Command::new("mount");
        command.args(["-t", "tmpfs", "-o", &format!("size={size}"), "tmpfs"]).arg(at).stderr(Stdio::null());
        let mounted = command.status().is_ok_and(|status| status.success());
        mounted.then(|| SmallDisk { at: at.to_owned() })
    }

    fn resize(&self, size: &str) {
        let mut command = Command::new("mount");
        command.args(["-o", &format!("remount,size={size}")]).arg(&self.at);
        assert!(command.status().expect("mount").success());
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        if let Err(error) = Command::new("umount").arg("-l").arg(&self.at).status() {
            eprintln!("{}: {error}", self.at.display());
        }
    }
}

#[test]
fn a_full_disk_ends_the_run_and_the_next_goes_on() {
    let (place, once) = (Place::new(), Place::new());
    let mut register = "信访编号,标题,信访内容\n".to_owned();
    for row in 0..6000 {
        register += &format!("信{row:05},反映道路问题,第{row}组村道失修，雨天无法通行，请派人来修好\n");
    }
    let source = once.write("in/登记.csv", &register);
    once.ingest([&source]).exits(0);
    let Some(disk) = SmallDisk::mount(&place.archive(), "1536k") else {
        eprintln!("skipped: this user may not mount a small disk");
        return;
    };
    // What shows ahead is said ahead.
    let large = place.write("large/登记.csv", register.repeat(4));
    let said = place.ingest([&large]).exits(1).stderr;
    assert!(said.contains("are needed for the originals") && said.contains("make room"), "{said}");
    let mut ended = 0;
    for mebibytes in [1, 2, 4, 6, 8, 12, 16, 24, 32, 48] {
        disk.resize(&format!("{mebibytes}m"));
        let output = place.ingest([&source]).command().output().expect("it starts");
        let said = String::from_utf8_lossy(&output.stderr);
        match output.status.code() {
            Some(1) => assert!(said.contains("make room"), "{mebibytes} MiB: {said}"),
            Some(0) => break,
            other => panic!("{mebibytes} MiB: {other:?} {said}"),
        }
        ended += 1;
    }
    assert!(ended >= 3, "the disk was full at several points of the run: {ended}");
    disk.resize("256m");
    assert_settled(&place.ingest([&source]).exits(0).json());
    assert_eq!(place.digest(), once.digest());
    place.ask(["verify"]).exits(0);
}
