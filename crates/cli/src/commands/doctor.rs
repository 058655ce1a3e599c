//! `dossier doctor`: what is installed, what is missing, and how to get it.

use std::io::Write;

use dossier_archive::Archive;
use dossier_ocr::{ModelError, ModelStore};
use dossier_pipeline::{Pipeline, RecognitionSpec, locate};
use serde_json::{Value, json};

use crate::args::DoctorArgs;
use crate::error::{CliError, Exit};
use crate::output::{self, Context};

/// One thing that was looked at.
struct Finding {
    what: &'static str,
    ok: bool,
    says: String,
    /// What to do, if it is not well.
    hint: String,
}

/// The pipeline that comes with the program.
const PIPELINE: &str = "petitions";

pub fn run(args: &DoctorArgs, context: Context) -> Result<Exit, CliError> {
    let mut findings = vec![program(context), machine(context), models(context)?, pipeline(context)];
    if let Some(path) = &args.archive {
        findings.push(archive(path, context));
    }
    if args.json {
        let all: Vec<Value> = findings.iter().map(|finding| {
            json!({ "what": finding.what, "ok": finding.ok, "says": finding.says, "hint": finding.hint })
        }).collect();
        output::json(&all)?;
    } else {
        let mut out = std::io::stdout().lock();
        for finding in &findings {
            writeln!(out, "{} {}: {}", if finding.ok { "✓" } else { "✗" }, finding.what, finding.says)?;
            if !finding.hint.is_empty() {
                writeln!(out, "    {}{}", context.pick("what to do: ", "怎么办："), finding.hint)?;
            }
        }
    }
    Ok(if findings.iter().all(|finding| finding.ok) { Exit::Complete } else { Exit::Failed })
}

fn well(what: &'static str, says: String) -> Finding {
    Finding { what, ok: true, says, hint: String::new() }
}

fn program(context: Context) -> Finding {
    well(context.lang.pick("program", "程序"), format!("dossier {}", env!("CARGO_PKG_VERSION")))
}

fn machine(context: Context) -> Finding {
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let memory = std::fs::read_to_string("/proc/meminfo").ok().and_then(|text| {
        let line = text.lines().find_map(|line| line.strip_prefix("MemAvailable:"))?.trim().to_owned();
        line.trim_end_matches("kB").trim().parse::<u64>().ok()
    });
    let memory =
        memory.map(|kib| format!(", {} MiB {}", kib / 1024, context.pick("memory free", "可用内存")));
    let says = format!(
        "{}, {cores} {}{}",
        std::env::consts::ARCH,
        context.pick("cores", "核"),
        memory.unwrap_or_default()
    );
    well(context.lang.pick("machine", "机器"), says)
}

fn models(context: Context) -> Result<Finding, CliError> {
    let what = context.lang.pick("recognition models", "识别模型");
    let hint = context.pick(
        "run `dossier models install`; without a network, `dossier models install --from FOLDER` with the wheels rapidocr 3.10.0 and onnxruntime 1.32.0",
        "运行 dossier models install；无网络时把 rapidocr 3.10.0 和 onnxruntime 1.32.0 的 wheel 放入文件夹，再运行 dossier models install --from 文件夹",
    );
    let store = match ModelStore::locate() {
        Ok(store) => store,
        Err(error) => {
            return Ok(Finding { what, ok: false, says: error.reason(context.lang), hint: hint.to_owned() });
        }
    };
    let wrong: Vec<String> = store
        .verify()?
        .into_iter()
        .filter(|(path, state)| !store.is_fit(path, *state))
        .map(|(path, state)| format!("{} {}", path.display(), super::models::state_name(state, context)))
        .collect();
    if wrong.is_empty() {
        let own = store.model(&RecognitionSpec::default())?;
        let says = store.folder().display().to_string();
        let hint = if own.lacks_library() { super::models::slower(context) } else { String::new() };
        return Ok(Finding { what, ok: true, says, hint });
    }
    Ok(Finding { what, ok: false, says: wrong.join("; "), hint: hint.to_owned() })
}

fn pipeline(context: Context) -> Finding {
    let what = context.lang.pick("pipeline", "管线");
    let failed = |says: String| Finding {
        what,
        ok: false,
        says,
        hint: context
            .pick(
                "set DOSSIER_PIPELINES to the folder that holds `petitions`",
                "请把 DOSSIER_PIPELINES 设为 petitions 所在的文件夹",
            )
            .to_owned(),
    };
    let folder = match locate(PIPELINE) {
        Ok(folder) => folder,
        Err(error) => return failed(error.to_string()),
    };
    let pipeline = match Pipeline::load(&folder) {
        Ok(pipeline) => pipeline,
        Err(error) => return failed(error.to_string()),
    };
    let spec = &pipeline.manifest.recognition;
    let says = format!("{PIPELINE} {} ({}), {}", pipeline.version, folder.display(), spec.model);
    match ModelStore::locate().and_then(|store| store.model(spec)) {
        Ok(model) => well(what, format!("{says}, {}", model.runtime().name())),
        // That there is no model at all has been found before.
        Err(ModelError::NotInstalled { .. }) => well(what, says),
        Err(error) => Finding { what, ok: false, says, hint: error.reason(context.lang) },
    }
}

fn archive(path: &std::path::Path, context: Context) -> Finding {
    let what = context.lang.pick("archive", "档案库");
    let look = || -> Result<(u64, bool), dossier_archive::ArchiveError> {
        let archive = Archive::open(path)?;
        let busy = archive.lock().is_err();
        Ok((archive.catalog.count_items()?, busy))
    };
    match look() {
        Ok((items, busy)) => {
            let busy =
                if busy { context.pick(", a run is writing to it", "，有导入正在进行") } else { "" };
            well(what, format!("{}: {items} {}{busy}", path.display(), context.pick("items", "件")))
        }
        Err(error) => Finding {
            what,
            ok: false,
            says: context.lang.pick(&error.to_string(), &error.zh()).to_owned(),
            hint: error.hint(context.lang).to_owned(),
        },
    }
}
