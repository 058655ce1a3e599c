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

/// Whether a letter is among some, not before those that were asked for.
pub(super) fn is_in(postings: &mut Option<SegmentPostings>, doc: DocId) -> bool {
    postings.as_mut().is_some_and(|postings| {
        if postings.doc() < doc {
            postings.seek(doc);
        }
        postings.doc() == doc
    })
}
