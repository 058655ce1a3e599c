//! `dossier log`: what a run noted as it went, with masked file names.

use std::collections::HashMap;
use std::io::Write;

use dossier_archive::{Archive, Labels, SourceRecord};
use dossier_batch::read_log;
use dossier_model::Mask;
use serde_json::Value;

use crate::args::LogArgs;
use crate::error::{CliError, Exit};
use crate::output::Context;

/// Said at the beginning of every line.
const HEAD: [&str; 3] = ["timestamp", "level", "message"];

pub fn run(args: &LogArgs, _: Context) -> Result<Exit, CliError> {
    let archive = Archive::open(&args.archive.archive)?;
    let last = || Ok::<_, CliError>(archive.catalog.runs()?.first().map_or(0, |run| run.id));
    let run = args.run.map_or_else(last, Ok)?;
    archive.catalog.run(run)?;
    let lines = read_log(archive.root(), run)?.ok_or(CliError::NoLog(run))?;
    let mut names = Names { archive: &archive, labels: archive.labels()?, known: HashMap::new() };
    let mut out = std::io::stdout().lock();
    for mut line in lines {
        names.put_into(&mut line)?;
        if args.archive.json {
            writeln!(out, "{line}")?;
        } else {
            writeln!(out, "{}", words(&line))?;
        }
    }
    Ok(Exit::Complete)
}

/// The masked names of contents, which the log names by the beginning of their digest.
struct Names<'a> {
    archive: &'a Archive,
    labels: Labels,
    known: HashMap<String, Option<String>>,
}

impl Names<'_> {
    fn put_into(&mut self, line: &mut Value) -> Result<(), CliError> {
        let Some(short) = line["source"].as_str().map(str::to_owned) else { return Ok(()) };
        if !self.known.contains_key(&short) {
            let source = self.archive.catalog.source_beginning(&short)?;
            let masked = |source: SourceRecord| {
                self.archive.masked_name(source.sha256, &source.name, &self.labels, Mask::Internal)
            };
            self.known.insert(short.clone(), source.map(masked).transpose()?);
        }
        if let Some(Some(name)) = self.known.get(&short) {
            line["file"] = Value::from(name.as_str());
        }
        Ok(())
    }
}

fn words(line: &Value) -> String {
    let [at, level, message] = HEAD.map(|key| line[key].as_str().unwrap_or_default());
    let rest = line
        .as_object()
        .into_iter()
        .flatten()
        .filter(|(key, _)| !HEAD.contains(&key.as_str()) && *key != "target" && *key != "source");
    let rest: Vec<String> = rest
        .map(|(key, value)| match value.as_str() {
            Some(text) => format!("{key}={text}"),
            None => format!("{key}={value}"),
        })
        .collect();
    format!("{at} {level:<5} {message} {}", rest.join(" ")).trim_end().to_owned()
}
