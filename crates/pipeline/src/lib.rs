//! A pipeline as data: a folder of TOML files, parsed and validated as a whole.
//!
//! | file | what it says |
//! |---|---|
//! | `pipeline.toml` | name, what to ignore, limits, where an item's parts come from |
//! | `fields.toml` | the fields with their register headers, kinds and masks |
//! | `letters.toml` | how fields are found in letters, and how files are divided |
//! | `records.toml` | what of a record must agree, and where its matter lies; may be missing |
//! | `gazetteer.tsv`, `gazetteer/*.tsv` | the administrative places with their codes and years; may be missing |
//! | `registers.toml` | what people have said of the columns of single registers; may be missing |
//! | `categories.tsv` | the category scheme |
//! | `crosswalk.tsv` | what other schemes call the categories; may be missing |
//! | `words.toml` | word lists that rules share, and characters that are mistaken for each other |
//! | `rules/*.toml` | the classification rules |
//! | `field-cases/*.toml` | letters with the fields they state, to test the patterns by |
//! | `cases/*.toml` | letters with what people make of them, to test the rules by |
//! | `nightly.toml` | the nightly job; may be missing, and may stand elsewhere |
//!
//! Nothing about petitions is compiled into the program: a second pipeline is a second folder.
//! [`Pipeline::load`] reports all faults of a folder at once.

mod cases;
mod division;
mod field_cases;
mod fields;
mod gazetteer;
mod letters;
mod load;
mod locate;
mod manifest;
mod nightly;
mod parse;
mod recognition;
mod records;
mod registers;
mod rules;
mod scheme;

pub use cases::{Case, load_cases};
pub use division::{ContentsSpec, CueWeights, Division, Split};
pub use field_cases::{FieldCase, load_field_cases};
pub use fields::{FieldKind, FieldSpec};
pub use gazetteer::Place;
pub use letters::{FormSpec, KindSpec, LetterSpec, NarrativeSpec, PatternSpec, Rewrite, TableSpec, Zone};
pub use load::{LoadError, Pipeline, PipelineFault};
pub use locate::{NotFound, locate};
pub use manifest::{
    AloneLimits, Converter, DeclaredFields, Identity, IgnoreRule, Manifest, ManifestFields, ReadLimits,
    RegisterSpec, WorkerLimits,
};
pub use nightly::{
    DAY, DaySpan, Hours, Keep, KeepOriginals, Language, NIGHTLY, NightLimits, Nightly, Notify, NotifyWhen,
    Watch,
};
pub use recognition::{
    MODEL_MANIFEST, ModelManifest, ModelName, NetworkSpec, Reading, RecognitionSpec, RuntimeSpec,
};
pub use records::{CountSpec, CurrencySpec, PersonSpec, RecordSpec, RegionSpec};
pub use registers::{SavedLayout, save_layout};
pub use rules::{
    AxisSpec, Condition, ConfusionSpec, ExceptSpec, FollowSpec, LEVELS, NearSpec, PrecedenceSpec, RuleFile,
    RuleSpec, RuleTest, Scope, WordFile, WordList,
};
pub use scheme::{Category, Crosswalk, Scheme};
