//! `dossier want`: what somebody needs is recognised first.

use std::io::Write;
use std::path::Path;

use dossier_archive::{Archive, ArchiveError, AuditEvent, now, user};
use serde_json::json;

use crate::args::WantArgs;
use crate::error::{CliError, Exit};
use crate::output::{self, Context};

pub fn run(args: &WantArgs, context: Context) -> Result<Exit, CliError> {
    let archive = Archive::open(&args.archive.archive)?;
    let paths = args.wanted.iter().map(|what| paths_of(&archive, what)).collect::<Result<Vec<_>, _>>()?;
    let paths = paths.concat();
    if !paths.is_empty() {
        let (at, by) = (now(), user());
        archive.catalog.together::<_, ArchiveError>(|catalog| {
            paths.iter().try_for_each(|path| {
                if args.no_more {
                    catalog.want_no_more(path).map(|_| ())
                } else {
                    catalog.want(path, (at, &by))
                }
            })
        })?;
        archive.audit(AuditEvent::Want { paths, no_more: args.no_more })?;
    }
    let wanted = archive.catalog.wanted()?;
    if args.archive.json {
        output::json(&json!({ "wanted": wanted }))?;
        return Ok(Exit::Complete);
    }
    let mut out = std::io::stdout().lock();
    let words = context.pick("to be recognised first, by the next run", "下次运行时优先识别");
    writeln!(out, "{words}: {}", wanted.len())?;
    wanted.iter().try_for_each(|path| writeln!(out, "  {path}"))?;
    Ok(Exit::Complete)
}

/// The paths that somebody means: a file or a folder that is there, one that is asked for already, or
/// the files of a letter.
fn paths_of(archive: &Archive, what: &str) -> Result<Vec<String>, CliError> {
    let path = std::path::absolute(what)?.to_string_lossy().into_owned();
    if Path::new(&path).exists() || archive.catalog.wanted()?.contains(&path) {
        return Ok(vec![path]);
    }
    let mut paths = Vec::new();
    for source in archive.catalog.item(what)?.item.sources {
        paths.extend(archive.catalog.paths_of(source.source)?);
    }
    paths.dedup();
    Ok(paths)
}
