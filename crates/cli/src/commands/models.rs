//! `dossier models`: what pages are recognised with.

use std::io::Write;
use std::path::PathBuf;

use dossier_model::NoteKind;
use dossier_ocr::{FileState, Model, ModelError, ModelFile, ModelStore, Runtime};
use dossier_pipeline::{Reading, RecognitionSpec};

use crate::args::{ModelsArgs, ModelsCommand};
use crate::error::{CliError, Exit};
use crate::output::{self, Context};

pub fn run(args: &ModelsArgs, context: Context) -> Result<Exit, CliError> {
    match &args.command {
        ModelsCommand::Install { from } => install(from.as_ref(), context),
        ModelsCommand::List { json } => list(*json, context),
        ModelsCommand::Verify => verify(context),
    }
}

fn install(from: Option<&PathBuf>, context: Context) -> Result<Exit, CliError> {
    let store = ModelStore::for_installation()?;
    let mut out = std::io::stdout().lock();
    let states = store.verify()?;
    if states.iter().all(|(_, state)| *state == FileState::Ok) {
        let there = context.pick("the models are installed already in", "模型已安装于");
        writeln!(out, "{there} {}", store.folder().display())?;
        return Ok(Exit::Complete);
    }
    let downloads = states.iter().any(|(path, state)| *state != FileState::Ok && !store.is_made(path));
    if !context.quiet && from.is_none() && downloads {
        eprintln!("{}", context.pick("fetching about 40 MB with pip …", "正在用 pip 下载，约 40 MB……"));
    }
    let installed = match from {
        Some(path) => store.install_from(path)?,
        None => store.install_from_pip()?,
    };
    for name in installed {
        writeln!(out, "{} {name}", context.pick("installed", "已安装"))?;
    }
    writeln!(out, "{} {}", context.pick("in", "位于"), store.folder().display())?;
    Ok(Exit::Complete)
}

/// Lists the installed files, or what is to be installed where.
fn list(json: bool, context: Context) -> Result<Exit, CliError> {
    let store = ModelStore::locate().or_else(|_| ModelStore::for_installation())?;
    let files = store.list()?;
    let own = store.model(&RecognitionSpec::default())?;
    let others = others(&store)?;
    if json {
        let files: Vec<serde_json::Value> = files.iter().map(as_value).collect();
        let others: Vec<serde_json::Value> =
            others.iter().map(|other| other_as_value(other, context)).collect();
        output::json(&serde_json::json!({
            "folder": store.folder(),
            "recogniser": own.version(),
            "runtime": { "name": own.runtime().name(), "why": why(&own, context) },
            "files": files,
            "others": others,
        }))?;
        return Ok(Exit::Complete);
    }
    let mut out = std::io::stdout().lock();
    writeln!(out, "{}", store.folder().display())?;
    writeln!(out, "{}", own.version())?;
    let runtime = context.pick("run-time", "运行库");
    writeln!(out, "{runtime} {}: {}", own.runtime().name(), why(&own, context))?;
    for ModelFile { name, bytes, sha256, from, state } in files {
        let mib = bytes as f64 / f64::from(1 << 20);
        writeln!(out, "{}  {name}  {mib:.1} MiB  {}  {from}", state_name(state, context), &sha256[..12])?;
    }
    if own.reading() == Reading::Full && own.runtime() == Runtime::Ort {
        writeln!(out, "{}", context.pick(SLOWER.0, SLOWER.1))?;
    }
    for (name, model) in others {
        match model {
            Ok(model) => writeln!(out, "{}  {}", model.version(), model.title(context.lang))?,
            Err(error) => writeln!(out, "{name}: {}", error.reason(context.lang))?,
        }
    }
    Ok(Exit::Complete)
}

/// Why this runs the networks if the pipeline leaves it to the program.
fn why(model: &Model, context: Context) -> String {
    match model.runtime() {
        Runtime::Ort => context.pick("its library is here", "运行库已安装").to_owned(),
        Runtime::Rten if model.lacks_library() => slower(context),
        Runtime::Rten => context
            .pick("there is no ONNX Runtime for this processor", "本机处理器没有 ONNX Runtime 可用")
            .to_owned(),
    }
}

/// That pages are recognised without the library, and how to get it.
pub fn slower(context: Context) -> String {
    NoteKind::SlowRuntime.of("").text(context.lang)
}

/// A model with a folder of its own: its name, and what it is or why it cannot be used.
type Other = (String, Result<Model, ModelError>);

fn others(store: &ModelStore) -> Result<Vec<Other>, CliError> {
    let model = |name: String| {
        let spec = RecognitionSpec { model: name.parse().ok()?, ..RecognitionSpec::default() };
        Some((name, store.model(&spec)))
    };
    Ok(store.others()?.into_iter().filter_map(model).collect())
}

fn other_as_value((name, model): &Other, context: Context) -> serde_json::Value {
    match model {
        Ok(model) => serde_json::json!({ "name": name, "recogniser": model.version() }),
        Err(error) => serde_json::json!({ "name": name, "error": error.reason(context.lang) }),
    }
}

/// Of a store without the quick reader.
const SLOWER: (&str, &str) = (
    "pages are read as well without the quick reader, but slower: `dossier models install` makes it, without a network",
    "没有快速识别模型时，识别质量不变，但较慢；运行 dossier models install 即可生成，无需网络",
);

fn as_value(file: &ModelFile) -> serde_json::Value {
    let state = match file.state {
        FileState::Ok => "ok",
        FileState::Missing => "missing",
        FileState::Wrong => "wrong",
    };
    let ModelFile { name, bytes, sha256, from, .. } = file;
    serde_json::json!({ "name": name, "bytes": bytes, "sha256": sha256, "from": from, "state": state })
}

fn verify(context: Context) -> Result<Exit, CliError> {
    let store = ModelStore::locate()?;
    let mut out = std::io::stdout().lock();
    let mut all_ok = true;
    for (path, state) in store.verify()? {
        all_ok &= store.is_fit(&path, state);
        writeln!(out, "{}  {}", state_name(state, context), path.display())?;
    }
    let own = store.model(&RecognitionSpec::default())?;
    if own.lacks_library() {
        writeln!(out, "{}", why(&own, context))?;
    } else if own.reading() == Reading::Full && own.runtime() == Runtime::Ort {
        writeln!(out, "{}", context.pick(SLOWER.0, SLOWER.1))?;
    }
    for (_, model) in others(&store)? {
        for (path, state) in model?.own_files()? {
            all_ok &= state == FileState::Ok;
            writeln!(out, "{}  {}", state_name(state, context), path.display())?;
        }
    }
    Ok(if all_ok { Exit::Complete } else { Exit::Failed })
}

/// What a file's state is called.
pub fn state_name(state: FileState, context: Context) -> &'static str {
    match state {
        FileState::Ok => context.lang.pick("ok", "正常"),
        FileState::Missing => context.lang.pick("missing", "缺少"),
        FileState::Wrong => context.lang.pick("wrong content", "内容不符"),
    }
}
