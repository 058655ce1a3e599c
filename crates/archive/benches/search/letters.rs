//! The letters of the benchmark, as a run makes them from a register's rows.

use dossier_archive::{FieldLabel, item_id};
use dossier_model::{
    Evidence, FieldValue, Fields, Item, ItemText, Locator, MaskKind, Place, ReviewState, Sensitive, Sha256,
};
use dossier_testkit::bulk::{Bulk, BulkLetter};
use dossier_testkit::rng::Rng;

/// The seed of the letters, and of the queries.
pub const SEEDS: (u64, u64) = (1, 2);

pub fn letters(count: usize) -> impl Iterator<Item = BulkLetter> {
    Bulk::new(SEEDS.0).take(count)
}

/// How many bytes of text they are.
pub fn size(count: usize) -> usize {
    letters(count).map(|letter| letter.text.len() + letter.title.len()).sum()
}

/// Some characters of a text in a row, without a break between cells.
pub fn substring(text: &str, length: usize, rng: &mut Rng) -> Option<String> {
    let chars: Vec<char> = text.chars().collect();
    let start = rng.below(chars.len().saturating_sub(length));
    let piece: String = chars.get(start..start + length)?.iter().collect();
    (!piece.contains('\u{1}')).then_some(piece)
}

pub fn labels() -> Vec<FieldLabel> {
    let label = |name: &str, mask: MaskKind, number: bool| FieldLabel {
        name: name.to_owned(),
        zh: name.to_owned(),
        en: name.to_owned(),
        mask,
        also: Vec::new(),
        exact: number,
        number,
        section: None,
    };
    vec![
        label("petitioner_name", MaskKind::Name, false),
        label("letter_date", MaskKind::Open, true),
        label("region", MaskKind::Open, false),
        label("title", MaskKind::Text, false),
        label("text", MaskKind::Text, false),
    ]
}

/// A letter as a run makes it from a register's row.
pub fn item(letter: BulkLetter) -> Item {
    let source = Sha256::of(b"bench");
    let identity = letter.number.clone();
    let locator = Locator::Row { sheet: String::new(), row: 1 };
    let mut text = ItemText::default();
    let mut fields = Fields::new();
    for (name, value) in [
        ("petitioner_name", &letter.name),
        ("letter_date", &letter.date),
        ("region", &letter.region),
        ("title", &letter.title),
        ("text", &letter.text),
    ] {
        let start = text.push(value, source, locator.clone(), false);
        let place = Place::Cell { sheet: "".into(), row: 1, cell: "".into(), header: name.into() };
        let end = start + value.chars().count() as u32;
        let value = FieldValue {
            value: Sensitive::new(value.as_str()),
            raw: Sensitive::new(value.as_str()),
            confidence: 1.0,
            state: ReviewState::Machine,
            extractor: name.to_owned(),
            warnings: Vec::new(),
            evidence: vec![Evidence { source, place, start, end }],
        };
        fields.insert(name.to_owned(), vec![value]);
    }
    Item { id: item_id(&identity), identity, title: letter.title, text, fields, ..Item::default() }
}
