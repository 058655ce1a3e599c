//! What this process and those it started have cost so far.

use std::fs;

/// Seconds that this thread has run on a processor; 0 where Linux does not tell.
pub fn cpu_seconds() -> f64 {
    let told = fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    told.split(' ').next().and_then(|nanoseconds| nanoseconds.parse().ok()).unwrap_or(0.0) / 1e9
}

/// The same of all threads that this process has now.
pub fn process_seconds() -> f64 {
    let threads = fs::read_dir("/proc/self/task").into_iter().flatten().flatten();
    let told = threads.filter_map(|thread| fs::read_to_string(thread.path().join("schedstat")).ok());
    told.filter_map(|told| told.split(' ').next()?.parse::<f64>().ok()).sum::<f64>() / 1e9
}

/// Seconds that the processes it started, and has waited for, have run on a processor, for themselves
/// and in the system; 0 where Linux does not tell. Fields 16 and 17 of proc(5)'s `stat`, in ticks of a
/// hundredth of a second.
pub fn children_seconds() -> f64 {
    let told = fs::read_to_string("/proc/self/stat").unwrap_or_default();
    // The second field is the program's name, which may hold blanks.
    let behind_name = told.rsplit_once(')').map_or("", |(_, fields)| fields);
    let ticks = behind_name.split_whitespace().skip(13).take(2);
    ticks.filter_map(|ticks| ticks.parse::<f64>().ok()).sum::<f64>() / 100.0
}

/// The most memory this process has held so far, in MiB; 0 where Linux does not tell.
pub fn peak_mib() -> f64 {
    status_mib("self", "VmHWM:").unwrap_or(0.0)
}

/// The memory that another process holds now, without mapped files, in MiB; nothing once it has ended.
pub fn held_mib(process: u32) -> Option<f64> {
    status_mib(&process.to_string(), "RssAnon:")
}

fn status_mib(process: &str, what: &str) -> Option<f64> {
    let told = fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = told.lines().find_map(|line| line.strip_prefix(what))?;
    line.split_whitespace().next()?.parse().ok().map(|kib: f64| kib / 1024.0)
}
