//! Progress for people: bars on a terminal, plain lines elsewhere.

use std::cell::{Cell, RefCell};
use std::io::IsTerminal;
use std::time::{Duration, Instant};

use dossier_batch::progress::{Progress, ReadSoFar, Stage};
use dossier_model::Fault;
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::json;

use crate::output::Context;

/// Plain lines come at most so often.
const EVERY: Duration = Duration::from_secs(10);

/// What shows progress: as events for programs, or for people.
pub fn progress_of(events: bool, context: Context) -> Box<dyn Progress> {
    if events { Box::new(Events::default()) } else { for_people(context) }
}

/// What shows progress as `context` asks.
pub fn for_people(context: Context) -> Box<dyn Progress> {
    match (context.quiet, std::io::stderr().is_terminal()) {
        (true, _) => Box::new(Silent),
        (false, true) => Box::new(Bars::new(context)),
        (false, false) => Box::new(Lines::new(context)),
    }
}

fn stage_name(stage: Stage, context: Context) -> &'static str {
    let (en, zh) = match stage {
        Stage::Walk => ("looking through the sources", "查看来源"),
        Stage::Check => ("comparing with the archive", "与档案库比对"),
        Stage::Read => ("reading", "读取"),
        Stage::Derive => ("finding letters and fields", "分件与提取字段"),
        Stage::Compose => ("classifying", "分类"),
        Stage::Index => ("indexing", "建立索引"),
    };
    context.lang.pick(en, zh)
}

fn so_far_words(so_far: ReadSoFar, context: Context) -> String {
    let count = |number: u64, en: &str, zh: &str| format!("{number} {}", context.pick(en, zh));
    let mut words = vec![count(so_far.pages, "pages", "页"), count(so_far.rows, "rows", "行")];
    if so_far.faults > 0 {
        words.push(count(so_far.faults, "faults", "处问题"));
    }
    words.join(context.pick(", ", "，"))
}

/// Bars on a terminal.
struct Bars {
    context: Context,
    bar: RefCell<ProgressBar>,
}

impl Bars {
    /// Bars that speak as `context` says.
    fn new(context: Context) -> Bars {
        Bars { context, bar: RefCell::new(ProgressBar::hidden()) }
    }
}

impl Progress for Bars {
    fn begin(&self, stage: Stage, total: u64) {
        self.bar.borrow().finish_and_clear();
        let bar = if total > 0 { ProgressBar::new(total) } else { ProgressBar::new_spinner() };
        let template = if total > 0 {
            "{prefix} {bar:30} {pos}/{len} {elapsed} {msg} ETA {eta}"
        } else {
            "{spinner} {prefix} {pos} {elapsed} {msg}"
        };
        // The templates are constants; a faulty one would leave the default style.
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style);
        }
        bar.set_prefix(stage_name(stage, self.context));
        bar.enable_steady_tick(Duration::from_millis(200));
        self.bar.replace(bar);
    }

    fn advance(&self, by: u64) {
        self.bar.borrow().inc(by);
    }

    fn read(&self, so_far: ReadSoFar) {
        let bar = self.bar.borrow();
        bar.set_position(so_far.files);
        bar.set_message(so_far_words(so_far, self.context));
    }

    fn fault(&self, what: &str, fault: &Fault) {
        self.bar.borrow().println(format!("{what}: {}", fault.reason(self.context.lang)));
    }

    fn say(&self, remark: &str) {
        self.bar.borrow().println(remark);
    }

    fn end(&self) {
        self.bar.borrow().finish_and_clear();
    }
}

/// Only remarks.
struct Silent;

impl Progress for Silent {
    fn begin(&self, _: Stage, _: u64) {}
    fn advance(&self, _: u64) {}
    fn read(&self, _: ReadSoFar) {}
    fn fault(&self, _: &str, _: &Fault) {}
    fn say(&self, remark: &str) {
        eprintln!("{remark}");
    }
    fn end(&self) {}
}

/// Plain lines for logs.
struct Lines {
    context: Context,
    stage: Cell<Option<Stage>>,
    total: Cell<u64>,
    done: Cell<u64>,
    spoken: Cell<Instant>,
}

impl Lines {
    /// Lines that speak as `context` says.
    fn new(context: Context) -> Lines {
        Lines {
            context,
            stage: Cell::new(None),
            total: Cell::new(0),
            done: Cell::new(0),
            spoken: Cell::new(Instant::now()),
        }
    }

    fn now_and_then(&self, words: &str) {
        if self.spoken.get().elapsed() < EVERY {
            return;
        }
        self.spoken.set(Instant::now());
        let name = self.stage.get().map_or("", |stage| stage_name(stage, self.context));
        eprintln!("{name}: {}/{} {words}", self.done.get(), self.total.get());
    }
}

impl Progress for Lines {
    fn begin(&self, stage: Stage, total: u64) {
        self.stage.set(Some(stage));
        self.total.set(total);
        self.done.set(0);
        self.spoken.set(Instant::now());
        let total = if total > 0 { format!(" ({total})") } else { String::new() };
        eprintln!("{}{total}", stage_name(stage, self.context));
    }

    fn advance(&self, by: u64) {
        self.done.set(self.done.get() + by);
        self.now_and_then("");
    }

    fn read(&self, so_far: ReadSoFar) {
        self.done.set(so_far.files);
        self.now_and_then(&so_far_words(so_far, self.context));
    }

    fn fault(&self, what: &str, fault: &Fault) {
        eprintln!("{what}: {}", fault.reason(self.context.lang));
    }

    fn say(&self, remark: &str) {
        eprintln!("{remark}");
    }

    fn end(&self) {}
}

/// Events for programs: one JSON object a line on standard error, each stage's progress at most
/// twice a second.
#[derive(Default)]
struct Events {
    stage: Cell<Option<(Stage, u64, Instant)>>,
    done: Cell<u64>,
    read: Cell<Option<ReadSoFar>>,
    spoken: Cell<Option<Instant>>,
}

/// Events of progress come at most so often.
const EVENT_EVERY: Duration = Duration::from_millis(500);

impl Events {
    fn now_and_then(&self) {
        if self.spoken.get().is_some_and(|spoken| spoken.elapsed() < EVENT_EVERY) {
            return;
        }
        self.progress();
    }

    fn progress(&self) {
        let Some((stage, total, began)) = self.stage.get() else { return };
        self.spoken.set(Some(Instant::now()));
        let (done, seconds) = (self.done.get(), began.elapsed().as_secs_f64());
        let left = (total > 0 && done > 0).then(|| seconds * total.saturating_sub(done) as f64 / done as f64);
        let mut event = json!({ "event": "progress", "stage": stage_key(stage), "done": done, "total": total,
            "seconds": seconds, "seconds_left": left });
        if let Some(ReadSoFar { files, pages, rows, faults }) = self.read.get() {
            event["read"] = json!({ "files": files, "pages": pages, "rows": rows, "faults": faults,
                "pages_a_second": pages as f64 / seconds.max(0.001) });
        }
        eprintln!("{event}");
    }
}

impl Progress for Events {
    fn begin(&self, stage: Stage, total: u64) {
        // Where the stage before came to.
        self.progress();
        self.stage.set(Some((stage, total, Instant::now())));
        self.done.set(0);
        self.read.set(None);
        self.spoken.set(None);
        eprintln!("{}", json!({ "event": "stage", "stage": stage_key(stage), "total": total }));
    }

    fn advance(&self, by: u64) {
        self.done.set(self.done.get() + by);
        self.now_and_then();
    }

    fn read(&self, so_far: ReadSoFar) {
        self.done.set(so_far.files);
        self.read.set(Some(so_far));
        self.now_and_then();
    }

    fn fault(&self, what: &str, fault: &Fault) {
        eprintln!(
            "{}",
            json!({ "event": "fault", "what": what, "kind": fault.kind, "detail": fault.detail })
        );
    }

    fn say(&self, remark: &str) {
        eprintln!("{}", json!({ "event": "remark", "remark": remark }));
    }

    fn end(&self) {
        self.progress();
        eprintln!("{}", json!({ "event": "end" }));
    }
}

/// The name of a stage that scripts see.
fn stage_key(stage: Stage) -> &'static str {
    match stage {
        Stage::Walk => "walk",
        Stage::Check => "check",
        Stage::Read => "read",
        Stage::Derive => "derive",
        Stage::Compose => "compose",
        Stage::Index => "index",
    }
}
