//! Phrases of which one character may differ: another in its place, none, or one too many.
//!
//! Whatever differs, one half of the phrase stands as it was asked. So only the letters that have
//! one of the halves are looked at, once each, for the characters of the other half around it.

use std::ops::Range;

/// Characters of a phrase at places: each a distance and which character it is.
pub(super) type Places = Vec<(usize, usize)>;
/// The same counted from where a half begins.
pub(super) type Rest = Vec<(i64, usize)>;

/// The characters of a phrase of `length` that stay, with their distances from the first that does,
/// for each way in which one character of the text may differ. What another way finds as well is
/// left out.
pub(super) fn variants(length: usize) -> Vec<Places> {
    let mut all: Vec<Places> = Vec::new();
    for at in 0..length {
        let others = || (0..length).filter(|which| *which != at);
        all.push(others().map(|which| (which, which)).collect());
        all.push(others().map(|which| (which - usize::from(which > at), which)).collect());
        if at > 0 {
            all.push((0..length).map(|which| (which + usize::from(which >= at), which)).collect());
        }
    }
    for variant in &mut all {
        let first = variant.first().map_or(0, |(at, _)| *at);
        variant.iter_mut().for_each(|(at, _)| *at -= first);
    }
    let mut kept = without_supersets(all);
    // What lies behind a gap may be another way whole, moved.
    let all = kept.clone();
    kept.retain(|one| !all.iter().any(|less| less.len() < one.len() && holds_moved(one, less)));
    kept
}

/// Whether all places of `less` are in `one`, all moved by the same distance.
fn holds_moved(one: &Places, less: &Places) -> bool {
    let Some((from, which)) = less.first() else { return true };
    let Some((to, _)) = one.iter().find(|(_, other)| other == which) else { return false };
    less.iter().all(|(at, which)| one.contains(&((at + to).wrapping_sub(*from), *which)))
}

fn without_supersets<T: Ord>(mut all: Vec<Vec<T>>) -> Vec<Vec<T>> {
    all.iter_mut().for_each(|one| one.sort_unstable());
    all.sort_by(|a, b| a.len().cmp(&b.len()).then_with(|| a.cmp(b)));
    all.dedup();
    let mut kept: Vec<Vec<T>> = Vec::new();
    for one in all {
        let wider = |less: &Vec<T>| less.iter().all(|place| one.contains(place));
        if !kept.iter().any(wider) {
            kept.push(one);
        }
    }
    kept
}

/// One half of a phrase, and where the other characters may stand around it.
#[derive(Debug)]
pub(super) struct Half {
    /// The characters of the half.
    pub chars: Range<usize>,
    pub rests: Vec<Rest>,
}

/// Both halves of a phrase of at least four characters.
pub(super) fn halves(length: usize) -> [Half; 2] {
    let middle = length / 2;
    [0..middle, middle..length].map(|chars| {
        let rests = variants(length).iter().filter_map(|variant| rest(variant, &chars)).collect();
        Half { chars, rests: without_supersets(rests) }
    })
}

/// What a variant asks for beside this half; nothing if it does not hold it whole.
fn rest(variant: &Places, half: &Range<usize>) -> Option<Rest> {
    let place = |which: usize| variant.iter().find(|(_, other)| *other == which).map(|(at, _)| *at as i64);
    let start = place(half.start)?;
    let whole = half.clone().zip(start..).all(|(which, at)| place(which) == Some(at));
    let others = variant.iter().filter(|(_, which)| !half.contains(which));
    whole.then(|| others.map(|(at, which)| (*at as i64 - start, *which)).collect())
}

/// Characters that stand side by side wherever a half and its rest do, those of the half apart.
pub(super) fn neighbours(half: &Half, rest: &Rest) -> Vec<(usize, usize)> {
    let own = (0..).zip(half.chars.clone());
    let mut places: Rest = own.chain(rest.iter().copied()).collect();
    places.sort_unstable();
    let beside = places.windows(2).filter(|two| two[1].0 == two[0].0 + 1);
    let pairs = beside.map(|two| (two[0].1, two[1].1));
    pairs.filter(|(first, second)| !half.chars.contains(first) || !half.chars.contains(second)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_character_may_differ() {
        let variants = variants(3);
        for (what, places) in [
            ("another", vec![(0, 0), (2, 2)]),
            ("none", vec![(0, 0), (1, 2)]),
            ("the first", vec![(0, 1), (1, 2)]),
            ("the last", vec![(0, 0), (1, 1)]),
        ] {
            assert!(variants.contains(&places), "{what}: {variants:?}");
        }
        assert_eq!(variants.len(), 4, "one too many leaves a pair in its place");
    }

    #[test]
    fn every_variant_holds_one_half() {
        for length in 4..9 {
            let halves = halves(length);
            for variant in variants(length) {
                let held = halves.iter().any(|half| rest(&variant, &half.chars).is_some());
                assert!(held, "{length}: {variant:?}");
            }
        }
        let [left, right] = halves(4);
        assert_eq!(left.rests, [vec![(2, 2)], vec![(2, 3)], vec![(3, 3)], vec![(3, 2), (4, 3)]]);
        assert_eq!(right.rests, [vec![(-2, 0)], vec![(-1, 0)], vec![(-1, 1)], vec![(-3, 0), (-2, 1)]]);
        let beside = |half: &Half| half.rests.iter().map(|rest| neighbours(half, rest)).collect::<Vec<_>>();
        assert_eq!(beside(&left), [vec![(1, 2)], vec![(1, 3)], vec![], vec![(2, 3)]]);
        assert_eq!(beside(&right), [vec![], vec![(0, 2)], vec![(1, 2)], vec![(0, 1)]]);
    }
}
