//! Arguments of what finds and shows letters.

use clap::ValueEnum;

use super::{ArchiveArg, MaskOption};

/// `dossier search`
#[derive(Debug, clap::Args)]
pub struct SearchArgs {
    /// Words, "exact phrases", field:value, date:1978..1985, -not, OR, (…), ~ for one wrong
    /// character, py: for names by sound
    #[arg(required_unless_present_any = ["saved", "list", "forget"], value_name = "QUERY")]
    pub query: Vec<String>,
    /// The archive
    #[command(flatten)]
    pub archive: ArchiveArg,
    /// Take the whole query as one exact phrase
    #[arg(long)]
    pub literal: bool,
    /// Only what this run or a later one brought
    #[arg(long, value_name = "RUN")]
    pub since: Option<i64>,
    /// Keep this search under a name
    #[arg(long, value_name = "NAME", requires = "query")]
    pub save: Option<String>,
    /// Search again as was kept under this name
    #[arg(long, value_name = "NAME", conflicts_with_all = ["query", "literal", "sure", "save"])]
    pub saved: Option<String>,
    /// List the searches that are kept
    #[arg(long, conflicts_with_all = ["query", "save", "saved"])]
    pub list: bool,
    /// Forget the search of this name
    #[arg(long, value_name = "NAME", conflicts_with_all = ["query", "save", "saved", "list"])]
    pub forget: Option<String>,
    /// How many hits to show
    #[arg(long, default_value_t = 20, value_name = "N")]
    pub limit: usize,
    /// Leave out what matches only by another reading of an unsure character
    #[arg(long)]
    pub sure: bool,
    /// The order of the hits
    #[arg(long, value_enum, default_value = "relevance", value_name = "ORDER")]
    pub sort: SortArg,
    /// Count years, categories and other values among all hits
    #[arg(long)]
    pub facets: bool,
    /// One line a hit as CSV, for spreadsheets
    #[arg(long, conflicts_with_all = ["json", "null"])]
    pub csv: bool,
    /// Only the ids, each followed by a zero byte, for `xargs -0`
    #[arg(short = '0', long, conflicts_with = "json")]
    pub null: bool,
    /// How much of personal data is hidden
    #[command(flatten)]
    pub mask: MaskOption,
}

/// `dossier show`
#[derive(Debug, clap::Args)]
pub struct ShowArgs {
    /// The letter's id, as `search` prints it
    #[arg(value_name = "ID")]
    pub id: String,
    /// The archive
    #[command(flatten)]
    pub archive: ArchiveArg,
    /// How much of personal data is hidden
    #[command(flatten)]
    pub mask: MaskOption,
}

/// `dossier similar`
#[derive(Debug, clap::Args)]
pub struct SimilarArgs {
    /// A letter's id, a text, or the path of a text file
    #[arg(value_name = "ID|TEXT|FILE")]
    pub what: String,
    /// The archive
    #[command(flatten)]
    pub archive: ArchiveArg,
    /// How many hits to show
    #[arg(long, default_value_t = 10, value_name = "N")]
    pub limit: usize,
    /// How much of personal data is hidden
    #[command(flatten)]
    pub mask: MaskOption,
}

/// `dossier person`
#[derive(Debug, clap::Args)]
pub struct PersonArgs {
    /// A name, an identity number or a telephone number, in full
    #[arg(value_name = "NAME|ID|PHONE")]
    pub who: String,
    /// Why you ask; it is written to the audit trail
    #[arg(long, value_name = "TEXT", value_parser = super::keeping::said)]
    pub reason: String,
    /// The archive
    #[command(flatten)]
    pub archive: ArchiveArg,
    /// How much of personal data is hidden
    #[command(flatten)]
    pub mask: MaskOption,
}

/// `dossier export`
#[derive(Debug, clap::Args)]
pub struct ExportArgs {
    /// The archive
    #[command(flatten)]
    pub archive: ArchiveArg,
    /// The form of the output
    #[arg(long, value_enum, default_value = "jsonl", value_name = "FORMAT")]
    pub format: FormatArg,
    /// How much of personal data is hidden
    #[command(flatten)]
    pub mask: MaskOption,
}

/// An order of hits.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum SortArg {
    /// The best first
    Relevance,
    /// The newest first
    Newest,
    /// The oldest first
    Oldest,
    /// By region, as it is pronounced
    Region,
    /// By petition number
    Number,
}

impl From<SortArg> for dossier_archive::Order {
    fn from(sort: SortArg) -> dossier_archive::Order {
        match sort {
            SortArg::Relevance => dossier_archive::Order::Relevance,
            SortArg::Newest => dossier_archive::Order::Newest,
            SortArg::Oldest => dossier_archive::Order::Oldest,
            SortArg::Region => dossier_archive::Order::Region,
            SortArg::Number => dossier_archive::Order::Number,
        }
    }
}

/// A form of export.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum FormatArg {
    /// One JSON object a line
    Jsonl,
}
