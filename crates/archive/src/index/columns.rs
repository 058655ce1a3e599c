//! The columns of the index.

use tantivy::schema::{
    FAST, Field, INDEXED, IndexRecordOption, JsonObjectOptions, NumericOptions, STORED, STRING, Schema,
    TextFieldIndexing, TextOptions,
};

use super::common;

/// What the columns of characters and of pairs name as their tokenizer: there is none, since
/// `index/postings.rs` writes them. The library cannot index such a column by mistake, and an index in
/// which other characters make pairs is made anew.
const CHARACTERS: &str = "dossier_characters";
const FIELDS: &str = "dossier_field_characters";
const SPANS: &str = "dossier_spans";

/// The column of counted values.
pub(super) const FACETS: &str = "facets";
/// The columns that hits may be ordered by.
pub(super) const REGION: &str = "region";
pub(super) const NUMBER: &str = "number";

#[derive(Clone, Copy)]
pub(super) struct Columns {
    pub id: Field,
    pub version: Field,
    /// The text, a token for each folded character.
    pub text: Field,
    /// Where in the text long values begin and end, in turns, under their fields' names.
    pub spans: Field,
    /// Each two folded characters in a row that the text has, without their positions: what has
    /// to be looked at for a phrase.
    pub pairs: Field,
    /// The title, a token for each folded character.
    pub title: Field,
    /// The text with the recogniser's runners-up; only where there are some.
    pub unsure: Field,
    /// The other field values, a token for each field and folded character.
    pub fields: Field,
    /// Normalised numbers and dates, whole, and what the text says of them in any notation.
    pub values: Field,
    /// Names by their sound.
    pub sounds: Field,
    /// Counted values.
    pub facets: Field,
    /// Numbers and dates by field, for ranges.
    pub numbers: Field,
    /// The date that lists show, as digits of year, month and day; 0 if there is none.
    pub date: Field,
    /// Where it is about and its number, as they are ordered.
    pub region: Field,
    pub number: Field,
    /// The run that brought the latest of it.
    pub run: Field,
    /// Follows from the id: equal hits come in the same order whatever the index's history.
    pub tie: Field,
}

/// The schema with its columns.
pub(super) fn schema() -> (Schema, Columns) {
    let mut schema = Schema::builder();
    let characters = |tokenizer: &str| {
        TextOptions::default().set_indexing_options(
            TextFieldIndexing::default()
                .set_tokenizer(tokenizer)
                .set_fieldnorms(false)
                .set_index_option(IndexRecordOption::WithFreqsAndPositions),
        )
    };
    let pairs = TextOptions::default().set_indexing_options(
        TextFieldIndexing::default()
            .set_tokenizer(&format!("dossier_pairs_of_{}", common::COUNT))
            .set_fieldnorms(false)
            .set_index_option(IndexRecordOption::Basic),
    );
    let columns = Columns {
        id: schema.add_text_field("id", STRING | STORED),
        version: schema.add_text_field("version", STRING | STORED),
        text: schema.add_text_field("text", characters(CHARACTERS)),
        spans: schema.add_text_field("spans", characters(SPANS)),
        pairs: schema.add_text_field("pairs", pairs),
        title: schema.add_text_field("title", characters(CHARACTERS)),
        unsure: schema.add_text_field("unsure", characters(CHARACTERS)),
        fields: schema.add_text_field("fields", characters(FIELDS)),
        values: schema.add_text_field("values", STRING),
        sounds: schema.add_text_field("sounds", STRING),
        facets: schema.add_text_field(FACETS, STRING | FAST),
        numbers: schema.add_json_field("numbers", JsonObjectOptions::default().set_fast("raw")),
        date: schema.add_i64_field("date", NumericOptions::from(FAST | INDEXED)),
        region: schema.add_text_field(REGION, TextOptions::default().set_fast("raw")),
        number: schema.add_text_field(NUMBER, TextOptions::default().set_fast("raw")),
        run: schema.add_i64_field("run", NumericOptions::from(FAST | INDEXED)),
        tie: schema.add_u64_field("tie", FAST),
    };
    (schema.build(), columns)
}
