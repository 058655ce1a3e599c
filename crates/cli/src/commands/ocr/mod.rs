//! `dossier ocr`: one file recognised, in forms that other programs read.

mod compare;
mod draw;
mod pages;

use std::io::Write;
use std::path::Path;

use dossier_model::PageState;
use dossier_ocr::ModelStore;
use dossier_ocr::export::{Recognised, Standing, alto, hocr, searchable_pdf};
use serde_json::json;

use crate::args::{OcrArgs, OcrFormat};
use crate::error::{CliError, Exit};
use crate::output::Context;
use pages::Pages;

pub fn run(args: &OcrArgs, context: Context) -> Result<Exit, CliError> {
    let mut artist = args.debug.as_deref().map(|path| draw::Artist::new(path, context));
    let model = ModelStore::locate()?.model(&args.model.spec())?;
    if model.lacks_library() && !context.quiet {
        eprintln!("{}", super::models::slower(context));
    }
    let read = pages::read(&args.file, &model, &mut |image, page, of| match &mut artist {
        Some(artist) => artist.draw(image, page, of),
        None => Ok(()),
    })?;
    tell(&read, args, context);
    if args.compare.is_none() || args.output.is_some() {
        let bytes = written(&read, args, context)?;
        match &args.output {
            Some(path) => std::fs::write(path, bytes).map_err(CliError::at(path))?,
            None => std::io::stdout().lock().write_all(&bytes)?,
        }
    }
    if let Some(truth) = &args.compare {
        compare::run(&read, truth, args.json, context)?;
    }
    Ok(if read.failed.is_empty() { Exit::Complete } else { Exit::Partial })
}

/// Says on standard error which pages gave no text.
fn tell(read: &Pages, args: &OcrArgs, context: Context) {
    let name = args.file.display();
    let page = |number: u32| context.lang.pick("page", "页").to_owned() + &format!(" {number}");
    for (number, fault) in &read.failed {
        let (reason, hint) = (fault.reason(context.lang), fault.hint(context.lang));
        let what = context.pick("what to do: ", "怎么办：");
        eprintln!("{name}: {}: {reason}\n  {what}{hint}", page(*number));
    }
    if context.quiet {
        return;
    }
    for content in &read.pages {
        let state = match content.state {
            PageState::Blank => context.pick("blank", "空白页"),
            PageState::Illegible => {
                context.pick("something is on it, but no text that can be read", "有内容但无法识别")
            }
            _ => continue,
        };
        eprintln!("{name}: {}: {state}", page(content.number));
    }
}

fn written(read: &Pages, args: &OcrArgs, context: Context) -> Result<Vec<u8>, CliError> {
    let name = args.file.file_name().unwrap_or_default().to_string_lossy();
    let recognised = Recognised { file: &name, by: &read.by, pages: &read.pages };
    Ok(match args.format {
        OcrFormat::Text => recognised.text().into_bytes(),
        OcrFormat::Hocr => hocr(&recognised).into_bytes(),
        OcrFormat::Alto => alto(&recognised).into_bytes(),
        OcrFormat::Json => as_json(&recognised, read)?,
        OcrFormat::Pdf => as_pdf(&args.file, read, context)?,
    })
}

fn as_json(recognised: &Recognised<'_>, read: &Pages) -> Result<Vec<u8>, CliError> {
    let failed: Vec<_> =
        read.failed.iter().map(|(page, fault)| json!({ "page": page, "fault": fault })).collect();
    let whole = json!({
        "file": recognised.file,
        "extractor": recognised.by,
        "pages": recognised.pages,
        "failed": failed,
        "lines": { "read": read.readings.lines, "twice": read.readings.twice },
    });
    let mut bytes = serde_json::to_vec_pretty(&whole)?;
    bytes.push(b'\n');
    Ok(bytes)
}

fn as_pdf(file: &Path, read: &Pages, context: Context) -> Result<Vec<u8>, CliError> {
    let export = |error| CliError::Export { path: file.to_owned(), error };
    let (bytes, standing) = match pages::pictures(file)? {
        Some(pictures) => (pictures.finish(&read.pages).map_err(export)?, Standing::Declared),
        None => {
            let original = std::fs::read(file).map_err(CliError::at(file))?;
            searchable_pdf(&original, &read.pages).map_err(export)?
        }
    };
    if !context.quiet {
        eprintln!("{}: {}", file.display(), standing.said(context.lang));
    }
    Ok(bytes)
}
