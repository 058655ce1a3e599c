//! Aligning two texts.

/// What becomes of a place of either text: both are its indices where they meet.
pub(super) type Step = (Option<usize>, Option<usize>);

/// The way with the fewest changes from `a` to `b`; a replacement is a step of both.
pub(super) fn align<T>(a: &[T], b: &[T], same: impl Fn(&T, &T) -> bool) -> Vec<Step> {
    let width = b.len() + 1;
    let mut ways = vec![Way::Insert; (a.len() + 1) * width];
    let mut row: Vec<u32> = (0..width as u32).collect();
    for (i, x) in a.iter().enumerate() {
        let mut diagonal = std::mem::replace(&mut row[0], i as u32 + 1);
        ways[(i + 1) * width] = Way::Delete;
        for (j, y) in b.iter().enumerate() {
            let (replaced, deleted, inserted) =
                (diagonal + u32::from(!same(x, y)), row[j + 1] + 1, row[j] + 1);
            diagonal = row[j + 1];
            let (least, way) = match replaced <= deleted.min(inserted) {
                true => (replaced, Way::Both),
                false if deleted <= inserted => (deleted, Way::Delete),
                false => (inserted, Way::Insert),
            };
            row[j + 1] = least;
            ways[(i + 1) * width + j + 1] = way;
        }
    }
    back(&ways, a.len(), b.len())
}

#[derive(Clone, Copy)]
enum Way {
    Both,
    Delete,
    Insert,
}

fn back(ways: &[Way], mut i: usize, mut j: usize) -> Vec<Step> {
    let width = j + 1;
    let mut steps = Vec::new();
    while i + j > 0 {
        let way = ways[i * width + j];
        let from_a = matches!(way, Way::Both | Way::Delete);
        let from_b = matches!(way, Way::Both | Way::Insert);
        i -= usize::from(from_a);
        j -= usize::from(from_b);
        steps.push((from_a.then_some(i), from_b.then_some(j)));
    }
    steps.reverse();
    steps
}
