//! The search index beside its peers, on the same random letters in one run.
//!
//! `cargo bench --workspace --bench search -- PART…` measures the parts that are named, all of them
//! if none is: `indexing`, `recall`, `errors`, `queries`, `opening`, `peers`, `nights`, `writing`.
//! `DOSSIER_BENCH_LETTERS` says how many letters, 10,000 if it says nothing; `DOSSIER_BENCH_ARCHIVE`
//! names an archive that is kept, and asked when it is there. `make bench-search` installs the peers
//! first; what is not installed is left out, and said so.

mod indexing;
mod letters;
mod nights;
mod peers;
mod queries;
mod recall;

use std::error::Error;
use std::path::Path;
use std::time::Duration;

use dossier_archive::Archive;
use rustix::time::{ClockId, clock_gettime};

type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// As the program has it.
#[global_allocator]
static MEMORY: dossier_memory::BySize = dossier_memory::BySize;

fn main() -> Result<()> {
    let count = match std::env::var("DOSSIER_BENCH_LETTERS") {
        Ok(count) => count.parse()?,
        Err(_) => 10_000,
    };
    let parts: Vec<String> = std::env::args().skip(1).filter(|part| !part.starts_with('-')).collect();
    let wanted = |part: &str| parts.is_empty() || parts.iter().any(|one| one == part);
    let folder = tempfile::tempdir()?;
    let kept = std::env::var("DOSSIER_BENCH_ARCHIVE");
    let root = kept.map_or_else(|_| folder.path().join("archive"), Into::into);
    if parts == ["opened"] {
        return indexing::opened(&root);
    }
    let size = letters::size(count);
    println!("{count} letters, {:.1} MB of text\n", size as f64 / 1e6);
    let mut archive = indexing::archive(&root, count)?;
    if wanted("indexing") {
        indexing::again(&mut archive, count, size)?;
    }
    if wanted("opening") {
        // What is open here would stay in memory.
        drop(archive);
        indexing::opening(&root)?;
        archive = Archive::open(&root)?;
    }
    if wanted("queries") {
        queries::latencies(&archive, count)?;
        println!();
    }
    if wanted("recall") {
        recall::substrings(&archive, count, size)?;
    }
    if wanted("errors") {
        for errors in [0.1, 0.2] {
            recall::pages(&folder.path().join(format!("errors-{errors}")), errors)?;
        }
        println!();
    }
    if wanted("peers") {
        peers::compare(&archive, folder.path(), count, size)?;
    }
    if wanted("nights") {
        nights::many(&folder.path().join("nights"))?;
    }
    if wanted("writing") {
        nights::beside_a_run(&folder.path().join("writing"))?;
    }
    Ok(())
}

/// Processor time of this process so far.
fn cpu() -> Duration {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    Duration::new(time.tv_sec as u64, time.tv_nsec as u32)
}

fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}

fn print_indexing(name: &str, count: usize, spent: Duration, wall: Duration, bytes: u64, size: usize) {
    println!(
        "{name:<14} indexing: {:>7.0} letters a CPU second, {:>6.1} s in all, {:.2} times the text's size",
        count as f64 / spent.as_secs_f64(),
        wall.as_secs_f64(),
        bytes as f64 / size as f64,
    );
}

fn folder_size(path: &Path) -> Result<u64> {
    let mut size = 0;
    for entry in std::fs::read_dir(path)? {
        size += entry?.metadata()?.len();
    }
    Ok(size)
}
