//! Rules that show their work: what a letter is about, with the phrases that say so.
//!
//! All phrases of all rules are looked up in one pass over the folded text, and only rules that
//! have something in it are looked at, so that the time hardly depends on how many rules there
//! are. What stands in a salutation, after the close, in the name of an office, or where a matter
//! is denied or said to be settled does not count. The scores of rules add up along the category
//! scheme's tree, and the decision keeps every phrase with its place, so that it can be explained
//! and disputed.

mod classify;
mod compile;
mod explain;
mod fire;
mod follow;
mod hits;
#[cfg(test)]
mod properties;
pub mod quality;
mod stretches;
pub mod suggest;

pub use compile::{Classifier, CompileError};
pub use explain::{Explanation, TurningPoint};
pub use fire::Blocked;

/// Goes up with every change of the code that alters a decision.
pub const REVISION: &str = "rules4";
