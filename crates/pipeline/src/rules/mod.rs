//! The classification rules as data: `words.toml`, `rules/*.toml`. What they mean is in
//! `dossier-rules`.

mod check;
mod spec;

pub(crate) use check::{Setting, check};
pub use spec::{
    AxisSpec, Condition, ConfusionSpec, ExceptSpec, FollowSpec, LEVELS, NearSpec, PrecedenceSpec, RuleFile,
    RuleSpec, RuleTest, Scope, WordFile, WordList,
};
