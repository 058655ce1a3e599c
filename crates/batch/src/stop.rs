//! Stopping a run: its reading when the time is up, all of it cleanly when asked once, at once when
//! asked twice.

use std::sync::Arc;
use std::thread;
use std::time::Duration;

use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;

/// Exit status of a run that was interrupted.
const INTERRUPTED: i32 = 130;

/// How often a run's own stop looks at that of all runs.
const GLANCE: Duration = Duration::from_millis(100);

/// How much is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Wanted {
    /// All.
    All,
    /// No more reading: what has been read is finished.
    NoReading,
    /// Nothing more.
    Nothing,
}

/// Whether a run has been asked to stop. Clones share the answer.
#[derive(Clone, Debug)]
pub struct Stop {
    wanted: Arc<watch::Sender<Wanted>>,
}

impl Default for Stop {
    fn default() -> Self {
        Stop { wanted: Arc::new(watch::Sender::new(Wanted::All)) }
    }
}

impl Stop {
    /// One for a single run: whoever stops this stops that too, but not the other way round.
    pub fn for_one_run(&self) -> Stop {
        let one = Stop::default();
        let (outer, inner) = (self.clone(), one.clone());
        thread::spawn(move || {
            // While the run goes on there is somebody else who holds its stop.
            while Arc::strong_count(&inner.wanted) > 1 {
                if outer.is_asked() {
                    inner.ask();
                    return;
                }
                thread::sleep(GLANCE);
            }
        });
        one
    }

    /// Asks the run to stop.
    pub fn ask(&self) {
        self.wanted.send_replace(Wanted::Nothing);
    }

    /// Asks the run to read no more, but to finish what it has read: that can be searched then,
    /// and the rest waits for the next run.
    pub fn end_reading(&self) {
        self.wanted.send_if_modified(|wanted| {
            let more = *wanted < Wanted::NoReading;
            *wanted = (*wanted).max(Wanted::NoReading);
            more
        });
    }

    /// Whether it has been asked to stop.
    pub fn is_asked(&self) -> bool {
        *self.wanted.borrow() == Wanted::Nothing
    }

    /// Whether it has been asked to read no more.
    pub fn reading_is_over(&self) -> bool {
        *self.wanted.borrow() > Wanted::All
    }

    /// Waits until there is no more reading.
    pub(crate) async fn reading_over(&self) {
        let mut wanted = self.wanted.subscribe();
        // The sender lives as long as `self`, so this ends only when it has been asked.
        if wanted.wait_for(|wanted| *wanted > Wanted::All).await.is_err() {
            std::future::pending::<()>().await;
        }
    }

    /// Asks on the first SIGINT or SIGTERM and ends the program on the second.
    ///
    /// # Errors
    /// When the system refuses to deliver the signals.
    pub fn on_signals(&self) -> std::io::Result<()> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let stop = self.clone();
        let (mut interrupt, mut terminate) = {
            let _context = runtime.enter();
            (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?)
        };
        thread::spawn(move || {
            runtime.block_on(async {
                loop {
                    tokio::select! {
                        _ = interrupt.recv() => {}
                        _ = terminate.recv() => {}
                    }
                    if stop.is_asked() {
                        std::process::exit(INTERRUPTED);
                    }
                    stop.ask();
                }
            });
        });
        Ok(())
    }
}
