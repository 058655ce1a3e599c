//! Named points at which a program may be killed, so that tests can cut it off between any two
//! writes that belong together. In use they cost one look at an empty cell.

use std::sync::OnceLock;

/// The variable that names the point at which the program kills itself.
const VARIABLE: &str = "DOSSIER_KILL_AT";

/// All points, by what has just been done there.
pub const KILL_POINTS: &[&str] = &[
    // A run, in its order.
    "archive.made",
    "run.begun",
    "plan.settled",
    "original.kept",
    "parts.written",
    "parts.committed",
    "units.committed",
    "items.written",
    "items.committed",
    "index.written",
    "index.committed",
    "sums.written",
    "run.finished",
    "audit.written",
    // Other commands.
    "index.moved",
    "decision.recorded",
    "undo.recorded",
];

/// Kills the program with a signal that nothing can catch if `DOSSIER_KILL_AT` names this point.
pub fn kill_point(name: &str) {
    static AT: OnceLock<Option<String>> = OnceLock::new();
    if AT.get_or_init(|| std::env::var(VARIABLE).ok()).as_deref() == Some(name) {
        // What cannot be killed lives on: the test that asked for it will see.
        if rustix::process::kill_process(rustix::process::getpid(), rustix::process::Signal::KILL).is_ok() {
            std::thread::park();
        }
    }
}
