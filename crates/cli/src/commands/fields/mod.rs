//! `dossier fields`: what is found in letters, and why.

mod explain;
mod test;

use std::path::PathBuf;

use dossier_batch::BatchError;
use dossier_fields::LetterReader;
use dossier_model::{ItemText, Locator, PageContent, Sha256};
use dossier_pipeline::{Pipeline, locate};

use crate::args::{FieldsArgs, FieldsCommand};
use crate::error::{CliError, Exit};
use crate::output::Context;

pub fn run(args: &FieldsArgs, context: Context) -> Result<Exit, CliError> {
    match &args.command {
        FieldsCommand::Explain(args) => explain::run(args, context),
        FieldsCommand::Test { pipeline, json } => test::run(&pipeline.pipeline, *json, context),
    }
}

/// A pipeline, and what reads letters by it.
struct Reading {
    folder: PathBuf,
    pipeline: Pipeline,
    letters: LetterReader,
}

impl Reading {
    fn load(pipeline: &str) -> Result<Reading, CliError> {
        let folder = locate(pipeline).map_err(BatchError::from)?;
        let pipeline = Pipeline::load(&folder).map_err(BatchError::from)?;
        let letters = LetterReader::new(&pipeline).map_err(|error| BatchError::Compile(error.to_string()))?;
        Ok(Reading { folder, pipeline, letters })
    }
}

/// A text that is in no archive, as a letter of one page.
fn letter_of(text: &str) -> (ItemText, PageContent) {
    let page = PageContent::of_text(1, text);
    let mut item = ItemText::default();
    item.push(text, Sha256::of(text.as_bytes()), Locator::Page(1), true);
    (item, page)
}
