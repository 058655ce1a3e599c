//! What the command line asks for.

use std::path::PathBuf;

use dossier_testkit::trial::{HELD_OUT, Kind, TUNED};

use crate::Failure;

/// Pages of each kind: as many as there are hands.
const PAGES: usize = 4;

pub struct Options {
    pub pages: usize,
    pub kinds: Vec<String>,
    pub seeds: Vec<u64>,
    pub lines: bool,
    pub runtimes: bool,
    pub words: Option<PathBuf>,
    pub write: Option<PathBuf>,
    pub draw: Option<PathBuf>,
    pub keep: Option<PathBuf>,
    pub python: String,
}

impl Options {
    pub fn parse(mut arguments: impl Iterator<Item = String>) -> Result<Options, Failure> {
        let python = std::env::var("DOSSIER_PYTHON").unwrap_or_else(|_| "python3".to_owned());
        let mut options = Options {
            pages: PAGES,
            kinds: Vec::new(),
            seeds: vec![TUNED, HELD_OUT],
            lines: false,
            runtimes: false,
            words: None,
            write: None,
            draw: None,
            keep: None,
            python,
        };
        while let Some(argument) = arguments.next() {
            let mut value = || arguments.next().ok_or_else(|| format!("{argument} needs a value"));
            match argument.as_str() {
                "--pages" => options.pages = value()?.parse()?,
                "--kinds" => options.kinds = value()?.split(',').map(str::to_owned).collect(),
                "--seeds" => options.seeds = value()?.split(',').map(str::parse).collect::<Result<_, _>>()?,
                "--lines" => options.lines = true,
                "--runtimes" => options.runtimes = true,
                "--words" => options.words = Some(value()?.into()),
                "--write" => options.write = Some(value()?.into()),
                "--draw" => options.draw = Some(value()?.into()),
                "--keep" => options.keep = Some(value()?.into()),
                // What cargo says to every benchmark.
                "--bench" => {}
                other => return Err(format!("{other}: no such option").into()),
            }
        }
        Ok(options)
    }

    pub fn wants(&self, kind: Kind) -> bool {
        self.kinds.is_empty() || self.kinds.iter().any(|name| name == kind.name())
    }

    /// Where pages are put for RapidOCR to read.
    pub fn pages_folder(&self) -> Result<PathBuf, Failure> {
        let folder = self.keep.clone().unwrap_or_else(|| std::env::temp_dir().join("dossier-trials"));
        std::fs::create_dir_all(&folder)?;
        Ok(folder)
    }
}
