//! A page image becomes words with boxes, confidence and alternatives.
//!
//! ```text
//! RgbImage ──ink──▶ blank? ──seal──▶ without seals ──detect──▶ line rectangles ──orient──▶ upright
//!   page ──ghost──▶ without what shows through ──line──▶ 48-pixel strips ──ctc──▶ glyphs
//!   ──figures──▶ with whole numbers ──downwards──▶ with marks ──script──▶ of one script ──layout──▶ rows in reading order
//!   ──text──▶ RecognisedPage, its words' confidence calibrated
//! ```
//!
//! The networks are PP-OCRv6 small (detection by differentiable binarisation, recognition by
//! CTC; each line first in 8 bits, in full only where that leaves a doubt). They are run by ONNX Runtime,
//! which is loaded at run time from the model folder, or by `rten` where that is missing. Only `runtime` knows
//! either; everything else sees planes of numbers. The same image gives the same page on every machine
//! with the same run-time, and but for the last digits of confidences with the other one.

mod blobs;
mod calibrate;
pub mod compare;
mod ctc;
mod detect;
mod downwards;
mod engine;
mod error;
pub mod export;
mod figures;
mod geometry;
mod ghost;
mod ink;
mod int8;
mod layout;
mod line;
mod lookalike;
mod models;
mod orient;
pub mod picture;
mod quality;
mod recogniser;
mod runtime;
mod script;
mod seal;
mod text;

pub use engine::Readings;
pub use error::{Amiss, Doing, ModelError, OcrError};
pub use int8::Calibration;
pub use models::{FileState, Model, ModelFile, ModelStore};
pub use quality::scan_quality;
pub use recogniser::{MAX_PIXELS, Outcome, RecognisedPage, Recogniser, SURE};
pub use runtime::Runtime;
