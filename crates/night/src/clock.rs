//! The local clock, and the end of the time to read in.

use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use dossier_batch::Stop;
use dossier_pipeline::{Hours, NightLimits};
use jiff::ZonedDateTime;

/// The minute of the day, from 0, in local time.
pub(crate) fn minute_of_day() -> u32 {
    let now = ZonedDateTime::now();
    u32::try_from(now.hour()).unwrap_or(0) * 60 + u32::try_from(now.minute()).unwrap_or(0)
}

/// How long files may be read from now on; nothing if there is no end.
pub(crate) fn time_to_read(hours: &Hours, limits: NightLimits) -> Option<Duration> {
    let by_clock = hours.change_after(minute_of_day()).map(|minutes| {
        let into_the_minute = u64::try_from(ZonedDateTime::now().second()).unwrap_or(0);
        Duration::from_secs((u64::from(minutes) * 60).saturating_sub(into_the_minute))
    });
    let by_limit = limits.hours.and_then(|hours| Duration::try_from_secs_f64(hours * 3600.0).ok());
    by_clock.into_iter().chain(by_limit).min()
}

/// Ends a run's reading when the time is up, unless it is dropped before.
pub(crate) struct Alarm {
    done: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Alarm {
    pub fn set(after: Option<Duration>, stop: &Stop) -> Alarm {
        // An end that no clock reaches is none.
        let Some(at) = after.and_then(|after| Instant::now().checked_add(after)) else {
            return Alarm { done: None, thread: None };
        };
        let (done, is_done) = channel::<()>();
        let stop = stop.clone();
        let thread = std::thread::spawn(move || {
            let left = at.saturating_duration_since(Instant::now());
            if is_done.recv_timeout(left) == Err(RecvTimeoutError::Timeout) {
                stop.end_reading();
            }
        });
        Alarm { done: Some(done), thread: Some(thread) }
    }
}

impl Drop for Alarm {
    fn drop(&mut self) {
        drop(self.done.take());
        if let Some(thread) = self.thread.take() {
            // The thread does nothing that could panic.
            thread.join().unwrap_or_default();
        }
    }
}
