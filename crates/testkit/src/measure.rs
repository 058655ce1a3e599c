//! What this process has cost so far.

use std::fs;

/// Seconds that this thread has run on a processor; 0 where Linux does not tell.
pub fn cpu_seconds() -> f64 {
    let told = fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    told.split(' ').next().and_then(|nanoseconds| nanoseconds.parse().ok()).unwrap_or(0.0) / 1e9
}

/// The most memory this process has held so far, in MiB; 0 where Linux does not tell.
pub fn peak_mib() -> f64 {
    let told = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = told.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.split_whitespace().next()?.parse().ok()).map_or(0.0, |kib: f64| kib / 1024.0)
}
