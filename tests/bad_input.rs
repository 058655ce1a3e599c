//! Bad input hurts only itself: each kind is named with its reason, and the rest goes in.

#![allow(clippy::expect_used, clippy::unwrap_used)] // A test may stop where it stands.

mod support;

use std::io::BufRead;
use std::os::unix::fs::PermissionsExt;

use serde_json::{Value, json};
use support::{Dossier, Place, assert_settled, copy_folder, samples};

const REGISTER: &str = "信访编号,信访人,标题,内容\n甲001,钱守信,反映村道失修,村道三年失修，雨天无法通行\n\
                        甲002,孙有田,要求补发工资,砖厂拖欠工资半年\n";

/// The reasons of the quarantined files by the ends of their paths.
fn quarantined<'a>(report: &'a Value, name: &str) -> &'a Value {
    let all = report["quarantined"].as_array().expect("a list");
    let found = all.iter().find(|entry| entry["path"].as_str().is_some_and(|path| path.ends_with(name)));
    found.unwrap_or_else(|| panic!("{name} is not among {all:?}"))
}

fn a_scan() -> Vec<u8> {
    std::fs::read(samples().join("scans/1986-1998/青信86-0041.pdf")).expect("the sample is there")
}

#[test]
fn what_cannot_be_read_is_named_and_the_rest_goes_in() {
    let place = Place::new();
    place.write("in/登记.csv", REGISTER);
    place.write("in/空.pdf", "");
    place.write("in/未知.xyz", b"\x00\x01\x02\x03 nothing known");
    place.write("in/照片.jpg", b"\xFF\xD8\xFF\xE0 cut off");
    place.write("in/坏.pdf", b"%PDF-1.7\nnothing but a header");
    place.write("in/坏.xlsx", b"PK\x03\x04 cut off");
    place.write("in/~$登记.xlsx", b"lock");
    let report = place.ingest([place.path("in")]).exits(3).json();
    assert_settled(&report);
    assert_eq!(report["status"], "partial");
    assert_eq!(
        report["files"],
        json!({ "seen": 7, "archived": 1, "unchanged": 0, "duplicate": 0, "quarantined": 5, "ignored": 1 })
    );
    assert_eq!(report["rows"]["archived"], 2);
    for (name, kind) in [
        ("空.pdf", "empty"),
        ("未知.xyz", "unknown_kind"),
        ("照片.jpg", "damaged"),
        ("坏.pdf", "damaged"),
        ("坏.xlsx", "damaged"),
    ] {
        let entry = quarantined(&report, name);
        assert_eq!(entry["kind"], kind, "{name}");
        assert!(!entry["reason"].as_str().unwrap().is_empty() && !entry["hint"].as_str().unwrap().is_empty());
    }
    assert_eq!(place.search("村道三年失修")["total"], 1);
}

#[test]
fn the_readable_pages_of_a_truncated_scan_are_archived() {
    let place = Place::new();
    let whole = a_scan();
    place.write("in/截断.pdf", &whole[..whole.len() * 3 / 4]);
    let report = place.ingest([place.path("in")]).exits(3).json();
    assert_settled(&report);
    assert_eq!(report["files"]["archived"], 1, "{report}");
    assert!(report["pages"]["recognised"].as_u64() >= Some(1), "{report}");
    assert!(report["pages"]["failed"].as_u64() >= Some(1), "{report}");
    let failed = &report["failed_pages"][0];
    assert!(failed["path"].as_str().unwrap().ends_with("截断.pdf") && failed["page"].as_u64().is_some());
}

#[test]
fn passwords_are_named() {
    let place = Place::new();
    let mut document = lopdf::Document::load_mem(&a_scan()).expect("the sample is sound");
    let id = lopdf::Object::string_literal("0123456789abcdef");
    document.trailer.set("ID", vec![id.clone(), id]);
    let version = lopdf::EncryptionVersion::V2 {
        document: &document,
        owner_password: "owner",
        user_password: "user",
        key_length: 128,
        permissions: lopdf::Permissions::all(),
    };
    let state = lopdf::EncryptionState::try_from(version).expect("an encryption");
    document.encrypt(&state).expect("the sample can be encrypted");
    let mut bytes = Vec::new();
    document.save_to(&mut bytes).expect("the sample can be saved");
    place.write("in/加密.pdf", bytes);
    // Office programs wrap an encrypted workbook in an OLE container with this stream.
    let mut workbook = cfb::CompoundFile::create(std::io::Cursor::new(Vec::new())).expect("a container");
    workbook.create_stream("/EncryptedPackage").expect("a stream");
    place.write("in/加密.xlsx", workbook.into_inner().into_inner());
    let report = place.ingest([place.path("in")]).exits(3).json();
    assert_settled(&report);
    assert_eq!(quarantined(&report, "加密.pdf")["kind"], "encrypted");
    assert_eq!(quarantined(&report, "加密.xlsx")["kind"], "encrypted");
}

/// A page of a size that no machine could hold, and one whose image claims to be so.
#[test]
fn what_asks_for_too_much_is_refused_before_it_is_made() {
    let place = Place::new();
    let mut document = lopdf::Document::load_mem(&a_scan()).expect("the sample is sound");
    let first = document.get_pages()[&1];
    let page = document.get_dictionary_mut(first).expect("a page");
    page.set("MediaBox", vec![0.into(), 0.into(), 2_000_000.into(), 2_000_000.into()]);
    let mut bytes = Vec::new();
    document.save_to(&mut bytes).expect("the sample can be saved");
    place.write("in/巨页.pdf", bytes);
    let report = place.ingest([place.path("in")]).exits(3).json();
    assert_settled(&report);
    assert_eq!(report["failed_pages"][0]["kind"], "too_large", "{report}");
    assert_eq!(report["files"]["archived"], 1);
}

/// A scan and a register, taken in by workers with these limits.
fn taken_in_with(place: &Place, limits: &str, status: i32) -> Value {
    place.write("in/信.pdf", a_scan());
    place.write("in/登记.csv", REGISTER);
    let pipelines = support::with_worker_limits(place, limits);
    let run = place.ingest([place.path("in")]).env("DOSSIER_PIPELINES", pipelines);
    let report = run.exits(status).json();
    assert_settled(&report);
    report
}

#[test]
fn a_file_that_kills_its_worker_costs_only_itself() {
    let place = Place::new();
    let report = taken_in_with(&place, "memory_mib = 120\nstall_seconds = 120", 3);
    assert_eq!(report["rows"]["archived"], 2, "{report}");
    assert_eq!(report["files"]["quarantined"], 1, "{report}");
    assert!(quarantined(&report, "信.pdf")["reason"].as_str().is_some_and(|reason| !reason.is_empty()));
}

/// What a file that cost a worker may use is more when it is read once more, alone.
#[test]
fn a_file_that_kills_its_worker_is_read_once_more_alone() {
    let place = Place::new();
    let limits = "memory_mib = 120\nstall_seconds = 120\nalone = { memory_mib = 3072, stall_seconds = 120, cpu_seconds = 600 }";
    let report = taken_in_with(&place, limits, 0);
    assert_eq!(report["files"]["archived"], 2, "{report}");
}

#[test]
fn a_file_that_takes_too_much_processor_time_costs_only_itself() {
    let place = Place::new();
    // Loading the models and a page take more than a second.
    let report = taken_in_with(&place, "memory_mib = 3072\nstall_seconds = 120\ncpu_seconds = 0", 3);
    assert_eq!(report["rows"]["archived"], 2, "{report}");
    // A page that a worker is done with within the second is kept; where none is, the file waits whole.
    let page = &report["failed_pages"][0];
    let lost = if page.is_null() { quarantined(&report, "信.pdf") } else { page };
    assert_eq!(lost["kind"], "timed_out", "{report}");
    assert!(lost["detail"].as_str().is_some_and(|detail| detail.ends_with("s of processor time")), "{lost}");
}

#[test]
fn pipes_and_links_are_seen_and_not_read() {
    let place = Place::new();
    place.write("in/登记.csv", REGISTER);
    // A reader of this pipe would wait for ever.
    let pipe = place.path("in/管道");
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().expect("mkfifo runs").success());
    std::os::unix::fs::symlink("/etc/passwd", place.path("in/链接.csv")).expect("a link");
    let report = place.ingest([place.path("in")]).exits(3).json();
    assert_settled(&report);
    assert_eq!(quarantined(&report, "管道")["kind"], "no_file");
    assert_eq!(quarantined(&report, "链接.csv")["kind"], "no_file");
    assert_eq!(report["files"]["archived"], 1);
}

#[test]
fn a_worker_that_hangs_costs_the_page_it_is_at() {
    let place = Place::new();
    place.write("in/信.pdf", a_scan());
    let pipelines = support::with_worker_limits(&place, "memory_mib = 3072\nstall_seconds = 3");
    let mut run = place
        .ingest([place.path("in")])
        .arg("--workers=1")
        .arg("--events")
        .env("DOSSIER_PIPELINES", pipelines)
        .command();
    let run = run.stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::piped());
    let mut run = run.spawn().expect("the run starts");
    // It must be at a page: before, there is only the file to be lost, and a worker before it that
    // looked whether there is anything to recognise.
    let events = std::io::BufReader::new(run.stderr.take().expect("events"));
    let mut events = events.lines().map(|line| line.expect("a line"));
    let at_a_page = |line: &String| line.contains("\"pages\":1");
    events.find(at_a_page).expect("the first page is read");
    let rest = std::thread::spawn(move || events.collect::<Vec<_>>());
    let worker = support::child_of(run.id());
    rustix::process::kill_process(worker, rustix::process::Signal::STOP).expect("the worker can be stopped");
    let output = run.wait_with_output().expect("the run ends by itself");
    let rest = rest.join().expect("the other events");
    assert_eq!(output.status.code(), Some(3), "{rest:?}");
    let report: Value = serde_json::from_slice(&output.stdout).expect("a report");
    assert_settled(&report);
    assert_eq!(report["failed_pages"][0]["kind"], "timed_out", "{report}");
    assert_eq!(report["files"]["archived"], 1, "the other page is archived: {report}");
}

#[test]
fn without_models_scans_wait_and_all_else_goes_in() {
    let place = Place::new();
    place.write("in/信.pdf", a_scan());
    place.write("in/登记.csv", REGISTER);
    let report = place.ingest([place.path("in")]).env("DOSSIER_MODELS", place.path("none")).exits(3).json();
    assert_settled(&report);
    let entry = quarantined(&report, "信.pdf");
    assert_eq!(entry["kind"], "no_models");
    assert!(entry["hint"].as_str().unwrap().contains("dossier models install"));
    assert_eq!(report["rows"]["archived"], 2);
    // With the models there, the next run takes in what waited.
    let report = place.ingest([place.path("in")]).exits(0).json();
    assert_settled(&report);
    assert_eq!((&report["files"]["archived"], &report["files"]["unchanged"]), (&json!(1), &json!(1)));
    assert!(report["pages"]["recognised"].as_u64() >= Some(1));
}

#[test]
fn sources_that_are_not_there_or_empty_cannot_run() {
    let place = Place::new();
    let missing = place.ingest([place.path("none")]).exits(1);
    assert!(missing.stderr.contains("none") && missing.stderr.contains("what to do"), "{}", missing.stderr);
    std::fs::create_dir(place.path("empty")).expect("a folder");
    let empty = place.ingest([place.path("empty")]).exits(1);
    assert!(empty.stderr.contains("no file to take in"), "{}", empty.stderr);
    Dossier::new(["ingest", "petitions"]).exits(2);
    Dossier::new(["ingest", "nonsense", "x", "--archive", "y"]).exits(1);
}

#[test]
fn archives_that_cannot_be_used_say_why() {
    let place = Place::new();
    let source = place.write("in/登记.csv", REGISTER);
    place.write("taken/note.txt", "not an archive");
    let refused =
        Dossier::new(["ingest", "petitions"]).arg(&source).arg("--archive").arg(place.path("taken"));
    assert!(refused.exits(1).stderr.contains("holds no archive"));
    let missing = Dossier::new(["search", "x", "--archive"]).arg(place.path("nowhere")).exits(1);
    assert!(missing.stderr.contains("no archive here"), "{}", missing.stderr);
    // /proc can be written by nobody, not even root.
    let unwritable = Dossier::new(["ingest", "petitions"]).arg(&source).arg("--archive").arg("/proc/archive");
    assert!(unwritable.exits(1).stderr.contains("/proc/archive"));
    place.ingest([&source]).exits(0);
    let database = rusqlite::Connection::open(place.archive().join("catalog.sqlite")).expect("a catalog");
    database.execute("UPDATE meta SET value = '999' WHERE key = 'format'", []).expect("an update");
    let newer = place.ask(["search", "x"]).exits(1);
    assert!(newer.stderr.contains("newer Dossier"), "{}", newer.stderr);
}

#[test]
fn files_that_may_not_be_read_are_named() {
    let place = Place::new();
    place.write("in/登记.csv", REGISTER);
    let locked = place.write("in/锁.csv", REGISTER);
    std::fs::set_permissions(&locked, std::fs::Permissions::from_mode(0o000)).expect("permissions");
    if std::fs::read(&locked).is_ok() {
        eprintln!("skipped: this user reads everything");
        return;
    }
    let report = place.ingest([place.path("in")]).exits(3).json();
    assert_settled(&report);
    assert_eq!(quarantined(&report, "锁.csv")["kind"], "unreadable");
}

#[test]
fn a_busy_archive_is_left_alone() {
    let place = Place::new();
    let source = place.write("in/登记.csv", REGISTER);
    place.ingest([&source]).exits(0);
    let lock = std::fs::File::open(place.archive().join("lock")).expect("a lock file");
    rustix::fs::flock(&lock, rustix::fs::FlockOperation::LockExclusive).expect("the lock is free");
    let busy = place.ingest([&source]).exits(10);
    assert!(busy.stderr.contains("another run"), "{}", busy.stderr);
    // Searching goes on meanwhile.
    assert_eq!(place.search("砖厂")["total"], 1);
    drop(lock);
    // A run names itself in the lock, and whom it keeps out says so.
    support::copy_folder(&samples().join("scans/1956-1979"), &place.path("in/scans"));
    let mut command = place.ingest([place.path("in")]).command();
    let mut run = command.stdout(std::process::Stdio::null()).spawn().expect("the run starts");
    support::child_of(run.id());
    let busy = place.ingest([&source]).exits(10);
    assert!(
        busy.stderr.contains(&format!("({} ", run.id())) && busy.stderr.contains("ingest)"),
        "{}",
        busy.stderr
    );
    run.kill().expect("the run can be killed");
    run.wait().expect("it is dead");
    place.ingest([&source]).exits(0);
}

#[test]
fn what_could_not_be_read_stays_trouble_until_it_is_accepted() {
    let place = Place::new();
    place.write("in/登记.csv", REGISTER);
    let headless = place.write("in/无表头.csv", "甲,乙,丙\n1,丁,戊\n2,己,庚\n");
    let scan = a_scan();
    place.write("in/残本.pdf", &scan[..scan.len() * 3 / 4]);
    let told = |report: &Value| {
        let rows = report["rejected_rows"].as_array().map_or(0, Vec::len);
        let pages = report["failed_pages"].as_array().map_or(0, Vec::len);
        (rows, pages, report["rows"]["rejected"].clone(), report["pages"]["failed"].clone())
    };
    let first = place.ingest([place.path("in")]).exits(3).json();
    let expected = told(&first);
    assert_eq!((expected.0, &expected.2), (3, &json!(3)), "{first}");
    assert!(expected.1 > 0 && expected.3 == json!(expected.1), "{first}");
    for _ in 0..2 {
        let again = place.ingest([place.path("in")]).exits(3).json();
        assert_eq!(told(&again), expected, "the next night says so too: {again}");
        assert_settled(&again);
    }
    let listed = place.ask_with("quarantine", ["list", "--json"]).exits(0).json();
    let listed: Vec<_> =
        listed.as_array().unwrap().iter().map(|it| (it["rows"].clone(), it["pages"].clone())).collect();
    assert_eq!(listed, [(json!(3), json!(0)), (json!(0), expected.3.clone())], "in the order of the paths");
    let unread = place.ask(["status", "--json"]).exits(0).json()["unread"].clone();
    assert_eq!(unread, json!({ "files": 2, "pages": expected.3, "rows": 3 }));
    // To try again helps nothing, and says so.
    let report = place.ask_with("quarantine", ["retry", "--json"]).exits(3).json()["report"].clone();
    assert_eq!(report["pages"]["failed"], expected.3, "{report}");
    // A changed pipeline understands the rows.
    let pipelines = place.path("pipelines");
    copy_folder(&support::root().join("pipelines"), &pipelines);
    let fields = pipelines.join("petitions/fields.toml");
    let text = std::fs::read_to_string(&fields).unwrap();
    std::fs::write(
        &fields,
        text.replace("[\"信访编号\",", "[\"甲\", \"信访编号\",")
            .replace("[\"信访人\",", "[\"乙\", \"信访人\","),
    )
    .unwrap();
    place.ingest([place.path("in")]).env("DOSSIER_PIPELINES", &pipelines).exits(3);
    let listed = place.ask_with("quarantine", ["list", "--json"]).exits(0).json();
    assert_eq!(listed.as_array().map(Vec::len), Some(1), "{listed}");
    // Back to the former one; then somebody accepts both.
    place.ingest([place.path("in")]).exits(3);
    for name in ["无表头.csv", "残本.pdf"] {
        place.ask_with("quarantine", ["release", name, "--reason", "纸质件亦残"]).exits(0);
    }
    let accepted = place.ingest([place.path("in")]).exits(0).json();
    assert_eq!(told(&accepted), (0, 0, json!(0), json!(0)), "{accepted}");
    assert_settled(&accepted);
    // Another content is another matter.
    std::fs::write(&headless, "甲,乙,丙\n1,丁,戊\n").unwrap();
    place.ingest([place.path("in")]).exits(3);
}

#[test]
fn an_archive_is_not_taken_in_by_itself() {
    let place = Place::new();
    place.write("in/登记.csv", REGISTER);
    let within = place.path("in/archive");
    let refused = Dossier::new(["ingest", "petitions"])
        .arg(place.path("in"))
        .arg("--archive")
        .arg(&within)
        .exits(1)
        .stderr;
    assert!(refused.contains("lies in the source") && refused.contains("elsewhere"), "{refused}");
    assert!(!within.exists());
}

#[test]
fn rules_of_another_pipeline_are_not_applied() {
    let place = Place::new();
    place.ingest([place.write("in/登记.csv", REGISTER)]).exits(0);
    let digest = place.digest();
    let refused = place.ask(["reclassify", "historical-letters"]).exits(1).stderr;
    assert!(refused.contains("petitions"), "{refused}");
    assert_eq!(place.digest(), digest);
}
