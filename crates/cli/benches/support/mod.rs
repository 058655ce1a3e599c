//! What the benchmarks of the program share.

use std::path::Path;
use std::process::Command;

/// A run of the pipeline for petitions that says nothing but its report.
pub fn ingest(source: &Path, archive: &Path) -> Command {
    let mut run = Command::new(env!("CARGO_BIN_EXE_dossier"));
    run.args(["ingest", "petitions", "--quiet", "--json", "--archive"])
        .args([archive, source])
        .env("DOSSIER_PIPELINES", Path::new(env!("CARGO_MANIFEST_DIR")).join("../../pipelines"));
    run
}
