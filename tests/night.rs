//! The nightly job: nobody is asked anything, and in the morning somebody is told.

#![allow(clippy::expect_used, clippy::unwrap_used)] // A test may stop where it stands.

mod support;

use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use support::{Dossier, Place, assert_settled, samples};

const REGISTER: &str = "信访编号,信访人,联系电话,标题,内容\n\
    甲001,钱守信,19900001111,反映村道失修,村道三年失修，雨天无法通行\n\
    甲002,孙有田,,要求补发工资,砖厂拖欠工资半年\n";

/// A job over `in/`, with more at its end.
fn job(place: &Place, more: &str) -> PathBuf {
    let text =
        format!("pipeline = 'petitions'\narchive = 'archive'\nsources = ['in']\nlanguage = 'zh'\n{more}");
    place.write("夜间.toml", text)
}

fn night(file: &Path) -> Dossier {
    Dossier::new(["run"]).arg(file).arg("--json").arg("--quiet")
}

/// A command that notes what it is told.
fn teller(place: &Place) -> String {
    let script = "#!/bin/sh\nread line\nprintf '%s|%s|%s|%s\\n' \"$1\" \"$line\" \"$DOSSIER_STATUS\" \"$DOSSIER_REPORT\" >> \"$2\"\n";
    let script = place.write("tell.sh", script);
    let made = std::process::Command::new("chmod").arg("+x").arg(&script).status().expect("chmod");
    assert!(made.success());
    format!(
        "[notify]\ncommand = ['{}', '值班', '{}']\nmailbox = 'mail'\n",
        script.display(),
        place.path("told").display()
    )
}

fn told(place: &Place) -> Vec<String> {
    let text = std::fs::read_to_string(place.path("told")).unwrap_or_default();
    text.lines().map(str::to_owned).collect()
}

/// A page to recognise, each a content of its own.
fn scan(place: &Place, name: &str) -> PathBuf {
    let mut page = std::fs::read(samples().join("scans/1986-1998/青信86-0041.pdf")).expect("a sample");
    page.extend(format!("\n% {name}\n").bytes());
    place.write(&format!("in/{name}"), page)
}

#[test]
fn what_is_asked_for_is_recognised_first_then_by_fonds_then_the_newest() {
    let place = Place::new();
    place.write("in/登记.csv", REGISTER);
    let file = job(&place, "fonds = ['0002', '0001']\nworkers = 1\n");
    night(&file).exits(0);
    let names = ["0001-WS-1.pdf", "0002/1.pdf", "0009/旧.pdf", "0009/新.pdf", "0009/急.pdf"];
    let scans = names.map(|name| scan(&place, name));
    for (age, scan) in scans.iter().rev().enumerate() {
        let written = std::time::SystemTime::now() - Duration::from_secs(3600 * (100 - age as u64));
        let file = std::fs::File::options().append(true).open(scan).expect("a file");
        file.set_modified(written).expect("its time can be set");
    }
    let [first, second, old, new, urgent] = &scans;
    // The newest of those that nothing else is said of.
    let older = std::fs::File::options().append(true).open(old).expect("a file");
    older.set_modified(std::time::UNIX_EPOCH + Duration::from_secs(1)).expect("its time can be set");
    let wanted = place.ask(["want"]).arg(urgent).arg("--json").exits(0).json();
    assert_eq!(wanted["wanted"], json!([urgent.display().to_string()]));
    night(&file).exits(0);
    let log = place.archive().join("logs/run-000002.jsonl");
    let log = std::fs::read_to_string(log).expect("a log");
    let read = |path: &PathBuf| {
        let digest = dossier_archive::hash_file(path).expect("it can be read").0.to_string();
        let line = log.lines().position(|line| line.contains(&digest[..12]) && line.contains("\"file\""));
        line.unwrap_or_else(|| panic!("{} was read: {log}", path.display()))
    };
    let mut order = [urgent, second, first, new, old].map(|path| (read(path), path));
    let expected = order;
    order.sort();
    assert_eq!(order, expected);
    assert_eq!(place.ask(["want", "--json"]).exits(0).json()["wanted"], json!([]), "it has been read");
    place.ask(["want", "nowhere"]).exits(1);
    place.ask_with("audit", ["verify"]).exits(0);
}

#[test]
fn a_night_takes_in_reports_and_tells() {
    let place = Place::new();
    place.write("in/登记.csv", REGISTER);
    let file = job(&place, &teller(&place));
    let done = night(&file).exits(0).json();
    assert_settled(&done);
    assert_eq!((&done["items"]["added"], &done["untold"]), (&json!(2), &json!([])));
    let page = Path::new(done["page"].as_str().expect("a path"));
    assert!(page.starts_with(place.archive().join("reports")), "{}", page.display());
    let html = std::fs::read_to_string(page).expect("a page");
    assert!(html.contains("卷宗晨报") && !html.contains("钱守信"));
    let data: Value = serde_json::from_slice(&std::fs::read(page.with_extension("json")).unwrap()).unwrap();
    assert_eq!(data["account"]["rows"]["archived"], 2);
    assert_eq!(told(&place).len(), 1);
    let line = &told(&place)[0];
    assert!(line.starts_with("值班|卷宗 ") && line.contains("新增 2 件，更新 0 件|complete|"), "{line}");
    let mail = std::fs::read_to_string(place.path("mail")).expect("a mailbox");
    assert!(mail.starts_with("From dossier ") && mail.contains("X-Dossier-Status: complete"), "{mail}");
    assert_eq!(place.search("村道")["total"], 1);

    // Again, with a broken file; and only when there is trouble.
    place.write("in/坏.pdf", b"%PDF-1.7\nnothing but a header");
    let file = job(&place, &(teller(&place) + "when = 'trouble'\n"));
    night(&file).exits(3);
    std::fs::remove_file(place.path("in/坏.pdf")).expect("a removal");
    night(&file).exits(0);
    assert_eq!(told(&place).len(), 2, "{:?}", told(&place));
    assert!(told(&place)[1].contains("隔离 1 个文件|partial|"), "{:?}", told(&place));
    assert_eq!(std::fs::read_to_string(place.path("mail")).unwrap().matches("From dossier ").count(), 2);
}

#[test]
fn a_webhook_is_told_as_json() {
    let place = Place::new();
    place.write("in/登记.csv", REGISTER);
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address");
    let hook = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().expect("a caller");
        let mut request = Vec::new();
        let mut buffer = [0; 4096];
        // The body is the request's last line, and ends it.
        while !request.ends_with(b"}") {
            let length = stream.read(&mut buffer).expect("a request");
            assert!(length > 0, "{}", String::from_utf8_lossy(&request));
            request.extend(&buffer[..length]);
        }
        stream.write_all(b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n").expect("an answer");
        String::from_utf8(request).expect("UTF-8")
    });
    let done = night(&job(&place, &format!("[notify]\nwebhook = 'http://{address}/told'\n"))).exits(0).json();
    assert_eq!(done["untold"], json!([]));
    let request = hook.join().expect("a request");
    let (head, body) = request.split_once("\r\n\r\n").expect("a body");
    assert!(head.starts_with("POST /told HTTP/1.1\r\n"), "{head}");
    let body: Value = serde_json::from_str(body).expect("JSON");
    assert!(body["subject"].as_str().is_some_and(|line| line.contains("新增 2 件")), "{body}");
    assert_eq!((&body["status"], &body["report"]), (&json!("complete"), &done["page"]));

    let refused = night(&job(&place, "[notify]\nwebhook = 'https://10.0.0.8/told'\n")).exits(1).stderr;
    assert!(refused.contains("curl"), "{refused}");
}

#[test]
fn a_night_that_fails_is_told_of_too() {
    let place = Place::new();
    let file = job(&place, &teller(&place));
    assert!(night(&file).exits(1).stderr.contains("/in"), "the source is not there");
    assert!(
        told(&place)[0].contains("卷宗失败：") && told(&place)[0].contains("|failed|"),
        "{:?}",
        told(&place)
    );
    // Who cannot be told is named, and the status says that not all is well.
    place.write("in/登记.csv", REGISTER);
    let file = job(&place, "[notify]\ncommand = ['/bin/false']\n");
    let said = night(&file).exits(3);
    assert!(said.stderr.contains("/bin/false"), "{}", said.stderr);
    assert!(said.json()["untold"][0].as_str().unwrap().contains("/bin/false"));
}

#[test]
fn faults_of_the_job_are_named_all_at_once() {
    let place = Place::new();
    let file = job(&place, "orignals = 'copy'\n[hours]\nallowed = []\nquite = []\n");
    let said = Dossier::new(["run"]).arg(&file).exits(1).stderr;
    for expected in [
        "夜间.toml: line 5: unknown key `orignals`: did you mean `originals`?",
        "line 8: unknown key `quite`",
    ] {
        assert!(said.contains(expected), "{said}");
    }
    assert!(Dossier::new(["run", "petitions"]).exits(1).stderr.contains("nightly.toml"));
    assert!(Dossier::new(["run", "none-such"]).exits(1).stderr.contains("none-such"));
}

/// The local time so many minutes from now, as the job's file says it.
fn clock(minutes: i64) -> String {
    let at = format!("now {minutes} minutes");
    let said = std::process::Command::new("date").args(["-d", &at, "+%H:%M"]).output().expect("date");
    String::from_utf8(said.stdout).unwrap().trim().to_owned()
}

#[test]
fn nothing_is_done_outside_the_hours() {
    let place = Place::new();
    place.write("in/登记.csv", REGISTER);
    let file = job(&place, &format!("[hours]\nallowed = ['{}-{}']\n", clock(120), clock(180)));
    let said = night(&file).exits(0);
    assert!(said.stderr.contains("outside the job's hours") && said.stdout.is_empty(), "{}", said.stderr);
    assert!(!place.archive().exists());
    assert_eq!(night(&file).arg("--now").exits(0).json()["items"]["added"], 2);
}

#[test]
fn when_the_time_is_up_what_was_read_is_searchable_and_the_rest_waits() {
    let place = Place::new();
    place.write("in/登记.csv", REGISTER);
    support::copy_folder(&samples().join("scans"), &place.path("in/scans"));
    let file = job(&place, "workers = 1\n[limits]\nhours = 0.001\n");
    let done = night(&file).exits(130).json();
    assert_settled(&done);
    assert!(done["files"]["pending"].as_u64() > Some(0), "{done}");
    assert_eq!(done["files"]["quarantined"], 0);
    assert_eq!(place.search("村道")["total"], 1, "registers come first and can be searched");
    assert_eq!(place.digest()["index_agrees"], true);
    let status = place.ask(["status", "--json"]).exits(0).json();
    assert_eq!(status["waiting"], done["files"]["pending"]);
    // Another night without a limit finishes it.
    let done = night(&job(&place, "")).exits(0).json();
    assert_settled(&done);
    let once = Place::new();
    once.ingest([place.path("in")]).exits(0);
    assert_eq!(place.digest(), once.digest());
}

fn wait_until(what: &str, mut holds: impl FnMut() -> bool) {
    let began = Instant::now();
    while !holds() {
        assert!(began.elapsed() < Duration::from_secs(60), "{what}");
        std::thread::sleep(Duration::from_millis(100));
    }
}

fn end(child: Child, signal: rustix::process::Signal) -> std::process::Output {
    rustix::process::kill_process(rustix::process::Pid::from_child(&child), signal).expect("a signal");
    child.wait_with_output().expect("it ends")
}

#[test]
fn what_arrives_is_taken_in_once_it_has_settled() {
    let place = Place::new();
    std::fs::create_dir_all(place.path("in")).unwrap();
    let file = job(&place, "[watch]\nsettle_seconds = 4\npoll_seconds = 1\n");
    let mut command = Dossier::new(["run", "--watch", "--quiet"]).arg(&file).command();
    let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it starts");
    std::thread::sleep(Duration::from_millis(500));
    // A file that grows is left alone until it is whole.
    let lines: Vec<&str> = REGISTER.split_inclusive('\n').collect();
    for upto in 1..=lines.len() {
        place.write("in/登记.csv", lines[..upto].concat());
        std::thread::sleep(Duration::from_millis(1200));
    }
    let catalog = place.archive().join("catalog.sqlite");
    wait_until("it is taken in", || catalog.exists() && place.search("砖厂")["total"] == 1);
    place.write("in/二.csv", REGISTER.replace('甲', "乙").replace("砖厂", "煤矿"));
    wait_until("the second too", || place.search("煤矿")["total"] == 1);
    // What a run found can be searched a moment before its account is settled.
    let mut runs = Value::Null;
    wait_until("both runs are settled", || {
        runs = place.ask(["runs", "--json"]).exits(0).json();
        runs.as_array().is_some_and(|runs| runs.iter().all(|run| run["status"] != "running"))
    });
    let archived: Vec<&Value> =
        runs.as_array().unwrap().iter().map(|run| &run["files"]["archived"]).collect();
    assert_eq!(archived, [1, 1], "each file once, and whole: {runs}");
    let output = end(child, rustix::process::Signal::TERM);
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn the_log_names_nobody() {
    let place = Place::new();
    let scan = samples().join("scans/1986-1998/青信86-0041.pdf");
    place.write("in/孙桂芬来信.pdf", std::fs::read(scan).expect("a sample"));
    place.write("in/登记.csv", REGISTER);
    place.write("in/坏.csv", b"\0\0\0");
    place.ingest([place.path("in")]).exits(3);
    let raw = std::fs::read_to_string(place.archive().join("logs/run-000001.jsonl")).expect("a log");
    assert!(raw.lines().count() > 8 && raw.lines().all(|line| line.starts_with("{\"timestamp\"")), "{raw}");
    let said = place.ask(["log", "--json"]).exits(0).lines();
    let files: Vec<&str> = said.iter().filter_map(|line| line["file"].as_str()).collect();
    assert!(files.contains(&"孙**来信.pdf") && files.contains(&"登记.csv"), "{files:?}");
    let words = place.ask(["log", "1"]).exits(0).stdout;
    assert!(words.contains("run begins") && words.contains("status=partial"), "{words}");
    for text in [&raw, &words, &format!("{said:?}")] {
        for secret in ["孙桂芬", "钱守信", "孙有田", "19900001111"] {
            assert!(!text.contains(secret), "{secret}: {text}");
        }
    }
    place.ask(["log", "7"]).exits(1);
    // Old logs go.
    let old = place.archive().join("logs/run-000001.jsonl");
    let time = std::time::SystemTime::now() - Duration::from_secs(90 * 86_400);
    std::fs::File::options().append(true).open(&old).unwrap().set_modified(time).unwrap();
    std::fs::remove_file(place.path("in/坏.csv")).unwrap();
    night(&job(&place, "[logs]\nkeep_days = 30\n")).exits(0);
    assert!(!old.exists() && place.archive().join("logs/run-000002.jsonl").exists());
    assert!(place.ask(["log", "1"]).exits(1).stderr.contains("no log"));
}

#[test]
fn events_are_one_object_a_line() {
    let place = Place::new();
    place.write("in/登记.csv", REGISTER);
    place.write("in/坏.pdf", b"%PDF-1.7\nnothing but a header");
    let said = place.ingest([place.path("in")]).arg("--events").exits(3).stderr;
    let events: Vec<Value> = said.lines().map(|line| serde_json::from_str(line).expect(line)).collect();
    let stages: Vec<&str> = events.iter().filter_map(|event| event["stage"].as_str()).collect();
    for stage in ["walk", "check", "read", "derive", "compose", "index"] {
        assert!(stages.contains(&stage), "{stage}: {stages:?}");
    }
    assert!(events.iter().any(|event| event["event"] == "fault" && event["what"] == "坏.pdf"), "{events:?}");
    assert!(events.iter().any(|event| event["event"] == "progress" && event["read"]["rows"] == 3));
    assert_eq!(events.last().unwrap()["event"], "end");
}
