//! The terms of letters in memory: who has them, and where.
//!
//! The library keeps all terms in one table of half a million places, and looking each character up
//! there took half of the indexing time: memory that far apart is seldom at hand. What is indexed here
//! are a few thousand characters and pairs of a few hundred, which are found by their numbers.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use tantivy::DocId;
use tantivy::index::Segment;
use tantivy::postings::{FieldSerializer, InvertedIndexSerializer};
use tantivy::schema::Field;

use super::columns::Columns;
use super::common::Common;
use super::streams::Streams;
use super::tokens::{self, GAP, field_token};

/// One past the last character.
const CHARACTERS: usize = char::MAX as usize + 1;
/// About as many bytes a term takes beside its letters.
const TERM: usize = 64;
/// A value of more bytes is not looked for as a whole; the library has no longer terms.
const LONGEST: usize = u16::MAX as usize;

/// The terms of letters, by column.
pub(super) struct Postings {
    columns: Columns,
    common: Arc<Common>,
    text: Table,
    title: Table,
    unsure: Table,
    /// The numbers of its characters among the common ones make the number of a pair.
    pairs: Table,
    fields: Named,
    values: BTreeMap<Field, Values>,
    memory: usize,
}

impl Postings {
    pub fn new(columns: Columns, common: Arc<Common>) -> Postings {
        let [text, title, unsure] = [(); 3].map(|()| Table::new(CHARACTERS));
        let pairs = Table::new(common.characters().len().pow(2));
        let (fields, values) = (Named::default(), BTreeMap::new());
        Postings { columns, common, text, title, unsure, pairs, fields, values, memory: 0 }
    }

    /// About how many bytes they take.
    pub fn memory(&self) -> usize {
        self.memory
    }

    /// Adds what is looked for character by character in a letter, which comes after all that were
    /// added before.
    pub fn add_streams(&mut self, letter: DocId, streams: &Streams) {
        let count = self.common.characters().len();
        for (first, second) in tokens::pairs(&streams.text, &self.common) {
            let pair = usize::from(first) * count + usize::from(second);
            self.memory += self.pairs.list(pair).note_letter(letter);
        }
        let texts = [
            (&mut self.text, Some(&streams.text)),
            (&mut self.title, Some(&streams.title)),
            (&mut self.unsure, streams.unsure.as_ref()),
        ];
        for (table, text) in texts {
            for (c, place) in text.into_iter().flat_map(|text| tokens::characters(text)) {
                self.memory += table.list(c as usize).note_place(letter, place);
            }
        }
        self.add_fields(letter, &streams.fields);
        let spans = self.values.entry(self.columns.spans).or_default();
        for (name, span) in &streams.spans {
            let list = spans.list(name.as_bytes());
            self.memory += list.note_place(letter, span.start) + list.note_place(letter, span.end);
        }
    }

    fn add_fields(&mut self, letter: DocId, values: &[(String, String)]) {
        let mut next = 0;
        for (name, value) in values {
            let name = self.fields.number(name);
            for c in value.chars() {
                self.memory += self.fields.list(name, c).note_place(letter, next);
                next += 1;
            }
            next += GAP;
        }
    }

    /// Adds a value that is looked for as a whole.
    pub fn add_value(&mut self, letter: DocId, column: Field, value: &[u8]) {
        if value.len() > LONGEST {
            return;
        }
        let list = self.values.entry(column).or_default().list(value);
        self.memory += list.note_letter(letter);
    }

    /// Writes them as a segment's. Column by column, so that little more than what is written is held.
    pub fn write(self, segment: &Segment) -> tantivy::Result<()> {
        let Postings { columns, common, text, title, unsure, pairs, fields, values, .. } = self;
        let characters = common.characters();
        let pair = |number: u32| {
            let (first, second) = (number as usize / characters.len(), number as usize % characters.len());
            String::from_iter([characters[first], characters[second]])
        };
        let mut serializer = InvertedIndexSerializer::open(segment)?;
        for (field, table) in [(columns.text, text), (columns.title, title), (columns.unsure, unsure)] {
            write_column(&mut serializer, field, table.terms(one))?;
        }
        write_column(&mut serializer, columns.pairs, pairs.terms(pair))?;
        write_column(&mut serializer, columns.fields, fields.terms())?;
        for (field, values) in values {
            write_column(&mut serializer, field, values.terms())?;
        }
        Ok(serializer.close()?)
    }
}

fn one(c: u32) -> String {
    char::from_u32(c).into_iter().collect()
}

/// Each term with its list.
type Terms = Vec<(Box<[u8]>, List)>;

fn write_column(
    serializer: &mut InvertedIndexSerializer,
    field: Field,
    mut terms: Terms,
) -> tantivy::Result<()> {
    if terms.is_empty() {
        return Ok(());
    }
    terms.sort_unstable_by(|(one, _), (other, _)| one.cmp(other));
    let tokens = terms.iter().map(|(_, list)| u64::from(list.tokens)).sum();
    let mut column = serializer.new_field(field, tokens, None)?;
    let mut places = Vec::new();
    for (term, list) in terms {
        column.new_term(&term, list.letters, list.has_places)?;
        list.write(&mut column, &mut places);
        column.close_term()?;
    }
    Ok(column.close()?)
}

/// Lists by small numbers.
struct Table {
    /// Of each number, one more than where its list stands; 0 if it has none.
    at: Vec<u32>,
    lists: Vec<(u32, List)>,
}

impl Table {
    fn new(numbers: usize) -> Table {
        Table { at: vec![0; numbers], lists: Vec::new() }
    }

    fn list(&mut self, number: usize) -> &mut List {
        let at = &mut self.at[number];
        if *at == 0 {
            self.lists.push((number as u32, List::default()));
            *at = self.lists.len() as u32;
        }
        &mut self.lists[*at as usize - 1].1
    }

    /// `term` is the term of a number.
    fn terms(self, term: impl Fn(u32) -> String) -> Terms {
        self.lists.into_iter().map(|(number, list)| (bytes(term(number)), list)).collect()
    }
}

fn bytes(term: String) -> Box<[u8]> {
    term.into_bytes().into_boxed_slice()
}

/// Lists by a field's name and a character.
#[derive(Default)]
struct Named {
    names: HashMap<String, usize>,
    lists: HashMap<(usize, char), List>,
}

impl Named {
    fn number(&mut self, name: &str) -> usize {
        let next = self.names.len();
        match self.names.get(name) {
            Some(number) => *number,
            None => *self.names.entry(name.to_owned()).or_insert(next),
        }
    }

    fn list(&mut self, name: usize, c: char) -> &mut List {
        self.lists.entry((name, c)).or_default()
    }

    fn terms(self) -> Terms {
        let names: HashMap<usize, String> = self.names.into_iter().map(|(name, at)| (at, name)).collect();
        let term = |name, c| bytes(field_token(&names[&name], c));
        self.lists.into_iter().map(|((name, c), list)| (term(name, c), list)).collect()
    }
}

/// Lists by whole values.
#[derive(Default)]
struct Values {
    /// Where the list of a value stands.
    at: HashMap<Box<[u8]>, usize>,
    lists: Vec<List>,
}

impl Values {
    fn list(&mut self, value: &[u8]) -> &mut List {
        let at = match self.at.get(value) {
            Some(at) => *at,
            None => {
                self.lists.push(List::default());
                *self.at.entry(value.into()).or_insert(self.lists.len() - 1)
            }
        };
        &mut self.lists[at]
    }

    fn terms(mut self) -> Terms {
        let lists = &mut self.lists;
        self.at.into_iter().map(|(value, at)| (value, std::mem::take(&mut lists[at]))).collect()
    }
}

/// The letters that have a term, in order, and its places in each if it is one that has places.
#[derive(Default)]
struct List {
    /// Of each letter how many letters it skips; with places, then of each place one more than how far
    /// it is from the one before in the same letter, and a 0 before the next letter. Seven bits a byte.
    bytes: Vec<u8>,
    has_places: bool,
    /// One past the last letter.
    next: DocId,
    /// The last place in it.
    place: u32,
    letters: u32,
    tokens: u32,
}

impl List {
    /// A letter that has the term. Returns how many bytes more are taken.
    fn note_letter(&mut self, letter: DocId) -> usize {
        if self.next > letter {
            return 0;
        }
        let before = self.memory();
        self.start(letter);
        self.tokens += 1;
        self.memory() - before
    }

    /// A place where a letter has the term, not before one that was noted. Returns how many bytes more
    /// are taken.
    fn note_place(&mut self, letter: DocId, place: u32) -> usize {
        let before = self.memory();
        if self.next <= letter {
            if self.has_places {
                self.bytes.push(0);
            }
            self.has_places = true;
            self.start(letter);
        }
        push(&mut self.bytes, place - self.place + 1);
        self.place = place;
        self.tokens += 1;
        self.memory() - before
    }

    fn memory(&self) -> usize {
        if self.letters == 0 { 0 } else { TERM + self.bytes.capacity() }
    }

    fn start(&mut self, letter: DocId) {
        push(&mut self.bytes, letter - self.next);
        (self.next, self.place) = (letter + 1, 0);
        self.letters += 1;
    }

    fn write(&self, column: &mut FieldSerializer<'_>, steps: &mut Vec<u32>) {
        let (mut rest, mut next) = (self.bytes.as_slice(), 0);
        while let Some(skipped) = pop(&mut rest) {
            let letter = next + skipped;
            steps.clear();
            if self.has_places {
                while let Some(step @ 1..) = pop(&mut rest) {
                    steps.push(step - 1);
                }
            }
            column.write_doc(letter, steps.len() as u32, steps);
            next = letter + 1;
        }
    }
}

fn push(bytes: &mut Vec<u8>, mut number: u32) {
    while number >= 0x80 {
        bytes.push(number as u8 | 0x80);
        number >>= 7;
    }
    bytes.push(number as u8);
}

fn pop(rest: &mut &[u8]) -> Option<u32> {
    let (mut number, mut shift) = (0, 0);
    loop {
        let (byte, after) = rest.split_first()?;
        *rest = after;
        number |= u32::from(byte & 0x7F) << shift;
        if *byte < 0x80 {
            return Some(number);
        }
        shift += 7;
    }
}
