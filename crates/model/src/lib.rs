//! The nouns of Dossier and its one text normalisation; no input or output happens here.
//!
//! Three layers, never mixed. [`Part`]s are immutable facts: what one extractor read at one
//! place of one file. [`Item`]s, with their fields and categories, are *derived*: a pure
//! function of the parts, the decisions and the pipeline's version. Decisions are what people
//! said, and no run overwrites them. The [`Account`] says what became of every input.

mod account;
mod category;
mod common;
mod decision;
mod digest;
mod distance;
mod fault;
mod field;
mod fold;
mod item;
mod kind;
mod lang;
mod mask;
mod note;
mod numeral;
mod page;
mod part;
mod register;

pub use account::{Account, FileCounts, ItemCounts, PageCounts, RowCounts, Unsettled};
pub use category::{CategoryScore, Classification, Reason};
pub use common::COMMON_HAN;
pub use decision::{Anchor, Decision, Verdict, amend_classification, amend_fields};
pub use digest::{BadSha256, Sha256, short_hash};
pub use distance::edit_distance;
pub use fault::{Fault, FaultKind};
pub use field::{Evidence, FieldValue, Fields, Place, ReviewState};
pub use fold::{Folded, fold, fold_each, fold_text, is_han, parted_by_break};
pub use item::{Item, ItemText, Replaced, Segment, SourceRef, TextAlternative};
pub use kind::{FileKind, Shape};
pub use lang::Lang;
pub use mask::{Mask, MaskKind, Sensitive, TextMask};
pub use note::{Note, NoteKind};
pub use numeral::{han_digit, han_multiplier};
pub use page::{
    Alternative, LayerJudgement, PageContent, PageMarks, PageState, PixelBox, ScanQuality, Word, join_boxes,
};
pub use part::{Locator, Part, PartContent};
pub use register::{Cell, CellKind, RowContent};
