//! Stopping a run: cleanly when asked once, at once when asked twice.

use std::sync::Arc;
use std::thread;

use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;

/// Exit status of a run that was interrupted.
const INTERRUPTED: i32 = 130;

/// Whether a run has been asked to stop. Clones share the answer.
#[derive(Clone, Debug)]
pub struct Stop {
    asked: Arc<watch::Sender<bool>>,
}

impl Default for Stop {
    fn default() -> Self {
        Stop { asked: Arc::new(watch::Sender::new(false)) }
    }
}

impl Stop {
    /// Asks the run to stop.
    pub fn ask(&self) {
        self.asked.send_replace(true);
    }

    /// Whether it has been asked.
    pub fn is_asked(&self) -> bool {
        *self.asked.borrow()
    }

    /// Waits until it is asked.
    pub(crate) async fn asked(&self) {
        let mut asked = self.asked.subscribe();
        // The sender lives as long as `self`, so this ends only when it has been asked.
        if asked.wait_for(|asked| *asked).await.is_err() {
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
