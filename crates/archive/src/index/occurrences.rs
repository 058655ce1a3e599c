//! Where a term stands in the letters of a segment.

use tantivy::directory::CompositeFile;
use tantivy::index::SegmentComponent;
use tantivy::positions::PositionReader;
use tantivy::postings::{BlockSegmentPostings, SegmentPostings};
use tantivy::schema::IndexRecordOption;
use tantivy::{DocId, DocSet, SegmentReader, TERMINATED, Term};

/// The letters that have a term, without where.
pub(super) fn postings(reader: &SegmentReader, term: &Term) -> tantivy::Result<Option<SegmentPostings>> {
    Ok(reader.inverted_index(term.field())?.read_postings(term, IndexRecordOption::Basic)?)
}

/// Where all terms of a segment stand.
pub(super) fn places(reader: &SegmentReader) -> tantivy::Result<CompositeFile> {
    Ok(CompositeFile::open(&reader.open_read(SegmentComponent::Positions)?)?)
}

/// One term in a segment, for letters that are asked about in their order.
pub(super) struct Occurrences {
    /// Nothing if no letter has it.
    list: Option<List>,
    /// The bytes in which its places are kept: the fewer, the rarer.
    pub size: usize,
    /// Where it stands in the letter that was read.
    pub places: Vec<u32>,
    read: DocId,
}

impl Occurrences {
    /// One term, of a segment whose places are given.
    pub fn new(reader: &SegmentReader, places: &CompositeFile, term: &Term) -> tantivy::Result<Occurrences> {
        let mut found = Occurrences { list: None, size: 0, places: Vec::new(), read: TERMINATED };
        let index = reader.inverted_index(term.field())?;
        if let Some(info) = index.get_term_info(term)?
            && let Some(places) = places.open_read(term.field())
        {
            let option = IndexRecordOption::WithFreqsAndPositions;
            let letters = index.read_block_postings_from_terminfo(&info, option)?;
            let places = PositionReader::open(places.read_bytes_slice(info.positions_range.clone())?)?;
            found.size = info.positions_range.len();
            found.list = Some(List { letters, at: 0, before: 0, places });
        }
        Ok(found)
    }

    /// How many letters have it.
    pub fn letters(&self) -> u32 {
        self.list.as_ref().map_or(0, |list| list.letters.doc_freq())
    }

    /// Reads where it is in a letter; whether it is there at all.
    pub fn read(&mut self, doc: DocId) -> bool {
        if self.read != doc {
            self.read = doc;
            self.places.clear();
            if let Some(list) = &mut self.list {
                list.read(doc, &mut self.places);
            }
        }
        !self.places.is_empty()
    }

    /// Whether it stands at a place in a letter.
    pub fn is_at(&mut self, doc: DocId, place: i64) -> bool {
        self.read(doc) && u32::try_from(place).is_ok_and(|place| self.places.contains(&place))
    }
}

/// The letters that have a term, how often, and where.
///
/// Places of all letters are kept in a row, so where a letter's begin is the sum of how often the term
/// is in those before. The library adds that up for each letter anew, from the beginning of a block of
/// letters; here the sum goes on with the letters, which takes a tenth to a third off a tolerant search.
struct List {
    letters: BlockSegmentPostings,
    /// The first letter of the block that is not before the one asked about.
    at: usize,
    /// How many places there are before that letter's.
    before: u64,
    places: PositionReader,
}

impl List {
    /// Adds where the term is in a letter.
    fn read(&mut self, doc: DocId, places: &mut Vec<u32>) {
        let count = self.go_on(doc);
        if count == 0 {
            return;
        }
        places.resize(count as usize, 0);
        self.places.read(self.before, places);
        // Each is counted from the one before it.
        let mut place = 0;
        for further in places {
            place += *further;
            *further = place;
        }
    }

    /// Goes on to a letter; how often the term is there.
    fn go_on(&mut self, doc: DocId) -> u32 {
        while self.letters.docs().last().is_some_and(|last| *last < doc) {
            self.pass(self.letters.docs().len());
            self.letters.advance();
            self.at = 0;
        }
        let letters = self.letters.docs().get(self.at..).unwrap_or_default();
        let passed = letters.iter().take_while(|letter| **letter < doc).count();
        let is_there = letters.get(passed) == Some(&doc);
        self.pass(self.at + passed);
        if is_there { self.letters.freq(self.at) } else { 0 }
    }

    /// Goes past the letters of the block before the one with this number.
    fn pass(&mut self, to: usize) {
        let counts = self.letters.freqs().get(self.at..to).unwrap_or_default();
        self.before += counts.iter().copied().map(u64::from).sum::<u64>();
        self.at = to;
    }
}

/// The characters of a phrase by their numbers, those at the fewest places first.
pub(super) fn rarest_first(characters: &[Occurrences]) -> Vec<usize> {
    let mut numbers: Vec<usize> = (0..characters.len()).collect();
    numbers.sort_by_key(|number| characters[*number].size);
    numbers
}

/// Finds where in a letter a phrase begins, among the places where it may; `order` is that in which its
/// characters are looked at.
pub(super) fn find_beginnings(
    (characters, order): (&mut [Occurrences], &[usize]),
    doc: DocId,
    may_begin: impl Fn(i64) -> bool,
    found: &mut Vec<i64>,
) {
    found.clear();
    let Some((first, others)) = order.split_first() else { return };
    if characters[*first].read(doc) {
        let places = characters[*first].places.iter();
        found.extend(places.map(|place| i64::from(*place) - *first as i64).filter(|at| may_begin(*at)));
    }
    for number in others {
        found.retain(|at| characters[*number].is_at(doc, at + *number as i64));
    }
}

/// Whether a letter is among some, not before those that were asked for.
pub(super) fn is_in(postings: &mut Option<SegmentPostings>, doc: DocId) -> bool {
    postings.as_mut().is_some_and(|postings| {
        if postings.doc() < doc {
            postings.seek(doc);
        }
        postings.doc() == doc
    })
}
