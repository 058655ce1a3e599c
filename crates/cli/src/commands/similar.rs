//! `dossier similar`: earlier cases like a letter, a text or a text file.

use std::io::Write;
use std::path::Path;

use dossier_archive::{Archive, ArchiveError, AuditEvent, SimilarView, body_of};
use dossier_model::{Fault, FaultKind};

use crate::args::SimilarArgs;
use crate::error::{CliError, Exit};
use crate::output::{Context, Style, json};

pub fn run(args: &SimilarArgs, context: Context) -> Result<Exit, CliError> {
    let archive = Archive::open(&args.archive.archive)?;
    let mask = args.mask.mask.into();
    let (text, item) = match archive.catalog.item(&args.what) {
        Ok(row) => (body_of(&row.item.text), Some(row.item.id)),
        Err(ArchiveError::NoItem(_)) => (text_of(&args.what)?, None),
        Err(error) => return Err(error.into()),
    };
    let found = archive.similar(&text, item.as_deref(), args.limit, mask)?;
    archive.audit(AuditEvent::Similar { item, mask, total: found.len() as u64 })?;
    if args.archive.json {
        json(&found)?;
    } else {
        print(&found, context)?;
    }
    Ok(Exit::Complete)
}

/// The text of a file, if that is what is named, else what was typed.
fn text_of(what: &str) -> Result<String, CliError> {
    let path = Path::new(what);
    if !path.is_file() {
        return Ok(what.to_owned());
    }
    let bytes = std::fs::read(path).map_err(|error| CliError::Input {
        path: path.to_owned(),
        fault: Fault::new(FaultKind::Unreadable, error),
    })?;
    String::from_utf8(bytes).map_err(|error| CliError::Input {
        path: path.to_owned(),
        fault: Fault::new(FaultKind::UnknownKind, error),
    })
}

fn print(found: &[SimilarView], context: Context) -> Result<(), CliError> {
    let mut out = std::io::stdout().lock();
    let style = Style::of_stdout();
    if found.is_empty() {
        writeln!(out, "{}", context.pick("nothing like it", "没有相似的件"))?;
    }
    for (number, like) in (1..).zip(found) {
        let copy = if like.copy { context.pick("  nearly the same text", "  几乎同文") } else { "" };
        writeln!(out, "\n{number:>3}. {}{}", style.bold(&like.title), copy)?;
        let category = like.category.join("/");
        let facts = [like.date.as_deref(), like.region.as_deref(), Some(category.as_str())];
        let facts: Vec<&str> = facts.into_iter().flatten().filter(|fact| !fact.is_empty()).collect();
        writeln!(out, "     {}", facts.join("  "))?;
        for phrase in &like.phrases {
            let phrase: String = phrase.split_whitespace().collect::<Vec<_>>().join(" ");
            writeln!(out, "     {}", style.dim(&format!("「{phrase}」")))?;
        }
        writeln!(out, "     {}", style.dim(&like.id))?;
    }
    Ok(())
}
