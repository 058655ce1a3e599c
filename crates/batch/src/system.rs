//! What the operating system tells of a process.

use std::fs;

/// The peak of this process' resident memory in bytes, as `/proc/self/status` has it (proc(5),
/// `VmHWM`); 0 where that cannot be read.
pub fn peak_memory() -> u64 {
    let Ok(status) = fs::read_to_string("/proc/self/status") else { return 0 };
    let kib = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))
        .and_then(|rest| rest.trim().trim_end_matches("kB").trim().parse::<u64>().ok());
    kib.unwrap_or(0) * 1024
}

/// How many seconds of processor time a process has used, as `/proc/PID/stat` has it (proc(5), `utime` and
/// `stime`); 0 where that cannot be read.
pub(crate) fn cpu_seconds(pid: u32) -> u64 {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    // The name may hold anything, blanks and brackets too.
    let after_name = stat.rsplit_once(')').map_or("", |(_, rest)| rest);
    let ticks: u64 =
        after_name.split_whitespace().skip(11).take(2).filter_map(|n| n.parse::<u64>().ok()).sum();
    ticks / rustix::param::clock_ticks_per_second().max(1)
}

/// Seconds since 1970-01-01 UTC; 0 where the clock is set before that.
pub fn now() -> u64 {
    std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).map_or(0, |since| since.as_secs())
}

/// Whether the last words of a process, or an error of a library, say that there was no memory.
pub(crate) fn tells_of_memory(words: &str) -> bool {
    // Rust's allocator, C++'s, Rust's I/O, the system's (ENOMEM).
    const SAID: [&str; 4] = ["memory allocation of", "bad_alloc", "out of memory", "Cannot allocate memory"];
    SAID.iter().any(|said| words.contains(said))
}
