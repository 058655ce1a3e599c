//! Progress for people: bars on a terminal, plain lines elsewhere.

use std::cell::{Cell, RefCell};
use std::io::IsTerminal;
use std::time::{Duration, Instant};

use dossier_batch::progress::{Progress, Quiet, ReadSoFar, Stage};
use dossier_model::Fault;
use indicatif::{ProgressBar, ProgressStyle};

use crate::output::Context;

/// Plain lines come at most so often.
const EVERY: Duration = Duration::from_secs(10);

/// What shows progress as `context` asks.
pub fn for_people(context: Context) -> Box<dyn Progress> {
    match (context.quiet, std::io::stderr().is_terminal()) {
        (true, _) => Box::new(Quiet),
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

    fn end(&self) {
        self.bar.borrow().finish_and_clear();
    }
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

    fn end(&self) {}
}
