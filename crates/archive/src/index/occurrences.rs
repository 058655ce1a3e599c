//! Where a term stands in the letters of a segment.

use tantivy::postings::{Postings, SegmentPostings};
use tantivy::schema::IndexRecordOption;
use tantivy::{DocId, DocSet, SegmentReader, TERMINATED, Term};

/// The letters that have a term, without where.
pub(super) fn postings(reader: &SegmentReader, term: &Term) -> tantivy::Result<Option<SegmentPostings>> {
    Ok(reader.inverted_index(term.field())?.read_postings(term, IndexRecordOption::Basic)?)
}

/// One term in a segment.
pub(super) struct Occurrences {
    postings: Option<SegmentPostings>,
    /// The bytes in which its places are kept: the fewer, the rarer.
    pub size: usize,
    /// Where it stands in the letter that was read.
    pub places: Vec<u32>,
    read: DocId,
}

impl Occurrences {
    pub fn new(reader: &SegmentReader, term: &Term) -> tantivy::Result<Occurrences> {
        let index = reader.inverted_index(term.field())?;
        let info = index.get_term_info(term)?;
        let option = IndexRecordOption::WithFreqsAndPositions;
        let postings = info.as_ref().map(|info| index.read_postings_from_terminfo(info, option));
        Ok(Occurrences {
            postings: postings.transpose()?,
            size: info.map_or(0, |info| info.positions_range.len()),
            places: Vec::new(),
            read: TERMINATED,
        })
    }

    /// How many letters have it.
    pub fn letters(&self) -> u32 {
        self.postings.as_ref().map_or(0, SegmentPostings::doc_freq)
    }

    /// Reads where it is in a letter; whether it is there at all.
    pub fn read(&mut self, doc: DocId) -> bool {
        if self.read != doc {
            self.read = doc;
            self.places.clear();
            if is_in(&mut self.postings, doc)
                && let Some(postings) = &mut self.postings
            {
                postings.positions(&mut self.places);
            }
        }
        !self.places.is_empty()
    }

    /// Whether it stands at a place in a letter.
    pub fn is_at(&mut self, doc: DocId, place: i64) -> bool {
        self.read(doc) && u32::try_from(place).is_ok_and(|place| self.places.contains(&place))
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
