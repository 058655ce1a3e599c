//! Text or a row becomes typed fields, each value with its evidence.
//!
//! [`RegisterReader`] finds a sheet's header and turns its rows into fields; [`LetterReader`]
//! finds fields in the running text of a letter and divides a file into letters;
//! [`RecordReader`] looks at what they say together; [`values`]
//! normalises and checks. What is looked for is data of the pipeline.

mod division;
mod expression;
mod letter;
mod record;
mod register;
mod sheets;
mod text;
pub mod values;
mod zones;

pub use division::{Divided, Mismatch};
pub use expression::compile as expression;
pub use letter::{CompileError, Explained, LetterReader, Verdict};
pub use record::RecordReader;
pub use register::{
    Column, FormLayout, FormReader, How, LEAD_ROWS, Layout, NotData, RegisterReader, RowReading, SheetLayout,
    SheetReader,
};
pub use sheets::{SheetName, SheetNames};
pub use text::{FoldedText, LetterText, row_text};
pub use zones::{ZoneFinder, Zones};
