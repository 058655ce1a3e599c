//! What the examples share.

pub mod draw;
