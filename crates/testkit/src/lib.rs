//! Builders and the generator of synthetic letters for samples, tests and benchmarks.
//!
//! A letter is data ([`letter`]); [`layout`] sets it on sheets of paper as marks with places in
//! points; the same marks become a scan ([`raster`], [`damage`], then [`pdf::scan`]) or a
//! born-digital page ([`pdf::text`]), and their text is what a reader of the page is expected to
//! find ([`expect`]). Registers are data too ([`register`]) and are written as xlsx, xls or csv.
//! [`samples::build`] makes them all.
//!
//! [`generated`] writes letters in any number with what they state, for measuring extraction;
//! [`trial`] makes pages for measuring recognition, each spoilt in one way.
//!
//! Everything is invented, from the people in `texts/people.toml` down. Everything is a function
//! of the texts, the fonts and fixed seeds: the same bytes come out every time.

pub mod bulk;
pub mod canvas;
pub mod damage;
mod error;
pub mod expect;
pub mod fonts;
pub mod generated;
pub mod layout;
pub mod letter;
pub mod measure;
pub mod pdf;
pub mod person;
pub mod raster;
pub mod register;
pub mod rng;
pub mod samples;
pub mod texts;
pub mod trial;

pub use error::{Error, Result};
