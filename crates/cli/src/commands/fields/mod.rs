//! `dossier fields`: what is found in letters, and why.

mod explain;
mod test;

use std::path::PathBuf;

use dossier_batch::BatchError;
use dossier_fields::LetterReader;
use dossier_model::{ItemText, LayerJudgement, Locator, PageContent, PageMarks, PageState, Sha256};
use dossier_pipeline::{Pipeline, locate};

use crate::args::{FieldsArgs, FieldsCommand};
use crate::error::{CliError, Exit};
use crate::output::Context;

pub fn run(args: &FieldsArgs, context: Context) -> Result<Exit, CliError> {
    match &args.command {
        FieldsCommand::Explain { what, pipeline, archive, mask } => {
            explain::run(what, pipeline, archive.as_deref(), mask.mask.into(), context)
        }
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
    let page = PageContent {
        number: 1,
        width: 0,
        height: 0,
        dpi: 0.0,
        rotation: 0,
        state: PageState::TextLayer,
        layer: LayerJudgement::Believed,
        scan: None,
        marks: PageMarks::default(),
        text: text.to_owned(),
        words: Vec::new(),
    };
    let mut item = ItemText::default();
    item.push(text, Sha256::of(text.as_bytes()), Locator::Page(1), true);
    (item, page)
}
