//! Rules that show their work: what a letter is about, with the phrases that say so.
//!
//! All phrases of all rules are looked up in one pass over the folded text. What stands in a
//! salutation, after the close, or in the name of an office does not count. The scores of rules
//! add up along the category scheme's tree, and the decision keeps every phrase with its place,
//! so that it can be explained and disputed.

mod classify;
mod compile;
mod hits;

pub use compile::{Classifier, CompileError};

/// Goes up with every change of the code that alters a decision.
pub const REVISION: &str = "rules1";
