//! The arguments of recognising one file.

use std::path::PathBuf;

use clap::ValueEnum;

use super::ModelOption;

/// `dossier ocr`
#[derive(Debug, clap::Args)]
pub struct OcrArgs {
    /// A scan; nothing in what is written is masked
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    /// What is written
    #[arg(long, value_enum, default_value = "text", value_name = "FORMAT")]
    pub format: OcrFormat,
    /// Where to; by default standard output
    #[arg(long, short, value_name = "OUT", required_if_eq("format", "pdf"))]
    pub output: Option<PathBuf>,
    /// Say how far the text is from the truth: a UTF-8 text, pages ended by form feeds
    #[arg(long, value_name = "TRUTH")]
    pub compare: Option<PathBuf>,
    /// The comparison as JSON
    #[arg(long, requires = "compare")]
    pub json: bool,
    /// Draw boxes and readings over the page; each page of several gets its number in the name
    #[arg(long, value_name = "OUT.png")]
    pub debug: Option<PathBuf>,
    #[command(flatten)]
    pub model: ModelOption,
}

/// What a recognised file is written as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum OcrFormat {
    /// Plain text, pages ended by form feeds
    Text,
    /// Pages with words, boxes, confidences and runners-up
    Json,
    /// hOCR 1.2
    Hocr,
    /// ALTO 4.4
    Alto,
    /// The original PDF, or pictures as a PDF, with invisible text over the scans
    Pdf,
}
