//! Many stretches of a text, ordered so that a question about one place takes no look at all of them: a
//! text may be a million characters of the same phrase.

use crate::hits::Stretch;

/// The places that some stretches cover.
pub(crate) struct Covered(Vec<Stretch>);

impl Covered {
    /// What stretches that are not empty cover together.
    pub fn new(mut stretches: Vec<Stretch>) -> Covered {
        stretches.sort_unstable_by_key(|stretch| (stretch.start, stretch.end));
        stretches.dedup_by(|next, last| {
            // Two that only touch stay two: an empty place between them overlaps neither.
            let runs_on = next.start < last.end;
            if runs_on {
                last.end = last.end.max(next.end);
            }
            runs_on
        });
        Covered(stretches)
    }

    /// Whether a place overlaps one of the stretches.
    pub fn overlaps(&self, place: &Stretch) -> bool {
        let first = self.0.partition_point(|stretch| stretch.end <= place.start);
        self.0.get(first).is_some_and(|stretch| stretch.start < place.end)
    }
}

/// Stretches that others may be near to.
pub(crate) struct Neighbours {
    /// Where each begins, in order.
    starts: Vec<usize>,
    /// Where each ends, in order.
    ends: Vec<usize>,
}

impl Neighbours {
    pub fn new<'s>(stretches: impl Iterator<Item = &'s Stretch>) -> Neighbours {
        let (mut starts, mut ends): (Vec<usize>, Vec<usize>) =
            stretches.map(|stretch| (stretch.start, stretch.end)).unzip();
        starts.sort_unstable();
        ends.sort_unstable();
        Neighbours { starts, ends }
    }

    /// Whether one begins so many bytes behind a place at most.
    pub fn behind(&self, place: &Stretch, within: usize) -> bool {
        let next = self.starts.partition_point(|start| *start < place.end);
        self.starts.get(next).is_some_and(|start| start - place.end <= within)
    }

    /// Whether one ends so many bytes before a place at most.
    pub fn before(&self, place: &Stretch, within: usize) -> bool {
        let last = self.ends.partition_point(|end| *end <= place.start).checked_sub(1);
        last.is_some_and(|last| place.start - self.ends[last] <= within)
    }
}

/// Stretches of which some stand within longer ones.
pub(crate) struct Nested {
    /// Where each begins, in order, and the furthest end of those up to it.
    reach: Vec<(usize, usize)>,
}

impl Nested {
    pub fn new<'s>(stretches: impl Iterator<Item = &'s Stretch>) -> Nested {
        let mut reach: Vec<(usize, usize)> = stretches.map(|stretch| (stretch.start, stretch.end)).collect();
        reach.sort_unstable();
        let mut furthest = 0;
        for (_, end) in &mut reach {
            furthest = furthest.max(*end);
            *end = furthest;
        }
        Nested { reach }
    }

    /// Whether a place is within a longer stretch.
    pub fn holds(&self, place: &Stretch) -> bool {
        let furthest = |count: usize| count.checked_sub(1).map_or(0, |last| self.reach[last].1);
        let before = self.reach.partition_point(|(start, _)| *start < place.start);
        let up_to = before + self.reach[before..].partition_point(|(start, _)| *start == place.start);
        before > 0 && furthest(before) >= place.end || furthest(up_to) > place.end
    }
}

#[cfg(test)]
mod tests {
    use dossier_testkit::rng::Rng;

    use super::*;

    /// Each question is answered as looking at all stretches would answer it.
    #[test]
    fn order_changes_no_answer() {
        let mut numbers = Rng::new(3);
        for _ in 0..5_000 {
            let mut some = |shortest: usize| -> Vec<Stretch> {
                let one = |numbers: &mut Rng| {
                    let start = numbers.below(30);
                    start..start + shortest + numbers.below(6)
                };
                (0..numbers.below(8)).map(|_| one(&mut numbers)).collect()
            };
            let (stretches, places) = (some(1), some(1));
            let covered = Covered::new(stretches.clone());
            let neighbours = Neighbours::new(stretches.iter());
            let nested = Nested::new(stretches.iter());
            for place in &places {
                let any = |is: &dyn Fn(&Stretch) -> bool| stretches.iter().any(is);
                let overlap = any(&|other| other.start < place.end && place.start < other.end);
                assert_eq!(covered.overlaps(place), overlap, "{stretches:?} {place:?}");
                let behind = any(&|other| other.start >= place.end && other.start - place.end <= 3);
                assert_eq!(neighbours.behind(place, 3), behind, "{stretches:?} {place:?}");
                let before = any(&|other| place.start >= other.end && place.start - other.end <= 3);
                assert_eq!(neighbours.before(place, 3), before, "{stretches:?} {place:?}");
                let longer = |other: &Stretch| {
                    other.start <= place.start && place.end <= other.end && other.len() > place.len()
                };
                assert_eq!(nested.holds(place), any(&longer), "{stretches:?} {place:?}");
            }
        }
    }
}
