//! What the examples share.

pub mod draw;
pub mod measure;
